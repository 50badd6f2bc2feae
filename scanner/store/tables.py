"""The tables of the store.

A *fact* is everything one scan said about one thing (a role, a policy, a topic, a gap, a
finding), kept once. A *span* says from which scan to which a fact held; while it still holds,
its end is NULL, so a scan that changes nothing writes no fact and no span. Policy texts are kept
once by their SHA-256, whoever refers to them.

How facts are made of values is decided in `kinds` and `encoding`, and which spans open and close
in `arrange`. The migrations hold their own copy of this page; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from scanner.store.escape import escape, unescape

VERSION_TABLE: Final = "crossrole_schema"
"""Where Alembic notes the revision; its usual name could belong to another program in a shared database."""

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names for constraints, so that a migration can speak of them on both databases."""


class AnyText(TypeDecorator[str]):
    """Text that may hold any character at all."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The escaped text."""
        return None if value is None else escape(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        """The text as it was before."""
        return None if value is None else unescape(value)


class Moment(TypeDecorator[datetime]):
    """A point in time, in UTC; SQLite has no time zones, so it gets the bare figures."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """The moment, aware of its time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata: Final = MetaData(naming_convention=NAMING)

_scan_number: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only a column that is exactly INTEGER."""

scan: Final = Table(
    "scan",
    metadata,
    # INVARIANT: numbers are never reused, not even after the newest scan was pruned,
    # and those of one account rise in the order in which its scans were stored. Spans rely on both.
    Column("id", _scan_number, primary_key=True, autoincrement=True),
    Column("account", AnyText, nullable=False),
    Column("profile", AnyText, nullable=False),
    Column("taken", Moment, nullable=False),
    Column("local_cloud", Boolean(create_constraint=False), nullable=False),
    Column("complete", Boolean(create_constraint=False), nullable=False),
    Column("roles", Integer, nullable=False),
    Column("gaps", Integer, nullable=False),
    Column("regions", AnyText, nullable=False, comment="JSON list"),
    Index(None, "account", "id"),
    sqlite_autoincrement=True,
)

coverage: Final = Table(
    "coverage",
    metadata,
    Column("scan", ForeignKey("scan.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("subject", AnyText, nullable=False),
    Column("expected", BigInteger),
    Column("read", BigInteger, nullable=False),
    Column("unread", BigInteger, nullable=False),
)

api_calls: Final = Table(
    "api_calls",
    metadata,
    Column("scan", ForeignKey("scan.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("api", AnyText, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("throttled", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
)

document: Final = Table(
    "document",
    metadata,
    Column("digest", Text, primary_key=True, comment="SHA-256 of the text, hexadecimal"),
    Column("text", AnyText, nullable=False),
)

fact: Final = Table(
    "fact",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="SHA-256 of account, kind and body"),
    Column("account", AnyText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("within", AnyText, nullable=False, comment="what the thing belongs to; the start of it"),
    Column("name", AnyText, nullable=False, comment="the start of it"),
    Column("body", AnyText, nullable=False, comment="JSON"),
    Index(None, "account", "kind", "within", "name"),
)

fact_document: Final = Table(
    "fact_document",
    metadata,
    Column("fact", ForeignKey("fact.digest", ondelete="CASCADE"), primary_key=True),
    Column("document", ForeignKey("document.digest"), primary_key=True, index=True),
)

finding: Final = Table(
    "finding",
    metadata,
    # What people ask findings for; the body of the fact holds the whole finding.
    Column("fact", ForeignKey("fact.digest", ondelete="CASCADE"), primary_key=True),
    Column("rule", AnyText, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject", AnyText, nullable=False, comment="the start of it"),
    Index(None, "rule", "verdict"),
)

span: Final = Table(
    "span",
    metadata,
    Column("fact", ForeignKey("fact.digest"), primary_key=True),
    # Scan numbers, both ends included. They are no foreign keys: pruning takes scans out of the
    # middle of a span, which goes on holding for the others.
    Column("first_scan", BigInteger, primary_key=True),
    Column("position", BigInteger, primary_key=True, comment="orders the facts of one kind in one scan"),
    Column("last_scan", BigInteger, comment="NULL while it still holds"),
    Column("ending", Text, comment="gone, changed or unread"),
    CheckConstraint("last_scan >= first_scan", name="ends_after_it_began"),
    CheckConstraint("(last_scan IS NULL) = (ending IS NULL)", name="ended_for_a_reason"),
)
