"""Build the parts that a command needs from the settings: the one place that knows them all.

Imports stand inside the functions, so that a command pays only for what it uses.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.app.scan import ScanReport, Source
    from scanner.cloud.session import Session
    from scanner.model.settings import ProfileSettings, Settings
    from scanner.ports import Progress
    from scanner.store.open import SqlStore


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The present moment, to the second."""
        return datetime.now(UTC).replace(microsecond=0)


def open_store(settings: Settings, *, create: bool = False) -> SqlStore:
    """The store that the settings name.

    Raises:
        StoreError: it cannot be opened.
    """
    from scanner.store.open import open_store as open_url

    return open_url(settings.store_url, create=create)


def open_session(settings: Settings, profile: ProfileSettings) -> Session:
    """A session for one account.

    Raises:
        CloudError: the credentials do not work, or the service cannot be reached.
    """
    from scanner.cloud.session import open_session as open_profile

    return open_profile(profile, endpoints=settings.endpoints, pacing=settings.pacing)


def run_scan(settings: Settings, progress: Progress) -> ScanReport:
    """Scan every profile of the settings into their store."""
    from scanner.app.scan import Plan, scan_accounts

    plan = Plan(workers=settings.pacing.workers, regions=settings.regions, known=settings.known)
    with open_store(settings, create=True) as store:
        return scan_accounts(
            [_source(settings, profile) for profile in settings.profiles],
            plan,
            store=store,
            clock=SystemClock(),
            progress=progress,
        )


def _source(settings: Settings, profile: ProfileSettings) -> Source:
    from scanner.app.scan import Source as SourceOf

    return SourceOf(profile=profile.name, open=lambda: open_session(settings, profile))
