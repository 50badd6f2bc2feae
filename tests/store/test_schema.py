"""The schema: made, checked, compared, moved up and down."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text

from scanner.errors import NothingInScopeError, StoreError
from scanner.store.address import parse_address
from scanner.store.engine import connect, maintaining, reading
from scanner.store.migrate import migrations
from scanner.store.open import SqlStore, open_store
from scanner.store.schema import HEAD, REVISIONS, Standing, check, upgrade
from scanner.store.tables import VERSION_TABLE, coverage, metadata
from tests.store.worlds import role, snapshot


def set_revision(url: str, revision: str) -> None:
    with maintaining(connect(parse_address(url), wait_seconds=5)) as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = :to"), {"to": revision})


def test_the_migrations_make_the_tables_that_the_code_uses(store_url: str) -> None:
    options = {"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
    with reading(connect(parse_address(store_url), wait_seconds=5)) as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        inspector = inspect(connection)
        for name, table in metadata.tables.items():
            made = {str(c["name"]) for c in inspector.get_check_constraints(name)}
            assert made == {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
            # SQLite keeps no name for the key of a table that counts its rows up.
            assert inspector.get_pk_constraint(name)["name"] in (table.primary_key.name, None)


def test_up_down_and_up_again(empty_url: str) -> None:
    upgrade(empty_url)
    with maintaining(connect(parse_address(empty_url), wait_seconds=5, migrating=True)) as connection:
        command.downgrade(migrations(connection), "base")
        assert set(inspect(connection).get_table_names()) == {VERSION_TABLE}
    assert check(empty_url).state is Standing.MISSING
    assert upgrade(empty_url).state is Standing.CURRENT
    with open_store(empty_url) as store:
        saved = snapshot(role("a"))
        assert store.load(store.save(saved, ())) == saved


def test_upgrading_a_current_store_changes_nothing(store_url: str) -> None:
    with open_store(store_url) as store:
        number = store.save(snapshot(role("a")), ())
        assert upgrade(store_url).state is Standing.CURRENT
        assert store.load(number) == snapshot(role("a"))


def test_the_listed_revisions_are_those_of_the_migrations(sqlite_url: str) -> None:
    upgrade(sqlite_url)
    with reading(connect(parse_address(sqlite_url), wait_seconds=5)) as connection:
        scripts = ScriptDirectory.from_config(migrations(connection))
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS
    assert scripts.get_current_head() == HEAD


def test_a_store_of_a_newer_version_is_refused_and_left_alone(store_url: str) -> None:
    set_revision(store_url, "9999")
    assert check(store_url).state is Standing.NEWER
    for use in (open_store, upgrade):
        with pytest.raises(StoreError, match=r"written by a newer crossrole \(schema `9999`\)") as caught:
            use(store_url)
        assert "install that version" in caught.value.hint
    assert check(store_url).current == "9999"


def test_a_store_without_tables_is_refused_until_it_is_upgraded(
    postgres_server: object, empty_url: str
) -> None:
    if empty_url.startswith("sqlite"):
        with pytest.raises(NothingInScopeError, match="there is no store"):
            open_store(empty_url, create=False)
        assert open_store(empty_url).scans() == ()
        return
    assert check(empty_url).state is Standing.MISSING
    with pytest.raises(StoreError, match="holds no store yet") as caught:
        open_store(empty_url)
    assert caught.value.hint == "run `crossrole db upgrade`"
    upgrade(empty_url)
    assert open_store(empty_url).scans() == ()


def test_checking_a_file_that_is_not_there_does_not_make_it(sqlite_url: str) -> None:
    state = check(sqlite_url)
    assert (state.state, state.current, state.head) == (Standing.MISSING, None, HEAD)
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()


def test_an_empty_file_that_a_killed_command_left_becomes_a_store(sqlite_url: str) -> None:
    Path(sqlite_url.removeprefix("sqlite:///")).touch()
    with open_store(sqlite_url) as store:
        assert store.schema().state is Standing.CURRENT


def test_a_ledger_row_of_an_unknown_kind_is_named(store: SqlStore, store_url: str) -> None:
    scan = store.save(snapshot(), ())
    with maintaining(connect(parse_address(store_url), wait_seconds=5)) as connection:
        connection.execute(
            insert(coverage).values(scan=scan, position=99, subject="dreams", expected=1, read=1, unread=0)
        )

    with pytest.raises(StoreError, match="cannot be read"):
        store.load(scan)
