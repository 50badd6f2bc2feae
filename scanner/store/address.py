"""Where a store is: checks the URL a user gave, and prints it without its password.

Opening it is `engine`'s job.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from scanner.errors import SettingsError

_FORMS: Final = "write `sqlite:///<path of a file>` or `postgresql://<user>:<password>@<host>/<database>`"
_SQLITE: Final = frozenset({"sqlite", "sqlite+pysqlite"})
_POSTGRES: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_SECRET_OPTIONS: Final = frozenset({"password", "sslpassword"})
"""Connection options of PostgreSQL that hold a password as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A URL that this store understands."""

    url: URL
    shown: str
    """The URL without passwords: the only form to print."""
    file: Path | None
    """The SQLite file; None for PostgreSQL."""


def parse_address(text: str) -> Address:
    """The address that `text` names.

    Raises:
        SettingsError: it is not a URL, or of a database that is not supported. The message never repeats
            what might be a password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The cause is dropped on purpose: it may quote a piece of the password.
        raise SettingsError("the store's URL cannot be understood", hint=_FORMS) from None
    if url.drivername in _SQLITE:
        return _sqlite(url)
    if url.drivername in _POSTGRES:
        return _postgres(url)
    raise SettingsError(f"stores of kind `{url.drivername}` are not supported", hint=_FORMS)


def _sqlite(url: URL) -> Address:
    if url.host or url.query:
        raise SettingsError(
            "the URL of an SQLite store holds a path and nothing else",
            hint="write three slashes before a relative path and four before an absolute one",
        )
    if not url.database or url.database == ":memory:":
        raise SettingsError("a store in memory would be lost at once", hint="name a file: `sqlite:///<path>`")
    return Address(
        url=url.set(drivername="sqlite+pysqlite"), shown=f"sqlite:///{url.database}", file=Path(url.database)
    )


def _postgres(url: URL) -> Address:
    if "@" in (url.host or "") or "@" in (url.database or ""):
        hint = "write special characters in the password as percent codes, such as %40 for @ and %2F for /"
        raise SettingsError("the store's URL cannot be understood", hint=hint)
    masked = {key: "hidden" if key in _SECRET_OPTIONS else value for key, value in url.query.items()}
    shown = url.set(drivername="postgresql", query=masked).render_as_string(hide_password=True)
    return Address(url=url.set(drivername="postgresql+psycopg"), shown=shown, file=None)
