"""`crossrole lint`: what is questionable in policy documents, with line and column."""

from __future__ import annotations

from argparse import Namespace, RawDescriptionHelpFormatter, _SubParsersAction
from typing import TYPE_CHECKING, Any

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from scanner.cli.linted import Linted, Looked
    from scanner.policy.placed import Placed
    from scanner.policy.syntax import Problem

TYPES = ("permission", "trust", "session", "control")
WEIGHTS = ("note", "warning", "error")
EXITS = {"note": Exit.OK, "warning": Exit.LOW, "error": Exit.MEDIUM}
"""The exit code by the gravest problem."""


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "lint",
        help="name what is questionable in policy documents, with line and column",
        description="Name what a policy document says that is not understood, that does nothing, or that says more than\n"
        "it seems to: FILE:LINE:COLUMN: WEIGHT CODE: MESSAGE. Without FILE, the documents of the latest scan\n"
        "are looked at, those of delegated roles first, and held against what there is in the account.",
        epilog="An error is not understood, and what the document decides is then unknown. A warning is understood and\n"
        "likely does not do what its author meant. A note says what is worth knowing.\n\n"
        "exit codes: 0 nothing but notes, 11 a warning, 12 an error, 1 a file could not be read,\n"
        "4 nothing found, but a stored document was not read by the scan.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="a policy document; - is standard input")
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument(
        "--type", choices=TYPES, help="what the files are (default: trust with a Principal, else permission)"
    )
    parser.add_argument("--role", metavar="NAME", help="only the documents of this role")
    parser.add_argument("--policy", metavar="NAME", help="only the policy of this name, in force or not")
    parser.add_argument(
        "--all",
        action="store_true",
        help="versions that are not in force, and the vendor's policies, as well",
    )
    parser.add_argument("--weight", choices=WEIGHTS, default="note", help="show only this weight and graver")
    parser.add_argument(
        "--threshold",
        dest="mildest",  # the settings have a threshold of their own, a severity of findings
        choices=WEIGHTS[1:],
        default="warning",
        help="the mildest weight that changes the exit code (default: warning)",
    )
    parser.add_argument(
        "--exit-zero", action="store_true", help="exit with 0 whatever was found or not readable"
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the problems."""
    _check(args)
    looked = _looked(args)
    if args.json:
        _print_json(looked, args)
    else:
        _print(looked, args)
    if looked.failed:
        return Exit.FAILED
    worst = max((_rank(p.problem) for one in looked.linted for p in one.problems), default=0)
    if worst >= WEIGHTS.index(args.mildest):
        return EXITS[WEIGHTS[worst]]
    return Exit.INCOMPLETE if looked.unread else Exit.OK


def _check(args: Namespace) -> None:
    from scanner.errors import UsageError

    stored_only = [
        f"--{name.replace('_', '-')}"
        for name in ("account", "scan", "as_of", "role", "policy", "all")
        if getattr(args, name, None)
    ]
    if args.files and stored_only:
        raise UsageError(
            f"{', '.join(stored_only)} chooses among stored documents, and files are named as well",
            hint="leave out the files, or the option",
        )
    if args.type and not args.files:
        raise UsageError("--type says what a file is, and no file is named", hint="the store knows the types")


def _looked(args: Namespace) -> Looked:
    from scanner.cli.linted import lint_files, lint_stored
    from scanner.cli.settings import load_invocation
    from scanner.wiring import open_store

    if args.files:
        return lint_files(args.files, args.type)
    with open_store(load_invocation(args).settings) as store:
        return lint_stored(store, args)


def _rank(problem: Problem) -> int:
    return WEIGHTS.index(problem.weight.value)


def _shown(linted: Linted, args: Namespace) -> Iterator[Placed]:
    """The problems that are grave enough to show."""
    return (one for one in linted.problems if _rank(one.problem) >= WEIGHTS.index(args.weight))


def _print_json(looked: Looked, args: Namespace) -> None:
    from scanner.cli.console import print_json

    documents = [
        {
            "source": linted.source,
            "type": linted.type.value,
            "problems": [_value(one) for one in _shown(linted, args)],
        }
        for linted in looked.linted
    ]
    unread = [*looked.unread, *(error.message for error in looked.failed)]
    print_json({"documents": documents, "unread": unread})


def _value(one: Placed) -> dict[str, Any]:
    from scanner.policy.remark import Remark

    problem = one.problem
    return {
        "code": problem.code,
        "weight": problem.weight.value,
        "path": problem.path,
        "line": one.place.line,
        "column": one.place.column,
        "message": problem.message,
        "instead": problem.instead if isinstance(problem, Remark) else "",
    }


def _print(looked: Looked, args: Namespace) -> None:
    from scanner.cli.console import note, say
    from scanner.model.text import visible

    for linted in looked.linted:
        for one in _shown(linted, args):
            value = _value(one)
            place = f"{visible(linted.source)}:{value['line']}:{value['column']}"
            say(f"{place}: {value['weight']} {value['code']}: {visible(value['message'])}")
            if value["instead"]:
                say(f"    instead: {visible(value['instead'])}")
    for unread in looked.unread:
        note(f"not read: {unread}")
    for error in looked.failed:
        note(f"crossrole: {visible(error.message)}" + (f"\n  hint: {error.hint}" if error.hint else ""))
    if not args.quiet:
        note(_summary(looked))


def _summary(looked: Looked) -> str:
    counts = [
        sum(p.problem.weight.value == w for one in looked.linted for p in one.problems) for w in WEIGHTS
    ]
    told = (
        f"{count} {weight}{'' if count == 1 else 's'}" for count, weight in zip(counts, WEIGHTS, strict=True)
    )
    number = len(looked.linted)
    return f"{number} document{'' if number == 1 else 's'}: {', '.join(reversed(list(told)))}"
