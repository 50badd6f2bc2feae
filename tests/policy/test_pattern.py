"""Patterns: exact over the whole text, and no pattern makes matching explode."""

from __future__ import annotations

import itertools
import sys
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy import pattern
from scanner.policy.pattern import (
    ResourceMatch,
    example_of_both,
    fold,
    has_variable,
    matches,
    resource_matches,
    without_variables,
)

if TYPE_CHECKING:
    from _typeshed import TraceFunction


def naive(pattern: str, text: str) -> bool:
    """The meaning of a pattern, spelled out."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return naive(pattern[1:], text) or (bool(text) and naive(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


def words(alphabet: str, longest: int) -> list[str]:
    return ["".join(w) for n in range(longest + 1) for w in itertools.product(alphabet, repeat=n)]


def test_every_short_pattern_matches_exactly_what_its_meaning_says() -> None:
    texts = words("ab", 5)
    for candidate in {*words("ab*?", 4), *words("a*?", 5), *words("a*", 8), *words("ab*", 5)}:
        for text in texts:
            assert matches(candidate, text) == naive(candidate, text), (candidate, text)


@given(st.text("ab*?", max_size=14), st.text("ab", max_size=14))
def test_longer_patterns_match_what_their_meaning_says(candidate: str, text: str) -> None:
    assert matches(candidate, text) == naive(candidate, text)


@given(st.text("a.[]{}\\^$|()+*?-", max_size=12), st.text("a.[]{}\\^$|()+-", max_size=8))
def test_no_character_but_star_and_question_mark_is_special(candidate: str, text: str) -> None:
    assert matches(candidate, text) == naive(candidate, text)
    assert matches(text, text)


@pytest.mark.parametrize(
    ("candidate", "text", "expected"),
    [
        ("acs:rocketmq:*:*:instance/rmq-cn-1*", "acs:rocketmq:cn-hangzhou:1:instance/rmq-cn-1/topic/a", True),
        ("acs:rocketmq:*:*:instance/rmq-cn-1", "acs:rocketmq:cn-hangzhou:1:instance/rmq-cn-1/topic/a", False),
        ("acs:*:*cn-beijing*:*:*", "acs:ecs:cn-beijing-a:1:instance/i", True),
        ("acs:mq:*:*:MQ_INST_1%orders", "acs:mq:cn-hangzhou:1:MQ_INST_1%orders", True),
        ("acs:mq:*:*:MQ_INST_1%orders", "acs:mq:cn-hangzhou:1:MQ_INST_1-orders", False),
        ("*", "", True),
        ("?", "", False),
        ("a*a", "a", False),
        ("", "", True),
    ],
)
def test_patterns_of_the_vendors_kind(candidate: str, text: str, expected: bool) -> None:
    assert matches(candidate, text) is expected


def test_case_counts_unless_it_is_told_not_to() -> None:
    assert not matches("mq:PUB", "mq:pub")
    assert matches("MQ:pub*", "mq:PUB", ignore_case=True)


@pytest.mark.parametrize(("first", "second"), [("\u212a", "k"), ("\u0130", "i"), ("\u017f", "s"), ("ẞ", "ß")])
def test_only_ascii_letters_fold(first: str, second: str) -> None:
    assert fold(first) != fold(second)
    assert not matches(first, second, ignore_case=True)


@pytest.mark.parametrize(
    ("candidate", "resource", "expected"),
    [
        ("acs:ram:*:1:role/a", "acs:ram::1:role/a", ResourceMatch.YES),
        ("acs:ram::1:role/a", "acs:ram:*:1:role/a", ResourceMatch.YES),
        ("acs:ram::1:role/a", "acs:ram:cn-hangzhou:1:role/a", ResourceMatch.YES),
        ("acs:ram::1:role/*", "acs:ram::1:role/a", ResourceMatch.YES),
        ("acs:ram::2:role/a", "acs:ram::1:role/a", ResourceMatch.NO),
        ("acs:oss::1:a", "acs:oss:*:1:a", ResourceMatch.NO),
        ("acs:ram:*:1:role/A", "acs:ram::1:role/a", ResourceMatch.ONLY_IGNORING_CASE),
        (
            "acs:rocketmq:*:*:Instance/*",
            "acs:rocketmq:cn-hangzhou:1:instance/rmq-cn-1",
            ResourceMatch.ONLY_IGNORING_CASE,
        ),
    ],
)
def test_resources_match_with_the_region_and_case_of_ram_names(
    candidate: str, resource: str, expected: ResourceMatch
) -> None:
    assert resource_matches(candidate, resource) is expected


def lines_run(candidate: str, text: str) -> int:
    """How many lines of the matcher run for one match: a count of steps that no clock disturbs."""
    count = 0
    file = pattern.__file__

    def step(frame: FrameType, event: str, _argument: object) -> TraceFunction:
        nonlocal count
        count += event == "line" and frame.f_code.co_filename == file
        return step

    matcher = pattern.Glob.of(candidate)
    before = sys.gettrace()
    sys.settrace(step)
    try:
        matcher.matches(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("size", [100, 400, 1600])
@pytest.mark.parametrize(
    "candidate",
    [
        "*a" * 200 + "b",
        "a*" * 200 + "b",
        "*?" * 200 + "b",
        "*a?" * 60 + "*b*",
        "**" * 500 + "b",
        "*a*b*c*" * 40,
    ],
)
def test_hostile_patterns_take_steps_in_proportion_to_the_text(candidate: str, size: int) -> None:
    assert lines_run(candidate, "a" * size) <= 20 * (size + len(candidate))


def test_a_question_mark_after_each_letter_takes_no_more_than_the_product_of_the_lengths() -> None:
    candidate, text = "*" + "?a" * 50 + "b*", "a" * 400
    assert lines_run(candidate, text) <= 8 * len(candidate) * len(text)


def test_the_example_of_two_short_patterns_is_a_shortest_text_that_both_match() -> None:
    candidates = words("ab*?", 3)
    # Two patterns of three meet, if at all, in six characters or fewer.
    covered = {c: frozenset(text for text in words("abx", 6) if naive(c, text)) for c in candidates}
    for first, second in itertools.product(candidates, repeat=2):
        example = example_of_both(first, second)
        expected = min(map(len, covered[first] & covered[second]), default=None)
        if example is None:
            assert expected is None, (first, second)
        else:
            assert naive(first, example), (first, second)
            assert naive(second, example), (first, second)
            assert len(example) == expected, (first, second)


@given(st.text("ab*?", max_size=12), st.text("ab*?", max_size=12))
def test_two_patterns_meet_in_either_order_in_texts_of_one_length(first: str, second: str) -> None:
    here, there = example_of_both(first, second), example_of_both(second, first)
    if here is None or there is None:
        assert here is there is None
    else:
        assert len(here) == len(there)
        assert matches(first, here)
        assert matches(second, here)


def test_an_example_shows_where_a_grant_and_a_kind_of_resource_meet() -> None:
    grant = "acs:rocketmq:*:1:instance/rmq-cn-1*"
    topic = "acs:rocketmq:cn-hangzhou:1:instance/*/topic/*"
    assert example_of_both(grant, topic) == "acs:rocketmq:cn-hangzhou:1:instance/rmq-cn-1/topic/"
    assert example_of_both(grant, "acs:mq:*:1:*") is None


def test_patterns_of_hundreds_of_stars_still_meet() -> None:
    example = example_of_both("*a" * 150, "b*" * 150)
    assert example is not None
    assert example.startswith("b")
    assert example.endswith("a")


@pytest.mark.parametrize(
    ("text", "wide"),
    [("a${x}b", "a*b"), ("${x}${y}", "**"), ("${x", "${x"), ("}${", "}${"), ("$x", "$x"), ("${a${b}}", "*}")],
)
def test_a_variable_widens_to_anything(text: str, wide: str) -> None:
    assert without_variables(text) == wide
    assert has_variable(text) == (text != wide)
