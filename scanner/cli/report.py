"""`crossrole report`: a report of the latest scan as a file."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

    from reports.input import ReportInput
    from scanner.model.settings import Settings

FORMATS = ("html", "json", "md")


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "report",
        help="write a report of the latest scan",
        description="Write a report of the latest scan of each account, with evidence and coverage.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument("--format", choices=FORMATS, help="the report's format (default: html)")
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="where to write it; - is standard output (default: crossrole-report.html, .json or .md)",
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Write the report."""
    from pathlib import Path

    from scanner.cli.console import note, write
    from scanner.cli.settings import load_invocation
    from scanner.errors import UsageError

    if args.json and args.format not in {None, "json"}:
        raise UsageError(
            f"--json and --format {args.format} ask for different formats", hint="give one of them"
        )
    form = "json" if args.json else args.format or "html"
    text = render(report_input(load_invocation(args).settings, args), form)
    target = args.output or ("-" if args.json else f"crossrole-report.{form}")
    if target == "-":
        write(text if text.endswith("\n") else f"{text}\n")
        return Exit.OK
    write_whole(Path(target), text)
    if not args.quiet:
        note(f"wrote {target}")
    return Exit.OK


def report_input(settings: Settings, args: Namespace) -> ReportInput:
    """What the chosen scans hold, ready to be shown."""
    from importlib.metadata import version

    from reports.input import ReportInput, rule_texts
    from scanner.access.delegations import delegations
    from scanner.access.paths import entrances
    from scanner.access.view import AccountView
    from scanner.cli.stored import chosen_scans, scans_beside
    from scanner.rules.registry import RULES
    from scanner.wiring import SystemClock, open_store

    with open_store(settings) as store:
        records = chosen_scans(store, args)
        snapshots = tuple(store.load(record.scan) for record in records)
        beside = tuple(store.load(record.scan) for record in scans_beside(store, args, records))
        findings = tuple(f for record in records for f in store.findings(record.scan))
    views = {snapshot.account: AccountView.of(snapshot) for snapshot in snapshots}
    others = {**views, **{snapshot.account: AccountView.of(snapshot) for snapshot in beside}}
    entered = {own: entrances(view, others=others, known=settings.known) for own, view in views.items()}
    return ReportInput(
        snapshots=snapshots,
        findings=findings,
        delegations=tuple(d for view in views.values() for d in delegations(view, settings.known)),
        chains=tuple(path for found in entered.values() for path in found.paths if path.is_chain),
        closed={own: found.closed for own, found in entered.items()},
        rules=rule_texts(RULES),
        generated=SystemClock().now(),
        version=version("crossrole"),
    )


def render(report: ReportInput, form: str) -> str:
    """The report as text, in one of `FORMATS`."""
    match form:
        case "html":
            from reports.html import render_html

            return render_html(report)
        case "json":
            from reports.json_report import render_json

            return render_json(report)
        case _:
            from reports.markdown import render_markdown

            return render_markdown(report)


def write_whole(target: Path, text: str) -> None:
    """Write `text` to `target` in one step: there is the old file or the whole new one.

    Raises:
        CrossroleError: it cannot be written; the old file is as it was.
    """
    from scanner.errors import CrossroleError

    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CrossroleError(
            f"cannot write `{target}`: {error.strerror}",
            hint="choose another place with --output, or --output - for standard output",
        ) from error
