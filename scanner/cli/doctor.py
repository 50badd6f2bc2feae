"""`crossrole doctor`: whether everything that a scan needs is in place."""

from __future__ import annotations

import sys
from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING, Literal, NamedTuple

from scanner.cli.exits import Exit
from scanner.cli.options import add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from scanner.app.examine import Examination
    from scanner.cli.settings import Invocation
    from scanner.model.settings import ProfileSettings, Settings
    from scanner.store.schema import SchemaState


class Check(NamedTuple):
    """One thing that was looked at."""

    state: Literal["ok", "missing", "wrong"]
    """`missing`: a scan works, with gaps. `wrong`: a scan cannot work."""
    what: str
    hint: str = ""


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "doctor",
        help="check settings, store, credentials and permissions",
        description="Check the settings, the store, each profile's credentials, and every permission that a scan "
        "needs by trying one of each read. It changes nothing.",
    )
    add_common(parser)
    parser.add_argument(
        "--profile", action="append", metavar="NAME", help="check this profile only (may be repeated)"
    )
    parser.add_argument(
        "--region", action="append", metavar="REGION", help="RocketMQ region to try (may be repeated)"
    )
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of crossrole.toml and exit"
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Check, print, and tell by the exit code: 0 all well, 4 a scan would have gaps, 1 it cannot work."""
    from scanner.cli.console import print_json, say
    from scanner.cli.settings import load_invocation, schema

    if args.schema:
        print_json(schema())
        return Exit.OK
    invocation = load_invocation(args)
    checks = []
    for check in _checks(invocation, args):
        checks.append(check)
        if not args.json:
            say(f"{check.state:<8} {check.what}")
            if check.hint:
                say(f"         hint: {check.hint}")
    if args.json:
        print_json([check._asdict() for check in checks])
    states = {check.state for check in checks}
    if "wrong" in states:
        return Exit.FAILED
    return Exit.INCOMPLETE if "missing" in states else Exit.OK


def _checks(invocation: Invocation, args: Namespace) -> Iterator[Check]:
    version = sys.version.split()[0]
    yield Check(state="ok", what=f"Python {version}")
    yield Check(state="ok", what=f"settings from {invocation.source or 'defaults and the environment'}")
    yield _store(invocation.settings)
    for profile in invocation.settings.profiles:
        yield from _profile(invocation.settings, profile, quiet=args.quiet)


def _store(settings: Settings) -> Check:
    from scanner.errors import SettingsError, StoreError
    from scanner.store.schema import check

    try:
        return store_check(check(settings.store_url))
    except (StoreError, SettingsError) as error:
        return Check(state="wrong", what=f"store: {error.message}", hint=error.hint)


def store_check(found: SchemaState) -> Check:
    """What a store in this state means for a scan."""
    match found.state.value:
        case "current":
            return Check(state="ok", what=f"store {found.url} is up to date")
        case "missing" if found.url.startswith("sqlite"):
            return Check(state="ok", what=f"store {found.url} is not there yet; the first scan makes it")
        case "missing":
            # A scan makes a file, but no tables in a database that others may be using.
            what = f"the database {found.url} holds no store yet"
            return Check(state="wrong", what=what, hint="run `crossrole db upgrade`")
        case "older":
            what = f"store {found.url} has the schema of an older version of crossrole"
            return Check(state="wrong", what=what, hint="run `crossrole db upgrade`")
        case _:
            what = f"store {found.url} has the schema of a newer version of crossrole"
            return Check(state="wrong", what=what, hint="update crossrole")


def _profile(settings: Settings, profile: ProfileSettings, *, quiet: bool) -> Iterator[Check]:
    from scanner.app.examine import examine
    from scanner.cli.progress import watch
    from scanner.errors import CloudError
    from scanner.wiring import SystemClock, open_session

    try:
        session = open_session(settings, profile)
        with watch(quiet=quiet) as progress:
            found = examine(
                session.reader(),
                clock=SystemClock(),
                progress=progress,
                workers=settings.pacing.workers,
                regions=settings.regions,
            )
    except CloudError as error:
        yield Check(state="wrong", what=f"profile {profile.name}: {error.message}", hint=error.hint)
        return
    for note in session.notes:
        yield Check(state="ok", what=f"profile {profile.name}: {note}")
    local = " of the LOCAL CLOUD" if session.local_cloud else ""
    yield Check(
        state="ok", what=f"profile {profile.name}: {session.identity.arn}{local}, from {_origin(profile)}"
    )
    yield from _reads(profile, found)


def _origin(profile: ProfileSettings) -> str:
    """Where the settings say that the keys are."""
    if profile.access_key_id_env:
        origin = f"the environment variable {profile.access_key_id_env}"
    elif profile.cli_profile:
        origin = f"profile {profile.cli_profile} of the aliyun command"
    else:
        origin = "the vendor's credential chain"
    return f"{origin}, through {profile.role_arn}" if profile.role_arn else origin


def _reads(profile: ProfileSettings, found: Examination) -> Iterator[Check]:
    for permission in found.missing_permissions:
        yield Check(
            state="missing",
            what=f"profile {profile.name}: lacks {permission}",
            hint="`crossrole permissions scan` prints the policy to attach",
        )
    for gap in found.gaps:
        if gap.because.missing_permission is None:
            yield Check(
                state="missing",
                what=f"profile {profile.name}: cannot read {f'{gap.subject.value} {gap.name}'.strip()}: {gap.because}",
            )
    if not found.gaps:
        kinds = len(found.calls)
        yield Check(
            state="ok", what=f"profile {profile.name}: every read of a scan works ({kinds} APIs tried)"
        )
