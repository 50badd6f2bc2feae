"""Whether somebody else's principal comes in without presenting an external id.

Each Allow statement is looked at by itself, because statements are alternatives: one without the condition
undoes the others. How good the external id is, is `external-id-weak`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from scanner.access.admission import asked_by_denial
from scanner.access.view import RoleView
from scanner.model.delegation import Relation
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.policy.trust import ExternalIdState, TrustEntry
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.delegated import Remark, described, foreign, judge_delegated, relation
from scanner.rules.external_ids import could_present_one
from scanner.rules.remedies import edit_trust

_SEVERITY: Final = {Relation.ORGANISATION: Severity.MEDIUM}
"""Inside one organisation the confused deputy needs an insider; everybody else has the rule's severity."""


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_delegated(world, RULE, _look)


def _look(entry: TrustEntry, role: RoleView, world: World) -> Remark | None:
    if not could_present_one(entry, world):
        return None
    who = described(entry, world)
    severity = _SEVERITY.get(relation(entry.principal.account, world))
    match entry.external_ids.state:
        case ExternalIdState.REQUIRED:
            return Remark(verdict=Verdict.PASS, clause=f"asks {who} for an external id")
        case ExternalIdState.ABSENT:
            return _absent(entry, role, who, severity)
        case ExternalIdState.NOT_UNDERSTOOD:
            clause = f"may let in {who} without an external id"
            because = entry.doubts or ("the condition on sts:ExternalId is not understood",)
            return Remark(verdict=Verdict.UNKNOWN, clause=clause, severity=severity, because=because)
        case never:
            assert_never(never)


def _absent(entry: TrustEntry, role: RoleView, who: str, severity: Severity | None) -> Remark:
    denial = asked_by_denial(entry, role)
    if denial is not None:
        clause = f"may let in {who} without an external id"
        return Remark(verdict=Verdict.UNKNOWN, clause=clause, severity=severity, because=(denial,))
    clause = f"lets in {who} without an external id{_undone(entry, role)}"
    return Remark(verdict=Verdict.FAIL, clause=clause, severity=severity, because=entry.doubts, comes_in=True)


def _undone(entry: TrustEntry, role: RoleView) -> str:
    """What to add when another statement does ask the same account for one."""
    account = entry.principal.account
    asking = (
        other
        for other in foreign(role)
        if other.external_ids.state is ExternalIdState.REQUIRED and other.principal.account == account
    )
    other = next(asking, None)
    return "" if other is None else f", which undoes the demand for one at `{other.statement_path}`"


RULE = Rule(
    id="external-id-missing",
    title="A third party can assume a role without an external id",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "A partner that serves many customers can be tricked into using your role for another customer, who only "
        "needs to know the role's name. This is called the confused deputy. An external id that the partner makes for "
        "each customer and sends with every call stops it. Every statement that lets the partner in must ask for "
        "it, because one without it is enough to open the door again."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": ["acs:ram::PARTNER-ACCOUNT-ID:role/CALLER"]}, '
        '"Condition": {"StringEquals": {"sts:ExternalId": "EXTERNAL-ID"}}}',
        console=(
            "Add the condition `sts:ExternalId` with StringEquals, and the value that the partner made for you, to "
            "every Allow statement that names the partner. Agree on the moment: from then on, calls without the value fail."
        ),
    ),
    reference=references.EXTERNAL_IDS,
    judge=judge,
)
