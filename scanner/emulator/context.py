"""The condition keys that a request has, and their values.

Which conditions they meet is decided in `reading`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from scanner.emulator.service import ISO, Call, Caller
from scanner.emulator.state import Account

RESOURCE_TAG: Final = "acs:resourcetag/"
REQUEST_TAG: Final = "acs:requesttag/"


def context_of(call: Call, caller: Caller) -> dict[str, str]:
    """The condition keys that a request has, in lower case.

    Calls with an AccessKey have no `acs:MFAPresent`, and the local cloud speaks plain HTTP.
    """
    context = {
        "acs:sourceip": call.source_ip,
        "acs:currenttime": call.now.strftime(ISO),
        "acs:securetransport": "false",
        "acs:principalarn": principal_arn(caller),
    }
    for key, name in (
        ("sts:externalid", "ExternalId"),
        ("sts:sourceidentity", "SourceIdentity"),
        ("ram:servicename", "ServiceName"),
    ):
        if call.params.get(name):
            context[key] = call.params[name]
    return context | {f"{REQUEST_TAG}{key}".lower(): value for key, value in _sent_tags(call)}


def principal_arn(caller: Caller) -> str:
    """The resource name of the user or role behind `caller`, as conditions see it."""
    account = caller.account.account_id
    # Vendor samples of this key have `*` in the region's place of the pattern, which the empty region fits.
    return (
        f"acs:ram::{account}:root"
        if caller.kind == "root"
        else f"acs:ram::{account}:{caller.kind}/{caller.name}"
    )


def resource_tags(account: Account, resource: str) -> dict[str, str]:
    """The keys `acs:ResourceTag/...` of a role, a custom policy or an instance in `account`.

    Inferred: that an instance's tags do not speak for its topics and groups, that a role of another
    account shows its tags to no caller, and that tags which differ in case alone are one key.
    """
    tags = _tags_on(account, resource)
    return {f"{RESOURCE_TAG}{key}".lower(): value for key, value in tags.items()}


def _tags_on(account: Account, resource: str) -> dict[str, str]:
    service, _, owner, path = (*resource.split(":", 4), "", "", "", "")[1:5]
    if owner != account.account_id:
        return {}
    kind, _, name = path.partition("/")
    match service, kind:
        case "ram", "role":
            return account.roles[name].tags if name in account.roles else {}
        case "ram", "policy":
            return account.policies[name].tags if name in account.policies else {}
        case "rocketmq", "instance":
            return account.instances5[name].tags if name in account.instances5 else {}
        case "mq", instance:
            # An instance of 4.x has no kind in front of its id.
            return account.instances4[instance].tags if path in account.instances4 else {}
        case _:
            return {}


def _sent_tags(call: Call) -> Iterator[tuple[str, str]]:
    """Keys and values of the tags that a request sets. What is wrongly formed is for the handler to refuse."""
    sent = call.body.get("tags")
    if sent is None:
        try:
            sent = json.loads(call.params.get("Tag", "[]"))
        except (ValueError, RecursionError):
            return
    for tag in sent if isinstance(sent, list) else ():
        if isinstance(tag, dict):
            lower = {name.lower(): value for name, value in tag.items()}
            if isinstance(lower.get("key"), str):
                yield lower["key"], str(lower.get("value", ""))
