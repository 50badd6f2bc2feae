"""Settings that point commands within the test's process at a local cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from scanner.emulator.server import LocalCloud
from tests.cli.runner import AUDITOR
from tests.cloudfixture import Credentials


class PointAt(Protocol):
    """Makes commands within this process call a cloud, with a key, and store beside the settings."""

    def __call__(
        self,
        cloud: LocalCloud,
        *,
        folder: Path | None = None,
        key: Credentials = AUDITOR,
        attempts: int = 4,
    ) -> None: ...


@pytest.fixture
def point_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PointAt:
    """Writes settings into a folder, by default the test's, and makes it the current one.

    The keys come by variables of the profile: the vendor's credential chain reads its own only once.
    """

    def write(
        cloud: LocalCloud, *, folder: Path | None = None, key: Credentials = AUDITOR, attempts: int = 4
    ) -> None:
        place = folder or tmp_path
        profile = '[profiles.owner]\naccess_key_id_env = "OWNER_ID"\naccess_key_secret_env = "OWNER_SECRET"\n'
        text = f"{profile}[pacing]\nattempts = {attempts}\n"
        (place / "crossrole.toml").write_text(text, encoding="utf-8")
        monkeypatch.chdir(place)
        monkeypatch.setenv("CROSSROLE_STORE", f"sqlite:///{place / 'test.db'}")
        monkeypatch.setenv("OWNER_ID", key.key_id)
        monkeypatch.setenv("OWNER_SECRET", key.secret)
        monkeypatch.setenv("CROSSROLE_ENDPOINT", cloud.endpoint)

    return write
