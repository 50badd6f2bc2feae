"""How the local cloud reads one statement."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.emulator.reading import MalformedDocumentError, glob, read, speaks
from tests.emulator.small import allow, document


def holds(condition: dict[str, dict[str, object]], **context: str) -> bool:
    (statement,) = read(document(allow("ram:GetRole", Condition=condition)))
    known = {f"acs:{key}": value for key, value in context.items()}
    return speaks(statement, action="ram:GetRole", resource="*", context=known)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "", True),
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*c", "ab", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("acs:*:role/x*", "acs:ram::1:role/x/y", True),
        ("[ab]", "a", False),
        ("a.c", "abc", False),
        ("*a*b", "xaxbxb", True),
        ("a\nb*", "a\nbc", True),
    ],
)
def test_star_and_question_mark_are_the_only_wildcards(pattern: str, text: str, *, fits: bool) -> None:
    assert glob(pattern, text) is fits


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_a_pattern_agrees_with_the_definition(pattern: str, text: str) -> None:
    def defined(p: str, t: str) -> bool:
        if not p:
            return not t
        if p[0] == "*":
            return any(defined(p[1:], t[i:]) for i in range(len(t) + 1))
        return bool(t) and p[0] in {"?", t[0]} and defined(p[1:], t[1:])

    assert glob(pattern, text) is defined(pattern, text)


def test_a_hostile_pattern_takes_no_time() -> None:
    begun = time.monotonic()
    assert not glob("*a" * 60 + "b", "a" * 4_000)
    assert time.monotonic() - begun < 1


def test_no_letter_beyond_ascii_becomes_one_of_an_action() -> None:
    (statement,) = read(document(allow("roc\u212aetmq:GetTopic")))
    assert not speaks(statement, action="rocketmq:GetTopic", resource="*", context={})


@pytest.mark.parametrize("resource", ["acs:ram::1:role/r", "acs:ram:*:1:role/r"])
@pytest.mark.parametrize(
    "pattern", ["acs:*::1:role/r", "acs:ram::1:role/*", "acs:ram:*:1:role/r", "*:*:1:role/?"]
)
def test_the_region_of_a_ram_name_is_the_same_written_either_way(pattern: str, resource: str) -> None:
    (statement,) = read(document(allow("ram:GetRole", pattern)))
    assert speaks(statement, action="ram:GetRole", resource=resource, context={})


def test_numbers_are_compared_exactly() -> None:
    assert not holds({"NumericEquals": {"acs:n": "9007199254740993"}}, n="9007199254740992")
    assert holds({"NumericEquals": {"acs:n": "0.10"}}, n="0.1")
    assert holds({"NumericGreaterThan": {"acs:n": "0.3"}}, n="0.30000000000000004")


def test_actions_ignore_case_and_resources_do_not() -> None:
    (statement,) = read(document(allow("RAM:getrole", "acs:ram:*:1:role/App")))
    assert speaks(statement, action="ram:GetRole", resource="acs:ram::1:role/App", context={})
    assert not speaks(statement, action="ram:GetRole", resource="acs:ram::1:role/app", context={})


def test_not_action_is_about_everything_else() -> None:
    (statement,) = read(document({"Effect": "Allow", "NotAction": ["ram:*"], "Resource": "*"}))
    assert speaks(statement, action="mq:PUB", resource="x", context={})
    assert not speaks(statement, action="ram:GetRole", resource="x", context={})


def test_the_empty_region_of_ram_is_any_region() -> None:
    for pattern in ("acs:ram::1:role/x", "acs:ram:*:1:role/x"):
        (statement,) = read(document(allow("*", pattern)))
        assert speaks(statement, action="a:b", resource="acs:ram::1:role/x", context={})
        assert speaks(statement, action="a:b", resource="acs:ram:*:1:role/x", context={})


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        ({"StringEquals": {"acs:k": ["a", "b"]}}, {"k": "b"}, True),
        ({"StringEquals": {"acs:k": "a*"}}, {"k": "ab"}, False),
        ({"StringEqualsIgnoreCase": {"acs:k": "A"}}, {"k": "a"}, True),
        ({"StringNotEquals": {"acs:k": ["a", "b"]}}, {"k": "b"}, False),
        ({"StringNotEquals": {"acs:k": ["a", "b"]}}, {"k": "c"}, True),
        ({"StringLike": {"acs:k": "a*"}}, {"k": "ab"}, True),
        ({"StringNotLike": {"acs:k": ["a*", "b*"]}}, {"k": "bc"}, False),
        ({"NumericLessThan": {"acs:k": "10"}}, {"k": "9.5"}, True),
        ({"NumericGreaterThanEquals": {"acs:k": "10"}}, {"k": "9"}, False),
        ({"NumericEquals": {"acs:k": "x"}}, {"k": "9"}, False),
        ({"DateLessThan": {"acs:k": "2026-01-01T08:00:00+08:00"}}, {"k": "2025-12-31T23:59:59Z"}, True),
        ({"DateGreaterThan": {"acs:k": "2026-01-01T00:00:00Z"}}, {"k": "2026-01-01T00:00:00Z"}, False),
        ({"Bool": {"acs:k": "True"}}, {"k": "true"}, True),
        ({"IpAddress": {"acs:k": ["10.0.0.0/8", "::1"]}}, {"k": "10.1.2.3"}, True),
        ({"NotIpAddress": {"acs:k": "10.0.0.0/8"}}, {"k": "10.1.2.3"}, False),
        ({"IpAddress": {"acs:k": "nonsense"}}, {"k": "10.1.2.3"}, False),
        ({"StringEquals": {"ACS:K": "a"}}, {"k": "a"}, True),
        ({"StringEquals": {"acs:k": "a", "acs:l": "b"}}, {"k": "a"}, False),
        ({"StringEquals": {"acs:k": "a"}}, {}, False),
        ({"StringNotEquals": {"acs:k": "a"}}, {}, True),
        ({}, {}, True),
    ],
)
def test_conditions(
    condition: dict[str, dict[str, object]], context: dict[str, str], *, expected: bool
) -> None:
    assert holds(condition, **context) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"Version":"2","Statement":[]}',
        '{"Version":"1","Statement":[]}',
        '{"Version":"1","Statement":[1]}',
        '{"Version":"1","Statement":[{"Effect":"Maybe","Action":"*","Resource":"*"}]}',
        '{"Version":"1","Statement":[{"Effect":"Allow","Resource":"*"}]}',
        '{"Version":"1","Statement":[{"Effect":"Allow","Action":[1],"Resource":"*"}]}',
        '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":[]}]}',
        '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"a":"b"}}}]}',
        '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Principal":5}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_policy_document_is_said_to_be_none(text: str) -> None:
    with pytest.raises(MalformedDocumentError):
        read(text)
