"""Tags on RAM roles and custom policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scanner.emulator.service import Call, Refusal
from scanner.emulator.services.parameters import (
    TAGS_MOST,
    has_tags,
    invalid,
    mark,
    tags_of,
    texts_of,
    truth,
    unmark,
    whole_number,
)
from scanner.emulator.services.ram_entities import CUSTOM, not_exist, policy_arn, role_arn
from scanner.emulator.services.ram_operation import attaching, reading, writing

PAGE_MOST: Final = 100


def tag_resources(call: Call) -> Mapping[str, Any]:
    """TagResources: sets tags on each named role or policy."""
    tags = tags_of(call)
    carried = _required(call)
    if any(len({**held, **tags}) > TAGS_MOST for _, held in carried):
        raise invalid("Tag", "", f"At most {TAGS_MOST} tags are allowed.")
    for _, held in carried:
        held.update(tags)
    return {}


def untag_resources(call: Call) -> Mapping[str, Any]:
    """UntagResources: removes the named tags, or all of them."""
    everything = truth(call, "All")
    keys = texts_of(call, "TagKeys")
    for _, held in _required(call):
        for key in list(held) if everything else keys:
            held.pop(key, None)
    return {}


def list_tag_resources(call: Call) -> Mapping[str, Any]:
    """ListTagResources: one entry for each tag of each resource, a page at a time."""
    wanted = tags_of(call)
    size = whole_number(call, "PageSize", default=PAGE_MOST, least=1, most=PAGE_MOST)
    after = unmark(call, "NextToken")
    entries = sorted(
        (f"{name}\n{key}", name, key, value)
        for name, held in _named(call)
        if has_tags(held, wanted)
        for key, value in held.items()
    )
    rest = [entry for entry in entries if entry[0] > after]
    listed = [
        {
            "ResourceName": name,
            "ResourceType": call.params["ResourceType"],
            "TagKey": key,
            "TagValue": value,
        }
        for _, name, key, value in rest[:size]
    ]
    more = {"NextToken": mark(rest[size - 1][0])} if len(rest) > size else {}
    return {"TagResources": listed, **more}


def _required(call: Call) -> list[tuple[str, dict[str, str]]]:
    if not texts_of(call, "ResourceNames"):
        raise Refusal(400, "MissingParameter", "The parameter ResourceNames is mandatory for this action.")
    return _named(call)


def _named(call: Call) -> list[tuple[str, dict[str, str]]]:
    """Each resource of the call with its own tags; all of the type when none is named."""
    shelf = _shelf(call)
    names = texts_of(call, "ResourceNames")
    for name in names:
        if name not in shelf:
            raise not_exist("Role" if call.params["ResourceType"] == "role" else "Policy")
    return [(name, shelf[name]) for name in names or shelf]


def _shelf(call: Call) -> dict[str, dict[str, str]]:
    match call.params.get("ResourceType"):
        case "role":
            return {name: role.tags for name, role in call.account.roles.items()}
        case "policy":
            return {name: policy.tags for name, policy in call.account.policies.items()}
        case _:
            raise invalid("ResourceType", "", 'The parameter - "ResourceType" is incorrect.')


def _resources(call: Call) -> tuple[str, ...]:
    of_policies = call.params.get("ResourceType") == "policy"
    return tuple(
        policy_arn(call.account, CUSTOM, name) if of_policies else role_arn(call.account, name)
        for name in texts_of(call, "ResourceNames") or ["*"]
    )


OPERATIONS: Final = (
    writing("TagResources", tag_resources, _resources),
    attaching("UntagResources", untag_resources, _resources),
    reading("ListTagResources", list_tag_resources, _resources),
)
