"""What goes wrong outside is told in words, with what to do, and with the right exit code."""

from __future__ import annotations

import socket
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.emulator.state import VersionRecord
from scanner.rules.registry import RULES
from scanner.store.tables import VERSION_TABLE
from tests.cli.conftest import PointAt
from tests.cli.runner import AUDITOR, crossrole, scan, within
from tests.cloudfixture import Credentials, env_of, running_cloud

pytestmark = pytest.mark.xdist_group("cli-bad-input")


def test_a_wrong_secret(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        done = scan(cloud, tmp_path, key=Credentials("LOCALKEYAUDIT1", "not-the-secret"))

    assert done.code == 1
    assert "SignatureDoesNotMatch" in done.err
    assert "hint: the AccessKey secret is not the one of this AccessKey id" in done.err
    assert "not-the-secret" not in done.err
    assert "hint:" in done.err


def test_an_unknown_key(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        done = scan(cloud, tmp_path, key=Credentials("LOCALKEYNOBODY", "x"))

    assert done.code == 1
    assert "InvalidAccessKeyId" in done.err


def test_no_credentials_at_all(tmp_path: Path) -> None:
    done = crossrole(
        "scan",
        "--quiet",
        folder=tmp_path,
        environment={"CROSSROLE_ENDPOINT": "http://127.0.0.1:9", "HOME": str(tmp_path)},
    )

    assert done.code == 1
    assert "credentials" in done.err.lower()
    assert "hint:" in done.err


def test_an_unreachable_endpoint(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": AUDITOR.key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": AUDITOR.secret,
        "CROSSROLE_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    done = crossrole("scan", "--quiet", folder=tmp_path, environment=environment)

    assert done.code == 1
    assert f"127.0.0.1:{port}" in done.err
    assert "hint:" in done.err


def test_a_clock_that_is_wrong(tmp_path: Path) -> None:
    with running_cloud("tiny", wall=lambda: datetime.now(UTC) + timedelta(hours=2)) as cloud:
        done = scan(cloud, tmp_path)

    assert done.code == 1
    assert "clock" in done.err.lower()


def test_a_missing_permission_is_named_and_the_scan_goes_on(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        account = cloud.world.accounts["1000000000000001"]
        auditor = next(p for p in account.policies.values() if "audit" in p.name.lower())
        version = auditor.versions[auditor.default_version]
        for action in ("ram:GetRole", "ram:Get*"):
            version.document = version.document.replace(f'"{action}"', '"ram:GetPolicy*"')
        done = scan(cloud, tmp_path, "--json")

    [answer] = done.json()["accounts"]
    assert done.code >= 4
    assert {gap["because"] for gap in answer["gaps"]} == {"missing `ram:GetRole`"}
    assert not [f for f in answer["findings"] if f["verdict"] == "pass" and "trust" in f["rule"]]


def test_an_account_whose_roles_cannot_be_listed_does_not_look_empty(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        cloud.faults.add("ram:ListRoles=html")
        (tmp_path / "crossrole.toml").write_text("[pacing]\nattempts = 1\n", encoding="utf-8")
        scanned = scan(cloud, tmp_path)
    listed = crossrole("roles", folder=tmp_path)
    one = crossrole("role", "orders-for-b", folder=tmp_path)

    assert scanned.code >= 4
    assert listed.code == 4
    assert "could not be read" in listed.err
    assert one.code == 3
    assert "is not known" in one.err


def test_an_unknown_region(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        done = scan(cloud, tmp_path, "--region", "cn-atlantis", "--json")

    assert done.code == 2
    assert "`cn-atlantis`" in done.err
    assert "cn-hangzhou" in done.err


@pytest.mark.parametrize(
    "document",
    [
        "",
        "not json",
        '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Action": "x", "Resource": "*"}]}',
        (
            '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", '
            '"Condition": {"StringEqualsIfExists": {"acs:SourceIp": "10.0.0.1"}}}]}'
        ),
        "[" * 5_000,
    ],
)
def test_a_malformed_policy_is_unknown_and_never_a_crash(
    point_at: PointAt, capsys: pytest.CaptureFixture[str], document: str
) -> None:
    with running_cloud("tiny") as cloud:
        account = cloud.world.accounts["1000000000000001"]
        orders = account.policies["orders-subscribe"]
        orders.versions[orders.default_version] = VersionRecord(orders.default_version, document)
        point_at(cloud)
        done = within(capsys, "scan", "--quiet", "--json")
    judged = within(capsys, "findings", "--subject", "orders-for-b", "--verdict", "all", "--json")
    verdicts = {finding["rule"]: finding["verdict"] for finding in judged.json()}

    assert verdicts["grants-everything"] == "unknown"
    # What is empty was not read; everything else was, and is not understood.
    assert verdicts["policy-not-understood"] == ("fail" if document else "unknown")
    assert bool(done.json()["accounts"][0]["gaps"]) is not bool(document)
    assert done.code >= 12


def test_a_store_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("this is a letter, not a database" * 50, encoding="utf-8")
    done = crossrole("findings", "--store", f"sqlite:///{tmp_path / 'a.db'}", folder=tmp_path)

    assert done.code == 1
    assert "hint:" in done.err


def test_a_store_of_a_newer_version(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    assert crossrole("db", "upgrade", "--store", url, folder=tmp_path).code == 0
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute(f"update {VERSION_TABLE} set version_num = '9999'")
    connection.commit()
    connection.close()
    done = crossrole("findings", "--store", url, folder=tmp_path)

    assert done.code == 1
    assert "newer" in done.err
    assert crossrole("db", "check", "--store", url, folder=tmp_path).code == 1


@pytest.mark.parametrize("url", ["mysql://host/x", "nonsense", "postgresql://u:hunter2@127.0.0.1:1/x"])
def test_a_store_url_that_cannot_work(tmp_path: Path, url: str) -> None:
    done = crossrole("findings", "--store", url, folder=tmp_path)

    assert done.code == (1 if url.startswith("postgresql") else 2)
    assert "hint:" in done.err
    assert "hunter2" not in done.err


def test_commands_without_a_scan_say_what_to_do(tmp_path: Path) -> None:
    for command in (["roles"], ["findings"], ["role", "x"], ["report"]):
        done = crossrole(*command, folder=tmp_path)
        assert done.code == 3, command
        assert "crossrole scan" in done.err, command


def test_an_account_that_was_never_scanned(tmp_path: Path) -> None:
    with running_cloud("tiny") as cloud:
        scan(cloud, tmp_path)
    done = crossrole("roles", "--account", "9999999999999999", folder=tmp_path)

    assert done.code == 3
    assert "1000000000000001" in done.err


def test_the_command_line_itself(tmp_path: Path) -> None:
    assert crossrole("scna", folder=tmp_path).code == 2
    assert crossrole(folder=tmp_path).code == 2
    assert crossrole("findings", "--scan", "0", folder=tmp_path).code == 2
    assert crossrole("cloud", "--port", "70000", folder=tmp_path).code == 2
    assert crossrole("cloud", "--latency-ms", "-1", folder=tmp_path).code == 2
    assert crossrole("cloud", "--fault", "ram:GetRole=explode", folder=tmp_path).code == 2
    assert (
        "did you mean `ram:GetRole`"
        in crossrole("cloud", "--fault", "ram:GetRoll=throttle", folder=tmp_path).err
    )
    assert crossrole("report", "--json", "--format", "md", folder=tmp_path).code == 2


def passed(capsys: pytest.CaptureFixture[str]) -> set[tuple[str, str]]:
    """The rules that pass in the latest scan, with what they are about."""
    found = within(capsys, "findings", "--verdict", "pass", "--json").json()
    return {(finding["rule"], finding["subject"]) for finding in found}


READ_FROM_NO_POLICY = {
    rule.id for rule in RULES if rule.id.startswith(("trust-", "external-id-", "trail-"))
} | {
    "session-too-long",
    "role-trusted-but-powerless",
}
"""What is judged by roles, trust policies, attachments and trails, whatever the policies say."""


def test_throttled_documents_never_pass(point_at: PointAt, capsys: pytest.CaptureFixture[str]) -> None:
    with running_cloud("demo") as cloud:
        point_at(cloud, attempts=1)
        within(capsys, "scan", "--quiet")
        usually = passed(capsys)
        for operation in ("GetPolicy", "GetPolicyVersion", "ListPolicyVersions"):
            cloud.faults.add(f"ram:{operation}=throttle")
        done = within(capsys, "scan", "--quiet")
        account = cloud.world.accounts["1000000000000001"]
        carriers = {key.principal for key in account.attachments}
        carriers |= {
            user for name in carriers & account.groups.keys() for user in account.groups[name].members
        }
    throttled = passed(capsys)

    assert done.code >= 4
    affected = {(rule, subject) for rule, subject in usually if rule not in READ_FROM_NO_POLICY}
    assert len({rule for rule, _ in affected}) >= 10
    # Of somebody who carries no policy, all is known.
    assert not [pair for pair in throttled & affected if pair[1] in carriers], throttled & affected
    assert {rule for rule, _ in throttled} & READ_FROM_NO_POLICY, (
        "what needs no policy is judged all the same"
    )


def test_a_profile_with_no_environment(tmp_path: Path) -> None:
    (tmp_path / "crossrole.toml").write_text(
        '[profiles.a]\naccess_key_id_env = "NOT_SET_ID"\naccess_key_secret_env = "NOT_SET_SECRET"\n',
        encoding="utf-8",
    )
    with running_cloud("tiny") as cloud:
        done = crossrole("scan", "--quiet", folder=tmp_path, environment=env_of(cloud, AUDITOR))

    assert done.code == 1
    assert "hint: set `NOT_SET_ID`" in done.err


def test_a_trust_policy_that_is_not_understood_is_never_nobody(tmp_path: Path) -> None:
    trust = (
        '{"Version": "1", "Statement": [{"Effect": "allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": "acs:ram::9000000000000009:root"}}]}'
    )
    with running_cloud("tiny") as cloud:
        stored = next(iter(cloud.world.accounts["1000000000000001"].roles.values()))
        stored.trust = trust
        stored.description = "harmless\n\nFindings\n  none"
        scan(cloud, tmp_path)
    listed = crossrole("roles", folder=tmp_path)
    shown = crossrole("role", stored.name, folder=tmp_path)

    assert "unknown: trust policy not understood" in listed.out
    assert listed.code == 4
    assert "  nobody" not in shown.out
    assert "`Effect` is `Allow` or `Deny`" in shown.out
    assert shown.out.count("\nFindings\n") == 1
    assert shown.code == 4
