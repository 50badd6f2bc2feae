"""The wheel works on its own: without the sources and without the development dependencies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    [built] = folder.glob("*.whl")
    return built


def runtime_lock(folder: Path) -> Path:
    """The locked requirements of the wheel alone, with their hashes."""
    target = folder / "runtime.lock"
    command = [
        sys.executable, "-m", "uv", "pip", "compile", str(ROOT / "pyproject.toml"), "--universal",
        "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet",
        "--output-file", str(target),
    ]  # fmt: skip
    target.write_text((ROOT / "requirements.lock").read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target


@pytest.mark.slow
def test_the_installed_wheel_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    subprocess.run([*install, "--require-hashes", "-r", str(runtime_lock(tmp_path))], check=True, timeout=300)
    subprocess.run([*install, "--no-deps", str(wheel)], check=True, timeout=120)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    done = subprocess.run(
        [str(environment / "bin" / "crossrole"), "demo", "--output", "out", "--quiet"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert "LOCAL CLOUD" in done.stdout
    assert (elsewhere / "out" / "report.html").stat().st_size > 10_000
    probe = (
        "import importlib.util as u; print([m for m in ('pytest', 'mypy', 'hypothesis') if u.find_spec(m)])"
    )
    there = subprocess.run([str(python), "-c", probe], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == "[]"


def test_the_wheel_holds_templates_migrations_and_worlds_but_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert any(name.startswith("reports/templates/") for name in names)
    assert any(re.fullmatch(r"scanner/store/migrations/versions/.*\.py", name) for name in names)
    assert "scanner/emulator/worlds/demo.toml" in names
    assert "scanner/policy/catalogue.toml" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_lock_has_hashes_and_names_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert "index-url" not in lock
