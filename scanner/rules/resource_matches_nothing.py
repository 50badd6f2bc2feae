"""Whether a role is granted something on resources that are not there.

A resource counts as there when it catches an existing instance, topic or group, or when it means whatever is
created inside an existing instance. A resource that leaves the instance open means what is to come.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.cite import StatementRef, cite_path
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.model.ids import Arn
from scanner.policy.pattern import is_pattern
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, judge_permissions, listed
from scanner.rules.resource_words import instance_piece, rocketmq_patterns, series_of_service


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    lost = list(_lost(role, view))
    if not lost:
        return Look(clause="has no grant on a RocketMQ resource that does not exist")
    unread = (*view.resources.unread, *_regions_unread(lost, view))
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
    for ref, path, pattern in rocketmq_patterns(role):
        parts = Arn.parse(pattern)
        series = None if parts is None else series_of_service(parts.service)
        if parts is None or series is None or not instance_piece(parts, series).strip("*?"):
            continue
        if not view.resources.has_place_for(pattern):
            yield ref, path, pattern


def _regions_unread(lost: list[tuple[StatementRef, str, str]], view: AccountView) -> Iterator[str]:
    """Regions that are named and were not asked for."""
    for _, _, pattern in lost:
        parts = Arn.parse(pattern)
        region = "" if parts is None else parts.region
        if (
            region
            and not is_pattern(region)
            and region not in view.snapshot.regions
            and view.snapshot.regions
        ):
            yield f"region `{region}` was not read"


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
