"""What `crossrole check` compares: policy files, the gates before them, and where their statements stand."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scanner.cli.policy_files import PolicyFile
    from scanner.policy.comparison import Change, PolicySet, Witness
    from scanner.policy.decision import Decision, Reason, SourcedPolicy
    from scanner.policy.place import Place, Places
    from scanner.policy.syntax import PolicyDocument, PolicyType

_EVERYTHING: Final = '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
"""As FullAliyunAccess has it."""
_NOBODYS_ACCOUNT: Final = "1000000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What is compared."""

    type: PolicyType
    new: tuple[SourcedPolicy, ...]
    old: tuple[SourcedPolicy, ...]
    session: SourcedPolicy | None
    control: tuple[SourcedPolicy, ...] | None
    account: str
    places: Mapping[str, Places]
    """By file."""

    def together(self, policies: tuple[SourcedPolicy, ...]) -> PolicySet:
        """One side with the gates that stand before both."""
        from scanner.policy.comparison import PolicySet

        return PolicySet(account=policies, session=self.session, control=self.control)

    def place(self, file: str, path: str) -> Place | None:
        """Where `path` of a file stands in its text."""
        places = self.places.get(file)
        return None if places is None else places.nearest(path)

    def position(self, file: str, path: str) -> str:
        """`FILE:LINE:COLUMN`, or what names a policy that is in no file."""
        place = self.place(file, path)
        return file if place is None else f"{file}:{place.line}:{place.column}"


def sides_of(args: Namespace) -> Sides:
    """What the command line names.

    Raises:
        UsageError: the files do not go together.
        CrossroleError: one cannot be read or holds no policy document.
    """
    from scanner.cli.policy_files import read_policy_files
    from scanner.policy.place import Places
    from scanner.policy.syntax import PolicyType

    gates = [*([args.session] if args.session else []), *(args.control or [])]
    files = read_policy_files([*args.new, *args.against, *gates])
    new, old = files[: len(args.new)], files[len(args.new) : len(args.new) + len(args.against)]
    session = files[len(new) + len(old)] if args.session else None
    control = files[len(files) - len(args.control or []) :]
    documents = _documents([*new, *old], None if args.type is None else PolicyType(args.type))
    type_ = documents[0].type
    _check_sets(type_, new=new, old=old, gates=gates)
    sourced = [_sourced(file, document) for file, document in zip([*new, *old], documents, strict=True)]
    return Sides(
        type=type_,
        new=tuple(sourced[: len(new)]),
        old=tuple(sourced[len(new) :]),
        session=None if session is None else _gate(session, PolicyType.SESSION),
        control=(_full_access(), *(_gate(file, PolicyType.CONTROL) for file in control)) if control else None,
        account=_account(args.account),
        places={file.name: Places.of(file.text) for file in files},
    )


def _documents(files: Sequence[PolicyFile], type_: PolicyType | None) -> list[PolicyDocument]:
    """The documents, all of one type."""
    from scanner.cli.policy_files import parse_file
    from scanner.errors import UsageError

    documents = [parse_file(file, type_) for file in files]
    first = documents[0].type
    other = next(
        (file for file, found in zip(files, documents, strict=True) if found.type is not first), None
    )
    if other is not None:
        raise UsageError(
            f"`{files[0].name}` looks like a {first.value} policy and `{other.name}` does not",
            hint="compare policies of one type, or say with --type what they are",
        )
    return documents


def _check_sets(
    type_: PolicyType, *, new: Sequence[PolicyFile], old: Sequence[PolicyFile], gates: Sequence[str]
) -> None:
    from scanner.errors import UsageError
    from scanner.policy.syntax import PolicyType

    if type_ is not PolicyType.TRUST:
        return
    if len(new) > 1 or len(old) > 1:
        raise UsageError("a role has one trust policy", hint="name one file before and one after --against")
    if gates:
        raise UsageError("--session and --control limit permissions, and these are trust policies")


def _sourced(file: PolicyFile, document: PolicyDocument) -> SourcedPolicy:
    from scanner.policy.decision import SourcedPolicy

    return SourcedPolicy(document=document, label=file.name)


def _gate(file: PolicyFile, type_: PolicyType) -> SourcedPolicy:
    from scanner.cli.policy_files import parse_file

    return _sourced(file, parse_file(file, type_))


def _full_access() -> SourcedPolicy:
    """What stands at every level of a directory unless somebody takes it off."""
    from scanner.policy.decision import SourcedPolicy
    from scanner.policy.parse import parse
    from scanner.policy.syntax import PolicyType

    return SourcedPolicy(document=parse(_EVERYTHING, type=PolicyType.CONTROL), label="FullAliyunAccess")


def _account(text: str | None) -> str:
    from scanner.errors import UsageError
    from scanner.model.ids import is_account_id

    if text is not None and not is_account_id(text):
        raise UsageError(f"`{text}` is no account id", hint="an account id is 16 digits")
    return text or ""


def _role(sides: Sides) -> str:
    """Some role that the trust policies may belong to."""
    return f"acs:ram::{sides.account or _NOBODYS_ACCOUNT}:role/some-role"


def compared(sides: Sides) -> Change:
    """Both directions of the change."""
    from scanner.policy.compare import change, change_trust
    from scanner.policy.syntax import PolicyType

    if sides.type is PolicyType.TRUST:
        old = sides.old[0] if sides.old else None
        return change_trust(sides.new[0], old, role=_role(sides))
    return change(sides.together(sides.new), sides.together(sides.old), account=sides.account)


def allowing(sides: Sides, witness: Witness) -> tuple[Reason, ...]:
    """The statements of the new policies that allow the witness."""
    from scanner.policy.decision import Gate
    from scanner.policy.syntax import Effect

    gates = {Gate.ACCOUNT_SCOPE, Gate.TRUST}
    reasons = _decision(sides, witness, sides.new).reasons
    return tuple(
        r for r in reasons if r.effect is not Effect.DENY and r.gate in gates and r.policy in sides.places
    )


def refusing(sides: Sides, witness: Witness) -> tuple[Reason, ...]:
    """The statements of the old policies that deny it; none where no statement allows it."""
    from scanner.policy.syntax import Effect

    reasons = _decision(sides, witness, sides.old).reasons
    return tuple(r for r in reasons if r.effect is Effect.DENY and r.policy in sides.places)


def _decision(sides: Sides, witness: Witness, policies: Sequence[SourcedPolicy]) -> Decision:
    """What one side decides about the witness."""
    from scanner.policy.decision import Decision, Outcome
    from scanner.policy.evaluate import decide, decide_assume

    if witness.caller is None:
        return decide(witness.request, account=policies, session=sides.session, control=sides.control)
    if not policies:
        return Decision(outcome=Outcome.DENIED, reasons=())
    may_assume = (_full_access(),)
    return decide_assume(
        witness.request, caller=witness.caller, caller_policies=may_assume, trust=policies[0]
    )
