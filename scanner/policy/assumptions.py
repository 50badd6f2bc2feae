"""What the vendor's pages leave open about the language, and the readings that are possible.

One row for each question. `decide` answers UNKNOWN where an open question decides, unless it is told by
`Readings` which side to take; `compare` tries every side and answers UNKNOWN where they disagree.
Questions that have a settled row are read in one way only, which its source supports without stating it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Final


class Assumption(StrEnum):
    """The questions that no vendor page answers, by a slug."""

    NEGATED_SEVERAL_VALUES = "negated-several-values"
    NEGATED_ABSENT_KEY = "negated-absent-key"
    WILDCARD_OVER_COLON = "wildcard-over-colon"
    RESOURCE_CASE = "resource-case"
    POSITIVE_ABSENT_KEY = "positive-absent-key"
    ONE_VALUE_A_KEY = "one-value-a-key"
    ADDRESS_FORM = "address-form"
    INDEPENDENT_KEYS = "independent-keys"
    WELL_FORMED_NAMES = "well-formed-names"
    ACTION_CASE = "action-case"
    RAM_REGION = "ram-region"
    SCOPE_ORDER = "scope-order"
    DENY_IN_TRUST = "deny-in-trust"


class Support(StrEnum):
    """What a reading rests on."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question, its readings and what they rest on."""

    assumption: Assumption
    question: str
    readings: tuple[str, ...]
    """Each in words. A single one is settled; of two, the first is the one that `Readings` calls True."""
    support: Support
    source: str
    """Where the first reading comes from; for an open question, what speaks for each side."""

    @property
    def open(self) -> bool:
        """Whether more than one reading is possible."""
        return len(self.readings) > 1


_ELEMENTS: Final = "https://www.alibabacloud.com/help/en/ram/user-guide/policy-elements"
_EVALUATION: Final = "https://www.alibabacloud.com/help/en/ram/user-guide/policy-evaluation-process"

ASSUMPTIONS: Final[tuple[Row, ...]] = (
    Row(
        assumption=Assumption.NEGATED_SEVERAL_VALUES,
        question="When is a negated operator with several values met?",
        readings=(
            "when the request's value is none of them",
            "when the request's value differs from one of them",
        ),
        support=Support.ASSUMED,
        source=f"{_ELEMENTS} says that one value suffices and does not speak of negation; samples of control policies only make sense as `none of them`",
    ),
    Row(
        assumption=Assumption.NEGATED_ABSENT_KEY,
        question="Is a negated operator met by a request that does not carry the key?",
        readings=("it is met", "it is not met"),
        support=Support.ASSUMED,
        source=f"{_ELEMENTS} does not say; other clouds read it as met",
    ),
    Row(
        assumption=Assumption.WILDCARD_OVER_COLON,
        question="Do `*` and `?` in a resource also stand for the colons between its parts?",
        readings=("they do", "they do not, except where the whole resource is `*`"),
        support=Support.ASSUMED,
        source=f"{_ELEMENTS} does not say; `decide` takes the first reading, which grants more",
    ),
    Row(
        assumption=Assumption.RESOURCE_CASE,
        question="Does case count in resource names?",
        readings=("it counts", "it does not count"),
        support=Support.ASSUMED,
        source="no page says; RocketMQ's pages write `Instance/*` once and `instance/...` elsewhere",
    ),
    Row(
        assumption=Assumption.POSITIVE_ABSENT_KEY,
        question="Is a positive operator met by a request that does not carry the key?",
        readings=("it is not met",),
        support=Support.OBSERVED,
        source="a Deny with `Bool acs:MFAPresent false` was seen not to reach calls made with an AccessKey",
    ),
    Row(
        assumption=Assumption.ONE_VALUE_A_KEY,
        question="How many values of one key does a request carry?",
        readings=("one, or none",),
        support=Support.INFERRED,
        source=f"{_ELEMENTS} has no operator for several values on the request's side",
    ),
    Row(
        assumption=Assumption.ADDRESS_FORM,
        question="Can a request's address be an IPv4 one written as IPv6?",
        readings=("it cannot",),
        support=Support.ASSUMED,
        source="the vendor's pages show plain IPv4 and IPv6 addresses only",
    ),
    Row(
        assumption=Assumption.INDEPENDENT_KEYS,
        question="Can a request carry any combination of values for different keys?",
        readings=("it can",),
        support=Support.ASSUMED,
        source="taking keys as independent can only report access that is not there, never hide access",
    ),
    Row(
        assumption=Assumption.WELL_FORMED_NAMES,
        question="Which names can a request carry?",
        readings=(
            "`service:name` for an action; `*` or `acs:service:region:account:id` for a resource, whose id holds a colon only where a policy of the question spells one; services and actions are made of letters, digits, `_`, `-` and `.`, region and account may be empty, and the region of a RAM name is",
        ),
        support=Support.DOCUMENTED,
        source=_ELEMENTS,
    ),
    Row(
        assumption=Assumption.ACTION_CASE,
        question="Does case count in actions?",
        readings=("it does not count",),
        support=Support.DOCUMENTED,
        source=f"{_ELEMENTS}: mostly not case-sensitive",
    ),
    Row(
        assumption=Assumption.RAM_REGION,
        question="Is the empty region of a RAM resource name the same as `*`?",
        readings=("it is",),
        support=Support.INFERRED,
        source="the vendor's pages write the same role both ways",
    ),
    Row(
        assumption=Assumption.SCOPE_ORDER,
        question="Does a Deny in a resource group beat an Allow on the whole account?",
        readings=("it does not: an Allow or Deny of the account scope ends the question",),
        support=Support.INFERRED,
        source=f"{_EVALUATION} gives the order; that such a Deny loses follows from it",
    ),
    Row(
        assumption=Assumption.DENY_IN_TRUST,
        question="Does a Deny in a trust policy count?",
        readings=("it does",),
        support=Support.INFERRED,
        source=f"{_EVALUATION} describes it; a page on role documents says that Effect must be Allow",
    ),
)
"""Every question, open ones first."""

_ROWS: Final = {row.assumption: row for row in ASSUMPTIONS}
OPEN_QUESTIONS: Final = tuple(row.assumption for row in ASSUMPTIONS if row.open)


def row_of(assumption: Assumption) -> Row:
    """The row of one question."""
    return _ROWS[assumption]


@dataclass(frozen=True, slots=True)
class Readings:
    """A side for each open question; None leaves it open, so that a decision that hangs on it is UNKNOWN."""

    negated_none_of: bool | None = None
    """Several values under a negated operator: none of them (True), or not one of them (False)."""
    negated_absent_met: bool | None = None
    """Whether a negated operator is met where the key is absent."""
    crosses_colon: bool = True
    """Whether wildcards in resources stand for colons too. Left alone, they do."""
    case_counts: bool | None = None
    """Whether case counts in resource names."""


UNDECIDED: Final = Readings()
"""What `decide` takes when it is told nothing."""

_FIELDS: Final = {
    Assumption.NEGATED_SEVERAL_VALUES: "negated_none_of",
    Assumption.NEGATED_ABSENT_KEY: "negated_absent_met",
    Assumption.WILDCARD_OVER_COLON: "crosses_colon",
    Assumption.RESOURCE_CASE: "case_counts",
}


def all_readings(questions: Sequence[Assumption] = OPEN_QUESTIONS) -> Iterator[Readings]:
    """Every combination of sides of `questions`; the other questions are on their first side."""
    settled = Readings(negated_none_of=True, negated_absent_met=True, crosses_colon=True, case_counts=True)
    names = [_FIELDS[question] for question in questions]
    for sides in product((True, False), repeat=len(names)):
        yield replace(settled, **dict(zip(names, sides, strict=True)))


def side_of(readings: Readings, question: Assumption, *, other: bool) -> Readings:
    """`readings` with the other side of one question, or as they are."""
    name = _FIELDS[question]
    return replace(readings, **{name: not getattr(readings, name)}) if other else readings


def words_of(readings: Readings, questions: Sequence[Assumption]) -> tuple[str, ...]:
    """The sides that `readings` takes on `questions`, in words."""
    found = []
    for question in questions:
        side = getattr(readings, _FIELDS[question])
        row = row_of(question)
        found.append(f"{question.value}: {row.readings[0] if side else row.readings[1]}")
    return tuple(found)
