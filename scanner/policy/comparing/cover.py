"""Requests that hit some pieces and avoid others, variable by variable.

A request is one value for each variable: its action, resource, caller, resource group and condition
keys. For all but the resource there are finitely many values that matter, so a set of them is one
integer. For each variable the ways to avoid as many pieces as possible are found, and put together;
what is left over must be avoided by the resource.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from scanner.policy.comparing.budget import Budget
from scanner.policy.comparing.pieces import Piece

Bits = int
"""A set of values of one variable, or of pieces, by position."""
Choice = tuple[Hashable, Bits]
"""A variable and the values that it may take."""


class Tables(Protocol):
    """For each variable its values, and which of them a piece is about."""

    def variables(self, piece: Piece) -> Sequence[Hashable]:
        """The variables that the piece says something about."""

    def all_values(self, variable: Hashable) -> Bits:
        """Every value."""

    def must(self, variable: Hashable, piece: Piece) -> Bits:
        """The values for which the piece surely applies."""

    def may(self, variable: Hashable, piece: Piece) -> Bits:
        """The values for which it applies or may apply."""


class Way(NamedTuple):
    """Values that hit all that must be hit, and what of the rest they leave to be avoided otherwise."""

    choices: Mapping[Hashable, Bits]
    left: tuple[Piece, ...]


def ways(hit: Sequence[Piece], avoid: Sequence[Piece], tables: Tables, budget: Budget) -> Iterator[Way]:
    """The ways to hit all of `hit` that leave the least of `avoid`, the least first."""
    fixed: dict[Hashable, Bits] = {}
    open_ones: list[tuple[Hashable, Bits, list[tuple[int, Bits]]]] = []
    left = (1 << len(avoid)) - 1
    for variable, about in _variables(hit, avoid, tables).items():
        near = [index for index in about.avoid if left >> index & 1]
        if not near and not about.hit:
            continue
        values = tables.all_values(variable)
        for piece in hit:
            values &= tables.must(variable, piece)
        if not values:
            return
        if about.hit:
            fixed[variable] = values
        avoidable: list[tuple[int, Bits]] = []
        for index in near:
            covered = tables.may(variable, avoid[index]) & values
            if not covered:
                left &= ~(1 << index)
                fixed[variable] = values
            elif covered != values:
                avoidable.append((index, covered))
        if avoidable:
            open_ones.append((variable, values, avoidable))
    found = _combined(left, open_ones, budget)
    for rest, choices in sorted(found, key=lambda way: way[0].bit_count()):
        pieces = tuple(piece for index, piece in enumerate(avoid) if rest >> index & 1)
        yield Way({**fixed, **dict(choices)}, pieces)


class _About:
    """Which pieces say something about a variable."""

    __slots__ = ("avoid", "hit")

    def __init__(self) -> None:
        self.hit = False
        self.avoid: list[int] = []


def _variables(hit: Sequence[Piece], avoid: Sequence[Piece], tables: Tables) -> dict[Hashable, _About]:
    found: dict[Hashable, _About] = {}
    for piece in hit:
        for variable in tables.variables(piece):
            found.setdefault(variable, _About()).hit = True
    for index, piece in enumerate(avoid):
        for variable in tables.variables(piece):
            found.setdefault(variable, _About()).avoid.append(index)
    return found


def _combined(
    left: Bits, open_ones: Sequence[tuple[Hashable, Bits, list[tuple[int, Bits]]]], budget: Budget
) -> list[tuple[Bits, tuple[Choice, ...]]]:
    states: list[tuple[Bits, tuple[Choice, ...]]] = [(left, ())]
    for variable, values, avoidable in open_ones:
        still = [(index, covered) for index, covered in avoidable if left >> index & 1]
        if not still:
            continue
        blocks = _blocks(values, still, budget)
        following: list[tuple[Bits, tuple[Choice, ...]]] = []
        for rest, choices in states:
            for avoided, block in blocks:
                after = rest & ~avoided
                following.append((after, choices if after == rest else (*choices, (variable, block))))
        budget.spend(len(following))
        states = _least(following)
    return states


def _blocks(values: Bits, covered_by: Sequence[tuple[int, Bits]], budget: Budget) -> list[tuple[Bits, Bits]]:
    """The values parted by what they avoid: pairs of the pieces avoided and the values that avoid them."""
    blocks = [(0, values)]
    for index, covered in covered_by:
        parted: list[tuple[Bits, Bits]] = []
        for avoided, block in blocks:
            if inside := block & covered:
                parted.append((avoided, inside))
            if outside := block & ~covered:
                parted.append((avoided | 1 << index, outside))
        budget.spend(len(parted))
        blocks = parted
    return [
        (avoided, block)
        for avoided, block in blocks
        if not any(avoided != more and avoided & more == avoided for more, _ in blocks)
    ]


def _least(
    states: Sequence[tuple[Bits, tuple[Choice, ...]]],
) -> list[tuple[Bits, tuple[Choice, ...]]]:
    """The states that leave a set no part of which another state leaves alone; one for each set."""
    kept: list[tuple[Bits, tuple[Choice, ...]]] = []
    for rest, choices in sorted(states, key=lambda state: state[0].bit_count()):
        if not any(less & rest == less for less, _ in kept):
            kept.append((rest, choices))
    return kept
