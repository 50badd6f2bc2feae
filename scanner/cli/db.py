"""`crossrole db`: the store's schema, and what it keeps."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit
from scanner.cli.options import add_common, positive

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from scanner.store.schema import SchemaState


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "db", help="make, check or clean the store", description="The store's schema, and what it keeps."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    upgrade = actions.add_parser("upgrade", help="make the store, or bring its schema up to date")
    add_common(upgrade)
    upgrade.set_defaults(run=run_upgrade)
    check = actions.add_parser("check", help="tell whether the schema is up to date (exit code 1 when not)")
    add_common(check)
    check.set_defaults(run=run_check)
    prune = actions.add_parser("prune", help="remove old scans, and what only they held")
    add_common(prune)
    prune.add_argument(
        "--days", type=positive, default=365, help="keep scans of the last N days (default: 365)"
    )
    prune.add_argument(
        "--keep",
        type=positive,
        default=1,
        metavar="N",
        help="keep at least N scans of each account (default: 1)",
    )
    prune.set_defaults(run=run_prune)


def run_upgrade(args: Namespace) -> int:
    """Bring the schema up to date."""
    from scanner.cli.settings import load_invocation
    from scanner.store.schema import check, upgrade

    url = load_invocation(args).settings.store_url
    upgrade(url)
    return _show(args, check(url))


def run_check(args: Namespace) -> int:
    """Tell how the schema stands."""
    from scanner.cli.settings import load_invocation
    from scanner.store.schema import check

    return _show(args, check(load_invocation(args).settings.store_url))


def run_prune(args: Namespace) -> int:
    """Remove old scans."""
    from dataclasses import asdict
    from datetime import timedelta

    from scanner.cli.console import print_json, say
    from scanner.cli.settings import load_invocation
    from scanner.store.maintenance import prune
    from scanner.wiring import SystemClock

    url = load_invocation(args).settings.store_url
    before = SystemClock().now() - timedelta(days=args.days)
    removed = prune(url, before=before, keep=args.keep)
    if args.json:
        print_json(asdict(removed))
    else:
        say(
            f"removed {removed.scans} scans, {removed.facts} facts and {removed.documents} documents only they held"
        )
    return Exit.OK


def _show(args: Namespace, found: SchemaState) -> int:
    from dataclasses import asdict

    from scanner.cli.console import print_json, say

    if args.json:
        print_json(asdict(found))
    else:
        say(f"store {found.url}: {found.state}, revision {found.current or 'none'} of {found.head}")
    return Exit.OK if found.state == "current" else Exit.FAILED
