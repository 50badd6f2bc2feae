"""One row of the access matrix: what the policies of one principal come to, slot by slot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scanner.access.bearing import Bearing, Bits, Scene
from scanner.access.settling import Settled, settle
from scanner.access.slots import Column, Slot, slots


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


def row_of(bearings: Sequence[Bearing], scene: Scene) -> Row:
    """The row of whoever holds these policies."""
    granted = _sums([bearing.granted for bearing in bearings])
    opened = _sums([bearing.opened for bearing in bearings])
    doubted = _sums([bearing.doubted for bearing in bearings])
    to_come = _sums([bearing.to_come for bearing in bearings])
    hoped = hard = 0
    for bearing in bearings:
        hoped |= bearing.hoped
        hard |= bearing.hard
    row = Row()
    for slot in (*slots().existing, *slots().to_come):
        number = slot.number
        if not hoped >> number & 1:
            continue
        if hard >> number & 1:
            settled = settled_in(slot, bearings, scene)
            must, may, unknown = settled.must, settled.may, settled.unknown
        else:
            must = granted.get(number, 0)
            may = must | opened[number] if number in opened else must
            unknown = doubted[number] & ~may if number in doubted else 0
        if slot.type is None:
            _note_to_come(row, number, to_come.get(number, 0), (must, may, unknown))
        else:
            _note(row, number, must, may, unknown)
    return row


def settled_in(slot: Slot, bearings: Iterable[Bearing], scene: Scene) -> Settled:
    """What the policies come to in one slot."""
    pieces = [piece for bearing in bearings for piece in bearing.pieces.get(slot.number, ())]
    return settle(pieces, asked=slot.asked, ground=scene.universe(slot).ground)


def terms(column: Column, row: Row, bearings: Sequence[Bearing], scene: Scene) -> Terms:
    """The conditions of what is allowed under conditions only in a column."""
    of_column = tuple(slots().of(column))
    sure = 0
    for slot in of_column:
        sure |= row.must.get(slot.number, 0)
    sure_to_come = any(row.must_to_come >> slot.number & 1 for slot in of_column)
    only_if: dict[str, None] = {}
    unless: dict[str, None] = {}
    for slot in of_column:
        if slot.type is None:
            waiting = (
                0 if sure_to_come else _sums([bearing.to_come for bearing in bearings]).get(slot.number, 0)
            )
        else:
            waiting = row.may.get(slot.number, 0) & ~sure
        if not waiting:
            continue
        settled = settled_in(slot, bearings, scene)
        only_if.update((words, None) for where, words in settled.only_if if where & waiting)
        unless.update((words, None) for where, words in settled.unless if where & waiting)
    return Terms(tuple(only_if), tuple(unless))


def _note(row: Row, number: int, must: int, may: int, unknown: int) -> None:
    if must:
        row.must[number] = must
    if may:
        # Equal numbers are kept once: most rows have no conditions.
        row.may[number] = must if may == must else may
    if unknown:
        row.unknown[number] = unknown


def _note_to_come(row: Row, number: int, to_come: int, settled: tuple[int, int, int]) -> None:
    must, may, unknown = settled
    if must & to_come:
        row.must_to_come |= 1 << number
    if may & to_come:
        row.may_to_come |= 1 << number
    if unknown & to_come:
        row.unknown_to_come |= 1 << number


def _sums(several: Sequence[Bits]) -> Bits:
    """The bits of all, slot by slot."""
    found = dict(several[0]) if several else {}
    for bits in several[1:]:
        for number, more in bits.items():
            found[number] = found[number] | more if number in found else more
    return found
