"""`crossrole completion`: a completion script for the shell."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit

if TYPE_CHECKING:
    from argparse import ArgumentParser

SHELLS = ("bash", "zsh", "tcsh")


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "completion",
        help="print a completion script for the shell",
        description="Print a script that completes crossrole's commands and options in your shell.",
        epilog='for bash: eval "$(crossrole completion bash)"',
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the script."""
    import shtab

    from scanner.cli.console import write
    from scanner.cli.main import build_parser

    write(shtab.complete(build_parser(), shell=args.shell) + "\n")
    return Exit.OK
