"""The access matrix: which role reaches which resource, in which way, and under which conditions.

A cell never comes to a plain yes or no. It tells what is allowed whatever the conditions, what is allowed
under some condition and which, and what nobody can tell. Who comes to a role is decided in
`scanner.access.paths`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from scanner.access.grants import Grant, Standing, grant
from scanner.access.reach import find_reach
from scanner.access.resources import Kind, Resource
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Series
from scanner.model.ids import Arn
from scanner.policy.catalogue import AccessClass, ResourceType, by_class, catalogue
from scanner.policy.pattern import resource_matches, without_variables


@dataclass(frozen=True, slots=True)
class Column:
    """One class of actions in one series."""

    access: AccessClass
    series: Series | None
    """None for RAM and STS."""


_TYPES: Final = (ResourceType.INSTANCE, ResourceType.TOPIC, ResourceType.GROUP)

COLUMNS: Final = tuple(
    dict.fromkeys(
        Column(entry.access, entry.series)
        for entry in sorted(
            catalogue(), key=lambda e: (tuple(AccessClass).index(e.access), e.series is None, e.series or "")
        )
    )
)
"""Every pair of class and series that the catalogue has, in the order of the classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one role can do of one column. Bit i of each number is `Matrix.resources[i]`."""

    must: int = 0
    """Allowed whatever the conditions."""
    may: int = 0
    """Allowed under some condition; what is in `must` is here too."""
    unknown: int = 0
    """What cannot be told; nothing of it is in `may`."""
    must_to_come: bool = False
    """Whether something that may be created later is allowed whatever the conditions."""
    may_to_come: bool = False
    """The same under some condition; true where `must_to_come` is."""
    unknown_to_come: bool = False
    """Whether it cannot be told of something that may be created later."""
    only_if: tuple[str, ...] = ()
    """In words: the conditions that open what is in `may` and not in `must`."""
    unless: tuple[str, ...] = ()
    """In words: the conditions that close it."""


class Matrix:
    """Every role of one account against every resource and column; make it with `Matrix.of`."""

    def __init__(self, view: AccountView, resources: Sequence[Resource]) -> None:
        self._view = view
        self.resources: tuple[Resource, ...] = tuple(resources)
        """What the bits of a cell stand for."""
        self._cells: dict[tuple[str, Column], Cell] = {}
        self._here = frozenset(
            _relative(resource.arn) for resource in resources if resource.instance_id in resource.arn
        )

    @staticmethod
    def of(view: AccountView) -> Matrix:
        """The matrix of the scanned account."""
        patterns = (Kind("*", type_, series) for series in Series for type_ in _TYPES)
        found = (resource for kind in patterns for resource in view.resources.of_kind(kind))
        return Matrix(view, sorted(found, key=lambda r: (r.arn, r.type.value, r.instance_id)))

    @property
    def roles(self) -> tuple[str, ...]:
        """The rows, by name."""
        return tuple(role.name for role in self._view.roles)

    def cell(self, role: str, column: Column) -> Cell:
        """What `role` can do of `column`."""
        if (role, column) not in self._cells:
            self._cells[role, column] = self._decide(self._role(role), column)
        return self._cells[role, column]

    def row(self, role: str) -> Mapping[Column, Cell]:
        """Every cell of a role."""
        return {column: self.cell(role, column) for column in COLUMNS}

    def named(self, bits: int) -> Iterator[Resource]:
        """The resources that the bits of a cell stand for."""
        while bits:
            lowest = bits & -bits
            yield self.resources[lowest.bit_length() - 1]
            bits ^= lowest

    def unread(self, role: str) -> tuple[str, ...]:
        """In words, what of a role's permissions could not be read: nothing that is missing is then a no."""
        return self._role(role).unread

    def _role(self, name: str) -> RoleView:
        role = self._view.role(name)
        if role is None:
            raise KeyError(name)
        return role

    def _decide(self, role: RoleView, column: Column) -> Cell:
        must = may = unknown = 0
        granted: list[tuple[int, Grant]] = []
        for actions, bits, resource in self._alike(role, column):
            for action in actions:
                found = grant(
                    role, action=action, resource=resource.arn, resource_group=resource.resource_group
                )
                must |= bits if found.standing is Standing.ALLOWED else 0
                may |= bits if found.standing.grants else 0
                unknown |= bits if found.standing is Standing.UNCERTAIN else 0
                granted.append((bits, found))
        later = [one.grant for one in find_reach(role, _actions(column), self._view) if not one.existing]
        later = [one for one in later if _relative(one.resource) not in self._here]
        standings = {one.standing for one in later}
        judged = [one for bits, one in granted if bits & ~must]
        judged += [] if Standing.ALLOWED in standings else later
        open_ones = [one for one in judged if one.standing is Standing.CONDITIONAL]
        return Cell(
            must=must,
            may=may,
            unknown=unknown & ~may,
            must_to_come=Standing.ALLOWED in standings,
            may_to_come=any(standing.grants for standing in standings),
            unknown_to_come=Standing.UNCERTAIN in standings,
            only_if=_once(words for one in open_ones for words in one.only_if),
            unless=_once(words for one in open_ones for words in one.unless),
        )

    def _alike(self, role: RoleView, column: Column) -> Iterator[tuple[tuple[str, ...], int, Resource]]:
        """One resource for all that the role's statements treat alike, with their bits and what is asked on them."""
        texts = {
            without_variables(text)
            for policy in role.policies
            for statement in policy.document.statements
            for text in (statement.resources.items if statement.resources else ())
        }
        asked = _asked(column)
        alike: dict[object, tuple[int, Resource]] = {}
        for number, resource in enumerate(self.resources):
            if resource.series is not column.series or resource.type not in asked:
                continue
            met = tuple(resource_matches(text, resource.arn) for text in sorted(texts))
            bits, first = alike.get((resource.type, resource.resource_group, met), (0, resource))
            alike[resource.type, resource.resource_group, met] = (bits | 1 << number, first)
        for bits, first in alike.values():
            yield asked[first.type], bits, first


@cache
def _actions(column: Column) -> tuple[str, ...]:
    entries = by_class(column.access)
    return _once(entry.action for entry in entries if entry.series is column.series)


@cache
def _asked(column: Column) -> Mapping[ResourceType, tuple[str, ...]]:
    """The actions of a column that are asked on each type of resource that scans read."""
    found: dict[ResourceType, list[str]] = {}
    for entry in by_class(column.access):
        for form in entry.arn_forms if entry.series is column.series else ():
            kind = Kind.of("*", form, entry)
            if kind is not None:
                found.setdefault(kind.type, []).append(entry.action)
    return {type_: _once(actions) for type_, actions in found.items()}


def _relative(arn: str) -> str:
    parts = Arn.parse(arn)
    return arn if parts is None else f"{parts.service}:{parts.relative}"


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
