"""The judges agree with each other, and with decisions on single requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

import pytest

from scanner.policy.assumptions import UNDECIDED, Readings, all_readings
from scanner.policy.decision import Context, Outcome, Request
from scanner.policy.evaluate import decide
from tests.benchmarks.pairs import GROUPS, ROLE, RawSet, odd_pair, pair, set_pair, text_of, trust_pair
from tests.oracle import naive
from tests.oracle.judge import callers, one, policy_set
from tests.oracle.naive import Asked
from tests.oracle.rows import Row, rows
from tests.oracle.smt import Found, Nothing, documents, new_access, new_caller
from tests.oracle.values import HOW

ANSWERS = {Outcome.ALLOWED: True, Outcome.DENIED: False, Outcome.UNKNOWN: None}
READINGS = list(all_readings())
OLDER, NEWER = (
    [{"Effect": "Allow", "Action": "mq:PUB", "Resource": resource}]
    for resource in ("acs:mq:*:*:a*", "acs:mq:*:*:*")
)

SORTS: Final[dict[str, Callable[[int], RawSet]]] = {
    "pair": lambda seed: one(pair(seed).old),
    "odd": lambda seed: one(odd_pair(seed).new),
    "set": lambda seed: set_pair(seed).new,
}


def decided(raw: RawSet, asked: Asked, readings: Readings) -> bool | None:
    policies = policy_set(raw)
    known = {key: frozenset([] if value is None else [value]) for key, value in asked.keys.items()}
    request = Request(
        action=asked.action,
        resource=asked.resource,
        context=Context(known=known),
        resource_group=asked.group,
    )
    decision = decide(
        request,
        account=policies.account,
        session=policies.session,
        control=policies.control,
        readings=readings,
    )
    return ANSWERS[decision.outcome]


def requests_near(raw: RawSet, rng: Random) -> Iterator[Asked]:
    """Requests that the patterns of a set cover, or almost."""
    found = [row for text in documents(raw) for row in rows(text) or ()]
    keys = {demand.key: demand for row in found for demand in row.demands}
    for row in found:
        for pattern in row.resources or ():
            yield Asked(
                action=filled(rng, rng.choice(row.actions or ("mq:PUB",))),
                resource=filled(rng, pattern),
                keys={key: given(rng, row, key) for key in keys},
                group=rng.choice((*GROUPS, "rg-other")),
            )


def filled(rng: Random, pattern: str) -> str:
    fillings = ("", "x", "orders", "a:b", "1", "*")
    return "".join(
        rng.choice(fillings) if c == "*" else rng.choice("aA:1") if c == "?" else c for c in pattern
    )


def given(rng: Random, row: Row, key: str) -> str | None:
    values = [value for demand in row.demands if demand.key == key for value in demand.values or ()]
    kinds = {
        HOW[demand.operator].kind for demand in row.demands if demand.key == key and demand.operator in HOW
    }
    if "ip" in kinds:
        return rng.choice(("10.1.2.3", "192.168.0.1", "8.8.8.8", "2001:db8:1::1", None))
    return rng.choice((*values, *values, "vpc-9", "2026-03-01T00:00:00Z", "2", "true", None))


@pytest.mark.parametrize("sort", SORTS)
def test_the_naive_evaluator_decides_as_the_engine_does(sort: str) -> None:
    seen = set()
    for seed in range(150):
        raw, rng = SORTS[sort](seed), Random(seed)
        for asked in requests_near(raw, rng):
            for readings in (UNDECIDED, rng.choice(READINGS)):
                mine, its = naive.allowed(raw, asked, readings), decided(raw, asked, readings)
                assert mine is its or None in {mine, its}, (raw, asked, readings, mine, its)
                seen.add(mine)
    assert seen == {True, False, None}


def test_what_the_solver_finds_the_naive_evaluator_finds_new() -> None:
    found = 0
    for seed in range(100):
        made, readings = set_pair(seed), READINGS[seed % 16]
        verdict = new_access(made.new, made.old, readings)
        if isinstance(verdict, Found) and verdict.certain:
            found += 1
            assert naive.allowed(made.new, verdict.asked, readings) is True
            assert naive.allowed(made.old, verdict.asked, readings) is False
    assert found > 20


def test_where_the_solver_finds_nothing_no_request_that_is_tried_is_new() -> None:
    tried = 0
    for seed in range(120):
        made, readings, rng = set_pair(seed), READINGS[seed % 16], Random(seed)
        if isinstance(new_access(made.new, made.old, readings), Nothing):
            for asked in (*requests_near(made.new, rng), *requests_near(made.old, rng)):
                if well_formed(asked):
                    tried += 1
                    new = naive.allowed(made.new, asked, readings), naive.allowed(made.old, asked, readings)
                    assert new != (True, False), (made, asked)
    assert tried > 100


def well_formed(asked: Asked) -> bool:
    parts = asked.resource.split(":")
    name = asked.resource == "*" or (
        len(parts) == 5 and parts[0] == "acs" and all((parts[1], parts[3], parts[4]))
    )
    return name and asked.action.count(":") == 1


def test_callers_that_the_solver_finds_are_let_in_by_the_new_policy_only() -> None:
    found = 0
    for seed in range(60):
        made, readings = trust_pair(seed), READINGS[seed % 16]
        named = [row for text in (made.new, made.old) for row in rows(text, trust=True) or ()]
        for caller in callers(named, ROLE):
            verdict = new_caller(made.new, made.old, caller, ROLE, readings)
            if isinstance(verdict, Found) and verdict.certain:
                found += 1
                assert naive.trusts(made.new, caller, verdict.asked, readings) is True
                assert naive.trusts(made.old, caller, verdict.asked, readings) is False
    assert found > 20


def test_the_solver_sees_a_wider_pattern_and_not_a_narrower_one() -> None:
    wide, narrow = one(text_of(NEWER)), one(text_of(OLDER))
    for readings in READINGS:
        assert isinstance(new_access(wide, narrow, readings), Found)
        assert isinstance(new_access(narrow, wide, readings), Nothing)


def test_a_policy_that_is_not_understood_is_neither_wider_nor_narrower_for_certain() -> None:
    odd = one('{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "mq:PUB"}]}')
    verdict = new_access(odd, RawSet(account=()), READINGS[0])
    assert isinstance(verdict, Found)
    assert not verdict.certain
    assert isinstance(new_access(odd, odd, READINGS[0]), Nothing)
