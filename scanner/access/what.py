"""What somebody from outside can do, by class of action and by resource, through each of their ways in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from scanner.access.entrance import Certainty, Path
from scanner.access.matrix import Cell, Column, Matrix
from scanner.access.resources import Resource
from scanner.policy.catalogue import ResourceType


class Tally:
    """Counts the resources of a matrix without naming each."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._types: dict[ResourceType, int] = {}
        self._instances: dict[str, int] = {}
        for number, resource in enumerate(matrix.resources):
            bit = 1 << number
            self._types[resource.type] = self._types.get(resource.type, 0) | bit
            self._instances[resource.instance_id] = self._instances.get(resource.instance_id, 0) | bit

    def some(self, bits: int) -> Some:
        """The resources that these bits stand for."""
        return Some(bits, self)

    def named(self, bits: int) -> Iterator[Resource]:
        """Each of them."""
        return self._matrix.named(bits)

    def by_type(self, bits: int) -> Mapping[ResourceType, int]:
        """How many there are of each type."""
        counts = {type_: (bits & mask).bit_count() for type_, mask in self._types.items()}
        return {type_: count for type_, count in counts.items() if count}

    def instances(self, bits: int) -> tuple[str, ...]:
        """The instances that they are in, or are."""
        return tuple(name for name, mask in self._instances.items() if bits & mask)


@dataclass(frozen=True, slots=True)
class Some:
    """Some of the resources of an account."""

    bits: int
    tally: Tally

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __iter__(self) -> Iterator[Resource]:
        return self.tally.named(self.bits)

    @property
    def by_type(self) -> Mapping[ResourceType, int]:
        """How many there are of each type."""
        return self.tally.by_type(self.bits)

    @property
    def instances(self) -> tuple[str, ...]:
        """The instances that they are in, or are."""
        return self.tally.instances(self.bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What of one class and series a role reaches."""

    column: Column
    sure: Some
    """Whatever the conditions."""
    conditional: Some
    """Under the conditions of `only_if` and `unless`."""
    uncertain: Some
    """Where nobody can tell."""
    to_come: Certainty | None
    """Whether it also reaches what may be created; None where it does not."""
    only_if: tuple[str, ...]
    """In words; one of them must be met."""
    unless: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Whether nothing of it is left open."""
        return not self.uncertain and self.to_come is not Certainty.UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Possession:
    """One way in, and what it leads to."""

    path: Path
    reached: tuple[Reached, ...]
    """Without what the role does not reach; in the order of the classes."""
    unread: tuple[str, ...]
    """In words, what of the role's permissions was not read: what is missing is then not a no."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left open."""
        open_way = self.path.certainty is Certainty.UNCERTAIN or self.path.doubts
        return not self.unread and not open_way and all(one.is_certain for one in self.reached)


def what_can(paths: Sequence[Path], matrix: Matrix) -> tuple[Possession, ...]:
    """What each way in leads to."""
    tally = Tally(matrix)
    of_role = cache(lambda role: tuple(_reached(matrix.row(role), tally)))
    return tuple(
        Possession(path=path, reached=of_role(path.role), unread=matrix.unread(path.role)) for path in paths
    )


def _reached(row: Mapping[Column, Cell], tally: Tally) -> Iterator[Reached]:
    for column, cell in row.items():
        to_come = _to_come(cell)
        if cell.may or cell.unknown or to_come is not None:
            yield Reached(
                column=column,
                sure=tally.some(cell.must),
                conditional=tally.some(cell.may & ~cell.must),
                uncertain=tally.some(cell.unknown),
                to_come=to_come,
                only_if=cell.only_if,
                unless=cell.unless,
            )


def _to_come(cell: Cell) -> Certainty | None:
    if cell.must_to_come:
        return Certainty.CERTAIN
    if cell.may_to_come:
        return Certainty.CONDITIONAL
    return Certainty.UNCERTAIN if cell.unknown_to_come else None
