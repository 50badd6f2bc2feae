"""`crossrole permissions`: the least RAM policy that a command needs."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit

if TYPE_CHECKING:
    from argparse import ArgumentParser

OF_COMMANDS = (
    "scan",
    "doctor",
    "roles",
    "role",
    "findings",
    "who-can",
    "what-can",
    "explain",
    "report",
    "rules",
    "versions",
    "check",
    "permissions",
    "demo",
    "cloud",
    "db",
    "completion",
)


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "permissions",
        help="print the least RAM policy that a command needs",
        description="Print the least RAM policy for a command, ready for the RAM console or `aliyun ram CreatePolicy`.",
    )
    parser.add_argument(
        "of", nargs="?", choices=OF_COMMANDS, default="scan", help="the command (default: scan)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print JSON even where nothing is needed: then `null`"
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the policy."""
    from scanner.app.needs import COMMANDS_THAT_CALL, least_policy
    from scanner.cli.console import write

    if args.of in COMMANDS_THAT_CALL:
        write(least_policy() + "\n")
    elif args.json:
        write("null\n")
    else:
        write(f"`crossrole {args.of}` needs no permission: it does not call Alibaba Cloud\n")
    return Exit.OK
