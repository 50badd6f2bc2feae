"""Policies attached to RAM users, groups and roles, for the whole account or for one resource group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.emulator.service import Call, Refusal
from scanner.emulator.services.ram_entities import (
    SYSTEM,
    already_exists,
    find_policy,
    group_of,
    group_resource,
    limit_exceeded,
    not_exist,
    policy_of,
    policy_resource,
    refuse_linked,
    role_arn,
    role_of,
    role_resource,
    user_of,
    user_resource,
)
from scanner.emulator.services.ram_operation import Handler, Resources, attaching, reading
from scanner.emulator.state import Account, AttachmentKey, PolicyRecord

SYSTEM_MOST: Final = 20
CUSTOM_MOST: Final = 10
"""Policies of each kind that one user, group or role may carry in one scope."""

Naming = Callable[[Call], str]


def attach(call: Call, principal_kind: str, principal: str) -> Mapping[str, Any]:
    """Attach the policy of the call to that user, group or role."""
    policy = policy_of(call)
    key = _key(policy, principal_kind, principal, resource_group_of(call))
    if key in call.account.attachments:
        raise already_exists(f"{principal_kind.capitalize()}.Policy")
    most = SYSTEM_MOST if policy.kind == SYSTEM else CUSTOM_MOST
    if sum(_same_quota(held, key) for held in call.account.attachments) >= most:
        raise limit_exceeded(f"{principal_kind.capitalize()}.Policy", most)
    call.account.attachments[key] = call.stamp
    return {}


def detach(call: Call, principal_kind: str, principal: str) -> Mapping[str, Any]:
    """Detach the policy of the call from that user, group or role."""
    policy = policy_of(call)
    key = _key(policy, principal_kind, principal, resource_group_of(call))
    if key not in call.account.attachments:
        raise not_exist(f"{principal_kind.capitalize()}.Policy")
    del call.account.attachments[key]
    return {}


def resource_group_of(call: Call) -> str:
    """The resource group of the call; empty for the whole account, which is also named by its own id."""
    group = call.params.get("ResourceGroupId", "")
    if group in {"", call.account.account_id}:
        return ""
    if group not in call.account.resource_groups:
        raise Refusal(404, "EntityNotExists.ResourceGroup", "The resource group does not exist.")
    return group


def list_entities_for_policy(call: Call) -> Mapping[str, Any]:
    """ListEntitiesForPolicy: who carries a policy for the whole account.

    That it leaves out resource groups, as ListPoliciesForUser does, is inferred.
    """
    policy = policy_of(call)
    account = call.account
    carriers = [
        (key.principal_kind, key.principal, date)
        for key, date in account.attachments.items()
        if key == _key(policy, key.principal_kind, key.principal, "")
    ]
    return {
        "Users": {"User": [_user(account, name, date) for kind, name, date in carriers if kind == "user"]},
        "Groups": {
            "Group": [_group(account, name, date) for kind, name, date in carriers if kind == "group"]
        },
        "Roles": {"Role": [_role(account, name, date) for kind, name, date in carriers if kind == "role"]},
    }


def _listing(principal_kind: str, naming: Naming) -> Handler:
    def list_policies_for(call: Call) -> Mapping[str, Any]:
        """ListPoliciesForUser, -Group and -Role: what is attached for the whole account.

        The vendor says of the first alone that it leaves out resource groups; of the others it is inferred.
        """
        name = naming(call)
        held = [
            (find_policy(call.world, call.account, key.policy_kind, key.policy_name), date)
            for key, date in call.account.attachments.items()
            if key.principal == name and key.principal_kind == principal_kind and not key.resource_group
        ]
        return {"Policies": {"Policy": [_attached(policy, date) for policy, date in held if policy]}}

    return list_policies_for


def _changing(change: Callable[[Call, str, str], Mapping[str, Any]], kind: str, naming: Naming) -> Handler:
    return lambda call: change(call, kind, naming(call))


def _with_policy(principal: Resources) -> Resources:
    """Attaching needs the permission on both: who gets the policy, and the policy."""
    return lambda call: (*principal(call), *policy_resource(call))


def _key(policy: PolicyRecord, principal_kind: str, principal: str, resource_group: str) -> AttachmentKey:
    return AttachmentKey(policy.kind, policy.name, principal_kind, principal, resource_group)


def _same_quota(held: AttachmentKey, wanted: AttachmentKey) -> bool:
    """Quotas are counted per kind of policy and scope; that each resource group counts apart is inferred."""
    return (
        held.principal == wanted.principal
        and held.principal_kind == wanted.principal_kind
        and held.policy_kind == wanted.policy_kind
        and held.resource_group == wanted.resource_group
    )


def _attached(policy: PolicyRecord, date: str) -> dict[str, Any]:
    return {
        "PolicyName": policy.name,
        "PolicyType": policy.kind,
        "Description": policy.description,
        "DefaultVersion": policy.default_version,
        "AttachDate": date,
    }


def _user(account: Account, name: str, date: str) -> dict[str, Any]:
    user = account.users[name]
    return {
        "UserName": user.name,
        "UserId": user.user_id,
        "DisplayName": user.display_name,
        "AttachDate": date,
    }


def _group(account: Account, name: str, date: str) -> dict[str, Any]:
    return {"GroupName": name, "Comments": account.groups[name].comments, "AttachDate": date}


def _role(account: Account, name: str, date: str) -> dict[str, Any]:
    role = account.roles[name]
    return {
        "RoleName": role.name,
        "RoleId": role.role_id,
        "Arn": role_arn(account, role.name),
        "Description": role.description,
        "AttachDate": date,
    }


def _user_name(call: Call) -> str:
    return user_of(call).name


def _group_name(call: Call) -> str:
    return group_of(call).name


def _role_name(call: Call) -> str:
    return role_of(call).name


def _own_role_name(call: Call) -> str:
    role = role_of(call)
    refuse_linked(role)
    return role.name


OPERATIONS: Final = (
    attaching("AttachPolicyToUser", _changing(attach, "user", _user_name), _with_policy(user_resource)),
    attaching("DetachPolicyFromUser", _changing(detach, "user", _user_name), _with_policy(user_resource)),
    attaching("AttachPolicyToGroup", _changing(attach, "group", _group_name), _with_policy(group_resource)),
    attaching("DetachPolicyFromGroup", _changing(detach, "group", _group_name), _with_policy(group_resource)),
    attaching("AttachPolicyToRole", _changing(attach, "role", _own_role_name), _with_policy(role_resource)),
    attaching("DetachPolicyFromRole", _changing(detach, "role", _own_role_name), _with_policy(role_resource)),
    reading("ListPoliciesForUser", _listing("user", _user_name), user_resource),
    reading("ListPoliciesForGroup", _listing("group", _group_name), group_resource),
    reading("ListPoliciesForRole", _listing("role", _role_name), role_resource),
    reading("ListEntitiesForPolicy", list_entities_for_policy, policy_resource),
)
