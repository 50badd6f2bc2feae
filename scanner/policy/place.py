"""Where in a text a JSON path stands: the line and column that an editor shows.

The text is walked once, as the reader of JSON walks it, and every path is noted with the places of its
key and of its value. A text that is not JSON is walked as far as it can be read; what stands before the error
has its place all the same. What the text means is decided in `scanner.policy.parse`.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from scanner.policy.jsontree import MAX_NESTING
from scanner.policy.positions import ROOT, item, member

_BLANKS: Final = re.compile(r"[ \t\n\r]*")
_LINE_ENDS: Final = re.compile(r"\r\n|\r|\n")
_LAST_STEP: Final = re.compile(r"(?:\.[^.\[\]']+|\[\d+\]|\['(?:[^'\\]|\\.)*'\])\Z", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A character of a text. Both numbers count from 1; a column is a character, however wide it shows."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one value begins, in characters from the start of the text."""

    key: int
    """Where its key begins, quotation mark included; of the root and of items of lists, the value."""
    value: int


class Places:
    """Answers where the paths of one text stand; make it with `Places.of`."""

    def __init__(self, text: str, spots: Mapping[str, list[Spot]], broken: int | None) -> None:
        self._spots = spots
        self._broken = broken
        self._lines = [0, *(end.end() for end in _LINE_ENDS.finditer(text))]

    @staticmethod
    def of(text: str) -> Places:
        """The places of every path that `text` holds."""
        walk = _Walk(text)
        try:
            walk.whole()
        except _NotReadableError as error:
            return Places(text, walk.spots, error.at)
        return Places(text, walk.spots, None)

    @property
    def broken(self) -> Place | None:
        """Where the text stops being JSON, or nests too deep; None when all of it was read."""
        return None if self._broken is None else self._place(self._broken)

    def value(self, path: str, *, occurrence: int = 0) -> Place | None:
        """Where the value of `path` begins; of a repeated key, that of its `occurrence` from 0."""
        spot = self._spot(path, occurrence)
        return None if spot is None else self._place(spot.value)

    def key(self, path: str, *, occurrence: int = 0) -> Place | None:
        """Where the key of `path` begins."""
        spot = self._spot(path, occurrence)
        return None if spot is None else self._place(spot.key)

    def nearest(self, path: str) -> Place:
        """Where `path` begins, or else the innermost of what holds it: for what is missing."""
        while path not in self._spots:
            shorter = _LAST_STEP.sub("", path)
            if shorter == path:
                return Place(1, 1)
            path = shorter
        return self._place(self._spots[path][0].value)

    def _spot(self, path: str, occurrence: int) -> Spot | None:
        spots = self._spots.get(path, [])
        return spots[occurrence] if occurrence < len(spots) else None

    def _place(self, at: int) -> Place:
        line = bisect_right(self._lines, at)
        return Place(line, at - self._lines[line - 1] + 1)


class _NotReadableError(Exception):
    """The text is not JSON from `at` on."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


_SCALARS: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse)


class _Walk:
    """One way through a text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spots: dict[str, list[Spot]] = {}
        self._at = 0

    def whole(self) -> None:
        """Walk the text to its end.

        Raises:
            _NotReadableError: it ends early.
        """
        self._blanks()
        self._value(ROOT, key=self._at, depth=0)
        self._blanks()
        if self._at < len(self.text):
            raise _NotReadableError(self._at)

    def _value(self, path: str, *, key: int, depth: int) -> None:
        self.spots.setdefault(path, []).append(Spot(key, self._at))
        match self._next():
            case "{":
                self._inside(path, "}", depth=depth)
            case "[":
                self._inside(path, "]", depth=depth)
            case _:
                self._scalar()

    def _inside(self, path: str, end: str, *, depth: int) -> None:
        """The members of an object or the items of a list, brackets included."""
        if depth == MAX_NESTING:
            raise _NotReadableError(self._at)
        self._at += 1
        self._blanks()
        if self._next() == end:
            self._at += 1
            return
        index = 0
        while True:
            self._entry(item(path, index) if end == "]" else None, path, depth=depth + 1)
            index += 1
            self._blanks()
            if self._next() == end:
                self._at += 1
                return
            self._expect(",")

    def _entry(self, place: str | None, path: str, *, depth: int) -> None:
        key = self._at
        if place is None:
            place = member(path, self._key())
        self._value(place, key=key, depth=depth)

    def _key(self) -> str:
        if self._next() != '"':
            raise _NotReadableError(self._at)
        key = self._scalar()
        self._blanks()
        self._expect(":")
        assert isinstance(key, str), "what begins with a quotation mark is a text"
        return key

    def _scalar(self) -> object:
        try:
            value, self._at = _SCALARS.raw_decode(self.text, self._at)
        except json.JSONDecodeError as error:
            raise _NotReadableError(error.pos) from error
        except ValueError as error:  # a constant that is not JSON
            raise _NotReadableError(self._at) from error
        found: object = value
        return found

    def _next(self) -> str:
        return self.text[self._at : self._at + 1]

    def _expect(self, character: str) -> None:
        """Go over `character` and the blanks behind it."""
        if self._next() != character:
            raise _NotReadableError(self._at)
        self._at += 1
        self._blanks()

    def _blanks(self) -> None:
        found = _BLANKS.match(self.text, self._at)
        assert found is not None, "it matches nothing at all as well"
        self._at = found.end()
