"""What the local cloud tells about a refused permission, and the encoded message that it hands out.

The service's encoding is secret; here it is plain JSON in base64. An external id that was sent is left
out, because such a message is made to be passed on.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scanner.emulator.authorize import Denial
from scanner.emulator.reading import Context
from scanner.emulator.service import Caller
from scanner.emulator.state import Account, AttachmentKey

SPELLINGS: Final[Mapping[str, str]] = {
    key.lower(): key
    for key in (
        "acs:CurrentTime",
        "acs:PrincipalARN",
        "acs:SecureTransport",
        "acs:SourceIp",
        "ram:ServiceName",
        "sts:SourceIdentity",
    )
}
SECRET_KEYS: Final = frozenset({"sts:externalid"})
_TIME: Final = "acs:currenttime"
_ENTITIES: Final = {"user": "RamUser", "group": "RamGroup", "role": "RamRole"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an encoded message says."""

    issued: str
    """When the request was refused, as `service.ISO` prints it."""
    account: str
    """Of the caller that was refused."""
    content: Mapping[str, Any]
    """As DecodeDiagnosticMessage answers it."""


def denied_detail(denial: Denial, caller: Caller, *, context: Context) -> dict[str, str]:
    """The `AccessDeniedDetail` of an error answer, in the fields that the service has there."""
    kind = {"user": "SubUser", "role": "AssumedRoleUser"}.get(caller.kind, "RootUser")
    who = {
        "AuthPrincipalDisplayName": _display_name(caller),
        "AuthPrincipalOwnerId": caller.account.account_id,
        "AuthPrincipalType": kind,
    }
    content = {
        "AuthAction": denial.action,
        "AuthConditions": _conditions(context),
        "AuthPrincipal": who,
        "AuthResource": denial.resource,
        "ExplicitDeny": denial.explicit,
        "MatchedPolicies": [_policy(caller.account, key) for key in denial.by],
        "NoPermissionPolicyType": denial.stage.value,
    }
    message = Message(issued=context.get(_TIME, ""), account=caller.account.account_id, content=content)
    return {
        "AuthAction": denial.action,
        **who,
        "NoPermissionType": denial.kind,
        "PolicyType": denial.stage.value,
        "EncodedDiagnosticMessage": encoded(message),
    }


def encoded(message: Message) -> str:
    """The text that stands for `message` in an error answer."""
    whole = {"Issued": message.issued, "Account": message.account, "Content": message.content}
    return base64.b64encode(json.dumps(whole, sort_keys=True).encode()).decode()


def decoded(text: str) -> Message | None:
    """The message that `text` stands for; None when it was not made here."""
    try:
        whole = json.loads(base64.b64decode(text, validate=True))
        return Message(
            issued=str(whole["Issued"]), account=str(whole["Account"]), content=dict(whole["Content"])
        )
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        return None


def _conditions(context: Context) -> list[dict[str, Any]]:
    return [
        {"ConditionKey": SPELLINGS.get(key, key), "ConditionValues": [value]}
        for key, value in sorted(context.items())
        if key not in SECRET_KEYS
    ]


def _policy(account: Account, key: AttachmentKey) -> dict[str, str]:
    custom = account.policies.get(key.policy_name) if key.policy_kind == "Custom" else None
    return {
        "AttachedEntityType": _ENTITIES[key.principal_kind],
        "AttachedScope": "ResourceGroup" if key.resource_group else "Account",
        "Effect": "Deny",
        "PolicyIdentifier": key.policy_name,
        "PolicyType": key.policy_kind,
        # Of system policies the service shows no version.
        **({"PolicyVersion": custom.default_version} if custom is not None else {}),
    }


def _display_name(caller: Caller) -> str:
    if caller.kind == "user":
        user = caller.account.users.get(caller.name)
        return user.user_id if user else caller.name
    if caller.session is not None:
        return f"{caller.name}:{caller.session.session_name}"
    return caller.account.account_id
