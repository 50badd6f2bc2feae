"""One step into a role: what its trust policy and the caller's own policies say together.

Both must allow `sts:AssumeRole`. The answer keeps every condition of both sides, an external id included, and is
read as `scanner.access.grants` reads a grant. A Deny in a trust policy leaves it open whether the caller comes
in, because the vendor's pages differ on it; which steps follow on each other is decided in
`scanner.access.paths`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from scanner.access.cite import StatementRef, cite, condition_words
from scanner.access.grants import NOTHING_KNOWN, Grant, HasPolicies, Standing, grant, may_cover, weigh
from scanner.access.view import AccountView, Holder, PrincipalView, RoleView
from scanner.model.finding import Evidence
from scanner.model.ids import AccountId, Arn, role_arn, user_arn
from scanner.model.policy import PrincipalKind
from scanner.policy.callers import ask_trust
from scanner.policy.decision import AssumeCaller, CallerKind, Context, Gate, Request, SourcedPolicy
from scanner.policy.evaluate import ASSUME_ROLE
from scanner.policy.gates import Ruling, rule
from scanner.policy.statements import Asked
from scanner.policy.syntax import Effect, PolicyDocument, Principal, PrincipalForm
from scanner.policy.trust import TrustEntry

ON_DENY: Final = "vendor pages differ on Deny in trust policies"
IN_NO_GROUP: Final = ""
"""A role of another account lies in none of the caller's resource groups."""
ANY_NAME: Final = "any-name"
"""Stands for a user of an account of which no user is known."""

_WORST_FIRST: Final = (Standing.DENIED, Standing.UNCERTAIN, Standing.CONDITIONAL, Standing.ALLOWED)
_CALLER_OF: Final = {
    PrincipalForm.ROOT: CallerKind.USER,
    PrincipalForm.USER: CallerKind.USER,
    PrincipalForm.ROLE: CallerKind.ROLE,
    PrincipalForm.SAML: CallerKind.SAML,
    PrincipalForm.OIDC: CallerKind.OIDC,
    PrincipalForm.ACCOUNT_SERVICE: CallerKind.SERVICE,
    PrincipalForm.SERVICE: CallerKind.SERVICE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Whether a caller comes into a role, and on which terms."""

    standing: Standing
    only_if: tuple[str, ...] = ()
    """In words; all of them must be met, each may be several alternatives."""
    unless: tuple[str, ...] = ()
    """In words, the conditions of Deny statements; none of them may be met."""
    doubts: tuple[str, ...] = ()
    """In words, what is not understood or was not read."""
    statements: tuple[Evidence, ...] = ()
    """The statements that open it."""

    def then(self, other: Hop) -> Hop:
        """Both together: what one of them refuses is refused, and the terms of both must be met."""
        standing = min(self.standing, other.standing, key=_WORST_FIRST.index)
        refused = standing is Standing.DENIED
        return Hop(
            standing=standing,
            only_if=() if refused else _once(self.only_if, other.only_if),
            unless=() if refused else _once(self.unless, other.unless),
            doubts=_once(self.doubts, other.doubts),
            statements=tuple(dict.fromkeys((*self.statements, *other.statements))),
        )


@dataclass(frozen=True, slots=True)
class _Trust:
    """A trust policy as something that holds policies."""

    policies: tuple[SourcedPolicy, ...]


def let_in(role: RoleView, caller: AssumeCaller, *, context: Context = NOTHING_KNOWN) -> Hop:
    """What the trust policy of `role` says to `caller`."""
    if role.trust is None:
        return Hop(
            standing=Standing.UNCERTAIN, doubts=(role.trust_unread or "the trust policy was not read",)
        )
    trust = _Trust((SourcedPolicy(document=role.trust, label="trust policy"),))
    request = Request(action=ASSUME_ROLE, resource=role.role.arn, context=context)
    ruling = rule(Gate.TRUST, trust.policies, Asked(request), ask=ask_trust(caller, role=role.role.arn))
    found = weigh(trust, request, ruling.decision())
    if found.standing is Standing.DENIED and (ruling.allows or ruling.may_allow):
        return _kept_out(trust, ruling, role)
    return as_hop(found, source=f"trust policy of role {role.name}")


def asks(holder: Holder, role: str, *, account: str, context: Context = NOTHING_KNOWN) -> Hop:
    """What the own policies of `holder`, of `account`, say to assuming `role`.

    DENIED with doubts means that what was read refuses, and that what was not read might allow.
    """
    return answered(holder, granted(holder, role, account=account, context=context), account=account)


def granted(holder: Holder, role: str, *, account: str, context: Context = NOTHING_KNOWN) -> Grant:
    """The same as a grant; it is the same for whoever of `account` holds the same policies."""
    owner = Arn.parse(role)
    abroad = owner is None or owner.account != account
    group = IN_NO_GROUP if abroad else None
    return grant(holder, action=ASSUME_ROLE, resource=role, resource_group=group, context=context)


def answered(holder: Holder, found: Grant, *, account: str) -> Hop:
    """The grant `found` as what `holder` gets of it, with what of its policies was not read."""
    hop = as_hop(found, source=f"{holder.kind.value} {holder.name} of {account}")
    unread = (f"{holder.kind.value} `{holder.name}` of account `{account}`: {why}" for why in holder.unread)
    return replace(hop, doubts=_once(hop.doubts, unread))


def entered_by(entry: TrustEntry) -> AssumeCaller | None:
    """Somebody whom the entry names; None for a form that names nobody for certain."""
    return somebody(entry.principal)


def somebody(principal: Principal) -> AssumeCaller | None:
    """Somebody whom the principal names; None for a form that names nobody for certain."""
    kind = _CALLER_OF.get(principal.form)
    if kind is None:
        return None
    account = AccountId(principal.account or "")
    match principal.form:
        case PrincipalForm.ROOT:
            arn = user_arn(account, ANY_NAME)
        case PrincipalForm.USER | PrincipalForm.ROLE | PrincipalForm.SAML | PrincipalForm.OIDC:
            arn = f"acs:ram::{account}:{kind.value}/{principal.name}"
        case _:
            arn = principal.name
    return AssumeCaller(kind=kind, account=account, arn=arn)


def by_entries(role: RoleView, entries: Sequence[TrustEntry]) -> Hop:
    """What is left to say where the entries name nobody for certain, or their statements are not understood."""
    conditions = [" and ".join(map(condition_words, entry.conditions)) for entry in entries]
    return Hop(
        standing=Standing.UNCERTAIN,
        only_if=(", or ".join(dict.fromkeys(conditions)),) if all(conditions) else (),
        doubts=_once(*(_of_trust(role, entry.doubts) for entry in entries)),
        statements=tuple(dict.fromkeys(_cited_entry(role, entry) for entry in entries)),
    )


def caller_of(holder: Holder, account: AccountId) -> AssumeCaller:
    """The user or role as somebody who asks for a role."""
    if holder.kind is PrincipalKind.ROLE:
        return AssumeCaller(kind=CallerKind.ROLE, account=account, arn=role_arn(account, holder.name))
    return AssumeCaller(kind=CallerKind.USER, account=account, arn=user_arn(account, holder.name))


def may_assume(holder: Holder) -> bool:
    """Whether a policy of `holder` that was read may allow `sts:AssumeRole` on anything."""
    return any(_may_assume(policy.document) for policy in holder.policies)


@lru_cache(maxsize=8_192)
def _may_assume(document: PolicyDocument) -> bool:
    if document.unsupported:
        return True
    statements = (statement for statement in document.statements if statement.effect is not Effect.DENY)
    return any(may_cover(statement, ASSUME_ROLE) for statement in statements)


def able(view: AccountView) -> tuple[Holder, ...]:
    """The users and roles of an account that may hold `sts:AssumeRole`; service-linked roles are left out."""
    roles = (role for role in view.roles if not role.role.service_linked)
    holders: tuple[PrincipalView | RoleView, ...] = (*view.users, *roles)
    return tuple(holder for holder in holders if may_assume(holder))


def _kept_out(trust: HasPolicies, ruling: Ruling, role: RoleView) -> Hop:
    """A Deny against an Allow: the pages differ, so it is not certain."""
    against = (*ruling.denies, *ruling.may_deny)
    doubts = _of_trust(role, (f"the Deny at {reason.path} may keep it out; {ON_DENY}" for reason in against))
    opened = {reason.path for reason in (*ruling.allows, *ruling.may_allow)}
    statements = tuple(
        _cited(StatementRef(policy, statement), source=f"trust policy of role {role.name}")
        for policy in trust.policies
        for statement in policy.document.statements
        if any(path == statement.path or path.startswith(f"{statement.path}.") for path in opened)
    )
    return Hop(standing=Standing.UNCERTAIN, doubts=doubts, statements=statements)


def as_hop(found: Grant, *, source: str) -> Hop:
    """A grant as a step of a way; `source` says whose policies it is from."""
    return Hop(
        standing=found.standing,
        only_if=(", or ".join(found.only_if),) if found.only_if else (),
        unless=found.unless,
        doubts=tuple(f"{source}: {doubt.removeprefix('`trust policy` ')}" for doubt in found.doubts),
        statements=tuple(_cited(ref, source=source) for ref in found.statements),
    )


def _cited(ref: StatementRef, *, source: str) -> Evidence:
    own = cite(ref)
    return replace(own, source=source if own.source == "trust policy" else f"{source}: {own.source}")


def _cited_entry(role: RoleView, entry: TrustEntry) -> Evidence:
    text = role.role.trust
    return Evidence(
        source=f"trust policy of role {role.name}",
        path=entry.principal.path,
        excerpt=entry.principal.text[:200],
        digest="" if text is None else text.digest,
    )


def _of_trust(role: RoleView, doubts: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"trust policy of role `{role.name}`: {doubt}" for doubt in doubts)


def _once(*texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for several in texts for text in several))
