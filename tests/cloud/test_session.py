"""Opening a session: it works with the right keys, and says clearly why it does not."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.cloud.session import open_session
from scanner.emulator.server import LocalCloud
from scanner.errors import CloudError
from scanner.model.fault import FaultKind
from scanner.model.ids import Secret
from scanner.model.settings import EndpointSettings, ProfileSettings
from tests.cloud.opening import ACCESSOR, OWNER, QUICK, auditor, opened
from tests.cloudfixture import Credentials, env_of, key_for, load, running_cloud
from tests.emulator.small import World, allow, trust


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with running_cloud("tiny", quotas=False) as running:
        yield running


def fault_of(endpoint: str, keys: Credentials) -> CloudError:
    with pytest.raises(CloudError) as caught:
        opened(endpoint, keys)
    return caught.value


def test_a_session_knows_whose_it_is(cloud: LocalCloud) -> None:
    session = opened(cloud.endpoint, auditor())
    assert session.account == OWNER
    assert session.identity.arn == f"acs:ram::{OWNER}:user/crossrole-auditor"
    assert session.local_cloud
    assert session.notes == ()
    assert session.reader().account == OWNER


def test_a_wrong_secret_is_told_without_repeating_it(cloud: LocalCloud) -> None:
    error = fault_of(cloud.endpoint, Credentials(auditor().key_id, "wrong-secret"))
    assert error.fault.kind is FaultKind.CREDENTIALS
    assert error.fault.code == "SignatureDoesNotMatch"
    assert error.hint
    assert "wrong-secret" not in repr(error.fault)


def test_an_unknown_key_is_told(cloud: LocalCloud) -> None:
    error = fault_of(cloud.endpoint, Credentials("LOCALKEYNOBODY", "some-secret"))
    assert error.fault.kind is FaultKind.CREDENTIALS
    assert error.fault.code.startswith("InvalidAccessKeyId")


def test_a_token_that_is_none_is_told(cloud: LocalCloud) -> None:
    error = fault_of(cloud.endpoint, Credentials("STS.LOCALNOBODY", "some-secret", "some-token"))
    assert error.fault.kind is FaultKind.CREDENTIALS


@pytest.mark.parametrize("minutes", [-30, 30])
def test_a_clock_that_is_wrong_is_told(minutes: int) -> None:
    skewed = datetime.now(UTC) + timedelta(minutes=minutes)
    with running_cloud("tiny", wall=lambda: skewed) as running:
        error = fault_of(running.endpoint, auditor())
    assert error.fault.kind is FaultKind.CLOCK
    assert "clock" in error.hint


def test_an_endpoint_where_nobody_listens_is_told_soon() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    error = fault_of(f"http://127.0.0.1:{port}", auditor())
    assert error.fault.kind is FaultKind.UNREACHABLE
    assert f"127.0.0.1:{port}" in error.fault.message


def test_a_role_with_an_external_id_is_assumed() -> None:
    world = World()
    world.user(ACCESSOR, "runner", allow("sts:AssumeRole"))
    arn = world.role(
        OWNER,
        "audited",
        trust(
            f"acs:ram::{ACCESSOR}:root", Condition={"StringEquals": {"sts:ExternalId": "shared-external-id"}}
        ),
    )
    keys = key_for(world.world, ACCESSOR, "runner")
    with running_cloud(world.world) as running:
        session = opened(running.endpoint, keys, role_arn=arn, external_id=Secret("shared-external-id"))
        assert session.account == OWNER
        assert "assumed-role/audited/crossrole" in session.identity.arn

        for wrong in (None, Secret("another-external-id")):
            with pytest.raises(CloudError) as caught:
                opened(running.endpoint, keys, role_arn=arn, external_id=wrong)
            assert caught.value.fault.kind is FaultKind.DENIED
            assert caught.value.fault.api == "sts:AssumeRole"
            assert "external-id" not in repr(caught.value.fault)


def test_the_default_chain_and_a_profile_of_the_aliyun_command_work(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    keys = auditor()
    code = (
        "import sys\n"
        "from scanner.cloud.session import open_session\n"
        "from scanner.model.settings import *\n"
        "s = open_session(ProfileSettings(name='p', cli_profile=sys.argv[1]),"
        f" endpoints=EndpointSettings(everything={cloud.endpoint!r}), pacing=PacingSettings())\n"
        "print(s.identity.arn, *s.notes)"
    )
    (tmp_path / ".aliyun").mkdir()
    (tmp_path / ".aliyun" / "config.json").write_text(
        '{"current": "x", "profiles": [{"name": "audit", "mode": "AK", '
        f'"access_key_id": "{keys.key_id}", "access_key_secret": "{keys.secret}"}}]}}'
    )
    base = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    hostile = {"DEBUG": "sdk", "HTTP_PROXY": "http://127.0.0.1:9"}
    for profile, environment in (("", {**base, **env_of(cloud, keys)}), ("audit", base)):
        done = subprocess.run(
            [sys.executable, "-c", code, profile],
            env={**environment, **hostile},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        assert "user/crossrole-auditor" in done.stdout
        assert "`DEBUG=sdk`" in done.stdout
        assert "`HTTP_PROXY`" in done.stdout


def test_one_endpoint_on_this_machine_makes_it_the_local_cloud(cloud: LocalCloud) -> None:
    keys = key_for(load("tiny"), OWNER, "crossrole-auditor")
    session = open_session(
        ProfileSettings(name="p", access_key_id_env="ID", access_key_secret_env="SECRET"),
        endpoints=EndpointSettings(services={"sts": cloud.endpoint}),
        pacing=QUICK,
        environment={"ID": keys.key_id, "SECRET": keys.secret},
    )
    assert session.local_cloud


def test_a_session_prints_no_secret(cloud: LocalCloud) -> None:
    session = opened(cloud.endpoint, auditor())
    assert auditor().secret not in repr(session)
    assert auditor().secret not in repr(session.reader())
