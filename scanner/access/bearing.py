"""What one attached policy bears on: in each slot of the matrix, what its statements do to which resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scanner.access.atoms import Atoms
from scanner.access.clauses import Clause, Hold
from scanner.access.coming import Coming
from scanner.access.settling import Ground, Piece
from scanner.access.slots import Slot
from scanner.policy.catalogue import ResourceType
from scanner.policy.syntax import Effect

Bits: TypeAlias = dict[int, int]
"""Resources, by the number of a slot; a slot without any is left out."""


class Universe:
    """The resources of one service: those that exist, or those that may be created."""

    def __init__(self, atoms: Atoms, slots: Iterable[Slot]) -> None:
        self.atoms = atoms
        self.slots = tuple(slots)

    def of_type(self, type_: ResourceType) -> int:
        """Those of one type."""
        marks = self.atoms.marks
        return marks.get((type_, True), 0) | marks.get((type_, False), 0)

    @property
    def ground(self) -> Ground:
        """What settling has to know of them."""
        no_group = 0
        for (_, known), atoms in self.atoms.marks.items():
            no_group |= 0 if known else atoms
        return Ground(no_group)


@dataclass(slots=True, eq=False)
class Bearing:
    """One policy, attached to the whole account or in one resource group."""

    patterns: frozenset[str]
    pieces: dict[int, list[Piece]] = field(default_factory=dict)
    """By the number of a slot."""
    granted: Bits = field(default_factory=dict)
    """Allowed on the whole account whatever the conditions; this and the next two are without any Deny."""
    opened: Bits = field(default_factory=dict)
    """Allowed on the whole account under conditions."""
    doubted: Bits = field(default_factory=dict)
    """Perhaps allowed on the whole account."""
    barred: Bits = field(default_factory=dict)
    """Denied on the whole account, surely or not."""
    to_come: dict[str, int] = field(default_factory=dict)
    """What its statements that allow are about of what may be created, by form."""
    hoped: int = 0
    """The slots in which anything may be allowed, as bits."""
    special: int = 0
    """The slots in which anything is not simply allowed."""
    hard: int = 0
    """The slots in which sums do not suffice, because something is limited to a group or may be both."""

    def note(self, slot: Slot, piece: Piece) -> None:
        """Take in what a statement does in a slot."""
        self.pieces.setdefault(slot.number, []).append(piece)
        if piece.effect is not Effect.DENY:
            self.hoped |= 1 << slot.number
        if piece.effect is not Effect.ALLOW or piece.hold is not Hold.SURE or piece.group is not None:
            self.special |= 1 << slot.number
        if piece.effect is None or piece.group is not None:
            self.hard |= 1 << slot.number
            return
        by_hold = {Hold.SURE: self.granted, Hold.OPEN: self.opened, Hold.DOUBTFUL: self.doubted}
        sums = self.barred if piece.effect is Effect.DENY else by_hold[piece.hold]
        sums[slot.number] = sums.get(slot.number, 0) | piece.bits


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that policies can bear on."""

    existing: Mapping[str, Universe]
    """By service."""
    to_come: Mapping[str, Universe]
    coming: Coming

    def universe(self, slot: Slot) -> Universe:
        """What a slot is about."""
        return (self.to_come if slot.type is None else self.existing)[slot.service]

    def bearing(self, clauses: Sequence[Clause], group: str | None) -> Bearing:
        """What the clauses of one document bear on, attached in a resource group or to the whole account."""
        bearing = Bearing(frozenset(pattern for clause in clauses for pattern in clause.patterns))
        for clause in clauses:
            for universe in (*self.existing.values(), *self.to_come.values()):
                for piece in _pieces(clause, group, universe):
                    _spread(piece, universe, bearing)
            if clause.effect is not Effect.DENY:
                self._look_ahead(clause, group, bearing)
        return bearing

    def _look_ahead(self, clause: Clause, group: str | None, bearing: Bearing) -> None:
        for pattern in clause.patterns:
            for one in self.coming.of((pattern, group)):
                bit = self.to_come[one.service].atoms.atom_of(one.name, one.number)
                bearing.to_come[one.form] = bearing.to_come.get(one.form, 0) | bit


def _pieces(clause: Clause, group: str | None, universe: Universe) -> Iterator[Piece]:
    """What a clause does, by how sure it is of actions and resources."""
    sure, perhaps = _covered(clause, group, universe.atoms)
    if clause.hold is Hold.DOUBTFUL:
        parts = [(Hold.DOUBTFUL, clause.sure | clause.perhaps, sure | perhaps)]
    else:
        parts = [
            (clause.hold, clause.sure, sure),
            (Hold.DOUBTFUL, clause.sure, perhaps),
            (Hold.DOUBTFUL, clause.perhaps, sure | perhaps),
        ]
    for hold, actions, bits in parts:
        if actions and bits:
            yield Piece(clause.effect, hold, actions, bits, group, clause)


def _covered(clause: Clause, group: str | None, atoms: Atoms) -> tuple[int, int]:
    """The resources that a clause surely covers, and those that it covers perhaps."""
    sure = perhaps = 0
    for pattern in clause.patterns:
        sure |= atoms.sure((pattern, group))
        perhaps |= atoms.perhaps((pattern, group))
    return (0, sure | perhaps) if clause.everywhere else (sure, perhaps & ~sure)


def _spread(piece: Piece, universe: Universe, bearing: Bearing) -> None:
    """Note a piece in the slots that it bears on."""
    by_type: dict[ResourceType | None, Piece] = {None: piece}
    for slot in universe.slots:
        if not piece.actions & slot.asked:
            continue
        if slot.type is not None and slot.type not in by_type:
            by_type[slot.type] = piece.on(universe.of_type(slot.type))
        if by_type[slot.type].bits:
            bearing.note(slot, by_type[slot.type])
