"""Whether a role lets in every user and role of another account instead of the one that needs it.

Whose account it is changes the severity only. External ids are judged by rules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.access.view import RoleView
from scanner.model.delegation import Relation
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.policy.syntax import PrincipalForm
from scanner.policy.trust import TrustEntry
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.delegated import Remark, described, judge_delegated, relation
from scanner.rules.remedies import edit_trust

_SEVERITY: Final = {
    Relation.UNKNOWN: Severity.HIGH,
    Relation.PARTNER: Severity.MEDIUM,
    Relation.ORGANISATION: Severity.LOW,
    Relation.OWN: Severity.LOW,
}


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_delegated(world, RULE, _look)


def _look(entry: TrustEntry, _role: RoleView, world: World) -> Remark | None:
    who = described(entry, world)
    match entry.principal.form:
        case PrincipalForm.ROOT:
            severity = _SEVERITY[relation(entry.principal.account, world)]
            clause = f"lets in {who} that may call AssumeRole"
            return Remark(
                verdict=Verdict.FAIL, clause=clause, severity=severity, because=entry.doubts, comes_in=True
            )
        case PrincipalForm.ANYONE | PrincipalForm.UNSUPPORTED:
            return None
        case _:
            return Remark(verdict=Verdict.PASS, clause=f"lets in {who} and not the whole account")


RULE = Rule(
    id="trust-allows-whole-account",
    title="A role lets in a whole account instead of one user or role",
    severity=Severity.MEDIUM,
    subject=SubjectKind.ROLE,
    why=(
        "Trust in `root` is trust in every present and future user and role of that account. Who really comes in is "
        "then decided by the other side's administrators alone: any of their users and roles that may call AssumeRole, "
        "such as a forgotten test user with AliyunSTSAssumeRoleAccess, can use the role."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": ["acs:ram::PARTNER-ACCOUNT-ID:role/CALLER"]}, '
        '"Condition": {"StringEquals": {"sts:ExternalId": "EXTERNAL-ID"}}}',
        console=(
            "Replace `acs:ram::PARTNER-ACCOUNT-ID:root` by the ARN of the one user or role that the partner calls "
            "from. It must exist when you save. Keep the condition that is there."
        ),
    ),
    reference=references.TRUST_POLICY,
    judge=judge,
)
