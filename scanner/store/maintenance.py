"""Deletes old scans, and what only they held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, CursorResult, Delete, delete, exists, or_, select

from scanner.ports import ScanRecord
from scanner.store import tables
from scanner.store.address import parse_address
from scanner.store.engine import compact, connect, maintaining
from scanner.store.faults import explained
from scanner.store.load import load_scans
from scanner.store.schema import WAIT_SECONDS, check, require_current


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How much was deleted."""

    scans: int
    facts: int
    documents: int


def prune(url: str, *, before: datetime, keep: int) -> Pruned:
    """Delete the scans taken earlier than `before`, but never the `keep` last taken of an account.

    An SQLite file then gives the freed space back.

    Raises:
        StoreError: the store cannot be written, or its schema is not up to date.
    """
    address = parse_address(url)
    require_current(check(url))
    engine = connect(address, wait_seconds=WAIT_SECONDS)
    with explained(address, consequence="nothing was deleted"), maintaining(engine) as connection:
        pruned = prune_scans(connection, before=before, keep=keep)
    if pruned.scans:
        with explained(address, consequence="the scans are deleted, but the file did not become smaller"):
            compact(engine)
    return pruned


def prune_scans(connection: Connection, *, before: datetime, keep: int) -> Pruned:
    """As `prune`, inside a transaction."""
    doomed = [record.scan for record in _doomed(load_scans(connection, None), before=before, keep=keep)]
    for scan in doomed:
        connection.execute(delete(tables.scan).where(tables.scan.c.id == scan))
    _delete(connection, _spans_without_scan())
    fact, document = tables.fact, tables.document
    facts = _delete(connection, delete(fact).where(~exists().where(tables.span.c.fact == fact.c.digest)))
    held = exists().where(tables.fact_document.c.document == document.c.digest)
    documents = _delete(connection, delete(document).where(~held))
    return Pruned(scans=len(doomed), facts=facts, documents=documents)


def _doomed(records: Sequence[ScanRecord], *, before: datetime, keep: int) -> list[ScanRecord]:
    """Of `records`, newest first, those to delete."""
    doomed: list[ScanRecord] = []
    by_account = sorted(records, key=lambda record: record.account)
    for _, scans in groupby(by_account, key=lambda record: record.account):
        doomed += [record for record in list(scans)[keep:] if record.taken < before]
    return doomed


def _spans_without_scan() -> Delete:
    scan, span, fact = tables.scan.c, tables.span.c, tables.fact.c
    covered = (
        select(scan.id)
        .join_from(tables.scan, tables.fact, scan.account == fact.account)
        .where(
            fact.digest == span.fact,
            scan.id >= span.first_scan,
            or_(span.last_scan.is_(None), scan.id <= span.last_scan),
        )
        .correlate(tables.span)
    )
    return delete(tables.span).where(~covered.exists())


def _delete(connection: Connection, statement: Delete) -> int:
    result: CursorResult[object] = connection.execute(statement)
    return result.rowcount
