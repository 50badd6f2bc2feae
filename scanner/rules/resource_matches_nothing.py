"""Whether a role is granted something on resources that are not there.

A resource counts as there when it catches an existing instance, topic or group, or when it means whatever is
created inside an existing instance. A resource that leaves the instance open means what is to come.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.cite import StatementRef, cite_path
from scanner.access.resource_words import names_nothing, region_unread, rocketmq_patterns
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, judge_permissions, listed


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    lost = list(_lost(role, view))
    if not lost:
        return Look(clause="has no grant on a RocketMQ resource that does not exist")
    regions = (region_unread(pattern, view) for _, _, pattern in lost)
    unread = (*view.resources.unread, *(words for words in regions if words))
    if unread:
        return Look(doubts=tuple(dict.fromkeys(unread)))
    patterns = list(dict.fromkeys(pattern for _, _, pattern in lost))
    evidence = tuple(cite_path(ref.policy, path, excerpt=pattern) for ref, path, pattern in lost)
    return Look(
        fails=True,
        clause=f"has grants on RocketMQ resources that do not exist: {listed(patterns)}",
        evidence=evidence,
    )


def _lost(role: RoleView, view: AccountView) -> Iterator[tuple[StatementRef, str, str]]:
    """Resources that name something, and catch nothing."""
    for ref, path, pattern in rocketmq_patterns(role.policies):
        if names_nothing(pattern, view):
            yield ref, path, pattern


RULE = Rule(
    id="resource-matches-nothing",
    title="A role has grants on RocketMQ resources that do not exist",
    severity=Severity.LOW,
    subject=SubjectKind.ROLE,
    why=(
        "A grant on something that was deleted, or was never spelt right, stays in force: whoever later creates a "
        "resource of that name shares it with the partner without knowing. And if the name was misspelt, the partner "
        "does not have what was agreed."
    ),
    remedy=narrow_policy(
        '{"Effect": "Allow", "Action": "rocketmq:GetTopic", '
        '"Resource": "acs:rocketmq:*:*:instance/INSTANCE-ID/topic/TOPIC"}',
        console="Delete resources that are gone, and correct those that are misspelt, small and capital letters included.",
    ),
    reference=references.POLICIES_OF_5,
    judge=judge,
)
