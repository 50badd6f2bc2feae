"""For one question: the values of each variable, and which of them each piece is about."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Final, NamedTuple

from scanner.policy.assumptions import Readings
from scanner.policy.callers import names
from scanner.policy.comparing.actions import Actions, known_bits
from scanner.policy.comparing.budget import Budget, TooMuchError
from scanner.policy.comparing.domains import family_on, representatives
from scanner.policy.comparing.pieces import Piece, condition_key
from scanner.policy.condition import Keys, evaluate_in
from scanner.policy.decision import ABSENT, AssumeCaller, Context, Truth
from scanner.policy.pattern import fold
from scanner.policy.syntax import Condition, Principal

ACTION: Final = "action"
GROUP: Final = "resource group"
CALLER: Final = "caller"
_MOST_OPEN: Final = 6
"""How many conditions on one key may be open at once where each is taken both ways."""


@dataclass(frozen=True, slots=True)
class Demand:
    """The variable of a demand that is not understood."""

    identity: str


@dataclass(frozen=True, slots=True)
class Key:
    """The variable of a condition key."""

    folded: str


class Mode(NamedTuple):
    """How what is not settled counts."""

    readings: Readings
    free: bool
    """Whether what is not understood may come out either way; otherwise nothing may hang on it."""
    today: bool = False
    """Whether only actions of the catalogue exist."""


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a comparison is about."""

    pieces: tuple[Piece, ...]
    actions: Actions
    callers: tuple[AssumeCaller, ...]
    role: str
    groups: tuple[str, ...]
    """The resource groups that are named; the first value of the variable is none of them."""
    conditions: Mapping[str, tuple[Condition, ...]]
    """By folded key."""

    @staticmethod
    def of(pieces: Sequence[Piece], *, callers: tuple[AssumeCaller, ...] = (), role: str = "") -> Question:
        """The question that some pieces raise."""
        unique = tuple({piece.key: piece for piece in pieces}.values())
        conditions: dict[str, dict[Hashable, Condition]] = {}
        for piece in unique:
            for condition in piece.conditions:
                on_key = conditions.setdefault(fold(condition.key), {})
                on_key.setdefault(condition_key(condition), condition)
        return Question(
            pieces=unique,
            actions=Actions(unique),
            callers=callers,
            role=role,
            groups=tuple(sorted({piece.group for piece in unique if piece.group is not None})),
            conditions=MappingProxyType({key: tuple(found.values()) for key, found in conditions.items()}),
        )


class KeyTable(NamedTuple):
    """The values of one key, and for each condition on it which of them meet it."""

    values: tuple[str | None, ...]
    must: Mapping[Hashable, int]
    may: Mapping[Hashable, int]


class CallerRow(NamedTuple):
    """One caller, and for each principal whether it names the caller."""

    caller: AssumeCaller
    truths: Mapping[tuple[str, str], Truth]


class QuestionTables:
    """The tables of one question in one mode; see `scanner.policy.comparing.cover.Tables`."""

    def __init__(self, question: Question, mode: Mode, budget: Budget) -> None:
        self.question = question
        self.mode = mode
        self._budget = budget
        self._keys: dict[str, KeyTable] = {}
        self._memo: dict[tuple[Hashable, Hashable], tuple[int, int]] = {}
        self._variables: dict[Hashable, tuple[Hashable, ...]] = {}

    def variables(self, piece: Piece) -> Sequence[Hashable]:
        """The variables that the piece says something about."""
        found = self._variables.get(piece.key)
        if found is None:
            found = self._variables[piece.key] = tuple(self._about(piece))
        return found

    def _about(self, piece: Piece) -> list[Hashable]:
        found: list[Hashable] = []
        if piece.negated or piece.actions != ("*",):
            found.append(ACTION)
        if piece.group is not None:
            found.append(GROUP)
        if piece.principals is not None:
            found.append(CALLER)
        found += dict.fromkeys(Key(fold(condition.key)) for condition in piece.conditions)
        found += map(Demand, sorted(piece.opaque))
        return found

    def all_values(self, variable: Hashable) -> int:
        """Every value of a variable."""
        match variable:
            case Key(folded=key):
                return (1 << len(self.key(key).values)) - 1
            case Demand():
                return 0b11 if self.mode.free else 0b1
            case _ if variable == ACTION:
                return known_bits() if self.mode.today else self.question.actions.all
            case _ if variable == GROUP:
                return (2 << len(self.question.groups)) - 1
            case _:
                return (1 << len(self.caller_rows)) - 1

    def must(self, variable: Hashable, piece: Piece) -> int:
        """The values for which the piece surely applies."""
        return self._both(variable, piece)[0]

    def may(self, variable: Hashable, piece: Piece) -> int:
        """The values for which it applies or may apply."""
        return self._both(variable, piece)[1]

    def settled(self, piece: Piece) -> bool:
        """Whether nothing about the piece is open."""
        return all(self.must(v, piece) == self.may(v, piece) for v in self.variables(piece))

    def _both(self, variable: Hashable, piece: Piece) -> tuple[int, int]:
        key = (variable, piece.key)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._find(variable, piece)
        return found

    def _find(self, variable: Hashable, piece: Piece) -> tuple[int, int]:
        if variable not in self.variables(piece):
            every = self.all_values(variable)
            return every, every
        match variable:
            case Key(folded=key):
                return self._on_key(key, piece)
            case Demand():
                return (0b10, 0b10) if self.mode.free else (0b0, 0b1)
            case _ if variable == ACTION:
                covered = self.question.actions.covered(piece)
                return covered, covered
            case _ if variable == GROUP:
                one = 2 << self.question.groups.index(piece.group or "")
                return one, one
            case _:
                return self._named(piece.principals or ())

    def _on_key(self, key: str, piece: Piece) -> tuple[int, int]:
        table = self.key(key)
        must = may = -1
        for condition in piece.conditions:
            if fold(condition.key) == key:
                identity = condition_key(condition)
                must &= table.must[identity]
                may &= table.may[identity]
        return must, may

    def key(self, key: str) -> KeyTable:
        """The table of one key."""
        if key not in self._keys:
            conditions = self.question.conditions[key]
            values = representatives(conditions, self._budget)
            self._budget.spend(len(values) * len(conditions))
            self._keys[key] = _key_table(conditions, values, self.mode)
        return self._keys[key]

    def _named(self, principals: Sequence[Principal]) -> tuple[int, int]:
        must = may = 0
        for at, row in enumerate(self.caller_rows):
            truths = [row.truths[principal_key(principal)] for principal in principals]
            must |= (Truth.TRUE in truths) << at
            may |= (Truth.TRUE in truths or Truth.UNKNOWN in truths) << at
        return must, may

    @cached_property
    def caller_rows(self) -> tuple[CallerRow, ...]:
        """Each caller with whether each principal names it; where what is open may come out either way, each way."""
        question = self.question
        principals = {principal_key(p): p for piece in question.pieces for p in piece.principals or ()}
        rows: list[CallerRow] = []
        for caller in question.callers:
            truths = [names(p, caller, role=question.role).truth for p in principals.values()]
            ways = _taken(truths) if self.mode.free else [truths]
            rows += [CallerRow(caller, dict(zip(principals, taken, strict=True))) for taken in ways]
        return tuple(rows)


def principal_key(principal: Principal) -> tuple[str, str]:
    """Equal for principals that are written alike."""
    return (principal.group, principal.text)


def _key_table(conditions: Sequence[Condition], values: Sequence[str | None], mode: Mode) -> KeyTable:
    mixed = family_on(conditions) is None
    truths = [[_truth(c, value, mode.readings, mixed=mixed) for c in conditions] for value in values]
    if not mode.free:
        return _table(conditions, values, truths)
    taken = [(value, row) for value, truth in zip(values, truths, strict=True) for row in _taken(truth)]
    return _table(conditions, [value for value, _ in taken], [row for _, row in taken])


def _truth(condition: Condition, value: str | None, readings: Readings, *, mixed: bool) -> Truth:
    if mixed:
        return Truth.UNKNOWN
    given = ABSENT if value is None else frozenset({value})
    keys = Keys(Context(known={condition.key: given}, complete=True), readings)
    return evaluate_in(condition, keys).truth


def _taken(truths: Sequence[Truth]) -> list[list[Truth]]:
    """Every way in which what is open may come out."""
    if truths.count(Truth.UNKNOWN) > _MOST_OPEN:
        raise TooMuchError
    sides = [(Truth.TRUE, Truth.FALSE) if truth is Truth.UNKNOWN else (truth,) for truth in truths]
    return [list(row) for row in product(*sides)]


def _table(
    conditions: Sequence[Condition], values: Sequence[str | None], truths: Sequence[Sequence[Truth]]
) -> KeyTable:
    must: dict[Hashable, int] = {}
    may: dict[Hashable, int] = {}
    for column, condition in enumerate(conditions):
        identity = condition_key(condition)
        must[identity] = sum((row[column] is Truth.TRUE) << at for at, row in enumerate(truths))
        may[identity] = sum((row[column] is not Truth.FALSE) << at for at, row in enumerate(truths))
    return KeyTable(tuple(values), must, may)
