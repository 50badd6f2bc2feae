"""A store that holds snapshots made in a test, for commands within the test's process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.model.snapshot import Snapshot
from scanner.store.open import open_store

Keep = Callable[..., None]


@pytest.fixture
def keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keep:
    """Stores snapshots, without findings, where commands of this test will look."""
    url = f"sqlite:///{tmp_path / 'shelf.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CROSSROLE_STORE", url)

    def save(*snapshots: Snapshot) -> None:
        with open_store(url, create=True) as store:
            for snapshot in snapshots:
                store.save(snapshot, [])

    return save
