"""Whether a policy of a role says something that the documented language does not have.

Nobody can tell what the service makes of it, so other rules are UNKNOWN where it matters. Misspelt
names of actions or resources are well-formed and not meant here.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.access.cite import StatementRef, cite, cite_path
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Evidence, Finding, Severity, SubjectKind
from scanner.policy.decision import SourcedPolicy
from scanner.policy.syntax import Problem, Weight
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, judge_permissions


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, _view: AccountView) -> Look:
    found = [
        (policy, problem)
        for policy in role.policies
        for problem in policy.document.problems
        if problem.weight is Weight.ERROR
    ]
    if not found:
        return Look(clause="has only policies that are understood in full")
    policy, problem = found[0]
    more = f" (and {len(found) - 1} more of the kind)" if len(found) > 1 else ""
    return Look(
        fails=True,
        clause=f"has a policy that is not understood: `{policy.label}` at `{problem.path}`: {problem.message}{more}",
        evidence=tuple(_place(policy, problem) for policy, problem in found),
    )


def _place(policy: SourcedPolicy, problem: Problem) -> Evidence:
    """The place of the problem, with the statement around it."""
    for statement in policy.document.statements:
        if problem.path.startswith(statement.path):
            return cite_path(policy, problem.path, excerpt=cite(StatementRef(policy, statement)).excerpt)
    return cite_path(policy, problem.path, excerpt=policy.document.text.strip())


RULE = Rule(
    id="policy-not-understood",
    title="A policy of a role that others may assume is not understood",
    severity=Severity.MEDIUM,
    subject=SubjectKind.ROLE,
    why=(
        "The policy has an element, an operator or a value that is not in the documented language. The service may "
        "ignore it, and a condition that is ignored protects nothing; or it may refuse everything. Until that is "
        "cleared up, nobody can be certain what the partner can do."
    ),
    remedy=narrow_policy(
        '{"Effect": "Allow", "Action": "mq:QueryInstanceBaseInfo", "Resource": "acs:mq:*:*:INSTANCE-ID", '
        '"Condition": {"IpAddress": {"acs:SourceIp": ["192.0.2.0/24"]}}}',
        console=(
            "Use documented elements and operators only: no NotResource, and no IfExists, ForAnyValue, Null or ARN "
            "operators."
        ),
    ),
    reference=references.POLICY_ELEMENTS,
    judge=judge,
)
