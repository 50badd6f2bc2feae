"""The Markdown summary: readable in a ticket, and nothing a name could turn into."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.markdown import ROWS, code, escaped, prose, render_markdown
from scanner.model.text import visible
from tests.reports.sample import EXTERNAL_ID, crowded, hostile, small


def test_it_says_what_a_ticket_needs() -> None:
    text = render_markdown(small())
    assert text.startswith("# Cross-account access report\n")
    assert "4 of 7 roles can be assumed from outside" in text
    assert "- **critical** A role that outsiders may assume grants everything (`grants-everything`)" in text
    assert "## Not determined" in text
    assert "`ram:GetRole`" in text
    assert EXTERNAL_ID not in text


def test_the_local_cloud_is_named() -> None:
    assert "From the local cloud" in render_markdown(hostile())
    assert "From the local cloud" not in render_markdown(small())


def test_the_same_input_gives_the_same_bytes_whatever_its_order() -> None:
    report = small()
    turned = replace(report, findings=report.findings[::-1], delegations=report.delegations[::-1])
    assert render_markdown(turned) == render_markdown(report)


def test_long_lists_say_how_much_they_leave_out() -> None:
    assert f"and {200 - ROWS:,} more" in render_markdown(crowded(200))


def test_hostile_names_make_no_markup_and_no_extra_cells() -> None:
    text = render_markdown(hostile())
    bare = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)
    assert "<" not in bare
    assert "://" not in bare
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}
    assert visible(text.replace("\n", "")) == text.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("# not a heading", "\\# not a heading"),
        ("- not a list", "\\- not a list"),
        ("1. not a list", "1\\. not a list"),
        ("a [link](https://x)", "a \\[link\\](https&#58;//x)"),
        ("<b>@all</b>", "&#60;b&#62;&#64;all&#60;/b&#62;"),
        ("*_~`\\", "\\*\\_\\~\\`\\\\"),
        ("www.example.com", "www&#46;example.com"),
        ("half-read 0.1.0", "half-read 0.1.0"),
    ],
)
def test_text_reads_as_it_is(text: str, markdown: str) -> None:
    assert escaped(text) == markdown


@given(st.text())
def test_a_code_span_cannot_be_left(text: str) -> None:
    span = code(text)
    fence = re.match(r"`+", span)
    assert fence is not None
    inside = span[len(fence[0]) : -len(fence[0])]
    assert fence[0] not in re.findall(r"`+", inside)
    assert "\n" not in span


def test_names_between_backticks_become_code() -> None:
    assert prose("role `a|b*c` is *open*") == "role `a|b*c` is \\*open\\*"
    assert prose("an odd ` backtick") == "an odd \\` backtick"
