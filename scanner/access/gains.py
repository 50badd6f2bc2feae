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

from scanner.access.amounts import bits_of
from scanner.access.grants import Standing, grant, offered
from scanner.access.patternindex import PatternIndex
from scanner.access.resources import Kind, Resource, Resources
from scanner.access.view import Holder, PrincipalView
from scanner.model.broker import Series
from scanner.model.policy import PrincipalKind
from scanner.policy.catalogue import ResourceType, catalogue
from scanner.policy.decision import SourcedPolicy
from scanner.policy.pattern import without_variables
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


class Inventory:
    """The existing resources of an account, in sets that the patterns of policies treat alike."""

    def __init__(self, resources: Resources) -> None:
        kinds = (Kind(_MATCH_ALL, type_, series) for series in Series for type_ in _PLURALS)
        self._named: dict[str, list[Resource]] = {}
        for resource in (one for kind in kinds for one in resources.of_kind(kind)):
            self._named.setdefault(resource.arn, []).append(resource)
        self._index = PatternIndex(tuple(self._named))
        self._covered: dict[str, tuple[int, int]] = {}
        """By pattern, the names that it covers, and those that it covers only if case does not count."""

    def gains(self, new: SourcedPolicy, old: SourcedPolicy) -> Gains:
        """What `new` alone, on the whole account, reaches and `old` alone does not."""
        here, there = _holder(new), _holder(old)
        offers = offered(here)
        found: list[Resource] = []
        uncertain = 0
        for alike in self._alike(new.document, old.document):
            gained = _gained(here, there, alike[0], offers)
            if gained is Standing.UNCERTAIN:
                uncertain += len(alike)
            elif gained is Standing.ALLOWED:
                found += alike
        resources = sorted(found, key=lambda resource: (resource.arn, resource.type))
        return Gains(resources=tuple(resources), uncertain=uncertain)

    def _alike(self, new: PolicyDocument, old: PolicyDocument) -> Iterator[list[Resource]]:
        """The resources that `new` may allow something on, in sets that all patterns of both treat alike."""
        opened = 0
        for text in _patterns(new, allowing=True):
            opened |= self._cover(text)[0] | self._cover(text)[1]
        parts = [opened] if opened else []
        for bits in dict.fromkeys(
            bits for text in _patterns(new) | _patterns(old) for bits in self._cover(text)
        ):
            parts = [part for whole in parts for part in (whole & bits, whole & ~bits) if part]
        for part in parts:
            by_kind: dict[tuple[ResourceType, Series], list[Resource]] = {}
            for position in bits_of(part):
                for resource in self._named[self._index.names[position]]:
                    by_kind.setdefault((resource.type, resource.series), []).append(resource)
            yield from by_kind.values()

    def _cover(self, text: str) -> tuple[int, int]:
        if text not in self._covered:
            wide = without_variables(text)
            self._covered[text] = (self._index.sure(wide), self._index.case_only(wide))
        return self._covered[text]


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
