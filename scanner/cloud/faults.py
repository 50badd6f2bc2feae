"""Decide what a failed call means: its fault, and whether trying again can help.

The SDKs raise many shapes of error; all are read here by their attributes, so that this module
imports no SDK. What the service writes is untrusted and shortened; what the SDK writes about a
broken connection is never shown, because it holds the URL with all parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from scanner.cloud.quotas import permission_of
from scanner.errors import CloudError
from scanner.model.fault import CloudFault, FaultKind

MESSAGE_LENGTH: Final = 300
"""How much of a service's message is kept."""

_KINDS: Final[tuple[tuple[str, FaultKind], ...]] = (
    (r"throttling(\.|$)|rejected\.throttling|toomanyrequests|flowcontrol", FaultKind.THROTTLED),
    (r"invalidtimestamp|illegaltimestamp|requesttimetooskewed", FaultKind.CLOCK),
    (
        (
            r"invalidaccesskeyid|invalidaccesskeysecret|signaturedoesnotmatch|incompletesignature"
            r"|(invalid|missing|expired)securitytoken|securitytokenexpired|invalidcredentials"
            r"|forbidden\.accesskey"
        ),
        FaultKind.CREDENTIALS,
    ),
    (
        (
            r"nopermission|forbb?idden|accessdenied|accessforbidden|notauthorized|unauthorized"
            r"|invalidauthorization|auth_resource_owner_error"
        ),
        FaultKind.DENIED,
    ),
    (r"serviceunavailable|internalerror|internalservererror|systemerror", FaultKind.SERVER),
    (r"invalidaction|nosuchversion|invalidversion", FaultKind.REJECTED),
    (r"entitynotexists?(\.|$)|.*not_?found|.*\.notexist(ed|s)?$|trailnotfound", FaultKind.NOT_FOUND),
    (r"entityalreadyexists|deleteconflict|limitexceeded", FaultKind.CONFLICT),
)
"""Error codes by a pattern at their beginning, without regard to case; the first that fits decides."""

_COMPILED: Final = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _KINDS)
_STATUSES: Final[Mapping[int, FaultKind]] = {
    401: FaultKind.CREDENTIALS,
    403: FaultKind.DENIED,
    404: FaultKind.NOT_FOUND,
    409: FaultKind.CONFLICT,
    429: FaultKind.THROTTLED,
}
_AGAIN: Final = frozenset({FaultKind.THROTTLED, FaultKind.SERVER, FaultKind.UNREACHABLE})
_SERVER_ERROR: Final = 500
_ACTION: Final = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_BROKEN: Final = (
    (r"proxy", "the proxy did not connect to `{host}`"),
    (r"certificate|ssl|tls", "no secure connection to `{host}`: its certificate or protocol was refused"),
    (r"resolve|name or service|getaddrinfo|nodename", "the name of `{host}` does not resolve"),
    (r"refused", "`{host}` refused the connection"),
    (r"timed? ?out", "`{host}` did not answer in time"),
    (r"unreachable|no route", "there is no route to `{host}`"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed attempt."""

    fault: CloudFault
    again: bool
    """Whether the same read may succeed when it is tried again soon."""
    wait_seconds: float = 0.0
    """How long the service asks to wait; 0 when it says nothing."""


def failure_of(error: Exception, *, api: str, host: str, redact: Callable[[str], str]) -> Failure:
    """What an error of the SDK means."""
    inner = getattr(error, "inner_exception", None)
    if isinstance(inner, CloudError):
        return Failure(fault=inner.fault, again=False)
    if inner is None:
        return _answered(error, api=api, redact=redact)
    if getattr(inner, "name", "") == "RetryError":
        return _broken(_text(getattr(inner, "message", None)), api=api, host=host)
    return _unreadable(api)


def refused(body: Mapping[str, object], *, api: str, redact: Callable[[str], str]) -> Failure:
    """What an answer with HTTP status 200 means that says of itself that it is no success."""
    status = body.get("httpStatusCode")
    return _classified(
        api=api,
        code=_text(body.get("code")),
        message=redact(_text(body.get("message"))),
        status=status if isinstance(status, int) else None,
        body=body,
    )


def malformed(api: str, message: str) -> CloudError:
    """An answer that is not what the API promises."""
    return CloudError(CloudFault(kind=FaultKind.MALFORMED, api=api, message=message))


def hint_for(fault: CloudFault) -> str:
    """What to do about a fault that keeps a command from starting."""
    match fault.kind:
        case FaultKind.CREDENTIALS:
            return _credentials_hint(fault.code)
        case FaultKind.CLOCK:
            return "set the clock of this machine: requests are signed with the time"
        case FaultKind.UNREACHABLE:
            return "check the network, the proxy variables, the region and the endpoint settings"
        case FaultKind.DENIED if fault.api == "sts:AssumeRole":
            return "the caller needs `sts:AssumeRole` on the role, and its trust policy and external id must let it in"
        case FaultKind.DENIED:
            return "`crossrole permissions` prints the policy that the scanning identity needs"
        case FaultKind.THROTTLED | FaultKind.SERVER:
            return "try again later"
        case _:
            return ""


def _credentials_hint(code: str) -> str:
    if code.startswith("SignatureDoesNotMatch"):
        return "the AccessKey secret is not the one of this AccessKey id: check that both belong together"
    if code.startswith("InvalidAccessKeyId"):
        return (
            "this AccessKey id is unknown or disabled: check it in the RAM console, or choose another profile"
        )
    if code.startswith(("InvalidSecurityToken", "MissingSecurityToken")):
        return "the STS token is missing, expired or of another key: get a new one"
    return "check the credentials of this profile"


def _answered(error: Exception, *, api: str, redact: Callable[[str], str]) -> Failure:
    found = getattr(error, "data", None)
    body: Mapping[str, object] = found if isinstance(found, dict) else {}
    status = getattr(error, "status_code", None)
    told = _text(body.get("Message")) or _text(body.get("message"))
    failure = _classified(
        api=api,
        code=_text(getattr(error, "code", None)),
        message=redact(told),
        status=status if isinstance(status, int) else None,
        body=body,
    )
    asked = getattr(error, "retry_after", None)
    if not isinstance(asked, int):
        return failure
    # The service gives this header with throttling only, in milliseconds.
    return Failure(fault=failure.fault, again=True, wait_seconds=asked / 1000)


def _classified(
    *, api: str, code: str, message: str, status: int | None, body: Mapping[str, object]
) -> Failure:
    kind = _kind(code, status)
    request_id = _text(body.get("RequestId")) or _text(body.get("requestId"))
    fault = CloudFault(
        kind=kind,
        api=api,
        code=code,
        # A signature error quotes the string to sign, and with it every parameter.
        message="" if "signature" in code.lower() else message[:MESSAGE_LENGTH],
        status=status,
        request_id=request_id,
        missing_permission=_missing(api, body) if kind is FaultKind.DENIED else None,
    )
    return Failure(fault=fault, again=kind in _AGAIN or code == "SignatureNonceUsed")


def _kind(code: str, status: int | None) -> FaultKind:
    for pattern, kind in _COMPILED:
        if pattern.match(code):
            return kind
    if status is not None and status >= _SERVER_ERROR:
        return FaultKind.SERVER
    return _STATUSES.get(status or 0, FaultKind.REJECTED)


def _missing(api: str, body: Mapping[str, object]) -> str:
    detail = body.get("AccessDeniedDetail")
    told = _text(detail.get("AuthAction")) if isinstance(detail, dict) else ""
    return told if _ACTION.fullmatch(told) else permission_of(api)


def _broken(text: str, *, api: str, host: str) -> Failure:
    # The text before this mark holds the URL, and with it names that strangers wrote.
    cause = text.rpartition("(Caused by")[2].lower()
    message = next(
        (told for pattern, told in _BROKEN if re.search(pattern, cause)),
        "the connection to `{host}` broke",
    )
    fault = CloudFault(kind=FaultKind.UNREACHABLE, api=api, message=message.format(host=host))
    return Failure(fault=fault, again=True)


def _unreadable(api: str) -> Failure:
    # An HTML page of a gateway arrives here: the SDK keeps neither its status nor its text apart.
    fault = CloudFault(
        kind=FaultKind.MALFORMED, api=api, message="the answer is not JSON as the API promises"
    )
    return Failure(fault=fault, again=True)


def _text(value: object) -> str:
    return value if isinstance(value, str) and value != "None" else ""
