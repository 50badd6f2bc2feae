"""`crossrole findings`: what the rules said about the latest scan."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit
from scanner.cli.options import SEVERITIES, add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from scanner.model.finding import Finding

VERDICTS = ("fail", "unknown", "pass")


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "findings",
        help="list what the rules say about the latest scan",
        description="List findings of stored scans, the worst first.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument("--severity", choices=SEVERITIES, help="only this severity and worse")
    parser.add_argument("--rule", metavar="ID", help="only this rule")
    parser.add_argument("--subject", metavar="NAME", help="only this role, policy, user or trail")
    parser.add_argument(
        "--verdict",
        choices=(*VERDICTS, "all"),
        action="append",
        help="only this verdict (may be repeated; default: fail and unknown)",
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the list."""
    from reports.json_report import finding_value
    from scanner.cli.console import note, print_json, print_table, say
    from scanner.cli.rules import checked_rule
    from scanner.cli.settings import load_invocation
    from scanner.cli.stored import chosen_scans
    from scanner.wiring import open_store

    if args.rule:
        checked_rule(args.rule)
    invocation = load_invocation(args)
    with open_store(invocation.settings) as store:
        records = chosen_scans(store, args)
        every = [f for record in records for f in store.findings(record.scan)]
    for record in records:
        if not record.complete and not args.quiet:
            note(
                f"scan {record.scan} of account {record.account} has {record.gaps} gaps: what they hide is unknown"
            )
    shown = [finding for finding in every if _wanted(finding, args)]
    if args.json:
        print_json([finding_value(finding) for finding in shown])
    elif shown:
        print_table(
            ("verdict", "severity", "rule", "subject", "what"),
            ((f.verdict.value, f.severity.value, f.rule, f.subject, _what(f)) for f in shown),
        )
    else:
        say("no finding fits")
    return Exit.OK if all(record.complete for record in records) else Exit.INCOMPLETE


def _wanted(finding: Finding, args: Namespace) -> bool:
    from scanner.model.finding import Severity

    verdicts = args.verdict or ["fail", "unknown"]
    if "all" not in verdicts and finding.verdict.value not in verdicts:
        return False
    if args.severity and finding.severity.rank < Severity(args.severity).rank:
        return False
    if args.rule and finding.rule != args.rule:
        return False
    return not args.subject or finding.subject == args.subject


def _what(finding: Finding) -> list[str]:
    places = [f"{e.source} {e.version} {e.path}".strip() for e in finding.evidence]
    return [finding.message, *(f"  {place}" for place in places), *finding.because_of_gaps]
