"""The URLs of stores, right and wrong, and what is printed of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scanner.errors import SettingsError
from scanner.store.address import parse_address


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_name_of_postgres_leads_to_the_same_driver(scheme: str) -> None:
    address = parse_address(f"{scheme}://me@db.example/store")
    assert address.url.drivername == "postgresql+psycopg"
    assert (address.shown, address.file) == ("postgresql://me@db.example/store", None)


def test_a_file_is_a_path() -> None:
    assert parse_address("sqlite:////var/lib/store.db").file == Path("/var/lib/store.db")
    assert parse_address("sqlite:///store.db").file == Path("store.db")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@db.example/store",
        "postgresql://me@db.example/store?password=hunter2",
        "postgresql://me@db.example/store?sslpassword=hunter2&sslmode=require",
    ],
)
def test_a_password_is_not_shown(url: str) -> None:
    address = parse_address(url)
    assert "hunter2" not in address.shown
    assert "***" in address.shown or "password=hidden" in address.shown
    assert "db.example/store" in address.shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hun@ter2@db.example/store",
        "postgresql://me:hunter2@db.example:hunter2/store",
        "hunter2",
        "",
        "mysql://me:hunter2@db.example/store",
        "postgresql+psycopg2://me:hunter2@db.example/store",
        "sqlite+aiosqlite:///hunter2",
        "sqlite:///file:hunter2?mode=ro",
        "sqlite://hunter2/store.db",
    ],
)
def test_a_wrong_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_address(url)
    assert caught.value.hint
    for piece in ("hunter2", "ter2"):
        assert piece not in caught.value.message + caught.value.hint
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="in memory"):
        parse_address(url)


def test_a_missing_driver_is_named() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from scanner.errors import StoreError\n"
        "from scanner.store.open import open_store\n"
        "try: open_store('postgresql://me:hunter2@127.0.0.1/store')\n"
        "except StoreError as error: print(error.message, '|', error.hint)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert "driver psycopg does not work here | install crossrole again" in result.stdout
    assert "hunter2" not in result.stdout


def test_the_package_itself_loads_no_database_code() -> None:
    program = "import sys, scanner.store; print('sqlalchemy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert result.stdout == "False\n"


def test_opening_a_store_that_is_up_to_date_does_not_load_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    program = (
        "import sys; from scanner.store.open import open_store\n"
        f"open_store({url!r}).scans(); print('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    outputs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(2)]
    assert outputs == ["True\n", "False\n"]
