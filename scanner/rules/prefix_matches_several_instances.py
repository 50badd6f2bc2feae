"""Whether a resource that seems to name one instance catches several.

The vendor's own sample for one instance ends in `*`, right after the instance's id, to include its topics and
groups; a shortened id then catches every instance that begins alike. A resource that leaves the
instance open altogether means all of them and is not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.access.candidates import resource_to_come
from scanner.access.cite import StatementRef, cite_path
from scanner.access.grants import grant, known_actions
from scanner.access.resource_words import (
    begun_instance,
    instances_begun,
    rocketmq_patterns,
    series_of_service,
)
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Instance, Series
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.policy.catalogue import find
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, judge_permissions, listed


@dataclass(frozen=True, slots=True)
class _Prefix:
    """A pattern whose instance is named in part."""

    ref: StatementRef
    path: str
    pattern: str
    series: Series


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    prefixes = list(_prefixes(role))
    caught = [(prefix, _instances(role, view, prefix)) for prefix in prefixes]
    wide = [(prefix, names) for prefix, names in caught if len(names) > 1]
    if wide:
        prefix, names = wide[0]
        clause = f"reaches {len(names)} instances through `{prefix.pattern}`: {listed(names)}"
        evidence = tuple(cite_path(p.ref.policy, p.path, excerpt=p.pattern) for p, _ in wide)
        return Look(fails=True, clause=clause, evidence=evidence)
    unread = view.resources.instances_unread if prefixes else ()
    return Look(clause="has no resource that names several instances by the same beginning", doubts=unread)


def _prefixes(role: RoleView) -> Iterator[_Prefix]:
    for ref, path, pattern in rocketmq_patterns(role.policies):
        begun = begun_instance(pattern)
        if begun is not None:
            yield _Prefix(ref, path, pattern, begun[0])


def _instances(role: RoleView, view: AccountView, prefix: _Prefix) -> list[str]:
    """The existing instances on which the pattern really gives something."""
    named = instances_begun(prefix.pattern, view)
    if len(named) < 2:  # noqa: PLR2004 - one instance is what was meant
        return []
    return [i.instance_id for i in named if _gives(role, view, prefix, i)]


def _gives(role: RoleView, view: AccountView, prefix: _Prefix, instance: Instance) -> bool:
    """Whether the role may do anything there that the statement is about."""
    words = prefix.ref.statement.actions
    if words is None:
        return True
    for action in sorted(known_actions(words.items)):
        for form in (form for entry in find(action) for form in entry.arn_forms):
            if series_of_service(form.split(":")[1]) is not prefix.series:
                continue
            mould = form.replace("{instance}", instance.instance_id).replace("{region}", instance.region)
            resource = resource_to_come(prefix.pattern, mould, account=view.account)
            if resource is None:
                continue
            group = instance.resource_group or prefix.ref.policy.resource_group
            if grant(role, action=action, resource=resource, resource_group=group).standing.grants:
                return True
    return False


RULE = Rule(
    id="prefix-matches-several-instances",
    title="A resource that should name one instance catches several",
    severity=Severity.MEDIUM,
    subject=SubjectKind.ROLE,
    why=(
        "A resource such as `instance/rmq-cn-a*` looks like one instance and its topics, but it catches every instance "
        "whose id begins like that, now and later. The partner then reaches instances that nobody meant to share."
    ),
    remedy=narrow_policy(
        '{"Effect": "Allow", "Action": "rocketmq:GetTopic", '
        '"Resource": ["acs:rocketmq:*:*:instance/INSTANCE-ID", "acs:rocketmq:*:*:instance/INSTANCE-ID/*"]}',
        console="Write the whole id of the instance, once alone and once followed by `/*` (for 4.x: by `%*`).",
    ),
    reference=references.POLICIES_OF_5,
    judge=judge,
)
