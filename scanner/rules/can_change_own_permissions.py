"""Whether a role can change what it, or anybody else in the account, may do.

Which calls do that, and what they need, is read in `scanner.access.changes`. Taking on another role is
`chains-to-any-role`. INFERRED: the vendor publishes no list of actions that escalate; this one follows from
what they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.access.changes import CallBook, PermissionCall
from scanner.access.identities import Identities
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Confidence, Finding, Severity, SubjectKind
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import forbid
from scanner.rules.permissions import Look, evidence_of, judge_permissions, listed, under


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    book = CallBook(Identities(world.view))

    def look(role: RoleView, _: AccountView) -> Look:
        return _look(role, book)

    return judge_permissions(world, RULE, look)


def _look(role: RoleView, book: CallBook) -> Look:
    found = book.of(role)
    if not found.granted:
        return Look(clause="cannot change permissions", doubts=found.doubts)
    return _failure(found.granted)


def _failure(granted: Sequence[PermissionCall]) -> Look:
    own = [call for call in granted if call.own]
    told = own or granted
    hardest = () if any(not call.hardest for call in told) else [g for call in told for g in call.hardest]
    whose = "its own permissions" if own else "the permissions of others in the account"
    return Look(
        fails=True,
        clause=f"can change {whose} with {listed([call.action for call in told])}{under(hardest)}",
        evidence=evidence_of([answer for call in told for answer in call.grants]),
        severity=Severity.CRITICAL if own else Severity.HIGH,
    )


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
