"""What was read, what was not and why, and what it took."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from reports.index import AccountIndex
from reports.limits import GAP_ROWS
from reports.words import Capped, capped, count, moment
from scanner.model.snapshot import ApiCalls, Coverage, Gap, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPermission:
    """A RAM action that the scanning identity lacks, and how many reads failed for it."""

    action: str
    reads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCoverage:
    """The coverage of one account's scan."""

    account: str
    profile: str
    taken: str
    local_cloud: bool
    regions: str
    ledger: tuple[Coverage, ...]
    gaps: Capped[Gap]
    gap_count: int
    missing: tuple[MissingPermission, ...]
    calls: tuple[ApiCalls, ...]
    call_count: int


def account_coverage(account: AccountIndex) -> AccountCoverage:
    """The coverage of the scan of `account`."""
    snapshot = account.snapshot
    return AccountCoverage(
        account=snapshot.account,
        profile=snapshot.profile,
        taken=moment(snapshot.taken),
        local_cloud=snapshot.local_cloud,
        regions=", ".join(snapshot.regions) or "none",
        ledger=snapshot.coverage,
        gaps=capped(snapshot.gaps, GAP_ROWS),
        gap_count=len(snapshot.gaps),
        missing=missing_permissions(snapshot),
        calls=tuple(sorted(snapshot.calls, key=lambda c: (-c.calls, c.api))),
        call_count=sum(c.calls for c in snapshot.calls),
    )


def missing_permissions(snapshot: Snapshot) -> tuple[MissingPermission, ...]:
    """The RAM actions that would have let the scan read more, the most missed first."""
    missed = Counter(
        gap.because.missing_permission for gap in snapshot.gaps if gap.because.missing_permission is not None
    )
    ordered = sorted(missed.items(), key=lambda item: (-item[1], item[0]))
    return tuple(MissingPermission(action=action, reads=reads) for action, reads in ordered)


def unread_words(snapshot: Snapshot) -> str:
    """One sentence on what could not be read in an account."""
    if not snapshot.gaps:
        return f"Everything that was asked for in account {snapshot.account} could be read."
    return f"In account {snapshot.account}, {count(len(snapshot.gaps), 'thing')} could not be read."
