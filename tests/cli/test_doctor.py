"""`crossrole doctor` names what a scan would lack, and tells by its exit code how bad that is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.cli.doctor import Check, store_check
from scanner.emulator.server import LocalCloud
from scanner.store.schema import HEAD, SchemaState, Standing, upgrade
from scanner.store.tables import VERSION_TABLE
from tests.cli.conftest import PointAt
from tests.cli.runner import AUDITOR, within
from tests.cloudfixture import Credentials, running_cloud

pytestmark = pytest.mark.xdist_group("cli-doctor")


@pytest.fixture
def cloud(point_at: PointAt) -> Iterator[LocalCloud]:
    """A cloud that the settings point at."""
    with running_cloud("tiny") as running:
        point_at(running)
        yield running


def forbid(cloud: LocalCloud, *actions: str) -> None:
    """Deny `actions` to the auditor."""
    account = cloud.world.accounts["1000000000000001"]
    [audit] = [policy for policy in account.policies.values() if "audit" in policy.name]
    version = audit.versions[audit.default_version]
    document = json.loads(version.document)
    document["Statement"].append({"Effect": "Deny", "Action": list(actions), "Resource": "*"})
    version.document = json.dumps(document)


def test_all_well(cloud: LocalCloud, capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "doctor", "--quiet")

    assert done.code == 0
    assert {line.split()[0] for line in done.out.splitlines()} == {"ok"}
    assert "user/crossrole-auditor of the LOCAL CLOUD" in done.out
    assert "every read of a scan works" in done.out


def test_a_missing_permission_is_named(cloud: LocalCloud, capsys: pytest.CaptureFixture[str]) -> None:
    forbid(cloud, "ram:GetRole", "rocketmq:ListTopics")
    done = within(capsys, "doctor", "--quiet")

    assert done.code == 4
    missing = [line for line in done.out.splitlines() if line.startswith("missing")]
    assert missing == [
        "missing  profile owner: lacks ram:GetRole",
        "missing  profile owner: lacks rocketmq:ListTopics",
    ]
    assert "hint: `crossrole permissions scan` prints the policy to attach" in done.out
    assert "every read of a scan works" not in done.out


def test_a_read_that_fails_for_another_reason_is_told_with_it(
    cloud: LocalCloud, point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    point_at(cloud, attempts=1)
    cloud.faults.add("actiontrail:DescribeTrails=error")
    done = within(capsys, "doctor", "--quiet", "--json")

    assert done.code == 4
    [missing] = [check for check in done.json() if check["state"] == "missing"]
    assert "cannot read trails" in missing["what"]
    assert "InternalError" in missing["what"]


def test_a_wrong_secret_is_wrong_and_never_shown(
    cloud: LocalCloud, point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    point_at(cloud, key=Credentials(AUDITOR.key_id, "not-the-secret"))
    done = within(capsys, "doctor", "--quiet")

    assert done.code == 1
    assert "wrong    profile owner: " in done.out
    assert "SignatureDoesNotMatch" in done.out
    assert "hint: the AccessKey secret is not the one of this AccessKey id" in done.out
    assert "not-the-secret" not in done.out + done.err


def test_a_store_of_a_newer_version_is_wrong(
    cloud: LocalCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    upgrade(f"sqlite:///{tmp_path / 'test.db'}")
    connection = sqlite3.connect(tmp_path / "test.db")
    connection.execute(f"update {VERSION_TABLE} set version_num = '9999'")
    connection.commit()
    connection.close()
    done = within(capsys, "doctor", "--quiet", "--json")

    assert done.code == 1
    [wrong] = [check for check in done.json() if check["state"] == "wrong"]
    assert "has the schema of a newer version of crossrole" in wrong["what"]
    assert wrong["hint"] == "update crossrole"


def test_a_store_that_is_no_database_is_wrong(
    cloud: LocalCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test.db").write_text("this is a letter, not a database" * 50, encoding="utf-8")
    done = within(capsys, "doctor", "--quiet")

    assert done.code == 1
    assert "wrong    store: " in done.out
    assert "not an SQLite database" in done.out


def state(standing: Standing, *, url: str = "sqlite:///a.db") -> SchemaState:
    return SchemaState(url=url, current="0000", head=HEAD, state=standing)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (state(Standing.CURRENT), Check("ok", "store sqlite:///a.db is up to date")),
        (
            state(Standing.MISSING),
            Check("ok", "store sqlite:///a.db is not there yet; the first scan makes it"),
        ),
        (
            state(Standing.MISSING, url="postgresql://host/a"),
            Check(
                "wrong", "the database postgresql://host/a holds no store yet", "run `crossrole db upgrade`"
            ),
        ),
        (
            state(Standing.OLDER),
            Check(
                "wrong",
                "store sqlite:///a.db has the schema of an older version of crossrole",
                "run `crossrole db upgrade`",
            ),
        ),
        (
            state(Standing.NEWER),
            Check(
                "wrong",
                "store sqlite:///a.db has the schema of a newer version of crossrole",
                "update crossrole",
            ),
        ),
    ],
    ids=["current", "missing file", "missing tables", "older", "newer"],
)
def test_how_each_state_of_the_store_is_told(found: SchemaState, expected: Check) -> None:
    assert store_check(found) == expected


def test_the_schema_of_the_settings_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "doctor", "--schema")

    assert done.code == 0
    assert set(done.json()["properties"]) >= {"store", "profiles", "accounts", "pacing"}
