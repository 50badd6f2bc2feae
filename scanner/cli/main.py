"""The `crossrole` command: choose the command, run it, turn its errors into a message and an exit code.

Nothing heavy is imported before a command runs, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from scanner.cli.exits import MEANINGS, Exit, exit_for_error

if TYPE_CHECKING:
    from scanner.errors import CrossroleError

COMMANDS = (
    "scan",
    "roles",
    "role",
    "findings",
    "who-can",
    "what-can",
    "matrix",
    "explain",
    "residual",
    "escalation",
    "report",
    "rules",
    "versions",
    "check",
    "lint",
    "permissions",
    "doctor",
    "demo",
    "cloud",
    "db",
    "completion",
)
"""Every command; each is the module of its name in this package, `-` written as `_`."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="crossrole",
        description="Audit, watch and control the cross-account RAM roles that reach your ApsaraMQ for RocketMQ.",
        epilog=_exit_table(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in COMMANDS:
        import_module(f"scanner.cli.{name.replace('-', '_')}").add(commands)
    return parser


def _exit_table() -> str:
    lines = (f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())
    return "exit codes:\n" + "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.version:
        return _print_version()
    if args.command is None:
        parser.print_help(sys.stderr)
        return Exit.USAGE
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    from scanner.errors import CrossroleError

    _log_to_stderr(getattr(args, "log_level", "warning"))
    try:
        code = int(args.run(args))
    except CrossroleError as error:
        _complain(error)
        return exit_for_error(error)
    except KeyboardInterrupt:
        print("crossrole: interrupted; what was stored before is unchanged", file=sys.stderr)
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the entrance: a bug must end in a message
        return _confess(error, verbose=getattr(args, "log_level", "") == "debug")
    if getattr(args, "exit_zero", False) and code >= Exit.INCOMPLETE:
        return Exit.OK
    return code


def _log_to_stderr(level: str) -> None:
    """Show what crossrole itself logs. Other packages' loggers stay as they are: the SDKs' tell secrets."""
    import logging

    logger = logging.getLogger("scanner")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(level.upper())
    logger.propagate = False


def entrance() -> None:
    """The console script."""
    code = main()
    sys.stderr.flush()
    raise SystemExit(code)


def _complain(error: CrossroleError) -> None:
    from scanner.model.text import visible, visible_block

    print(f"crossrole: {visible(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"  hint: {visible_block(error.hint)}", file=sys.stderr)


def _confess(error: Exception, *, verbose: bool) -> int:
    import traceback

    kind = type(error).__name__
    print(f"crossrole: this is a bug in crossrole, not in your input: {kind}", file=sys.stderr)
    if verbose:
        traceback.print_exception(error)
    else:
        print("  hint: run it again with --log-level debug and report what it prints", file=sys.stderr)
    return Exit.FAILED


def _print_version() -> int:
    from importlib.metadata import version

    from scanner.cli.console import write

    write(f"crossrole {version('crossrole')}\n")
    return Exit.OK


if __name__ == "__main__":
    entrance()
