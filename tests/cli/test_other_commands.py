"""Commands that need no scan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.app.needs import NEVER, SCAN_ACTIONS
from scanner.cli.main import COMMANDS, main
from scanner.cloud.quotas import DOCUMENTED, permission_of
from scanner.policy.catalogue import AccessClass, by_class
from scanner.policy.pattern import matches
from scanner.rules.registry import RULES


def test_the_least_policy_covers_every_api_that_a_scan_calls_and_no_other() -> None:
    other = {"sts:GetCallerIdentity", "sts:AssumeRole", "actiontrail:LookupEvents"}
    needed = {permission_of(api) for api in DOCUMENTED.keys() - other}

    assert needed | {"mq:OnsInstanceBaseInfo"} == set(SCAN_ACTIONS)
    assert not set(SCAN_ACTIONS) & set(NEVER)


def test_the_least_policy_denies_every_way_to_read_messages_and_passwords() -> None:
    secret = {action.action for action in by_class(AccessClass.READ_MESSAGES)} | {
        "rocketmq:GetInstanceAccount"
    }

    assert not [action for action in secret if not any(matches(pattern, action) for pattern in NEVER)]


def test_permissions_prints_a_ram_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["permissions", "scan"]) == 0
    policy = json.loads(capsys.readouterr().out)

    assert policy["Version"] == "1"
    assert [statement["Effect"] for statement in policy["Statement"]] == ["Allow", "Deny"]


def test_permissions_of_a_command_that_stays_at_home(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["permissions", "report"]) == 0
    assert "needs no permission" in capsys.readouterr().out


def test_rules_list_has_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)

    assert {rule["id"] for rule in listed} == {rule.id for rule in RULES}
    assert main(["rules", "list"]) == 0
    assert "external-id-missing" in capsys.readouterr().out


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_every_rule_explains_itself(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", rule]) == 0
    out = capsys.readouterr().out

    for heading in (
        "Why",
        "Remedy on the command line",
        "Remedy in the console",
        "Remedy in Terraform",
        "Reference",
    ):
        assert f"\n{heading}\n" in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_names_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out

    assert all(command in script for command in COMMANDS)


def test_the_bash_completion_is_a_script_that_bash_accepts(capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    script = capsys.readouterr().out
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_real_bash_completes_crossrole_after_the_documented_line(tmp_path: Path) -> None:
    command = tmp_path / "crossrole"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scanner "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    script = """
        set -eu
        eval "$(crossrole completion bash)"
        complete -p crossrole
        how=$(complete -p crossrole); how=${how##*-F }
        COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        set +eu
        "${how%% *}" crossrole "${COMP_WORDS[COMP_CWORD]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """

    def completed(*words: str) -> list[str]:
        done = subprocess.run(
            ["bash", "--norc", "-c", script, "bash", "crossrole", *words],
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        told, *replies = done.stdout.splitlines()
        assert told.startswith("complete ")
        assert told.endswith(" crossrole")
        return replies

    assert completed("fin") == ["findings"]
    assert "--verdict" in completed("findings", "--ver")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom scanner.cli.main import build_parser\nbuild_parser().format_help()\n"
        "heavy = {'sqlalchemy', 'pandas', 'rich', 'jinja2', 'requests', 'aiohttp', 'jsonschema', 'alembic', "
        "'alibabacloud_tea_openapi', 'darabonba', 'cryptography', 'platformdirs'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("crossrole 0.")


def test_the_store_can_be_made_checked_and_pruned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"

    assert main(["db", "check", "--store", url]) == 1
    assert main(["db", "upgrade", "--store", url]) == 0
    assert main(["db", "check", "--store", url, "--json"]) == 0
    assert main(["db", "prune", "--store", url, "--days", "30"]) == 0
    assert "current" in capsys.readouterr().out
