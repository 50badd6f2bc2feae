"""First tables: scans, facts, spans, documents, findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SCAN_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "scan",
        sa.Column("id", _SCAN_NUMBER, autoincrement=True, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("taken", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_cloud", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("complete", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("roles", sa.Integer, nullable=False),
        sa.Column("gaps", sa.Integer, nullable=False),
        sa.Column("regions", sa.Text, nullable=False, comment="JSON list"),
        sa.PrimaryKeyConstraint("id", name="pk_scan"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scan_account_id", "scan", ["account", "id"])
    op.create_table(
        "coverage",
        sa.Column("scan", _SCAN_NUMBER, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("expected", sa.BigInteger),
        sa.Column("read", sa.BigInteger, nullable=False),
        sa.Column("unread", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scan", "position", name="pk_coverage"),
        sa.ForeignKeyConstraint(["scan"], ["scan.id"], name="fk_coverage_scan_scan", ondelete="CASCADE"),
    )
    op.create_table(
        "api_calls",
        sa.Column("scan", _SCAN_NUMBER, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("api", sa.Text, nullable=False),
        sa.Column("calls", sa.BigInteger, nullable=False),
        sa.Column("throttled", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scan", "position", name="pk_api_calls"),
        sa.ForeignKeyConstraint(["scan"], ["scan.id"], name="fk_api_calls_scan_scan", ondelete="CASCADE"),
    )
    _create_facts()


def _create_facts() -> None:
    op.create_table(
        "document",
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the text, hexadecimal"),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_document"),
    )
    op.create_table(
        "fact",
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of account, kind and body"),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("within", sa.Text, nullable=False, comment="what the thing belongs to; the start of it"),
        sa.Column("name", sa.Text, nullable=False, comment="the start of it"),
        sa.Column("body", sa.Text, nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("digest", name="pk_fact"),
    )
    op.create_index("ix_fact_account_kind_within_name", "fact", ["account", "kind", "within", "name"])
    op.create_table(
        "fact_document",
        sa.Column("fact", sa.LargeBinary, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("fact", "document", name="pk_fact_document"),
        sa.ForeignKeyConstraint(
            ["fact"], ["fact.digest"], name="fk_fact_document_fact_fact", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["document"], ["document.digest"], name="fk_fact_document_document_document"),
    )
    op.create_index("ix_fact_document_document", "fact_document", ["document"])
    op.create_table(
        "finding",
        sa.Column("fact", sa.LargeBinary, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, comment="the start of it"),
        sa.PrimaryKeyConstraint("fact", name="pk_finding"),
        sa.ForeignKeyConstraint(["fact"], ["fact.digest"], name="fk_finding_fact_fact", ondelete="CASCADE"),
    )
    op.create_index("ix_finding_rule_verdict", "finding", ["rule", "verdict"])
    op.create_table(
        "span",
        sa.Column("fact", sa.LargeBinary, nullable=False),
        sa.Column("first_scan", sa.BigInteger, nullable=False),
        sa.Column(
            "position", sa.BigInteger, nullable=False, comment="orders the facts of one kind in one scan"
        ),
        sa.Column("last_scan", sa.BigInteger, comment="NULL while it still holds"),
        sa.Column("ending", sa.Text, comment="gone, changed or unread"),
        sa.PrimaryKeyConstraint("fact", "first_scan", "position", name="pk_span"),
        sa.ForeignKeyConstraint(["fact"], ["fact.digest"], name="fk_span_fact_fact"),
        sa.CheckConstraint("last_scan >= first_scan", name="ends_after_it_began"),
        sa.CheckConstraint("(last_scan IS NULL) = (ending IS NULL)", name="ended_for_a_reason"),
    )


def downgrade() -> None:
    for table in ("span", "finding", "fact_document", "fact", "document", "api_calls", "coverage", "scan"):
        op.drop_table(table)
