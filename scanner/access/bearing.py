"""What one attached policy bears on: in each slot of the matrix, what its statements do to which resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scanner.access.atoms import Atoms
from scanner.access.clauses import Clause, Hold
from scanner.access.coming import Coming
from scanner.access.settling import Ground, Piece
from scanner.access.slots import Slot
from scanner.policy.syntax import Effect

Bits: TypeAlias = dict[int, int]
"""Resources, by the number of a slot; a slot without any is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Universe:
    """The resources of one service: those that exist, or those that may be created."""

    number: int
    """Its place among all of them."""
    service: str
    to_come: bool
    atoms: Atoms
    slots: tuple[tuple[str, tuple[Slot, ...]], ...]
    """What is asked on them, by type of resource; what is to come has none."""

    @staticmethod
    def of(number: int, service: str, atoms: Atoms, asked: Iterable[Slot], *, to_come: bool) -> Universe:
        """The universe of the slots of `asked` that are about `service`."""
        by_type: dict[str, list[Slot]] = {}
        for slot in asked:
            if slot.service == service:
                by_type.setdefault(str(slot.type or ""), []).append(slot)
        slots = tuple((type_, tuple(listed)) for type_, listed in by_type.items())
        return Universe(number, service, to_come, atoms, slots)

    def of_type(self, type_: str) -> int:
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
    """One policy, attached to the whole account or in one resource group, in one universe."""

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

    @property
    def empty(self) -> bool:
        """Whether the policy has nothing to do with the universe."""
        return not self.pieces and not self.to_come

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
        sums = self._sums(piece)
        sums[slot.number] = sums[slot.number] | piece.bits if slot.number in sums else piece.bits

    def _sums(self, piece: Piece) -> Bits:
        if piece.effect is Effect.DENY:
            return self.barred
        if piece.hold is Hold.SURE:
            return self.granted
        return self.opened if piece.hold is Hold.OPEN else self.doubted


def bear(clauses: Sequence[Clause], group: str | None, universe: Universe, coming: Coming) -> Bearing:
    """What the clauses of one document bear on, attached in a resource group or to the whole account."""
    bearing = Bearing()
    for clause in clauses:
        for piece in _pieces(clause, group, universe):
            _spread(piece, universe, bearing)
        if universe.to_come and clause.effect is not Effect.DENY:
            _look_ahead(clause, group, universe, coming, bearing)
    return bearing


def _look_ahead(
    clause: Clause, group: str | None, universe: Universe, coming: Coming, bearing: Bearing
) -> None:
    """Note what a clause that allows is about of what may be created."""
    for pattern in clause.patterns:
        for one in coming.of((pattern, group)):
            if one.service == universe.service:
                bit = universe.atoms.atom_of(one.name, one.number)
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
    for type_, slots in universe.slots:
        asking = [slot for slot in slots if slot.asked & piece.actions]
        part = piece.on(universe.of_type(type_)) if asking else piece
        for slot in asking if part.bits else ():
            bearing.note(slot, part)
