"""Whether every part of a trust policy is in the language that the vendor documents.

An operator, element or text that is not makes the other trust rules answer UNKNOWN; this rule says where it
stands. A reading that the documents leave open is UNKNOWN here too.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.admission import ODD_PRINCIPALS
from scanner.access.view import RoleView
from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.policy.syntax import Problem, Weight
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.delegated import EXCERPT_LIMIT, roles_not_listed
from scanner.rules.remedies import edit_trust


def judge(world: World) -> Iterator[Finding]:
    """One finding for each role that lets in, or may let in, somebody from outside."""
    yield from roles_not_listed(world.view, RULE)
    for role in world.view.roles:
        problems = _errors(role)
        if problems or role.foreign or role.trust is None:
            yield _judge_role(role, problems, world)


def _errors(role: RoleView) -> tuple[Problem, ...]:
    """What is not documented, apart from principals, which `trust-principal-unsupported` judges."""
    problems = () if role.trust is None else role.trust.problems
    return tuple(p for p in problems if p.weight is Weight.ERROR and p.code not in ODD_PRINCIPALS)


def _judge_role(role: RoleView, problems: tuple[Problem, ...], world: World) -> Finding:
    name = role.name
    doubts = tuple(dict.fromkeys(doubt for entry in role.foreign for doubt in entry.doubts))
    if role.trust is None:
        why = role.trust_unread or "the trust policy was not read"
        return _finding(
            role, world, Verdict.UNKNOWN, f"The trust policy of role `{name}` was not read", because=(why,)
        )
    if problems:
        message = (
            f"The trust policy of role `{name}` is not in the documented language: {problems[0].message}"
        )
        return _finding(role, world, Verdict.FAIL, message, problems=problems)
    if doubts:
        message = f"The trust policy of role `{name}` can be read in more than one way"
        return _finding(role, world, Verdict.UNKNOWN, message, because=doubts)
    return _finding(role, world, Verdict.PASS, f"The trust policy of role `{name}` is understood in full")


def _finding(
    role: RoleView,
    world: World,
    verdict: Verdict,
    message: str,
    *,
    problems: tuple[Problem, ...] = (),
    because: tuple[str, ...] = (),
) -> Finding:
    digest = role.role.trust.digest if role.role.trust is not None else ""
    places = [(problem.path, problem.message[:EXCERPT_LIMIT]) for problem in problems] or [("$", "")]
    return Finding(
        rule=RULE.id,
        verdict=verdict,
        severity=RULE.severity,
        account=world.view.account,
        subject_kind=SubjectKind.ROLE,
        subject=role.name,
        message=message,
        evidence=tuple(
            Evidence(source="trust policy", path=path, excerpt=excerpt, digest=digest)
            for path, excerpt in places
        ),
        because_of_gaps=because,
    )


RULE = Rule(
    id="trust-not-understood",
    title="A trust policy says something that is not in the documented language",
    severity=Severity.MEDIUM,
    subject=SubjectKind.ROLE,
    why=(
        "If an auditor cannot say what a trust policy means, neither can the next person who changes it. A condition "
        "that the service ignores, or reads otherwise than its author did, may let in everybody whom it was meant to "
        "keep out, and no other rule can vouch for the role."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": ["acs:ram::PARTNER-ACCOUNT-ID:role/CALLER"]}, '
        '"Condition": {"StringEquals": {"sts:ExternalId": "EXTERNAL-ID"}}}',
        console="Rewrite the places that the finding names with documented elements and operators only.",
    ),
    reference=references.POLICY_ELEMENTS,
    judge=judge,
)
