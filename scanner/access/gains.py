"""What one policy reaches of what exists and another does not: instances, topics and consumer groups.

A resource counts where the new policy allows some action on it that the old one does not allow, or allows it
whatever the conditions where the old one has a condition. Resources that every pattern of both treats alike are
decided once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from scanner.access.grants import Standing, grant, offered
from scanner.access.resources import Kind, Resource
from scanner.access.view import AccountView, Holder, PrincipalView
from scanner.model.broker import Series
from scanner.model.policy import PrincipalKind
from scanner.policy.catalogue import ResourceType, catalogue
from scanner.policy.decision import SourcedPolicy
from scanner.policy.pattern import ResourceMatch, resource_matches
from scanner.policy.syntax import Effect, PolicyDocument

_PLURALS: Final = {
    ResourceType.INSTANCE: ("instance", "instances"),
    ResourceType.TOPIC: ("topic", "topics"),
    ResourceType.GROUP: ("consumer group", "consumer groups"),
}
_RANKS: Final = {Standing.DENIED: 0, Standing.CONDITIONAL: 1, Standing.ALLOWED: 2}
_MATCH_ALL: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """The resources that are newly reached."""

    resources: tuple[Resource, ...] = ()
    """Those that surely are, sorted by name."""
    uncertain: int = 0
    """How many more may be: what decides about them is not understood."""

    @property
    def by_type(self) -> Mapping[ResourceType, int]:
        """How many of each kind."""
        return Counter(resource.type for resource in self.resources)

    @property
    def words(self) -> str:
        """How many of each kind in words: `1 instance and 14 topics`; empty where there are none."""
        counts = self.by_type
        parts = [
            f"{counts[kind]} {names[counts[kind] > 1]}" for kind, names in _PLURALS.items() if kind in counts
        ]
        return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def gains(new: SourcedPolicy, old: SourcedPolicy, view: AccountView) -> Gains:
    """What `new` alone, on the whole account, reaches of what exists and `old` alone does not."""
    here, there = _holder(new), _holder(old)
    offers = offered(here)
    found: list[Resource] = []
    uncertain = 0
    for alike in _alike(new.document, old.document, view):
        gained = _gained(here, there, alike[0], offers)
        if gained is Standing.UNCERTAIN:
            uncertain += len(alike)
        elif gained is Standing.ALLOWED:
            found += alike
    return Gains(resources=tuple(sorted(found, key=lambda resource: resource.arn)), uncertain=uncertain)


def _holder(policy: SourcedPolicy) -> Holder:
    """Somebody who carries nothing but `policy`."""
    return PrincipalView(name="", kind=PrincipalKind.ROLE, policies=(policy,), basis=(), unread=())


def _gained(new: Holder, old: Holder, resource: Resource, offers: frozenset[str]) -> Standing:
    """ALLOWED where some action is new or freer on the resource, UNCERTAIN where one may be, else DENIED."""
    answer = Standing.DENIED
    for action in _asked_on(resource.type, resource.series):
        if action not in offers:
            continue
        now, before = (
            grant(one, action=action, resource=resource.arn, resource_group=resource.resource_group).standing
            for one in (new, old)
        )
        if Standing.UNCERTAIN not in (now, before):
            if _RANKS[now] > _RANKS[before]:
                return Standing.ALLOWED
        elif now is not before and now is not Standing.DENIED and before is not Standing.ALLOWED:
            answer = Standing.UNCERTAIN
    return answer


def _alike(new: PolicyDocument, old: PolicyDocument, view: AccountView) -> Iterator[list[Resource]]:
    """The existing resources that `new` may allow something on, in sets that all patterns treat alike."""
    opening = sorted(_patterns(new, allowing=True))
    caught = dict.fromkeys(resource for text in opening for resource in view.resources.caught_by(text))
    texts = sorted((_patterns(new) | _patterns(old)) - {_MATCH_ALL})
    sets: dict[tuple[object, ...], list[Resource]] = {}
    for resource in caught:
        met: tuple[ResourceMatch, ...] = tuple(resource_matches(text, resource.arn) for text in texts)
        sets.setdefault((resource.type, resource.series, *met), []).append(resource)
    yield from sets.values()


def _patterns(document: PolicyDocument, *, allowing: bool = False) -> set[str]:
    return {
        text
        for statement in document.statements
        if not allowing or statement.effect is not Effect.DENY
        for text in (statement.resources.items if statement.resources else (_MATCH_ALL,))
    }


@cache
def _asked_on(type_: ResourceType, series: Series) -> tuple[str, ...]:
    """The actions of the catalogue that are asked on a kind of resource."""
    found = (
        entry.action
        for entry in catalogue()
        for form in entry.arn_forms
        if (kind := Kind.of(_MATCH_ALL, form, entry)) is not None
        and (kind.type, kind.series) == (type_, series)
    )
    return tuple(dict.fromkeys(found))
