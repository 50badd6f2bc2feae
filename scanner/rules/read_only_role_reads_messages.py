"""Whether a role that changes nothing in RocketMQ reads what is in the messages.

Such a role is handed out as harmless. A role that may also send, receive or change anything is not called
read-only, so the rule does not apply to it; other rules do. Reading passwords is
`instance-password-readable`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from scanner.access.reach import find_reach
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.policy.catalogue import AccessClass, by_class
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import forbid
from scanner.rules.permissions import Look, actions_of, judge_permissions, look_for


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    if _writes(role, view):
        return Look(
            not_applicable=True, clause="is not read-only: it may also send, receive or change something"
        )
    return look_for(
        role,
        actions_of(AccessClass.READ_MESSAGES),
        view,
        fails="may change nothing in RocketMQ and yet can read messages or their traces",
        passes="cannot read messages",
    )


def _writes(role: RoleView, view: AccountView) -> bool:
    """Whether anything that changes RocketMQ is granted."""
    return any(found.standing.grants for found in find_reach(role, _writing(), view))


@cache
def _writing() -> tuple[str, ...]:
    entries = by_class(*(c for c in AccessClass if not c.reads))
    # Reading a password changes nothing, and the read-only system policy includes it.
    return tuple(
        dict.fromkeys(e.action for e in entries if e.series is not None and e.api != "GetInstanceAccount")
    )


RULE = Rule(
    id="read-only-role-reads-messages",
    title="A role that seems to be read-only reads messages",
    severity=Severity.MEDIUM,
    subject=SubjectKind.ROLE,
    why=(
        "Monitoring needs lists, numbers and states, and not what is in the messages: orders, names, addresses. "
        "The vendor counts reading a message among the reads, so `rocketmq:Get*`, `mq:Query*` and the read-only system "
        "policy AliyunMQReadOnlyAccess include it. A role that was handed out as harmless then reads business data."
    ),
    remedy=forbid(
        (
            "rocketmq:GetMessageDetail",
            "rocketmq:ListMessages",
            "rocketmq:GetTrace",
            "rocketmq:ListTraces",
            "mq:QueryMessage*",
            "mq:QueryDLQMessage",
            "mq:QueryTrace",
        ),
        policy="no-message-reading",
        console="Then name in the role's other policies the reads that are needed, instead of `Get*`, `List*` and `Query*`.",
    ),
    reference=references.SYSTEM_POLICIES,
    judge=judge,
)
