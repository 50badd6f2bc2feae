"""Whether a statement mixes up the two series of RocketMQ, so that it does not do what it says.

Actions of 4.x begin with `mq:` and their resources with `acs:mq:`; 5.x says `rocketmq:` and `acs:rocketmq:`.
An action never meets a resource of the other series, so an Allow grants nothing there and a Deny protects
nothing. The id of an instance of the other series is the same mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.access.cite import StatementRef, cite_path
from scanner.access.resource_words import (
    instance_of_other_series,
    named_instance,
    rocketmq_patterns,
    series_of_service,
)
from scanner.access.resources import SERVICE_OF
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Series
from scanner.model.finding import Finding, Severity, SubjectKind
from scanner.policy.pattern import matches
from scanner.policy.syntax import Effect, Words
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.narrowing import narrow_policy
from scanner.rules.permissions import Look, judge_permissions


@dataclass(frozen=True, slots=True)
class _Mix:
    """A resource that no action of its statement can meet."""

    ref: StatementRef
    path: str
    pattern: str
    why: str


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_permissions(world, RULE, _look)


def _look(role: RoleView, view: AccountView) -> Look:
    mixed = [mix for effect in Effect for mix in _mixed(role, view, effect)]
    if not mixed:
        return Look(clause="keeps the two series of RocketMQ apart", doubts=_unsure(role, view))
    denies = any(mix.ref.statement.effect is Effect.DENY for mix in mixed)
    effect = "protects nothing" if denies else "grants nothing"
    return Look(
        fails=True,
        clause=f"has a statement that {effect} on `{mixed[0].pattern}`: {mixed[0].why}",
        evidence=tuple(cite_path(mix.ref.policy, mix.path, excerpt=mix.pattern) for mix in mixed),
        severity=Severity.MEDIUM if denies else None,
    )


def _mixed(role: RoleView, view: AccountView, effect: Effect) -> Iterator[_Mix]:
    for ref, path, pattern in rocketmq_patterns(role.policies, effect=effect):
        series = series_of_service(pattern.split(":")[1] if pattern.count(":") else "")
        if series is None:
            continue
        if ref.statement.actions is not None and not _has_action(ref.statement.actions, series):
            yield _Mix(ref, path, pattern, f"its actions are not those of RocketMQ {series.value}")
            continue
        other = instance_of_other_series(pattern, view)
        if other is not None:
            yield _Mix(ref, path, pattern, f"instance `{other}` is of the other series")


def _has_action(words: Words, series: Series) -> bool:
    """Whether any of the actions is of `series`."""
    code = SERVICE_OF[series]
    return any(matches(text.partition(":")[0], code, ignore_case=True) for text in words.items)


def _unsure(role: RoleView, view: AccountView) -> tuple[str, ...]:
    """Instances that were not read, where a statement names one that was not found."""
    unread = view.resources.instances_unread
    if not unread:
        return ()
    named = (
        named_instance(pattern)
        for effect in Effect
        for _, _, pattern in rocketmq_patterns(role.policies, effect=effect)
    )
    unknown = any(name is not None and name[1] not in view.resources.series_of for name in named)
    return unread if unknown else ()


RULE = Rule(
    id="wrong-series",
    title="A statement mixes up RocketMQ 4.x and 5.x",
    severity=Severity.LOW,
    subject=SubjectKind.ROLE,
    why=(
        "The two series have different action and resource names, and one never meets the other. An Allow that mixes "
        "them grants nothing, and is often repaired in haste with a `*`; a Deny that mixes them protects nothing, and "
        "nobody notices."
    ),
    remedy=narrow_policy(
        '{"Effect": "Allow", "Action": "rocketmq:GetTopic", '
        '"Resource": "acs:rocketmq:*:*:instance/INSTANCE-ID/topic/TOPIC"}',
        console="Use `mq:` with `acs:mq:` for instances of 4.x, and `rocketmq:` with `acs:rocketmq:` for those of 5.x.",
    ),
    reference=references.POLICIES_OF_4,
    judge=judge,
)
