"""Whether a role can open an instance to networks that it is closed to.

That is an address more on the list of a 5.x instance's public endpoint, the last one fewer, since an empty list
lets everybody in, or authentication switched off inside the VPC. Whether the instance has a public
endpoint now is not asked: the same actions can change that.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.policy.catalogue import AccessClass
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import forbid
from scanner.rules.permissions import Look, actions_of, judge_permissions, look_for


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    return look_for(
        role,
        actions_of(AccessClass.OPEN_NETWORK),
        view,
        fails="can open RocketMQ instances to other networks",
        passes="cannot open RocketMQ instances to other networks",
    )


RULE = Rule(
    id="network-can-be-opened",
    title="A role that others may assume can open instances to the network",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "UpdateInstance can switch off authentication inside the VPC and change the list of public addresses that may "
        "connect; an empty list admits the whole internet. What was opened stays open when the session ends, and when "
        "the role is gone."
    ),
    remedy=forbid(
        (
            "rocketmq:UpdateInstance",
            "rocketmq:CreateInstanceIpWhitelist",
            "rocketmq:DeleteInstanceIpWhitelist",
        ),
        policy="no-network-changes",
        console=(
            "The partner then cannot rename an instance either, so agree on who does that. In the RocketMQ console, "
            "compare the network settings of the instances with what was agreed."
        ),
    ),
    reference=references.operation("UpdateInstance"),
    judge=judge,
)
