"""Which of many patterns cover one name: the other way round from `scanner.access.patternindex`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.access.patternindex import heads_of, parts_of
from scanner.access.shelf import after_head
from scanner.policy.pattern import (
    ResourceMatch,
    anywhere_in_ram,
    fold,
    has_variable,
    matches,
    resource_matches,
    resource_spellings,
    without_variables,
)


def widened(pattern: str) -> str:
    """`pattern` with what its variables could stand for; where it has none, as it is."""
    return anywhere_in_ram(without_variables(pattern)) if has_variable(pattern) else anywhere_in_ram(pattern)


class Catchers:
    """Patterns by what their literal beginning asks of a name; sorted for a head when it first comes up."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = dict.fromkeys(patterns)
        self._by_head: dict[str, dict[str, dict[str, None]]] = {}

    def add(self, pattern: str) -> None:
        """Know one more pattern."""
        if pattern in self._patterns:
            return
        self._patterns[pattern] = None
        for head, starts in self._by_head.items():
            _sort_in(pattern, head, starts)

    def catching(self, name: str) -> Iterator[tuple[str, bool]]:
        """The patterns that cover `name`, each with whether it surely does."""
        head, rest = parts_of(name)
        rest = fold(rest)
        near: dict[str, None] = {}
        for one in heads_of(head):
            starts = self._starts(fold(one))
            for size in range(len(rest) + 1):
                near.update(starts.get(rest[:size], ()))
        for pattern in near:
            match = _covers(pattern, name)
            if match is not ResourceMatch.NO:
                yield pattern, match is ResourceMatch.YES

    def _starts(self, head: str) -> dict[str, dict[str, None]]:
        if head not in self._by_head:
            starts = self._by_head[head] = {}
            for pattern in self._patterns:
                _sort_in(pattern, head, starts)
        return self._by_head[head]


def _sort_in(pattern: str, head: str, starts: dict[str, dict[str, None]]) -> None:
    for left in after_head(fold(widened(pattern)), head):
        start = left.partition("*")[0].partition("?")[0]
        starts.setdefault(start, {})[pattern] = None


def _covers(pattern: str, name: str) -> ResourceMatch:
    if not has_variable(pattern):
        return resource_matches(pattern, name)
    wide = widened(pattern)
    possible = any(matches(wide, spelling, ignore_case=True) for spelling in resource_spellings(name))
    return ResourceMatch.ONLY_IGNORING_CASE if possible else ResourceMatch.NO
