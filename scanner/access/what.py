"""What somebody from outside can do, by class of action and by resource, through each of their ways in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from scanner.access.entrance import Certainty, Path
from scanner.access.matrix import Cell, Column, Matrix
from scanner.access.resources import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What of one class and series a role reaches."""

    column: Column
    sure: tuple[Resource, ...]
    """Whatever the conditions."""
    conditional: tuple[Resource, ...]
    """Under the conditions of `only_if` and `unless`."""
    uncertain: tuple[Resource, ...]
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

    @cache
    def of_role(role: str) -> tuple[Reached, ...]:
        return tuple(_reached(role, matrix))

    return tuple(
        Possession(path=path, reached=of_role(path.role), unread=matrix.unread(path.role)) for path in paths
    )


def _reached(role: str, matrix: Matrix) -> Iterator[Reached]:
    for column, cell in matrix.row(role).items():
        to_come = _to_come(cell)
        if cell.may or cell.unknown or to_come is not None:
            yield Reached(
                column=column,
                sure=tuple(matrix.named(cell.must)),
                conditional=tuple(matrix.named(cell.may & ~cell.must)),
                uncertain=tuple(matrix.named(cell.unknown)),
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
