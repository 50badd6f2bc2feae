"""The schema of a store: which revision it has, and bringing it up to date.

A migration runs in one transaction under the store's lock, so two commands that start at
once on a new store do no harm, and one that is killed leaves the store as it was.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, column, inspect, select, table

from scanner.errors import StoreError
from scanner.store.address import Address, parse_address
from scanner.store.engine import connect, maintaining, reading
from scanner.store.faults import explained
from scanner.store.tables import VERSION_TABLE

REVISIONS: Final = ("0001",)
"""Every revision of the schema, oldest first, so that opening a store need not load Alembic."""
HEAD: Final = REVISIONS[-1]
WAIT_SECONDS: Final = 60.0
"""How long to wait for another writer."""

_PRIVATE_FILE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700


class Standing(StrEnum):
    """A store's schema compared with the one that this version of crossrole writes."""

    MISSING = "missing"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """What `crossrole db check` tells."""

    url: str
    """Without the password."""
    current: str | None
    """The store's revision; None when it has no tables yet."""
    head: str
    """The revision that this version of crossrole writes."""
    state: Standing


def check(url: str) -> SchemaState:
    """The state of the store at `url`. Nothing is created or changed.

    Raises:
        StoreError: the store cannot be read, or the file is something else.
    """
    address = parse_address(url)
    if address.file is not None and not address.file.exists():
        return _state(address, None)
    engine = connect(address, wait_seconds=WAIT_SECONDS)
    with explained(address), reading(engine) as connection:
        return state_of(connection, address)


def upgrade(url: str, *, wait_seconds: float = WAIT_SECONDS) -> SchemaState:
    """Create the store at `url`, or bring it up to date, and return its new state.

    Raises:
        StoreError: the store cannot be written, is of a newer version, or the file is something else.
    """
    address = parse_address(url)
    if address.file is not None and not address.file.exists():
        _create_file(address.file)
    engine = connect(address, wait_seconds=wait_seconds, migrating=True)
    with explained(address, consequence="the store is as it was"), maintaining(engine) as connection:
        state = state_of(connection, address)
        if state.state is Standing.NEWER:
            raise _newer(state)
        if state.state is not Standing.CURRENT:
            from scanner.store import migrate  # noqa: PLC0415 - Alembic is slow to load and needed only here

            migrate.upgrade(connection, address)
        return state_of(connection, address)


def state_of(connection: Connection, address: Address) -> SchemaState:
    """The state of the store that `connection` is open to.

    Raises:
        StoreError: the database holds something else.
    """
    inspector = inspect(connection)
    if inspector.has_table(VERSION_TABLE):
        current = connection.execute(
            select(column("version_num")).select_from(table(VERSION_TABLE))
        ).scalar_one_or_none()
        return _state(address, current)
    # In PostgreSQL other programs may have tables beside ours; a file belongs to one program.
    if address.file is not None and inspector.get_table_names():
        message = f"`{address.shown}` is an SQLite database of another program"
        raise StoreError(message, hint="name another file for the store")
    return _state(address, None)


def require_current(state: SchemaState) -> None:
    """Pass when the store has the schema that this version writes.

    Raises:
        StoreError: it has not; the hint says how it gets there.
    """
    hint = "run `crossrole db upgrade`"
    match state.state:
        case Standing.CURRENT:
            return
        case Standing.MISSING:
            raise StoreError(f"the database `{state.url}` holds no store yet", hint=hint)
        case Standing.OLDER:
            raise StoreError(f"the store `{state.url}` was written by an older crossrole", hint=hint)
        case Standing.NEWER:
            raise _newer(state)


def _newer(state: SchemaState) -> StoreError:
    message = f"the store `{state.url}` was written by a newer crossrole (schema `{state.current}`)"
    hint = f"install that version, or name another store; this one knows schemas up to `{state.head}`"
    return StoreError(message, hint=hint)


def _state(address: Address, current: str | None) -> SchemaState:
    if current is None:
        standing = Standing.MISSING
    elif current == HEAD:
        standing = Standing.CURRENT
    else:
        standing = Standing.OLDER if current in REVISIONS else Standing.NEWER
    return SchemaState(url=address.shown, current=current, head=HEAD, state=standing)


def _create_file(file: Path) -> None:
    """Make an empty file that only its owner may read: a store tells who may do what."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, _PRIVATE_FILE))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message = f"cannot create the store `{file}`: {reason}"
        raise StoreError(
            message, hint="check that you may write in its folder, or name another store"
        ) from error
