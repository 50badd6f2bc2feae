"""`crossrole escalation`: how roles come to more than their policies say.

With `--json` it prints a list with one value for each role: `account`, `role`, `foreign` (whom it trusts from outside),
`whole` (whether its policies allow anything already), `escalations` and `unread`. An escalation has `worth` ("anything",
"more", or "later" for what brings nothing as things are), `for_others` (whether others gain), `steps` (the calls in
order, each with `by`, `action`, `on` and the `names` of what it is made on), `then`, `certainty`, `only_if`, `unless`, `doubts` and `statements`.
"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING, Any, Final

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator, Sequence

    from scanner.access.rungs import Climb, Escalation, Rung
    from scanner.access.view import RoleView
    from scanner.cli.asking import Estate

_FEW: Final = 5
"""How many ways of one role are told unless one role is asked about."""

Answer = tuple["RoleView", "Climb", str]
"""A role, what it comes to, and its account."""


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "escalation",
        help="how a role can give itself or others more than it has",
        description="For each role that somebody outside may assume, show how it comes to more than its policies say: "
        "which call, on what, and then what; through other roles and users too. The worst comes first.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument(
        "--role", metavar="NAME", help="only this role, whoever may assume it, and every way of it"
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print how the roles of the chosen accounts come to more."""
    from scanner.cli.asking import load_estate
    from scanner.cli.console import print_json
    from scanner.cli.role import check_role

    estate = load_estate(args)
    if args.role is not None:
        check_role(args.role, estate.views)
    found = sorted(_climbs(estate, args.role), key=_worst_first)
    unlisted = [f"account {view.account}: {view.roles_unread}" for view in estate.views if view.roles_unread]
    if args.json:
        print_json([_value(*answer) for answer in found])
    else:
        _print(found, role=args.role, unlisted=unlisted)
    complete = not unlisted and all(_is_complete(climb) for _, climb, _ in found)
    return Exit.OK if complete else Exit.INCOMPLETE


def _climbs(estate: Estate, name: str | None) -> Iterator[Answer]:
    from scanner.access.admission import trust_doubts
    from scanner.access.escalation import Escalations

    for view in estate.views:
        answers = Escalations(view, others=estate.others(view))
        for role in view.roles:
            if role.name == name or (name is None and (role.foreign or trust_doubts(role))):
                yield role, answers.of(role), view.account


def _worst_first(answer: Answer) -> tuple[object, ...]:
    role, climb, account = answer
    worst = climb.worst
    return (
        not climb.whole,
        worst is None,
        () if worst is None else worst.rank[:3],
        not climb.unread,
        account,
        role.name,
    )


def _is_complete(climb: Climb) -> bool:
    from scanner.access.grants import Standing

    return not climb.unread and all(row.standing is not Standing.UNCERTAIN for row in climb.escalations)


def _value(role: RoleView, climb: Climb, account: str) -> dict[str, Any]:
    return {
        "account": account,
        "role": role.name,
        "foreign": sorted({entry.principal.text for entry in role.foreign}),
        "whole": climb.whole,
        "escalations": [_escalation_value(row) for row in climb.escalations],
        "unread": list(climb.unread),
    }


def _escalation_value(row: Escalation) -> dict[str, Any]:
    from scanner.cli.asking import hop_value

    return {
        "worth": row.worth.value,
        "for_others": row.for_others,
        "steps": [_rung_value(rung) for rung in row.rungs],
        "then": row.then,
        **hop_value(row.hop),
    }


def _rung_value(rung: Rung) -> dict[str, Any]:
    return {"by": str(rung.by), "action": rung.action, "on": rung.on, "names": list(rung.names)}


def _print(found: Sequence[Answer], *, role: str | None, unlisted: Sequence[str]) -> None:
    from scanner.cli.console import note, say

    for words in unlisted:
        note(f"roles may be missing, because a listing could not be read: {words}")
    idle = [answer for answer in found if not (answer[1].escalations or answer[1].unread)]
    for answer in found:
        if answer not in idle:
            _print_role(*answer, most=None if role else _FEW)
    if role and idle:
        say(f"role `{role}` can come to no more than its policies say, and gives nobody more")
    elif idle:
        say(
            f"{len(idle)} other roles that somebody outside may assume can come to no more than their policies say"
        )
    elif not found:
        say("no role lets in anybody from outside" + (", as far as could be read" if unlisted else ""))


def _print_role(role: RoleView, climb: Climb, account: str, *, most: int | None) -> None:
    from scanner.cli.console import say, say_item

    say_item(f"Role {role.name} of account {account}", indent=0)
    trusted = sorted({entry.principal.text or "somebody nobody can tell" for entry in role.foreign})
    say_item(f"trusts from outside: {', '.join(trusted) or 'nobody'}", indent=2, hang=2)
    if climb.whole:
        say(
            "  its policies allow anything in the account already, or anything but what they rule out, so it hardly needs any of this"
        )
    told = [row for row in climb.escalations if most is None or not _is_idle(row)]
    for number, row in enumerate(told[:most], start=1):
        _print_row(number, row, climb.role)
    rest = len(climb.escalations) - len(told[:most])
    if rest:
        say_item(f"and {rest} more: crossrole escalation --role {role.name}", indent=2, hang=2)
    for words in climb.unread:
        say_item(f"not known: {words}", indent=2, hang=2)
    say()


def _is_idle(row: Escalation) -> bool:
    from scanner.access.gifts import Worth

    return row.worth is Worth.LATER


def _print_row(number: int, row: Escalation, role: str) -> None:
    from scanner.cli.asking import place, terms_in_words
    from scanner.cli.console import say_item

    says = "later" if _is_idle(row) else "then"
    say_item(f"{number}. {', then '.join(rung.words(role) for rung in row.rungs)}", indent=2, hang=3)
    say_item(f"{says} {row.then}", indent=5, hang=2)
    if terms := terms_in_words(row.hop.only_if, row.hop.unless):
        say_item(terms, indent=5, hang=2)
    for doubt in row.hop.doubts:
        say_item(f"not certain: {doubt}", indent=5, hang=2)
    if places := ", ".join(dict.fromkeys(place(one) for one in row.hop.statements)):
        say_item(f"by {places}", indent=5, hang=2)
