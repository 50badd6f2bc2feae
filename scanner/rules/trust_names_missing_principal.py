"""Whether a trust policy names a user or role that does not exist any more, or was made again since.

A principal of this account is looked up in its own snapshot, another account's in that account's, if it was
scanned. INFERRED: trust policies are believed to keep names and not ids, so that a new principal of the same
name is trusted again; the vendor only says that a principal must exist when the policy is saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from scanner.access.registered import (
    LISTED_AS,
    Registered,
    differing_in_case,
    listing_unread,
    registered,
)
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Confidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.ids import AccountId
from scanner.policy.syntax import Effect
from scanner.policy.trust import TrustEntry
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.delegated import Remark, account_words, described, judge_delegated
from scanner.rules.remedies import edit_trust


def judge(world: World) -> Iterator[Finding]:
    """One finding for each role that lets in a user or role by name, of whichever account."""
    created = cache(registered)  # of this judgement only: each account is indexed once

    def look(entry: TrustEntry, role: RoleView, world: World) -> Remark | None:
        home = _home(entry, world)
        return _unscanned(entry, world) if home is None else _look(entry, role, world, home, created(home))

    return judge_delegated(world, RULE, look, among=_named)


def _named(role: RoleView) -> tuple[TrustEntry, ...]:
    """The users and roles that a trust policy lets in by name."""
    return tuple(e for e in role.entries if e.effect is Effect.ALLOW and e.principal.form in LISTED_AS)


def _home(entry: TrustEntry, world: World) -> AccountView | None:
    account = AccountId(entry.principal.account or "")
    return world.view if account == world.view.account else world.others.get(account)


def _unscanned(entry: TrustEntry, world: World) -> Remark:
    who = described(entry, world)
    missing = f"{account_words(entry.principal.account or '', world)} was not scanned"
    return Remark(
        verdict=Verdict.UNKNOWN,
        clause=f"lets in {who}, which may no longer exist; only a scan of that account can tell",
        because=(missing,),
    )


def _look(
    entry: TrustEntry,
    role: RoleView,
    world: World,
    home: AccountView,
    created: Registered,
) -> Remark:
    principal = entry.principal
    who = described(entry, world)
    key = (principal.form, principal.name)
    if key in created:
        return _present(who, created[key], role)
    if because := listing_unread(principal.form, home):
        return Remark(
            verdict=Verdict.UNKNOWN, clause=f"lets in {who}, which may no longer exist", because=because
        )
    if other := differing_in_case(key, created):
        because = (f"there is `{other}`, and whether case counts in a principal's name is not documented",)
        return Remark(verdict=Verdict.UNKNOWN, clause=f"lets in {who}, which may not exist", because=because)
    return Remark(verdict=Verdict.FAIL, clause=f"lets in {who}, which does not exist")


def _present(who: str, created: datetime | None, role: RoleView) -> Remark:
    """PASS, unless the principal is younger than the policy that names it.

    A principal must exist when a trust policy is saved, so a younger one was deleted and made again.
    """
    saved = role.role.updated
    if created is not None and saved is not None and created > saved:
        return Remark(
            verdict=Verdict.FAIL,
            clause=f"lets in {who}, which was deleted and made again after the role was last saved",
        )
    return Remark(verdict=Verdict.PASS, clause=f"lets in {who}, which exists")


RULE = Rule(
    id="trust-names-missing-principal",
    title="A trust policy names a user or role that no longer exists",
    severity=Severity.MEDIUM,
    confidence=Confidence.INFERRED,
    subject=SubjectKind.ROLE,
    why=(
        "Trust goes to a name. When the user or role behind it is deleted, whoever may create users or roles in that "
        "account can make a new one of the same name and come in with it, long after the person who was approved "
        "has left."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": ["acs:ram::PARTNER-ACCOUNT-ID:role/CALLER"]}}',
        console=(
            "Take the principal out, or put in its place the user or role that is really used today. If a principal "
            "was made again, ask who made it before you save the policy."
        ),
    ),
    reference=references.TRUST_POLICY,
    judge=judge,
)
