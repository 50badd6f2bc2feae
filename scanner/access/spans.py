"""Runs of positions, for sets that mostly hold neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""A run of positions, from its first to before its last."""

Spans: TypeAlias = tuple[Span, ...]
"""Several, sorted and apart."""


def runs(positions: Iterable[int]) -> Spans:
    """Sorted positions, those that follow each other taken together."""
    found: list[Span] = []
    low = high = -1
    for at in positions:
        if at != high:
            if low >= 0:
                found.append((low, high))
            low = at
        high = at + 1
    return (*found, (low, high)) if low >= 0 else ()


def positions(spans: Spans) -> Iterator[int]:
    """Each position, in order."""
    return (at for low, high in spans for at in range(low, high))


def length(spans: Spans) -> int:
    """How many positions there are."""
    return sum(high - low for low, high in spans)


def union(several: Iterable[Spans]) -> Spans:
    """What is in any of them."""
    lists = [spans for spans in several if spans]
    if len(lists) <= 1:
        return lists[0] if lists else ()
    merged: list[Span] = []
    for low, high in sorted(span for spans in lists for span in spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def without(spans: Spans, taken: Spans) -> Spans:
    """What is in the first and not in the second."""
    gone = set(positions(taken))
    return runs(at for at in positions(spans) if at not in gone)


def common(first: Spans, second: Spans) -> Spans:
    """What is in both."""
    found: list[Span] = []
    i = j = 0
    while i < len(first) and j < len(second):
        low, high = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if low < high:
            found.append((low, high))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


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
