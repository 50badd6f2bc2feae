"""Whether a user, group or role of the account may assume roles of any account at all.

It asks for the meaning, not for the name of a policy: an Allow of sts:AssumeRole whose resource fits a role
of an account that nobody has. A grant under a condition is a grant, with the condition in the message, as in the
rules about permissions. Roles of named accounts only are narrow enough to PASS. Which roles would let
the principal in is not asked; that is decided by their trust policies, also by those still to be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from scanner.access.candidates import resource_to_come
from scanner.access.cite import StatementRef, cite
from scanner.access.grants import Grant, Standing, grant, may_cover
from scanner.access.view import AccountView, Holder
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.model.policy import PrincipalKind
from scanner.model.snapshot import Subject
from scanner.policy.syntax import Effect, Statement
from scanner.rules import references
from scanner.rules.base import Remedy, Rule, World
from scanner.rules.permissions import under

ASSUME_ROLE: Final = "sts:AssumeRole"
_NOBODY: Final = "0000000000000000"
"""An account number that nobody has, so that only a grant for any account fits it."""
_ANY_ROLE: Final = f"acs:ram::{_NOBODY}:role/{{role}}"
_SOME_ROLE: Final = f"acs:ram::{_NOBODY}:role/some-role"

_KINDS: Final = {
    PrincipalKind.USER: SubjectKind.USER,
    PrincipalKind.GROUP: SubjectKind.GROUP,
    PrincipalKind.ROLE: SubjectKind.ROLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A statement that may let its holder assume a role of any account, and what all policies say to that."""

    ref: StatementRef
    grant: Grant
    severity: Severity
    reach: str
    """What it makes of the holder, in words."""

    @property
    def rank(self) -> tuple[int, bool]:
        """How much it is worth telling: by severity, then a grant without a condition first."""
        return self.severity.rank, self.grant.standing is Standing.ALLOWED


def judge(world: World) -> Iterator[Finding]:
    """One finding for each user, group and role that holds sts:AssumeRole, or may hold it unseen."""
    view = world.view
    yield from _not_listed(view)
    own_roles = tuple(role for role in view.roles if not role.role.service_linked)
    holders: tuple[Holder, ...] = (*view.users, *view.groups, *own_roles)
    for holder in holders:
        yield from _judge_holder(holder, view)


def _judge_holder(holder: Holder, view: AccountView) -> Iterator[Finding]:
    """Nothing for a holder that is known to hold no sts:AssumeRole."""
    held = tuple(_assuming(holder))
    ways = tuple(_ways(holder, held))
    failed = [way for way in ways if way.grant.standing.grants]
    unsure = [way for way in ways if way.grant.standing is Standing.UNCERTAIN]
    if failed:
        worst = max(failed, key=lambda way: way.rank)
        refs = [way.ref for way in failed]
        text = f"{worst.reach}{under([worst.grant])}"
        yield _finding(holder, view, Verdict.FAIL, text, refs=refs, severity=worst.severity)
    elif doubts := (*holder.unread, *_doubts(holder, unsure)):
        refs = [way.ref for way in unsure]
        text = "may perhaps assume roles of any account; its permissions are not known for certain"
        yield _finding(holder, view, Verdict.UNKNOWN, text, refs=refs, because=doubts)
    elif held:
        text = "may assume roles of named accounts only"
        yield _finding(holder, view, Verdict.PASS, text, refs=held)


def _assuming(holder: Holder) -> Iterator[StatementRef]:
    """The statements that may allow sts:AssumeRole on something."""
    for policy in holder.policies:
        for statement in policy.document.statements:
            readable = statement.actions is not None or statement.not_actions is not None
            if statement.effect is not Effect.DENY and readable and may_cover(statement, ASSUME_ROLE):
                yield StatementRef(policy, statement)


def _ways(holder: Holder, refs: Iterable[StatementRef]) -> Iterator[_Way]:
    """The statements that fit a role of an account that nobody has, with what all policies together say."""
    for ref in refs:
        for pattern in ref.statement.resources.items if ref.statement.resources is not None else ():
            role = resource_to_come(pattern, _ANY_ROLE, account=_NOBODY)
            if role is not None:
                yield _way(holder, ref, role)


def _way(holder: Holder, ref: StatementRef, role: str) -> _Way:
    if _grants_everything(ref.statement):
        severity, reach = Severity.LOW, "may do everything, and so assume any role that trusts this account"
    elif role == _SOME_ROLE:
        severity, reach = RULE.severity, "may assume any role of any account that trusts this one"
    else:
        name = role.rpartition("/")[2]
        severity, reach = Severity.LOW, f"may assume roles with names such as `{name}` of any account"
    return _Way(ref=ref, grant=_asked(holder, role), severity=severity, reach=reach)


def _asked(holder: Holder, role: str) -> Grant:
    """What all policies say. A role of another account lies in none of the holder's resource groups."""
    return grant(holder, action=ASSUME_ROLE, resource=role, resource_group="")


def _grants_everything(statement: Statement) -> bool:
    """Whether sts:AssumeRole is the least of what the statement allows."""
    return statement.actions is not None and "*" in statement.actions.items


def _doubts(holder: Holder, unsure: Iterable[_Way]) -> tuple[str, ...]:
    """Why the holder's policies leave the question open; a document that is no JSON grants nothing but doubt."""
    probe = _asked(holder, _SOME_ROLE)
    return tuple(dict.fromkeys((*(doubt for way in unsure for doubt in way.grant.doubts), *probe.doubts)))


def _finding(
    holder: Holder,
    view: AccountView,
    verdict: Verdict,
    text: str,
    *,
    refs: Iterable[StatementRef],
    severity: Severity | None = None,
    because: tuple[str, ...] = (),
) -> Finding:
    evidence = tuple(dict.fromkeys(cite(ref) for ref in refs))
    return Finding(
        rule=RULE.id,
        verdict=verdict,
        severity=severity or RULE.severity,
        confidence=RULE.confidence,
        account=view.account,
        subject_kind=_KINDS[holder.kind],
        subject=holder.name,
        message=f"{holder.kind.value.capitalize()} `{holder.name}` {text}",
        evidence=evidence or holder.basis,
        because_of_gaps=because,
    )


def _not_listed(view: AccountView) -> Iterator[Finding]:
    """An UNKNOWN about the account, when some of its principals could not be listed."""
    gaps = [
        gap for gap in view.snapshot.gaps_in(Subject.USERS, Subject.GROUPS, Subject.ROLES) if not gap.name
    ]
    if gaps:
        missing = ", ".join(gap.subject.value for gap in gaps)
        yield Finding(
            rule=RULE.id,
            verdict=Verdict.UNKNOWN,
            severity=RULE.severity,
            account=view.account,
            subject_kind=SubjectKind.ACCOUNT,
            subject=view.account,
            message=f"Not all of account `{view.account}` could be listed: {missing} may be missing",
            because_of_gaps=tuple(f"the {gap.subject} of the account: {gap.because}" for gap in gaps),
        )


RULE = Rule(
    id="accessor-may-assume-any-role",
    title="A user, group or role may assume roles of any account",
    severity=Severity.MEDIUM,
    subject=SubjectKind.USER,
    why=(
        "With AliyunSTSAssumeRoleAccess, or a custom policy that says the same, a person or program can enter every "
        "role anywhere that trusts this account, including those that partners set up tomorrow for somebody else's "
        "work. A role that trusts the whole account is open to all who hold the policy, and one stolen AccessKey opens "
        "all such roles."
    ),
    remedy=Remedy(
        cli=(
            "# For a group or a role, the operations end in Group or Role, and so does the last parameter. A custom\n"
            "# policy of the same meaning is detached with --PolicyType Custom.\n"
            "aliyun ram CreatePolicy --PolicyName assume-ROLE --PolicyDocument "
            '\'{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
            '"Resource": "acs:ram:*:OWNER-ACCOUNT-ID:role/ROLE"}]}\'\n'
            "aliyun ram AttachPolicyToUser --PolicyType Custom --PolicyName assume-ROLE --UserName USER\n"
            "aliyun ram DetachPolicyFromUser --PolicyType System --PolicyName AliyunSTSAssumeRoleAccess --UserName USER"
        ),
        console=(
            "RAM console > Permissions > Policies > Create Policy: allow `sts:AssumeRole` on the one role. Then "
            "Identities > Users (or Groups, or Roles) > the name > Permissions: first grant the new policy, then remove "
            "AliyunSTSAssumeRoleAccess, so that nothing stops working."
        ),
        terraform=(
            'resource "alicloud_ram_policy" "assume_ROLE" {\n'
            '  policy_name     = "assume-ROLE"\n'
            '  policy_document = jsonencode({"Version": "1", "Statement": [{"Effect": "Allow", '
            '"Action": "sts:AssumeRole", "Resource": "acs:ram:*:OWNER-ACCOUNT-ID:role/ROLE"}]})\n'
            "}\n\n"
            'resource "alicloud_ram_user_policy_attachment" "USER_assume_ROLE" {\n'
            '  user_name   = "USER"\n'
            "  policy_name = alicloud_ram_policy.assume_ROLE.policy_name\n"
            '  policy_type = "Custom"\n}'
        ),
    ),
    reference=references.ROLES_AND_TOKENS,
    judge=judge,
)
