"""`crossrole what-can`: what somebody from outside can do.

With `--json` it prints a list with one value for each account that they may come into: `account`, `who` (as asked),
`ways` (each with `path`: who comes in, through which roles, on which terms; `unread`; and `reaches`, one for each
class and series: `class`, `series` (null for RAM), `sure`, `conditional` and `not_certain` as lists of ARNs,
`to_come` for what may be created (null where it is not reached), `only_if` and `unless`), `closed` (where they are
trusted and cannot come in, and why) and `unread`.
"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from scanner.access.entrance import Path
    from scanner.access.people import People
    from scanner.access.view import AccountView
    from scanner.access.what import Possession, Reached, Some
    from scanner.cli.asking import Estate

_FEW: Final = 3
"""Up to how many resources a line names."""


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "what-can",
        help="what somebody from outside can do",
        description="List what somebody from outside can do: through which roles, what class of action, on how many "
        "resources and which, and on which terms.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument(
        "who",
        metavar="WHO",
        help="the ARN or name of a user or role, an account id, a partner's name in the settings, or a role of the account "
        "itself",
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the answer for each account that they may come into."""
    from scanner.access.matrix import Matrix
    from scanner.access.people import people
    from scanner.access.what import what_can
    from scanner.cli.asking import load_estate, nobody_of_this_name
    from scanner.cli.console import print_json

    estate = load_estate(args)
    meant = [
        (view, people(args.who, view, estate.entered(view), known=estate.known)) for view in estate.views
    ]
    meant = [(view, found) for view, found in meant if found.are_there]
    if not meant:
        raise nobody_of_this_name(args.who, estate)
    answers = [(view, found, what_can(found.paths, Matrix.of(view))) for view, found in meant]
    if args.json:
        print_json([_value(args.who, *answer, estate=estate) for answer in answers])
    else:
        for answer in answers:
            _print(args.who, *answer, estate=estate)
    return _exit(answers, estate)


def _exit(answers: Iterable[tuple[AccountView, People, Sequence[Possession]]], estate: Estate) -> Exit:
    complete = all(
        not estate.entered(view).unread
        and not view.resources.unread
        and all(possession.is_complete for possession in found)
        for view, _, found in answers
    )
    return Exit.OK if complete else Exit.INCOMPLETE


def _unread(view: AccountView, estate: Estate) -> tuple[str, ...]:
    return (*estate.entered(view).unread, *view.resources.unread)


def _value(
    who: str, view: AccountView, meant: People, found: Sequence[Possession], *, estate: Estate
) -> dict[str, Any]:
    from scanner.cli.asking import closed_value, path_value

    return {
        "account": view.account,
        "who": who,
        "ways": [
            {
                "path": path_value(possession.path),
                "reaches": [_reached_value(reached) for reached in possession.reached],
                "unread": list(possession.unread),
            }
            for possession in found
        ],
        "closed": [closed_value(closed) for closed in meant.closed],
        "unread": list(_unread(view, estate)),
    }


def _reached_value(reached: Reached) -> dict[str, Any]:
    series = reached.column.series
    return {
        "class": reached.column.access.value,
        "series": series.value if series else None,
        "sure": [resource.arn for resource in reached.sure],
        "conditional": [resource.arn for resource in reached.conditional],
        "not_certain": [resource.arn for resource in reached.uncertain],
        "to_come": reached.to_come.value if reached.to_come else None,
        "only_if": list(reached.only_if),
        "unless": list(reached.unless),
    }


def _print(
    who: str, view: AccountView, meant: People, found: Sequence[Possession], *, estate: Estate
) -> None:
    from scanner.cli.console import print_table, say

    say(f"What `{who}` can do in account {view.account}")
    for ways in _by_role(found):
        _print_role(ways)
    if not found:
        say("  nothing: nobody of them comes in")
    if meant.closed:
        say("\nTrusted, but unable to come in")
        print_table(("role", "who", "why"), ((c.role, c.principal, c.because) for c in meant.closed))
    for words in _unread(view, estate):
        say(f"not known: {words}")
    say()


def _by_role(found: Iterable[Possession]) -> Iterable[list[Possession]]:
    """The ways that end in the same role, together."""
    together: dict[str, list[Possession]] = {}
    for possession in found:
        together.setdefault(possession.path.role, []).append(possession)
    return [together[role] for role in sorted(together)]


def _print_role(ways: Sequence[Possession]) -> None:
    """One role: who comes in, and what its sessions reach."""
    from scanner.cli.console import say

    first = ways[0]
    say(f"\n  As role {first.path.role}")
    for possession in ways:
        _print_way(possession.path)
    for reached in first.reached:
        for line in _lines(reached):
            say(f"    {line}")
    if not first.reached:
        say("    nothing of RocketMQ and RAM" + (", as far as could be read" if first.unread else ""))
    for words in first.unread:
        say(f"    not known: {words}")


def _print_way(path: Path) -> None:
    from scanner.cli.asking import terms_in_words, who
    from scanner.cli.console import say

    if path.starts_inside and not path.is_chain:
        return
    through = f", through {' > '.join(path.roles[:-1])}" if path.is_chain else ""
    terms = terms_in_words(path.only_if, path.unless)
    say(f"    comes in: {who(path)}{through}, {path.certainty.value}{f': {terms}' if terms else ''}")
    for doubt in path.doubts:
        say(f"      not certain: {doubt}")


def _lines(reached: Reached) -> Iterable[str]:
    """One line for each degree of certainty."""
    from scanner.access.cite import terms
    from scanner.access.entrance import Certainty

    series = reached.column.series
    head = f"{reached.column.access.value} ({series.value if series else 'RAM'})"
    sure = (reached.sure, Certainty.CERTAIN, "")
    hangs = terms(only_if=reached.only_if, unless=reached.unless)
    under = (reached.conditional, Certainty.CONDITIONAL, f", {hangs}")
    open_ones = (reached.uncertain, Certainty.UNCERTAIN, ", perhaps: that is not certain")
    for resources, certainty, after in (sure, under, open_ones):
        if series is None and reached.to_come is certainty:
            yield f"{head}: on what its policies name{after}"
        elif resources or reached.to_come is certainty:
            yield f"{head}: {_counted(resources, later=reached.to_come is certainty)}{after}"


def _counted(resources: Some, *, later: bool) -> str:
    """How many of which kind; by name while they are few."""
    from scanner.access.targets import short_name
    from scanner.policy.catalogue import ResourceType

    counts = sorted((type_.value, count) for type_, count in resources.by_type.items())
    parts = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts]
    instances = resources.instances
    if len(resources) <= _FEW:
        which = f" ({', '.join(map(short_name, resources))})"
    elif resources.by_type.keys() == {ResourceType.INSTANCE}:
        which = ""
    else:
        which = f" in {len(instances)} instances" if len(instances) > 1 else f" in {instances[0]}"
    shown = f"{', '.join(parts)}{which}" if parts else ""
    to_come = "any that may be created" if later else ""
    return ", and ".join(part for part in (shown, to_come) if part)
