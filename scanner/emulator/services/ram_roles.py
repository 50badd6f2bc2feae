"""RAM roles: create, read, list, update, delete, and the service-linked ones.

What a trust policy may say is decided in `documents`; who may call is decided by the core.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from scanner.emulator.service import Call
from scanner.emulator.services.documents import trust_document
from scanner.emulator.services.parameters import has_tags, invalid, ram_page, tags_of, truth, whole_number
from scanner.emulator.services.ram_entities import (
    ROLE_NAME,
    already_exists,
    delete_conflict,
    limit_exceeded,
    name_of,
    not_exist,
    prose_of,
    refuse_linked,
    role_arn,
    role_of,
    role_resource,
)
from scanner.emulator.services.ram_operation import reading, writing
from scanner.emulator.state import Account, AttachmentKey, RoleRecord

ROLES_MOST: Final = 1_000
SESSION_LEAST: Final = 3_600
SESSION_MOST: Final = 43_200

LINKED_ROLES: Final[Mapping[str, str]] = {
    "ons.aliyuncs.com": "AliyunServiceRoleForRMQ",
    "migration.rmq.aliyuncs.com": "AliyunServiceRoleForRMQMigration",
    "disaster-recovery.rmq.aliyuncs.com": "AliyunServiceRoleForRMQDisasterRecovery",
    "source-rocketmq.eventbridge.aliyuncs.com": "AliyunServiceRoleForEventBridgeSourceRocketMQ",
}
"""Service -> role. The names are documented; the last two service names are inferred."""


def create_role(call: Call) -> Mapping[str, Any]:
    """CreateRole."""
    name = name_of(call, "RoleName", ROLE_NAME)
    trust = trust_document(call, "AssumeRolePolicyDocument")
    description = prose_of(call, "Description")
    session = _session(call, "MaxSessionDuration", SESSION_LEAST)
    tags = tags_of(call)
    login = truth(call, "AllowConsoleLogin", default=True)
    if name in call.account.roles:
        raise already_exists("Role")
    if len(call.account.roles) >= ROLES_MOST:
        raise limit_exceeded("Role", ROLES_MOST)
    role = RoleRecord(
        name=name,
        role_id=call.world.next_id(),
        trust=trust,
        description=description,
        created=call.stamp,
        updated=call.stamp,
        max_session=session,
        tags=tags,
        allow_console_login=login,
    )
    call.account.roles[name] = role
    return {"Role": {**_summary(call.account, role, updated=False), "AssumeRolePolicyDocument": trust}}


def get_role(call: Call) -> Mapping[str, Any]:
    """GetRole."""
    role = role_of(call)
    return {
        "Role": {
            **_summary(call.account, role),
            "AssumeRolePolicyDocument": role.trust,
            "IsServiceLinkedRole": role.service_linked,
            "RolePrincipalName": f"{role.name}@role.{call.account.account_id}.onaliyunservice.com",
        }
    }


def list_roles(call: Call) -> Mapping[str, Any]:
    """ListRoles: everything about the roles but their trust policies."""
    wanted = tags_of(call)
    roles = (role for role in call.account.roles.values() if has_tags(role.tags, wanted))
    page, more = ram_page(call, roles, lambda role: role.name)
    return {"Roles": {"Role": [_listed(call.account, role) for role in page]}, **more}


def update_role(call: Call) -> Mapping[str, Any]:
    """UpdateRole: changes what it is given."""
    role = role_of(call)
    refuse_linked(role)
    given = call.params
    trust = role.trust
    if "NewAssumeRolePolicyDocument" in given:
        trust = trust_document(call, "NewAssumeRolePolicyDocument")
    description = prose_of(call, "NewDescription")
    session = _session(call, "NewMaxSessionDuration", role.max_session)
    login = truth(call, "NewAllowConsoleLogin", default=role.allow_console_login)
    role.trust = trust
    role.description = description if "NewDescription" in given else role.description
    role.max_session = session
    role.allow_console_login = login
    role.updated = call.stamp
    return {"Role": {**_summary(call.account, role), "AssumeRolePolicyDocument": role.trust}}


def delete_role(call: Call) -> Mapping[str, Any]:
    """DeleteRole: only of a role without policies. Its tokens die with it, because they carry its id."""
    role = role_of(call)
    refuse_linked(role)
    if _attached(call.account, role):
        raise delete_conflict("Role.Policy")
    del call.account.roles[role.name]
    return {}


def create_service_linked_role(call: Call) -> Mapping[str, Any]:
    """CreateServiceLinkedRole; it may go beyond the quota of roles."""
    service = call.params.get("ServiceName", "")
    name = LINKED_ROLES.get(service)
    if name is None:
        raise not_exist("Service")
    if call.params.get("CustomSuffix"):
        raise invalid("CustomSuffix", "NotAllowed", "The service allows one role only.")
    description = prose_of(call, "Description")
    if name in call.account.roles:
        raise already_exists("Role")
    role = RoleRecord(
        name=name,
        role_id=call.world.next_id(),
        trust=linked_trust(service),
        description=description,
        created=call.stamp,
        updated=call.stamp,
        service_linked=True,
    )
    call.account.roles[name] = role
    summary = _summary(call.account, role, updated=False)
    fields = ("Arn", "CreateDate", "Description", "RoleId", "RoleName")
    return {
        "Role": {field: summary[field] for field in fields}
        | {"AssumeRolePolicyDocument": role.trust, "IsServiceLinkedRole": True}
    }


def delete_service_linked_role(call: Call) -> Mapping[str, Any]:
    """DeleteServiceLinkedRole. The service takes its time over it; here it is done at once."""
    role = role_of(call)
    if not role.service_linked:
        raise not_exist("ServiceLinkedRole")
    del call.account.roles[role.name]
    for key in _attached(call.account, role):
        del call.account.attachments[key]
    return {"DeletionTaskId": f"task/{role.name}/{call.world.next_id()}"}


def linked_trust(service: str) -> str:
    """The trust policy of a service-linked role."""
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": [service]}}
    return json.dumps({"Statement": [statement], "Version": "1"})


def _session(call: Call, parameter: str, default: int) -> int:
    return whole_number(call, parameter, default=default, least=SESSION_LEAST, most=SESSION_MOST)


def _attached(account: Account, role: RoleRecord) -> list[AttachmentKey]:
    return [key for key in account.attachments if key.principal_kind == "role" and key.principal == role.name]


def _all_roles(call: Call) -> tuple[str, ...]:
    return (role_arn(call.account, "*"),)


def _summary(account: Account, role: RoleRecord, *, updated: bool = True) -> dict[str, Any]:
    return {
        "RoleName": role.name,
        "RoleId": role.role_id,
        "Arn": role_arn(account, role.name),
        "Description": role.description,
        "MaxSessionDuration": role.max_session,
        "AllowConsoleLogin": role.allow_console_login,
        "CreateDate": role.created,
        **({"UpdateDate": role.updated} if updated else {}),
    }


def _listed(account: Account, role: RoleRecord) -> dict[str, Any]:
    tags = [{"TagKey": key, "TagValue": value} for key, value in sorted(role.tags.items())]
    return {**_summary(account, role), **({"Tags": {"Tag": tags}} if tags else {})}


OPERATIONS: Final = (
    writing("CreateRole", create_role, role_resource),
    reading("GetRole", get_role, role_resource),
    reading("ListRoles", list_roles, _all_roles),
    writing("UpdateRole", update_role, role_resource),
    writing("DeleteRole", delete_role, role_resource),
    writing("CreateServiceLinkedRole", create_service_linked_role, _all_roles),
    writing("DeleteServiceLinkedRole", delete_service_linked_role, role_resource),
)
