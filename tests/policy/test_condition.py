"""Conditions: what is documented is settled, and the rest is UNKNOWN and named."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy import condition as conditions
from scanner.policy.condition import ConditionResult, evaluate
from scanner.policy.decision import Context, Truth
from scanner.policy.operators import OPERATORS
from scanner.policy.syntax import Condition, Words
from tests.policy.documents import KEYS, POLICY_VALUES, VALUES, context, contexts

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def one(operator: str, key: str, *values: str) -> Condition:
    return Condition(operator=operator, key=key, values=Words(items=values, scalar=False, path="$"))


def judged(operator: str, wanted: str | tuple[str, ...], given_values: str | list[str]) -> ConditionResult:
    """The answer for a key that belongs to one service, so that every operator may stand on it."""
    values = (wanted,) if isinstance(wanted, str) else wanted
    return evaluate(one(operator, "ecs:x", *values), context({"ecs:x": given_values}))


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringEquals", "vpc-1", "vpc-1", TRUE),
        ("StringEquals", "vpc-1", "VPC-1", FALSE),
        ("StringEquals", "vpc-*", "vpc-1", FALSE),
        ("StringEquals", "vpc-*", "vpc-*", TRUE),
        ("StringEquals", "", "", TRUE),
        ("StringNotEquals", "vpc-1", "vpc-2", TRUE),
        ("StringNotEquals", "vpc-1", "vpc-1", FALSE),
        ("StringEqualsIgnoreCase", "True", "tRUE", TRUE),
        ("StringNotEqualsIgnoreCase", "True", "true", FALSE),
        ("StringNotEqualsIgnoreCase", "True", "no", TRUE),
        ("StringLike", "acs:ram:*:*:role/ops-?", "acs:ram::1:role/ops-1", TRUE),
        ("StringLike", "OPS*", "ops", FALSE),
        ("StringNotLike", "vpc-*", "vpc-1", FALSE),
        ("StringNotLike", "vpc-*", "other", TRUE),
        ("NumericEquals", "1", "1.0", TRUE),
        ("NumericEquals", "1", "2", FALSE),
        ("NumericNotEquals", "1", "1.00", FALSE),
        ("NumericLessThan", "10", "9", TRUE),
        ("NumericLessThan", "10", "10", FALSE),
        ("NumericLessThanEquals", "10", "10", TRUE),
        ("NumericGreaterThan", "0.1", "0.10000000000000000001", TRUE),
        ("NumericGreaterThanEquals", "-1", "-1", TRUE),
        ("NumericGreaterThanEquals", "-1", "-2", FALSE),
        ("DateEquals", "2026-03-01T12:00:00Z", "2026-03-01T20:00:00+08:00", TRUE),
        ("DateNotEquals", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00+08:00", TRUE),
        ("DateLessThan", "2019-08-12T17:00:00+08:00", "2019-08-12T08:59:59Z", TRUE),
        ("DateLessThan", "2019-08-12T17:00:00+08:00", "2019-08-12T09:00:00Z", FALSE),
        ("DateLessThanEquals", "2019-08-12T17:00+08:00", "2019-08-12T09:00:00.000Z", TRUE),
        ("DateGreaterThan", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", TRUE),
        ("DateGreaterThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", TRUE),
        ("Bool", "true", "true", TRUE),
        ("Bool", "true", "false", FALSE),
        ("IpAddress", "10.0.0.0/8", "10.255.0.1", TRUE),
        ("IpAddress", "10.0.0.0/8", "11.0.0.1", FALSE),
        ("IpAddress", "10.0.0.1", "10.0.0.1", TRUE),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", TRUE),
        ("IpAddress", "2001:db8::/32", "10.0.0.1", FALSE),
        ("NotIpAddress", "192.168.0.0/16", "192.168.3.4", FALSE),
        ("NotIpAddress", "192.168.0.0/16", "10.0.0.1", TRUE),
    ],
)
def test_documented_operators_are_settled(operator: str, wanted: str, value: str, expected: Truth) -> None:
    assert judged(operator, wanted, value).truth is expected


@pytest.mark.parametrize("operator", [name for name, o in OPERATORS.items() if not o.negated])
def test_a_positive_operator_on_an_absent_key_is_not_met(operator: str) -> None:
    for keys in (context({"ecs:x": []}), context()):
        assert evaluate(one(operator, "ecs:x", "true"), keys).truth is FALSE


@pytest.mark.parametrize("operator", [name for name, o in OPERATORS.items() if o.negated])
def test_a_negated_operator_on_an_absent_key_is_unknown_and_named(operator: str) -> None:
    for keys in (context({"ecs:x": []}), context()):
        result = evaluate(one(operator, "ecs:x", "1"), keys)
        assert result.truth is UNKNOWN
        assert conditions.ABSENT_NEGATED in result.note


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_key_that_is_not_known_leaves_every_operator_open(operator: str) -> None:
    result = evaluate(one(operator, "ecs:x", "true"), Context())
    assert result.truth is UNKNOWN
    assert conditions.NOT_KNOWN in result.note


@pytest.mark.parametrize(
    ("operator", "values", "value"),
    [
        ("StringNotEquals", ("a", "b"), "a"),
        ("StringNotEqualsIgnoreCase", ("a", "b"), "B"),
        ("StringNotLike", ("a*", "b*"), "ab"),
        ("NumericNotEquals", ("1", "2"), "2.0"),
        ("DateNotEquals", ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), "2026-01-01T00:00:00Z"),
        ("NotIpAddress", ("10.0.0.0/8", "192.168.0.0/16"), "10.1.1.1"),
    ],
)
def test_several_values_under_a_negated_operator_are_unknown_where_the_readings_differ(
    operator: str, values: tuple[str, ...], value: str
) -> None:
    result = judged(operator, values, value)
    assert result.truth is UNKNOWN
    assert conditions.SEVERAL_NEGATED in result.note


def test_several_values_under_a_negated_operator_are_settled_where_both_readings_agree() -> None:
    agreed = judged("StringNotEquals", ("a", "b"), "c")
    assert agreed.truth is TRUE
    assert conditions.SEVERAL_NEGATED in agreed.note
    assert judged("StringNotLike", ("a*", "*b"), "ab").truth is FALSE


def test_several_values_under_a_positive_operator_are_alternatives() -> None:
    assert judged("StringEquals", ("a", "b"), "b").truth is TRUE
    assert judged("StringEquals", ("a", "b"), "c").truth is FALSE
    assert judged("NumericEquals", ("many", "1"), "1").truth is TRUE
    assert judged("NumericEquals", ("many", "1"), "2").truth is UNKNOWN


def test_which_letters_beyond_ascii_have_a_case_is_open() -> None:
    assert judged("StringEqualsIgnoreCase", "K", "k").truth is TRUE
    assert judged("StringEqualsIgnoreCase", "\u212a", "k").truth is UNKNOWN
    assert judged("StringNotEqualsIgnoreCase", "größe", "GRÖSSE").truth is UNKNOWN
    assert judged("StringEqualsIgnoreCase", "größe", "grösser").truth is FALSE


def test_what_an_empty_list_of_values_asks_for_is_open() -> None:
    assert judged("StringEquals", (), "a").truth is UNKNOWN
    assert judged("StringNotEquals", (), "a").truth is UNKNOWN


def test_several_values_in_the_request_must_agree() -> None:
    assert judged("StringEquals", ("a", "b"), ["a", "b"]).truth is TRUE
    assert judged("StringEquals", "c", ["a", "b"]).truth is FALSE
    mixed = judged("StringEquals", "a", ["a", "b"])
    assert mixed.truth is UNKNOWN
    assert conditions.SEVERAL_GIVEN in mixed.note


@pytest.mark.parametrize(
    "operator",
    ["StringEqualsIfExists", "Null", "ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ArnLike", ""],
)
def test_an_operator_that_is_not_documented_is_unknown_and_named(operator: str) -> None:
    result = judged(operator, "a", "a")
    assert result.truth is UNKNOWN
    assert conditions.UNKNOWN_OPERATOR in result.note
    assert f"`{operator}`" in result.note


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringLike", "acs:SourceIp", "10.*"),
        ("StringEquals", "acs:MFAPresent", "true"),
        ("Bool", "acs:SourceVpc", "true"),
        ("NumericEquals", "sts:ExternalId", "4711"),
        ("IpAddress", "acs:CurrentTime", "10.0.0.1"),
        ("Bool", "acs:ResourceTag/open", "true"),
    ],
)
def test_an_operator_of_another_family_than_its_key_is_unknown(operator: str, key: str, value: str) -> None:
    result = evaluate(one(operator, key, value), context({key: value}))
    assert result.truth is UNKNOWN
    assert conditions.WRONG_FAMILY in result.note


@pytest.mark.parametrize(
    ("operator", "wanted", "value"),
    [
        ("NumericEquals", "1e9", "1000000000"),
        ("NumericEquals", "1_0", "10"),
        ("NumericEquals", "\u0661", "1"),
        ("NumericLessThan", "9" * 65, "1"),
        ("NumericLessThan", "inf", "1"),
        ("NumericNotEquals", "1", "NaN"),
        ("DateLessThan", "2026-03-01", "2026-01-01T00:00:00Z"),
        ("DateLessThan", "2026-03-01T00:00:00", "2026-01-01T00:00:00Z"),
        ("DateLessThan", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("DateEquals", "2026-01-01T00:00:00+99:00", "2026-01-01T00:00:00Z"),
        ("Bool", "True", "true"),
        ("Bool", "1", "true"),
        ("IpAddress", "10.0.0.0/33", "10.0.0.1"),
        ("IpAddress", "10.0.0.0/255.0.0.0", "10.0.0.1"),
        ("IpAddress", "10.*", "10.0.0.1"),
        ("IpAddress", "fe80::%eth0", "fe80::"),
        ("IpAddress", "10.0.0.0/8", "someone.aliyuncs.com"),
        ("NotIpAddress", "office", "10.0.0.1"),
        ("StringEquals", "${acs:user}", "alice"),
        ("StringNotLike", "home/${acs:user}/*", "home/a/b"),
    ],
)
def test_a_value_in_no_documented_form_is_unknown(operator: str, wanted: str, value: str) -> None:
    assert judged(operator, wanted, value).truth is UNKNOWN


def test_a_variable_is_settled_where_nothing_it_could_stand_for_matters() -> None:
    assert judged("StringEquals", "home/${acs:user}", "office/alice").truth is FALSE
    assert judged("StringNotEquals", "home/${acs:user}", "office/alice").truth is TRUE


def test_a_range_with_host_bits_is_unknown_only_inside_it() -> None:
    assert judged("IpAddress", "10.0.0.1/8", "10.9.9.9").truth is UNKNOWN
    assert judged("IpAddress", "10.0.0.1/8", "11.0.0.1").truth is FALSE


def test_an_ipv4_address_written_as_ipv6_is_unknown_where_it_would_match() -> None:
    assert judged("IpAddress", "10.0.0.0/8", "::ffff:10.0.0.1").truth is UNKNOWN
    assert judged("IpAddress", "::ffff:10.0.0.0/104", "10.0.0.1").truth is UNKNOWN
    assert judged("IpAddress", "10.0.0.0/8", "::ffff:11.0.0.1").truth is FALSE


@pytest.mark.parametrize("key", ["acs:SourceIp", "acs:sourceip", "ACS:SOURCEIP"])
def test_keys_are_found_without_regard_to_case(key: str) -> None:
    assert evaluate(one("IpAddress", key, "10.0.0.1"), context({"acs:SourceIp": "10.0.0.1"})).truth is TRUE


def test_two_spellings_of_a_key_in_the_request_are_one_key_with_the_values_of_both() -> None:
    both = context({"ecs:x": "a", "ECS:X": "b"})
    assert evaluate(one("StringEquals", "ecs:x", "a", "b"), both).truth is TRUE
    assert evaluate(one("StringEquals", "ecs:x", "a"), both).truth is UNKNOWN
    assert evaluate(one("StringEquals", "ecs:x", "b"), both).truth is UNKNOWN


def test_no_note_shows_a_value() -> None:
    for operator in (*OPERATORS, "Null"):
        result = evaluate(
            one(operator, "sts:ExternalId", "secret-4711", "secret-4712"),
            context({"sts:ExternalId": ["secret-4711", "other-4711"]}),
        )
        assert "4711" not in result.note


every_condition = st.builds(
    lambda operator, key, values: one(operator, key, *values),
    st.sampled_from((*OPERATORS, "Null")),
    st.sampled_from(KEYS) | st.text(max_size=6),
    st.lists(
        st.sampled_from((*POLICY_VALUES, *(v for vs in VALUES.values() for v in vs))) | st.text(), max_size=3
    ),
)


@given(every_condition, contexts())
def test_any_condition_has_an_answer_and_an_unknown_one_says_why(asked: Condition, keys: Context) -> None:
    result = evaluate(asked, keys)
    assert result.truth is not UNKNOWN or result.note


@given(every_condition, contexts(), st.sampled_from(KEYS), st.data())
def test_learning_a_key_never_turns_an_answer_around(
    asked: Condition, keys: Context, key: str, data: st.DataObject
) -> None:
    if keys.complete:
        keys = Context(known=keys.known)
    if key in keys.known:
        return
    value = data.draw(st.frozensets(st.sampled_from(VALUES[key]), max_size=2))
    before = evaluate(asked, keys).truth
    after = evaluate(asked, Context(known={**keys.known, key: value})).truth
    complete = evaluate(asked, Context(known=keys.known, complete=True)).truth
    assert before in {UNKNOWN, after}
    assert before in {UNKNOWN, complete}


@given(every_condition, contexts(), st.randoms())
def test_the_order_and_repetition_of_values_do_not_matter(
    asked: Condition, keys: Context, random: Random
) -> None:
    values = list(asked.values.items) * 2
    random.shuffle(values)
    assert evaluate(one(asked.operator, asked.key, *values), keys).truth is evaluate(asked, keys).truth


def test_json_of_the_vendors_sample_means_what_its_page_says() -> None:
    sample = json.loads('{"IpAddress": {"acs:SourceIp": ["203.0.113.2", "198.51.100.0/24"]}}')
    asked = one("IpAddress", "acs:SourceIp", *sample["IpAddress"]["acs:SourceIp"])
    assert evaluate(asked, context({"acs:SourceIp": "198.51.100.77"})).truth is TRUE
    assert evaluate(asked, context({"acs:SourceIp": "198.51.101.1"})).truth is FALSE
