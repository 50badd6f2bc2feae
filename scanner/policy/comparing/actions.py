"""Actions that stand for all actions: those of the catalogue, and made-up ones for what may be added."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final

from scanner.policy.catalogue import AccessClass, catalogue
from scanner.policy.comparing.budget import Budget
from scanner.policy.comparing.pieces import Piece
from scanner.policy.comparing.texts import kinds
from scanner.policy.comparing.tracks import NAME_CHARACTERS, WORD, Lane, is_name
from scanner.policy.pattern import fold, glob, is_pattern, matches

SHAPE: Final = Lane(f"{WORD}:{WORD}")
"""Every action is `service:name`."""
_TELLING: Final = (
    AccessClass.OBTAIN_CREDENTIALS,
    AccessClass.PUBLISH,
    AccessClass.SUBSCRIBE,
    AccessClass.READ_MESSAGES,
    AccessClass.OPEN_NETWORK,
    AccessClass.ESCALATE,
    AccessClass.ADMINISTER,
    AccessClass.READ_METADATA,
)
"""The order in which actions are shown where any of several would do."""
_ENDINGS: Final = ("somethingnew", "anythingelse", "x9", "q", "zz7", "j", "w-4")
_SERVICE: Final = "some-service"
_IN_ACTIONS: Final = NAME_CHARACTERS | {":"}


@cache
def known_actions() -> tuple[str, ...]:
    """The actions of the catalogue, each once, the most telling first."""
    entries = sorted(catalogue(), key=lambda e: (_TELLING.index(e.access), e.evidence, e.action))
    return tuple(dict.fromkeys(entry.action for entry in entries))


@cache
def known_bits() -> int:
    """All of them as bits."""
    return (1 << len(known_actions())) - 1


@cache
def _sorted_names() -> tuple[tuple[str, int], ...]:
    return tuple(sorted((fold(name), index) for index, name in enumerate(known_actions())))


@cache
def _folded_names() -> frozenset[str]:
    return frozenset(name for name, _ in _sorted_names())


@lru_cache(maxsize=16_384)
def known_by(pattern: str) -> int:
    """The actions of the catalogue that a folded pattern covers, as bits."""
    names = _sorted_names()
    if pattern == "*":
        return known_bits()
    head = pattern.partition("*")[0].partition("?")[0]
    found = 0
    for name, index in names[bisect_left(names, (head, 0)) :]:
        if not name.startswith(head):
            break
        if matches(pattern, name):
            found |= 1 << index
    return found


class Actions:
    """The actions that matter to some pieces, and which of them each piece covers."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._patterns = tuple(dict.fromkeys(pattern for piece in pieces for pattern in piece.actions))
        more = _simple(self._patterns)
        self.complete = more is not None
        """Whether every action is treated like one of these."""
        self._use(more if more is not None else _guessed(self._patterns))

    def _use(self, more: Sequence[str]) -> None:
        known = _folded_names()
        self._more = tuple(name for name in dict.fromkeys(more) if fold(name) not in known)
        self._folded = tuple(map(fold, self._more))
        self._bits: dict[tuple[tuple[str, ...], bool], int] = {}
        self.all = (1 << (len(known_actions()) + len(self._more))) - 1

    def complete_with(self, budget: Budget) -> None:
        """Find every kind of action by search, however the patterns are made."""
        if not self.complete:
            self._use(kinds([Lane(pattern, folded=True) for pattern in self._patterns], SHAPE, budget))
            self.complete = True

    def name(self, index: int) -> str:
        """The action of one bit, as it is written."""
        known = known_actions()
        return known[index] if index < len(known) else self._more[index - len(known)]

    def covered(self, piece: Piece) -> int:
        """The actions that the piece covers, as bits."""
        key = (piece.actions, piece.negated)
        if key not in self._bits:
            found = 0
            for pattern in piece.actions:
                found |= known_by(pattern) | self._more_by(pattern)
            self._bits[key] = self.all & ~found if piece.negated else found
        return self._bits[key]

    def _more_by(self, pattern: str) -> int:
        found = 0
        bit = 1 << len(known_actions())
        covered = glob(pattern).matches
        for name in self._folded:
            if covered(name):
                found |= bit
            bit <<= 1
        return found


def _simple(patterns: Sequence[str]) -> list[str] | None:
    """Names for all kinds of actions, where patterns have no wildcard but one `*` at the end; None otherwise."""
    exact = {pattern for pattern in patterns if not is_pattern(pattern)}
    heads = dict.fromkeys(pattern.removesuffix("*") for pattern in patterns if pattern not in exact)
    if any(map(is_pattern, heads)):
        return None
    found = [name for name in exact if _well_formed(name)]
    for head in ("", *heads):
        name = _fresh(head, exact, heads)
        if name is None:
            return None
        if name:
            found.append(name)
    return found


def _fresh(head: str, exact: Iterable[str], heads: Iterable[str]) -> str | None:
    """An action that begins with `head`, with no longer one of `heads`, and is none of `exact`.

    None where none of those tried is; empty where no action begins like this.
    """
    if head.count(":") > 1 or not _IN_ACTIONS.issuperset(head) or head.startswith(":"):
        return ""
    longer = [other for other in (*exact, *heads) if len(other) > len(head) and other.startswith(head)]
    for ending in _ENDINGS:
        name = head + ending if ":" in head else f"{head + ending if head else _SERVICE}:{ending}"
        if not any(name.startswith(other) for other in longer):
            return name
    return None


def _guessed(patterns: Sequence[str]) -> list[str]:
    """One action for each pattern, its wildcards filled: often enough to show new access."""
    filled = (pattern.replace("*", _ENDINGS[0]).replace("?", "x") for pattern in patterns)
    return [name for name in (f"{_SERVICE}:{_ENDINGS[0]}", *filled) if _well_formed(name)]


def _well_formed(name: str) -> bool:
    service, _, action = name.partition(":")
    return is_name(service) and is_name(action)
