"""Comparisons in small worlds agree with trying every request."""

from __future__ import annotations

from itertools import product

import pytest

from tests.oracle.brute import random_policies, random_sets, try_policies, try_sets
from tests.oracle.worlds import WORLDS


def test_every_two_policies_of_one_statement_over_ids_of_three_letters() -> None:
    world = WORLDS["identities"]
    allows = [at for at, body in enumerate(world.statements) if body["Effect"] == "Allow"]
    tried = [try_policies(world, (new,), (old,)) for new, old in product(allows[::3], allows)]
    assert [each for each in tried if each.wrong] == []
    assert sum(each.requests for each in tried) > 800_000


@pytest.mark.parametrize("family", ["bool", "ip", "number"])
def test_every_two_policies_of_one_condition(family: str) -> None:
    world = WORLDS[f"conditions on a {family}"]
    allows = [at for at, body in enumerate(world.statements) if body["Effect"] == "Allow"]
    pairs = list(product(allows, repeat=2))
    tried = [try_policies(world, (new,), (old,)) for new, old in pairs[:: 1 + len(pairs) // 600]]
    assert [each for each in tried if each.wrong] == []


@pytest.mark.parametrize("name", WORLDS)
def test_policies_of_a_few_statements(name: str) -> None:
    world = WORLDS[name]
    tried = [try_policies(world, *random_policies(world, seed)) for seed in range(300)]
    assert [each for each in tried if each.wrong] == []


def test_sets_with_both_scopes_sessions_and_control_policies() -> None:
    tried = [try_sets(random_sets(seed)) for seed in range(300)]
    assert [each for each in tried if each.wrong] == []


def test_some_of_the_sets_and_policies_are_wider_and_some_are_not() -> None:
    world = WORLDS["identities"]
    made = [random_policies(world, seed) for seed in range(200)]
    wider = [any(world.new(new, old).values()) for new, old in made]
    assert 20 < sum(wider) < 180
