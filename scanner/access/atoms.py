"""Resources that no pattern tells apart, taken together as one.

Two hundred thousand topics fall into a few thousand atoms: whatever a policy says of one resource of an
atom it says of all. Sets of resources are then numbers of a few thousand bits. Patterns and
resources can be added one by one. An atom then only ever parts; none grow together again.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise
from typing import TypeAlias

from scanner.access.catchers import Catchers, widened
from scanner.access.patternindex import heads_of, parts_of, shelves
from scanner.access.shelf import Shelf, Sought
from scanner.access.spans import Span, Spans, common, positions, runs, union
from scanner.policy.pattern import has_variable

Named: TypeAlias = tuple[str, int]
"""A resource's name and its number."""

Described: TypeAlias = tuple[str, str | None]
"""A resource's type and its resource group, None where that is not known."""

Mark: TypeAlias = tuple[str, bool]
"""A type of resource, and whether the resource group is known."""

Aim: TypeAlias = tuple[str, str | None]
"""A pattern, and the resource group that it is limited to; None is no limit.

A limit keeps what is in the group, and what may be in it because its group is not known.
"""

_Facet: TypeAlias = tuple[Aim, bool]
"""An aim, and whether it surely covers or only perhaps."""

_Signature: TypeAlias = tuple[Mark, int]
"""What the resources of an atom have in common: the mark, and the facets as bits."""


class Atoms:
    """The atoms of some resources under some patterns. Bit i of each number is the i-th atom."""

    def __init__(
        self,
        named: Iterable[Named],
        aims: Iterable[Aim],
        *,
        describe: Callable[[int], Described],
        catchers: Catchers,
    ) -> None:
        self._describe = describe
        self._catchers = catchers
        """Knows every pattern of `aims` at least."""
        self._shelves = shelves(named)
        self._atom_at: dict[str, array[int]] = {}
        self._facets: dict[_Facet, int] = {}
        self._patterns: list[str] = []
        """The pattern of each facet."""
        self._covered: list[int] = []
        """The atoms of each facet."""
        self._marks: dict[Mark, int] = {}
        self._sizes: list[int] = []
        self._empty = 0
        """The atoms that have lost their last member."""
        self._signatures: list[_Signature] = []
        self._by_signature: dict[_Signature, int] = {}
        self._limits: dict[str, set[str | None]] = {}
        """The limits under which each pattern is known."""
        for pattern, limit in aims:
            self._limits.setdefault(pattern, set()).add(limit)
        self._part()

    @property
    def everything(self) -> int:
        """Every atom that has members."""
        return (1 << len(self._sizes)) - 1 & ~self._empty

    def sure(self, aim: Aim) -> int:
        """What a known pattern covers."""
        facet = self._facets.get((aim, True))
        return 0 if facet is None else self._covered[facet]

    def perhaps(self, aim: Aim) -> int:
        """What it covers if case does not count, or if its variables stand for the right thing."""
        facet = self._facets.get((aim, False))
        return 0 if facet is None else self._covered[facet]

    @property
    def marks(self) -> Mapping[Mark, int]:
        """The atoms of each mark."""
        return self._marks

    def numbers(self, bits: int) -> Iterator[int]:
        """The resources of some atoms."""
        if not bits:
            return
        flags = bytes(map(int, reversed(f"{bits:0{len(self._sizes)}b}")))
        for key, shelf in self._shelves.items():
            yield from compress(shelf.numbers, map(flags.__getitem__, self._atom_at[key]))

    def called(self, rest: str) -> Iterator[int]:
        """The resources whose name ends so after any head."""
        for shelf in self._shelves.values():
            yield from shelf.called(rest)

    def atom_of(self, name: str, number: int) -> int:
        """The atom that a resource is in, as its one bit."""
        key, rest = _place(name)
        return 1 << self._atom_at[key][self._shelves[key].position(rest, number)]

    def learn(self, aim: Aim) -> list[frozenset[str]]:
        """Tell apart by one more pattern; for each new atom, the patterns that cover it."""
        pattern, limit = aim
        if limit in self._limits.setdefault(pattern, set()):
            return []
        self._limits[pattern].add(limit)
        born: list[frozenset[str]] = []
        sought = _Pattern.of(pattern)
        spans = {key: sought.on(shelf) for key, shelf in self._shelves.items()}
        for at, sure in ((0, True), (1, False)):
            found = {key: self._within(limit, key, both[at]) for key, both in spans.items() if both[at]}
            if any(found.values()):
                born += self._tell_apart(self._facet((aim, sure)), found)
        return born

    def add(self, name: str, number: int) -> list[frozenset[str]]:
        """Take in one more resource; as `learn`, when it makes an atom of its own."""
        key, rest = _place(name)
        if key not in self._shelves:
            self._shelves[key], self._atom_at[key] = Shelf(heads_of(parts_of(name)[0]), (), ()), array("l")
        _, group = self._describe(number)
        facets = 0
        for pattern, sure in self._catchers.catching(name):
            for limit in self._limits.get(pattern, ()):
                if limit is None or group in (None, limit):
                    facets |= 1 << self._facet(((pattern, limit), sure))
        signature = (_mark(self._describe(number)), facets)
        atom = self._by_signature.get(signature)
        born = [] if atom is not None else [self._patterns_of(facets)]
        if atom is None:
            atom = self._bear(signature)
        self._sizes[atom] += 1
        self._empty &= ~(1 << atom)
        self._atom_at[key].insert(self._shelves[key].put(rest, number), atom)
        return born

    def remove(self, name: str, number: int) -> None:
        """Leave a resource out; its atom stays, even without members."""
        key, rest = _place(name)
        atom = self._atom_at[key].pop(self._shelves[key].take(rest, number))
        self._sizes[atom] -= 1
        self._empty |= 0 if self._sizes[atom] else 1 << atom

    def _within(self, limit: str | None, key: str, spans: Spans) -> Spans:
        numbers, describe = self._shelves[key].numbers, self._describe
        if limit is None:
            return spans
        return runs(at for at in positions(spans) if describe(numbers[at])[1] in (None, limit))

    def _facet(self, facet: _Facet) -> int:
        if facet not in self._facets:
            self._facets[facet] = len(self._covered)
            self._patterns.append(facet[0][0])
            self._covered.append(0)
        return self._facets[facet]

    def _patterns_of(self, facets: int) -> frozenset[str]:
        return frozenset(self._patterns[facet] for facet in _ones(facets))

    def _bear(self, signature: _Signature) -> int:
        """A new atom without members."""
        atom = len(self._sizes)
        mark, facets = signature
        self._sizes.append(0)
        self._signatures.append(signature)
        self._by_signature[signature] = atom
        self._marks[mark] = self._marks.get(mark, 0) | 1 << atom
        for facet in _ones(facets):
            self._covered[facet] |= 1 << atom
        return atom

    def _tell_apart(self, facet: int, found: dict[str, Spans]) -> list[frozenset[str]]:
        """Part each atom of which the facet covers some members and not all."""
        inside: Counter[int] = Counter()
        for key, spans in found.items():
            for low, high in spans:
                inside.update(self._atom_at[key][low:high])
        moving: dict[int, int] = {}
        for atom, count in inside.items():
            mark, facets = self._signatures[atom]
            if count == self._sizes[atom]:
                del self._by_signature[mark, facets]
                self._signatures[atom] = (mark, facets | 1 << facet)
                self._by_signature[self._signatures[atom]] = atom
                self._covered[facet] |= 1 << atom
            else:
                moving[atom] = self._bear((mark, facets | 1 << facet))
        self._move(moving, found)
        return [self._patterns_of(self._signatures[atom][1]) for atom in moving.values()]

    def _move(self, moving: dict[int, int], found: dict[str, Spans]) -> None:
        if not moving:
            return
        for key, spans in found.items():
            atoms = self._atom_at[key]
            for low, high in spans:
                for at in range(low, high):
                    new = moving.get(atoms[at])
                    if new is not None:
                        self._sizes[atoms[at]] -= 1
                        self._sizes[new] += 1
                        atoms[at] = new

    def _part(self) -> None:
        """Put every resource into its atom, walking each shelf from change to change."""
        patterns = {pattern: _Pattern.of(pattern) for pattern in self._limits}
        for key, shelf in self._shelves.items():
            alike = _alike(map(self._describe, shelf.numbers))
            marks = {low: _mark(described) for (low, _), described in alike}
            changes = self._changes(shelf, patterns, self._by_limit(alike))
            places = self._atom_at[key] = array("l", bytes(8 * len(shelf)))
            mark, active = ("", False), 0
            for low, high in pairwise(sorted({*changes, *marks, len(shelf)})):
                mark = marks.get(low, mark)
                for facet in changes.get(low, ()):
                    active ^= facet
                atom = self._atom((mark, active))
                self._sizes[atom] += high - low
                if high == low + 1:
                    places[low] = atom
                else:
                    places[low:high] = array("l", (atom,)) * (high - low)
        self._gather()

    def _by_limit(self, alike: Sequence[tuple[Span, Described]]) -> dict[str | None, Spans]:
        """The positions of what is in each group, or may be because its group is not known."""
        found: dict[str | None, list[Span]] = {}
        for span, (_, group) in alike:
            found.setdefault(group, []).append(span)
        limits = {limit for limits in self._limits.values() for limit in limits if limit is not None}
        return {limit: union((tuple(found.get(limit, ())), tuple(found.get(None, ())))) for limit in limits}

    def _changes(
        self, shelf: Shelf, patterns: Mapping[str, _Pattern], within: Mapping[str | None, Spans]
    ) -> dict[int, list[int]]:
        """Where on a shelf a facet begins or ends to cover, with the facets as bits."""
        changes: dict[int, list[int]] = {}
        for pattern, limits in self._limits.items():
            for sure, spans in zip((True, False), patterns[pattern].on(shelf), strict=True):
                for limit in limits if spans else ():
                    bit = 1 << self._facet(((pattern, limit), sure))
                    for low, high in spans if limit is None else common(spans, within[limit]):
                        changes.setdefault(low, []).append(bit)
                        changes.setdefault(high, []).append(bit)
        return changes

    def _atom(self, signature: _Signature) -> int:
        atom = self._by_signature.get(signature)
        if atom is None:
            atom = self._by_signature[signature] = len(self._sizes)
            self._sizes.append(0)
            self._signatures.append(signature)
        return atom

    def _gather(self) -> None:
        """The atoms of each facet and mark, from the atoms' signatures."""
        size = len(self._sizes) // 8 + 1
        covered = [bytearray() for _ in self._covered]
        marks: dict[Mark, bytearray] = {}
        for atom, (mark, facets) in enumerate(self._signatures):
            byte, bit = atom >> 3, 1 << (atom & 7)
            marks.setdefault(mark, bytearray(size))[byte] |= bit
            for facet in _ones(facets):
                if not covered[facet]:
                    covered[facet] = bytearray(size)
                covered[facet][byte] |= bit
        self._covered = [int.from_bytes(bits, "little") for bits in covered]
        self._marks = {mark: int.from_bytes(bits, "little") for mark, bits in marks.items()}


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern, and whether it holds variables, so that it covers nothing for sure."""

    sought: Sought
    variable: bool

    @staticmethod
    def of(pattern: str) -> _Pattern:
        return _Pattern(Sought.of(widened(pattern)), has_variable(pattern))

    def on(self, shelf: Shelf) -> tuple[Spans, Spans]:
        """The positions that it surely covers, and those that it covers perhaps."""
        found = shelf.covered(self.sought)
        return ((), union((found.sure, found.case_only))) if self.variable else (found.sure, found.case_only)


def _alike(described: Iterable[Described]) -> list[tuple[Span, Described]]:
    """Neighbours of the same description, together."""
    found: list[tuple[Span, Described]] = []
    low, end, before = 0, 0, None
    for at, one in enumerate(described):
        if one != before:
            if before is not None:
                found.append(((low, at), before))
            low, before = at, one
        end = at + 1
    return found if before is None else [*found, ((low, end), before)]


def _mark(described: Described) -> Mark:
    type_, group = described
    return type_, group is not None


def _place(name: str) -> tuple[str, str]:
    head, rest = parts_of(name)
    return heads_of(head)[0], rest


def _ones(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
