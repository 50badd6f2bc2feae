"""Problems of a document with their lines and columns, in the order of the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from scanner.policy.place import Place, Places
from scanner.policy.syntax import Problem

REPEATED: Final = "repeated-key"
ABOUT_KEYS: Final = frozenset(
    {
        REPEATED,
        "unknown-element",
        "undocumented-element",
        "unexpected-element",
        "sid-undocumented",
        "unknown-operator",
        "empty-operator",
        "odd-key-case",
        "key-without-service",
        "key-not-of-this-service",
        "trust-key-elsewhere",
        "unknown-key",
        "allow-not-action",
    }
)
"""Codes of problems that are about a key; the others are about a value."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A problem and where it stands."""

    place: Place
    problem: Problem


def placed(text: str, problems: Iterable[Problem]) -> tuple[Placed, ...]:
    """`problems` of the document `text`, each with its place; of a repeated key, with that of the repetition."""
    places = Places.of(text)
    repeated: Counter[str] = Counter()
    found: list[Placed] = []
    for problem in problems:
        repeated[problem.path] += problem.code == REPEATED
        occurrence = repeated[problem.path] if problem.code == REPEATED else 0
        found.append(Placed(_place(problem, places, occurrence), problem))
    return tuple(sorted(found, key=lambda one: (one.place, one.problem.path, one.problem.code)))


def _place(problem: Problem, places: Places, occurrence: int) -> Place:
    if problem.code == "not-json" and places.broken is not None:
        return places.broken
    look = places.key if problem.code in ABOUT_KEYS else places.value
    return look(problem.path, occurrence=occurrence) or places.nearest(problem.path)
