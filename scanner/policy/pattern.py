"""Wildcard patterns: `*` is any run of characters, `?` is exactly one.

A pattern is held against the whole text. There is no escape and there are no character classes,
and `*` crosses `:` and `/`: whether the service stops it there is not documented, so this reading
takes the wider match. Case folding touches ASCII letters only, as resource names and actions
are ASCII and Unicode folding would make the Kelvin sign a `k`.

Matching never goes back over a `*`: each literal run between two of them takes the first place
where it fits, which is enough, so the work grows with the product of the lengths at worst and no
pattern makes it explode.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import Final

FILLER: Final = "x"
"""What stands in an example where any character will do."""

_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
_CACHED: Final = 65_536


class ResourceMatch(StrEnum):
    """Whether a pattern covers a resource."""

    YES = "yes"
    NO = "no"
    ONLY_IGNORING_CASE = "only ignoring case"
    """It would match if case did not count; whether it counts is not documented."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of pattern without `*`: its length, and its literal pieces by offset."""

    length: int
    pieces: tuple[tuple[int, str], ...]

    @staticmethod
    def of(text: str) -> _Run:
        pieces: list[tuple[int, str]] = []
        at = 0
        for piece in text.split("?"):
            if piece:
                pieces.append((at, piece))
            at += len(piece) + 1
        return _Run(len(text), tuple(pieces))

    def stands_at(self, text: str, at: int) -> bool:
        """Whether the run fits `text` at `at`, where there is room for it."""
        for offset, piece in self.pieces:  # noqa: SIM110 - called for every pattern, and twice as fast
            if not text.startswith(piece, at + offset):
                return False
        return True

    def first_in(self, text: str, start: int, end: int) -> int:
        """The first place between `start` and `end` where the run fits, or -1."""
        last = end - self.length
        if not self.pieces:
            return start if start <= last else -1
        offset, piece = self.pieces[0]
        at = start
        while at <= last:
            at = text.find(piece, at + offset, last + offset + len(piece)) - offset
            if at < start:
                return -1
            if self.stands_at(text, at):
                return at
            at += 1
        return -1


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern taken apart at its `*`, ready to be held against many texts."""

    exact: bool
    head: _Run
    middle: tuple[_Run, ...]
    tail: _Run

    @staticmethod
    def of(pattern: str) -> Glob:
        """The parts of `pattern`."""
        head, *rest = pattern.split("*")
        tail = rest.pop() if rest else ""
        return Glob(
            exact="*" not in pattern,
            head=_Run.of(head),
            middle=tuple(_Run.of(run) for run in rest if run),
            tail=_Run.of(tail),
        )

    def matches(self, text: str) -> bool:
        """Whether the pattern covers the whole of `text`."""
        room = len(text) - self.head.length - self.tail.length
        if room < 0 or (self.exact and room):
            return False
        end = len(text) - self.tail.length
        if not self.head.stands_at(text, 0) or not self.tail.stands_at(text, end):
            return False
        at = self.head.length
        for run in self.middle:
            place = run.first_in(text, at, end)
            if place < 0:
                return False
            at = place + run.length
        return True


def fold(text: str) -> str:
    """`text` with the ASCII capitals made small and nothing else changed."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


@lru_cache(maxsize=_CACHED)
def glob(pattern: str) -> Glob:
    """The pattern taken apart; the same one is only taken apart once."""
    return Glob.of(pattern)


def is_pattern(text: str) -> bool:
    """Whether `text` holds a wildcard."""
    return "*" in text or "?" in text


def has_variable(text: str) -> bool:
    """Whether `text` holds what other clouds read as a policy variable, `${...}`."""
    start = text.find("${")
    return start >= 0 and "}" in text[start:]


def without_variables(pattern: str) -> str:
    """`pattern` with each `${...}` widened to `*`: it covers whatever a variable could stand for."""
    wide: list[str] = []
    rest = pattern
    while has_variable(rest):
        before, _, inside = rest.partition("${")
        wide += (before, "*")
        rest = inside.partition("}")[2]
    return "".join((*wide, rest))


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether `pattern` covers the whole of `text`."""
    if ignore_case:
        return glob(fold(pattern)).matches(fold(text))
    return glob(pattern).matches(text)


def resource_matches(pattern: str, resource: str) -> ResourceMatch:
    """Whether `pattern` covers `resource`, an empty region of a RAM name being the same as `*`."""
    spellings = resource_spellings(resource)
    anywhere = anywhere_in_ram(pattern)
    if any(matches(anywhere, spelling) for spelling in spellings):
        return ResourceMatch.YES
    if any(matches(anywhere, spelling, ignore_case=True) for spelling in spellings):
        return ResourceMatch.ONLY_IGNORING_CASE
    return ResourceMatch.NO


def anywhere_in_ram(pattern: str) -> str:
    """`pattern` with the empty region of a RAM resource name written as `*`."""
    return f"acs:ram:*:{pattern[9:]}" if pattern.startswith("acs:ram::") else pattern


def resource_spellings(resource: str) -> tuple[str, ...]:
    """The ways to write one resource: RAM names come with an empty region or with `*` for it.

    That the two are one is inferred: the vendor's pages use both for the same role.
    """
    if resource.startswith("acs:ram::"):
        return (resource, f"acs:ram:*:{resource[9:]}")
    if resource.startswith("acs:ram:*:"):
        return (resource, f"acs:ram::{resource[10:]}")
    return (resource,)


def example_of_both(first: str, second: str) -> str | None:
    """A shortest text that both patterns cover, or None when there is none.

    The work and the memory grow with the product of the two lengths.
    """
    return _Meeting(first, second).shortest()


_Place = tuple[int, int]


class _Meeting:
    """A breadth-first walk through two patterns at once, one common character at a time."""

    def __init__(self, first: str, second: str) -> None:
        self._first, self._second = first, second
        self._came: dict[_Place, tuple[_Place, str] | None] = {(0, 0): None}

    def shortest(self) -> str | None:
        end = (len(self._first), len(self._second))
        level = self._through_stars([(0, 0)])
        while level:
            if end in self._came:
                return self._way_to(end)
            level = self._through_stars([step for place in level for step in self._steps(place)])
        return None

    def _through_stars(self, level: list[_Place]) -> list[_Place]:
        """`level` and whatever can be reached from it without a character."""
        reached = list(level)
        for place in reached:
            i, j = place
            after = []
            if self._first[i : i + 1] == "*":
                after.append((i + 1, j))
            if self._second[j : j + 1] == "*":
                after.append((i, j + 1))
            reached += [step for step in after if self._note(step, place, "")]
        return reached

    def _steps(self, place: _Place) -> list[_Place]:
        i, j = place
        mine, theirs = self._first[i : i + 1], self._second[j : j + 1]
        if not mine or not theirs or (mine not in "*?" and theirs not in "*?" and mine != theirs):
            return []
        character = next((c for c in (mine, theirs) if c not in "*?"), FILLER)
        step = (i + (mine != "*"), j + (theirs != "*"))
        return [step] if self._note(step, place, character) else []

    def _note(self, step: _Place, place: _Place, character: str) -> bool:
        if step in self._came:
            return False
        self._came[step] = (place, character)
        return True

    def _way_to(self, place: _Place) -> str:
        characters: list[str] = []
        came = self._came[place]
        while came is not None:
            place, character = came
            characters.append(character)
            came = self._came[place]
        return "".join(reversed(characters))
