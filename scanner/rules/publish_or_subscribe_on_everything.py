"""Whether a role may send to, or receive from, topics of any name on instances of any name.

It asks about a topic that does not exist on an instance that does not exist, in any region or in one that is
used. All topics of one named instance is narrow enough to PASS. Receiving also needs a consumer group; any
group will do for a topic, so groups are not asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.access.grants import Grant, grant, offered
from scanner.access.reach import allowed_patterns
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Series
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.policy.catalogue import AccessClass, RamAction, by_class
from scanner.policy.pattern import is_pattern, matches
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, evidence_of, judge_permissions, listed, places, scopes, under

_TOPIC: Final = "{topic}"


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    granted: dict[str, Grant] = {}
    doubts: list[str] = []
    possible = offered(role)
    for entry in by_class(AccessClass.PUBLISH, AccessClass.SUBSCRIBE):
        if entry.action not in possible:
            continue
        for answer in _answers(role, view, entry):
            doubts += answer.doubts
            if answer.standing.grants:
                granted.setdefault(entry.action, answer)
                break
    if granted:
        grants = list(granted.values())
        clause = f"may send to or receive from topics of any name with {listed(list(granted))}{under(grants)}"
        return Look(fails=True, clause=clause, evidence=evidence_of(grants))
    clause = "may send to or receive from named topics only, if any"
    return Look(clause=clause, doubts=tuple(dict.fromkeys(doubts)))


def _answers(role: RoleView, view: AccountView, entry: RamAction) -> Iterator[Grant]:
    """What the role gets on topics that nobody has named; only where a resource is wide enough for one."""
    patterns = {pattern for _, pattern in allowed_patterns(role, entry.action) if is_pattern(pattern)}
    for form in (form for form in entry.arn_forms if _TOPIC in form):
        for place in places(form, view):
            if any(matches(pattern, place, ignore_case=True) for pattern in patterns):
                for scope in scopes(role, series=entry.series or Series.V5):
                    yield grant(role, action=entry.action, resource=place, resource_group=scope)


RULE = Rule(
    id="publish-or-subscribe-on-everything",
    title="A role that others may assume can send to or receive from every topic",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "Whoever assumes the role can receive the messages of every system, and so take them away from those who "
        "should have them, or send messages that every system takes for genuine. Topics that are created later are "
        "included."
    ),
    remedy=narrow_policy(
        '{"Effect": "Allow", "Action": ["mq:QueryInstanceBaseInfo", "mq:PUB"], '
        '"Resource": ["acs:mq:*:*:INSTANCE-ID", "acs:mq:*:*:INSTANCE-ID%TOPIC"]}',
        console=(
            "Name the instance and the topic in each resource, instead of `*`. Receiving needs `mq:SUB` on the topic "
            "and on the group."
        ),
        system_policy="AliyunMQPubOnlyAccess",
    ),
    reference=references.POLICIES_OF_4,
    judge=judge,
)
