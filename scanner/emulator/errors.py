"""The refusals that come from the gateway in front of every service, and why each code is used.

A code is either one the vendor lists for the operation, or it stands in `EXPLAINED_CODES` with
the reason, which `explained` holds. What a single service refuses is decided in its own module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scanner.emulator.explained import EXPLAINED_CODES as EXPLAINED_CODES  # noqa: PLC0414 - read here by the contract test
from scanner.emulator.service import Refusal

NOT_AUTHORIZED: Final = "You are not authorized to do this action. You should be authorized by RAM."
USER_FLOW: Final = "Request was denied due to user flow control."


class AccessDenied(Refusal):
    """A refusal for want of permission, with what the service tells about it."""

    def __init__(self, detail: Mapping[str, str] | None = None, *, message: str = NOT_AUTHORIZED) -> None:
        super().__init__(403, "NoPermission", message)
        self.detail = detail


def incomplete(why: str) -> Refusal:
    """The signature header cannot be used, because `why`."""
    return Refusal(
        400, "IncompleteSignature", f"The request signature does not conform to Aliyun standards. {why}"
    )


def unknown_key() -> Refusal:
    """No AccessKey has this id."""
    return Refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")


def inactive_key() -> Refusal:
    """The AccessKey was disabled."""
    return Refusal(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")


def wrong_signature(string_to_sign: str) -> Refusal:
    """The signature is not the one that the server computes over `string_to_sign`."""
    shown = string_to_sign.replace("\n", "\\n")
    return Refusal(
        400,
        "SignatureDoesNotMatch",
        f"Specified signature does not match our calculation. server string to sign is:{shown}",
    )


def missing_token() -> Refusal:
    """A temporary key came without its token."""
    return Refusal(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.")


def malformed_token() -> Refusal:
    """The token was never issued here."""
    return Refusal(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")


def mismatched_token() -> Refusal:
    """The token belongs to another temporary key."""
    return Refusal(
        400,
        "InvalidSecurityToken.MismatchWithAccessKey",
        "Specified SecurityToken mismatches with the access key.",
    )


def expired_token() -> Refusal:
    """The token's time is over, or its role is gone."""
    return Refusal(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")


def expired_date() -> Refusal:
    """The caller's clock is too far from the server's."""
    return Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def malformed_date() -> Refusal:
    """The date is not one."""
    return Refusal(
        400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."
    )


def used_nonce() -> Refusal:
    """The nonce was seen before."""
    return Refusal(400, "SignatureNonceUsed", "Specified signature nonce was used already.")


def unsigned() -> Refusal:
    """The operation needs a signature and there is none."""
    return Refusal(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.")


def unknown_operation() -> Refusal:
    """The service has no such operation."""
    return Refusal(
        404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method."
    )


def unknown_version() -> Refusal:
    """No service has this API version."""
    return Refusal(400, "NoSuchVersion", "The specified version does not exist.")


def wrong_method() -> Refusal:
    """The operation exists, but not with this HTTP method."""
    return Refusal(405, "UnsupportedHTTPMethod", "This http method is not supported.")


def wrong_body() -> Refusal:
    """The body is not a JSON object."""
    return Refusal(400, "InvalidParameter.ContentType", "The request body is not a JSON object.")


def throttled() -> Refusal:
    """The account has called this operation too often."""
    return Refusal(400, "Throttling.User", USER_FLOW)
