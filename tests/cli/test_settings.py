"""Settings: precedence, and a clear error for each wrong key."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from scanner.cli.settings import Invocation, load_invocation, schema
from scanner.errors import SettingsError
from scanner.model.delegation import Relation
from scanner.model.finding import Severity
from scanner.model.ids import AccountId


def load(
    tmp_path: Path, text: str, environment: dict[str, str] | None = None, **options: object
) -> Invocation:
    path = tmp_path / "crossrole.toml"
    path.write_text(text, encoding="utf-8")
    return load_invocation(Namespace(config=str(path), **options), environment or {})


def complaint(tmp_path: Path, text: str, environment: dict[str, str] | None = None, **options: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text, environment, **options)
    return f"{caught.value.message}\n{caught.value.hint}"


def test_without_a_file_the_store_is_sqlite_in_the_users_data_folder() -> None:
    invocation = load_invocation(Namespace(config=None), {})

    assert invocation.settings.store_url.startswith("sqlite:///")
    assert invocation.settings.store_url.endswith("crossrole.db")
    assert [profile.name for profile in invocation.settings.profiles] == ["default"]


def test_every_documented_key_is_read(tmp_path: Path) -> None:
    invocation = load(
        tmp_path,
        """
        store = "sqlite:///x.db"
        regions = ["cn-hangzhou"]
        threshold = "high"
        [profiles.owner]
        cli_profile = "prod"
        [profiles.partner]
        role_arn = "acs:ram::2000000000000002:role/audit"
        external_id_env = "THE_ID"
        [accounts."2000000000000002"]
        name = "Enterprise B"
        relation = "partner"
        [pacing]
        workers = 4
        share = 0.5
        [pacing.rates]
        "ram:GetRole" = 50
        [endpoints]
        ram = "https://ram.example.com"
        """,
        {"THE_ID": "an-external-id-that-is-secret"},
    )
    settings = invocation.settings

    assert settings.store_url == "sqlite:///x.db"
    assert settings.regions == ("cn-hangzhou",)
    assert invocation.threshold is Severity.HIGH
    assert [profile.name for profile in settings.profiles] == ["owner", "partner"]
    assert settings.known[AccountId("2000000000000002")].relation is Relation.PARTNER
    assert settings.pacing.workers == 4
    assert settings.pacing.rates == {"ram:GetRole": 50}
    assert settings.endpoints.services == {"ram": "https://ram.example.com"}


def test_an_external_id_never_prints(tmp_path: Path) -> None:
    text = '[profiles.a]\nrole_arn = "acs:ram::2000000000000002:role/audit"\nexternal_id_env = "THE_ID"'
    invocation = load(tmp_path, text, {"THE_ID": "very-secret"})

    assert "very-secret" not in repr(invocation)
    external_id = invocation.settings.profiles[0].external_id
    assert external_id is not None
    assert external_id.reveal() == "very-secret"


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    text = 'store = "sqlite:///file.db"'
    environment = {"CROSSROLE_STORE": "sqlite:///environment.db"}

    assert load(tmp_path, text).settings.store_url == "sqlite:///file.db"
    assert load(tmp_path, text, environment).settings.store_url == "sqlite:///environment.db"
    by_option = load(tmp_path, text, environment, store="sqlite:///option.db")
    assert by_option.settings.store_url == "sqlite:///option.db"


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert (
        load(tmp_path, 'store = "sqlite:///a.db"', {"CROSSROLE_STORE": ""}).settings.store_url
        == "sqlite:///a.db"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('stor = "x"', "`stor` is not a setting; did you mean `store`?"),
        ("[profiles.a]\nrolearn = 'x'", "`profiles.a.rolearn` is not a setting; did you mean `role_arn`?"),
        ("threshold = 'severe'", "must be one of `low`, `medium`, `high`, `critical`"),
        ("regions = 'cn-hangzhou'", "`regions` must be a list"),
        ("[pacing]\nworkers = 'many'", "`pacing.workers` must be a whole number"),
        ("[pacing]\nshare = 2", "`pacing.share`: 2 is greater than the maximum of 1"),
        ("[accounts.x]\nname='a'\nrelation='partner'", "`accounts.x`: the name does not fit"),
        ('[accounts."2000000000000002"]\nname="B"', "needs `relation`"),
        ("[endpoints]\nram = 'ram.aliyuncs.com'", "must be like `https://host`"),
        ("[endpoints]\nkms = 'https://kms'", "`endpoints.kms` is not a setting"),
        ("store = 'a'\nstore = 'b'", "is not TOML"),
        ("store = ", "is not TOML"),
    ],
)
def test_a_wrong_key_is_named_with_what_to_write_instead(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in complaint(tmp_path, text)


def test_every_wrong_key_is_named_at_once(tmp_path: Path) -> None:
    message = complaint(tmp_path, "stor = 'x'\nregion = []\nthreshold = 1")

    assert "`stor`" in message
    assert "`region`" in message
    assert "`threshold`" in message


def test_a_settings_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read the settings file"):
        load_invocation(Namespace(config=str(tmp_path / "no.toml")), {})


def test_a_settings_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "crossrole.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match="is not TOML"):
        load_invocation(Namespace(config=str(path)), {})


def test_a_missing_secret_variable_is_named(tmp_path: Path) -> None:
    text = '[profiles.a]\nrole_arn = "acs:ram::2000000000000002:role/audit"\nexternal_id_env = "NOT_THERE"'

    assert "`NOT_THERE`, which is not set" in complaint(tmp_path, text)


def test_a_misspelt_profile_is_met_with_the_nearest(tmp_path: Path) -> None:
    text = "[profiles.owner]\n[profiles.partner]\n"

    assert "did you mean `owner`?" in complaint(tmp_path, text, profile=["onwer"])


def test_without_profile_tables_a_profile_is_one_of_the_aliyun_commands() -> None:
    settings = load_invocation(Namespace(config=None, profile=["prod"]), {}).settings

    assert [(profile.name, profile.cli_profile) for profile in settings.profiles] == [("prod", "prod")]


@pytest.mark.parametrize(
    "value", ["127.0.0.1:80", "https://host/path", "http://user@host", "http://", "http://a b"]
)
def test_an_endpoint_variable_must_be_an_endpoint(value: str) -> None:
    with pytest.raises(SettingsError, match="which is not an endpoint"):
        load_invocation(Namespace(config=None), {"CROSSROLE_ENDPOINT": value})


def test_every_key_of_the_schema_says_what_it_is_or_is_plain() -> None:
    properties = schema()["properties"]

    assert {"store", "regions", "threshold", "profiles", "endpoints", "pacing", "accounts"} == set(properties)
