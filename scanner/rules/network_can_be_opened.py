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
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
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
        "UpdateInstance can switch off authentication inside the VPC and change the public address list, and an empty "
        "address list lets the whole internet knock. What was opened stays open when the session ends and when the "
        "role is taken away."
    ),
    remedy=narrow_policy(
        '{"Effect": "Deny", "Action": ["rocketmq:UpdateInstance", "rocketmq:CreateInstanceIpWhitelist", '
        '"rocketmq:DeleteInstanceIpWhitelist"], "Resource": "*"}',
        console=(
            "leave UpdateInstance, CreateInstanceIpWhitelist and DeleteInstanceIpWhitelist to the owner's own roles. "
            "Then compare the instance's network settings with what was agreed."
        ),
    ),
    reference="Alibaba Cloud API RocketMQ 2022-08-01, UpdateInstance and CreateInstanceIpWhitelist",
    judge=judge,
)
