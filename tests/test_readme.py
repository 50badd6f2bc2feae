"""What the README says is true: its commands run, and its texts are the program's own."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.app.needs import least_policy
from scanner.cli.settings import load_invocation
from tests.cli.runner import AUDITOR
from tests.cloudfixture import env_of, running_cloud
from tests.readme import DECISIONS, README, consoles, decisions_made_anew, examples, made_anew

TEXT = README.read_text(encoding="utf-8")
FINDINGS = {0, 11, 12, 13, 14}
OPEN = 4
"""Something could not be told; the demo holds such things on purpose."""
POLICY = '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "mq:%s", "Resource": "acs:mq:*:*:*"}]}'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """An empty folder, and an environment that points at the demo world as its auditor."""
    folder = tmp_path_factory.mktemp("readme")
    for name, action in (("new.json", "*"), ("old.json", "PUB"), ("policy.json", "SUB")):
        (folder / name).write_text(POLICY % action, encoding="utf-8")
    with running_cloud("demo") as cloud:
        environment = {
            **os.environ,
            **env_of(cloud, AUDITOR),
            "CROSSROLE_STORE": f"sqlite:///{folder / 'readme.db'}",
        }
        yield folder, environment


def run(command: str, place: tuple[Path, dict[str, str]]) -> subprocess.CompletedProcess[str]:
    folder, environment = place
    words = [sys.executable, "-m", "scanner", *shlex.split(command)[1:]]
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_generated_parts_are_up_to_date() -> None:
    assert made_anew(TEXT) == TEXT, "write them anew with `python -m tests.readme`"


def test_decisions_explains_every_error_code_that_the_vendor_does_not_list() -> None:
    text = DECISIONS.read_text(encoding="utf-8")

    assert decisions_made_anew(text) == text, "write it anew with `python -m tests.readme`"


@pytest.mark.xdist_group("readme")
def test_the_first_scan_works_as_told(place: tuple[Path, dict[str, str]]) -> None:
    for command in consoles(TEXT, "run"):
        done = run(command, place)
        assert done.returncode in FINDINGS, f"{command}: {done.stdout}{done.stderr}"
    assert (place[0] / "report.html").is_file()


@pytest.mark.xdist_group("readme")
@pytest.mark.parametrize(
    "command", [c for c in examples(TEXT) if " cloud " not in c and " completion " not in c]
)
def test_each_example_works(command: str, place: tuple[Path, dict[str, str]]) -> None:
    if not (place[0] / "readme.db").exists():
        run("crossrole scan --quiet", place)
    done = run(command, place)

    assert done.returncode in FINDINGS | {OPEN}, f"{done.stdout}{done.stderr}"


def test_the_printed_policy_is_the_one_that_the_command_prints(place: tuple[Path, dict[str, str]]) -> None:
    [command] = consoles(TEXT, "compared")

    assert json.loads(run(command, place).stdout) == json.loads(least_policy())


def test_the_example_settings_are_right(tmp_path: Path) -> None:
    found = re.search(r"<!-- settings -->\n```toml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert found is not None
    path = tmp_path / "crossrole.toml"
    path.write_text(found.group(1), encoding="utf-8")
    from argparse import Namespace  # noqa: PLC0415 - used once

    invocation = load_invocation(Namespace(config=str(path)), {"PARTNER_EXTERNAL_ID": "x" * 32})

    assert tomllib.loads(found.group(1))["threshold"] == invocation.threshold.value


@pytest.mark.parametrize("command", sorted(set(re.findall(r"crossrole cloud [^`\n]+", TEXT))))
def test_each_local_cloud_of_the_examples_starts(command: str) -> None:
    words = [sys.executable, "-m", "scanner", *shlex.split(command)[1:]]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith("export ALIBABA_CLOUD_ACCESS_KEY_ID=LOCALKEY")
        finally:
            process.terminate()


@pytest.mark.xdist_group("readme")
def test_the_sdk_example_reaches_the_local_cloud(place: tuple[Path, dict[str, str]]) -> None:
    found = re.search(r"<!-- sdk -->\n```python\n(.*?)```", TEXT, flags=re.DOTALL)
    assert found is not None
    folder, environment = place
    script = folder / "sdk.py"
    asking = "\nfrom alibabacloud_ram20150501.models import ListRolesRequest\n"
    asking += "print(client.list_roles(ListRolesRequest()).body.roles.role[0].role_name)\n"
    script.write_text(found.group(1) + asking, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_links_of_the_documents_lead_somewhere() -> None:
    for document in (README, README.parent / "ARCHITECTURE.md", DECISIONS):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), target


def test_every_make_target_named_exists() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make ([a-z-]+)`", TEXT)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
