"""One row of the access matrix: what the policies of one principal come to, slot by slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TypeAlias, TypeVar

from scanner.access.bearing import Bearing, Bits, Universe
from scanner.access.settling import Settled, settle
from scanner.access.slots import Column, Slot, slots

Universes: TypeAlias = Sequence[Universe]

_Key = TypeVar("_Key", int, str)


@dataclass(slots=True)
class Row:
    """What is allowed in each slot. The bits are atoms; a slot without any is left out."""

    must: Bits = field(default_factory=dict)
    may: Bits = field(default_factory=dict)
    unknown: Bits = field(default_factory=dict)
    must_to_come: int = 0
    """The slots in which something that may be created is allowed whatever the conditions, as bits."""
    may_to_come: int = 0
    unknown_to_come: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a cell hangs, in words."""

    only_if: tuple[str, ...]
    unless: tuple[str, ...]


def row_of(bearings: Sequence[Bearing], universes: Universes) -> Row:
    """The row of whoever holds these policies."""
    sums = _Sums()
    for bearing in bearings:
        sums.take_in(bearing)
    every, first = slots().every, len(slots().existing)
    special, to_come = sums.special & sums.hoped, 0
    must: Bits = {}
    for number, bits in sums.granted.items():
        if special >> number & 1:
            continue
        if number < first:
            must[number] = bits
        elif bits & sums.to_come.get(every[number].form, 0):
            to_come |= 1 << number
    row = Row(must, dict(must) if special else must, {}, to_come, to_come, 0)
    while special:
        slot = every[special.bit_length() - 1]
        special ^= 1 << slot.number
        _note(row, slot, sums, sums.settled(slot.number) or _by_pieces(slot, bearings, universes))
    return row


def _note(row: Row, slot: Slot, sums: _Sums, settled: tuple[int, int, int]) -> None:
    must, may, unknown = settled
    number = slot.number
    if slot.type is None:
        to_come, flag = sums.to_come.get(slot.form, 0), 1 << number
        row.must_to_come |= flag if must & to_come else 0
        row.may_to_come |= flag if may & to_come else 0
        row.unknown_to_come |= flag if unknown & to_come else 0
        return
    if must:
        row.must[number] = must
    if may:
        # Equal numbers are kept once: most rows have no conditions.
        row.may[number] = must if may == must else may
    if unknown:
        row.unknown[number] = unknown


@dataclass(slots=True)
class _Sums:
    """The bits of several policies, taken together."""

    granted: Bits = field(default_factory=dict)
    opened: Bits = field(default_factory=dict)
    doubted: Bits = field(default_factory=dict)
    barred: Bits = field(default_factory=dict)
    to_come: dict[str, int] = field(default_factory=dict)
    hoped: int = 0
    special: int = 0
    hard: int = 0

    def take_in(self, bearing: Bearing) -> None:
        _add(self.granted, bearing.granted)
        _add(self.to_come, bearing.to_come)
        # Most policies have none of these, and there are many policies.
        if bearing.opened:
            _add(self.opened, bearing.opened)
        if bearing.doubted:
            _add(self.doubted, bearing.doubted)
        if bearing.barred:
            _add(self.barred, bearing.barred)
        self.hoped |= bearing.hoped
        self.special |= bearing.special
        self.hard |= bearing.hard

    def settled(self, number: int) -> tuple[int, int, int] | None:
        """What a slot comes to; None where more than sums is needed."""
        must = self.granted.get(number, 0)
        may = must | self.opened[number] if number in self.opened else must
        unknown = self.doubted[number] & ~may if number in self.doubted else 0
        if self.hard >> number & 1 or self.barred.get(number, 0) & (may | unknown):
            return None
        return must, may, unknown


def _add(sums: dict[_Key, int], more: Mapping[_Key, int]) -> None:
    if not sums:
        sums.update(more)
        return
    for key, bits in more.items():
        sums[key] = sums[key] | bits if key in sums else bits


def _by_pieces(slot: Slot, bearings: Iterable[Bearing], universes: Universes) -> tuple[int, int, int]:
    settled = settled_in(slot, bearings, universes)
    return settled.must, settled.may, settled.unknown


def universe_of(slot: Slot, universes: Universes) -> Universe:
    """What a slot is about."""
    kind = (slot.service, slot.type is None)
    return next(universe for universe in universes if (universe.service, universe.to_come) == kind)


def settled_in(slot: Slot, bearings: Iterable[Bearing], universes: Universes) -> Settled:
    """What the policies come to in one slot."""
    pieces = [piece for bearing in bearings for piece in bearing.pieces.get(slot.number, ())]
    return settle(pieces, asked=slot.asked, ground=universe_of(slot, universes).ground)


def terms(column: Column, row: Row, bearings: Sequence[Bearing], universes: Universes) -> Terms:
    """The conditions of what is allowed under conditions only in a column."""
    of_column = tuple(slots().of(column))
    sure = 0
    for slot in of_column:
        sure |= row.must.get(slot.number, 0)
    sure_to_come = any(row.must_to_come >> slot.number & 1 for slot in of_column)
    only_if: dict[str, None] = {}
    unless: dict[str, None] = {}
    for slot in of_column:
        if slot.type is not None:
            waiting = row.may.get(slot.number, 0) & ~sure
        elif not sure_to_come:
            waiting = reduce(or_, (bearing.to_come.get(slot.form, 0) for bearing in bearings), 0)
        else:
            waiting = 0
        waiting &= universe_of(slot, universes).atoms.everything
        if not waiting:
            continue
        settled = settled_in(slot, bearings, universes)
        only_if.update((words, None) for where, words in settled.only_if if where & waiting)
        unless.update((words, None) for where, words in settled.unless if where & waiting)
    return Terms(tuple(only_if), tuple(unless))
