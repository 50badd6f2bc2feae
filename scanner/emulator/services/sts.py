"""STS: who am I, and temporary keys for a role.

AssumeRole decides about the role's side (trust policy, external id, duration, session policy); that
the caller may call it at all was decided before. Sign-in through SAML and OIDC is refused, because
no provider is configured in a local cloud.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from scanner.emulator.authorize import trust_refuses
from scanner.emulator.context import context_of
from scanner.emulator.diagnosis import denied_detail
from scanner.emulator.errors import AccessDenied
from scanner.emulator.reading import MalformedDocumentError, read
from scanner.emulator.service import ISO, Call, Operation, Refusal
from scanner.emulator.state import Account, RoleRecord, SessionToken

VERSION: Final = "2015-04-01"
SHORTEST_SESSION: Final = 900
DEFAULT_SESSION: Final = 3600
SESSION_POLICY_LIMIT: Final = 2048
TOKENS_KEPT: Final = 10_000
ROOT_CALLER: Final = "Roles may not be assumed by root accounts."
_ROLE_ARN: Final = re.compile(r"acs:ram::(?P<account>[0-9]+):role/(?P<role>[A-Za-z0-9.\-_]{1,64})")
_SECONDS: Final = re.compile(r"[0-9]{1,6}")
_SESSION_NAME: Final = re.compile(r"[A-Za-z0-9.@_-]{2,64}")
_EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)


def get_caller_identity(call: Call) -> Mapping[str, Any]:
    """Who the caller is. It needs no permission."""
    caller = call.caller
    assert caller is not None, "the operation is signed"
    account = caller.account.account_id
    shared = {"AccountId": account, "Arn": caller.arn}
    match caller.kind:
        case "root":
            return {**shared, "IdentityType": "Account", "UserId": account, "PrincipalId": account}
        case "user":
            user = caller.account.users.get(caller.name)
            user_id = user.user_id if user else ""
            return {**shared, "IdentityType": "RAMUser", "UserId": user_id, "PrincipalId": user_id}
        case _:
            session = caller.session
            assert session is not None, "a role acts through a session"
            principal = f"{session.role_id}:{session.session_name}"
            return {
                **shared,
                "IdentityType": "AssumedRoleUser",
                "RoleId": session.role_id,
                "PrincipalId": principal,
            }


def _named_role(call: Call) -> re.Match[str]:
    match = _ROLE_ARN.fullmatch(call.params.get("RoleArn", ""))
    if match is None:
        raise _invalid("RoleArn", "The parameter RoleArn is wrongly formed.")
    return match


def _invalid(what: str, message: str) -> Refusal:
    return Refusal(400, f"InvalidParameter.{what}", message)


def _resources(call: Call) -> Sequence[str]:
    _named_role(call)
    return (call.params["RoleArn"],)


def assume_role(call: Call) -> Mapping[str, Any]:
    """Temporary keys of a role.

    That the caller's own permission is checked before the role is looked up is a choice of the local
    cloud: so nobody learns which roles there are without the right to assume them. The vendor names both
    refusals and not their order.
    """
    caller = call.caller
    assert caller is not None, "the operation is signed"
    named = _named_role(call)
    session_name = _session_name(call)
    _check_external_id(call)
    if caller.kind == "root":
        raise AccessDenied(message=ROOT_CALLER)
    owner, role = _role(call, named)
    context = context_of(call, caller)
    denial = trust_refuses(role.trust, caller=caller, resource=call.params["RoleArn"], context=context)
    if denial is not None:
        raise AccessDenied(denied_detail(denial, caller, context=context))
    seconds = _duration(call, role)
    policy = _session_policy(call)
    session = SessionToken(
        key_id=f"STS.LOCAL{secrets.token_hex(10).upper()}",
        secret=secrets.token_urlsafe(32),
        token=f"CAISLOCAL{secrets.token_urlsafe(180)}",
        role=role.name,
        role_id=role.role_id,
        session_name=session_name,
        expires=call.now + timedelta(seconds=seconds),
        session_policy=policy,
        player_account=caller.account.account_id,
    )
    _keep(owner, session)
    return _answer(owner, session, call)


def _answer(owner: Account, session: SessionToken, call: Call) -> Mapping[str, Any]:
    arn = f"acs:ram::{owner.account_id}:role/{session.role}/{session.session_name}"
    answer: dict[str, Any] = {
        "AssumedRoleUser": {"Arn": arn, "AssumedRoleId": f"{session.role_id}:{session.session_name}"},
        "Credentials": {
            "AccessKeyId": session.key_id,
            "AccessKeySecret": session.secret,
            "SecurityToken": session.token,
            "Expiration": session.expires.strftime(ISO),
        },
    }
    if call.params.get("SourceIdentity"):
        answer["SourceIdentity"] = call.params["SourceIdentity"]
    return answer


def _keep(owner: Account, session: SessionToken) -> None:
    # The oldest tokens go first; so many at once are only seen in load tests.
    while len(owner.tokens) >= TOKENS_KEPT:
        del owner.tokens[next(iter(owner.tokens))]
    owner.tokens[session.key_id] = session


def _session_name(call: Call) -> str:
    name = call.params.get("RoleSessionName", "")
    if _SESSION_NAME.fullmatch(name) is None:
        raise _invalid("RoleSessionName", "The parameter RoleSessionName is wrongly formed.")
    return name


def _check_external_id(call: Call) -> None:
    external_id = call.params.get("ExternalId")
    if external_id is not None and _EXTERNAL_ID.fullmatch(external_id) is None:
        raise _invalid("ExternalId", "The parameter ExternalId is wrongly formed.")


def _role(call: Call, named: re.Match[str]) -> tuple[Account, RoleRecord]:
    owner = call.world.accounts.get(named["account"])
    role = owner.roles.get(named["role"]) if owner is not None else None
    if owner is None or role is None:
        raise Refusal(404, "EntityNotExist.Role", "The specified Role not exists .")
    return owner, role


def _duration(call: Call, role: RoleRecord) -> int:
    text = call.params.get("DurationSeconds", str(DEFAULT_SESSION))
    seconds = int(text) if _SECONDS.fullmatch(text) else 0
    if not SHORTEST_SESSION <= seconds <= role.max_session:
        raise _invalid(
            "DurationSeconds",
            f"The Min/Max value of DurationSeconds is {SHORTEST_SESSION}/{role.max_session}.",
        )
    return seconds


def _session_policy(call: Call) -> str | None:
    policy = call.params.get("Policy")
    if not policy:
        return None
    if len(policy.encode()) > SESSION_POLICY_LIMIT:
        raise _invalid("PolicySize", f"The size of Policy must be smaller than {SESSION_POLICY_LIMIT} bytes.")
    try:
        statements = read(policy)
    except MalformedDocumentError:
        statements = ()
    if not statements or any(not statement.resources or statement.principals for statement in statements):
        raise _invalid("PolicyGrammar", "The parameter Policy has not passed grammar check.")
    return policy


def _require(call: Call, *names: str) -> None:
    for name in names:
        if not call.params.get(name):
            raise Refusal(400, "MissingParameter", f"{name} is mandatory for this action.")


def assume_role_with_oidc(call: Call) -> Mapping[str, Any]:
    """Refused: there is no OIDC provider here."""
    _require(call, "OIDCProviderArn", "RoleArn", "OIDCToken", "RoleSessionName")
    raise Refusal(404, "EntityNotExist.OIDCProvider", "The specified OIDC provider does not exist.")


def assume_role_with_saml(call: Call) -> Mapping[str, Any]:
    """Refused: there is no SAML provider here."""
    _require(call, "SAMLProviderArn", "RoleArn", "SAMLAssertion")
    raise Refusal(404, "EntityNotExist.SAMLProvider", "The specified SAML provider does not exist.")


def _no_resource(_: Call) -> Sequence[str]:
    return ()


OPERATIONS: Final = (
    Operation(
        service="Sts",
        version=VERSION,
        name="GetCallerIdentity",
        action="",
        handler=get_caller_identity,
        resources=_no_resource,
        quota=100,
    ),
    Operation(
        service="Sts",
        version=VERSION,
        name="AssumeRole",
        action="sts:AssumeRole",
        handler=assume_role,
        resources=_resources,
        # The vendor's samples do not say whether this is a read or a write; Write is inferred.
        write=True,
        quota=100,
    ),
    Operation(
        service="Sts",
        version=VERSION,
        name="AssumeRoleWithOIDC",
        action="",
        handler=assume_role_with_oidc,
        resources=_no_resource,
        write=True,
        anonymous=True,
        quota=100,
    ),
    Operation(
        service="Sts",
        version=VERSION,
        name="AssumeRoleWithSAML",
        action="",
        handler=assume_role_with_saml,
        resources=_no_resource,
        write=True,
        anonymous=True,
        quota=100,
    ),
)
