"""Names that share a head, sorted so that a pattern finds the ones it covers without trying each.

What of a pattern is left after the head looks for its literal beginning among the rests of the names, and
then for its longest literal piece, which leaves few of them to be tried. What covers what is
decided as in `scanner.policy`: `*` crosses colons, and a match that needs case to be ignored is told apart.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, compress, islice, repeat
from operator import contains
from typing import Final

from scanner.access.spans import Spans, length, positions, runs, union, without
from scanner.policy.pattern import anywhere_in_ram, fold, glob, is_pattern, matches

HEAD_PARTS: Final = 4
"""Colons in the head of a name."""

_BETWEEN: Final = "\n"
"""Stands between names in one long text. A name may hold it: what is found is always looked at."""
_MANY: Final = 500
"""In fewer names than that, a piece is looked for one by one."""
_RARE: Final = 100
"""A piece is rare when no more than one name in so many holds it."""
_READY: Final = 16_384
"""So many patterns are kept ready."""
_LAST: Final = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Covered:
    """The positions on a shelf that a pattern covers."""

    sure: Spans
    case_only: Spans
    """Only if case does not count."""


_NOTHING: Final = Covered((), ())


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a pattern once it has covered a head."""

    text: str
    start: str
    """Up to the first wildcard."""
    rest: str
    """From there; empty where there is none."""
    piece: str
    """The longest literal text after the first wildcard."""

    @staticmethod
    def of(text: str) -> Left:
        """`text` taken apart."""
        start = text.partition("*")[0].partition("?")[0]
        rest = text[len(start) :]
        return Left(text, start, rest, max(rest.replace("?", "*").split("*"), key=len))

    @property
    def exact(self) -> bool:
        """Whether it covers one name only."""
        return not self.rest

    @property
    def plain(self) -> bool:
        """Whether it covers all that begins with its start, or exactly that."""
        return not self.piece and "?" not in self.rest


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern in one spelling, taken apart at its colons."""

    text: str
    head: tuple[str, ...]
    """Its first four parts; empty where it has no more than these."""
    left: Left
    """What comes after them."""

    @staticmethod
    def of(text: str) -> Wording:
        """The parts of a pattern."""
        *head, left = text.split(":", HEAD_PARTS)
        return Wording(text, tuple(head) if len(head) == HEAD_PARTS else (), Left.of(left))


@dataclass(frozen=True, slots=True)
class Sought:
    """A pattern made ready to be held against many shelves."""

    plain: Wording
    folded: Wording
    """With small letters only."""

    @staticmethod
    @lru_cache(maxsize=_READY)
    def of(pattern: str) -> Sought:
        """`pattern`, an empty region of a RAM name being the same as `*`."""
        text = anywhere_in_ram(pattern)
        plain, small = Wording.of(text), fold(text)
        return Sought(plain, plain if small == text else Wording.of(small))


class LongText:
    """Names in one text, in which a rare piece is found faster than by looking into each."""

    def __init__(self, names: Sequence[str]) -> None:
        self._text = _BETWEEN.join((*names, ""))
        self._starts = array("l", accumulate((len(name) + 1 for name in names), initial=0))

    def holding(self, piece: str, low: int, high: int) -> Iterator[int]:
        """The places from `low` to before `high` of names that may hold `piece`; none that does is left out."""
        text, starts, end = self._text, self._starts, self._starts[high]
        found = text.find(piece, starts[low], end)
        while found >= 0:
            at = bisect_right(starts, found, low) - 1
            yield at
            found = text.find(piece, starts[at + 1], end)


class Heads:
    """The ways to write one head."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._texts = texts
        self._parts = [text.split(":")[:HEAD_PARTS] for text in texts]
        self._fit: dict[tuple[str, ...], bool] = {}

    def fit(self, parts: tuple[str, ...]) -> bool:
        """Whether the first parts of a pattern cover those of the head, one by one."""
        fits = self._fit.get(parts)
        if fits is None:
            fits = self._fit[parts] = any(all(map(_covers_part, parts, own)) for own in self._parts)
        return fits

    def left_of(self, pattern: str) -> Sequence[str]:
        """What is left of a pattern after any of them."""
        return tuple(dict.fromkeys(left for text in self._texts for left in after_head(pattern, text)))


class Shelf:
    """Names with one head, sorted without regard to case; each carries its owner's number."""

    def __init__(self, heads: tuple[str, ...], rests: Sequence[str], numbers: Sequence[int]) -> None:
        self._heads = Heads(heads)
        small = tuple(map(fold, heads))
        self._folded_heads = self._heads if small == heads else Heads(small)
        text = _BETWEEN.join(rests)
        self._plain = fold(text) == text
        """Whether no name has a capital."""
        self._colons = ":" in text or not heads[0]
        """Whether a name may hold more colons than its head."""
        folded = rests if self._plain else [*map(fold, rests)]
        order = sorted(range(len(rests)), key=folded.__getitem__)
        self.numbers = array("l", [numbers[i] for i in order])
        """By position."""
        self._rests = _in_a_row([rests[i] for i in order])
        self._folded = self._rests if self._plain else _in_a_row([folded[i] for i in order])
        self._by_case = self._rests if self._plain else sorted(rests)
        self._long: LongText | None = None

    def __len__(self) -> int:
        return len(self._rests)

    def covered(self, pattern: Sought) -> Covered:
        """What `pattern` covers here."""
        if self._colons or not pattern.plain.head:
            return self._covered_whole(pattern)
        # The names here have no colon after the head, so those of the pattern are those of the head.
        if ":" in pattern.plain.left.text or not self._folded_heads.fit(pattern.folded.head):
            return _NOTHING
        wide = self._near(pattern.folded.left)
        if not wide:
            return _NOTHING
        if pattern.plain is pattern.folded and self._plain and self._heads is self._folded_heads:
            return Covered(wide, ())
        sure = self._with_case(pattern.plain.left, wide) if self._heads.fit(pattern.plain.head) else ()
        return Covered(sure, () if sure == wide else without(wide, sure))

    def _covered_whole(self, pattern: Sought) -> Covered:
        """The same where a wildcard may stand for a colon."""
        folded = self._folded_heads.left_of(pattern.folded.text)
        wide = union(self._near(Left.of(left)) for left in folded)
        exact = self._heads.left_of(pattern.plain.text) if wide else ()
        sure = union(self._with_case(Left.of(left), self._near(Left.of(fold(left)))) for left in exact)
        return Covered(sure, () if sure == wide else without(wide, sure))

    def put(self, rest: str, number: int) -> int:
        """Add a name; gives its position, from which all later ones have moved on by one."""
        folded = fold(rest)
        at = bisect_right(self._folded, folded)
        if self._plain and rest != folded:
            self._folded, self._by_case, self._plain = list(self._rests), list(self._rests), False
        self._rests.insert(at, rest)
        self.numbers.insert(at, number)
        if not self._plain:
            self._folded.insert(at, folded)
            insort(self._by_case, rest)
        self._colons = self._colons or ":" in rest
        self._long = None
        return at

    def take(self, rest: str, number: int) -> int:
        """Remove a name; gives the position that it had."""
        at = self.position(rest, number)
        del self._rests[at], self.numbers[at]
        if not self._plain:
            del self._folded[at], self._by_case[bisect_left(self._by_case, rest)]
        self._long = None
        return at

    def called(self, rest: str) -> Iterator[int]:
        """The numbers of the names that are `rest`, case counting."""
        folded = fold(rest)
        low = bisect_left(self._folded, folded)
        for at in range(low, bisect_right(self._folded, folded, low)):
            if self._rests[at] == rest:
                yield self.numbers[at]

    def position(self, rest: str, number: int) -> int:
        """Where a name stands.

        Raises:
            KeyError: it does not stand here.
        """
        folded = fold(rest)
        at = bisect_left(self._folded, folded)
        while at < len(self._rests) and self._folded[at] == folded:
            if self.numbers[at] == number and self._rests[at] == rest:
                return at
            at += 1
        raise KeyError(rest)

    def _near(self, left: Left) -> Spans:
        """What a folded pattern covers of the folded names."""
        low, high = _range(self._folded, left.start, exact=left.exact)
        if low >= high or left.plain:
            return ((low, high),) if low < high else ()
        return runs(self._search(left, low, high))

    def _with_case(self, left: Left, near: Spans) -> Spans:
        """Those of `near` that a pattern covers as they are written."""
        if self._plain:
            return near if left.text == fold(left.text) else ()
        if left.plain:
            low, high = _range(self._by_case, left.start, exact=left.exact)
            if high - low in (0, length(near)):
                return near if low < high else ()
        return runs(_fitting(left, self._rests, list(positions(near))))

    def _search(self, left: Left, low: int, high: int) -> list[int]:
        """Those of a range of the folded names that a pattern covers."""
        limit = (high - low) // _RARE
        if high - low > _MANY and left.piece:
            if self._long is None:
                self._long = LongText(self._folded)
            holding = list(islice(self._long.holding(left.piece, low, high), limit + 1))
            if len(holding) <= limit:
                pattern, names = glob(left.text), self._folded
                return [at for at in holding if pattern.matches(names[at])]
        return _fitting(left, self._folded, range(low, high))


def after_head(pattern: str, head: str) -> tuple[str, ...]:
    """What is left of `pattern` once it has covered `head`: one pattern for each way to do that.

    A `*` that has been reached can stand for all that an earlier one could, so only the last one counts.
    """
    first, *stretches = pattern.split("*")
    if not stretches or len(first) > len(head):
        fits = len(first) >= len(head) and _fits(first[: len(head)], head)
        return (pattern[len(head) :],) if fits else ()
    if not _fits(first, head[: len(first)]):
        return ()
    at = star = len(first)
    for stretch in stretches[:-1]:
        place = _find(stretch, head, at)
        if place < 0:
            break
        at = place + len(stretch)
        star += 1 + len(stretch)
    last = pattern[star + 1 :].partition("*")[0]
    sizes = (
        size for size in range(1, min(len(last), len(head) - at) + 1) if _fits(last[:size], head[-size:])
    )
    return (pattern[star:], *(pattern[star + 1 + size :] for size in sizes))


def _fitting(left: Left, names: Sequence[str], places: Sequence[int]) -> list[int]:
    """Those of `places` at which `left` covers the name; none is tried in full where less will do."""
    piece = left.piece
    there = names[places.start : places.stop] if isinstance(places, range) else map(names.__getitem__, places)
    holding = compress(places, map(contains, there, repeat(piece)))
    if left.rest == f"*{piece}*":
        start, size = left.start, len(left.start)
        return [at for at in holding if names[at].find(piece, size) >= 0 and names[at].startswith(start)]
    pattern = glob(left.text)
    return [at for at in holding if pattern.matches(names[at])]


def _range(names: list[str], start: str, *, exact: bool) -> tuple[int, int]:
    """From where to where sorted names are, or begin with, `start`."""
    low = bisect_left(names, start)
    if exact:
        return low, bisect_right(names, start, low)
    end = start.rstrip(_LAST)
    return low, bisect_left(names, end[:-1] + chr(ord(end[-1]) + 1), low) if end else len(names)


def _covers_part(pattern: str, part: str) -> bool:
    return pattern in ("*", part) or (is_pattern(pattern) and matches(pattern, part))


def _find(stretch: str, text: str, start: int) -> int:
    if "?" not in stretch:
        return text.find(stretch, start)
    places = range(start, len(text) - len(stretch) + 1)
    return next((at for at in places if _fits(stretch, text[at : at + len(stretch)])), -1)


def _fits(stretch: str, text: str) -> bool:
    return stretch == text or ("?" in stretch and len(stretch) == len(text) and matches(stretch, text))


def _in_a_row(names: list[str]) -> list[str]:
    """The same texts made anew, so that they lie in memory in the order in which they are read."""
    again = _BETWEEN.join(names).split(_BETWEEN)
    return again if len(again) == len(names) else names
