"""Run `crossrole` as a user does, in a process of its own; or within the test's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scanner.cli.main import main
from scanner.emulator.server import LocalCloud
from tests.cloudfixture import Credentials, env_of

AUDITOR = Credentials("LOCALKEYAUDIT1", "local-secret-audit-1")


class Done(NamedTuple):
    """A finished command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401 - whatever the command printed
        return json.loads(self.out)


def crossrole(*words: str, folder: Path, environment: dict[str, str] | None = None) -> Done:
    """Run it in `folder`, with these variables on top of the tests' own."""
    done = subprocess.run(
        [sys.executable, "-m", "scanner", *words],
        cwd=folder,
        env={**os.environ, "CROSSROLE_STORE": f"sqlite:///{folder / 'test.db'}", **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def scan(cloud: LocalCloud, folder: Path, *words: str, key: Credentials = AUDITOR) -> Done:
    """Scan one account of `cloud` with `key`."""
    return crossrole("scan", "--quiet", *words, folder=folder, environment=env_of(cloud, key))


def within(capsys: pytest.CaptureFixture[str], *words: str) -> Done:
    """Run it in this process, in the environment of the test: much quicker than `crossrole`."""
    capsys.readouterr()
    code = main(words)
    out, err = capsys.readouterr()
    assert "bug in crossrole" not in err, err
    return Done(code, out, err)
