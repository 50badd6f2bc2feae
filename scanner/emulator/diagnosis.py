"""What the local cloud tells about a refused permission, and the encoded message that it hands out.

The service's encoding is secret; here it is plain JSON in base64. DecodeDiagnosticMessage is not served.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from scanner.emulator.authorize import Denial
from scanner.emulator.service import Caller


def denied_detail(denial: Denial, caller: Caller) -> dict[str, str]:
    """The `AccessDeniedDetail` of an error answer, in the fields that the service has there."""
    kind = {"user": "SubUser", "role": "AssumedRoleUser"}.get(caller.kind, "RootUser")
    detail = {
        "AuthAction": denial.action,
        "AuthPrincipalDisplayName": _display_name(caller),
        "AuthPrincipalOwnerId": caller.account.account_id,
        "AuthPrincipalType": kind,
        "NoPermissionType": denial.kind,
        "PolicyType": denial.stage.value,
    }
    return {**detail, "EncodedDiagnosticMessage": _encoded({**detail, "AuthResource": denial.resource})}


def _display_name(caller: Caller) -> str:
    if caller.kind == "user":
        user = caller.account.users.get(caller.name)
        return user.user_id if user else caller.name
    if caller.session is not None:
        return f"{caller.name}:{caller.session.session_name}"
    return caller.account.account_id


def _encoded(detail: Mapping[str, str]) -> str:
    return base64.b64encode(json.dumps(detail, sort_keys=True).encode()).decode()
