"""Read all policy attachments of an account in bulk, from Resource Management.

It is the only API that also tells attachments limited to a resource group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from scanner.cloud.body import Body
from scanner.cloud.faults import malformed
from scanner.cloud.paging import NumberedPage, by_number
from scanner.cloud.ram import policy_ref
from scanner.cloud.wire import Wire
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment, PrincipalKind

_MOST: Final = 100
"""Entries in a page, as the service allows."""
_API: Final = "resourcemanager:ListPolicyAttachments"
_KINDS: Final = {
    "IMSUser": PrincipalKind.USER,
    "IMSGroup": PrincipalKind.GROUP,
    "ServiceRole": PrincipalKind.ROLE,
}


def attachments(wire: Wire, account: AccountId) -> Iterator[Sequence[Attachment]]:
    """Pages of the attachments of `account`, in both scopes.

    Raises:
        CloudError: the listing could not be read to its end.
    """

    def read(number: int) -> NumberedPage[Attachment]:
        body = wire.ask("ListPolicyAttachments", page_number=number, page_size=_MOST)
        entries = body.inner("PolicyAttachments").objects("PolicyAttachment")
        return NumberedPage(
            items=[_attachment(entry, account) for entry in entries], total=body.number("TotalCount")
        )

    return by_number(read, api=_API)


def bare_name(principal: str) -> str:
    """The name that RAM uses, without the domain: `alice` of `alice@demo.onaliyun.com`.

    No name of a user, group or role may hold an `@`.
    """
    return principal.partition("@")[0]


def _attachment(body: Body, account: AccountId) -> Attachment:
    kind = _KINDS.get(body.text("PrincipalType"))
    if kind is None:
        # Something that holds a policy and is neither user, group nor role would not be understood.
        raise malformed(body.api, "`PrincipalType` is not a documented one")
    group = body.text_or("ResourceGroupId")
    return Attachment(
        policy=policy_ref(body),
        principal_kind=kind,
        principal=bare_name(body.text("PrincipalName")),
        # The id of the account stands for the scope of the whole account.
        resource_group=None if group in ("", account) else group,
        attached=body.time("AttachDate"),
    )
