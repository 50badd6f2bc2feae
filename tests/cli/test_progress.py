"""How far a scan has come: redrawn on a terminal, plain lines elsewhere, nothing when that was asked for."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from scanner.cli.progress import Lines, Terminal, watch
from tests.cli.runner import AUDITOR, crossrole, scan
from tests.cloudfixture import env_of, running_cloud

pytestmark = pytest.mark.xdist_group("cli-progress")

STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Colours, and where the cursor goes."""
HOSTILE = "profile \u202ex\x1b[2J\u200by: kept"
LEFT = re.compile(r"\d:\d\d:\d\d")
"""The time left, as rich writes it."""


def test_a_line_tells_of_each_subject_what_is_read_and_what_is_due(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = Lines(every=0)
    lines.expect("roles", 2)
    lines.expect("roles", 1)
    lines.done("roles")
    lines.done("policies", 2)
    lines.finish()

    assert capsys.readouterr() == ("", "read roles 1/3\n" + "read policies 2/0, roles 1/3\n" * 2)


def test_between_two_lines_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(every=3_600)
    lines.expect("roles", 1)
    lines.done("roles")

    assert capsys.readouterr().err == ""


def test_where_nothing_was_read_there_is_no_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    Lines(every=0).finish()

    assert capsys.readouterr().err == ""


def test_a_note_cannot_write_to_the_terminal_what_it_likes(capsys: pytest.CaptureFixture[str]) -> None:
    Lines(every=0).note(HOSTILE)

    assert capsys.readouterr().err == "profile \\u202ex\\u001b[2J\\u200by: kept\n"


def test_bars_tell_what_is_read_and_what_is_due_and_their_notes_are_as_safe() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system=None, width=100)
    with Progress(TextColumn("{task.description}"), MofNCompleteColumn(), console=console) as bars:
        terminal = Terminal(bars)
        terminal.expect("roles", 2)
        terminal.expect("roles", 1)
        terminal.done("roles")
        terminal.done("topics", 7)
        terminal.note(HOSTILE)

    shown = screen.getvalue()
    assert re.search(r"^roles +1/3$", shown, re.MULTILINE)
    assert re.search(r"^topics +7/\?$", shown, re.MULTILINE)
    assert "profile \\u202ex\\u001b[2J\\u200by: kept" in shown
    assert "\u202e" not in shown


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with watch(quiet=True) as progress:
        progress.expect("roles", 1)
        progress.done("roles")
        progress.note("a note")

    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_counts_and_the_time_left_while_a_scan_runs(tmp_path: Path) -> None:
    outer, inner = pty.openpty()
    termios.tcsetwinsize(inner, (40, 120))
    shown = bytearray()
    watching = threading.Thread(target=_read_all, args=(outer, shown))
    with running_cloud("tiny", latency_seconds=0.2) as cloud:
        process = subprocess.Popen(
            [sys.executable, "-m", "scanner", "scan", "--store", f"sqlite:///{tmp_path / 'a.db'}"],
            env={**os.environ, **env_of(cloud, AUDITOR), "TERM": "xterm"},
            stdout=subprocess.PIPE,
            stderr=inner,
        )
        os.close(inner)
        watching.start()
        out, _ = process.communicate(timeout=60)
    watching.join(timeout=30)
    os.close(outer)

    text = STEERING.sub("", shown.decode())
    assert process.returncode >= 10, text
    assert re.search(r"\broles\b.* 0/2 ", text), text
    assert re.search(r"\broles\b.* 2/2 ", text), text
    assert LEFT.search(text)
    assert b"\x1b[1A" in shown, "the cursor goes up to draw again in the same place"
    assert b"\x1b" not in out


def _read_all(terminal: int, into: bytearray) -> None:
    while True:
        try:
            read = os.read(terminal, 65_536)
        except OSError:
            return  # The other end has closed: Linux says so with an error.
        if not read:
            return
        into += read


def test_a_pipe_gets_plain_lines_and_under_quiet_none(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        told = crossrole("scan", "--json", folder=tmp_path, environment=env_of(cloud, AUDITOR))
        silent = scan(cloud, tmp_path, "--json")

    *_, last = told.err.splitlines()
    assert last.startswith("read ")
    assert "roles 2/2" in last
    assert "\x1b" not in told.err
    assert "\r" not in told.err
    assert silent.err == ""
