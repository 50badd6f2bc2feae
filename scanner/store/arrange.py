"""Decide which spans end and which begin, so that a list comes back in its order.

Facts of one kind are ordered by their position, a number that never changes while a span lasts.
The facts that both scans have in the same order keep their spans; a fact that came, or moved, gets
a position between its neighbours. Pure; reading and writing spans is `save`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

STEP: Final = 1 << 32
"""The usual distance of neighbours: room for 32 insertions at the same place, and for 2^31 facts."""


@dataclass(frozen=True, slots=True)
class Held:
    """A fact that holds so far."""

    fact: bytes
    position: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A fact that holds from now on; `index` is its place in the list of wanted facts."""

    index: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What to write so that the wanted facts hold, in their order."""

    ended: tuple[Held, ...]
    begun: tuple[Begun, ...]


def arrange(held: Sequence[Held], wanted: Sequence[bytes]) -> Arrangement:
    """The least change from `held`, ordered by position, to `wanted`, in which facts may recur."""
    matches = _matches(held, wanted)
    kept = _longest_rising([(old, new) for new, old in enumerate(matches) if old is not None])
    begun = _between(held, kept, count=len(wanted))
    if begun is None:
        # No room is left between two neighbours: number everything afresh, which is rare.
        fresh = tuple(Begun(index, index * STEP) for index in range(len(wanted)))
        return Arrangement(ended=tuple(held), begun=fresh)
    staying = {old for old, _ in kept}
    ended = tuple(span for old, span in enumerate(held) if old not in staying)
    return Arrangement(ended=ended, begun=begun)


def _matches(held: Sequence[Held], wanted: Sequence[bytes]) -> list[int | None]:
    """For each wanted fact the index of one held span of it, none of them twice."""
    places: defaultdict[bytes, deque[int]] = defaultdict(deque)
    for index, span in enumerate(held):
        places[span.fact].append(index)
    return [places[fact].popleft() if places.get(fact) else None for fact in wanted]


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of `pairs`, in their order, whose first numbers rise (patience sorting)."""
    tops: list[int] = []
    top_indices: list[int] = []
    before: list[int | None] = []
    for index, (old, _) in enumerate(pairs):
        pile = bisect_left(tops, old)
        before.append(top_indices[pile - 1] if pile else None)
        if pile == len(tops):
            tops.append(old)
            top_indices.append(index)
        else:
            tops[pile] = old
            top_indices[pile] = index
    rising: list[tuple[int, int]] = []
    at = top_indices[-1] if top_indices else None
    while at is not None:
        rising.append(pairs[at])
        at = before[at]
    return rising[::-1]


def _between(
    held: Sequence[Held], kept: Sequence[tuple[int, int]], *, count: int
) -> tuple[Begun, ...] | None:
    """Positions for the wanted facts that are not kept, or None when there is no room for one."""
    if not kept:
        return tuple(Begun(index, index * STEP) for index in range(count))
    fixed = [(new, held[old].position) for old, new in kept]
    first_new, first_position = fixed[0]
    last_new, last_position = fixed[-1]
    begun = [Begun(index, first_position - (first_new - index) * STEP) for index in range(first_new)]
    for (new, position), (next_new, next_position) in pairwise(fixed):
        missing = next_new - new - 1
        room = next_position - position
        if room <= missing:
            return None
        begun += [Begun(new + n, position + room * n // (missing + 1)) for n in range(1, missing + 1)]
    begun += [Begun(index, last_position + (index - last_new) * STEP) for index in range(last_new + 1, count)]
    return tuple(begun)
