"""Connections and transactions, the same to use on SQLite and PostgreSQL.

INVARIANT: whatever writes holds its locks from the first statement to the commit. On SQLite the
whole file is locked. On PostgreSQL saving locks one account, so that accounts can be saved side
by side; pruning and upgrading lock the store as a whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from scanner.errors import StoreError
from scanner.model.ids import AccountId
from scanner.store.address import Address

_LOCKS: Final = 0x63_72_6F_73
"""The first key of our advisory locks, so that they do not meet those of other programs."""
_STORE_LOCK: Final = 0
_BEGIN: Final = "crossrole_begin"
_WAIT: Final = "crossrole_wait"
_CONNECT_SECONDS: Final = "10"


def connect(address: Address, *, wait_seconds: float, migrating: bool = False) -> Engine:
    """An engine for `address` that waits `wait_seconds` for a lock; it does not connect yet.

    Connections are not kept: a command needs few, and a function that was frozen for hours must not
    wake up with a dead one.
    """
    if address.file is not None:
        return _sqlite(address, wait_seconds=wait_seconds, foreign_keys=not migrating)
    return _postgres(address, wait_seconds=wait_seconds)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees the store as it is at one moment, and writes nothing."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(  # noqa: PLW2901 - the same connection, told how to begin
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def saving(engine: Engine, account: AccountId) -> Iterator[Connection]:
    """A transaction that alone may write about `account`."""
    with _writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            _limit_waiting(connection)
            connection.execute(select(func.pg_advisory_xact_lock_shared(_LOCKS, _STORE_LOCK)))
            connection.execute(select(func.pg_advisory_xact_lock(_LOCKS, _account_lock(account))))
        yield connection


@contextmanager
def maintaining(engine: Engine) -> Iterator[Connection]:
    """A transaction that alone may write to the store."""
    with _writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            _limit_waiting(connection)
            connection.execute(select(func.pg_advisory_xact_lock(_LOCKS, _STORE_LOCK)))
        yield connection


def compact(engine: Engine) -> None:
    """Give the space that an SQLite file no longer needs back to the disk; PostgreSQL sees to it by itself."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(**{_BEGIN: ""}) as connection:
            connection.exec_driver_sql("VACUUM")


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # Each statement has to see what was committed before the lock was granted.
            connection = connection.execution_options(isolation_level="READ COMMITTED")  # noqa: PLW2901 - as above
        else:
            connection = connection.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})  # noqa: PLW2901 - as above
        with connection.begin():
            yield connection


def _limit_waiting(connection: Connection) -> None:
    """Let this transaction give up a lock it does not get in time."""
    # Said here and not when connecting, because a pooler in between may refuse it there.
    wait: str = connection.get_execution_options()[_WAIT]
    connection.execute(select(func.set_config("lock_timeout", wait, True)))  # noqa: FBT003 - SQL has no keywords


def _account_lock(account: AccountId) -> int:
    """A number from 1 to 2^31 - 1; two accounts with the same one merely wait for each other."""
    return zlib.crc32(account.encode("utf-8", "surrogatepass")) % 0x7FFF_FFFF + 1


def _sqlite(address: Address, *, wait_seconds: float, foreign_keys: bool) -> Engine:
    engine = create_engine(
        address.url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": wait_seconds, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The sqlite3 module would begin only before the first write, and too late for a lock.
        if statement := connection.get_execution_options().get(_BEGIN, "BEGIN"):
            connection.exec_driver_sql(statement)

    return engine


def _postgres(address: Address, *, wait_seconds: float) -> Engine:
    arguments = {
        "client_encoding": "utf8",
        "connect_timeout": address.url.query.get("connect_timeout", _CONNECT_SECONDS),
    }
    options = {_WAIT: f"{round(wait_seconds * 1000)}ms"}
    try:
        return create_engine(
            address.url,
            poolclass=NullPool,
            hide_parameters=True,  # they are the texts of policies and names, and belong in no traceback
            connect_args=arguments,
            execution_options=options,
        )
    except ImportError as error:
        message = f"cannot use the store `{address.shown}`: PostgreSQL's driver psycopg does not work here"
        raise StoreError(message, hint="install crossrole again; it brings `psycopg[binary]`") from error
