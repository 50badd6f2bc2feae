"""The vendor's own description of its operations, as far as a checkout has it beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
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


_ENVELOPE = {"dynamicCode", "dynamicMessage"}
_DENIAL = {*_ENVELOPE, "accessDeniedDetail"}
_NO_TARGET = {"OssKeyPrefix", "SlsProjectArn", "SlsWriteRoleArn"}
_MAXCOMPUTE = {"MaxComputeProjectArn", "MaxComputeWriteRoleArn"}
_TRAIL = _NO_TARGET | _MAXCOMPUTE

OMITTED: Mapping[str, AbstractSet[str]] = {
    # Trails have one target here, and never one in MaxCompute or of an organisation.
    "Actiontrail:CreateTrail": _TRAIL,
    "Actiontrail:UpdateTrail": _TRAIL,
    "Actiontrail:DescribeTrails": {f"TrailList[].{name}" for name in _TRAIL | {"OrganizationId"}},
    # What the local cloud does not keep: tags of topics and groups, times of release, a second edition.
    "Ons:OnsGroupList": {"Data.SubscribeInfoDo[].Tags"},
    "Ons:OnsInstanceBaseInfo": {
        f"InstanceBaseInfo.{name}" for name in ("ReleaseTime", "spInstanceId", "spInstanceType")
    },
    "Ons:OnsInstanceInServiceList": {"Data.InstanceVO[].ReleaseTime", "Data.InstanceVO[].Tags"},
    "Ons:OnsRegionList": {"Data.RegionDo[].CreateTime", "Data.RegionDo[].UpdateTime"},
    "Ons:OnsTopicList": {"Data.PublishInfoDo[].Tags"},
    # What is there only when there is something to say: a next page, a log-on, tags.
    "Ram:GetUser": {"User.LastLoginDate"},
    "Ram:ListGroups": {"Marker"},
    "Ram:ListPolicies": {"Policies.Policy[].Tags"},
    "Ram:ListRoles": {"Roles.Role[].Tags"},
    "Ram:ListTagResources": {"NextToken"},
    "Ram:ListUsersForGroup": {"Marker"},
    "Sts:AssumeRole": {"SourceIdentity"},
    "Sts:GetCallerIdentity": {"RoleId"},
    "Ram:CreateServiceLinkedRole": {"Role.RolePrincipalName"},
    "Ram:DecodeDiagnosticMessage": {"DecodedDiagnosticMessage.MatchedPolicies[].PolicyVersion"},
    # What explains a refusal stands in no good answer.
    **dict.fromkeys(
        (
            f"RocketMQ:{name}"
            for name in (
                "CreateConsumerGroup",
                "CreateInstance",
                "CreateTopic",
                "DeleteConsumerGroup",
                "DeleteInstance",
                "DeleteTopic",
                "GetInstanceAccount",
                "GetInstanceAcl",
                "GetInstanceIpWhitelist",
                "UpdateConsumerGroup",
                "UpdateInstance",
                "UpdateTopic",
            )
        ),
        _ENVELOPE,
    ),
    **dict.fromkeys(
        (
            f"RocketMQ:{name}"
            for name in (
                "CreateInstanceAccount",
                "CreateInstanceAcl",
                "CreateInstanceIpWhitelist",
                "DeleteInstanceAccount",
                "DeleteInstanceAcl",
                "DeleteInstanceIpWhitelist",
                "ListInstanceAccount",
                "ListInstanceAcl",
                "ListInstanceIpWhitelist",
                "UpdateInstanceAccount",
                "UpdateInstanceAcl",
            )
        ),
        _DENIAL,
    ),
    # Instances here are billed by use, of no special edition, and those of the scenario have no group or no tags.
    "RocketMQ:GetInstance": {
        *_ENVELOPE,
        *(
            f"data.{name}"
            for name in (
                "expireTime",
                "extConfig",
                "networkInfo.endpoints[].endpointId",
                "networkInfo.endpoints[].ipWhitelist",
                "networkInfo.vpcInfo.securityGroupIds",
                "networkInfo.vpcInfo.vSwitches[].zoneId",
                "productInfo.capacityType",
                "productInfo.msgProcessSpec",
                "productInfo.provisionedCapacity",
                "productInfo.sendReceiveRatio",
                "productInfo.storageEncryption",
                "productInfo.storageSecretKey",
                "productInfo.supportAutoScaling",
                "releaseTime",
                "resourceGroupId",
            )
        ),
    },
    "RocketMQ:ListInstances": {
        *_ENVELOPE,
        *(
            f"data.list[].{name}"
            for name in ("expireTime", "productInfo.capacityType", "releaseTime", "resourceGroupId", "tags[]")
        ),
    },
    "RocketMQ:GetTopic": {*_ENVELOPE, "data.liteTopicExpiration"},
    "RocketMQ:ListTopics": {*_ENVELOPE, "data.list[].liteTopicExpiration"},
    "RocketMQ:GetConsumerGroup": {
        *_ENVELOPE,
        "data.consumeRetryPolicy.deadLetterTargetTopic",
        "data.consumeRetryPolicy.fixedIntervalRetryTime",
        "data.messageModel",
        "data.topicName",
    },
    "RocketMQ:ListConsumerGroups": {*_ENVELOPE, "data.list[].messageModel", "data.list[].topicName"},
    "RocketMQ:ListRegions": {
        *_ENVELOPE,
        "data[].createTime",
        "data[].tags",
        "data[].updateTime",
    },
}
"""Described fields that an answer of the local cloud leaves out, at least in the scenario, or in one of several."""


def reference(name: str) -> Path:
    """A folder of what the vendor has published; skips the test where it is not."""
    shared = os.environ.get("CROSSROLE_SHARED") or Path(__file__).parents[2].with_name("shared")
    found = Path(shared) / "reference" / name
    if not found.is_dir():
        pytest.skip(f"what the vendor has published ({name}) is not beside this checkout")
    return found


def folder() -> Path:
    """Where the descriptions are; skips the test where they are not."""
    return reference("api-contract")


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


def omissions(schema: Schema, value: object, path: str = "") -> Iterator[str]:
    """The described fields that `value` does not have; of a list, those that any of its items lacks.

    A list of objects without a single one shows none of their fields, so it is named as a whole.
    """
    known: Mapping[str, Schema] = schema.get("properties") or {}
    match schema.get("type"), value:
        case "object", dict():
            for name, inner in known.items():
                place = f"{path}.{name}" if path else name
                if name in value:
                    yield from omissions(inner, value[name], place)
                else:
                    yield place
        case "array", list():
            items: Schema = schema.get("items", {})
            if not value and items.get("type") == "object":
                yield f"{path}[]"
            for item in value:
                yield from omissions(items, item, f"{path}[]")
        case _:
            return
