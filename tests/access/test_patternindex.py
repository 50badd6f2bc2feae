"""Names on shelves: what a pattern covers there, against asking about each name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.access.patternindex import PatternIndex
from scanner.access.shelf import Shelf, Sought, after_head
from scanner.policy.pattern import ResourceMatch, matches, resource_matches

_TEXTS = st.text("aAb:/", max_size=9)
_PATTERNS = st.text("aAb:/*?", max_size=9)
_NAMES = st.one_of(
    st.builds("acs:{}:{}:1:{}".format, st.sampled_from(["mq", "MQ"]), st.sampled_from(["", "b"]), _TEXTS),
    st.builds("acs:ram:{}:1:{}".format, st.sampled_from(["", "*"]), _TEXTS),
    _TEXTS,
)
_RESOURCE_PATTERNS = st.one_of(
    st.builds(
        "acs:{}:{}:{}:{}".format,
        st.sampled_from(["mq", "*", "M?"]),
        *[st.sampled_from(["*", ""])] * 2,
        _PATTERNS,
    ),
    st.builds("acs:ram:{}:1:{}".format, st.sampled_from(["", "*", "?"]), _PATTERNS),
    _PATTERNS,
)


def asked_of_each(pattern: str, names: tuple[str, ...], match: ResourceMatch) -> list[str]:
    return [name for name in names if resource_matches(pattern, name) is match]


def named(names: tuple[str, ...], bits: int) -> list[str]:
    return [name for at, name in enumerate(names) if bits >> at & 1]


@given(st.lists(_NAMES, max_size=12), st.lists(_RESOURCE_PATTERNS, min_size=1, max_size=6))
def test_the_index_says_what_asking_about_each_name_says(names: list[str], patterns: list[str]) -> None:
    index = PatternIndex(names)
    assert sorted(index.names) == sorted(names)
    for pattern in patterns:
        assert named(index.names, index.sure(pattern)) == asked_of_each(
            pattern, index.names, ResourceMatch.YES
        )
        assert named(index.names, index.case_only(pattern)) == asked_of_each(
            pattern, index.names, ResourceMatch.ONLY_IGNORING_CASE
        )


@given(_PATTERNS, st.text("ab:", max_size=4), st.lists(st.text("ab:", max_size=5), max_size=6))
def test_what_is_left_after_a_head_covers_the_rest_as_the_pattern_covers_the_whole(
    pattern: str, head: str, rests: list[str]
) -> None:
    left = after_head(pattern, head)
    for rest in rests:
        assert any(matches(one, rest) for one in left) == matches(pattern, head + rest)


def test_long_shelves_are_searched_by_the_longest_literal_piece() -> None:
    names = [f"acs:mq:r:1:MQ_{i}%topic-{i % 7}{'-Dlq' if i % 11 == 0 else ''}" for i in range(600)]
    index = PatternIndex(names)
    for pattern in (
        "acs:mq:*:*:*%topic-3*",
        "acs:*dlq",
        "acs:mq:*:*:MQ_1?%*-Dlq",
        "acs:mq:r:1:MQ_5%topic-5",
        "*",
    ):
        assert named(index.names, index.sure(pattern)) == asked_of_each(
            pattern, index.names, ResourceMatch.YES
        )
        assert named(index.names, index.case_only(pattern)) == asked_of_each(
            pattern, index.names, ResourceMatch.ONLY_IGNORING_CASE
        )


def test_a_name_that_holds_the_text_between_names_is_still_one_name() -> None:
    names = [f"acs:mq:r:1:a{i}\nb" for i in range(100)]
    index = PatternIndex(names)
    assert index.sure("*3\nb").bit_count() == 10
    assert index.sure("*b\na*") == 0


@given(
    st.lists(st.text("aAb", max_size=3), max_size=8),
    st.lists(st.text("aAb", max_size=3), max_size=8),
    _PATTERNS,
)
def test_names_put_on_a_shelf_and_taken_away_leave_it_as_if_made_so(
    stay: list[str], go: list[str], pattern: str
) -> None:
    shelf = Shelf(("",), [], [])
    for number, rest in enumerate([*stay, *go]):
        shelf.put(rest, number)
    for number, rest in enumerate(go, start=len(stay)):
        shelf.take(rest, number)
    again = Shelf(("",), stay, range(len(stay)))
    assert shelf.numbers == again.numbers
    assert shelf.covered(Sought.of(pattern)) == again.covered(Sought.of(pattern))
