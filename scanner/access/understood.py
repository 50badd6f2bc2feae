"""What keeps the permissions of a user, group or role from being known, and whether they come to everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.access.grants import Grant, Standing, grant
from scanner.access.view import Holder
from scanner.model.ids import AccountId
from scanner.policy.syntax import Weight

SOME_GROUP: Final = "some-resource-group"
"""A resource group that nobody has: only grants on the whole account cover what is in it."""
_ACTION: Final = "some-service:SomeActionToCome"
_RESOURCE: Final = "acs:some-service:some-region:{account}:some-resource"


def opaque(holder: Holder) -> Iterator[str]:
    """In words, why a whole document says nothing certain."""
    for policy in holder.policies:
        if policy.document.unsupported:
            problem = next(p for p in policy.document.problems if p.weight is Weight.ERROR)
            yield f"`{policy.label}` {problem.path}: {problem.message}"


def permission_doubts(holder: Holder) -> tuple[str, ...]:
    """In words, what of the permissions was not read or is not understood as a whole; empty when nothing."""
    return tuple(dict.fromkeys((*holder.unread, *opaque(holder))))


def everything(holder: Holder, account: AccountId, *, resource_group: str | None = SOME_GROUP) -> Grant:
    """What `holder` gets of a service and an action that do not exist, which only a grant of everything covers."""
    resource = _RESOURCE.replace("{account}", account)
    return grant(holder, action=_ACTION, resource=resource, resource_group=resource_group)


def may_do_everything(holder: Holder, account: AccountId) -> bool:
    """Whether the policies allow everything in the whole account, on no condition; what they rule out aside."""
    return everything(holder, account).standing is Standing.ALLOWED
