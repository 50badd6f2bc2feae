"""Ask a solver whether any request is allowed by one set of policies and not by another.

The encoding is written from the documents: strings with regular expressions for names, reals for
numbers and moments, integers for addresses (the two versions apart), a flag for the presence of each
key. One reading of the open questions at a time. A query that the solver does not finish has no answer.
What is not understood becomes a free truth value, the same one wherever the same words stand, so that
"no new access" then holds however it is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeAlias

import cvc5

from scanner.policy.assumptions import Readings
from tests.benchmarks.pairs import RawSet
from tests.oracle.naive import Asked, Caller, names, variable, widened
from tests.oracle.parts import Names
from tests.oracle.rows import Demand, Row, rows, small
from tests.oracle.terms import Term, Terms
from tests.oracle.values import (
    HOW,
    LAST_MOMENT,
    MAPPED,
    How,
    Kind,
    Range,
    addresses,
    kind_of,
    microseconds,
    moment,
    number,
)

LIMIT_MS: Final = 5_000
_ORDER: Final = {"==": "EQUAL", "<": "LT", "<=": "LEQ", ">": "GT", ">=": "GEQ"}


@dataclass(frozen=True, slots=True)
class Found:
    """The solver's answer: a request that tells the two apart."""

    asked: Asked
    certain: bool = True
    """Whether everything was understood; otherwise the request may tell them apart."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The solver's answer: no request tells the two apart, however what is not understood is meant."""

    certain: bool = True
    """Whether everything was understood; otherwise the same words were taken to mean the same on both sides."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The solver did not finish."""


Verdict: TypeAlias = Found | Nothing | NoAnswer


def new_access(
    new: RawSet,
    old: RawSet,
    readings: Readings,
    *,
    actions: Iterable[str] = (),
    limit_ms: int = LIMIT_MS,
) -> Verdict:
    """A request that `new` allows and `old` does not; with `actions`, one for one of these."""
    deep = any(pattern.count(":") > 4 for pattern in _resource_patterns(new, old))
    question = _Question(readings, limit_ms, deep=deep)
    if actions:
        question.require(question.any(question.names.action_in(each) for each in actions))
    groups = {group for world in (new, old) for _, group in world.account if group is not None}
    # NOTE: one group that nobody names stands for all others.
    different = [
        question.all((question.allows(new, group), question.no(question.allows(old, group))))
        for group in (*sorted(groups), "")
    ]
    return question.ask(different, (*sorted(groups), ""))


def new_caller(
    new: str | None,
    old: str | None,
    caller: Caller,
    role: str,
    readings: Readings,
    *,
    limit_ms: int = LIMIT_MS,
) -> Verdict:
    """Conditions under which trust policy `new` lets `caller` in and `old` does not."""
    question = _Question(readings, limit_ms, deep=False)
    question.require(question.names.action_in("sts:AssumeRole"))
    question.require(question.names.resource_in(role))
    let_in = question.trusts(new, caller, role)
    return question.ask([question.all((let_in, question.no(question.trusts(old, caller, role))))], ("",))


def _resource_patterns(*worlds: RawSet) -> list[str]:
    texts = [text for world in worlds for text in documents(world)]
    found = [row for text in texts for row in rows(text) or ()]
    return [widened(pattern) for row in found for pattern in row.resources or ()]


def documents(world: RawSet) -> list[str]:
    """Every document of a set."""
    own = [text for text, _ in world.account]
    own += [] if world.session is None else [world.session]
    return own + [text for text, _ in world.control or ()]


class _Key:
    """The variables of one condition key."""

    def __init__(self, terms: cvc5.TermManager, name: str, kind: Kind) -> None:
        self.kind = kind
        self.present = terms.mkConst(terms.getBooleanSort(), f"present {name}")
        sort = {
            "text": terms.getStringSort,
            "bool": terms.getBooleanSort,
            "ip": terms.getIntegerSort,
            "number": terms.getRealSort,
            "date": terms.getIntegerSort,
        }[kind]()
        self.value = terms.mkConst(sort, f"value {name}")
        self.is_v6 = terms.mkConst(terms.getBooleanSort(), f"v6 {name}")


class _Question(Terms):
    """One query to the solver."""

    def __init__(self, readings: Readings, limit_ms: int, *, deep: bool) -> None:
        super().__init__(limit_ms)
        self.readings = readings
        cases = readings.case_counts is not False
        self.names = Names(self, deep=deep, crosses=readings.crosses_colon, cases=cases)
        self._keys: dict[str, _Key] = {}

    def allows(self, world: RawSet, group: str) -> Term:
        """That a set of policies allows the request on a resource of `group`."""
        gates: list[Term] = []
        if world.control is not None:
            levels = {
                level: [text for text, own in world.control if own == level] for _, level in world.control
            }
            gates += [self._gate(texts) for texts in levels.values()] or [self.false]
        if world.session is not None:
            gates.append(self._gate([world.session]))
        allow, deny = self._effects([text for text, own in world.account if own is None])
        there = self._gate([text for text, own in world.account if own == group])
        # The group's scope is asked only where the whole account's is silent.
        gates.append(self.all((self.no(deny), self.any((allow, there)))))
        return self.all(gates)

    def trusts(self, text: str | None, caller: Caller, role: str) -> Term:
        """That a trust policy lets `caller` in."""
        if text is None:
            return self.false
        found = rows(text, trust=True)
        if found is None:
            return self.open(("document", text))
        applies = [(row, self._trust_row(row, caller, role)) for row in found]
        return self._denies_win(applies)

    def _gate(self, texts: list[str]) -> Term:
        allow, deny = self._effects(texts)
        return self.all((allow, self.no(deny)))

    def _effects(self, texts: list[str]) -> tuple[Term, Term]:
        allows: list[Term] = []
        denies: list[Term] = []
        for text in texts:
            found = rows(text)
            if found is None:
                allows.append(self.open(("allow", text)))
                denies.append(self.open(("deny", text)))
            for row in found or ():
                allow, deny = self._as_effect(row, self._row(row))
                allows.append(allow)
                denies.append(deny)
        return self.any(allows), self.any(denies)

    def _denies_win(self, applies: list[tuple[Row, Term]]) -> Term:
        effects = [self._as_effect(row, term) for row, term in applies]
        return self.all((self.any(a for a, _ in effects), self.no(self.any(d for _, d in effects))))

    def _as_effect(self, row: Row, applies: Term) -> tuple[Term, Term]:
        if row.effect:
            return (applies, self.false) if row.effect == "Allow" else (self.false, applies)
        is_deny = self.open(("effect", row))
        return self.all((applies, self.no(is_deny))), self.all((applies, is_deny))

    def _row(self, row: Row) -> Term:
        action = self._actions(row)
        if row.odd or row.resources is None:
            return self.all((action, self.open(("row", row))))
        resource = self.any([self._resource(pattern) for pattern in row.resources])
        return self.all((action, resource, *(self._demand(demand) for demand in row.demands)))

    def _trust_row(self, row: Row, caller: Caller, role: str) -> Term:
        action = self._actions(row)
        if row.odd or row.principals is None:
            return self.all((action, self.open(("row", row))))
        named = []
        for kind, text in row.principals:
            means = names(kind, text, caller, role=role)
            named.append(self.open(("principal", kind, text)) if means is None else self.truth(means))
        return self.all((action, self.any(named), *(self._demand(demand) for demand in row.demands)))

    def _actions(self, row: Row) -> Term:
        if row.actions is None:
            return self.open(("actions", row))
        covered = self.any([self._action(pattern) for pattern in row.actions])
        return self.no(covered) if row.negated else covered

    def _action(self, pattern: str) -> Term:
        covered = self.names.action_in(widened(pattern))
        return self.all((self.open(("action", small(pattern))), covered)) if variable(pattern) else covered

    def _resource(self, pattern: str) -> Term:
        covered = self.names.resource_in(widened(pattern))
        return self.all((self.open(("resource", pattern)), covered)) if variable(pattern) else covered

    def _demand(self, demand: Demand) -> Term:
        how = HOW.get(demand.operator)
        if how is None or not demand.values or kind_of(demand.key) not in {None, how.kind}:
            return self.open(("demand", demand))
        key = self._keys.get(demand.key)
        if key is None:
            key = self._keys[demand.key] = self._new_key(demand.key, how.kind)
        if key.kind != how.kind:
            return self.open(("demand", demand))
        held = [self._holds(how, key, wanted) for wanted in demand.values]
        if not how.negated:
            return self.all((key.present, self.any(held)))
        none_of = self.no(self.any(held))
        met = none_of if self.readings.negated_none_of else self.any([self.no(one) for one in held])
        absent = self.truth(self.readings.negated_absent_met is True)
        return self.terms.mkTerm(cvc5.Kind.ITE, key.present, met, absent)

    def _new_key(self, name: str, kind: Kind) -> _Key:
        key = _Key(self.terms, name, kind)
        if kind == "date":
            self.require(self.within(key.value, 0, LAST_MOMENT))
        if kind == "ip":
            self.require(self.within(key.value, 0, (1 << 128) - 1))
            self.require(self.any((key.is_v6, self.within(key.value, 0, (1 << 32) - 1))))
            # An IPv4 address written as an IPv6 one is left out: what it counts as is not documented.
            mapped = self.within(key.value, MAPPED << 32, (MAPPED + 1 << 32) - 1)
            self.require(self.any((self.no(key.is_v6), self.no(mapped))))
        return key

    def _holds(self, how: How, key: _Key, wanted: str) -> Term:
        found = self._readable(how, key, wanted)
        return self.open(("value", how.kind, wanted)) if found is None else found

    def _readable(self, how: How, key: _Key, wanted: str) -> Term | None:
        """That the request's value meets `wanted`; None where `wanted` has not the form of its kind."""
        match how.kind:
            case "text":
                return self._text_holds(how.test, key, wanted)
            case "bool":
                same = self.terms.mkTerm(cvc5.Kind.EQUAL, key.value, self.truth(wanted == "true"))
                return same if wanted in {"true", "false"} else None
            case "ip":
                wide = addresses(wanted)
                return None if wide is None or wide.ragged else self._in_range(key, wide, wanted)
            case "number":
                value = number(wanted)
                constant = (
                    None if value is None else self.terms.mkReal(f"{value.numerator}/{value.denominator}")
                )
            case "date":
                value = microseconds(wanted)
                constant = None if value is None else self.terms.mkInteger(str(int(value)))
        kind = getattr(cvc5.Kind, _ORDER[how.test])
        return None if constant is None else self.terms.mkTerm(kind, key.value, constant)

    def _text_holds(self, test: str, key: _Key, wanted: str) -> Term:
        if variable(wanted):
            possible = self.true if test == "==~" else self.covers(widened(wanted), key.value)
            return self.all((self.open(("text", test, wanted)), possible))
        if test == "like":
            return self.covers(wanted, key.value)
        if test == "==~":
            return self.spells(key.value, wanted)
        return self.is_text(key.value, wanted)

    def _in_range(self, key: _Key, wide: Range, wanted: str) -> Term:
        version = key.is_v6 if wide.version == 6 else self.no(key.is_v6)
        if wide.version == 6 and wide.first <= MAPPED << 32 <= wide.last:
            # It may mean every IPv4 address as well.
            version = self.any((key.is_v6, self.open(("mapped", wanted))))
            return self.all(
                (version, self.any((self.no(key.is_v6), self.within(key.value, wide.first, wide.last))))
            )
        return self.all((version, self.within(key.value, wide.first, wide.last)))

    def ask(self, different: Sequence[Term], groups: Sequence[str]) -> Verdict:
        """Whether one of `different` can be true; the request is in the group that stands at its place."""
        self.require(self.any(different))
        result = self.solver.checkSat()
        if result.isUnsat():
            return Nothing(certain=not self.opened)
        if not result.isSat():
            return NoAnswer()
        return Found(self._asked(different, groups), certain=not self.opened)

    def _asked(self, different: Sequence[Term], groups: Sequence[str]) -> Asked:
        here = zip(different, groups, strict=True)
        action, resource = self.names.read()
        return Asked(
            action=action,
            resource=resource,
            keys={name: self._given(key) for name, key in self._keys.items()},
            group=next(group for term, group in here if self.holds(term)),
        )

    def _given(self, key: _Key) -> str | None:
        if not self.holds(key.present):
            return None
        if key.kind == "text":
            return self.word(key.value)
        if key.kind == "bool":
            return "true" if self.holds(key.value) else "false"
        value = self.solver.getValue(key.value)
        match key.kind:
            case "ip":
                is_v6 = self.holds(key.is_v6)
                address = int(value.getIntegerValue())
                return str(IPv6Address(address) if is_v6 else IPv4Address(address))
            case "number":
                return _decimal(Fraction(value.getRealValue()))
            case "date":
                return moment(int(value.getIntegerValue()))


def _decimal(value: Fraction) -> str:
    """`value` with up to 40 decimal places, which is exact wherever a policy's value is met exactly."""
    whole, places = divmod(abs(value), 1)
    digits = str(int(places * 10**40)).rjust(40, "0").rstrip("0")
    return ("-" if value < 0 else "") + (f"{whole}.{digits}" if digits else str(whole))
