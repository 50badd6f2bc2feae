"""The marks of the matrix picture: what one row may do in one column, as letters with a state.

A letter stands for an access class and its colour for how much the class opens; the state tells
whether it holds for everything in the column, for some of it, only under conditions, or is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from scanner.access.abilities import WORST_FIRST
from scanner.access.amounts import NOUNS
from scanner.access.matrix import Cell, Column
from scanner.access.plainly import plainly
from scanner.policy.catalogue import AccessClass, ResourceType

LETTERS: Final = {
    AccessClass.ESCALATE: "E",
    AccessClass.OBTAIN_CREDENTIALS: "K",
    AccessClass.ADMINISTER: "A",
    AccessClass.OPEN_NETWORK: "N",
    AccessClass.PUBLISH: "P",
    AccessClass.READ_MESSAGES: "R",
    AccessClass.SUBSCRIBE: "S",
    AccessClass.READ_METADATA: "M",
}
LABELS: Final = {
    AccessClass.ESCALATE: "give more rights",
    AccessClass.OBTAIN_CREDENTIALS: "passwords",
    AccessClass.ADMINISTER: "administer",
    AccessClass.OPEN_NETWORK: "open network",
    AccessClass.PUBLISH: "publish",
    AccessClass.READ_MESSAGES: "read messages",
    AccessClass.SUBSCRIBE: "subscribe",
    AccessClass.READ_METADATA: "metadata",
}
TERMS_LIMIT: Final = 90
"""Characters of conditions that a mark's text quotes; more are not quoted."""


class State(StrEnum):
    """How far a mark goes. The values are classes of the style sheet."""

    ALL = "all"
    SOME = "some"
    MAY = "may"
    OPEN = "open"
    """Not known."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One letter of a square."""

    access: AccessClass
    state: State

    @property
    def letter(self) -> str:
        """The letter."""
        return LETTERS[self.access]


@dataclass(frozen=True, slots=True)
class Square:
    """What stands where a row and a column meet."""

    marks: tuple[Mark | None, ...]
    """One for each class that the column has room for; None where there is nothing to say of it."""
    title: str
    """The same in numbers; empty for an empty square."""

    @property
    def worst(self) -> Mark | None:
        """The mark that opens most."""
        return next((mark for mark in self.marks if mark is not None), None)

    @property
    def others(self) -> int:
        """How many marks there are beside the worst."""
        return max(sum(mark is not None for mark in self.marks) - 1, 0)


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a role goes in one access class, both series taken together."""

    must: int = 0
    may: int = 0
    """Under some condition; includes `must`."""
    unknown: int = 0
    terms: str = ""
    """The conditions of what is in `may` and not in `must`."""
    later: State | None = None
    """The same of what may be created later."""
    account: State | None = None
    """The same of users, roles and policies."""

    @property
    def touched(self) -> int:
        """Everything that is allowed, or of which it is not known."""
        return self.may | self.unknown


@dataclass(frozen=True, slots=True)
class Reaches:
    """How far a role goes in every class."""

    extents: Mapping[AccessClass, Extent]
    touched: int = field(compare=False)
    """Every resource in which it can do, or may be able to do, anything."""

    @property
    def worst(self) -> int:
        """The place of the worst class among `WORST_FIRST`; larger than all of them for none."""
        return next((i for i, access in enumerate(WORST_FIRST) if access in self.extents), len(WORST_FIRST))


def reaches(row: Mapping[Column, Cell]) -> Reaches:
    """A row of the access matrix, by class; classes with nothing in them are left out."""
    extents = {access: _extent(access, row) for access in WORST_FIRST}
    kept = {access: extent for access, extent in extents.items() if extent != Extent()}
    touched = 0
    for extent in kept.values():
        touched |= extent.touched
    return Reaches(kept, touched)


def square(
    reached: Reaches, mask: int, *, classes: Sequence[AccessClass], types: Mapping[ResourceType, int]
) -> Square:
    """The square of a row in a column that stands for the resources in `mask`."""
    if not reached.touched & mask:
        return Square((None,) * len(classes), "")
    found = [(access, reached.extents.get(access, Extent())) for access in classes]
    marks = tuple(_mark(access, extent, mask, types) for access, extent in found)
    pieces = (_piece(access, extent, mask, types) for access, extent in found if extent.touched & mask)
    return Square(marks, "; ".join(pieces))


def flags(reached: Reaches, classes: Sequence[AccessClass], *, account: bool) -> Square:
    """The square of a row for the account itself, or for what may be created later."""
    marks: list[Mark | None] = []
    pieces: list[str] = []
    for access in classes:
        extent = reached.extents.get(access, Extent())
        state = extent.account if account else extent.later
        marks.append(None if state is None else Mark(access, state))
        if state is not None:
            pieces.append(f"{LABELS[access]}{_of_state(state, extent.terms)}")
    return Square(tuple(marks), "; ".join(pieces))


def numbers(reached: Reaches, access: AccessClass, types: Mapping[ResourceType, int]) -> tuple[str, ...]:
    """What a role reaches in one class, in numbers: a line for each way in which it is sure or not."""
    extent = reached.extents.get(access)
    if extent is None:
        return ()
    lines: list[str] = []
    for state, bits in _by_state(extent):
        later = extent.later is state
        if bits or later:
            amount = _counted(bits, types)
            words = ", ".join(filter(None, (amount, "later ones" if later else "")))
            lines.append(f"{words}{_of_state(state, extent.terms)}")
    if extent.account is not None:
        lines.append(f"in the account{_of_state(extent.account, extent.terms)}")
    return tuple(lines)


def _extent(access: AccessClass, row: Mapping[Column, Cell]) -> Extent:
    cells = [(column, cell) for column, cell in row.items() if column.access is access]
    brokers = [cell for column, cell in cells if column.series is not None]
    account = [cell for column, cell in cells if column.series is None]
    must = may = unknown = 0
    for cell in brokers:
        must |= cell.must
        may |= cell.may
        unknown |= cell.unknown
    return Extent(
        must=must,
        may=may,
        unknown=unknown & ~may,
        terms=_terms(cell for _, cell in cells),
        later=_to_come(brokers),
        account=_to_come(account),
    )


def _to_come(cells: Iterable[Cell]) -> State | None:
    found = list(cells)
    if any(cell.must_to_come for cell in found):
        return State.ALL
    if any(cell.may_to_come for cell in found):
        return State.MAY
    return State.OPEN if any(cell.unknown_to_come for cell in found) else None


def _terms(cells: Iterable[Cell]) -> str:
    only_if: dict[str, None] = {}
    unless: dict[str, None] = {}
    for cell in cells:
        only_if |= dict.fromkeys(map(plainly, cell.only_if))
        unless |= dict.fromkeys(map(plainly, cell.unless))
    opening = [f"only {' or '.join(only_if)}"] if only_if else []
    words = ", ".join((*opening, *(f"except {term}" for term in unless)))
    return words if len(words) <= TERMS_LIMIT else "under conditions"


def _mark(access: AccessClass, extent: Extent, mask: int, types: Mapping[ResourceType, int]) -> Mark | None:
    if extent.must & mask:
        whole = _of_touched_types(extent.must & mask, types) & mask
        return Mark(access, State.ALL if extent.must & mask == whole else State.SOME)
    if extent.may & mask:
        return Mark(access, State.MAY)
    return Mark(access, State.OPEN) if extent.unknown & mask else None


def _of_touched_types(bits: int, types: Mapping[ResourceType, int]) -> int:
    """Everything of the types of which there is any in `bits`."""
    found = 0
    for of_type in types.values():
        if bits & of_type:
            found |= of_type
    return found


def _piece(access: AccessClass, extent: Extent, mask: int, types: Mapping[ResourceType, int]) -> str:
    parts = [
        f"{_counted(bits & mask, types, of=mask)}{_of_state(state, extent.terms)}"
        for state, bits in _by_state(extent)
        if bits & mask
    ]
    return f"{LABELS[access]}: {', '.join(parts)}"


def _by_state(extent: Extent) -> Iterator[tuple[State, int]]:
    yield State.ALL, extent.must
    yield State.MAY, extent.may & ~extent.must
    yield State.OPEN, extent.unknown


def _of_state(state: State, terms: str) -> str:
    match state:
        case State.ALL | State.SOME:
            return ""
        case State.MAY:
            return f" ({terms or 'under conditions'})"
        case State.OPEN:
            return " (not known)"


def _counted(bits: int, types: Mapping[ResourceType, int], *, of: int | None = None) -> str:
    """`3 of 14 topics, 1 group`: of those in the mask `of`, where one is given."""
    return ", ".join(
        _one_count((bits & mask).bit_count(), None if of is None else (of & mask).bit_count(), NOUNS[type_])
        for type_, mask in types.items()
        if bits & mask
    )


def _one_count(number: int, there: int | None, noun: str) -> str:
    of = "" if there in (None, number) else f" of {there:,}"
    plural = (number if not of else there) != 1
    return f"{number:,}{of} {noun}{'s' if plural else ''}"
