"""`crossrole scan`: read accounts, judge them, keep the result, print a summary."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit, exit_for
from scanner.cli.options import add_common, add_threshold, positive

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from scanner.app.scan import ScanReport
    from scanner.cli.settings import Invocation
    from scanner.model.finding import Finding

_UNKNOWN_ACCOUNT = "trust-allows-unknown-account"


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "scan",
        help="read accounts, judge them and keep the result",
        description="Read the roles, trust policies, permissions and RocketMQ resources of each profile's "
        "account, judge them, keep them in the store and print a summary.",
    )
    add_common(parser)
    add_threshold(parser)
    parser.add_argument(
        "--profile",
        action="append",
        metavar="NAME",
        help="scan this profile of the settings, or of the aliyun command (may be repeated; default: all)",
    )
    parser.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help="read RocketMQ in this region only (may be repeated; default: all that the service lists)",
    )
    parser.add_argument("--workers", type=positive, metavar="N", help="calls under way at once (default: 32)")
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Scan and print; the exit code tells the worst finding."""
    from scanner.cli.progress import watch
    from scanner.cli.settings import load_invocation
    from scanner.wiring import run_scan

    invocation = load_invocation(args)
    with watch(quiet=args.quiet) as progress:
        report = run_scan(invocation.settings, progress)
    return show(report, invocation, as_json=args.json)


def _failing(report: ScanReport) -> list[Finding]:
    from scanner.model.finding import Verdict

    return [f for account in report.scanned for f in account.findings if f.verdict is Verdict.FAIL]


def show(report: ScanReport, invocation: Invocation, *, as_json: bool) -> int:
    """Print what came of a scan and return the exit code."""
    from scanner.app.judge import undecided, worst
    from scanner.cli.console import note, print_json
    from scanner.cli.summary import print_summary, summary_value

    if as_json:
        print_json(summary_value(report))
    else:
        print_summary(report, invocation.settings.known)
        if not invocation.settings.known and any(f.rule == _UNKNOWN_ACCOUNT for f in _failing(report)):
            note(
                "no account is named in the settings, so every partner counts as unknown; name them under [accounts]"
            )
    if not report.scanned:
        return Exit.FAILED
    every = [finding for account in report.scanned for finding in account.findings]
    decided = not undecided(every, threshold=invocation.threshold)
    return exit_for(worst(every), threshold=invocation.threshold, complete=report.complete and decided)
