"""Open sessions with a running local cloud, and collect through them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from scanner.app.collect import collect
from scanner.cloud.quotas import DOCUMENTED
from scanner.cloud.session import Session, open_session
from scanner.emulator.server import LocalCloud
from scanner.model.ids import Secret
from scanner.model.settings import EndpointSettings, PacingSettings, ProfileSettings
from scanner.model.snapshot import Coverage, Gap, Snapshot, Subject
from tests.cloudfixture import Credentials, credentials_of, load

OWNER = "1000000000000001"
ACCESSOR = "2000000000000002"
TAKEN = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUICK = PacingSettings(workers=8, rates=dict.fromkeys(DOCUMENTED, 0.0), read_timeout_seconds=5.0)


class StoppedClock:
    def now(self) -> datetime:
        return TAKEN


class Quiet:
    """Progress that nobody watches."""

    def expect(self, subject: str, count: int) -> None:
        pass

    def done(self, subject: str, count: int = 1) -> None:
        pass

    def note(self, message: str) -> None:
        pass


def auditor(world: str = "tiny", account: str = OWNER) -> Credentials:
    return credentials_of(load(world), account, "crossrole-auditor")


def opened(
    endpoint: str,
    keys: Credentials,
    *,
    role_arn: str = "",
    external_id: Secret | None = None,
    pacing: PacingSettings = QUICK,
    more: Mapping[str, str] | None = None,
) -> Session:
    """A session with the keys in environment variables of its own; it never really sleeps long."""
    environment = {"T_ID": keys.key_id, "T_SECRET": keys.secret, "T_TOKEN": keys.token, **(more or {})}
    return open_session(
        ProfileSettings(
            name="test",
            access_key_id_env="T_ID",
            access_key_secret_env="T_SECRET",
            security_token_env="T_TOKEN",
            role_arn=role_arn,
            external_id=external_id,
        ),
        endpoints=EndpointSettings(everything=endpoint),
        pacing=pacing,
        environment=environment,
        sleep=lambda _: None,
    )


def scanned(cloud: LocalCloud, keys: Credentials | None = None, *, regions: tuple[str, ...] = ()) -> Snapshot:
    """A scan of the owner account."""
    session = opened(cloud.endpoint, keys or auditor())
    return collect(session.reader(), clock=StoppedClock(), progress=Quiet(), workers=8, regions=regions)


def row(snapshot: Snapshot, subject: Subject) -> Coverage:
    return next(row for row in snapshot.coverage if row.subject is subject)


def gaps(snapshot: Snapshot) -> dict[tuple[Subject, str], Gap]:
    return {(gap.subject, gap.name): gap for gap in snapshot.gaps}
