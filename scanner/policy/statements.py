"""Statements made ready to be asked about many requests.

What is prepared here once per document: patterns taken apart, exact names gathered in sets, and
the elements that leave a statement in doubt. How statements combine is decided in
`scanner.policy.gates`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scanner.policy.assumptions import UNDECIDED, Readings
from scanner.policy.condition import Keys, evaluate_in
from scanner.policy.decision import Request, Truth
from scanner.policy.pattern import (
    Glob,
    anywhere_in_ram,
    fold,
    glob,
    has_variable,
    is_pattern,
    resource_spellings,
    without_variables,
)
from scanner.policy.syntax import Condition, PolicyDocument, PolicyType, Problem, Statement, Words

CASE_COUNTS: Final = "the resource matches only if case does not count, which is not documented"
VARIABLE: Final = "policy variables, `${...}`, are not documented"
NO_ACTION: Final = "the actions it covers cannot be understood"
NO_RESOURCE: Final = "the resources it covers cannot be understood"
NOT_UNDERSTOOD: Final = "an element here is not in the documented language"

_ACTION_ELEMENTS: Final = frozenset({"action", "notaction"})
_DOCUMENTS_PREPARED: Final = 8_192
_ACTIONS_PREPARED: Final = 65_536


class Asked:
    """A request made ready to be held against many statements."""

    __slots__ = ("_keys", "action", "folded", "readings", "request", "spellings")

    def __init__(self, request: Request, readings: Readings = UNDECIDED) -> None:
        self.request = request
        self.readings = readings
        self.action = fold(request.action)
        self.spellings = resource_spellings(request.resource)
        self.folded = tuple(fold(spelling) for spelling in self.spellings)
        self._keys: Keys | None = None

    @property
    def keys(self) -> Keys:
        """The condition keys, looked up only when a statement has conditions."""
        if self._keys is None:
            self._keys = Keys(self.request.context, self.readings)
        return self._keys


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a statement applies to a request; for UNKNOWN, which part of it leaves that open."""

    truth: Truth
    path: str = ""
    note: str = ""


APPLIES: Final = Answer(Truth.TRUE)
DOES_NOT: Final = Answer(Truth.FALSE)


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Several patterns as one question: whether any of them covers a text."""

    exact: frozenset[str]
    globs: tuple[Glob, ...]
    variable: tuple[Glob, ...]
    """Patterns that hold a variable, widened."""

    @staticmethod
    def of(texts: Iterable[str]) -> _Patterns:
        texts = tuple(texts)
        varied = [text for text in texts if "${" in text and has_variable(text)]
        plain = [text for text in texts if text not in varied] if varied else texts
        return _Patterns(
            exact=frozenset(text for text in plain if not is_pattern(text)),
            globs=tuple(glob(text) for text in plain if is_pattern(text)),
            variable=tuple(glob(without_variables(text)) for text in varied),
        )

    def cover(self, text: str) -> bool:
        if text in self.exact:
            return True
        for pattern in self.globs:  # noqa: SIM110 - asked for every statement, and faster so
            if pattern.matches(text):
                return True
        return False

    def may_cover(self, text: str) -> bool:
        """Whether one covers the text if its variables stand for the right thing."""
        return any(pattern.matches(text) for pattern in self.variable)


def actions_in_doubt(statement: Statement) -> bool:
    """Whether it cannot be told which actions the statement is about."""
    if not (statement.actions or statement.not_actions) or (statement.actions and statement.not_actions):
        return True
    if statement.not_actions is not None and not statement.not_actions.items:
        # Read literally it is every action, but no page shows an empty list, and the service may refuse it.
        return True
    return any(fold(other.name) in _ACTION_ELEMENTS for other in statement.others)


@dataclass(frozen=True, slots=True)
class _Actions:
    patterns: _Patterns
    negated: bool
    path: str

    @staticmethod
    def of(statement: Statement) -> _Actions | None:
        """The actions of a statement, or None where they are in doubt."""
        words = statement.actions or statement.not_actions
        if words is None or actions_in_doubt(statement):
            return None
        patterns = _Patterns.of(fold(text) for text in words.items)
        return _Actions(patterns, negated=statement.not_actions is not None, path=words.path)

    def cover(self, asked: Asked) -> Answer:
        if self.patterns.cover(asked.action):
            return DOES_NOT if self.negated else APPLIES
        if self.patterns.variable and self.patterns.may_cover(asked.action):
            return Answer(Truth.UNKNOWN, self.path, VARIABLE)
        return APPLIES if self.negated else DOES_NOT


@dataclass(frozen=True, slots=True)
class _Resources:
    patterns: _Patterns
    folded: _Patterns
    path: str
    texts: tuple[str, ...]

    @staticmethod
    def of(words: Words) -> _Resources:
        texts = tuple(anywhere_in_ram(text) for text in words.items)
        return _Resources(_Patterns.of(texts), _Patterns.of(map(fold, texts)), words.path, texts)

    def cover(self, asked: Asked) -> Answer:
        """Whether one of them covers the resource that is asked for."""
        chosen = self if asked.readings.crosses_colon else self._part_by_part(asked)
        return chosen.cover_text(asked)

    def _part_by_part(self, asked: Asked) -> _Resources:
        """Without the patterns that would only fit if a wildcard stood for a colon."""
        texts = tuple(text for text in self.texts if _fits_by_parts(text, asked.request.resource))
        return _Resources(_Patterns.of(texts), _Patterns.of(map(fold, texts)), self.path, texts)

    def cover_text(self, asked: Asked) -> Answer:
        """The same, wildcards standing for any character."""
        # The wider, case-blind question comes first: most statements fail it, and one no suffices.
        # INVARIANT: what the plain patterns cover, the folded ones cover as well.
        if not any(map(self.folded.cover, asked.folded)):
            if self.folded.variable and any(map(self.folded.may_cover, asked.folded)):
                return Answer(Truth.UNKNOWN, self.path, VARIABLE)
            return DOES_NOT
        if asked.readings.case_counts is False or any(map(self.patterns.cover, asked.spellings)):
            return APPLIES
        if any(map(self.patterns.may_cover, asked.spellings)):
            return Answer(Truth.UNKNOWN, self.path, VARIABLE)
        return DOES_NOT if asked.readings.case_counts else Answer(Truth.UNKNOWN, self.path, CASE_COUNTS)


def _fits_by_parts(pattern: str, resource: str) -> bool:
    """Whether wildcards alone, without standing for a colon, could make `pattern` cover `resource`."""
    if not pattern.strip("*"):
        return True
    wide = without_variables(pattern).split(":")
    parts = resource.split(":")
    return len(wide) == len(parts) and all(map(_covers_part, wide, parts))


def _covers_part(pattern: str, part: str) -> bool:
    # The empty region of a RAM name is the same as `*`.
    return any(
        glob(fold(pattern)).matches(fold(spelling)) for spelling in ((part, "*") if not part else (part,))
    )


class Prepared:
    """One statement, ready to be asked.

    Most statements are left aside for their actions, so resources are made ready when they are first needed.
    """

    __slots__ = ("_resources", "actions", "needs_resource", "statement")

    def __init__(self, statement: Statement, *, needs_resource: bool) -> None:
        self.statement = statement
        self.actions = _Actions.of(statement)
        self.needs_resource = needs_resource
        self._resources: _Resources | None = None

    def applies(self, asked: Asked) -> Answer:
        """Whether the statement applies to the request, whoever sends it."""
        action = self.covers_action(asked)
        if action.truth is Truth.FALSE:
            return DOES_NOT
        if self.statement.unsupported:
            return Answer(Truth.UNKNOWN, self.statement.unsupported[0], NOT_UNDERSTOOD)
        resource = self._resource(asked)
        if resource.truth is Truth.FALSE:
            return DOES_NOT
        condition = _conditions(self.statement.conditions, asked) if self.statement.conditions else APPLIES
        if condition.truth is Truth.FALSE:
            return DOES_NOT
        return next((part for part in (action, resource, condition) if part is not APPLIES), APPLIES)

    def covers_action(self, asked: Asked) -> Answer:
        """Whether the request's action is among those the statement is about."""
        if self.actions is None:
            return Answer(Truth.UNKNOWN, self.statement.path, NO_ACTION)
        return self.actions.cover(asked)

    @property
    def resources(self) -> _Resources | None:
        """The resources of the statement, or None where it names none."""
        words = self.statement.resources
        if self._resources is None and words is not None:
            self._resources = _Resources.of(words)
        return self._resources

    def _resource(self, asked: Asked) -> Answer:
        if not self.needs_resource:
            return APPLIES
        resources = self.resources
        if resources is None:
            return Answer(Truth.UNKNOWN, self.statement.path, NO_RESOURCE)
        return resources.cover(asked)


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document's statements, and what leaves the whole of it in doubt."""

    statements: tuple[Prepared, ...]
    doubt: Problem | None


@lru_cache(maxsize=_DOCUMENTS_PREPARED)
def prepared(document: PolicyDocument) -> PreparedDocument:
    """The document made ready; one document is only prepared once."""
    needs_resource = document.type is not PolicyType.TRUST
    statements = tuple(Prepared(each, needs_resource=needs_resource) for each in document.statements)
    return PreparedDocument(statements, doubt_of(document))


@lru_cache(maxsize=_ACTIONS_PREPARED)
def concerning(document: PolicyDocument, action: str) -> PreparedDocument:
    """The document made ready, without the statements that surely do not cover a folded action."""
    ready = prepared(document)
    asked = Asked(Request(action=action, resource=""))
    statements = (s for s in ready.statements if s.covers_action(asked).truth is not Truth.FALSE)
    return PreparedDocument(tuple(statements), ready.doubt)


def doubt_of(document: PolicyDocument) -> Problem | None:
    """The first problem that leaves the whole document in doubt; None where there is none."""
    if not document.unsupported:
        return None
    known = (problem for problem in document.problems if problem.path in document.unsupported)
    fallback = Problem(code="not-understood", path=document.unsupported[0], message=NOT_UNDERSTOOD)
    return next(known, fallback)


def _conditions(conditions: tuple[Condition, ...], asked: Asked) -> Answer:
    """Whether every condition is met; one that is surely not met settles it."""
    answer = APPLIES
    for condition in conditions:
        result = evaluate_in(condition, asked.keys)
        if result.truth is Truth.FALSE:
            return DOES_NOT
        if result.truth is Truth.UNKNOWN and answer is APPLIES:
            answer = Answer(Truth.UNKNOWN, condition.path, result.note)
    return answer
