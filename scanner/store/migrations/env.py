"""Runs migrations on the connection that `scanner.store.schema` passes in; it opens none itself."""

from __future__ import annotations

from alembic import context

from scanner.store.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    # The caller has begun a transaction and commits it, on SQLite too: a migration happens in full or not at all.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
