"""Names sorted so that a pattern finds the ones it covers without trying each.

Resource patterns mostly leave region and account open, `acs:mq:*:*:`, so sorting whole names does not
help. Names that share a head, `acs:mq:cn-hangzhou:1000000000000001:`, stand on one shelf. A pattern is
first taken through the head, and what is left of it looks for its literal beginning among the rests of
the names there, which leaves few of them to be tried. What covers what is decided as in
`scanner.policy`: `*` crosses colons, and a match that needs case to be ignored is told apart.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from operator import contains
from typing import Final, TypeAlias

from scanner.policy.pattern import anywhere_in_ram, fold, glob, matches, resource_spellings

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Runs of positions, each from its first to before its last, sorted and apart."""

_PARTS: Final = 4
"""Colons in the head of a name."""
_BETWEEN: Final = "\n"
_LAST: Final = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Covered:
    """The positions on a shelf that a pattern covers."""

    sure: Spans
    case_only: Spans
    """Only if case does not count."""


_NOTHING: Final = Covered((), ())


def parts_of(name: str) -> tuple[str, str]:
    """The head of a name, colon included, and the rest; a name without one is all rest."""
    parts = name.split(":", _PARTS)
    if len(parts) <= _PARTS:
        return "", name
    return name[: len(name) - len(parts[_PARTS])], parts[_PARTS]


class Shelf:
    """Names with one head, sorted without regard to case; each carries its owner's number."""

    def __init__(self, heads: tuple[str, ...], entries: Iterable[tuple[str, int]]) -> None:
        self.heads = heads
        self._folded_heads = tuple(map(fold, heads))
        rests, numbers = [], []
        for rest, number in entries:
            rests.append(rest)
            numbers.append(number)
        text = _BETWEEN.join(rests)
        self._plain = fold(text) == text
        self._colons = ":" in text
        folded = rests if self._plain else list(map(fold, rests))
        order = sorted(range(len(rests)), key=folded.__getitem__)
        self.numbers = array("l", [numbers[i] for i in order])
        """By position."""
        self._rests = _in_a_row([rests[i] for i in order])
        self._folded = self._rests if self._plain else _in_a_row([folded[i] for i in order])
        self._by_case = self._rests if self._plain else sorted(rests)

    def __len__(self) -> int:
        return len(self._rests)

    def covered(self, pattern: str) -> Covered:
        """What `pattern` covers here."""
        pattern = anywhere_in_ram(pattern)
        wide_pattern = fold(pattern)
        wide = self._left_of(wide_pattern, self._folded_heads)
        if not wide:
            return _NOTHING
        found = {left: self._near(left) for left in wide}
        covered = _union(found.values())
        if not covered:
            return _NOTHING
        if self._plain and pattern == wide_pattern and self.heads == self._folded_heads:
            return Covered(covered, ())
        exact = self._left_of(pattern, self.heads)
        sure = _union(self._with_case(left, found.get(fold(left))) for left in exact)
        return Covered(sure, () if sure == covered else _without(covered, sure))

    def put(self, rest: str, number: int) -> int:
        """Add a name; gives its position, from which all later ones have moved on by one."""
        folded = fold(rest)
        at = bisect_right(self._folded, folded)
        if self._plain and rest != folded:
            self._folded, self._by_case, self._plain = list(self._rests), list(self._rests), False
        self._rests.insert(at, rest)
        self.numbers.insert(at, number)
        self._colons = self._colons or ":" in rest
        if not self._plain:
            self._folded.insert(at, folded)
            insort(self._by_case, rest)
        return at

    def take(self, rest: str, number: int) -> int:
        """Remove a name; gives the position that it had."""
        at = self.position(rest, number)
        del self._rests[at], self.numbers[at]
        if not self._plain:
            del self._folded[at], self._by_case[bisect_left(self._by_case, rest)]
        return at

    def called(self, rest: str) -> Iterator[int]:
        """The numbers of the names that are `rest`, case counting."""
        folded = fold(rest)
        for at in range(bisect_left(self._folded, folded), bisect_right(self._folded, folded)):
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

    def _left_of(self, pattern: str, heads: tuple[str, ...]) -> tuple[str, ...]:
        if len(heads) == 1:
            return after_head(pattern, heads[0])
        return tuple(dict.fromkeys(left for head in heads for left in after_head(pattern, head)))

    def _near(self, left: str) -> Spans:
        """What a folded pattern covers of the folded names."""
        if ":" in left and not self._colons:
            return ()
        start, rest = _literal_start(left)
        low, high = self._range(self._folded, start, exact=not rest)
        if low >= high or not rest.strip("*"):
            return ((low, high),) if low < high else ()
        return runs(_fitting(left, self._folded, range(low, high)))

    def _with_case(self, left: str, near: Spans | None) -> Spans:
        """What a pattern covers of the names as they are written."""
        wide = fold(left)
        spans = self._near(wide) if near is None else near
        if not spans or self._plain:
            return spans if left == wide else ()
        start, rest = _literal_start(left)
        if not rest.strip("*"):
            low, high = self._range(self._by_case, start, exact=not rest)
            if high - low in (0, sum(end - begin for begin, end in spans)):
                return spans if low < high else ()
        places = [at for low, high in spans for at in range(low, high)]
        return runs(_fitting(left, self._rests, places))

    def _range(self, names: list[str], start: str, *, exact: bool) -> tuple[int, int]:
        low = bisect_left(names, start)
        if exact:
            return low, bisect_right(names, start, low)
        end = start.rstrip(_LAST)
        return low, bisect_left(names, end[:-1] + chr(ord(end[-1]) + 1), low) if end else len(names)


class PatternIndex:
    """Any names on their shelves; answers which of them a pattern covers, as the bits of a number."""

    def __init__(self, names: Sequence[str]) -> None:
        self._shelves = tuple(shelves(zip(names, range(len(names)), strict=True)).values())
        self.names = tuple(names[number] for shelf in self._shelves for number in shelf.numbers)
        """Bit i stands for the i-th of them."""

    def sure(self, pattern: str) -> int:
        """The names that `pattern` covers."""
        return self._bits([shelf.covered(pattern).sure for shelf in self._shelves])

    def case_only(self, pattern: str) -> int:
        """Those that it covers only if case does not count."""
        return self._bits([shelf.covered(pattern).case_only for shelf in self._shelves])

    def _bits(self, found: list[Spans]) -> int:
        bits = base = 0
        for shelf, spans in zip(self._shelves, found, strict=True):
            bits |= bits_of(spans) << base if spans else 0
            base += len(shelf)
        return bits


def shelves(entries: Iterable[tuple[str, int]]) -> dict[str, Shelf]:
    """The names on shelves, by the first of the heads that mean the same."""
    by_head: dict[str, list[tuple[str, int]]] = {}
    for name, number in entries:
        head, rest = parts_of(name)
        by_head.setdefault(head, []).append((rest, number))
    found: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for head in sorted(by_head):
        found.setdefault(heads_of(head), []).extend(by_head[head])
    return {heads[0]: Shelf(heads, listed) for heads, listed in found.items()}


def heads_of(head: str) -> tuple[str, ...]:
    """The ways to write a head, sorted."""
    return tuple(sorted(resource_spellings(head)))


def after_head(pattern: str, head: str) -> tuple[str, ...]:
    """What is left of `pattern` once it has covered `head`: one pattern for each way to do that.

    A `*` that has been reached can stand for all that an earlier one could, so only the last one counts.
    """
    first, *runs = pattern.split("*")
    if not runs or len(first) > len(head):
        fits = len(first) >= len(head) and _fits(first[: len(head)], head)
        return (pattern[len(head) :],) if fits else ()
    if not _fits(first, head[: len(first)]):
        return ()
    at = star = len(first)
    for run in runs[:-1]:
        place = _find(run, head, at)
        if place < 0:
            break
        at = place + len(run)
        star += 1 + len(run)
    run = pattern[star + 1 :].partition("*")[0]
    sizes = (size for size in range(1, min(len(run), len(head) - at) + 1) if _fits(run[:size], head[-size:]))
    return (pattern[star:], *(pattern[star + 1 + size :] for size in sizes))


def bits_of(spans: Spans) -> int:
    """The positions as the bits of a number."""
    if not spans:
        return 0
    bits, small = 0, bytearray(spans[-1][1] // 8 + 1)
    for low, high in spans:
        if high - low == 1:
            small[low >> 3] |= 1 << (low & 7)
        else:
            bits |= ((1 << (high - low)) - 1) << low
    return bits | int.from_bytes(small, "little")


def _fitting(left: str, names: Sequence[str], places: Sequence[int]) -> list[int]:
    """Those of `places` at which `left` covers the name; none is tried in full where less will do."""
    start, rest = _literal_start(left)
    pieces = rest.replace("?", "*").split("*")
    piece = max(pieces, key=len)
    there = names[places.start : places.stop] if isinstance(places, range) else map(names.__getitem__, places)
    holding = compress(places, map(contains, there, repeat(piece)))
    if rest == f"*{piece}*":
        size = len(start)
        return [at for at in holding if names[at].find(piece, size) >= 0 and names[at].startswith(start)]
    pattern = glob(left)
    return [at for at in holding if pattern.matches(names[at])]


def _in_a_row(names: list[str]) -> list[str]:
    """The same texts made anew, so that they lie in memory in the order in which they are read."""
    again = _BETWEEN.join(names).split(_BETWEEN)
    return again if len(again) == len(names) else names


def _find(run: str, text: str, start: int) -> int:
    if "?" not in run:
        return text.find(run, start)
    places = range(start, len(text) - len(run) + 1)
    return next((at for at in places if _fits(run, text[at : at + len(run)])), -1)


def _fits(run: str, text: str) -> bool:
    return run == text or ("?" in run and len(run) == len(text) and matches(run, text))


def _literal_start(pattern: str) -> tuple[str, str]:
    """The pattern up to its first wildcard, and from there."""
    start = pattern.partition("*")[0].partition("?")[0]
    return start, pattern[len(start) :]


def runs(positions: Iterable[int]) -> Spans:
    """Sorted positions, those that follow each other taken together."""
    found: list[tuple[int, int]] = []
    low = high = -1
    for at in positions:
        if at != high:
            if low >= 0:
                found.append((low, high))
            low = at
        high = at + 1
    return (*found, (low, high)) if low >= 0 else ()


def _union(several: Iterable[Spans]) -> Spans:
    lists = [spans for spans in several if spans]
    if len(lists) <= 1:
        return lists[0] if lists else ()
    merged: list[tuple[int, int]] = []
    for low, high in sorted(span for spans in lists for span in spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _without(spans: Spans, taken: Spans) -> Spans:
    gone = {at for low, high in taken for at in range(low, high)}
    return runs(at for low, high in spans for at in range(low, high) if at not in gone)
