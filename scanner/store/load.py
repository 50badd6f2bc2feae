"""Reads scans back, exactly as they were saved."""

from __future__ import annotations

import json
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from scanner.errors import NothingInScopeError, StoreError
from scanner.model.document import Document
from scanner.model.finding import Finding
from scanner.model.ids import AccountId
from scanner.model.snapshot import ApiCalls, Coverage, Snapshot, Subject
from scanner.ports import ScanRecord
from scanner.store import kinds, tables
from scanner.store.encoding import UNREADABLE_HINT, decode
from scanner.store.kinds import Kind

T = TypeVar("T")

_BATCH: Final = 1_000


def load_scans(connection: Connection, account: AccountId | None) -> tuple[ScanRecord, ...]:
    """The stored scans, of one account or of all, the one taken last first."""
    scan = tables.scan.c
    query = select(tables.scan).order_by(scan.taken.desc(), scan.id.desc())
    if account is not None:
        query = query.where(scan.account == account)
    return tuple(_record(row) for row in connection.execute(query))


def load_latest(connection: Connection, account: AccountId) -> ScanRecord | None:
    """The scan of `account` taken last, or None."""
    scan = tables.scan.c
    query = select(tables.scan).where(scan.account == account).order_by(scan.taken.desc(), scan.id.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _record(row)


def load_snapshot(connection: Connection, scan: int) -> Snapshot:
    """The snapshot of one scan.

    Raises:
        NothingInScopeError: there is no such scan.
    """
    row = _scan_row(connection, scan)
    reading = _Reading(connection, scan=scan, account=row.account)
    return Snapshot(
        account=row.account,
        taken=row.taken,
        profile=row.profile,
        local_cloud=row.local_cloud,
        regions=tuple(json.loads(row.regions)),
        roles=reading.all_of(kinds.ROLES),
        policies=reading.all_of(kinds.POLICIES),
        attachments=reading.all_of(kinds.ATTACHMENTS),
        users=reading.all_of(kinds.USERS),
        groups=reading.all_of(kinds.GROUPS),
        instances=reading.all_of(kinds.INSTANCES),
        topics=reading.all_of(kinds.TOPICS),
        consumer_groups=reading.all_of(kinds.CONSUMER_GROUPS),
        instance_accounts=reading.all_of(kinds.INSTANCE_ACCOUNTS),
        acls=reading.all_of(kinds.ACLS),
        trails=reading.all_of(kinds.TRAILS),
        gaps=reading.all_of(kinds.GAPS),
        coverage=_coverage(connection, scan),
        calls=_calls(connection, scan),
    )


def load_findings(connection: Connection, scan: int) -> tuple[Finding, ...]:
    """The findings of one scan, in the order in which they were saved.

    Raises:
        NothingInScopeError: there is no such scan.
    """
    row = _scan_row(connection, scan)
    return _Reading(connection, scan=scan, account=row.account).all_of(kinds.FINDINGS)


class _Reading:
    """One scan on its way out of the store."""

    def __init__(self, connection: Connection, *, scan: int, account: AccountId) -> None:
        self._connection = connection
        self._scan = scan
        self._account = account

    def all_of(self, kind: Kind[T]) -> tuple[T, ...]:
        """The things of one kind, in their order."""
        documents = self._documents(kind) if kind.documents is not None else {}
        fact, span = tables.fact.c, tables.span.c
        bodies = self._connection.execute(
            select(fact.body)
            .join_from(tables.fact, tables.span)
            .where(self._holding(kind))
            .order_by(span.position)
            .execution_options(yield_per=_BATCH)
        )
        return tuple(decode(kind.type, body, documents=documents) for body in bodies.scalars())

    def _documents(self, kind: Kind[T]) -> dict[str, Document]:
        """The policy texts that the things of one kind refer to, by digest."""
        document = tables.document.c
        wanted = (
            select(tables.fact_document.c.document)
            .join_from(tables.fact_document, tables.fact)
            .join(tables.span, tables.span.c.fact == tables.fact.c.digest)
            .where(self._holding(kind))
        )
        rows = self._connection.execute(
            select(document.digest, document.text)
            .where(document.digest.in_(wanted))
            .execution_options(yield_per=_BATCH)
        )
        return {digest: Document(text) for digest, text in rows}

    def _holding(self, kind: Kind[T]) -> ColumnElement[bool]:
        fact, span = tables.fact.c, tables.span.c
        return and_(
            fact.account == self._account,
            fact.kind == kind.name,
            span.first_scan <= self._scan,
            or_(span.last_scan.is_(None), span.last_scan >= self._scan),
        )


def _scan_row(connection: Connection, scan: int) -> Row[AccountId, str]:
    row = connection.execute(select(tables.scan).where(tables.scan.c.id == scan)).first()
    if row is None:
        raise NothingInScopeError(
            f"no scan {scan} is stored", hint="name another one, or none to take the newest"
        )
    return row


def _record(row: Row[AccountId, str]) -> ScanRecord:
    return ScanRecord(
        scan=row.id,
        account=row.account,
        profile=row.profile,
        taken=row.taken,
        local_cloud=row.local_cloud,
        complete=row.complete,
        roles=row.roles,
        gaps=row.gaps,
    )


def _coverage(connection: Connection, scan: int) -> tuple[Coverage, ...]:
    table = tables.coverage
    rows = connection.execute(select(table).where(table.c.scan == scan).order_by(table.c.position))
    try:
        return tuple(
            Coverage(subject=Subject(row.subject), expected=row.expected, read=row.read, unread=row.unread)
            for row in rows
        )
    except ValueError as error:
        raise StoreError(
            f"the coverage of scan {scan} cannot be read: {error}", hint=UNREADABLE_HINT
        ) from error


def _calls(connection: Connection, scan: int) -> tuple[ApiCalls, ...]:
    table = tables.api_calls
    rows = connection.execute(select(table).where(table.c.scan == scan).order_by(table.c.position))
    return tuple(
        ApiCalls(api=row.api, calls=row.calls, throttled=row.throttled, failed=row.failed) for row in rows
    )
