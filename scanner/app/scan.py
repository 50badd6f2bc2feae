"""Scan several accounts, judge them together, keep what was found.

One account's failure does not stop the others; it is reported beside their results. Reading is
`scanner.app.collect`, judging `scanner.app.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from scanner.access.view import AccountView
from scanner.app.collect import collect
from scanner.app.judge import judge
from scanner.errors import CloudError, SettingsError
from scanner.model.delegation import KnownAccount
from scanner.model.finding import Finding
from scanner.model.ids import AccountId
from scanner.model.snapshot import Snapshot
from scanner.ports import Clock, CloudReader, Progress, Store
from scanner.rules.base import World


class AccountSession(Protocol):
    """An account that can be read."""

    @property
    def local_cloud(self) -> bool:
        """Whether it is an account of the local cloud."""

    @property
    def notes(self) -> Sequence[str]:
        """What was changed to make reading safe, such as a variable that was dropped, one line each."""

    def reader(self) -> CloudReader:
        """What reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where one account comes from: the name of its profile, and how to open it."""

    profile: str
    open: Callable[[], AccountSession]
    """Raises `CloudError` when the credentials do not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a scan should read, and what is already known."""

    workers: int
    regions: tuple[str, ...] = ()
    known: Mapping[AccountId, KnownAccount] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedAccount:
    """One account that was read, judged and stored."""

    profile: str
    scan: int
    snapshot: Snapshot
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAccount:
    """One account that could not be read at all."""

    profile: str
    error: CloudError


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """What came of a scan."""

    scanned: tuple[ScannedAccount, ...]
    failed: tuple[FailedAccount, ...]

    @property
    def complete(self) -> bool:
        """Whether every account was read without a gap."""
        return not self.failed and not any(account.snapshot.gaps for account in self.scanned)


def scan_accounts(
    sources: Sequence[Source], plan: Plan, *, store: Store, clock: Clock, progress: Progress
) -> ScanReport:
    """Read every source, judge all that was read as one world, and store it.

    Raises:
        StoreError: nothing of the account at hand was stored; accounts before it were.
        SettingsError: the plan names a region that the broker service does not have.
    """
    snapshots: list[Snapshot] = []
    failed: list[FailedAccount] = []
    for source in sources:
        try:
            snapshots.append(_read(source, plan, clock=clock, progress=progress))
        except CloudError as error:
            failed.append(FailedAccount(profile=source.profile, error=error))
    unique = _one_for_each_account(snapshots, progress)
    judged = judge_all(tuple(unique.values()), plan.known)
    scanned = tuple(
        ScannedAccount(
            profile=snapshot.profile,
            scan=store.save(snapshot, judged[account]),
            snapshot=snapshot,
            findings=judged[account],
        )
        for account, snapshot in unique.items()
    )
    return ScanReport(scanned=scanned, failed=tuple(failed))


def _one_for_each_account(snapshots: Sequence[Snapshot], progress: Progress) -> dict[AccountId, Snapshot]:
    """Of several reads of one account, the one with the fewest gaps."""
    unique: dict[AccountId, Snapshot] = {}
    for snapshot in snapshots:
        other = unique.get(snapshot.account)
        if other is not None:
            progress.note(
                f"profiles {other.profile} and {snapshot.profile} are of one account, {snapshot.account}: "
                "the more complete read of the two is kept"
            )
        if other is None or len(snapshot.gaps) < len(other.gaps):
            unique[snapshot.account] = snapshot
    return unique


def judge_all(
    snapshots: Sequence[Snapshot], known: Mapping[AccountId, KnownAccount]
) -> dict[AccountId, tuple[Finding, ...]]:
    """The findings of each account, judged beside the others."""
    views = {snapshot.account: AccountView.of(snapshot) for snapshot in snapshots}
    return {
        account: judge(
            World(
                view=view,
                others={other: v for other, v in views.items() if other != account},
                known=known,
            )
        )
        for account, view in views.items()
    }


def check_regions(reader: CloudReader, regions: tuple[str, ...]) -> None:
    """Return when the broker service has every region of `regions`, or does not say which it has.

    Raises:
        SettingsError: it has not; the hint lists those it has.
    """
    if not regions:
        return
    try:
        offered = sorted(region.name for region in reader.broker_regions())
    except CloudError:
        return  # The scan meets the same failure and records it as a gap.
    unknown = [region for region in regions if region not in offered]
    if unknown:
        raise SettingsError(
            f"RocketMQ is not offered in region `{unknown[0]}`", hint=f"the regions are {', '.join(offered)}"
        )


def _read(source: Source, plan: Plan, *, clock: Clock, progress: Progress) -> Snapshot:
    session = source.open()
    for note in session.notes:
        progress.note(f"profile {source.profile}: {note}")
    reader = session.reader()
    check_regions(reader, plan.regions)
    return collect(
        reader,
        clock=clock,
        progress=progress,
        workers=plan.workers,
        regions=plan.regions,
        profile=source.profile,
        local_cloud=session.local_cloud,
    )
