"""Find texts by the patterns that must and must not cover them.

`find` gives a shortest text that some patterns cover and others do not; `kinds` gives one text for each
way in which patterns can agree and differ about a text. Both are exact, and count what they visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scanner.policy.comparing.budget import Budget
from scanner.policy.comparing.tracks import Lane, Machine, apart, covers, literal_head, shortest

ANY_TEXT = Lane("?*")
"""The shape of any text but the empty one."""
NO_COLON = Lane("?*", parts=True)
"""The shape of a text without a colon."""


class Found(NamedTuple):
    """What `find` came to."""

    text: str | None
    """A shortest text, or None where there is none."""
    plain: bool = False
    """For None: whether one pattern covers another as written, so that no open question can change it."""


def find(hit: Sequence[Lane], avoid: Sequence[Lane], shape: Lane, budget: Budget) -> Found:
    """A shortest text of `shape` that every lane of `hit` covers and no lane of `avoid` does."""
    near = []
    for lane in avoid:
        if any(apart(lane.pattern, wanted.pattern) for wanted in hit):
            continue
        if any(_covers(lane, wanted) for wanted in hit):
            return Found(None, plain=True)
        near.append(lane)
    if len(hit) == 1 and (quick := _quick(hit[0], near, shape)) is not None:
        return Found(quick)
    text = _Search((*hit, shape), near, budget).shortest(colon=not shape.parts)
    return Found(text)


def _covers(wide: Lane, narrow: Lane) -> bool:
    """Whether one lane covers another as written, in every reading that makes it at least as wide."""
    if narrow.folded and not wide.folded:
        return False
    return (wide.parts is narrow.parts or not wide.parts) and covers(wide.pattern, narrow.pattern)


def _quick(wanted: Lane, avoid: Sequence[Lane], shape: Lane) -> str | None:
    """The shortest text that `wanted` covers at all, where it does; wildcards left out."""
    machine = Machine((wanted, shape, *avoid))
    text = shortest(wanted.pattern, machine.other)
    places = machine.run(machine.start, text)
    fits = places & machine.ends[0] and places & machine.ends[1]
    return text if fits and not any(places & end for end in machine.ends[2:]) else None


class _Search:
    """A walk through all texts at once, shortest first.

    Only characters that a wanted lane spells are tried, and one that nothing spells: any other
    brings the lanes to avoid further on, and the wanted ones not.
    """

    def __init__(self, hit: Sequence[Lane], avoid: Sequence[Lane], budget: Budget) -> None:
        self._machine = machine = Machine((*hit, *avoid))
        count = len(hit)
        self._wanted = machine.ends[:count]
        self._spans = machine.spans[:count]
        self._letters = machine.letters_of(sum(self._spans))
        self._avoided = sum(machine.ends[count:])
        self._lost = sum(machine.lasting(lane) for lane in range(count, len(machine.ends)))
        self._head = max((literal_head(lane.pattern) for lane in hit), key=len)
        self._budget = budget
        self._came: dict[int, tuple[int, str]] = {}

    def shortest(self, *, colon: bool) -> str | None:
        """The text, or None."""
        machine = self._machine
        start = machine.run(machine.start, self._head)
        if start & self._lost or not self._alive(start):
            return None
        self._came[start] = (start, "")
        if self._good(start):
            return self._head
        others = [machine.other, ":"] if colon else [machine.other]
        level = [start]
        while level:
            following: list[int] = []
            for places in level:
                for character in (*others, *(letter for letter, on in self._letters if places & on)):
                    after = machine.step(places, character)
                    if after in self._came or after & self._lost or not self._alive(after):
                        continue
                    self._budget.spend()
                    self._came[after] = (places, character)
                    if self._good(after):
                        return self._head + self._text(after)
                    following.append(after)
            level = following
        return None

    def _alive(self, places: int) -> bool:
        for lane in self._spans:  # noqa: SIM110 - asked for every step, and faster so
            if not places & lane:
                return False
        return True

    def _good(self, places: int) -> bool:
        if places & self._avoided:
            return False
        return all(places & end for end in self._wanted)

    def _text(self, places: int) -> str:
        characters: list[str] = []
        before, character = self._came[places]
        while character:
            characters.append(character)
            before, character = self._came[before]
        return "".join(reversed(characters))


def kinds(lanes: Sequence[Lane], shape: Lane, budget: Budget) -> list[str]:
    """One shortest text of `shape` for each set of `lanes` that covers some text and nothing else does."""
    machine = Machine((shape, *lanes))
    fits, span = machine.ends[0], machine.spans[0]
    ends = sum(machine.ends[1:])
    found: dict[int, str] = {}
    letters = machine.letters_of(-1)
    others = [machine.other] if shape.parts else [machine.other, ":"]
    seen = {machine.start}
    level = [(machine.start, "")]
    while level:
        following: list[tuple[int, str]] = []
        for places, text in level:
            if places & fits:
                found.setdefault(places & ends, text)
            spelled = (letter for letter, on in letters if places & on)
            for character in (*others, *spelled):
                after = machine.step(places, character)
                if after & span and after not in seen:
                    budget.spend()
                    seen.add(after)
                    following.append((after, text + character))
        level = following
    return list(found.values())
