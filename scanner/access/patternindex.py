"""Any number of names, sorted so that a pattern finds the ones it covers without trying each.

Resource patterns mostly leave region and account open, `acs:mq:*:*:`, so sorting whole names does not
help. Names that share a head, `acs:mq:cn-hangzhou:1000000000000001:`, stand on one shelf instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.access.shelf import HEAD_PARTS, Shelf, Sought
from scanner.access.spans import Spans, bits_of
from scanner.policy.pattern import resource_spellings


class PatternIndex:
    """Answers which names a pattern covers, as the bits of a number."""

    def __init__(self, names: Sequence[str]) -> None:
        self._shelves = tuple(shelves(zip(names, range(len(names)), strict=True)).values())
        self.names = tuple(names[number] for shelf in self._shelves for number in shelf.numbers)
        """Bit i stands for the i-th of them."""

    def sure(self, pattern: str) -> int:
        """The names that `pattern` covers."""
        sought = Sought.of(pattern)
        return self._bits([shelf.covered(sought).sure for shelf in self._shelves])

    def case_only(self, pattern: str) -> int:
        """Those that it covers only if case does not count."""
        sought = Sought.of(pattern)
        return self._bits([shelf.covered(sought).case_only for shelf in self._shelves])

    def _bits(self, found: list[Spans]) -> int:
        bits = base = 0
        for shelf, spans in zip(self._shelves, found, strict=True):
            bits |= bits_of(spans) << base if spans else 0
            base += len(shelf)
        return bits


def parts_of(name: str) -> tuple[str, str]:
    """The head of a name, colon included, and the rest; a name without one is all rest."""
    if name.count(":") == HEAD_PARTS:
        head, colon, rest = name.rpartition(":")
        return head + colon, rest
    parts = name.split(":", HEAD_PARTS)
    rest = parts[HEAD_PARTS] if len(parts) > HEAD_PARTS else name
    return name[: len(name) - len(rest)], rest


def heads_of(head: str) -> tuple[str, ...]:
    """The ways to write a head, sorted."""
    return tuple(sorted(resource_spellings(head)))


def shelves(named: Iterable[tuple[str, int]]) -> dict[str, Shelf]:
    """Names, each with a number, on their shelves; by the first of the heads that mean the same."""
    by_head: dict[str, tuple[list[str], list[int]]] = {}
    for name, number in named:
        head, rest = parts_of(name)
        listed = by_head.get(head)
        if listed is None:
            listed = by_head[head] = ([], [])
        listed[0].append(rest)
        listed[1].append(number)
    found: dict[tuple[str, ...], tuple[list[str], list[int]]] = {}
    for head in sorted(by_head):
        rests, numbers = found.setdefault(heads_of(head), ([], []))
        rests += by_head[head][0]
        numbers += by_head[head][1]
    return {heads[0]: Shelf(heads, *listed) for heads, listed in found.items()}
