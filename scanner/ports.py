"""What the use cases need from the outside world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scanner.model.finding import Finding
from scanner.model.ids import AccountId
from scanner.model.snapshot import Snapshot


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, in UTC and aware of it."""


class Progress(Protocol):
    """Is told how far a long job has come. Calls may come from several threads."""

    def expect(self, subject: str, count: int) -> None:
        """`count` more items of `subject` are known to be due."""

    def done(self, subject: str, count: int = 1) -> None:
        """`count` items of `subject` were read, or given up."""

    def note(self, message: str) -> None:
        """Something worth a line. The text may be untrusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRecord:
    """A stored scan."""

    scan: int
    account: AccountId
    profile: str
    taken: datetime
    local_cloud: bool
    complete: bool
    """Whether it has no gaps."""
    roles: int
    gaps: int


class Store(Protocol):
    """Keeps scans. Saving is all or nothing."""

    def save(self, snapshot: Snapshot, findings: Sequence[Finding]) -> int:
        """Store one scan with its findings and return its number.

        Raises:
            StoreError: nothing was stored.
        """

    def scans(self, account: AccountId | None = None) -> tuple[ScanRecord, ...]:
        """Stored scans, the newest first."""

    def load(self, scan: int) -> Snapshot:
        """The snapshot of a stored scan, equal to the one that was saved.

        Raises:
            NothingInScopeError: there is no such scan.
        """

    def findings(self, scan: int) -> tuple[Finding, ...]:
        """The findings of a stored scan, in the order in which they were saved."""
