"""The frame that rules about trust policies share: from remarks on principals to one finding a role.

A rule looks at each principal from outside the account that a role lets in, and makes a remark.
The worst remark is the role's verdict. A role that lets in nobody from outside yields nothing; a trust
policy that was not read, or is not understood, yields UNKNOWN and never PASS. It knows no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, assert_never

from scanner.access.admission import admission, shut_out, trust_doubts
from scanner.access.cite import shortened
from scanner.access.view import AccountView, RoleView
from scanner.model.delegation import Relation
from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.ids import AccountId
from scanner.policy.syntax import PrincipalForm
from scanner.policy.trust import TrustEntry
from scanner.rules.base import Rule, World

EXCERPT_LIMIT: Final = 200
"""Characters of untrusted text that a finding quotes."""
CONDITION_LIMIT: Final = 300
"""Characters of conditions that a message quotes."""
_CLAUSES: Final = 3
"""How many principals a message names before it counts the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a rule says about one principal of a trust policy."""

    verdict: Verdict
    clause: str
    """Completes the sentence that begins with the role's name."""
    severity: Severity | None = None
    """None is the rule's own."""
    because: tuple[str, ...] = ()
    comes_in: bool = False
    """Whether a FAIL says that the principal comes in, so that the conditions on that belong to it."""


Look = Callable[[TrustEntry, RoleView, World], Remark | None]
"""A rule's view of one principal; None where the rule does not apply to it."""


Show = Callable[[RoleView, TrustEntry], Evidence]
"""What to show for one principal."""


def foreign(role: RoleView) -> tuple[TrustEntry, ...]:
    """The principals from outside the account that `role` lets in."""
    return role.foreign


def trust_evidence(role: RoleView, entry: TrustEntry) -> Evidence:
    """The place in the trust policy that lets the principal in. Conditions hold secrets and are not quoted."""
    return Evidence(
        source="trust policy",
        path=entry.principal.path,
        excerpt=entry.principal.text[:EXCERPT_LIMIT],
        digest=role.role.trust.digest if role.role.trust is not None else "",
    )


def judge_delegated(
    world: World,
    rule: Rule,
    look: Look,
    *,
    among: Callable[[RoleView], Sequence[TrustEntry]] = foreign,
    evidence: Show = trust_evidence,
) -> Iterator[Finding]:
    """One finding for each role that `among` gives a principal of, or whose trust is not certain."""
    yield from roles_not_listed(world.view, rule)
    for role in world.view.roles:
        entries = among(role)
        doubts = trust_doubts(role)
        if entries or doubts:
            remarks = [(entry, _remark(entry, role, world, look)) for entry in entries]
            yield _settle(role, remarks, account=world.view.account, rule=rule, doubts=doubts, show=evidence)


def roles_not_listed(view: AccountView, rule: Rule) -> Iterator[Finding]:
    """An UNKNOWN about the account, when its roles could not be listed."""
    if view.roles_unread is not None:
        yield Finding(
            rule=rule.id,
            verdict=Verdict.UNKNOWN,
            severity=rule.severity,
            confidence=rule.confidence,
            account=view.account,
            subject_kind=SubjectKind.ACCOUNT,
            subject=view.account,
            message=f"The roles of account `{view.account}` could not be listed, so there may be more of them",
            because_of_gaps=(view.roles_unread,),
        )


def relation(account: str | None, world: World) -> Relation:
    """Whose `account` is, as far as the settings say."""
    if account == world.view.account:
        return Relation.OWN
    known = world.known.get(AccountId(account)) if account else None
    return Relation.UNKNOWN if known is None else known.relation


def account_words(account: str, world: World) -> str:
    """The account with the name that the settings give it."""
    known = world.known.get(AccountId(account))
    return f"account `{account}`" + (f" ({known.name})" if known is not None and known.name else "")


def described(entry: TrustEntry, world: World) -> str:
    """The principal in words."""
    principal = entry.principal
    if not principal.text:
        return "a principal that cannot be read"
    if principal.account is None:
        return f"`{principal.text[:EXCERPT_LIMIT]}`"
    account = account_words(principal.account, world)
    match principal.form:
        case PrincipalForm.ROOT:
            return f"every user and role of {account}"
        case PrincipalForm.USER | PrincipalForm.ROLE:
            return f"{principal.form.value} `{principal.name}` of {account}"
        case PrincipalForm.ACCOUNT_SERVICE:
            return f"service `{principal.name}` acting for {account}"
        case PrincipalForm.SAML | PrincipalForm.OIDC:
            return f"identity provider `{principal.name}` of {account}"
        case PrincipalForm.ANYONE | PrincipalForm.UNSUPPORTED | PrincipalForm.SERVICE:
            return f"`{principal.text[:EXCERPT_LIMIT]}` of {account}"
        case never:
            assert_never(never)


def _remark(entry: TrustEntry, role: RoleView, world: World, look: Look) -> Remark | None:
    """What the rule says, with the conditions on it, and softened to UNKNOWN where it is not certain."""
    remark = look(entry, role, world)
    if remark is None or remark.verdict is not Verdict.FAIL:
        return remark
    denial = shut_out(entry, role)
    if denial is not None:
        return replace(remark, verdict=Verdict.UNKNOWN, because=(denial,))
    if not remark.comes_in:
        return remark
    met = admission(entry, role)
    if met.doubts:
        return replace(remark, verdict=Verdict.UNKNOWN, because=met.doubts)
    if not met.terms:
        return remark
    words = shortened(met.terms, CONDITION_LIMIT)
    return replace(remark, clause=f"{remark.clause}, under condition: {words}")


def _settle(
    role: RoleView,
    remarks: Sequence[tuple[TrustEntry, Remark | None]],
    *,
    account: AccountId,
    rule: Rule,
    doubts: tuple[str, ...],
    show: Show,
) -> Finding:
    """The role's finding: any FAIL, else any doubt, else PASS where the rule applied at all."""
    said = [(entry, remark) for entry, remark in remarks if remark is not None]
    failed = [pair for pair in said if pair[1].verdict is Verdict.FAIL]
    unsure = [pair for pair in said if pair[1].verdict is Verdict.UNKNOWN]
    passed = [pair for pair in said if pair[1].verdict is Verdict.PASS]
    if failed:
        verdict, telling = Verdict.FAIL, failed
    elif unsure or doubts:
        verdict, telling = Verdict.UNKNOWN, unsure
    elif passed:
        verdict, telling = Verdict.PASS, passed
    else:
        verdict, telling = Verdict.NOT_APPLICABLE, []
    # What a failing principal's conditions leave open is worth telling; what a passing role is missing is not.
    reasons = doubts + tuple(reason for _, remark in telling for reason in remark.because)
    return Finding(
        rule=rule.id,
        verdict=verdict,
        severity=_severity(rule, [remark for _, remark in telling]),
        confidence=rule.confidence,
        account=account,
        subject_kind=SubjectKind.ROLE,
        subject=role.role.name,
        message=_message(role.role.name, verdict, [remark.clause for _, remark in telling]),
        evidence=tuple(dict.fromkeys(show(role, entry) for entry, _ in telling)),
        because_of_gaps=tuple(dict.fromkeys(reasons)),
    )


def _severity(rule: Rule, remarks: Sequence[Remark]) -> Severity:
    """The worst severity that a remark carries, the rule's own where none does."""
    own = [remark.severity or rule.severity for remark in remarks]
    return max(own, key=lambda severity: severity.rank, default=rule.severity)


def _message(name: str, verdict: Verdict, clauses: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(clauses))
    if not distinct:
        if verdict is Verdict.NOT_APPLICABLE:
            return f"Role `{name}` lets in nobody that this rule is about"
        return f"Role `{name}` cannot be judged, because its trust policy is not known for certain"
    shown = "; ".join(distinct[:_CLAUSES])
    rest = len(distinct) - _CLAUSES
    return f"Role `{name}` {shown}" + (f"; and {rest} more" if rest > 0 else "")
