"""The vendor's request quotas and the permission each API needs, as tables.

Quotas are calls per second for one account and one API. Rows the vendor's quota pages show are
documented; `ram:GetPolicy`, `ram:ListRoles` and `ram:ListPolicyVersions` are inferred from their
neighbours, and the ResourceManager row is a guess on the careful side.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DOCUMENTED: Final[Mapping[str, float]] = MappingProxyType(
    {
        "sts:GetCallerIdentity": 100.0,
        "sts:AssumeRole": 100.0,
        "ram:ListRoles": 100.0,
        "ram:GetRole": 100.0,
        "ram:ListPolicies": 100.0,
        "ram:GetPolicy": 100.0,
        "ram:GetPolicyVersion": 100.0,
        "ram:ListPolicyVersions": 100.0,
        "ram:ListPoliciesForRole": 100.0,
        "ram:ListPoliciesForUser": 100.0,
        "ram:ListPoliciesForGroup": 100.0,
        "ram:ListUsers": 100.0,
        "ram:ListGroups": 100.0,
        "ram:ListUsersForGroup": 100.0,
        "resourcemanager:ListPolicyAttachments": 100.0,
        "rocketmq:ListRegions": 150.0,
        "rocketmq:ListInstances": 150.0,
        "rocketmq:GetInstance": 150.0,
        "rocketmq:ListTopics": 150.0,
        "rocketmq:ListConsumerGroups": 150.0,
        "rocketmq:ListInstanceAccount": 150.0,
        "rocketmq:ListInstanceAcl": 150.0,
        "rocketmq:ListInstanceIpWhitelist": 150.0,
        "ons:OnsInstanceInServiceList": 50.0,
        "ons:OnsInstanceBaseInfo": 50.0,
        "ons:OnsTopicList": 10.0,
        "ons:OnsGroupList": 10.0,
        "actiontrail:DescribeTrails": 100.0,
        "actiontrail:GetTrailStatus": 100.0,
        "actiontrail:LookupEvents": 2.0,
    }
)
"""Calls per second by API, for what is read."""

_RAM_WRITES: Final = (
    "CreateRole",
    "UpdateRole",
    "DeleteRole",
    "CreatePolicy",
    "DeletePolicy",
    "CreatePolicyVersion",
    "SetDefaultPolicyVersion",
    "DeletePolicyVersion",
    "CreateUser",
    "UpdateUser",
    "DeleteUser",
    "CreateGroup",
    "DeleteGroup",
)
_RAM_ATTACHING: Final = (
    "AttachPolicyToRole",
    "DetachPolicyFromRole",
    "AttachPolicyToUser",
    "DetachPolicyFromUser",
    "AttachPolicyToGroup",
    "DetachPolicyFromGroup",
    "AddUserToGroup",
)

WRITES: Final[Mapping[str, float]] = MappingProxyType(
    {
        **{f"ram:{operation}": 20.0 for operation in _RAM_WRITES},
        **{f"ram:{operation}": 10.0 for operation in _RAM_ATTACHING},
    }
)
"""Calls per second by API, for what is changed."""

QUOTAS: Final[Mapping[str, float]] = MappingProxyType({**DOCUMENTED, **WRITES})
"""Every quota that the pacer keeps unless the settings say otherwise."""

_RENAMED: Final = {
    "resourcemanager:ListPolicyAttachments": "ram:ListPolicyAttachments",  # inferred
    "ons:OnsInstanceInServiceList": "mq:QueryInstanceBaseInfo",
    "ons:OnsInstanceBaseInfo": "mq:QueryInstanceBaseInfo",
    "ons:OnsTopicList": "mq:ListTopic",
    "ons:OnsGroupList": "mq:ListGroup",
}


def permission_of(api: str) -> str:
    """The RAM action that a caller of `api` needs."""
    return _RENAMED.get(api, api)
