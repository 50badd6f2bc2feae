"""A store that cannot be written, and a listing without end: the command says so and leaves no half scan."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PointAt
from tests.cli.runner import AUDITOR, Done, within
from tests.cloudfixture import env_of, running_cloud
from tests.unprivileged import without_privileges

pytestmark = pytest.mark.xdist_group("cli-accidents")


def test_a_read_only_store_can_be_read_and_refuses_a_scan(
    point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_cloud("tiny") as cloud:
        point_at(cloud)
        # Once with privileges, so that every module is imported before they go.
        assert within(capsys, "scan", "--quiet").code > 4
        assert within(capsys, "findings", "--json").code == 0
        with without_privileges() as folder:
            point_at(cloud, folder=folder)
            within(capsys, "scan", "--quiet")
            before = within(capsys, "findings", "--json")
            (folder / "test.db").chmod(0o400)
            refused = within(capsys, "scan", "--quiet")
            after = within(capsys, "findings", "--json")

    assert refused.code == 1
    assert "it is read-only; nothing of this scan is stored" in refused.err
    assert "hint: make the file and its folder writable, or name another store" in refused.err
    assert refused.out == ""
    assert (before.code, after.code) == (0, 0)
    assert after.json() == before.json()


def test_a_folder_that_may_not_be_written_gets_no_store(
    point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_cloud("tiny") as cloud:
        point_at(cloud)
        assert within(capsys, "scan", "--quiet").code > 4
        with without_privileges() as folder:
            point_at(cloud, folder=folder)
            folder.chmod(0o500)
            calls = sum(cloud.calls.values())
            refused = within(capsys, "scan", "--quiet")
            folder.chmod(0o700)

    assert refused.code == 1
    assert "cannot create the store" in refused.err
    assert "hint: check that you may write in its folder" in refused.err
    assert sum(cloud.calls.values()) == calls, "nothing is read that could not be kept"


def limited_scan(folder: Path, environment: dict[str, str], *, blocks: int) -> Done:
    """Scan where no file may grow over `blocks` KiB, as on a disk that is full."""
    command = [sys.executable, "-m", "scanner", "scan", "--quiet", "--store", f"sqlite:///{folder / 'a.db'}"]
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f {blocks}; exec "$@"', "bash", *command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_store_that_cannot_grow_keeps_what_it_had(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "a.db"
    with running_cloud("demo") as cloud:
        assert within(capsys, "db", "upgrade", "--store", f"sqlite:///{store}").code == 0
        blocks = store.stat().st_size // 1024 + 64
        done = limited_scan(tmp_path, env_of(cloud, AUDITOR), blocks=blocks)

    assert done.code == 1, done.err
    assert "nothing of this scan is stored" in done.err
    assert "hint: check the disk, its free space and file size limits" in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    kept = within(capsys, "findings", "--store", f"sqlite:///{store}")
    assert kept.code == 3
    assert "no scan is stored" in kept.err


@pytest.mark.parametrize("fault", ["repeated-marker", "truncated"])
def test_a_listing_that_never_ends_is_a_gap_and_the_scan_ends(
    point_at: PointAt, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    with running_cloud("tiny") as cloud:
        point_at(cloud, attempts=1)
        cloud.faults.add(f"ram:ListRoles={fault}")
        told = within(capsys, "scan", "--quiet")
        done = within(capsys, "scan", "--quiet", "--json")
        asked = cloud.calls["ram:ListRoles"]

    assert told.code >= 4
    assert "could not read 1, so what depends on it is UNKNOWN" in told.out
    [account] = done.json()["accounts"]
    [gap] = account["gaps"]
    assert gap["subject"] == "roles"
    assert gap["because"] in told.out
    assert account["read"]["roles"]["expected"] is None
    assert not done.json()["complete"]
    assert asked <= 6
