"""Whether a role lets in an account that nobody has named in the settings.

It asks only whose account a principal belongs to; what it may do and whether an external id is needed
are other rules. Principals that name no account, such as `*`, leave it
UNKNOWN; `trust-principal-unsupported` fails them.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.view import RoleView
from scanner.model.delegation import Relation
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.policy.trust import TrustEntry
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.delegated import Remark, described, judge_delegated, relation
from scanner.rules.remedies import edit_trust


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_delegated(world, RULE, _look)


def _look(entry: TrustEntry, _role: RoleView, world: World) -> Remark | None:
    account = entry.principal.account
    who = described(entry, world)
    if account is None:
        return Remark(
            verdict=Verdict.UNKNOWN, clause=f"lets in {who}, which names no account", because=entry.doubts
        )
    if relation(account, world) is Relation.UNKNOWN:
        clause = f"lets in {who}, an account that the settings do not name"
        return Remark(verdict=Verdict.FAIL, clause=clause, because=entry.doubts, comes_in=True)
    return Remark(verdict=Verdict.PASS, clause=f"lets in {who}, which the settings name")


RULE = Rule(
    id="trust-allows-unknown-account",
    title="A role can be assumed from an account that nobody has named",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "Whoever controls the trusted account can take sessions of the role and use everything that is attached "
        "to it. An account that is on no list of partners may be a former supplier, a typing error or an "
        "intruder's way back in, and nobody notices when it is used."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": ["acs:ram::KNOWN-ACCOUNT-ID:role/CALLER"]}}',
        console=(
            "Take the principal of the unknown account out. If it is a partner's account after all, leave it and "
            "name it, with its company, in the settings of crossrole."
        ),
    ),
    reference=references.TRUST_POLICY,
    judge=judge,
)
