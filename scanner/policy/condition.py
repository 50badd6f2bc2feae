"""Decide one condition over a request that may be known only in part.

A positive operator on a key that the request does not carry is taken as not met, which was
observed and is not documented. What is neither documented nor observed stays UNKNOWN and is
named in the note: a negated operator on an absent key, several values under a negated operator
where the two readings differ, several values in the request that disagree, an unknown operator,
and an operator of another family than its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.policy.assumptions import UNDECIDED, Readings
from scanner.policy.decision import ABSENT, Context, Truth
from scanner.policy.operators import OPERATORS, Operator, family_of
from scanner.policy.pattern import fold
from scanner.policy.positions import shown
from scanner.policy.syntax import Condition
from scanner.policy.truth import any_of, opposite, truth_of
from scanner.policy.values import holds

NOT_KNOWN = "the request's value is not known"
ABSENT_NEGATED = "a negated operator on a key that the request does not carry is not documented"
SEVERAL_NEGATED = "several values under a negated operator can be read in two ways"
SEVERAL_GIVEN = "the request has several values, and how they count is not documented"
NO_VALUES = "what an empty list of values asks for is not documented"
NOT_COMPARABLE = "a value has no form that is documented for this operator"
UNKNOWN_OPERATOR = "the operator is not documented"
WRONG_FAMILY = "this operator on this key is not documented"


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """Whether a condition is met; `note` says why that is not known, or on which reading it rests."""

    truth: Truth
    note: str = ""


class Keys:
    """The condition keys of a request, found without regard to case."""

    __slots__ = ("_complete", "_known", "readings")

    def __init__(self, context: Context, readings: Readings = UNDECIDED) -> None:
        self.readings = readings
        self._complete = context.complete
        self._known = _folded(context.known)

    def values(self, key: str) -> frozenset[str] | None:
        """The values of a key, `ABSENT` where the request does not carry it, None where not known."""
        return self._known.get(fold(key), ABSENT if self._complete else None)


def evaluate(condition: Condition, context: Context, readings: Readings = UNDECIDED) -> ConditionResult:
    """Whether the request meets the condition."""
    return evaluate_in(condition, Keys(context, readings))


def evaluate_in(condition: Condition, keys: Keys) -> ConditionResult:
    """As `evaluate`, for keys that are looked up more than once."""
    operator = OPERATORS.get(condition.operator)
    if operator is None:
        return _unknown(condition, UNKNOWN_OPERATOR)
    family = family_of(condition.key)
    if family is not None and family is not operator.family:
        return _unknown(condition, WRONG_FAMILY)
    if not condition.values.items:
        return _unknown(condition, NO_VALUES)
    given = keys.values(condition.key)
    if given is None:
        return _unknown(condition, NOT_KNOWN)
    if not given:
        return _absent(condition, keys.readings) if operator.negated else ConditionResult(Truth.FALSE)
    readings = keys.readings
    return _together(condition, [_one(operator, condition, value, readings) for value in sorted(given)])


def _folded(known: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    folded: dict[str, frozenset[str]] = {}
    for key, values in known.items():
        name = fold(key)
        folded[name] = folded.get(name, ABSENT) | values
    return folded


def _absent(condition: Condition, readings: Readings) -> ConditionResult:
    """What a negated operator makes of a request without its key."""
    if readings.negated_absent_met is None:
        return _unknown(condition, ABSENT_NEGATED)
    return ConditionResult(truth_of(readings.negated_absent_met))


def _one(operator: Operator, condition: Condition, given: str, readings: Readings) -> ConditionResult:
    """What one value of the request makes of the condition."""
    held = [holds(operator, given=given, wanted=wanted) for wanted in condition.values.items]
    if not operator.negated:
        met = any_of(held)
        return _unknown(condition, NOT_COMPARABLE) if met is Truth.UNKNOWN else ConditionResult(met)
    # One reading is "none of the values", the other, literal one is "not one value or not another".
    none_of_them = opposite(any_of(held))
    one_of_them_not = any_of(opposite(truth) for truth in held)
    if none_of_them is not one_of_them_not:
        if readings.negated_none_of is None:
            return _unknown(condition, SEVERAL_NEGATED)
        none_of_them = none_of_them if readings.negated_none_of else one_of_them_not
    if none_of_them is Truth.UNKNOWN:
        return _unknown(condition, NOT_COMPARABLE)
    note = f"{SEVERAL_NEGATED}, which agree here" if len(held) > 1 else ""
    return ConditionResult(none_of_them, note)


def _together(condition: Condition, results: list[ConditionResult]) -> ConditionResult:
    """What several values of the request come to: their common answer, if they have one."""
    first = results[0]
    if all(result.truth is first.truth for result in results):
        return first
    return _unknown(condition, SEVERAL_GIVEN)


def _unknown(condition: Condition, why: str) -> ConditionResult:
    return ConditionResult(Truth.UNKNOWN, f"{shown(condition.operator)} on {shown(condition.key)}: {why}")
