"""Whether a delegated role gives out sessions that live longer than an hour.

An hour is the service's default and twelve its maximum. What a session may do is no concern of this rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.access.view import RoleView
from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.policy.trust import TrustEntry
from scanner.rules import references
from scanner.rules.base import Remedy, Rule, World
from scanner.rules.delegated import Remark, judge_delegated

DEFAULT_SECONDS: Final = 3_600
MAXIMUM_SECONDS: Final = 43_200
"""See https://www.alibabacloud.com/help/en/ram/product-overview/limits (document 28753)."""


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_delegated(world, RULE, _look, evidence=_evidence)


def _look(_entry: TrustEntry, role: RoleView, _world: World) -> Remark | None:
    seconds = role.role.max_session_seconds
    if seconds is None:
        because = ("the role's maximum session duration was not read",)
        return Remark(verdict=Verdict.UNKNOWN, clause="gives sessions of unknown length", because=because)
    clause = f"gives sessions of up to {_spelt(seconds)} to somebody outside the account"
    if seconds <= DEFAULT_SECONDS:
        return Remark(verdict=Verdict.PASS, clause=clause)
    severity = Severity.HIGH if seconds >= MAXIMUM_SECONDS else Severity.MEDIUM
    return Remark(verdict=Verdict.FAIL, clause=clause, severity=severity)


def _spelt(seconds: int) -> str:
    """A length of time in hours where it is whole hours, with the number that the service knows."""
    hours, rest = divmod(seconds, DEFAULT_SECONDS)
    if rest:
        return f"{seconds:,} seconds"
    return f"{hours} hour{'s' if hours > 1 else ''} ({seconds:,} seconds)"


def _evidence(role: RoleView, _entry: TrustEntry) -> Evidence:
    return Evidence(
        source="GetRole", path="$.Role.MaxSessionDuration", excerpt=str(role.role.max_session_seconds)
    )


RULE = Rule(
    id="session-too-long",
    title="A role gives sessions of more than an hour to somebody outside the account",
    severity=Severity.MEDIUM,
    subject=SubjectKind.ROLE,
    why=(
        "A change of the trust policy stops new sessions only; a token that is already out works until it expires. "
        "So the longest session is how long a stolen token, or a partner whose contract has ended, can go on after "
        "you have shut the door, unless you delete the role."
    ),
    remedy=Remedy(
        cli=(
            "# This leaves the trust policy as it is. Sessions that are already open keep their length.\n"
            "aliyun ram UpdateRole --RoleName ROLE --NewMaxSessionDuration 3600"
        ),
        console=(
            "RAM console > Identities > Roles > ROLE > Basic Information > Edit next to Maximum Session Duration: "
            "1 hour. Tell the partner first: a client that asks for more than the maximum is refused."
        ),
        terraform=(
            'resource "alicloud_ram_role" "ROLE" {\n'
            '  role_name            = "ROLE"\n'
            "  max_session_duration = 3600\n"
            "  # The other lines stay as they are.\n"
            "}"
        ),
    ),
    reference=references.LIMITS,
    judge=judge,
)
