"""Whether a role may do everything with RocketMQ, in one series or both, on instances of any name.

It asks about an action that does not exist yet, because `rocketmq:*` covers that too; and, where the actions
are written out, about every administrative action that is documented. A grant that is limited to one region
or one resource group is still a grant on instances of any name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.access.candidates import made_up
from scanner.access.grants import Grant, grant
from scanner.access.resources import SERVICE_OF
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Series
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.policy.catalogue import AccessClass, Known, by_class
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, evidence_of, judge_permissions, places, scopes, under

_FORM: Final = {
    Series.V4: "acs:mq:{region}:{account}:{instance}",
    Series.V5: "acs:rocketmq:{region}:{account}:instance/{instance}",
}


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    granted: dict[Series, Grant] = {}
    doubts: list[str] = []
    for series in Series:
        answers = _answers(role, view, series)
        for answer in answers:
            if answer.standing.grants:
                granted.setdefault(series, answer)
            doubts += answer.doubts
    if granted:
        named = " and ".join(series.value for series in granted)
        grants = list(granted.values())
        clause = f"may do everything with RocketMQ {named} instances of any name{under(grants)}"
        return Look(fails=True, clause=clause, evidence=evidence_of(grants))
    return Look(clause="may not do everything with every RocketMQ instance", doubts=tuple(doubts))


def _answers(role: RoleView, view: AccountView, series: Series) -> Iterator[Grant]:
    """The answer for an action to come, and, where that is no, for all that are known."""
    for scope in scopes(role, series=series):
        for place in places(_FORM[series], view):
            action = f"{SERVICE_OF[series]}:SomeActionToCome"
            answer = grant(role, action=action, resource=place, resource_group=scope)
            if answer.standing.grants:
                yield answer
                return
            yield answer
        known = list(_known(role, view, series, scope))
        if known and all(answer.standing.grants for answer in known):
            yield known[0]


def _known(role: RoleView, view: AccountView, series: Series, scope: str | None) -> Iterator[Grant]:
    """The answers for the documented administrative actions, up to the first no."""
    for entry in by_class(AccessClass.ADMINISTER, series=series):
        if entry.evidence is not Known.DOCUMENTED:
            continue
        resource = made_up(entry.arn_forms[0], account=view.account)
        answer = grant(role, action=entry.action, resource=resource, resource_group=scope)
        yield answer
        if not answer.standing.grants:
            return


RULE = Rule(
    id="grants-whole-rocketmq",
    title="A role that others may assume can do everything with RocketMQ",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "Whoever assumes the role can delete any instance, read and send any message, make accounts with passwords of "
        "their own, and open instances to the internet. Instances and operations that are added later are included, "
        "without anybody granting them."
    ),
    remedy=narrow_policy(
        '{"Effect": "Allow", "Action": ["rocketmq:GetInstance", "rocketmq:GetTopic"], '
        '"Resource": ["acs:rocketmq:*:*:instance/INSTANCE-ID", "acs:rocketmq:*:*:instance/INSTANCE-ID/topic/*"]}',
        console="Name the actions that are used, and the instance, topic and group in each resource.",
        system_policy="AliyunMQFullAccess",
    ),
    reference=references.SYSTEM_POLICIES,
    judge=judge,
)
