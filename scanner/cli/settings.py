"""Settings from the command line, the environment and `crossrole.toml`, in that order of precedence.

The file is checked against `settings.schema.json`, which ships with the package; every wrong key
is named, with what to write instead. Secrets never stand in the file: it names environment variables.
"""

from __future__ import annotations

import os
import tomllib
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scanner.errors import SettingsError
from scanner.model.delegation import KnownAccount, Relation
from scanner.model.finding import Severity
from scanner.model.ids import AccountId, Secret
from scanner.model.settings import (
    SERVICES,
    EndpointSettings,
    PacingSettings,
    ProfileSettings,
    Settings,
)

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FILE_NAME: Final = "crossrole.toml"


_Table = Mapping[str, Any]  # Any: it is what a TOML file holds, before it is checked.


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What one run of a command was asked for."""

    settings: Settings
    threshold: Severity
    source: str
    """The settings file that was read; empty for none."""


def load_invocation(args: Namespace, environment: Mapping[str, str] = os.environ) -> Invocation:
    """The settings for a command, checked.

    Raises:
        SettingsError: a file or variable is wrong; the message names every wrong key.
    """
    path = _find_file(getattr(args, "config", None), environment)
    table = _read_file(path) if path else {}
    profiles = _profiles(table, environment)
    return Invocation(
        settings=Settings(
            store_url=getattr(args, "store", None)
            or environment.get("CROSSROLE_STORE")
            or table.get("store")
            or default_store_url(),
            profiles=_chosen(profiles, getattr(args, "profile", None) or []),
            regions=tuple(getattr(args, "region", None) or table.get("regions", ())),
            endpoints=_endpoints(table.get("endpoints", {}), environment),
            pacing=_pacing(table.get("pacing", {}), args),
            known=_known(table.get("accounts", {})),
        ),
        threshold=Severity(getattr(args, "threshold", None) or table.get("threshold", "low")),
        source=str(path) if path else "",
    )


def default_store_url() -> str:
    """An SQLite file in the user's data folder."""
    import platformdirs

    folder = Path(platformdirs.user_data_dir("crossrole", appauthor=False, ensure_exists=True))
    return f"sqlite:///{folder / 'crossrole.db'}"


def _find_file(asked: str | None, environment: Mapping[str, str]) -> Path | None:
    named = asked or environment.get("CROSSROLE_CONFIG")
    if named:
        return Path(named)
    here = Path(FILE_NAME)
    return here if here.is_file() else None


def _read_file(path: Path) -> _Table:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"cannot read the settings file `{path}`: {error.strerror}",
            hint="check the path given by --config or CROSSROLE_CONFIG",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the settings file `{path}` is not TOML: {error}", hint="see the example in the README"
        ) from error
    problems = sorted(set(_problems(table)))
    if problems:
        listing = "\n".join(f"  {problem}" for problem in problems)
        raise SettingsError(
            f"the settings file `{path}` is wrong:\n{listing}",
            hint="`crossrole doctor --schema` prints every key that is possible",
        )
    return table


def schema() -> dict[str, Any]:
    """The JSON Schema of `crossrole.toml`."""
    import json
    from importlib.resources import files

    text = files("scanner.cli").joinpath("settings.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _problems(table: _Table) -> Iterator[str]:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema()).iter_errors(table):
        yield from _sentences(error)


def _sentences(error: ValidationError) -> Iterator[str]:
    """What is wrong at one place, one sentence for each wrong key."""
    place = ".".join(str(part) for part in error.absolute_path)
    wanted: Any = error.validator_value  # Any: whatever the schema says there
    if "propertyNames" in error.absolute_schema_path:
        yield f"`{_joined(place, str(error.instance))}`: the name does not fit `{wanted}`"
    elif error.validator == "additionalProperties" and isinstance(error.schema, dict):
        allowed = error.schema.get("properties", {})
        given: Any = error.instance  # Any: a table of the file, not checked yet
        for key in (key for key in given if key not in allowed):
            yield f"`{_joined(place, key)}` is not a setting{_suggestion(key, list(allowed))}"
    elif error.validator == "enum":
        choices = ", ".join(f"`{choice}`" for choice in wanted)
        yield f"`{place}` is `{error.instance}`, but must be one of {choices}"
    elif error.validator == "type":
        yield f"`{place}` must be a {_toml_type(str(wanted))}"
    elif error.validator == "required":
        given = error.instance
        missing = [key for key in wanted if key not in given]
        yield f"`{place}` needs {' and '.join(f'`{key}`' for key in missing)}"
    elif error.validator == "pattern" and place.startswith("endpoints."):
        yield f"`{place}` is `{error.instance}`, but must be like `https://host` or `http://host:port`"
    else:
        yield f"`{place}`: {error.message}"


def _joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _suggestion(key: str, allowed: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(key, allowed, n=1)
    if near:
        return f"; did you mean `{near[0]}`?"
    return f"; possible are {', '.join(f'`{name}`' for name in sorted(allowed))}" if allowed else ""


def _toml_type(json_type: str) -> str:
    return {"object": "table", "array": "list", "integer": "whole number"}.get(json_type, json_type)


def _profiles(table: _Table, environment: Mapping[str, str]) -> tuple[ProfileSettings, ...]:
    named = table.get("profiles", {})
    if not named:
        return (ProfileSettings(name="default"),)
    return tuple(_profile(name, entry, environment) for name, entry in named.items())


def _profile(name: str, entry: _Table, environment: Mapping[str, str]) -> ProfileSettings:
    values = {key: value for key, value in entry.items() if key != "external_id_env"}
    return ProfileSettings(
        name=name, external_id=_external_id(name, entry.get("external_id_env"), environment), **values
    )


def _external_id(profile: str, variable: str | None, environment: Mapping[str, str]) -> Secret | None:
    if variable is None:
        return None
    value = environment.get(variable)
    if not value:
        raise SettingsError(
            f"profile `{profile}` takes its external id from `{variable}`, which is not set",
            hint=f"set the environment variable {variable}",
        )
    return Secret(value)


def _chosen(profiles: tuple[ProfileSettings, ...], names: list[str]) -> tuple[ProfileSettings, ...]:
    """The profiles named on the command line; a name that no table has is one of the aliyun command's."""
    if not names:
        return profiles
    by_name = {profile.name: profile for profile in profiles}
    if by_name.keys() == {"default"} and len(profiles) == 1:
        return tuple(by_name.get(name) or ProfileSettings(name=name, cli_profile=name) for name in names)
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise SettingsError(
            f"there is no profile `{unknown[0]}`{_suggestion(unknown[0], sorted(by_name))}",
            hint=f"add a table [profiles.{unknown[0]}] to {FILE_NAME}",
        )
    return tuple(by_name[name] for name in names)


def _endpoints(table: _Table, environment: Mapping[str, str]) -> EndpointSettings:
    services = {name: str(url) for name, url in table.items() if name != "everything"}
    for name in SERVICES:
        value = environment.get(f"CROSSROLE_ENDPOINT_{name.upper()}")
        if value:
            services[name] = _checked_endpoint(f"CROSSROLE_ENDPOINT_{name.upper()}", value)
    everything = environment.get("CROSSROLE_ENDPOINT") or table.get("everything", "")
    if everything:
        _checked_endpoint("CROSSROLE_ENDPOINT", everything)
    return EndpointSettings(everything=everything, services=services)


def _checked_endpoint(variable: str, value: str) -> str:
    host = value.removeprefix("https://").removeprefix("http://")
    if host == value or not host or any(character in host for character in "/?#@ "):
        raise SettingsError(
            f"`{variable}` is `{value}`, which is not an endpoint",
            hint="write it like https://ram.aliyuncs.com or http://127.0.0.1:8080",
        )
    return value


def _pacing(table: _Table, args: Namespace) -> PacingSettings:
    values = dict(table)
    if getattr(args, "workers", None):
        values["workers"] = args.workers
    return PacingSettings(**values)


def _known(table: _Table) -> dict[AccountId, KnownAccount]:
    return {
        AccountId(account): KnownAccount(
            account=AccountId(account), name=entry["name"], relation=Relation(entry["relation"])
        )
        for account, entry in table.items()
    }
