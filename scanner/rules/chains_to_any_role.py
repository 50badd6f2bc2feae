"""Whether a role may go on to assume roles of any name.

It asks about a role that does not exist, in this account and in one that nobody has. Roles that are named, or
begin alike, are narrow enough to PASS. Which roles would let it in is decided by their trust
policies, and is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.onward import any_role
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, evidence_of, judge_permissions, under


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    asked = any_role(role, view.account)
    for where, answer in asked.items():
        if answer.standing.grants:
            clause = f"may go on to assume any role of {where} that lets it in{under([answer])}"
            return Look(fails=True, clause=clause, evidence=evidence_of([answer]))
    doubts = tuple(doubt for answer in asked.values() for doubt in answer.doubts)
    return Look(clause="may go on to assume named roles only, if any", doubts=tuple(dict.fromkeys(doubts)))


RULE = Rule(
    id="chains-to-any-role",
    title="A role that others may assume can assume any other role",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "From this role the partner can step into every role that trusts this account or this role, and from there "
        "further. Each step starts a new session with a time of its own, so access can outlast the first session, and "
        "the trail shows another role's name."
    ),
    remedy=narrow_policy(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "acs:ram:*:ACCOUNT-ID:role/ROLE-TO-ASSUME"}',
        console="Put the roles that the partner needs into the resource of `sts:AssumeRole`, instead of `*`.",
        system_policy="AliyunSTSAssumeRoleAccess",
    ),
    reference=references.ASSUME_ROLE_POLICY,
    judge=judge,
)
