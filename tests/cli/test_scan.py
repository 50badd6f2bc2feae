"""`crossrole scan` and what reads its result, on the demo world."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.emulator.state import AttachmentKey, Instance5, LocalWorld, RoleRecord, UserRecord, VersionRecord
from tests.cli.conftest import PointAt
from tests.cli.runner import AUDITOR, Done, crossrole, scan, within
from tests.cloudfixture import Credentials, env_of, load, running_cloud
from tests.emulator.small import OWNER, allow, document

pytestmark = pytest.mark.xdist_group("cli-scan")


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Done]]:
    """A folder whose store holds one scan of the demo owner."""
    folder = tmp_path_factory.mktemp("scanned")
    with running_cloud("demo") as cloud:
        yield folder, scan(cloud, folder)


def test_the_demo_owner_has_critical_findings(scanned: tuple[Path, Done]) -> None:
    _, done = scanned

    assert done.code == 14, done.err
    assert "LOCAL CLOUD" in done.out
    assert "critical" in done.out


def test_roles_lists_the_ones_open_to_the_outside(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    listed = crossrole("roles", "--json", folder=folder).json()

    assert listed
    assert all(role["foreign"] or role["trust_unread"] for role in listed)
    every = crossrole("roles", "--all", "--json", folder=folder).json()
    assert len(every) > len(listed)
    assert listed[0]["role"] in crossrole("roles", folder=folder).out


def test_role_shows_trust_grants_and_findings(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    name = crossrole("roles", "--json", folder=folder).json()[0]["role"]
    [value] = crossrole("role", name, "--json", folder=folder).json()

    assert value["delegations"]
    shown = crossrole("role", name, folder=folder)
    assert shown.code == 0
    assert "Who outside the account may assume it" in shown.out


def test_a_role_that_a_service_made_for_itself_is_shown_as_such(
    scanned: tuple[Path, Done], capsys: pytest.CaptureFixture[str]
) -> None:
    name, store = "AliyunServiceRoleForRMQ", f"--store=sqlite:///{scanned[0] / 'test.db'}"
    every = within(capsys, "roles", "--all", "--json", store).json()
    [value] = within(capsys, "role", name, "--json", store).json()

    assert {role["role"] for role in every if role["service_linked"]} == {name}
    assert {role["service_linked"] for role in every} == {True, False}
    assert value["service_linked"] is True
    assert "\n  service-linked: a cloud service made it" in within(capsys, "role", name, store).out
    assert "service-linked" not in within(capsys, "role", "b-pub-sub", store).out


def test_a_misspelt_role_is_met_with_the_nearest(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    name = crossrole("roles", "--json", folder=folder).json()[0]["role"]
    done = crossrole("role", name + "x", folder=folder)

    assert done.code == 3
    assert f"did you mean `{name}`" in done.err or f"`{name}`" in done.err


def test_findings_can_be_chosen(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    everything = crossrole("findings", "--verdict", "all", "--json", folder=folder).json()
    critical = crossrole(
        "findings", "--severity", "critical", "--verdict", "fail", "--json", folder=folder
    ).json()

    assert {f["verdict"] for f in everything} >= {"fail", "pass"}
    assert critical
    assert {f["severity"] for f in critical} == {"critical"}
    one = crossrole("findings", "--rule", critical[0]["rule"], "--json", folder=folder).json()
    assert {f["rule"] for f in one} == {critical[0]["rule"]}


def test_a_misspelt_rule_is_met_with_the_nearest(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    done = crossrole("findings", "--rule", "external-id-mising", folder=folder)

    assert done.code == 2
    assert "did you mean `external-id-missing`?" in done.err


@pytest.mark.parametrize("form", ["html", "json", "md"])
def test_report_writes_each_format(scanned: tuple[Path, Done], form: str) -> None:
    folder, _ = scanned
    done = crossrole("report", "--format", form, "--output", f"out.{form}", folder=folder)

    assert done.code == 0, done.err
    assert (folder / f"out.{form}").stat().st_size > 500


def test_a_report_that_cannot_be_written_leaves_the_old_one(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    done = crossrole("report", "--output", "no/such/folder/out.html", folder=folder)

    assert done.code == 1
    assert "cannot write `no/such/folder/out.html`" in done.err


STEERS_THE_TERMINAL = "\u202e\u2066\u200b\x1b\x07"


def test_hostile_text_reaches_the_terminal_escaped(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    out = crossrole("role", "b-hostile-text", folder=folder).out

    for escaped in (r"\u202egnp.exe\u202c", r"\u200bhidden\u0007"):
        assert escaped in out
    assert not set(STEERS_THE_TERMINAL) & set(out)


HOSTILE = "\u202e\x1b[2J\u200b\x07"
ESCAPED = r"\u202e\u001b[2J\u200b\u0007"


def hostile_world() -> LocalWorld:
    """A world in which everything that has a name has one that steers a terminal."""
    world = load("tiny")
    account = world.accounts[OWNER]
    legacy = account.instances4["MQ_INST_1000000000000001_BXtiny01"]
    legacy.topics[f"topic{HOSTILE}"] = legacy.topics["orders"]
    account.instances5[f"rmq{HOSTILE}"] = Instance5(f"rmq{HOSTILE}", "cn-hangzhou", name=f"instance{HOSTILE}")
    account.users[f"user{HOSTILE}"] = UserRecord(f"user{HOSTILE}", "299")
    assume = AttachmentKey("System", "AliyunSTSAssumeRoleAccess", "user", f"user{HOSTILE}")
    account.attachments[assume] = ""
    trust = account.roles["orders-for-b"].trust
    account.roles[f"role{HOSTILE}"] = RoleRecord(f"role{HOSTILE}", "300", trust)
    orders = account.policies["orders-subscribe"]
    statement = allow(f"mq:PUB{HOSTILE}", f"acs:mq:*:*:MQ_INST_1000000000000001_BXtiny01%topic{HOSTILE}")
    orders.versions[orders.default_version] = VersionRecord(orders.default_version, document(statement))
    return world


def test_hostile_names_of_everything_reach_the_terminal_escaped(
    point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_cloud(hostile_world()) as cloud:
        point_at(cloud, attempts=1)
        cloud.faults.add("rocketmq:ListTopics=error")
        done = within(capsys, "scan", "--quiet")
    shown = {"scan": done.out + done.err}
    for words in (
        ["roles", "--all"],
        ["findings", "--verdict", "all"],
        ["role", "orders-for-b"],
        ["role", f"role{HOSTILE}"],
        ["role", f"no-role{HOSTILE}"],
        ["report", "--format", "md", "--output", "-"],
    ):
        told = within(capsys, *words)
        shown[words[0]] = shown.get(words[0], "") + told.out + told.err

    for name, command in (
        ("rmq", "scan"), ("user", "scan"), ("role", "roles"), ("user", "findings"), ("role", "findings"),
        ("topic", "role"), ("mq:PUB", "role"), ("role", "role"), ("no-role", "role"), ("user", "report"),
    ):  # fmt: skip
        assert name + ESCAPED in shown[command].replace("\n", ""), (name, command)
    for command, text in shown.items():
        assert not [c for c in text if (ord(c) < 32 and c != "\n") or c in STEERS_THE_TERMINAL], command


def test_a_second_scan_is_stored_beside_the_first(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        first = scan(cloud, tmp_path, "--json").json()["accounts"][0]
        second = scan(cloud, tmp_path, "--json").json()["accounts"][0]

    assert second["scan"] > first["scan"]
    assert second["findings"] == first["findings"]


def test_two_accounts_are_scanned_by_profile_and_one_failure_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "crossrole.toml").write_text(
        """
        [profiles.owner]
        access_key_id_env = "A_ID"
        access_key_secret_env = "A_SECRET"
        [profiles.broken]
        access_key_id_env = "A_ID"
        access_key_secret_env = "WRONG_SECRET"
        [profiles.accessor]
        access_key_id_env = "B_ID"
        access_key_secret_env = "B_SECRET"
        """,
        encoding="utf-8",
    )
    with running_cloud("demo") as cloud:
        environment = {
            "CROSSROLE_ENDPOINT": cloud.endpoint,
            "A_ID": "LOCALKEYAUDIT1",
            "A_SECRET": "local-secret-audit-1",
            "WRONG_SECRET": "not-the-secret-of-anybody",
            "B_ID": "LOCALKEYAUDIT2",
            "B_SECRET": "local-secret-audit-2",
        }
        done = crossrole("scan", "--quiet", "--json", folder=tmp_path, environment=environment)

    answer = done.json()
    assert [account["account"] for account in answer["accounts"]] == ["1000000000000001", "2000000000000002"]
    assert [failure["profile"] for failure in answer["failed"]] == ["broken"]
    assert answer["failed"][0]["kind"] == "credentials"
    assert "not-the-secret-of-anybody" not in done.out + done.err
    assert not answer["complete"]


def test_the_printed_policy_is_enough_and_the_scan_reads_no_password(tmp_path: Path) -> None:
    policy = crossrole("permissions", "scan", folder=tmp_path).out
    with running_cloud("demo") as cloud:
        auditor = next(
            p for p in cloud.world.accounts["1000000000000001"].policies.values() if "audit" in p.name.lower()
        )
        auditor.versions[auditor.default_version].document = json.dumps(json.loads(policy))
        answer = scan(cloud, tmp_path, "--json").json()["accounts"][0]
        calls = dict(cloud.calls)

    assert answer["gaps"] == []
    assert "rocketmq:GetInstanceAccount" not in calls


def test_doctor_finds_all_well_under_the_least_policy(
    point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = within(capsys, "permissions", "doctor").out
    with running_cloud("demo") as cloud:
        audit = cloud.world.accounts[OWNER].policies["crossrole-audit"]
        version = audit.versions[audit.default_version]
        point_at(cloud)
        version.document = json.dumps({"Version": "1", "Statement": []})
        assert within(capsys, "doctor", "--quiet").code == 4, "it stands or falls with this policy"
        version.document = policy
        done = within(capsys, "doctor", "--quiet", "--json")

    assert done.code == 0, done.out + done.err
    assert {check["state"] for check in done.json()} == {"ok"}


def test_ctrl_c_ends_a_scan_at_once_and_stores_nothing(tmp_path: Path) -> None:
    with running_cloud("demo", latency_seconds=1.0) as cloud:
        process = subprocess.Popen(
            [sys.executable, "-m", "scanner", "scan", "--quiet", "--store", f"sqlite:///{tmp_path / 'a.db'}"],
            env={**os.environ, **env_of(cloud, AUDITOR)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 30
        while not cloud.calls and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "interrupted" in error
    assert crossrole("findings", "--store", f"sqlite:///{tmp_path / 'a.db'}", folder=tmp_path).code in {1, 3}


def test_a_reader_that_stops_reading_does_not_change_the_verdict(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        whole = scan(cloud, tmp_path, "--json").code
        command = f"{sys.executable} -m scanner scan --quiet --json | true; exit ${{PIPESTATUS[0]}}"
        environment = {
            **os.environ,
            **env_of(cloud, AUDITOR),
            "CROSSROLE_STORE": f"sqlite:///{tmp_path / 'test.db'}",
        }
        cut = subprocess.run(
            ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
        )

    assert cut.returncode == whole
    assert cut.stderr == ""


def test_a_full_disk_behind_standard_output_is_named(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scanner", "findings", "--json"],
            env={**os.environ, "CROSSROLE_STORE": f"sqlite:///{folder / 'test.db'}"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert "cannot write to standard output" in done.stderr


def test_a_reader_that_stops_reading_is_no_error(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned
    command = f"{sys.executable} -m scanner findings --verdict all | head -1"
    environment = {**os.environ, "CROSSROLE_STORE": f"sqlite:///{folder / 'test.db'}"}
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False)

    assert done.stderr == ""


def test_a_store_file_is_private(scanned: tuple[Path, Done]) -> None:
    folder, _ = scanned

    assert stat.S_IMODE((folder / "test.db").stat().st_mode) == 0o600


def test_exit_zero_hides_findings_and_gaps_but_no_failure(
    point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_cloud("tiny") as cloud:
        point_at(cloud, attempts=1)
        assert within(capsys, "scan", "--quiet").code > 4
        assert within(capsys, "scan", "--quiet", "--exit-zero").code == 0
        cloud.faults.add("ram:ListUsers=error")
        assert within(capsys, "scan", "--quiet", "--exit-zero").code == 0
        point_at(cloud, key=Credentials("LOCALKEYAUDIT1", "wrong"))
        assert within(capsys, "scan", "--quiet", "--exit-zero").code == 1


def test_findings_milder_than_the_threshold_leave_the_exit_code_alone(
    point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_cloud("tiny") as cloud:
        point_at(cloud, attempts=1)
        done = within(capsys, "scan", "--quiet", "--json")
        # The world has nothing worse than high, so that there is something over the worst.
        severities = {f["severity"] for a in done.json()["accounts"] for f in a["findings"]}
        assert (done.code, "critical" in severities) == (13, False)
        codes = {
            severity: within(capsys, "scan", "--quiet", "--threshold", severity).code
            for severity in ("low", "medium", "high", "critical")
        }
        cloud.faults.add("ram:ListUsers=error")
        incomplete = within(capsys, "scan", "--quiet", "--threshold", "critical").code

    assert codes == {"low": 13, "medium": 13, "high": 13, "critical": 0}
    assert incomplete == 4
