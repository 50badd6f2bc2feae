"""Whether a delegated role has no policy attached, in either scope.

It counts attachments. What the attached policies allow is judged by the rules about permissions.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.view import RoleView
from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.snapshot import Subject
from scanner.policy.trust import TrustEntry
from scanner.rules import references
from scanner.rules.base import Remedy, Rule, World
from scanner.rules.delegated import Remark, described, judge_delegated


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_delegated(world, RULE, _look, evidence=_evidence)


def _look(entry: TrustEntry, role: RoleView, world: World) -> Remark | None:
    who = described(entry, world)
    if role.attachments:
        count = len(role.attachments)
        clause = f"lets in {who} and has {count} {'policy' if count == 1 else 'policies'} attached"
        return Remark(verdict=Verdict.PASS, clause=clause)
    gaps = world.view.snapshot.gaps_in(
        Subject.ATTACHMENTS, Subject.RESOURCE_GROUP_ATTACHMENTS, name=role.name
    )
    if gaps:
        because = tuple(f"what is attached to role `{role.name}`: {gap.because}" for gap in gaps)
        return Remark(
            verdict=Verdict.UNKNOWN,
            clause=f"lets in {who}; whether it has any policies could not be read",
            because=because,
        )
    return Remark(verdict=Verdict.FAIL, clause=f"lets in {who} but has no policy attached")


def _evidence(role: RoleView, _entry: TrustEntry) -> Evidence:
    names = ", ".join(str(attachment.policy) for attachment in role.attachments)
    return Evidence(source="attachments", excerpt=names[:200] or "none")


RULE = Rule(
    id="role-trusted-but-powerless",
    title="A role lets in somebody from outside but has no policy attached",
    severity=Severity.LOW,
    subject=SubjectKind.ROLE,
    why=(
        "The role can do nothing today, but the door is open: the next policy that anybody attaches, for whatever "
        "reason, is at once in the hands of the outside account. Such roles are mostly left over from a delegation "
        "that was ended halfway."
    ),
    remedy=Remedy(
        cli=(
            "# Ask the partner whether the role is still to be used. Keep its trust policy in case somebody misses it.\n"
            "# DeleteRole refuses a role that has a policy after all.\n"
            "aliyun ram GetRole --RoleName ROLE > ROLE-before.json\n"
            "aliyun ram DeleteRole --RoleName ROLE"
        ),
        console=(
            "Ask the partner whether the role is still to be used. If not: RAM console > Identities > Roles > ROLE > "
            "Delete Role, and confirm with the role's name. Otherwise grant it the policy that was agreed."
        ),
        terraform=(
            "# Remove the block of the role, or give the role what it was made for:\n"
            'resource "alicloud_ram_role_policy_attachment" "ROLE" {\n'
            '  role_name   = "ROLE"\n  policy_name = "POLICY"\n  policy_type = "Custom"\n}'
        ),
    ),
    reference=references.TRUST_POLICY,
    judge=judge,
)
