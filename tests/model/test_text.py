"""What strangers wrote, made visible."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.text import shortened, visible, visible_block

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("orders-sync", "orders-sync"),
        ("Ünïcödé 角色 דלת", "Ünïcödé 角色 דלת"),
        ("a\nb\tc", "a\\u000ab\\u0009c"),
        ("\x1b[31m", "\\u001b[31m"),
        ("abc\u202eefg", "abc\\u202eefg"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("no\u00a0break", "no\\u00a0break"),
        ("filler\u3164", "filler\\u3164"),
        ("\U000e0041tag", "\\U000e0041tag"),
        ("\ud800", "\\ud800"),
        ("e\u0301\u0301\u0301\u0301", "e\u0301\u0301\\u0301\\u0301"),
    ],
)
def test_what_does_not_show_becomes_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_document_keeps_its_lines_and_loses_its_tabs() -> None:
    assert visible_block("a\r\n\tb\u202e\n") == "a\n    b\\u202e\n"


@given(ANYTHING)
def test_nothing_invisible_remains(text: str) -> None:
    for shown in (visible(text), visible_block(text).replace("\n", "")):
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"} for c in shown)
        shown.encode("utf-8")


@given(ANYTHING)
def test_making_visible_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(ANYTHING, st.integers(1, 40))
def test_a_shortened_text_keeps_to_its_limit_and_says_that_it_is_cut(text: str, limit: int) -> None:
    shown = shortened(text, limit)
    assert len(shown) <= limit
    assert shown == visible(text) or shown.endswith("…")
