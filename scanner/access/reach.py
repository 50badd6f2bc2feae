"""What a principal can do, action by action: on resources that exist, and on any that may be created.

Not every resource is tried. Allow statements tell which patterns matter, made-up names stand for what
may be created, and existing resources that every Deny treats alike stand for one another, so
the answer is about all of them. Whether that is dangerous is decided by rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.access.candidates import resource_to_come
from scanner.access.cite import StatementRef
from scanner.access.grants import Grant, Standing, grant, may_cover, offered
from scanner.access.resources import Kind, Resources
from scanner.access.view import AccountView, Holder
from scanner.policy.catalogue import RamAction, find
from scanner.policy.decision import Decision, SourcedPolicy
from scanner.policy.syntax import Effect, Statement

_EVERYWHERE: Final = ("*",)
"""What a statement without a readable `Resource` is taken to be about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One action that a principal may do, on one resource or on several that are alike."""

    action: str
    resource: str
    """An existing resource, or a made-up name for any that may be created."""
    existing: bool
    count: int
    """How many existing resources it stands for; 0 when it is made up."""
    grant: Grant

    @property
    def decision(self) -> Decision:
        """What the documents decide."""
        return self.grant.decision

    @property
    def standing(self) -> Standing:
        """What that comes to; never DENIED."""
        return self.grant.standing

    @property
    def statements(self) -> tuple[StatementRef, ...]:
        """The statements that allow it."""
        return self.grant.statements


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A request worth deciding."""

    resource: str
    resource_group: str | None
    count: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What makes a principal treat existing resources differently, patterns of Allow aside."""

    denied: tuple[str, ...]
    by_group: bool


def reach(holder: Holder, actions: Sequence[str], view: AccountView) -> tuple[Reach, ...]:
    """Everything that `holder` may do of `actions`, certain or not."""
    return tuple(find_reach(holder, actions, view))


def find_reach(holder: Holder, actions: Sequence[str], view: AccountView) -> Iterator[Reach]:
    """The same one by one, for whoever only needs the first."""
    possible = offered(holder)
    for action in actions:
        if action not in possible and find(action):
            continue
        tried: set[tuple[str, str | None]] = set()
        for candidate in _candidates(holder, action, view):
            key = (candidate.resource, candidate.resource_group)
            if key in tried:
                continue
            tried.add(key)
            found = grant(
                holder,
                action=action,
                resource=candidate.resource,
                resource_group=candidate.resource_group,
            )
            if found.standing is not Standing.DENIED:
                yield Reach(
                    action=action,
                    resource=candidate.resource,
                    existing=candidate.count > 0,
                    count=candidate.count,
                    grant=found,
                )


def _candidates(holder: Holder, action: str, view: AccountView) -> Iterator[_Candidate]:
    """Requests that an Allow statement may be about: made-up ones first, as they need no look-up."""
    forms = _forms(action)
    patterns = tuple(allowed_patterns(holder, action))
    for policy, pattern in patterns:
        for form, _ in forms:
            name = resource_to_come(pattern, form, account=view.account)
            if name is not None:
                group = view.resources.group_to_come(name, limited=policy.resource_group)
                yield _Candidate(name, group, int(view.resources.exists(name)))
    asked = _Asked(
        tuple(_denied_patterns(holder, action)), any(p.resource_group is not None for p in holder.policies)
    )
    for policy, pattern in patterns:
        for form, entry in forms:
            yield from _existing(view.resources, policy, Kind.of(pattern, form, entry), asked)


def _forms(action: str) -> tuple[tuple[str, RamAction], ...]:
    """The resource names on which the action is asked, each once."""
    return tuple({form: (form, entry) for entry in find(action) for form in entry.arn_forms}.values())


def allowed_patterns(holder: Holder, action: str) -> Iterator[tuple[SourcedPolicy, str]]:
    """Every resource on which a statement may allow `action`, with the policy that it stands in."""
    for policy in holder.policies:
        for statement in policy.document.statements:
            if statement.effect is not Effect.DENY and may_cover(statement, action):
                for pattern in _patterns(statement):
                    yield policy, pattern


def _denied_patterns(holder: Holder, action: str) -> Iterator[str]:
    for policy in holder.policies:
        for statement in policy.document.statements:
            if statement.effect is not Effect.ALLOW and may_cover(statement, action):
                yield from _patterns(statement)


def _patterns(statement: Statement) -> tuple[str, ...]:
    return _EVERYWHERE if statement.resources is None else statement.resources.items


def _existing(
    resources: Resources, policy: SourcedPolicy, kind: Kind | None, asked: _Asked
) -> Iterator[_Candidate]:
    """One existing resource for each way in which the Deny statements and resource groups treat them."""
    if kind is None:
        return
    for resource, count in resources.representatives(kind, denied=asked.denied, by_group=asked.by_group):
        if policy.resource_group in (None, resource.resource_group) or resource.resource_group is None:
            yield _Candidate(resource.arn, resource.resource_group, count)
