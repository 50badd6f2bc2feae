"""Words, numbers and anchors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.anchors import anchor
from reports.words import capped, count, duration, listed, moment, sentence
from tests.reports.sample import HOSTILE


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "not read"),
        (0, "0 s"),
        (900, "15 min"),
        (3_600, "1 h"),
        (5_430, "1 h 30 min 30 s"),
        (43_200, "12 h"),
    ],
)
def test_a_session_length_is_said_in_hours_and_minutes(seconds: int | None, words: str) -> None:
    assert duration(seconds) == words


def test_lists_are_joined_as_a_sentence_has_them() -> None:
    assert [listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_counts_agree_with_their_noun() -> None:
    assert count(1, "role") == "1 role"
    assert count(1_200, "role") == "1,200 roles"
    assert count(2, "outside party", "outside parties") == "2 outside parties"


def test_what_is_left_out_is_counted_and_one_item_is_never_left_out() -> None:
    assert capped(range(11), 10).more == 0
    assert capped(range(12), 10).more == 2
    assert capped(range(12), 10).shown == tuple(range(10))


def test_times_are_told_in_utc() -> None:
    when = datetime(2026, 3, 1, 8, 5, tzinfo=timezone(timedelta(hours=8)))
    assert moment(when) == "2026-03-01 00:05 UTC"
    assert moment(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01 00:00 UTC"
    assert moment(None) == "not known"


def test_a_message_becomes_a_sentence() -> None:
    assert sentence("role `x` is open") == "Role `x` is open."
    assert sentence("Done!") == "Done!"
    assert sentence("") == ""


@given(st.text(), st.text())
def test_an_anchor_is_safe_anywhere(account: str, name: str) -> None:
    assert re.fullmatch(r"role-[a-z0-9-]*[0-9a-f]{20}", anchor("role", account, name))


def test_names_that_look_alike_once_escaped_have_different_anchors() -> None:
    names = ["a.b", "a-b", "a b", "A-B", "a\u200bb", "a\u202eb", *HOSTILE]
    assert len({anchor("role", "1", name) for name in names}) == len(names)


def test_parts_cannot_be_shifted_into_one_another() -> None:
    assert anchor("role", "ab", "c") != anchor("role", "a", "bc")
    assert anchor("role", "a", "", "b") != anchor("role", "a", "b", "")
