"""Whether a role can change what it, or anybody else in the account, may do.

Attaching and detaching a policy ask for permission on the policy and on whom it goes to, and adding a user to a
group on both of them, so both are needed.
Taking on another role is `chains-to-any-role`. INFERRED: the vendor publishes no list of
actions that escalate; this one follows from what they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.access.grants import Grant, Standing, grant, offered
from scanner.access.reach import reach
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Confidence, Finding, Severity, SubjectKind
from scanner.model.ids import role_arn
from scanner.model.policy import PolicyKind
from scanner.policy.catalogue import AccessClass, find
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import forbid
from scanner.rules.permissions import Look, actions_of, evidence_of, judge_permissions, listed, under

_ELSEWHERE: Final = frozenset({"sts:AssumeRole", "ram:PassRole"})
"""Assuming a role has a rule of its own; passing one needs a service that takes it, which is not asked here."""
_POLICY: Final = "policy"


@dataclass(frozen=True, slots=True)
class _Way:
    """One action that changes permissions."""

    action: str
    grants: tuple[Grant, ...]
    """On everything that is needed."""
    hardest: tuple[Grant, ...]
    """Of those, the ones on what is granted under a condition only; empty where nothing is."""
    own: bool
    """Whether it works on the role itself."""


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    ways: list[_Way] = []
    doubts: list[str] = []
    possible = offered(role) - _ELSEWHERE
    for action in actions_of(AccessClass.ESCALATE):
        if action not in possible:
            continue
        answers = tuple(_answers(role, view, action))
        way = _way(role, view, action, [answer for answer in answers if answer.standing.grants])
        if way is not None:
            ways.append(way)
        elif _way(role, view, action, answers) is not None:
            doubts += (doubt for answer in answers for doubt in answer.doubts)
    if not ways:
        return Look(clause="cannot change permissions", doubts=tuple(doubts))
    return _failure(ways)


def _failure(ways: Sequence[_Way]) -> Look:
    own = [way for way in ways if way.own]
    told = own or ways
    grants = [answer for way in told for answer in way.grants]
    freely = any(not way.hardest for way in told)
    hardest = [] if freely else [answer for way in told for answer in way.hardest]
    whose = "its own permissions" if own else "the permissions of others in the account"
    return Look(
        fails=True,
        clause=f"can change {whose} with {listed([way.action for way in told])}{under(hardest)}",
        evidence=evidence_of(grants),
        severity=Severity.CRITICAL if own else Severity.HIGH,
    )


def _answers(role: RoleView, view: AccountView, action: str) -> Iterator[Grant]:
    """What the role gets of `action`, on itself and on whatever its statements name."""
    found = reach(role, (action,), view)
    if not found:
        return
    yield from (one.grant for one in found)
    for resource in _own_resources(role, view):
        answer = grant(role, action=action, resource=resource)
        if answer.standing is not Standing.DENIED:
            yield answer


def _own_resources(role: RoleView, view: AccountView) -> Iterator[str]:
    """The role and the policies attached to it that can be changed."""
    yield role_arn(view.account, role.name)
    for attachment in role.attachments:
        if attachment.policy.kind is PolicyKind.CUSTOM:
            yield f"acs:ram::{view.account}:policy/{attachment.policy.name}"


def _way(role: RoleView, view: AccountView, action: str, answers: Sequence[Grant]) -> _Way | None:
    """What the answers come to together; None when they do not suffice."""
    if not answers:
        return None
    needed = [[a for a in answers if _kind(a.resource) in kinds] for kinds in _needed(action)]
    if not all(needed):
        return None
    itself = set(_own_resources(role, view))
    # Where a policy is one of two things needed, it is the other that tells whose permissions change.
    own = [answer for answer in needed[0] if answer.resource in itself]
    needed = [own or needed[0], *needed[1:]]
    return _Way(
        action,
        grants=tuple(answer for found in needed for answer in found),
        hardest=tuple(answer for found in needed if not _freely(found) for answer in found),
        own=bool(own),
    )


def _needed(action: str) -> list[set[str]]:
    """The kinds of things that it asks on: one of each set. A policy, where there is one, goes to any of the rest."""
    kinds = dict.fromkeys(_kind(form) for entry in find(action) for form in entry.arn_forms)
    rest = [kind for kind in kinds if kind != _POLICY]
    if _POLICY in kinds:
        return [set(rest), {_POLICY}] if rest else [{_POLICY}]
    return [{kind} for kind in rest]


def _freely(answers: Sequence[Grant]) -> bool:
    """Whether one of them hangs on no condition."""
    return any(answer.standing is Standing.ALLOWED for answer in answers)


def _kind(resource: str) -> str:
    """`role`, `user`, `group` or `policy`."""
    return resource.rpartition(":")[2].partition("/")[0]


RULE = Rule(
    id="can-change-own-permissions",
    title="A role that others may assume can change permissions",
    severity=Severity.CRITICAL,
    subject=SubjectKind.ROLE,
    why=(
        "Whoever may write a new version of a policy, attach a policy, rewrite a trust policy or make an AccessKey for "
        "a user can get every permission in the end. One call turns a small role into an administrator, or opens a "
        "lasting way in that does not need the role any more."
    ),
    remedy=forbid(
        (
            "ram:AddUserToGroup",
            "ram:AttachPolicy*",
            "ram:CreateAccessKey",
            "ram:CreateLoginProfile",
            "ram:CreatePolicyVersion",
            "ram:DetachPolicy*",
            "ram:RemoveUserFromGroup",
            "ram:SetDefaultPolicyVersion",
            "ram:UpdateAccessKey",
            "ram:UpdateLoginProfile",
            "ram:UpdateRole",
        ),
        policy="no-permission-changes",
        console=(
            "Then take these actions out of the role's other policies; a partner who must look into RAM needs "
            "`ram:Get*` and `ram:List*` only."
        ),
    ),
    reference=references.LEAST_PRIVILEGE,
    judge=judge,
    confidence=Confidence.INFERRED,
)
