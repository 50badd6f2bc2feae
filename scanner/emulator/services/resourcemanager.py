"""ResourceManager's view of attachments, the only one that also shows resource-group scope."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Final

from scanner.emulator.service import Call, Operation, Refusal
from scanner.emulator.services.parameters import invalid, numbered_page
from scanner.emulator.services.ram_attachments import attach, detach, resource_group_of
from scanner.emulator.services.ram_entities import (
    find_policy,
    group_arn,
    not_exist,
    policy_kind_of,
    policy_resource,
    refuse_linked,
    role_arn,
    user_arn,
)
from scanner.emulator.state import AttachmentKey

SERVICE: Final = "ResourceManager"
VERSION: Final = "2020-03-31"

READS_A_SECOND: Final = 100.0
WRITES_A_SECOND: Final = 10.0
"""As RAM has them; ResourceManager's own numbers were not found, so these are inferred."""

PAGE_DEFAULT: Final = 10
PAGE_MOST: Final = 100

PRINCIPAL_TYPES: Final[Mapping[str, str]] = {"user": "IMSUser", "group": "IMSGroup", "role": "ServiceRole"}
_KINDS: Final = {word: kind for kind, word in PRINCIPAL_TYPES.items()}


def list_policy_attachments(call: Call) -> Mapping[str, Any]:
    """ListPolicyAttachments: every attachment of the account, or those that the call asks for."""
    _check_filters(call)
    wanted = [item for item in call.account.attachments.items() if _is_asked_for(call, item[0])]
    page, number, size = numbered_page(
        sorted(wanted, key=lambda item: _order(item[0])),
        number=call.params.get("PageNumber", ""),
        size=call.params.get("PageSize", ""),
        least=1,
        most=PAGE_MOST,
        default=PAGE_DEFAULT,
    )
    return {
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(wanted),
        "PolicyAttachments": {"PolicyAttachment": [_attachment(call, key, date) for key, date in page]},
    }


def attach_policy(call: Call) -> Mapping[str, Any]:
    """AttachPolicy: in one resource group, or with the account's id for the whole account."""
    return attach(call, *_principal(call))


def detach_policy(call: Call) -> Mapping[str, Any]:
    """DetachPolicy."""
    return detach(call, *_principal(call))


def principal_name(account_id: str, kind: str, name: str) -> str:
    """A user, group or role as this service prints it."""
    match kind:
        case "user":
            return f"{name}@{account_id}.onaliyun.com"
        case "group":
            return f"{name}@group.{account_id}.onaliyun.com"
        case _:
            return f"{name}@role.{account_id}.onaliyunservice.com"


def _principal(call: Call) -> tuple[str, str]:
    kind = _KINDS.get(call.params.get("PrincipalType", ""))
    if kind is None:
        raise invalid("PrincipalType", "", 'The parameter - "PrincipalType" is incorrect.')
    if not call.params.get("ResourceGroupId"):
        raise Refusal(400, "MissingParameter", "The parameter ResourceGroupId is mandatory for this action.")
    name = call.params.get("PrincipalName", "").partition("@")[0]
    account = call.account
    shelves: dict[str, Container[str]] = {
        "user": account.users,
        "group": account.groups,
        "role": account.roles,
    }
    if name not in shelves[kind]:
        raise not_exist(kind.capitalize())
    if kind == "role":
        refuse_linked(account.roles[name])
    return kind, name


def _check_filters(call: Call) -> None:
    resource_group_of(call)
    if not call.params.get("PolicyType"):
        return
    kind = policy_kind_of(call)
    name = call.params.get("PolicyName", "")
    if name and find_policy(call.world, call.account, kind, name) is None:
        raise not_exist("Policy")


def _is_asked_for(call: Call, key: AttachmentKey) -> bool:
    asked = call.params
    group = asked.get("ResourceGroupId", "")
    scope = key.resource_group or call.account.account_id
    return (
        (not group or group == scope)
        and asked.get("PolicyType", "") in {"", key.policy_kind}
        and asked.get("PolicyName", "") in {"", key.policy_name}
        and asked.get("PrincipalType", "") in {"", PRINCIPAL_TYPES[key.principal_kind]}
        and asked.get("PrincipalName", "").partition("@")[0] in {"", key.principal}
    )


def _order(key: AttachmentKey) -> tuple[str, ...]:
    return (key.principal_kind, key.principal, key.policy_kind, key.policy_name, key.resource_group)


def _attachment(call: Call, key: AttachmentKey, date: str) -> dict[str, Any]:
    policy = find_policy(call.world, call.account, key.policy_kind, key.policy_name)
    account_id = call.account.account_id
    return {
        "PolicyName": key.policy_name,
        "PolicyType": key.policy_kind,
        "Description": policy.description if policy else "",
        "PrincipalName": principal_name(account_id, key.principal_kind, key.principal),
        "PrincipalType": PRINCIPAL_TYPES[key.principal_kind],
        "ResourceGroupId": key.resource_group or account_id,
        "AttachDate": date,
    }


def _everything(_: Call) -> tuple[str, ...]:
    return ("*",)


def _both(call: Call) -> tuple[str, ...]:
    """The principal and the policy: permission is needed on both."""
    kind = _KINDS.get(call.params.get("PrincipalType", ""), "role")
    name = call.params.get("PrincipalName", "").partition("@")[0]
    arn = {"user": user_arn, "group": group_arn, "role": role_arn}[kind](call.account, name)
    return (arn, *policy_resource(call))


OPERATIONS: Final = (
    Operation(
        service=SERVICE,
        version=VERSION,
        name="ListPolicyAttachments",
        action="ram:ListPolicyAttachments",
        handler=list_policy_attachments,
        resources=_everything,
        quota=READS_A_SECOND,
    ),
    *(
        Operation(
            service=SERVICE,
            version=VERSION,
            name=name,
            action=f"ram:{name}",
            handler=handler,
            resources=_both,
            write=True,
            quota=WRITES_A_SECOND,
        )
        for name, handler in (("AttachPolicy", attach_policy), ("DetachPolicy", detach_policy))
    ),
)
