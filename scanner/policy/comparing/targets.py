"""A resource pattern as patterns for the parts of a resource name.

`acs:service:region:account:id` has its first four colons at fixed places, so a pattern that spells
four colons is a pattern for each part. One that spells fewer can only cover a name if a wildcard
stands for the others; it is then the same as several patterns that spell all four. A name
whose id holds colons is only thought of where a policy of the question spells one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from scanner.policy.comparing.budget import TooMuchError
from scanner.policy.comparing.tracks import covers
from scanner.policy.pattern import anywhere_in_ram, glob, matches

SCHEME: Final = "acs"
SEPARATORS: Final = 4
_RUNS: Final = re.compile(r"\*+")
MOST: Final = 400
"""Into how many patterns by parts one pattern may be taken apart."""


class Target(NamedTuple):
    """A pattern for each part of a resource name."""

    service: str
    region: str
    account: str
    id: str
    crossing: bool
    """Whether a wildcard had to stand for a colon."""

    def covers(self, other: Target) -> bool:
        """Whether it surely covers every name that `other` does, whatever is open about wildcards and case."""
        if self.crossing and not other.crossing:
            return False
        return (
            covers(self.service, other.service)
            and covers(self.region, other.region)
            and covers(self.account, other.account)
            and covers(self.id, other.id)
        )


EVERYTHING: Final = Target("*", "*", "*", "*", crossing=False)


@lru_cache(maxsize=16_384)
def targets(pattern: str, *, colons: bool) -> tuple[Target, ...]:
    """What `pattern` covers of the names that have all their parts; `colons` allows them in the id.

    Raises:
        TooMuchError: there are too many ways to read it.
    """
    if is_everything(pattern):
        return (EVERYTHING,)
    pattern = _RUNS.sub("*", anywhere_in_ram(pattern))
    parts = pattern.split(":", SEPARATORS)
    found: dict[Target, None] = {}
    if len(parts) > SEPARATORS and (colons or ":" not in parts[SEPARATORS]) and matches(parts[0], SCHEME):
        found[_target(parts, crossing=False)] = None
        if not colons:
            return tuple(found)
    for way in _ways(pattern, 0, "", SEPARATORS, colons=colons):
        if matches(way[0], SCHEME) and _target(way, crossing=False) not in found:
            found[_target(way, crossing=True)] = None
        if len(found) > MOST:
            raise TooMuchError
    return tuple(found)


def _target(parts: Sequence[str], *, crossing: bool) -> Target:
    _, service, region, account, own = parts
    return Target(service, region, account, own, crossing)


def _ways(pattern: str, at: int, part: str, missing: int, *, colons: bool) -> Iterator[tuple[str, ...]]:
    """Every way to lay `missing` separators over the rest of a pattern, the part so far being `part`."""
    if missing == 0:
        rest = part + pattern[at:]
        if colons or ":" not in pattern[at:]:
            yield (rest,)
        return
    if at == len(pattern):
        return
    character = pattern[at]
    if missing == SEPARATORS and not _may_be_scheme(part):
        return
    if character == ":":
        ways = _ways(pattern, at + 1, "", missing - 1, colons=colons)
        yield from ((part, *way) for way in ways)
        return
    yield from _ways(pattern, at + 1, part + character, missing, colons=colons)
    if character == "?":
        ways = _ways(pattern, at + 1, "", missing - 1, colons=colons)
        yield from ((part, *way) for way in ways)
    elif character == "*":
        # It ends this part and goes on in the next.
        ways = _ways(pattern, at, "", missing - 1, colons=colons)
        yield from ((part + "*", *way) for way in ways)


def _may_be_scheme(part: str) -> bool:
    return glob(part + "*").matches(SCHEME)


def is_everything(pattern: str) -> bool:
    """Whether it is `*`, which stands for every resource."""
    return pattern != "" and not pattern.strip("*")


def covers_star(pattern: str) -> bool:
    """Whether it covers a request on `*`, which is how lists are asked for."""
    return matches(pattern, "*")
