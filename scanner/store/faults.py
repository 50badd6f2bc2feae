"""Tells in words why the database failed, and what to do about it.

Only what a user can meet has its own words: a full disk, a locked or read-only store, a file that is
not a store, a lost connection. Everything else keeps the database's own words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from scanner.errors import StoreError
from scanner.store.address import Address

_SQLITE: Final = {
    "SQLITE_FULL": ("the disk is full", "free some space there and run it again"),
    "SQLITE_IOERR": (
        "its file cannot be read or written",
        "check the disk, its free space and file size limits",
    ),
    "SQLITE_BUSY": ("it is locked", "another crossrole is writing to it: wait until it has ended"),
    "SQLITE_READONLY": ("it is read-only", "make the file and its folder writable, or name another store"),
    "SQLITE_CANTOPEN": ("its file cannot be opened", "check that the folder exists and that you may use it"),
    "SQLITE_NOTADB": ("the file is not an SQLite database", "name another file, or move this one away"),
    "SQLITE_CORRUPT": ("its file is damaged", "restore it from a backup, or move it away and scan again"),
    "SQLITE_PERM": ("its file cannot be opened", "check that you may read and write it"),
}
"""By the beginning of SQLite's name for the error."""

_POSTGRES: Final = {
    "53100": (
        "the server's disk is full",
        "free some space there and run it again",
    ),
    "53300": ("the server takes no more connections", "run it again later"),
    "55P03": ("it is locked", "another crossrole is writing to it: wait until it has ended"),
    "25006": ("it is read-only", "name the primary server, or a database that may be written"),
    "42501": ("the database user lacks a right", "grant the user its rights on the tables of crossrole"),
    "42P01": ("a table is missing", "run `crossrole db upgrade`"),
    "57P": ("the server ended the connection", "see that it runs, and run it again"),
    "08": ("the connection was lost", "see that the server can be reached, and run it again"),
    "40": ("another crossrole was in the way", "run it again"),
}
"""By the beginning of the SQLSTATE."""

_NO_CONNECTION: Final = "see that the server runs and that the store's URL is right, and run it again"
_PERHAPS: Final = "the connection was lost at the very end; all of it is stored, or nothing"


@contextmanager
def explained(address: Address, *, consequence: str = "") -> Iterator[None]:
    """Within it, what goes wrong in the database at `address` is a `StoreError`; bugs stay as they are.

    `consequence` says what a failure means for what was being done.
    """
    try:
        yield
    except DBAPIError as error:
        words = _words(error.orig)
        if words is None:
            raise
        reason, hint = words
        if error.connection_invalidated and error.statement is None:
            # Lost while committing, the one thing that is no statement: nobody here knows how it ended.
            reason, consequence = _PERHAPS, ""
        ending = f"; {consequence}" if consequence else ""
        raise StoreError(f"cannot use the store `{address.shown}`: {reason}{ending}", hint=hint) from error


def _words(cause: BaseException | None) -> tuple[str, str] | None:
    """The reason and the hint, or None for an error that only a bug can cause."""
    if isinstance(cause, sqlite3.Error):
        # An error of the module itself, not of the database, has no name.
        code: str = getattr(cause, "sqlite_errorname", "")
        return _longest(_SQLITE, code)
    # Read like this, so that a user of SQLite need not load PostgreSQL's driver.
    state: str | None = getattr(cause, "sqlstate", None)
    if state is None:
        # It did not come from the server, or from one that gives no connection; its words hold no password.
        return f"no connection: {' '.join(str(cause).split())}", _NO_CONNECTION
    return _longest(_POSTGRES, state)


def _longest(table: Mapping[str, tuple[str, str]], code: str) -> tuple[str, str] | None:
    starts = [start for start in table if code.startswith(start)]
    return table[max(starts, key=len)] if starts else None
