"""`crossrole demo`: the main job from end to end, on a local cloud."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from typing import TYPE_CHECKING, Final

from scanner.cli.exits import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.cli.settings import Invocation

_SETTINGS_FILE: Final = """\
# Written by `crossrole demo`: the store that its scan filled, and who the accounts are.
# Look around with, for example: crossrole findings --config {config}
# The demo's cloud ended with the demo, so this file is for looking; `crossrole cloud` starts another to scan.
store = "{store}"

[accounts."1000000000000001"]
name = "Enterprise A"
relation = "own"

[accounts."2000000000000002"]
name = "Enterprise B"
relation = "partner"

[accounts."3000000000000003"]
name = "Vendor C"
relation = "partner"

[profiles.owner]
access_key_id_env = "CROSSROLE_DEMO_OWNER_ID"
access_key_secret_env = "CROSSROLE_DEMO_OWNER_SECRET"

[profiles.accessor]
access_key_id_env = "CROSSROLE_DEMO_ACCESSOR_ID"
access_key_secret_env = "CROSSROLE_DEMO_ACCESSOR_SECRET"
"""

_KEYS: Final = {
    "CROSSROLE_DEMO_OWNER_ID": "LOCALKEYAUDIT1",
    "CROSSROLE_DEMO_OWNER_SECRET": "local-secret-audit-1",
    "CROSSROLE_DEMO_ACCESSOR_ID": "LOCALKEYAUDIT2",
    "CROSSROLE_DEMO_ACCESSOR_SECRET": "local-secret-audit-2",
}
"""The keys of the auditors in world `demo`: no cloud but the local one knows them."""


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="show the main job on a local cloud, with no account needed",
        description="Start a local cloud with two enterprises and two vendors, scan both enterprises, print the "
        "summary and leave the store and the HTML report in a folder.",
    )
    parser.add_argument(
        "--output", metavar="DIR", default="crossrole-demo", help="the folder (default: crossrole-demo)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.add_argument("--quiet", action="store_true", help="print no progress and no notes")
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="warning",
        help="how much to log",
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Run the demo; it ends with 0 although the demo account is full of mistakes."""
    import shutil
    from pathlib import Path

    from scanner.cli.console import note, say
    from scanner.cli.report import render, report_input, write_whole

    folder = _fresh(Path(args.output))
    config = folder.resolve() / "crossrole.toml"
    write_whole(
        config,
        _SETTINGS_FILE.format(
            config=config, store=f"sqlite:///{(folder.resolve() / 'crossrole.db').as_posix()}"
        ),
    )
    code = _scan(args, config)
    if code in {Exit.FAILED, Exit.USAGE}:
        return code
    settings = _invocation(config, endpoint="").settings
    target = folder / "report.html"
    choice = Namespace(account=None, scan=None, as_of=None)
    write_whole(target, render(report_input(settings, choice), "html"))
    if not args.json:
        say(f"The report: {target.resolve()}")
        command = "crossrole" if shutil.which("crossrole") else sys.argv[0]
        say(f"Look further: {command} roles --config {config}")
        say(f"              {command} role b-pub-sub --config {config}")
    elif not args.quiet:
        note(f"wrote {target}")
    return Exit.OK


def _fresh(folder: Path) -> Path:
    """The folder, without what an earlier demo left in it."""
    from scanner.errors import CrossroleError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("crossrole.db", "crossrole.db-wal", "crossrole.db-shm", "report.html"):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise CrossroleError(
            f"cannot write to the folder `{folder}`: {error.strerror}", hint="choose another with --output"
        ) from error
    return folder


def _scan(args: Namespace, config: Path) -> int:
    from scanner.cli.console import note
    from scanner.cli.progress import watch
    from scanner.cli.scan import show
    from scanner.emulator.server import LocalCloud
    from scanner.emulator.worlds import load_world
    from scanner.wiring import run_scan

    os.environ.update(_KEYS)
    with LocalCloud(load_world("demo")) as cloud:
        if not args.quiet:
            note(f"local cloud with world `demo` on {cloud.endpoint}; nothing here is a real account")
        invocation = _invocation(config, endpoint=cloud.endpoint)
        with watch(quiet=args.quiet) as progress:
            report = run_scan(invocation.settings, progress)
    return show(report, invocation, as_json=args.json)


def _invocation(config: Path, *, endpoint: str) -> Invocation:
    from scanner.cli.settings import load_invocation

    environment = {**os.environ, "CROSSROLE_ENDPOINT": endpoint}
    for name in ("CROSSROLE_STORE", "CROSSROLE_CONFIG"):
        environment.pop(name, None)
    return load_invocation(Namespace(config=str(config)), environment)
