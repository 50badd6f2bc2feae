"""`crossrole explain`: why somebody may or may not do one action to one resource.

With `--json` it prints a list with one value for each account that has the resource: `account`, `who`, `action`,
`resource` (as asked), `target` (its ARN), `exists`, `answer` (`allowed`, `allowed under a condition`, `not certain` or
`denied`), `context` and `complete`, `ways` (each with `path`, `answer`, `only_if`, `unless`, `doubts`, `missing`,
`questions` and `steps`; a step has `what`, `answer`, its terms, a `note` and `gates`, and a gate its `outcome`, a `note`
and the statements that were `decisive` and that `almost` decided), `ways_not_shown`, `elsewhere` (which roles would
allow it, and whom they let in), `unread` and `notes`.
"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from scanner.access.explain import Explained
    from scanner.access.targets import Asked, Target
    from scanner.access.view import AccountView
    from scanner.cli.asking import Estate
    from scanner.cli.explained import Answer
    from scanner.policy.decision import Context

_SHOWN: Final = 3
"""How many ways are explained unless all are asked for, and how many roles elsewhere are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """The one resource and action that the question is about, in one account."""

    view: AccountView
    target: Target
    action: str
    notes: tuple[str, ...]


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explain",
        help="why somebody may or may not do an action to a resource",
        description="Explain, call by call and gate by gate, whether somebody may do one action to one resource: the "
        "statements that decided, those that almost did, the terms, and what is missing. Control policies and session "
        "policies are not part of a scan; they can only take away.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument(
        "who",
        metavar="WHO",
        help="the ARN or name of a user or role, an account id, a partner's name in the settings, or a role of the account "
        "itself",
    )
    parser.add_argument("action", metavar="ACTION", help="one action, such as rocketmq:GetTopic")
    parser.add_argument("resource", metavar="RESOURCE", help="its ARN, or its name, such as `instance/topic`")
    parser.add_argument(
        "--context",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="a condition key of the request, such as acs:SourceIp=10.0.0.1; `KEY=` is a request without it "
        "(may be repeated; keys that are not named are left open)",
    )
    parser.add_argument(
        "--complete", action="store_true", help="the request carries no other keys than these"
    )
    parser.add_argument("--all", action="store_true", help=f"explain every way in, not the first {_SHOWN}")
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the explanation for each account that has the resource."""
    from scanner.access.grants import Standing
    from scanner.cli.asking import checked_question, load_estate
    from scanner.cli.console import note, print_json
    from scanner.cli.explained import answer_value, print_answer

    question = checked_question(args.action)
    context, notes = _context(args)
    estate = load_estate(args)
    meant = _meant(args.resource, question, estate)
    answers = _those_who_know(args.who, [_answer(args, context, estate, one) for one in meant], estate)
    if args.json:
        print_json([answer_value(args, answer, notes) for answer in answers])
    else:
        for words in dict.fromkeys((*notes, *(words for answer in answers for words in answer.notes))):
            if not args.quiet:
                note(words)
        for answer in answers:
            print_answer(args, answer)
    open_ones = any(answer.standing is Standing.UNCERTAIN or answer.unread for answer in answers)
    return Exit.INCOMPLETE if open_ones else Exit.OK


def _context(args: Namespace) -> tuple[Context, tuple[str, ...]]:
    """What is known of the request, and what to tell about it.

    Raises:
        UsageError: an option has not the form `KEY=VALUE`, or names a key twice.
    """
    from scanner.errors import UsageError
    from scanner.policy.decision import Context
    from scanner.policy.pattern import fold

    known: dict[str, frozenset[str]] = {}
    for text in args.context:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(
                f"`{text}` is not of the form KEY=VALUE", hint="such as --context acs:SourceIp=10.0.0.1"
            )
        if fold(key) in map(fold, known):
            raise UsageError(
                f"the key `{key}` is given twice", hint="a request carries one value of a key, or none"
            )
        known[key] = frozenset((value,)) if value else frozenset()
    notes = tuple(words for key, values in known.items() for words in _about_key(key, values))
    return Context(known=known, complete=args.complete), notes


def _about_key(key: str, values: frozenset[str]) -> Iterable[str]:
    """What is odd about a key and its value."""
    from difflib import get_close_matches

    from scanner.policy.operators import GENERAL_KEYS, Family, family_of, spelling
    from scanner.policy.values import address, moment, number

    if spelling(key) is None:
        near = get_close_matches(key, GENERAL_KEYS, n=1)
        yield f"`{key}` is not a documented condition key" + (f"; near is `{near[0]}`" if near else "")
        return
    readers = {Family.IP: address, Family.DATE: moment, Family.NUMBER: number}
    family = family_of(key)
    reader = readers.get(family) if family is not None else None
    for value in values:
        odd = reader(value) is None if reader else family is Family.BOOL and value not in {"true", "false"}
        if odd and family is not None:
            yield f"the value of `{key}` has not the form of its kind, {family.value}: comparing it is not documented"


def _meant(text: str, question: Asked, estate: Estate) -> list[_Meant]:
    """The one resource that is meant, in each account that has it.

    Raises:
        NothingInScopeError: nothing of this name is there.
        UsageError: it is not one resource, or not one action.
    """
    from scanner.access.targets import targets
    from scanner.cli.asking import no_such_resource, question_notes
    from scanner.errors import UsageError

    meant = [(view, targets(text, question, view)) for view in estate.views]
    found = [(view, target, named) for view, named in meant for target in named.found]
    if not found:
        near = [name for _, named in meant for name in named.near]
        raise no_such_resource(text, near=near[:_SHOWN], why=[named.note for _, named in meant if named.note])
    for view in estate.views:
        here = [target for other, target, _ in found if other is view]
        if len(here) > 1:
            some = ", ".join(f"`{target.arn}`" for target in here[: 3 * _SHOWN])
            raise UsageError(f"`{text}` means {len(here)} resources", hint=f"name one of them: {some}")
    actions = dict.fromkeys(action for _, target, _ in found for action in target.actions)
    if len(actions) > 1:
        some = ", ".join(f"`{action}`" for action in [*actions][: 3 * _SHOWN])
        raise UsageError(
            f"`{question.text}` means {len(actions)} actions", hint=f"name one of them, such as {some}"
        )
    (action,) = actions
    notes = question_notes(question)
    return [
        _Meant(
            view=view, target=target, action=action, notes=(*notes, *((named.note,) if named.note else ()))
        )
        for view, target, named in found
    ]


def _answer(args: Namespace, context: Context, estate: Estate, meant: _Meant) -> Answer:
    """What one account says about it."""
    from scanner.access.explain import Explainer
    from scanner.access.grants import Standing
    from scanner.access.people import people
    from scanner.access.who import who_can
    from scanner.cli.explained import Answer

    view, target = meant.view, meant.target
    entered = estate.entered(view)
    explainer = Explainer(
        view,
        others=estate.others(view),
        action=meant.action,
        target=target,
        context=context,
        who=args.who,
        known=estate.known,
    )
    ways = explainer.ways(people(args.who, view, entered, known=estate.known))
    explained = [explainer.explain(way) for way in (ways if args.all else ways[:_SHOWN])]
    standing = explained[0].standing if explained else Standing.DENIED
    if standing is not Standing.DENIED and not args.all:
        explained = [one for one in explained if one.standing is not Standing.DENIED]
    elsewhere: dict[str, list[str]] = {}
    if standing is Standing.DENIED:
        own = {way.path.role for way in ways}
        for one in who_can([target], view, entered).answers:
            if one.path.role not in own:
                elsewhere.setdefault(one.path.role, []).append(one.path.principal)
    return Answer(
        view=view,
        target=target,
        action=meant.action,
        standing=standing,
        explained=explained,
        not_shown=len(ways) - len(explained),
        elsewhere=elsewhere,
        unread=(*entered.unread, *(doubt for one in explained for doubt in _unread(one))),
        notes=meant.notes,
    )


def _unread(explained: Explained) -> Sequence[str]:
    """What was not read of a way that is open by what was read: it may hold a Deny."""
    return explained.hop.doubts if explained.standing.grants else ()


def _those_who_know(who: str, answers: list[Answer], estate: Estate) -> list[Answer]:
    """The accounts in which the word means somebody; all of them for an ARN, which means somebody anyway.

    Raises:
        NothingInScopeError: it means nobody.
    """
    from scanner.access.people import caller_named
    from scanner.cli.asking import nobody_of_this_name

    known = [answer for answer in answers if answer.explained]
    if not known and caller_named(who) is None:
        raise nobody_of_this_name(who, estate)
    return known or answers
