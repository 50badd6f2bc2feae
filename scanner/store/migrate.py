"""Runs the migrations in this package on a connection; `schema` decides whether that is due."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from scanner.errors import StoreError
from scanner.store.address import Address


def upgrade(connection: Connection, address: Address) -> None:
    """Bring the schema to the newest revision, inside the transaction that `connection` is in.

    Raises:
        StoreError: the database cannot hold every text.
    """
    if connection.dialect.name == "postgresql":
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            message = f"the database `{address.shown}` has the encoding {encoding}"
            raise StoreError(message, hint="create a database with the encoding UTF8 for the store")
    command.upgrade(migrations(connection), "head")


def migrations(connection: Connection) -> Config:
    """Alembic's settings for these migrations on `connection`."""
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
