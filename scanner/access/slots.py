"""The columns of the access matrix, and on what the actions of each are asked.

A column is a class of actions in one series. Its actions are not all asked on the same things: some on
instances, some on topics. A slot is what a column asks on one of them. Actions are bits of a number, so that
what a statement covers of a slot is found at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from scanner.access.resources import Kind
from scanner.model.broker import Series
from scanner.model.ids import Arn
from scanner.policy.catalogue import AccessClass, ResourceType, catalogue, expand


@dataclass(frozen=True, slots=True)
class Column:
    """One class of actions in one series."""

    access: AccessClass
    series: Series | None
    """None for RAM and STS."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The actions of a column that are asked on one type of resource, or on one form of resource name."""

    column: Column
    number: int
    """Its place among all slots."""
    service: str
    type: ResourceType | None
    """The type of existing resource; None where the slot is about what may be created."""
    form: str
    """The resource name as the catalogue has it; empty where the slot is about what exists."""
    asked: int
    """The actions, as bits."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Every slot of the catalogue."""

    existing: tuple[Slot, ...]
    to_come: tuple[Slot, ...]
    every: tuple[Slot, ...]
    """Both, by number."""

    def of(self, column: Column) -> Iterable[Slot]:
        """Those of one column."""
        return (slot for slot in self.every if slot.column == column)


def _columns() -> tuple[Column, ...]:
    classes, series = tuple(AccessClass), (*Series, None)
    found = {Column(entry.access, entry.series) for entry in catalogue()}
    return tuple(sorted(found, key=lambda c: (classes.index(c.access), series.index(c.series))))


COLUMNS: Final = _columns()
"""Every pair of class and series that the catalogue has, in the order of the classes."""

_ACTIONS: Final = {name: bit for bit, name in enumerate(dict.fromkeys(entry.action for entry in catalogue()))}

EVERY_ACTION: Final = (1 << len(_ACTIONS)) - 1
"""Every action of the catalogue, as bits."""


@lru_cache(maxsize=16_384)
def actions_in(pattern: str) -> int:
    """The actions of the catalogue that `pattern` covers, as bits."""
    return sum(1 << _ACTIONS[action] for action in expand(pattern))


@cache
def slots() -> Slots:
    """Every slot."""
    existing: dict[tuple[Column, str, ResourceType], int] = {}
    to_come: dict[tuple[Column, str, str], int] = {}
    for entry in catalogue():
        column, action = Column(entry.access, entry.series), 1 << _ACTIONS[entry.action]
        for form in entry.arn_forms:
            kind = Kind.of("*", form, entry)
            if kind is not None:
                place = (column, _service(form), kind.type)
                existing[place] = existing.get(place, 0) | action
            later = (column, _service(form), form)
            to_come[later] = to_come.get(later, 0) | action
    of_existing = tuple(
        Slot(column, number, service, type_, "", asked)
        for number, ((column, service, type_), asked) in enumerate(existing.items())
    )
    of_to_come = tuple(
        Slot(column, number, service, None, form, asked)
        for number, ((column, service, form), asked) in enumerate(to_come.items(), start=len(existing))
    )
    return Slots(of_existing, of_to_come, (*of_existing, *of_to_come))


def asked_on(column: Column) -> tuple[ResourceType, ...]:
    """The types of existing resources on which the actions of a column are asked."""
    asked = {slot.type for slot in slots().existing if slot.column == column}
    return tuple(type_ for type_ in ResourceType if type_ in asked)


def _service(form: str) -> str:
    parts = Arn.parse(form)
    assert parts is not None, "the forms of the catalogue are resource names"
    return parts.service
