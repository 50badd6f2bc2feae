"""Positions: the line and column of a JSON path in the text that an author wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy import jsontree
from scanner.policy.jsontree import NotJsonError
from scanner.policy.parse import parse
from scanner.policy.place import Place, Places
from scanner.policy.positions import item, member
from scanner.policy.syntax import PolicyType
from tests.policy.documents import statements

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

POLICY = """{
  "Version": "1",
  "Statement": [
    {"Effect": "Allow",
     "Action": ["mq:PUB",
                "mq:SUB"]}
  ]
}
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$", (1, 1)),
        ("$.Version", (2, 14)),
        ("$.Statement", (3, 16)),
        ("$.Statement[0]", (4, 5)),
        ("$.Statement[0].Action", (5, 16)),
        ("$.Statement[0].Action[1]", (6, 17)),
    ],
)
def test_a_path_has_the_place_of_its_value(path: str, place: tuple[int, int]) -> None:
    assert Places.of(POLICY).value(path) == Place(*place)


def test_a_key_has_a_place_of_its_own() -> None:
    places = Places.of(POLICY)
    assert places.key("$.Statement[0].Action") == Place(5, 6)
    assert places.key("$.Statement[0].Action[1]") == Place(6, 17)


def test_what_is_missing_has_the_place_of_what_should_hold_it() -> None:
    places = Places.of(POLICY)
    assert places.value("$.Statement[0].Resource") is None
    assert places.nearest("$.Statement[0].Resource") == Place(4, 5)
    assert places.nearest("$.Statement[0].Condition.Bool['acs:x'][3]") == Place(4, 5)
    assert places.nearest("not a path") == Place(1, 1)


def test_each_occurrence_of_a_repeated_key_has_its_place() -> None:
    places = Places.of('{"a": 1,\n "a": 2}')
    assert places.value("$.a") == Place(1, 7)
    assert places.value("$.a", occurrence=1) == Place(2, 7)
    assert places.key("$.a", occurrence=1) == Place(2, 2)
    assert places.value("$.a", occurrence=2) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1,\n "b": }', (2, 7)),
        ('{"a": 1,\n "b": nul}', (2, 7)),
        ('{"a": 1\n "b": 2}', (2, 2)),
        ('{"a": NaN}', (1, 7)),
        ('{"a": 1}\n}', (2, 1)),
        ('{"a": 1', (1, 8)),
        ('["a\nb"]', (1, 4)),
        ("{a: 1}", (1, 2)),
        ("[1,]", (1, 4)),
        ("", (1, 1)),
        ("[" * 65, (1, 65)),
    ],
)
def test_a_text_that_is_not_json_has_the_place_where_it_stops_being_so(
    text: str, place: tuple[int, int]
) -> None:
    assert Places.of(text).broken == Place(*place)


def test_what_stands_before_an_error_keeps_its_place() -> None:
    places = Places.of('{"Version": "1",\n "Statement": [{"Effect": "Allow", "Action" "mq:PUB"}]}')
    assert places.value("$.Statement[0].Effect") == Place(2, 27)
    assert places.value("$.Statement[0].Action") is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_ends_a_line(end: str) -> None:
    assert Places.of(f'{{"a":{end}1,{end}{end}"b": 2}}').value("$.b") == Place(4, 6)


def test_a_column_counts_characters_and_not_bytes() -> None:
    assert Places.of('["订单", "🙂", 1]').value("$[2]") == Place(1, 13)


def test_a_separator_inside_a_text_ends_no_line() -> None:
    assert Places.of('["a\u2028b", 1]').value("$[1]") == Place(1, 9)


def test_a_number_of_any_length_is_gone_over() -> None:
    assert Places.of(f"[{'9' * 10_000}, 1]").value("$[1]") == Place(1, 10_004)


def values() -> st.SearchStrategy[Json]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    texts = st.text(max_size=6)
    return st.recursive(
        scalars | texts,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=20,
    )


class Writer:
    """Writes a value with blanks of its own choice and remembers where each path began."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.text = ""
        self.begun: list[tuple[str, int, Json]] = []
        self._draw = draw

    def write(self, value: Json, path: str = "$") -> None:
        self._blank()
        self.begun.append((path, len(self.text), value))
        match value:
            case dict():
                self._between("{}", ((member(path, k), k, v) for k, v in value.items()))
            case list():
                self._between("[]", ((item(path, i), None, v) for i, v in enumerate(value)))
            case _:
                self.text += json.dumps(value, ensure_ascii=self._draw(st.booleans()))
        self._blank()

    def _between(self, brackets: str, entries: Iterator[tuple[str, str | None, Json]]) -> None:
        self.text += brackets[0]
        for count, (path, key, value) in enumerate(entries):
            self.text += "," if count else ""
            if key is not None:
                self._blank()
                self.text += json.dumps(key, ensure_ascii=self._draw(st.booleans()))
                self._blank()
                self.text += ":"
            self.write(value, path)
        if self.text.endswith(brackets[0]):
            self._blank()
        self.text += brackets[1]

    def _blank(self) -> None:
        self.text += self._draw(st.text(" \t\n\r", max_size=2))


@st.composite
def written(draw: st.DrawFn) -> Writer:
    writer = Writer(draw)
    writer.write(draw(values()))
    return writer


@given(written())
def test_the_place_of_a_path_points_at_its_value(writer: Writer) -> None:
    places = Places.of(writer.text)
    seen: dict[str, int] = {}
    assert places.broken is None
    for path, at, value in writer.begun:
        place = places.value(path, occurrence=seen.setdefault(path, 0))
        seen[path] += 1
        assert place is not None
        assert offset(writer.text, place) == at
        found, _ = json.JSONDecoder().raw_decode(writer.text, at)
        assert found == value


def offset(text: str, place: Place) -> int:
    """The character of a place, counted the slow way."""
    line, column, at = 1, 1, 0
    while (line, column) != (place.line, place.column):
        assert at < len(text), place
        ends = text[at] == "\n" or (text[at] == "\r" and text[at + 1 : at + 2] != "\n")
        line, column = (line + 1, 1) if ends else (line, column + 1)
        at += 1
    return at


@given(st.text('{}[]":,\\ \nau019.e-tn', max_size=30) | st.text(max_size=30))
def test_a_text_has_a_broken_place_exactly_when_it_is_not_json(text: str) -> None:
    try:
        jsontree.read(text)
    except NotJsonError:
        assert Places.of(text).broken is not None
    else:
        assert Places.of(text).broken is None


@given(written(), st.integers(0, 200))
def test_cutting_a_text_off_moves_nothing_before_the_cut(writer: Writer, cut: int) -> None:
    whole, part = Places.of(writer.text), Places.of(writer.text[:cut])
    for path, at, _ in writer.begun:
        if at < cut:
            place = part.value(path)
            assert place is None or place == whole.value(path)


@given(st.lists(statements(), max_size=3))
def test_every_statement_of_a_policy_has_a_place(bodies: list[object]) -> None:
    text = json.dumps({"Version": "1", "Statement": bodies}, indent=2)
    places = Places.of(text)
    for statement in parse(text, type=PolicyType.PERMISSION).statements:
        assert places.value(statement.path) == places.nearest(statement.path)
        for words in (statement.actions, statement.not_actions, statement.resources):
            for index in range(len(words.items) if words else 0):
                assert words is not None
                assert places.value(words.item_path(index)) is not None
