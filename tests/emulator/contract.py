"""The vendor's own description of its operations, as far as a checkout has it beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

Schema: TypeAlias = Mapping[str, Any]

FILES = {
    "Ram": "ram-2015-05-01",
    "Sts": "sts-2015-04-01",
    "Actiontrail": "actiontrail-2020-07-06",
    "ResourceManager": "resourcemanager-2020-03-31",
    "RocketMQ": "rocketmq-2022-08-01",
    "Ons": "ons-2019-02-14",
}

TWINS = {
    f"{verb}Policy{word}{principal}": f"{verb}Policy"
    for verb, word in (("Attach", "To"), ("Detach", "From"))
    for principal in ("User", "Group", "Role")
}
"""Operations of RAM whose twin in ResourceManager has another name; the rest are called alike."""

NEWER_FIELDS = {
    "Ram:CreateRole": {"Role.AllowConsoleLogin"},
    "Ram:GetRole": {
        "Role.AllowConsoleLogin",
        "Role.IsServiceLinkedRole",
        "Role.RolePrincipalName",
    },
    "Ram:ListRoles": {"Roles.Role[].AllowConsoleLogin"},
    "Ram:UpdateRole": {"Role.AllowConsoleLogin"},
    "RocketMQ:GetInstanceAccount": {"data.remark"},
    "RocketMQ:ListInstanceAccount": {"data.list[].remark"},
}
"""Fields that the SDK knows and the description, which is older, does not."""

NEWER_OPERATIONS = {"Ram:CreateServiceLinkedRole", "Ram:DeleteServiceLinkedRole"}
"""In the SDK, and in the description of ResourceManager, but not yet in that of RAM."""


def folder() -> Path:
    """Where the descriptions are; skips the test where they are not."""
    shared = os.environ.get("CROSSROLE_SHARED") or Path(__file__).parents[2].with_name("shared")
    found = Path(shared) / "reference" / "api-contract"
    if not found.is_dir():
        pytest.skip("the vendor's descriptions (api-contract) are not beside this checkout")
    return found


def operations(service: str) -> Mapping[str, Any]:
    """The described operations of a service, by name."""
    text = (folder() / f"{FILES[service]}.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)["operations"]
    return found


def described(service: str, name: str) -> Mapping[str, Any]:
    """One operation as described; a newer one of RAM as its twin is."""
    if f"{service}:{name}" in NEWER_OPERATIONS:
        service = "ResourceManager"
    found: Mapping[str, Any] = operations(service)[name]
    return found


def listed_codes(service: str, name: str) -> dict[str, set[int]]:
    """The error codes that the vendor lists for an operation, with their HTTP statuses.

    RAM's description has none of its own, so its twin in ResourceManager stands in.
    """
    found: dict[str, set[int]] = {}
    sources = [described(service, name)]
    if service == "Ram":
        twin = operations("ResourceManager").get(TWINS.get(name, name))
        sources += [twin] if twin else []
    for source in sources:
        for status, codes in source["errors"].items():
            for code in codes:
                found.setdefault(code, set()).add(int(status))
    return found


def problems(schema: Schema, value: object, path: str = "") -> Iterator[str]:
    """Where `value` is not what `schema` says: a wrong type, or a field that it does not have."""
    match schema.get("type"):
        case "object":
            yield from _object_problems(schema, value, path)
        case "array":
            if not isinstance(value, list):
                yield f"{path} is not a list"
                return
            for item in value:
                yield from problems(schema.get("items", {}), item, f"{path}[]")
        case "string":
            yield from [] if isinstance(value, str) else [f"{path} is not a text"]
        case "boolean":
            yield from [] if isinstance(value, bool) else [f"{path} is not a boolean"]
        case "integer":
            right = isinstance(value, int) and not isinstance(value, bool)
            yield from [] if right else [f"{path} is not a whole number"]
        case "number":
            right = isinstance(value, int | float) and not isinstance(value, bool)
            yield from [] if right else [f"{path} is not a number"]
        case _:
            return  # the vendor says that it may be anything


def _object_problems(schema: Schema, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is not an object"
        return
    known: Mapping[str, Schema] = schema.get("properties") or {}
    for name, item in value.items():
        place = f"{path}.{name}" if path else name
        if name in known:
            yield from problems(known[name], item, place)
        elif known:
            yield f"{place} is unknown"
