"""Where the boxes of the picture stand, and how the lines between them run.

It knows three columns of numbered boxes and which are connected; what they mean is the
picture's business. Orders that cross few lines are found by the usual sweeps, in which each
box moves to the mean position of those it is connected to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 1080
COLUMNS: Final = ((0, 270), (400, 280), (810, 270))
"""Left edge and width of each column."""
BOX_HEIGHT: Final = 44
_TOP: Final = 40
_ROW: Final = 56
_SWEEPS: Final = 3

Links = Sequence[frozenset[int]]
"""For each box in the middle, the boxes of another column that it is connected to."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands."""

    x: int
    y: int
    width: int
    height: int = BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of all boxes, column by column, each in the order of the boxes' numbers."""

    columns: tuple[tuple[Place, ...], tuple[Place, ...], tuple[Place, ...]]
    height: int


def arrange(*, left: int, right: int, to_left: Links, to_right: Links) -> Layout:
    """Places for `left` and `right` boxes at the sides and one in the middle for each entry of the links."""
    lefts, middles, rights = list(range(left)), list(range(len(to_left))), list(range(right))
    back_left, back_right = _reversed(to_left), _reversed(to_right)
    for _ in range(_SWEEPS):
        at_left, at_right = _positions(lefts), _positions(rights)
        middles.sort(key=lambda m: (_mean(to_left[m], at_left), _mean(to_right[m], at_right)))
        at_middle = _positions(middles)
        lefts.sort(key=lambda node: _mean(back_left.get(node, frozenset()), at_middle))
        rights.sort(key=lambda node: _mean(back_right.get(node, frozenset()), at_middle))
    rows = max(left, len(middles), right, 1)
    return Layout(
        columns=(
            _placed(lefts, column=0, rows=rows),
            _placed(middles, column=1, rows=rows),
            _placed(rights, column=2, rows=rows),
        ),
        height=_TOP + rows * _ROW,
    )


def curve(start: Place, end: Place) -> str:
    """The path of a line from the right edge of `start` to the left edge of `end`."""
    x0, y0 = start.x + start.width, start.y + start.height // 2
    x1, y1 = end.x, end.y + end.height // 2
    bend = (x1 - x0) // 2
    return f"M{x0} {y0}C{x0 + bend} {y0} {x1 - bend} {y1} {x1} {y1}"


def _positions(order: Iterable[int]) -> dict[int, int]:
    return {node: i for i, node in enumerate(order)}


def _mean(found: frozenset[int], where: Mapping[int, int]) -> float:
    """The mean position of connected boxes; boxes without any go last."""
    return sum(where[node] for node in found) / len(found) if found else float(len(where))


def _reversed(links: Links) -> dict[int, frozenset[int]]:
    back: dict[int, set[int]] = defaultdict(set)
    for i, found in enumerate(links):
        for node in found:
            back[node].add(i)
    return {node: frozenset(found) for node, found in back.items()}


def _placed(order: Sequence[int], *, column: int, rows: int) -> tuple[Place, ...]:
    x, width = COLUMNS[column]
    gap = (rows - len(order)) * _ROW // (len(order) + 1)
    places = {node: Place(x, _TOP + gap * (i + 1) + i * _ROW, width) for i, node in enumerate(order)}
    return tuple(places[node] for node in sorted(places))
