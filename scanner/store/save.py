"""Writes one scan: what is new, and where old facts end. Nothing is written twice.

The transaction around it, and its locks, are `engine.saving`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain, islice
from typing import Final, TypeVar

from sqlalchemy import Connection, Insert, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from scanner.model.document import Document
from scanner.model.finding import Finding
from scanner.model.ids import AccountId
from scanner.model.snapshot import Snapshot
from scanner.store import kinds, tables
from scanner.store.arrange import Begun, Held, arrange
from scanner.store.encoding import encode
from scanner.store.kinds import Kind, Place

T = TypeVar("T")

BATCH: Final = 500
"""Rows to a statement; SQLite takes no more than 32,766 parameters."""


class Ending(StrEnum):
    """Why a span ended."""

    GONE = "gone"
    """All was read, and it was not there."""
    CHANGED = "changed"
    """It is still there, and not as it was, or not at its place in the order."""
    UNREAD = "unread"
    """Not all was read: whether it is still there is not known."""


def save(connection: Connection, snapshot: Snapshot, findings: Sequence[Finding]) -> int:
    """Write the scan and return its number."""
    previous = connection.execute(
        select(func.max(tables.scan.c.id)).where(tables.scan.c.account == snapshot.account)
    ).scalar_one()
    scan = _save_scan(connection, snapshot)
    writing = _Writing(connection, snapshot=snapshot, scan=scan, previous=previous)
    writing.keep(kinds.ATTACHMENTS, snapshot.attachments)
    writing.keep(kinds.USERS, snapshot.users)
    writing.keep(kinds.GROUPS, snapshot.groups)
    writing.keep(kinds.INSTANCES, snapshot.instances)
    writing.keep(kinds.TOPICS, snapshot.topics)
    writing.keep(kinds.CONSUMER_GROUPS, snapshot.consumer_groups)
    writing.keep(kinds.INSTANCE_ACCOUNTS, snapshot.instance_accounts)
    writing.keep(kinds.ACLS, snapshot.acls)
    writing.keep(kinds.TRAILS, snapshot.trails)
    writing.keep(kinds.GAPS, snapshot.gaps)
    writing.keep(kinds.FINDINGS, findings)
    # Accounts share documents, and who brings the same new one has to wait until this scan is
    # committed. So they come last, with the facts that refer to them.
    writing.keep_documents(
        chain(kinds.ROLES.documents_of(snapshot.roles), kinds.POLICIES.documents_of(snapshot.policies))
    )
    writing.keep(kinds.ROLES, snapshot.roles)
    writing.keep(kinds.POLICIES, snapshot.policies)
    return scan


def _save_scan(connection: Connection, snapshot: Snapshot) -> int:
    made = connection.execute(
        insert(tables.scan).values(
            account=snapshot.account,
            profile=snapshot.profile,
            taken=snapshot.taken,
            local_cloud=snapshot.local_cloud,
            complete=not snapshot.gaps,
            roles=len(snapshot.roles),
            gaps=len(snapshot.gaps),
            regions=json.dumps(snapshot.regions, ensure_ascii=False),
        )
    )
    assert made.inserted_primary_key is not None
    scan = int(made.inserted_primary_key[0])
    coverage = [
        {
            "scan": scan,
            "position": position,
            "subject": row.subject.value,
            "expected": row.expected,
            "read": row.read,
            "unread": row.unread,
        }
        for position, row in enumerate(snapshot.coverage)
    ]
    calls = [
        {
            "scan": scan,
            "position": position,
            "api": row.api,
            "calls": row.calls,
            "throttled": row.throttled,
            "failed": row.failed,
        }
        for position, row in enumerate(snapshot.calls)
    ]
    if coverage:
        connection.execute(insert(tables.coverage), coverage)
    if calls:
        connection.execute(insert(tables.api_calls), calls)
    return scan


class _Writing:
    """One scan on its way into the store."""

    def __init__(
        self, connection: Connection, *, snapshot: Snapshot, scan: int, previous: int | None
    ) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._scan = scan
        self._previous = previous

    def keep(self, kind: Kind[T], items: Sequence[T]) -> None:
        """Make the facts of one kind hold in this scan that `items` are, in their order."""
        account = self._snapshot.account
        wanted = [_digest(account, kind, encode(item)) for item in items]
        held, places = self._held(kind)
        plan = arrange(held, wanted)
        if plan.ended:
            came = {kind.place(items[begun.index]) for begun in plan.begun}
            unread = kind.unread_in(self._snapshot)
            self._end(plan.ended, places, came=came, unread=unread)
        for batch in _batches(plan.begun):
            self._begin(kind, [(begun, wanted[begun.index], items[begun.index]) for begun in batch])

    def keep_documents(self, documents: Iterable[Document]) -> None:
        """Write the policy texts that the store does not hold yet."""
        connection, stored = self._connection, tables.document.c.digest
        texts = {document.digest: document for document in documents}
        # Always in the same order, or two scans that bring the same texts could wait for each other forever.
        for digests in _batches(sorted(texts)):
            there = connection.execute(select(stored).where(stored.in_(digests)))
            missing = sorted(set(digests).difference(there.scalars()))
            if missing:
                rows = [{"digest": digest, "text": texts[digest].text} for digest in missing]
                connection.execute(_insert_new(connection, tables.document), rows)

    def _held(self, kind: Kind[T]) -> tuple[list[Held], dict[bytes, Place]]:
        """The facts that hold so far, in their order, and their places."""
        fact, span = tables.fact.c, tables.span.c
        rows = self._connection.execute(
            select(fact.digest, span.position, fact.within, fact.name)
            .join_from(tables.fact, tables.span)
            .where(fact.account == self._snapshot.account, fact.kind == kind.name, span.last_scan.is_(None))
            .order_by(span.position)
        )
        held: list[Held] = []
        places: dict[bytes, Place] = {}
        for digest, position, within, name in rows:
            held.append(Held(digest, position))
            places[digest] = (within, name)
        return held, places

    def _end(
        self, ended: Sequence[Held], places: dict[bytes, Place], *, came: set[Place], unread: bool
    ) -> None:
        def reason(span: Held) -> Ending:
            if unread:
                return Ending.UNREAD
            return Ending.CHANGED if places[span.fact] in came else Ending.GONE

        span = tables.span.c
        statement = (
            update(tables.span)
            .where(
                span.fact == bindparam("of_fact"),
                span.position == bindparam("at_position"),
                span.last_scan.is_(None),
            )
            .values(last_scan=self._previous, ending=bindparam("because"))
        )
        for batch in _batches(ended):
            rows = [
                {"of_fact": one.fact, "at_position": one.position, "because": reason(one).value}
                for one in batch
            ]
            self._connection.execute(statement, rows)

    def _begin(self, kind: Kind[T], batch: Sequence[tuple[Begun, bytes, T]]) -> None:
        account = self._snapshot.account
        facts, spans = [], []
        documents, findings = [], []
        for begun, digest, item in batch:
            within, name = kind.place(item)
            facts.append(
                {
                    "digest": digest,
                    "account": account,
                    "kind": kind.name,
                    "within": within,
                    "name": name,
                    "body": encode(item),
                }
            )
            spans.append({"fact": digest, "first_scan": self._scan, "position": begun.position})
            referred = {document.digest for document in kind.documents_of([item])}
            documents += [{"fact": digest, "document": one} for one in sorted(referred)]
            if isinstance(item, Finding):
                findings.append(_finding_row(digest, item))
        connection = self._connection
        connection.execute(_insert_new(connection, tables.fact), facts)
        connection.execute(insert(tables.span), spans)
        if documents:
            connection.execute(_insert_new(connection, tables.fact_document), documents)
        if findings:
            connection.execute(_insert_new(connection, tables.finding), findings)


def _finding_row(digest: bytes, finding: Finding) -> dict[str, object]:
    return {
        "fact": digest,
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "subject_kind": finding.subject_kind.value,
        "subject": finding.subject[: kinds.LONGEST_NAME],
    }


def _digest(account: AccountId, kind: Kind[T], body: str) -> bytes:
    """What names a fact: the same account, kind and body give the same one."""
    text = f"{account}\x1f{kind.name}\x1f{body}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _insert_new(connection: Connection, table: Table) -> Insert:
    """An insert that passes over rows that are there already; both databases have it, in two dialects."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        yield batch
