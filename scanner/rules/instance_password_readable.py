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
        actions_of(AccessClass.OBTAIN_CREDENTIALS),
        view,
        fails="can read or set passwords of RocketMQ instances, which work without the role",
        passes="can neither read nor set passwords of RocketMQ instances",
    )


RULE = Rule(
    id="instance-password-readable",
    title="A role that others may assume can read or set passwords of instances",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "GetInstanceAccount returns the user name and the password of a 5.x instance in clear text, and the read-only "
        "system policy AliyunMQReadOnlyAccess includes it. Whoever has the password can send to and receive from every "
        "topic that the password opens, without the role, even after the role is gone."
    ),
    remedy=forbid(
        ("rocketmq:GetInstanceAccount", "rocketmq:CreateInstanceAccount", "rocketmq:UpdateInstanceAccount"),
        policy="no-instance-passwords",
        console=(
            "In the RocketMQ console, change the passwords that may have been read and delete accounts that nobody "
            "knows: no change in RAM makes a known password useless."
        ),
    ),
    reference=references.operation("GetInstanceAccount"),
    judge=judge,
)
