"""Read who the caller is, and assume a role."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.cloud.credentials import Keys
from scanner.cloud.faults import malformed
from scanner.cloud.wire import Wire
from scanner.model.ids import AccountId, Secret, is_account_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signs the requests, as the service sees it."""

    account: AccountId
    arn: str
    kind: str
    """`Account`, `RAMUser` or `AssumedRoleUser`."""


def caller_identity(wire: Wire) -> Identity:
    """Who the caller is.

    Raises:
        CloudError: the service did not say.
    """
    body = wire.ask("GetCallerIdentity")
    account = body.text("AccountId")
    if not is_account_id(account):
        raise malformed(body.api, "`AccountId` is not the id of an account")
    return Identity(account=AccountId(account), arn=body.text_or("Arn"), kind=body.text_or("IdentityType"))


def assume_role(wire: Wire, *, role_arn: str, session_name: str, external_id: Secret | None) -> Keys:
    """Keys of a session of a role, of the length that the service gives when not asked.

    Raises:
        CloudError: the role was not given.
    """
    body = wire.ask(
        "AssumeRole",
        role_arn=role_arn,
        role_session_name=session_name,
        external_id=None if external_id is None else external_id.reveal(),
    )
    given = body.inner("Credentials")
    expires = given.time("Expiration")
    if expires is None:
        raise malformed(body.api, "`Expiration` is not a time")
    return Keys(
        given.text("AccessKeyId"),
        Secret(given.text("AccessKeySecret")),
        Secret(given.text("SecurityToken")),
        expires,
    )
