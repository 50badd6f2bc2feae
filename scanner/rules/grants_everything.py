"""Whether a role may do anything that anybody may ever think of.

It asks about a service and an action that do not exist: only a grant of everything covers them, whatever
its policy is called, and whether it says `*` or `NotAction`. All of RocketMQ is `grants-whole-rocketmq`.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.grants import Grant, Standing
from scanner.access.understood import SOME_GROUP, everything
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.policy.syntax import Effect
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, evidence_of, judge_permissions, scopes, under


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    asked = {scope: everything(role, view.account, resource_group=scope) for scope in scopes(role)}
    granted = {scope: answer for scope, answer in asked.items() if answer.standing.grants}
    if granted:
        return _failure(role, granted)
    doubts = tuple(doubt for answer in asked.values() for doubt in answer.doubts)
    return Look(clause="may not do everything: its policies name what it may do", doubts=doubts)


def _failure(role: RoleView, granted: dict[str | None, Grant]) -> Look:
    whole = SOME_GROUP in granted
    grants = [granted[SOME_GROUP]] if whole else list(granted.values())
    where = "in the account" if whole else f"in resource group `{next(iter(granted))}`"
    but = " except what its policies rule out" if _excepts(role, grants) else ""
    return Look(
        fails=True,
        clause=f"may do everything {where}{but}{under(grants)}",
        evidence=evidence_of(grants),
        severity=None if whole else Severity.HIGH,
    )


def _excepts(role: RoleView, grants: list[Grant]) -> bool:
    """Whether something is taken away again, by NotAction or by a Deny."""
    if any(ref.statement.not_actions for answer in grants for ref in answer.statements):
        return True
    if any(answer.standing is Standing.CONDITIONAL for answer in grants):
        return False
    return any(s.effect is Effect.DENY for policy in role.policies for s in policy.document.statements)


RULE = Rule(
    id="grants-everything",
    title="A role that others may assume can do everything",
    severity=Severity.CRITICAL,
    subject=SubjectKind.ROLE,
    why=(
        "Whoever assumes the role owns the account: every service, every resource, every bill, and the permissions "
        "themselves. A leaked token of the partner is then a lost account, and what the intruder builds meanwhile stays "
        "when the token expires."
    ),
    remedy=narrow_policy(
        '{"Effect": "Allow", "Action": ["mq:QueryInstanceBaseInfo", "mq:PUB"], '
        '"Resource": ["acs:mq:*:*:INSTANCE-ID", "acs:mq:*:*:INSTANCE-ID%TOPIC"]}',
        console="Name the actions, instances, topics and groups that the partner needs, instead of `*`.",
        system_policy="AdministratorAccess",
    ),
    reference=references.LEAST_PRIVILEGE,
    judge=judge,
)
