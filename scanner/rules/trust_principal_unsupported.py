"""Whether a trust policy names a principal in a form that the vendor does not document.

Wildcards are the worst of them. INFERRED: no vendor page says what a wildcard in a trust policy does, so it is
taken to let in everything that it matches until the service is seen to refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.view import RoleView
from scanner.model.finding import Confidence, Finding, Severity, SubjectKind, Verdict
from scanner.policy.syntax import PrincipalForm
from scanner.policy.trust import TrustEntry
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.delegated import EXCERPT_LIMIT, Remark, described, judge_delegated
from scanner.rules.remedies import edit_trust


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_delegated(world, RULE, _look)


def _look(entry: TrustEntry, _role: RoleView, world: World) -> Remark | None:
    text = entry.principal.text[:EXCERPT_LIMIT]
    match entry.principal.form:
        case PrincipalForm.ANYONE:
            clause = f"names the pattern `{text}` as principal, which may let in anybody it matches"
            return Remark(verdict=Verdict.FAIL, clause=clause, severity=Severity.CRITICAL)
        case PrincipalForm.UNSUPPORTED if not text:
            clause = "has a statement whose principals cannot be read"
            return Remark(verdict=Verdict.UNKNOWN, clause=clause, because=entry.doubts)
        case PrincipalForm.UNSUPPORTED:
            clause = f"names the principal `{text}`, a form that the vendor does not document"
            return Remark(verdict=Verdict.FAIL, clause=clause, severity=Severity.HIGH)
        case _:
            return Remark(
                verdict=Verdict.PASS, clause=f"names {described(entry, world)} in a documented form"
            )


RULE = Rule(
    id="trust-principal-unsupported",
    title="A trust policy names a principal by a wildcard or in an undocumented form",
    severity=Severity.CRITICAL,
    confidence=Confidence.INFERRED,
    subject=SubjectKind.ROLE,
    why=(
        "The vendor documents accounts, users, roles, services and identity providers as principals, each written "
        "out. A wildcard may let in every Alibaba Cloud customer, or every user whose name somebody else can "
        "choose. Nobody can say for certain who comes in, and the service may change its reading without notice."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": ["acs:ram::PARTNER-ACCOUNT-ID:role/CALLER"]}}',
        console="Replace the pattern by the full ARN of each user or role that is meant, one entry each.",
    ),
    reference=references.POLICY_ELEMENTS,
    judge=judge,
)
