"""Patterns as bits, so that many are followed through one text at once.

A pattern of n tokens has n + 1 places; being at place i means that i tokens are behind. A set of
places is one integer, and a character moves all of them with a shift. `*` is no token: it
lets a place stay where it is. Patterns laid side by side in one integer make a `Machine`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Final, NamedTuple

from scanner.policy.pattern import fold, glob

NAME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
"""What names of things are made of: services, regions, topics, instances."""
WORD: Final = "\x00"
"""In the shape of a name: one or more name characters. A policy that holds this character is not compared."""

_FRESH: Final = "xqzjkvwy0123456789abcdefghilmnoprstuXQZJKVWY_-."


class Track(NamedTuple):
    """One pattern as bits."""

    length: int
    """Tokens; the last place is this number."""
    letters: tuple[tuple[str, int], ...]
    """For each literal character the places that it leads on from."""
    anything: int
    """Places that any character leads on from."""
    word: int
    """Places that a name character leads on from."""
    stay: int
    """Places that any character leaves where they are."""
    stay_word: int
    """Places that a name character leaves where they are."""


@lru_cache(maxsize=16_384)
def track(pattern: str) -> Track:
    """The pattern as bits; `WORD` in it stands for one or more name characters."""
    letters: dict[str, int] = {}
    anything = word = stay = stay_word = 0
    place = 1
    length = 0
    for character in pattern:
        if character == "*":
            stay |= place
            continue
        if character == "?":
            anything |= place
        elif character == WORD:
            word |= place
            stay_word |= place << 1
        else:
            letters[character] = letters.get(character, 0) | place
        place <<= 1
        length += 1
    return Track(length, tuple(letters.items()), anything, word, stay, stay_word)


class Lane(NamedTuple):
    """One pattern of a machine."""

    pattern: str
    folded: bool = False
    """Whether case does not count."""
    parts: bool = False
    """Whether its wildcards do not stand for colons."""


class Machine:
    """Several patterns followed at once. Places of each lane stand side by side in one integer."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.start = 0
        self.ends: list[int] = []
        self.spans: list[int] = []
        self._letters: dict[str, int] = {}
        self._wild = self._wild_parts = self._any_word = 0
        self._stay = self._stay_parts = self._stay_word = 0
        offset = 0
        for lane in lanes:
            offset = self._lay(lane, offset)

    def _lay(self, lane: Lane, offset: int) -> int:
        laid = track(lane.pattern)
        self.start |= 1 << offset
        self.ends.append(1 << (offset + laid.length))
        self.spans.append(((2 << laid.length) - 1) << offset)
        letters = self._letters
        for letter, places in laid.letters:
            for spelling in _spellings(letter) if lane.folded else (letter,):
                letters[spelling] = letters.get(spelling, 0) | places << offset
        if lane.parts:
            self._wild_parts |= laid.anything << offset
            self._stay_parts |= laid.stay << offset
        else:
            self._wild |= laid.anything << offset
            self._stay |= laid.stay << offset
        self._any_word |= laid.word << offset
        self._stay_word |= laid.stay_word << offset
        return offset + laid.length + 1

    def step(self, places: int, character: str) -> int:
        """Where `places` are after one more character."""
        on = self._letters.get(character, 0) | self._wild
        stay = self._stay
        if character != ":":
            on |= self._wild_parts
            stay |= self._stay_parts
        if character in NAME_CHARACTERS:
            on |= self._any_word
            stay |= self._stay_word
        return (places & on) << 1 | places & stay

    def run(self, places: int, text: str) -> int:
        """Where `places` are after `text`."""
        for character in text:
            places = self.step(places, character)
        return places

    def lasting(self, lane: int) -> int:
        """The end of a lane, if whatever comes to it stays there; otherwise 0."""
        return self.ends[lane] & self._stay

    def letters_of(self, places: int) -> list[tuple[str, int]]:
        """The literal characters that lead on from any of `places`, and from which of them."""
        return [(letter, on & places) for letter, on in self._letters.items() if on & places]

    @cached_property
    def other(self) -> str:
        """A character that no lane spells, a name character where there is one left."""
        return next(character for character in _unspelled() if character not in self._letters)


def _unspelled() -> Iterator[str]:
    yield from _FRESH
    yield from map(chr, range(0x4E00, 0x10000))


def _spellings(letter: str) -> tuple[str, ...]:
    """An ASCII letter in both cases, any other character alone."""
    if not letter.isascii() or not letter.isalpha():
        return (letter,)
    return (letter.lower(), letter.upper())


@lru_cache(maxsize=65_536)
def covers(wide: str, narrow: str) -> bool:
    """Whether `wide` surely covers every text that `narrow` does; False may also mean that this is not obvious.

    It follows the characters of `narrow` with `wide`, whose `*` alone may pass over a `*`.
    """
    if wide in ("*", narrow):
        return True
    if "?" in wide and "*" in narrow:
        return False
    return glob(wide).matches(narrow)


@lru_cache(maxsize=65_536)
def apart(first: str, second: str) -> bool:
    """Whether the two surely cover no common text, by what they begin and end with; case does not count."""
    first, second = fold(first), fold(second)
    if not _agree(_head(first), _head(second)):
        return True
    if "*" not in first and "*" not in second and len(first) != len(second):
        return True
    return not _agree(_head(first[::-1]), _head(second[::-1]))


def is_name(text: str) -> bool:
    """Whether `text` is made of name characters, and of at least one."""
    return text != "" and NAME_CHARACTERS.issuperset(text)


def literal_head(pattern: str) -> str:
    """What every text that `pattern` covers begins with."""
    return "".join(takewhile(_is_literal, pattern))


def _is_literal(token: str) -> bool:
    return token not in ("*", "?", WORD)


def _head(pattern: str) -> str:
    """What a pattern begins with, up to its first `*`."""
    return pattern.partition("*")[0]


def _agree(first: str, second: str) -> bool:
    return all(a == b or "?" in (a, b) for a, b in zip(first, second, strict=False))


def shortest(pattern: str, filler: str) -> str:
    """A shortest text that `pattern` covers, `filler` standing for each `?` and each word."""
    return pattern.replace("*", "").replace("?", filler).replace(WORD, filler)
