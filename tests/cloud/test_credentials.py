"""Keys are found where the user said, and are never shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.cloud.credentials import (
    AssumedRole,
    Keys,
    NamedVariables,
    SdkCredential,
    VendorChain,
    check_cli_profile,
    source_of,
)
from scanner.errors import CloudError
from scanner.model.fault import FaultKind
from scanner.model.ids import Secret
from scanner.model.settings import ProfileSettings

PROFILE = ProfileSettings(
    name="a", access_key_id_env="A_ID", access_key_secret_env="A_SECRET", security_token_env="A_TOKEN"
)


def config(folder: Path, *profiles: dict[str, str], current: str = "default") -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps({"current": current, "profiles": list(profiles)}), encoding="utf-8")
    return file


def test_named_variables_give_keys() -> None:
    keys = NamedVariables(PROFILE, {"A_ID": "id", "A_SECRET": "hush", "A_TOKEN": "token"}).keys()
    assert keys.access_key_id == "id"
    assert keys.access_key_secret.reveal() == "hush"
    assert keys.security_token is not None
    assert keys.security_token.reveal() == "token"


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(CloudError) as caught:
        NamedVariables(PROFILE, {"A_ID": "id"}).keys()
    assert caught.value.fault.kind is FaultKind.CREDENTIALS
    assert "`A_SECRET`" in caught.value.fault.message


def test_half_of_the_names_is_a_clear_fault() -> None:
    with pytest.raises(CloudError) as caught:
        source_of(ProfileSettings(name="a", access_key_id_env="A_ID"), {"A_ID": "id"}).keys()
    assert "access_key_secret_env" in caught.value.fault.message


def test_keys_print_no_secret() -> None:
    keys = Keys("id", Secret("hush"), Secret("token"))
    assert "hush" not in repr(keys)
    assert "token=token" not in repr(keys)
    assert "***" in str(keys)


def test_a_profile_of_the_aliyun_command_gives_keys(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        {"name": "default", "mode": "AK", "access_key_id": "other", "access_key_secret": "other"},
        {"name": "audit", "mode": "AK", "access_key_id": "id", "access_key_secret": "hush"},
        {
            "name": "session",
            "mode": "StsToken",
            "access_key_id": "STS.id",
            "access_key_secret": "hush",
            "sts_token": "token",
        },
    )
    assert VendorChain("audit", config_file=file).keys() == Keys("id", Secret("hush"))
    assert VendorChain("session", config_file=file).keys() == Keys("STS.id", Secret("hush"), Secret("token"))


def test_a_profile_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CloudError) as caught:
        check_cli_profile("audit", config(tmp_path, {"name": "default"}))
    assert "`audit`" in caught.value.fault.message


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"profiles": 1}', '{"profiles": [1]}', "\x00"])
def test_a_configuration_of_any_content_is_a_clear_fault(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CloudError) as caught:
        check_cli_profile("audit", file)
    assert caught.value.fault.kind is FaultKind.CREDENTIALS


def test_no_configuration_at_all_is_a_clear_fault(tmp_path: Path) -> None:
    with pytest.raises(CloudError, match=r"there is no `~/\.aliyun/config\.json`"):
        check_cli_profile("audit", tmp_path / "config.json")


@pytest.mark.parametrize(
    "broken",
    [
        {"mode": "AK"},
        {"mode": "AK", "access_key_id": "id", "access_key_secret": ""},
        {"mode": "Unheard", "access_key_secret": "hush-hush"},
        {},
    ],
)
def test_a_profile_without_keys_is_a_clear_fault(tmp_path: Path, broken: dict[str, str]) -> None:
    with pytest.raises(CloudError) as caught:
        VendorChain("audit", config_file=config(tmp_path, {"name": "audit", **broken})).keys()
    fault = caught.value.fault
    assert fault.kind is FaultKind.CREDENTIALS
    assert "`audit`" in fault.message
    assert "hush" not in str(fault)
    assert caught.value.__context__ is None


def test_an_empty_default_chain_is_a_clear_fault(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CloudError) as caught:
        VendorChain().keys()
    assert caught.value.fault.kind is FaultKind.CREDENTIALS
    assert "no credentials found" in caught.value.fault.message
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in caught.value.hint
    assert capfd.readouterr() == ("", "")


def test_a_session_of_a_role_is_renewed_before_it_expires() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    given: list[Keys] = []

    def assume() -> Keys:
        keys = Keys(f"STS.{len(given)}", Secret("s"), Secret("t"), now[0] + timedelta(hours=1))
        given.append(keys)
        return keys

    now = [moment]
    role = AssumedRole(assume, now=lambda: now[0])
    assert role.keys().access_key_id == "STS.0"
    now[0] += timedelta(minutes=54)
    assert role.keys().access_key_id == "STS.0"
    now[0] += timedelta(minutes=2)
    assert role.keys().access_key_id == "STS.1"
    assert len(given) == 2


def test_the_sdk_is_given_its_own_model() -> None:
    class Source:
        def keys(self) -> Keys:
            return Keys("STS.id", Secret("hush"), Secret("token"))

    model = vars(SdkCredential(Source()).get_credential())
    assert model["access_key_secret"] == "hush"
    assert model["type"] == "sts"
