from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.finding import Verdict
from scanner.rules.external_id_weak import RULE, guessable
from tests.rules.worlds import (
    GOOD_EXTERNAL_ID,
    OWNER,
    PARTNER,
    Body,
    external_id,
    judged,
    role,
    snapshot,
    trusting,
    verdicts,
    world,
)


def verdict_on(condition: Body | None) -> Verdict:
    owner = snapshot(roles=[role("orders", trust=trusting(PARTNER, when=condition))])
    return verdicts(RULE, world(owner))["orders"]


@pytest.mark.parametrize(
    "value",
    [
        GOOD_EXTERNAL_ID,
        "550e8400-e29b-41d4-a716-446655440000",
        "partner-k7Qz93vTf2mXw8RbLp0",
        "Zm9vYmFyYmF6cXV4MTIz",
        "b7f3c1d9e8a24650917c",
    ],
)
def test_a_long_random_value_passes(value: str) -> None:
    assert verdict_on(external_id(value)) is Verdict.PASS


@pytest.mark.parametrize(
    "value",
    [
        "k7Qz-93vTf",
        "12345",
        OWNER,
        PARTNER,
        f"{OWNER}-{PARTNER}",
        "enterprise-b-2026",
        "Enterprise_A-Enterprise_B-2025",
        "rocketmq-partner-sync-prod",
        "crossaccountpassword",
        "abababababababababab",
        "orders-external-id-secret",
        "logisticscompanyname",
    ],
)
def test_what_can_be_guessed_fails_and_is_not_repeated(value: str) -> None:
    trust = trusting(PARTNER, when=external_id(value))

    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]

    assert finding.verdict is Verdict.FAIL
    if value not in {OWNER, PARTNER}:
        assert value not in repr(finding)
    assert "is a number" in finding.message or "external id that" in finding.message


def test_a_wildcard_fails() -> None:
    assert verdict_on(external_id("k7Qz-93vTf_2mXw8*", operator="StringLike")) is Verdict.FAIL


def test_several_values_fail() -> None:
    assert verdict_on(external_id(GOOD_EXTERNAL_ID, "another-9Kx4mQ7z_vT2wP")) is Verdict.FAIL


def test_excluding_a_value_demands_none() -> None:
    assert verdict_on(external_id(GOOD_EXTERNAL_ID, operator="StringNotEquals")) is Verdict.FAIL


def test_excluding_a_value_beside_a_demand_takes_nothing_away() -> None:
    both = {**external_id(GOOD_EXTERNAL_ID), **external_id("old-one", operator="StringNotEquals")}
    assert verdict_on(both) is Verdict.PASS


def test_a_missing_external_id_is_left_to_its_own_rule() -> None:
    assert verdict_on(None) is Verdict.NOT_APPLICABLE


def test_an_operator_that_is_not_documented_is_unknown() -> None:
    assert verdict_on(external_id(GOOD_EXTERNAL_ID, operator="StringEqualsIfExists")) is Verdict.UNKNOWN


def test_a_trust_policy_that_was_not_read_is_unknown() -> None:
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=None)]))) == {"orders": Verdict.UNKNOWN}


@given(value=st.text(), names=st.lists(st.text()))
def test_no_reason_repeats_a_value_worth_hiding(value: str, names: list[str]) -> None:
    reasons = " ".join(guessable(value, names=names))
    assert len(value) < 16 or value not in reasons


@given(value=st.text(max_size=15))
def test_a_short_value_is_always_guessable(value: str) -> None:
    assert list(guessable(value, names=()))


def test_an_empty_list_of_values_is_unknown() -> None:
    assert verdict_on(external_id()) is Verdict.UNKNOWN
