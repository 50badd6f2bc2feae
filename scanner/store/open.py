"""Opens a store and offers what the use cases need of it.

A new SQLite file gets its tables at once. Any other store that is not up to date is refused: changing
the schema of a store that others may be using is the user's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from scanner.errors import NothingInScopeError
from scanner.model.finding import Finding
from scanner.model.ids import AccountId
from scanner.model.snapshot import Snapshot
from scanner.ports import ScanRecord
from scanner.store.address import Address, parse_address
from scanner.store.engine import connect, reading, saving
from scanner.store.faults import explained
from scanner.store.load import load_findings, load_latest, load_scans, load_snapshot
from scanner.store.save import save
from scanner.store.schema import WAIT_SECONDS, SchemaState, require_current, state_of, upgrade


class SqlStore:
    """A store in SQLite or PostgreSQL: the `Store` of `scanner.ports`. Threads may share it."""

    def __init__(self, address: Address, *, wait_seconds: float) -> None:
        self._address = address
        self._engine: Engine = connect(address, wait_seconds=wait_seconds)

    @property
    def url(self) -> str:
        """Where the store is, without the password."""
        return self._address.shown

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def save(self, snapshot: Snapshot, findings: Sequence[Finding]) -> int:
        """Store one scan with its findings, all or nothing, and return its number.

        Raises:
            StoreError: nothing was stored.
        """
        consequence = "nothing of this scan is stored"
        with (
            explained(self._address, consequence=consequence),
            saving(self._engine, snapshot.account) as connection,
        ):
            return save(connection, snapshot, findings)

    def scans(self, account: AccountId | None = None) -> tuple[ScanRecord, ...]:
        """Stored scans, the one taken last first."""
        with explained(self._address), reading(self._engine) as connection:
            return load_scans(connection, account)

    def latest(self, account: AccountId) -> ScanRecord | None:
        """The scan of `account` taken last, or None."""
        with explained(self._address), reading(self._engine) as connection:
            return load_latest(connection, account)

    def load(self, scan: int) -> Snapshot:
        """The snapshot of a stored scan, equal to the one that was saved.

        Raises:
            NothingInScopeError: there is no such scan.
        """
        with explained(self._address), reading(self._engine) as connection:
            return load_snapshot(connection, scan)

    def findings(self, scan: int) -> tuple[Finding, ...]:
        """The findings of a stored scan, in the order in which they were saved.

        Raises:
            NothingInScopeError: there is no such scan.
        """
        with explained(self._address), reading(self._engine) as connection:
            return load_findings(connection, scan)

    def schema(self) -> SchemaState:
        """The revision of the store's tables."""
        with explained(self._address), reading(self._engine) as connection:
            return state_of(connection, self._address)


def open_store(url: str, *, create: bool = True, wait_seconds: float = WAIT_SECONDS) -> SqlStore:
    """The store at `url`, ready to use; a missing SQLite file is created when `create` is set.

    A write waits at most `wait_seconds` for other writers.

    Raises:
        NothingInScopeError: there is no store.
        StoreError: it cannot be used, or its schema is not up to date.
        SettingsError: `url` is not one of a store.
    """
    address = parse_address(url)
    if address.file is not None and _is_new(address.file):
        if not create:
            raise NothingInScopeError(
                f"there is no store at `{address.shown}`",
                hint="run `crossrole scan` first, or name another store with --store",
            )
        upgrade(url, wait_seconds=wait_seconds)
    store = SqlStore(address, wait_seconds=wait_seconds)
    require_current(store.schema())
    return store


def _is_new(file: Path) -> bool:
    """Whether there is no store yet: no file, or the empty one that a killed command left."""
    return not file.exists() or file.stat().st_size == 0
