"""Write down each call as ActionTrail does, in the loose shapes that its events have.

Shapes differ on purpose where the vendor's own samples differ: the case of the keys in
`responseElements`, numbers where a text is due, `eventVersion` as a number or a text, empty or
absent error fields. The copy of a cross-account AssumeRole in the role owner's account, and many
of the referenced resources, are inferred: no document shows them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from scanner.emulator.service import Call, Caller, Operation, Refusal

MASK: Final = "********"
REGIONAL: Final = frozenset({"Actiontrail", "RocketMQ", "Ons"})
_SHORT_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_TEXT_VERSION: Final = frozenset({"RocketMQ", "Ons"})
"""Services whose events carry `eventVersion` as a text here."""
_SECRET_WORDS: Final = ("secret", "password", "token", "assertion", "seed", "qrcode", "authenticationcode")
_NO_SECRETS: Final = frozenset(
    {
        "nexttoken",
        "clienttoken",
        "allowusertochangepassword",
        "maxpasswordage",
        "minimumpasswordlength",
        "passwordpolicy",
        "passwordresetrequired",
        "passwordreuseprevention",
    }
)
"""Names with such a word in them that stand for no secret."""
_RESOURCES: Final[Mapping[str, str]] = {
    "RoleName": "ACS::RAM::Role",
    "PolicyName": "ACS::RAM::Policy",
    "UserName": "ACS::RAM::User",
    "GroupName": "ACS::RAM::Group",
    "instanceId": "ACS::RocketMQ::Instance",
    "topicName": "ACS::RocketMQ::Topic",
    "consumerGroupId": "ACS::RocketMQ::ConsumerGroup",
    "InstanceId": "ACS::MQ::Instance",
    "Topic": "ACS::MQ::Topic",
    "GroupId": "ACS::MQ::Group",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One call, and what came of it."""

    operation: Operation
    call: Call
    user_agent: str
    host: str
    content: Mapping[str, Any] | None
    """The answer; None when it was refused."""
    refusal: Refusal | None = None


def record(happened: Happened) -> None:
    """Write the event into the account of the caller, and its copy where there is one."""
    caller = happened.call.caller
    if caller is None:
        return
    event = event_of(happened, caller)
    caller.account.events.append(event)
    owner = _foreign_owner(happened, caller)
    account = happened.call.world.accounts.get(owner)
    if account is not None:
        account.events.append(_owner_copy(event, caller, owner))


def _foreign_owner(happened: Happened, caller: Caller) -> str:
    """The account that owns the role, when somebody of another one assumed it."""
    if happened.operation.name != "AssumeRole" or happened.refusal is not None:
        return ""
    owner = happened.call.params.get("RoleArn", "").split(":", 4)[3]
    return "" if owner == caller.account.account_id else owner


def _owner_copy(event: Mapping[str, Any], caller: Caller, owner: str) -> dict[str, Any]:
    account = caller.account.account_id
    who = {"type": "alibaba-cloud-account", "accountId": account, "principalId": account}
    return {**event, "recipientAccountId": owner, "userIdentity": who}


def event_of(happened: Happened, caller: Caller) -> dict[str, Any]:
    """The event as the caller's account gets it."""
    call, operation = happened.call, happened.operation
    parameters = _parameters(happened, caller)
    event: dict[str, Any] = {
        "eventId": call.request_id,
        "eventVersion": "1" if operation.service in _TEXT_VERSION else 1,
        "eventCategory": "Management",
        "eventType": "ApiCall",
        "eventRW": "Write" if operation.write else "Read",
        "isGlobal": False,
        "acsRegion": call.region,
        "eventTime": call.stamp,
        "requestId": call.request_id,
        "sourceIpAddress": call.source_ip,
        "userAgent": happened.user_agent,
        "additionalEventData": {"Scheme": "http"},
        "recipientAccountId": caller.account.account_id,
        "eventName": operation.name,
        "eventSource": _source(operation, call.region),
        "serviceName": operation.service,
        "apiVersion": operation.version,
        "requestParameters": parameters,
        "requestParameterJson": json.dumps(parameters, ensure_ascii=False),
        "userIdentity": _identity(call, caller),
    }
    event.update(_error(happened))
    if operation.write and happened.content is not None:
        event["responseElements"] = _response(happened, caller)
    event.update(_referenced(happened))
    return event


def _source(operation: Operation, region: str) -> str:
    service = operation.service.lower()
    return f"{service}.{region}.aliyuncs.com" if operation.service in REGIONAL else f"{service}.aliyuncs.com"


def _error(happened: Happened) -> dict[str, str]:
    if happened.refusal is not None:
        return {"errorCode": happened.refusal.code, "errorMessage": happened.refusal.message}
    # Samples of newer services have no error fields on success, older ones have empty ones.
    return {} if happened.operation.service in _TEXT_VERSION else {"errorCode": "", "errorMessage": ""}


def _is_secret(name: str) -> bool:
    lower = name.lower()
    return any(word in lower for word in _SECRET_WORDS) and lower not in _NO_SECRETS


def _masked(value: object) -> object:
    match value:
        case dict():
            return {name: MASK if _is_secret(name) else _masked(inner) for name, inner in value.items()}
        case list():
            return [_masked(inner) for inner in value]
        case _:
            return value


def _parameters(happened: Happened, caller: Caller) -> dict[str, Any]:
    call, operation = happened.call, happened.operation
    found: dict[str, Any] = {"AcsProduct": operation.service}
    if operation.service == "Sts":
        found |= {"AcsHost": happened.host, "HostId": happened.host, "RequestId": call.request_id}
    if caller.session is not None:
        player = caller.session.player_account
        # Samples show the uid as a number and as a text, and the name with either separator.
        number = operation.service == "Actiontrail"
        separator = "/" if number else ":"
        found["stsTokenPlayerUid"] = int(player) if number and player.isdecimal() else player
        found["stsTokenPrincipalName"] = f"{caller.name}{separator}{caller.session.session_name}"
    for name, value in (*call.params.items(), *call.body.items()):
        if name not in _SIGNING:
            shown = MASK if _is_secret(name) else _loose(name, _masked(value))
            found.update(_flat(name, shown))
    return found


def _flat(name: str, value: object) -> Iterator[tuple[str, object]]:
    """What is inside a parameter, under names joined with dots; items of lists are counted from one."""
    match value:
        case dict():
            inside = value.items()
        case list():
            inside = dict(enumerate(value, 1)).items()
        case _:
            yield name, value
            return
    for key, inner in inside:
        yield from _flat(f"{name}.{key}", inner)


_SIGNING: Final = frozenset(
    {
        "AccessKeyId",
        "Action",
        "Format",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)
"""Parameters of the older signature, which are not the operation's own."""


def _loose(name: str, value: object) -> object:
    """Numbers and truths that came as text are such in the samples, even a session name made of digits."""
    if name == "SetAsDefault" and value in {"true", "false"}:
        return value == "true"
    if name in {"RoleSessionName", "DurationSeconds", "MaxSessionDuration"} and isinstance(value, str):
        return int(value) if _SHORT_NUMBER.fullmatch(value) else value
    return value


def _identity(call: Call, caller: Caller) -> dict[str, Any]:
    account = caller.account
    who: dict[str, Any] = {"accountId": account.account_id, "accessKeyId": caller.key_id}
    match caller.kind:
        case "root":
            who |= {"type": "root-account", "principalId": account.account_id, "userName": "root"}
        case "user":
            user = account.users.get(caller.name)
            who |= {"type": "ram-user", "principalId": user.user_id if user else "", "userName": caller.name}
        case _:
            session = caller.session
            assert session is not None, "a role acts through a session"
            who |= {
                "type": "assumed-role",
                "principalId": f"{session.role_id}:{session.session_name}",
                "userName": f"{caller.name}:{session.session_name}",
            }
    who["sessionContext"] = {"attributes": {"mfaAuthenticated": "false", "creationDate": call.stamp}}
    return who


def _response(happened: Happened, caller: Caller) -> object:
    content = {"RequestId": happened.call.request_id, **(happened.content or {})}
    masked = _masked({name: _without_token(value) for name, value in content.items()})
    # One sample has camel case, others have Pascal case; the first is of a role in the caller's account.
    home = f":{caller.account.account_id}:"
    if happened.operation.service == "Sts" and home in happened.call.params.get("RoleArn", ""):
        return _camel(masked)
    return masked


def _without_token(value: object) -> object:
    if isinstance(value, dict):
        return {name: inner for name, inner in value.items() if name != "SecurityToken"}
    return value


def _camel(value: object) -> object:
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _camel(inner) for name, inner in value.items()}
    return value


def _referenced(happened: Happened) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    if happened.operation.service == "Sts":
        credentials = (happened.content or {}).get("Credentials", {})
        if "AccessKeyId" in credentials:
            found["ACS::RAM::AccessKey"] = [credentials["AccessKeyId"]]
    elif happened.operation.service == "Actiontrail":
        if "Name" in happened.call.params:
            found["ACS::ActionTrail::Trail"] = [happened.call.params["Name"]]
    else:
        for name, kind in _RESOURCES.items():
            if name in happened.call.params:
                found[kind] = [happened.call.params[name]]
    if not found:
        return {}
    pairs = sorted((kind, name) for kind, names in found.items() for name in names)
    return {
        "referencedResources": found,
        "resourceType": ";".join(kind for kind, _ in pairs),
        "resourceName": ";".join(name for _, name in pairs),
    }
