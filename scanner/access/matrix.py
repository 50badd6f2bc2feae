"""The access matrix: which role reaches which resource, in which way, and under which conditions.

A cell never comes to a plain yes or no. It tells what is allowed whatever the conditions, what is allowed
under some condition and which, and what nobody can tell. Who comes to a role is decided in
`scanner.access.paths`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.access.grid import Grid
from scanner.access.resources import Kind, Resource
from scanner.access.rows import Terms
from scanner.access.slots import COLUMNS, Column, Slot, slots
from scanner.access.spans import bits_of, runs
from scanner.access.view import AccountView
from scanner.model.broker import Series
from scanner.policy.catalogue import ResourceType

__all__ = ["COLUMNS", "Cell", "Column", "Matrix"]

_NO_TERMS = Terms((), ())


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
    """Whether of something that may be created later it cannot be told at all."""
    only_if: tuple[str, ...] = ()
    """In words: the conditions that open what is in `may` and not in `must`."""
    unless: tuple[str, ...] = ()
    """In words: the conditions that close it."""

    @property
    def empty(self) -> bool:
        """Whether nothing is allowed and nothing is in doubt."""
        return not (self.may or self.unknown or self.may_to_come or self.unknown_to_come)


class Matrix:
    """Every role of one account against every resource and column; make it with `Matrix.of`."""

    def __init__(self, view: AccountView, resources: tuple[Resource, ...]) -> None:
        self.resources = resources
        """What the bits of a cell stand for: the existing ones of both series, sorted by name."""
        self._view = view
        held = {role.name: role.policies for role in view.roles}
        self._grid = Grid(account=view.account, resources=resources, holders=held)
        self._cells: dict[tuple[str, Column], Cell] = {}
        self._masks: dict[tuple[ResourceType, Series | None], int] = {}
        self._named: dict[tuple[str, int], int] = {}
        """The resources of atoms by service: few sets of them stand in many cells."""

    @staticmethod
    def of(view: AccountView) -> Matrix:
        """The matrix of the scanned account; each cell is made when it is first asked for."""
        kinds = (Kind("*", type_, series) for series in Series for type_ in ResourceType)
        found = (resource for kind in kinds for resource in view.resources.of_kind(kind))
        return Matrix(view, tuple(sorted(found, key=_order)))

    @property
    def roles(self) -> tuple[str, ...]:
        """The rows, by name."""
        return tuple(role.name for role in self._view.roles)

    def cell(self, role: str, column: Column) -> Cell:
        """What `role` can do of `column`.

        Raises:
            KeyError: the scan found no such role.
        """
        if (role, column) not in self._cells:
            self._cells[role, column] = self._cell(role, column)
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

    def mask(self, type_: ResourceType, series: Series | None) -> int:
        """The bits of every resource of one type and series."""
        if (type_, series) not in self._masks:
            numbered = enumerate(self.resources)
            found = [number for number, r in numbered if r.type is type_ and r.series is series]
            self._masks[type_, series] = bits_of(runs(found))
        return self._masks[type_, series]

    def unread(self, role: str) -> tuple[str, ...]:
        """In words, what of a role's permissions could not be read: what is missing in its row is then no no."""
        found = self._view.role(role)
        return () if found is None else found.unread

    def _cell(self, role: str, column: Column) -> Cell:
        row, own = self._grid.row(role), tuple(slots().of(column))
        must, may, unknown = (self._resources(own, bits) for bits in (row.must, row.may, row.unknown))
        later = [
            any(flags >> slot.number & 1 for slot in own)
            for flags in (row.must_to_come, row.may_to_come, row.unknown_to_come)
        ]
        open_ones = may != must or later[1] != later[0]
        words = self._grid.terms(role, column) if open_ones else _NO_TERMS
        return Cell(
            must=must,
            may=may,
            unknown=unknown & ~may,
            must_to_come=later[0],
            may_to_come=later[1],
            unknown_to_come=later[2],
            only_if=words.only_if,
            unless=words.unless,
        )

    def _resources(self, own: tuple[Slot, ...], bits: Mapping[int, int]) -> int:
        found: dict[str, int] = {}
        for slot in own:
            if slot.number in bits:
                found[slot.service] = found.get(slot.service, 0) | bits[slot.number]
        for key in found.items():
            if key not in self._named:
                self._named[key] = self._grid.resource_bits(*key)
        return sum(self._named[key] for key in found.items())


def _order(resource: Resource) -> tuple[str, str, str]:
    return (resource.arn, resource.type.value, resource.instance_id)
