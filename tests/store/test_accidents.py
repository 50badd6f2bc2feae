"""What can go wrong around a store: it stays consistent, and the message says what to do."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import StatementError

from scanner.errors import StoreError
from scanner.model.snapshot import Snapshot
from scanner.store.open import SqlStore, open_store
from scanner.store.schema import check, upgrade
from tests.store.conftest import Server
from tests.store.interrupted import Interrupted
from tests.store.worlds import OWNER, finding, large_findings, role, snapshot

PROJECT = Path(__file__).parents[2]
OLD = snapshot(role("old"))


@contextmanager
def nothing_is_stored(store: SqlStore) -> Iterator[None]:
    """Within it a save fails, and afterwards the store is as before, and usable."""
    before = store.save(OLD, [finding("old")])
    yield
    assert [record.scan for record in store.scans()] == [before]
    assert store.load(before) == OLD
    after = snapshot(role("old"), role("after"), day=1)
    assert store.load(store.save(after, [finding("old")])) == after
    assert store.findings(before) == (finding("old"),)


def test_a_scan_that_is_killed_halfway_leaves_nothing_behind(store: SqlStore, store_url: str) -> None:
    command = [sys.executable, "-m", "tests.store.interrupted", "stop", store_url]
    with nothing_is_stored(store):
        process = subprocess.Popen(command, cwd=PROJECT, text=True, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == "halfway\n"
        process.kill()
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()


def test_an_exception_halfway_leaves_nothing_behind(store: SqlStore) -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    with nothing_is_stored(store), pytest.raises(KeyboardInterrupt):
        store.save(snapshot(role("new"), day=9), Interrupted(fail))


def test_a_full_disk_is_named_and_leaves_nothing_behind(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store, nothing_is_stored(store):

        def limit(connection: sqlite3.Connection, _: object) -> None:
            connection.execute("PRAGMA max_page_count=40")

        event.listen(store._engine, "connect", limit)
        with pytest.raises(StoreError, match="the disk is full; nothing of this scan is stored") as caught:
            store.save(snapshot(role("new"), day=9), large_findings())
        event.remove(store._engine, "connect", limit)
        assert "free some space" in caught.value.hint


def test_a_limit_on_file_sizes_is_named_and_leaves_nothing_behind(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store, nothing_is_stored(store):
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, usual[1]))
        try:
            with pytest.raises(StoreError, match="nothing of this scan is stored") as caught:
                store.save(snapshot(role("new"), day=9), large_findings())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        assert "file size limits" in caught.value.hint


@pytest.mark.postgres
def test_a_connection_lost_halfway_is_named_and_leaves_nothing_behind(
    postgres_url: str, postgres_server: Server
) -> None:
    name = make_url(postgres_url).database

    def cut() -> None:
        postgres_server.run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )

    with open_store(postgres_url) as store, nothing_is_stored(store):
        with pytest.raises(StoreError, match="ended the connection; nothing of this scan") as caught:
            store.save(snapshot(role("new"), day=9), Interrupted(cut))
        assert "run it again" in caught.value.hint


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_named() -> None:
    url = "postgresql://me:hunter2@127.0.0.1:1/store"
    with pytest.raises(StoreError, match="no connection: ") as caught:
        open_store(url)
    assert "hunter2" not in caught.value.message + caught.value.hint
    assert "see that the server runs" in caught.value.hint


@pytest.mark.postgres
def test_a_database_that_is_not_there_is_named(postgres_server: Server) -> None:
    with pytest.raises(StoreError, match='database "nowhere" does not exist') as caught:
        open_store(postgres_server.named("nowhere"))
    assert "the store's URL is right" in caught.value.hint


@pytest.mark.postgres
def test_a_database_user_without_rights_is_named(postgres_url: str, postgres_server: Server) -> None:
    name = make_url(postgres_url).database
    role_name = f"reader_{name}"
    postgres_server.run(f"CREATE ROLE {role_name} LOGIN")
    plain = make_url(postgres_url).set(username=role_name).render_as_string(hide_password=False)
    try:
        with pytest.raises(StoreError, match="lacks a right"):
            open_store(plain)
    finally:
        postgres_server.run(f"DROP ROLE {role_name}")


@pytest.mark.postgres
def test_a_database_with_another_encoding_is_refused(postgres_server: Server) -> None:
    postgres_server.run("CREATE DATABASE old_fashioned TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    with pytest.raises(StoreError, match="has the encoding SQL_ASCII"):
        upgrade(postgres_server.named("old_fashioned"))


@pytest.mark.postgres
def test_a_read_only_database_can_be_read_and_refuses_a_scan(
    postgres_url: str, postgres_server: Server
) -> None:
    with open_store(postgres_url) as store, nothing_is_stored(store):
        name = make_url(postgres_url).database
        postgres_server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        with pytest.raises(StoreError, match="it is read-only; nothing of this scan is stored"):
            store.save(snapshot(), ())
        assert len(store.scans()) == 1
        postgres_server.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")


def test_a_read_only_file_can_be_read_and_refuses_a_scan(unprivileged: Path) -> None:
    file = unprivileged / "store.db"
    with open_store(f"sqlite:///{file}") as store, nothing_is_stored(store):
        file.chmod(0o400)
        with pytest.raises(StoreError, match="it is read-only; nothing of this scan is stored") as caught:
            store.save(snapshot(), ())
        assert "make the file and its folder writable" in caught.value.hint
        assert len(store.scans()) == 1
        file.chmod(0o600)


def test_a_file_in_a_read_only_folder_can_be_read_and_refuses_a_scan(unprivileged: Path) -> None:
    with open_store(f"sqlite:///{unprivileged / 'store.db'}") as store, nothing_is_stored(store):
        unprivileged.chmod(0o500)
        with pytest.raises(StoreError, match="nothing of this scan is stored") as caught:
            store.save(snapshot(), ())
        assert "folder" in caught.value.hint
        assert len(store.scans()) == 1
        unprivileged.chmod(0o700)


def test_a_store_cannot_be_created_in_a_read_only_folder(unprivileged: Path) -> None:
    unprivileged.chmod(0o500)
    for url in (f"sqlite:///{unprivileged / 'store.db'}", f"sqlite:///{unprivileged / 'sub' / 'store.db'}"):
        with pytest.raises(StoreError, match=r"cannot create the store .*permission denied"):
            open_store(url)


def test_a_file_that_may_not_be_read_is_named(unprivileged: Path) -> None:
    file = unprivileged / "store.db"
    upgrade(f"sqlite:///{file}")
    file.chmod(0)
    with pytest.raises(StoreError, match="its file cannot be opened"):
        open_store(f"sqlite:///{file}")


def test_a_new_store_is_private(tmp_path: Path) -> None:
    file = tmp_path / "new" / "store.db"
    upgrade(f"sqlite:///{file}")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    text = "not a database, and long enough to have a header of one\n" * 20
    file.write_text(text)
    for use in (open_store, check, upgrade):
        with pytest.raises(StoreError, match="is not an SQLite database"):
            use(f"sqlite:///{file}")
    assert file.read_text() == text


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "photos.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE photo (name TEXT)")
    connection.close()
    before = file.read_bytes()
    for use in (open_store, check, upgrade):
        with pytest.raises(StoreError, match="SQLite database of another program"):
            use(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_damaged_store_is_named(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        number = store.save(snapshot(role("a")), large_findings())
        file = Path(make_url(sqlite_url).database or "")
        content = bytearray(file.read_bytes())
        content[8192:] = b"\xff" * (len(content) - 8192)
        file.write_bytes(content)
        with pytest.raises(StoreError, match="its file is damaged") as caught:
            store.findings(number)
        assert "backup" in caught.value.hint


def test_a_bug_is_not_dressed_up_as_a_fault_of_the_store(store: SqlStore) -> None:
    naive = Snapshot(account=OWNER, taken=OLD.taken.replace(tzinfo=None))
    with nothing_is_stored(store), pytest.raises(StatementError, match="without a time zone"):
        store.save(naive, ())


@pytest.mark.postgres
def test_a_connection_lost_while_committing_does_not_claim_to_know(
    postgres_url: str, postgres_server: Server
) -> None:
    name = make_url(postgres_url).database

    def cut(_: Connection) -> None:
        postgres_server.run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )

    with open_store(postgres_url) as store:
        event.listen(store._engine, "commit", cut)
        with pytest.raises(StoreError, match="all of it is stored, or nothing"):
            store.save(snapshot(role("new")), ())
        event.remove(store._engine, "commit", cut)
        assert store.scans() == ()
