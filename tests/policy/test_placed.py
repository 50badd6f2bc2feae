"""Problems stand where an editor would put the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.lint import lint
from scanner.policy.parse import parse
from scanner.policy.place import Place
from scanner.policy.placed import ABOUT_KEYS, placed
from scanner.policy.syntax import PolicyType
from tests.policy.documents import document, statements

TEXT = """{
  "Version": "1",
  "Statement": [{
    "Effect": "Allow",
    "Action": ["mq:PUB", "rocketmq:GetTopics"],
    "Resource": "acs:mq:*:*:a%b ",
    "Condition": {"Null": {"acs:SourceIp": "true"}},
    "Action": "mq:SUB",
    "Action": "mq:PUB"
  }, {
    "Effect": "Allow",
    "Action": "mq:SUB"
  }]
}"""


def places(text: str) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for one in placed(text, lint(parse(text, type=PolicyType.PERMISSION))):
        found.setdefault(one.problem.code, []).append(one.place)
    return found


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("unknown-action", [(5, 26)]),
        ("blank-in-name", [(6, 17)]),
        ("unknown-operator", [(7, 19)]),
        ("repeated-key", [(8, 5), (9, 5)]),
        ("resource-missing", [(10, 6)]),
    ],
)
def test_a_problem_stands_at_its_word_key_or_repetition(code: str, expected: list[tuple[int, int]]) -> None:
    assert places(TEXT)[code] == [Place(*place) for place in expected]


def test_a_text_that_is_not_json_has_its_problem_where_it_breaks() -> None:
    assert places('{"Version": "1",\n "Statement": [}') == {"not-json": [Place(2, 16)]}


def test_every_code_about_keys_is_one_that_there_is() -> None:
    bodies = [
        {
            "Effect": "Allow",
            "NotAction": "mq:PUB",
            "Resource": "*",
            "Sid": "s",
            "Principal": "*",
            "X": 1,
            "NotResource": 1,
        },
        {
            "Effect": "Allow",
            "Action": "mq:PUB",
            "Resource": "*",
            "Condition": {
                "Bool": {},
                "Null": {"acs:SourceIp": "x"},
                "StringLike": {
                    "ACS:SourceVpc": "x",
                    "team": "x",
                    "acs:SourceIps": "x",
                    "sts:ExternalId": "xx",
                },
            },
        },
    ]
    found = {problem.code for problem in lint(document(*bodies))}
    assert ABOUT_KEYS - found == {"repeated-key"}


@given(st.text(max_size=60), st.lists(statements(), max_size=3), st.integers(0, 300))
def test_every_problem_of_any_text_has_a_place_inside_it(text: str, bodies: list[object], cut: int) -> None:
    for source in (text, document(*bodies).text, document(*bodies).text[:cut]):
        for one in placed(source, lint(parse(source, type=PolicyType.PERMISSION))):
            assert 1 <= one.place.line <= source.count("\n") + source.count("\r") + 1
            assert 1 <= one.place.column <= len(source) + 1
