"""The delegations of an account: each role with each principal from outside that it lets in.

A principal that several statements let in is one delegation; its statements are alternatives, so
an external id counts as required only where each of them requires it. Whether a delegation is
approved or dangerous is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from scanner.access.cite import condition_words
from scanner.access.view import AccountView, RoleView
from scanner.model.delegation import Delegation, KnownAccount, Relation, WayIn
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment
from scanner.policy.trust import ExternalIdState, TrustEntry

_NOBODY: Final = KnownAccount(account=AccountId(""), name="", relation=Relation.UNKNOWN)


def delegations(view: AccountView, known: Mapping[AccountId, KnownAccount]) -> tuple[Delegation, ...]:
    """One for each role and foreign principal, sorted by role and principal."""
    found = [delegation for role in view.roles for delegation in _of_role(role, view.account, known)]
    return tuple(sorted(found, key=lambda d: (d.role, d.principal)))


def _of_role(role: RoleView, owner: AccountId, known: Mapping[AccountId, KnownAccount]) -> list[Delegation]:
    by_principal: dict[str, list[TrustEntry]] = {}
    for entry in role.foreign:
        by_principal.setdefault(entry.principal.text, []).append(entry)
    return [_delegation(role, owner, known, entries) for entries in by_principal.values()]


def _delegation(
    role: RoleView,
    owner: AccountId,
    known: Mapping[AccountId, KnownAccount],
    entries: Sequence[TrustEntry],
) -> Delegation:
    principal = entries[0].principal
    account = None if principal.account is None else AccountId(principal.account)
    partner = _NOBODY if account is None else known.get(account, _NOBODY)
    return Delegation(
        owner=owner,
        role=role.name,
        principal=principal.text,
        principal_account=account,
        partner=partner.name,
        relation=partner.relation,
        ways=ways_in(role, entries),
        external_id_required=_external_id_required(entries),
        conditions=tuple(dict.fromkeys(condition_words(c) for entry in entries for c in entry.conditions)),
        max_session_seconds=role.role.max_session_seconds,
        policies=tuple(_attachment_words(attachment) for attachment in role.attachments),
        trust_path=entries[0].statement_path,
    )


def ways_in(role: RoleView, entries: Sequence[TrustEntry]) -> tuple[WayIn, ...]:
    """How the principals of `entries` come into `role`, but for the console where the role itself is closed to it."""
    ways = dict.fromkeys(way for entry in entries for way in entry.ways)
    return tuple(
        way for way in ways if way is not WayIn.CONSOLE or role.role.allow_console_login is not False
    )


def _external_id_required(entries: Sequence[TrustEntry]) -> bool | None:
    states = {entry.external_ids.state for entry in entries}
    if ExternalIdState.ABSENT in states:
        return False
    return None if ExternalIdState.NOT_UNDERSTOOD in states else True


def _attachment_words(attachment: Attachment) -> str:
    group = attachment.resource_group
    return str(attachment.policy) + (f" @ {group}" if group is not None else "")
