"""Under `--json`, standard output holds exactly one JSON value, whatever the command."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.cli.main import build_parser
from tests.cli.conftest import PointAt
from tests.cli.runner import AUDITOR, scan, within
from tests.cloudfixture import running_cloud

pytestmark = pytest.mark.xdist_group("cli-json")

READING: dict[tuple[str, ...], int] = {
    ("roles",): 0,
    ("roles", "--all"): 0,
    ("role", "orders-for-b"): 0,
    ("findings", "--verdict", "all"): 0,
    ("findings", "--subject", "nobody-of-this-name"): 0,
    ("report",): 0,
    ("report", "--output", "-"): 0,
    ("rules", "list"): 0,
    ("rules", "explain", "external-id-missing"): 0,
    ("who-can", "subscribe", "orders"): 0,
    ("what-can", "2000000000000002"): 0,
    ("explain", "orders-for-b", "mq:SUB", "orders"): 0,
    ("matrix",): 0,
    ("residual",): 0,
    ("residual", "--role", "orders-for-b"): 0,
    ("escalation",): 0,
    ("versions",): 0,
    ("lint",): 0,
    ("permissions", "scan"): 0,
    ("permissions", "roles"): 0,
    ("db", "check"): 0,
    ("db", "upgrade"): 0,
    ("db", "prune"): 0,
}
"""Each command that needs no cloud, with its exit code."""
OF_FILES = {("check",)}
"""Each command that reads nothing but the files it is given; its own tests try its JSON."""
CALLING = {("scan",), ("doctor",), ("demo",), ("cloud",)}
"""Each command that calls one."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a scan of the world tiny."""
    folder = tmp_path_factory.mktemp("json")
    with running_cloud("tiny") as cloud:
        assert scan(cloud, folder).code > 4
    return folder / "test.db"


def with_json(parser: argparse.ArgumentParser, *words: str) -> Iterator[tuple[str, ...]]:
    """Every command under `parser` that has the option `--json`."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from with_json(below, *words, name)
        elif "--json" in action.option_strings:
            yield words


def test_every_command_that_has_the_option_is_here() -> None:
    tried = {*READING, *OF_FILES, *CALLING}

    assert {
        command
        for command in with_json(build_parser())
        if not any(words[: len(command)] == command for words in tried)
    } == set()


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_command_that_reads_prints_one_value(
    store: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROSSROLE_STORE", f"sqlite:///{store}")
    done = within(capsys, *words, "--json")

    json.loads(done.out)
    assert done.code == READING[words]
    assert done.out.isascii()
    assert done.err == ""


@pytest.mark.parametrize(("command", "code"), [("scan", 13), ("doctor", 0)])
def test_a_command_that_calls_prints_one_value_and_its_progress_elsewhere(
    point_at: PointAt, capsys: pytest.CaptureFixture[str], command: str, code: int
) -> None:
    with running_cloud("tiny") as cloud:
        point_at(cloud)
        done = within(capsys, command, "--json")

    json.loads(done.out)
    assert done.code == code
    assert "read " in done.err


def test_the_demo_prints_one_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "demo", "--json", "--quiet", "--output", str(tmp_path / "demo"))

    assert done.code == 0
    assert [account["local_cloud"] for account in done.json()["accounts"]] == [True, True]
    assert done.err == ""


def test_the_cloud_prints_one_line_and_ends_with_ctrl_c() -> None:
    command = [sys.executable, "-m", "scanner", "cloud", "--world", "tiny", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)

    assert rest == ""
    assert json.loads(first)["endpoint"].startswith("http://127.0.0.1:")
    assert AUDITOR.key_id in {key["access_key_id"] for key in json.loads(first)["keys"]}
    assert process.returncode == 0


def test_an_error_leaves_standard_output_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROSSROLE_STORE", f"sqlite:///{tmp_path / 'none.db'}")
    for words in (["roles"], ["role", "x"], ["findings"], ["report"]):
        done = within(capsys, *words, "--json")
        assert (done.code, done.out) == (3, ""), words
        assert "crossrole scan" in done.err
