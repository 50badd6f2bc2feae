"""Statements as the access matrix sees them: which actions, which patterns, and how sure.

Conditions are left open here. What a statement surely does, what it does under conditions, and what of it
cannot be understood are told apart as in `scanner.access.grants`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import or_
from typing import Final, TypeAlias

from scanner.access.cite import asked_by, condition_words
from scanner.access.grants import is_documented
from scanner.access.slots import EVERY_ACTION, actions_in
from scanner.policy.pattern import fold, has_variable, without_variables
from scanner.policy.syntax import Effect, PolicyDocument, Statement, Words

_ACTION_ELEMENTS: Final = frozenset({"action", "notaction"})

EVERYWHERE: Final = "*"
"""The pattern that covers every resource."""

Demands: TypeAlias = frozenset[tuple[str, str, frozenset[str]]]
"""What conditions ask for, as `scanner.access.cite.asked_by` has it."""


class Hold(Enum):
    """How a statement takes hold of what it covers."""

    SURE = "whatever the conditions"
    OPEN = "under conditions that are understood"
    DOUBTFUL = "nobody can tell"


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement, or a whole document that is not understood."""

    effect: Effect | None
    hold: Hold
    sure: int
    """The actions that it surely covers, as bits."""
    perhaps: int
    """Those that it may cover."""
    patterns: tuple[str, ...]
    """The resources; `*` is among them where it may be about any."""
    everywhere: bool
    """Whether it may be about any resource, because its resources are not understood."""
    demands: Demands
    """What its conditions ask for."""
    words: str
    """Its conditions, in words."""


NOT_UNDERSTOOD: Final = Clause(
    effect=None,
    hold=Hold.DOUBTFUL,
    sure=0,
    perhaps=EVERY_ACTION,
    patterns=(EVERYWHERE,),
    everywhere=True,
    demands=frozenset(),
    words="",
)
"""A document of which nobody can tell what it says."""


def clauses(document: PolicyDocument) -> Iterator[Clause]:
    """What a document says, one by one."""
    if document.unsupported:
        yield NOT_UNDERSTOOD
        return
    for statement in document.statements:
        sure, perhaps = _actions(statement)
        yield Clause(
            effect=statement.effect,
            hold=_hold(statement),
            sure=sure,
            perhaps=perhaps,
            patterns=_patterns(statement),
            everywhere=_anywhere(statement),
            demands=asked_by(statement.conditions),
            words=" and ".join(map(condition_words, statement.conditions)),
        )


def _anywhere(statement: Statement) -> bool:
    return bool(statement.unsupported) or statement.resources is None


def _patterns(statement: Statement) -> tuple[str, ...]:
    named = () if statement.resources is None else statement.resources.items
    return (*named, EVERYWHERE) if _anywhere(statement) else named


def _hold(statement: Statement) -> Hold:
    if statement.unsupported or not all(map(is_documented, statement.conditions)):
        return Hold.DOUBTFUL
    return Hold.OPEN if statement.conditions else Hold.SURE


def _actions(statement: Statement) -> tuple[int, int]:
    """The actions that a statement surely covers, and those that it may cover."""
    words = statement.actions or statement.not_actions
    twice = statement.actions is not None and statement.not_actions is not None
    if words is None or twice or any(fold(other.name) in _ACTION_ELEMENTS for other in statement.others):
        return 0, EVERY_ACTION
    named, perhaps = _named(words)
    return (named, perhaps) if statement.not_actions is None else (EVERY_ACTION & ~named & ~perhaps, perhaps)


def _named(words: Words) -> tuple[int, int]:
    named = reduce(or_, (actions_in(text) for text in words.items if not has_variable(text)), 0)
    wide = (without_variables(text) for text in words.items if has_variable(text))
    return named, reduce(or_, map(actions_in, wide), 0) & ~named
