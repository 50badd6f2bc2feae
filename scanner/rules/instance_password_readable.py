"""Whether a role can come to a password of a 5.x instance, by reading it or by setting one.

The vendor counts reading it among the reads, so its read-only policy includes it. A password works without
the role, without a token and after the role is gone. Whether the instance can be reached over
the network is not asked.
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
        actions_of(AccessClass.OBTAIN_CREDENTIALS),
        view,
        fails="can read or set passwords of RocketMQ instances, which work without the role",
        passes="can neither read nor set passwords of RocketMQ instances",
    )


RULE = Rule(
    id="instance-password-readable",
    title="A role that others may assume can come to passwords of instances",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "GetInstanceAccount returns user name and password of a 5.x instance in clear, and the read-only system policy "
        "of the product includes it. Who has the password sends and receives on every topic that the account may use, "
        "without the role, and still after the role has been taken away."
    ),
    remedy=narrow_policy(
        '{"Effect": "Deny", "Action": ["rocketmq:GetInstanceAccount", "rocketmq:CreateInstanceAccount", '
        '"rocketmq:UpdateInstanceAccount"], "Resource": "*"}',
        console=(
            "name the reads that are needed instead of `rocketmq:Get*`, or add a Deny on GetInstanceAccount, "
            "CreateInstanceAccount and UpdateInstanceAccount. Then change the passwords that may have been read."
        ),
    ),
    reference="Alibaba Cloud API RocketMQ 2022-08-01, GetInstanceAccount; system policy AliyunMQReadOnlyAccess",
    judge=judge,
)
