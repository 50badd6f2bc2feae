"""`crossrole check NEW --against OLD`: whether policy files allow anything that others do not.

Nothing is called and nothing is stored. With `--json` one object is printed:

    answer      "no new access", "new access" or "unknown": any action that exists or may be added
    today       the same for the actions of RocketMQ, RAM and STS that are known today
    direction   "equal", "wider", "narrower", "both" or "unknown"
    type        "permission" or "trust"
    new, old    the files
    wider       what the new policies add; narrower: what they take away. Each holds answer, today, witness
                (action, resource, resource_group, context, caller), possible (a request that may be new access,
                where the answer is unknown), doubts with their place, open_questions
    allowed_by  statements of the new policies that allow the witness, with file, line, column and path
    refused_by  statements of the old policies that deny it; empty where none allows it
"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING, Any

from scanner.cli.exits import Exit

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator, Sequence

    from scanner.cli.check_sides import Sides
    from scanner.policy.comparison import Change, Comparison
    from scanner.policy.decision import Reason, SourcedPolicy


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "check",
        help="tell whether policy files allow anything that others do not",
        description="Tell whether the policies NEW together allow any request that the policies OLD together do not, "
        "with a request that shows it. Works on files alone; `-` is standard input. "
        "Exit codes: 0 no new access, 13 new access, 4 it cannot be told.",
    )
    parser.add_argument("new", nargs="+", metavar="NEW", help="policy files after the change")
    parser.add_argument(
        "--against",
        nargs="*",
        required=True,
        metavar="OLD",
        help="policy files before the change; none: nothing was allowed",
    )
    parser.add_argument(
        "--type", choices=("permission", "trust"), help="what the files are (default: what they look like)"
    )
    parser.add_argument(
        "--session", metavar="FILE", help="a session policy that limits both, as given to AssumeRole"
    )
    parser.add_argument(
        "--control",
        action="append",
        metavar="FILE",
        help="a control policy that limits both, beside FullAliyunAccess (may be repeated)",
    )
    parser.add_argument("--account", metavar="ID", help="the account of the policies, for concrete examples")
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever the answer")
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Compare, and print the answer."""
    from scanner.cli.check_sides import compared, sides_of
    from scanner.cli.console import print_json
    from scanner.policy.comparison import Answer

    sides = sides_of(args)
    change = compared(sides)
    if args.json:
        print_json(_value(sides, change))
    else:
        _print(sides, change)
    match change.wider.answer:
        case Answer.NO_NEW_ACCESS:
            return Exit.OK
        case Answer.NEW_ACCESS:
            return Exit.HIGH
        case Answer.UNKNOWN:
            return Exit.INCOMPLETE


def _value(sides: Sides, change: Change) -> dict[str, Any]:
    from scanner.cli.check_sides import allowing, refusing

    shown = change.wider.witness or change.wider.possible
    return {
        "answer": change.wider.answer.value,
        "today": change.wider.today.value,
        "direction": change.direction.value,
        "type": sides.type.value,
        "new": [policy.label for policy in sides.new],
        "old": [policy.label for policy in sides.old],
        "wider": _comparison_value(sides, change.wider),
        "narrower": _comparison_value(sides, change.narrower),
        "allowed_by": [_reason_value(sides, reason) for reason in (allowing(sides, shown) if shown else ())],
        "refused_by": [_reason_value(sides, reason) for reason in (refusing(sides, shown) if shown else ())],
    }


def _comparison_value(sides: Sides, comparison: Comparison) -> dict[str, Any]:
    from scanner.cli.comparisons import comparison_value

    value = comparison_value(comparison)
    value["doubts"] = [
        {"file": d.policy, **_place_value(sides, d.policy, d.path), "why": d.why} for d in comparison.doubts
    ]
    return value


def _reason_value(sides: Sides, reason: Reason) -> dict[str, Any]:
    return {"file": reason.policy, **_place_value(sides, reason.policy, reason.path)}


def _place_value(sides: Sides, file: str, path: str) -> dict[str, Any]:
    place = sides.place(file, path)
    line, column = (None, None) if place is None else (place.line, place.column)
    return {"path": path, "line": line, "column": column}


def _print(sides: Sides, change: Change) -> None:
    from scanner.cli.console import say
    from scanner.model.text import visible

    for heading, text in _lines(sides, change):
        say(f"  {heading:<13} {visible(text)}" if heading else visible(text))


def _lines(sides: Sides, change: Change) -> Iterator[tuple[str, str]]:
    """Heading and text of each line; a line without heading stands by itself."""
    from scanner.policy.comparison_words import today_words

    yield "", _sentence(sides, change.wider)
    yield from _shown(sides, change.wider)
    yield from _doubts(sides, change.wider)
    if words := today_words(change.wider):
        yield "worlds", words
    yield from _direction(sides, change)


def _sentence(sides: Sides, comparison: Comparison) -> str:
    from scanner.policy.comparison import Answer

    new, old = (_names(policies) for policies in (sides.new, sides.old))
    allow = "allows" if len(sides.new) == 1 else "allow"
    does = "does" if len(sides.old) == 1 else "do"
    match comparison.answer:
        case Answer.NO_NEW_ACCESS if not sides.old:
            return f"no new access: {new} {allow} nothing"
        case Answer.NO_NEW_ACCESS:
            return f"no new access: {new} {allow} nothing that {old} {does} not allow"
        case Answer.NEW_ACCESS if not sides.old:
            return f"new access: {new} {allow} something, and nothing was allowed before"
        case Answer.NEW_ACCESS:
            return f"new access: {new} {allow} what {old} {does} not allow"
        case Answer.UNKNOWN:
            what = f"what {old} {does} not allow" if sides.old else "anything"
            return f"unknown: whether {new} {allow} {what} cannot be told; count it as new access"


def _shown(sides: Sides, comparison: Comparison) -> Iterator[tuple[str, str]]:
    """The witness, and the statements that make it one."""
    from scanner.cli.check_sides import allowing, refusing
    from scanner.policy.comparison_words import witness_words

    witness = comparison.witness or comparison.possible
    if witness is None:
        return
    to_come = "" if witness.known_action else " (not among the actions of RocketMQ, RAM and STS known today)"
    certain = comparison.witness is not None
    yield "for example" if certain else "perhaps", witness_words(witness) + to_come
    for reason in allowing(sides, witness):
        yield (
            "allowed at" if certain else "from",
            f"{sides.position(reason.policy, reason.path)}  {reason.path}",
        )
    for reason in refusing(sides, witness):
        yield "refused at", f"{sides.position(reason.policy, reason.path)}  {reason.path}"


def _doubts(sides: Sides, comparison: Comparison) -> Iterator[tuple[str, str]]:
    from scanner.policy.comparison_words import other_doubts, question_words

    for doubt in other_doubts(comparison):
        where = f"{sides.position(doubt.policy, doubt.path)}  {doubt.path}: " if doubt.policy else ""
        yield "because", where + doubt.why
    for assumption in comparison.assumptions:
        yield "open question", question_words(assumption)


def _direction(sides: Sides, change: Change) -> Iterator[tuple[str, str]]:
    from scanner.policy.comparison import Answer
    from scanner.policy.comparison_words import DIRECTIONS, witness_words

    yield "direction", f"{change.direction.value}: {DIRECTIONS[change.direction]}"
    lost = change.narrower
    if lost.answer is Answer.NEW_ACCESS and lost.witness is not None:
        yield "no longer", witness_words(lost.witness)
    elif lost.answer is Answer.UNKNOWN and change.wider.answer is not Answer.UNKNOWN:
        yield "", "  whether something is no longer allowed cannot be told:"
        yield from _doubts(sides, lost)


def _names(policies: Sequence[SourcedPolicy]) -> str:
    return " and ".join(f"`{policy.label}`" for policy in policies)
