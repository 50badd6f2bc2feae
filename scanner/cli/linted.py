"""Policy documents with what lint says of them: of files, or of the stored scans."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scanner.access.lint_documents import Documents, Written
    from scanner.access.lint_inventory import Inventory
    from scanner.access.view import AccountView
    from scanner.errors import CrossroleError, NothingInScopeError
    from scanner.policy.placed import Placed
    from scanner.policy.syntax import PolicyType
    from scanner.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """A document that was read, with its problems."""

    source: str
    type: PolicyType
    problems: tuple[Placed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the command looked at, and what it could not read."""

    linted: tuple[Linted, ...]
    unread: tuple[str, ...] = ()
    """Stored documents that the scan did not read, in words."""
    failed: tuple[CrossroleError, ...] = ()
    """Why files could not be read."""


def lint_files(names: Sequence[str], type_: str | None) -> Looked:
    """The files called `names`, of one type or each of the type that it looks like.

    Raises:
        CrossroleError: none of them could be read.
    """
    from scanner.cli.policy_files import STANDARD_INPUT
    from scanner.errors import CrossroleError, UsageError

    if list(names).count(STANDARD_INPUT) > 1:
        raise UsageError("standard input, `-`, can be read once only", hint="name it once")
    linted: list[Linted] = []
    failed: list[CrossroleError] = []
    for name in names:
        try:
            linted.append(_file(name, type_))
        except CrossroleError as error:
            failed.append(error)
    if not linted:
        raise failed[0]
    return Looked(linted=tuple(linted), failed=tuple(failed))


def _file(name: str, type_: str | None) -> Linted:
    from scanner.cli.policy_files import read_policy_files, type_of
    from scanner.policy.lint import lint
    from scanner.policy.parse import parse
    from scanner.policy.placed import placed
    from scanner.policy.syntax import PolicyType

    (file,) = read_policy_files([name])
    _refuse_wrapped(file.name, file.text)
    document = parse(file.text, type=PolicyType(type_) if type_ else PolicyType.PERMISSION)
    if type_ is None and type_of(document) is not document.type:
        document = parse(file.text, type=type_of(document))
    return Linted(source=file.name, type=document.type, problems=placed(file.text, lint(document)))


def _refuse_wrapped(name: str, text: str) -> None:
    """Refuse JSON that holds policies and is none.

    Raises:
        CrossroleError: it does.
    """
    from scanner.errors import CrossroleError
    from scanner.policy.jsontree import NotJsonError, Object, read

    try:
        tree = read(text)
    except NotJsonError:
        return
    inside: tuple[object, ...] = ()
    if isinstance(tree, list):
        inside = tuple(tree)
    elif isinstance(tree, Object) and all(key != "Statement" for key, _ in tree.members):
        inside = tuple(value for _, value in tree.members)
    if any(isinstance(value, Object) and "Statement" in dict(value.members) for value in inside):
        raise CrossroleError(
            f"`{name}` holds policies inside other JSON and is none itself",
            hint="put each policy in a file of its own",
        )


def lint_stored(store: Store, args: Namespace) -> Looked:
    """The documents of the chosen scans, held against what those scans and the other accounts' found.

    Raises:
        NothingInScopeError: nothing fits.
    """
    from scanner.access.lint_documents import Documents
    from scanner.access.lint_inventory import Inventory
    from scanner.access.view import AccountView
    from scanner.cli.stored import chosen_scans, scans_beside

    records = chosen_scans(store, args)
    views = [AccountView.of(store.load(record.scan)) for record in records]
    beside = [AccountView.of(store.load(record.scan)) for record in scans_beside(store, args, records)]
    homes = {view.account: view for view in (*views, *beside)}
    documents = {view.account: Documents(view, every=args.all) for view in views}
    _check_names(args, views, list(documents.values()))
    linted: list[Linted] = []
    unread: list[str] = [view.roles_unread for view in views if view.roles_unread]
    for view in views:
        inventory = Inventory(view, others=homes)
        for written in _chosen(documents[view.account], view, args):
            if written.text is None:
                unread.append(f"{written.source}: {written.because}")
            else:
                linted.append(_written(written, written.text, inventory))
    return Looked(linted=tuple(linted), unread=tuple(unread))


def _chosen(documents: Documents, view: AccountView, args: Namespace) -> Iterator[Written]:
    if not args.role and not args.policy:
        yield from documents.whole()
    role = view.role(args.role) if args.role else None
    if role is not None:
        yield from documents.of_role(role)
    if args.policy:
        yield from documents.named(args.policy)


def _written(written: Written, text: str, inventory: Inventory) -> Linted:
    from scanner.access.lint_inventory import PREFIX_CATCHES
    from scanner.policy.lint import lint
    from scanner.policy.parse import parse
    from scanner.policy.placed import placed

    document = parse(text, type=written.type)
    found = inventory.lint(document)
    # What a prefix does catch says more than that it could.
    caught = {problem.path for problem in found if problem.code in PREFIX_CATCHES}
    plain = (p for p in lint(document) if p.code != "open-prefix" or p.path not in caught)
    return Linted(source=written.source, type=written.type, problems=placed(text, (*plain, *found)))


def _check_names(args: Namespace, views: Sequence[AccountView], documents: Sequence[Documents]) -> None:
    """Refuse the name of a role or policy of which there is no document.

    Raises:
        NothingInScopeError: there is none.
    """
    if args.role and all(view.role(args.role) is None for view in views):
        raise _no_such(f"role `{args.role}`", args.role, {role.name for view in views for role in view.roles})
    if args.policy and not any(one.named(args.policy) for one in documents):
        names = {name for one in documents for name in one.policy_names}
        raise _no_such(f"policy `{args.policy}`", args.policy, names)


def _no_such(what: str, name: str, among: set[str]) -> NothingInScopeError:
    import difflib

    from scanner.errors import NothingInScopeError

    near = difflib.get_close_matches(name, sorted(among), n=3)
    if name in among:
        hint = "it is a policy of the vendor: --all looks at those as well"
    elif near:
        hint = f"did you mean {' or '.join(f'`{other}`' for other in near)}?"
    else:
        hint = "`crossrole lint` without --role and --policy looks at every document"
    return NothingInScopeError(f"no stored scan has a document of {what}", hint=hint)
