"""`crossrole rules`: list the rules, or explain one."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from scanner.rules.base import Rule


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "rules",
        help="list the rules, or explain one",
        description="What crossrole checks, why, and the remedy.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list every rule")
    listing.add_argument("--json", action="store_true", help="print JSON on standard output")
    listing.set_defaults(run=run_list)
    explain = actions.add_parser("explain", help="why a rule exists and how to put it right")
    explain.add_argument("rule", metavar="ID", help="the rule's id, as `crossrole rules list` prints it")
    explain.add_argument("--json", action="store_true", help="print JSON on standard output")
    explain.set_defaults(run=run_explain)


def run_list(args: Namespace) -> int:
    """Print every rule."""
    from scanner.cli.console import print_json, print_table
    from scanner.rules.registry import RULES

    ordered = sorted(RULES, key=lambda rule: (-rule.severity.rank, rule.id))
    if args.json:
        print_json([_value(rule) for rule in ordered])
    else:
        print_table(
            ("severity", "rule", "what it finds"), ((r.severity.value, r.id, r.title) for r in ordered)
        )
    return Exit.OK


def run_explain(args: Namespace) -> int:
    """Print one rule with its remedies."""
    from scanner.cli.console import print_json, say

    rule = checked_rule(args.rule)
    if args.json:
        print_json(_value(rule))
        return Exit.OK
    say(f"{rule.id}: {rule.title}")
    article = "an" if rule.subject.value.startswith("a") else "a"
    say(f"usual severity {rule.severity.value}; a finding may be milder or worse, by what it opens")
    say(f"about {article} {rule.subject.value}; rests on {rule.confidence.value} behaviour of Alibaba Cloud")
    say(f"\nWhy\n{rule.why}")
    say(f"\nRemedy on the command line\n{rule.remedy.cli}")
    say(f"\nRemedy in the console\n{rule.remedy.console}")
    say(f"\nRemedy in Terraform\n{rule.remedy.terraform}")
    say(f"\nReference\n{rule.reference}")
    return Exit.OK


def checked_rule(name: str) -> Rule:
    """The rule named `name`.

    Raises:
        UsageError: there is none; the hint names the nearest.
    """
    from scanner.errors import UsageError
    from scanner.rules.registry import RULES

    by_id = {rule.id: rule for rule in RULES}
    if name in by_id:
        return by_id[name]
    import difflib

    near = difflib.get_close_matches(name, by_id, n=1)
    raise UsageError(
        f"there is no rule `{name}`",
        hint=f"did you mean `{near[0]}`?" if near else "`crossrole rules list` prints them all",
    )


def _value(rule: Rule) -> dict[str, str]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "subject": rule.subject.value,
        "why": rule.why,
        "remedy_cli": rule.remedy.cli,
        "remedy_console": rule.remedy.console,
        "remedy_terraform": rule.remedy.terraform,
        "reference": rule.reference,
    }
