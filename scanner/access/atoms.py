"""Resources that no pattern tells apart, taken together as one.

Two hundred thousand topics fall into a few thousand atoms: whatever a policy says of one resource of an
atom it says of all. Sets of resources are then numbers of a few thousand bits. Patterns and
resources can be added one by one. An atom then only ever parts; none grow together again.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, pairwise
from typing import TypeAlias

from scanner.access.catchers import Catchers, widened
from scanner.access.patternindex import Shelf, Spans, heads_of, parts_of, shelves
from scanner.policy.pattern import has_variable

Mark: TypeAlias = tuple[str, str | None]
"""What else tells resources apart: their type, and their resource group, None where that is not known."""

Entry: TypeAlias = tuple[int, str, Mark]
"""A resource's number, its name, and its mark."""

Facet: TypeAlias = tuple[str, bool]
"""A pattern, and whether it surely covers or only perhaps."""

_Signature: TypeAlias = tuple[Mark, int]
"""What the resources of an atom have in common: the mark, and the facets as bits."""


class Atoms:
    """The atoms of some resources under some patterns. Bit i of each number is the i-th atom."""

    def __init__(self, entries: Sequence[Entry], patterns: Iterable[str], catchers: Catchers) -> None:
        self._catchers = catchers
        self._shelves = shelves((name, number) for number, name, _ in entries)
        self._atom_at: dict[str, array[int]] = {}
        self._facets: dict[Facet, int] = {}
        self._names: list[Facet] = []
        self._covered: list[int] = []
        """The atoms of each facet."""
        self._marks: dict[Mark, int] = {}
        self._sizes: list[int] = []
        self._signatures: list[_Signature] = []
        self._by_signature: dict[_Signature, int] = {}
        self._known: set[str] = set(patterns)
        self._part({number: mark for number, _, mark in entries})

    @property
    def everything(self) -> int:
        """Every atom."""
        return (1 << len(self._sizes)) - 1

    def sure(self, pattern: str) -> int:
        """What a known pattern covers."""
        facet = self._facets.get((pattern, True))
        return 0 if facet is None else self._covered[facet]

    def perhaps(self, pattern: str) -> int:
        """What it covers if case does not count, or if its variables stand for the right thing."""
        facet = self._facets.get((pattern, False))
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

    def atom_of(self, number: int, name: str) -> int:
        """The atom that a resource is in, as its one bit."""
        key, rest = _place(name)
        return 1 << self._atom_at[key][self._shelves[key].position(rest, number)]

    def learn(self, pattern: str) -> list[frozenset[str]]:
        """Tell apart by one more pattern; for each new atom, the patterns that cover it."""
        if pattern in self._known:
            return []
        self._known.add(pattern)
        born: list[frozenset[str]] = []
        spans = {key: _covered(shelf, pattern) for key, shelf in self._shelves.items()}
        for at, sure in ((0, True), (1, False)):
            found = {key: both[at] for key, both in spans.items() if both[at]}
            if found:
                born += self._tell_apart(self._facet((pattern, sure)), found)
        return born

    def add(self, number: int, name: str, mark: Mark) -> list[frozenset[str]]:
        """Take in one more resource; as `learn`, when it makes an atom of its own."""
        key, rest = _place(name)
        if key not in self._shelves:
            self._shelves[key], self._atom_at[key] = Shelf(heads_of(parts_of(name)[0]), ()), array("l")
        facets = 0
        for facet in self._catchers.catching(name):
            facets |= 1 << self._facet(facet)
        atom = self._by_signature.get((mark, facets))
        born = [] if atom is not None else [self._patterns_of(facets)]
        if atom is None:
            atom = self._bear((mark, facets))
        self._sizes[atom] += 1
        self._atom_at[key].insert(self._shelves[key].put(rest, number), atom)
        return born

    def remove(self, number: int, name: str) -> None:
        """Leave a resource out; its atom stays, even without members."""
        key, rest = _place(name)
        atom = self._atom_at[key].pop(self._shelves[key].take(rest, number))
        self._sizes[atom] -= 1

    def _facet(self, facet: Facet) -> int:
        if facet not in self._facets:
            self._facets[facet] = len(self._covered)
            self._names.append(facet)
            self._covered.append(0)
        return self._facets[facet]

    def _patterns_of(self, facets: int) -> frozenset[str]:
        return frozenset(self._names[facet][0] for facet in _ones(facets))

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

    def _part(self, marks: dict[int, Mark]) -> None:
        """Put every resource into its atom, walking each shelf from change to change."""
        patterns = sorted(self._known)
        for key, shelf in self._shelves.items():
            changes = self._changes(shelf, patterns)
            for at, (before, after) in enumerate(pairwise(map(marks.__getitem__, shelf.numbers)), start=1):
                if before != after:
                    changes.setdefault(at, [])
            changes.setdefault(0, [])
            places = self._atom_at[key] = array("l", bytes(8 * len(shelf)))
            active = 0
            for low, high in pairwise((*sorted(changes), len(shelf))):
                for facet in changes[low]:
                    active ^= facet
                if low == high:
                    continue
                atom = self._atom((marks[shelf.numbers[low]], active))
                places[low:high] = array("l", [atom]) * (high - low)
                self._sizes[atom] += high - low
        self._gather()

    def _changes(self, shelf: Shelf, patterns: Sequence[str]) -> dict[int, list[int]]:
        """Where on a shelf a facet begins or ends to cover, with the facets as bits."""
        changes: dict[int, list[int]] = {}
        for pattern in patterns:
            for sure, spans in zip((True, False), _covered(shelf, pattern), strict=True):
                if spans:
                    bit = 1 << self._facet((pattern, sure))
                    for low, high in spans:
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


def _covered(shelf: Shelf, pattern: str) -> tuple[Spans, Spans]:
    """The positions that a pattern surely covers, and those that it covers perhaps."""
    found = shelf.covered(widened(pattern))
    if not has_variable(pattern):
        return found.sure, found.case_only
    return (), tuple(sorted((*found.sure, *found.case_only)))


def _place(name: str) -> tuple[str, str]:
    head, rest = parts_of(name)
    return heads_of(head)[0], rest


def _ones(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
