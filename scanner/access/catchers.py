"""Which of many patterns cover one name: the other way round from `scanner.access.patternindex`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.access.patternindex import heads_of, parts_of
from scanner.access.shelf import after_head
from scanner.policy.pattern import (
    ResourceMatch,
    anywhere_in_ram,
    fold,
    glob,
    has_variable,
    matches,
    resource_matches,
    resource_spellings,
    without_variables,
)


def widened(pattern: str) -> str:
    """`pattern` with what its variables could stand for; where it has none, as it is."""
    return anywhere_in_ram(without_variables(pattern)) if has_variable(pattern) else anywhere_in_ram(pattern)


@dataclass(slots=True)
class _Sorted:
    """Patterns by the longer of their literal beginning and end, as far as they are left after one head."""

    by_start: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each beginning, what is left of each pattern."""
    by_end: dict[str, dict[str, str]] = field(default_factory=dict)
    with_colon: dict[str, str] = field(default_factory=dict)
    """Those that only cover what holds a colon, which hardly any name does."""

    def add(self, pattern: str, left: str) -> None:
        start = left.partition("*")[0].partition("?")[0]
        end = left.rpartition("*")[2].rpartition("?")[2]
        if ":" in left:
            self.with_colon[pattern] = left
        elif len(end) > len(start):
            self.by_end.setdefault(end, {})[pattern] = left
        else:
            self.by_start.setdefault(start, {})[pattern] = left

    def covering(self, rest: str) -> Iterator[str]:
        """The patterns that cover a folded rest of a name, some perhaps more than once."""
        found = [self.by_start.get(rest[:size]) for size in range(len(rest) + 1)]
        found += [self.by_end.get(rest[at:]) for at in range(len(rest))]
        if ":" in rest:
            found.append(self.with_colon)
        for listed in found:
            if listed:
                yield from (pattern for pattern, left in listed.items() if glob(left).matches(rest))


class Catchers:
    """Patterns sorted for a head when it first comes up."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = dict.fromkeys(patterns)
        self._by_head: dict[str, _Sorted] = {}

    def add(self, pattern: str) -> None:
        """Know one more pattern."""
        if pattern in self._patterns:
            return
        self._patterns[pattern] = None
        for head, ready in self._by_head.items():
            _sort_in(pattern, head, ready)

    def catching(self, name: str) -> Iterator[tuple[str, bool]]:
        """The patterns that cover `name`, each with whether it surely does."""
        head, rest = parts_of(name)
        rest = fold(rest)
        near = (pattern for one in heads_of(head) for pattern in self._sorted(fold(one)).covering(rest))
        for pattern in dict.fromkeys(near):
            match = _covers(pattern, name)
            if match is not ResourceMatch.NO:
                yield pattern, match is ResourceMatch.YES

    def _sorted(self, head: str) -> _Sorted:
        if head not in self._by_head:
            self._by_head[head] = _Sorted()
            for pattern in self._patterns:
                _sort_in(pattern, head, self._by_head[head])
        return self._by_head[head]


def _sort_in(pattern: str, head: str, ready: _Sorted) -> None:
    for left in after_head(fold(widened(pattern)), head):
        ready.add(pattern, left)


def _covers(pattern: str, name: str) -> ResourceMatch:
    if not has_variable(pattern):
        return resource_matches(pattern, name)
    wide = widened(pattern)
    possible = any(matches(wide, spelling, ignore_case=True) for spelling in resource_spellings(name))
    return ResourceMatch.ONLY_IGNORING_CASE if possible else ResourceMatch.NO
