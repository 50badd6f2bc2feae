"""Printing: what is printed reads back as the same document."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.policy.parse import parse
from scanner.policy.render import render
from scanner.policy.syntax import PolicyDocument, PolicyType
from tests.policy.documents import allow, document, statements, trusting


def meaning(parsed: PolicyDocument) -> tuple[object, ...]:
    """All of a document but its text and the order in which problems were met."""
    found = sorted((p.code, p.path, p.message) for p in parsed.problems if not p.code.startswith("empty-"))
    return (parsed.type, parsed.version, parsed.statements, parsed.unsupported, parsed.others, found)


def assert_reads_back(parsed: PolicyDocument) -> None:
    again = parse(render(parsed), type=parsed.type)
    assert meaning(again) == meaning(parsed)
    assert render(again) == render(parsed)


_names = st.sampled_from(
    (
        "Version",
        "Statement",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "Condition",
        "Principal",
        "RAM",
        "Sid",
        "",
    )
)
_leaves = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(("1", "Allow", "*"))
)
_trees = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_names | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)
_types = st.sampled_from(PolicyType)


@given(st.lists(statements(), max_size=4))
def test_what_is_printed_reads_back(bodies: list[object]) -> None:
    assert_reads_back(document(*bodies))


@given(st.text(), _types)
def test_a_text_that_is_no_policy_is_printed_as_it_is(text: str, type: PolicyType) -> None:  # noqa: A002
    parsed = parse(text, type=type)
    if "$" in parsed.unsupported:
        assert render(parsed) == text
    assert_reads_back(parsed)


@given(_trees, _types)
@example({}, PolicyType.TRUST)
@example({"Version": "1"}, PolicyType.PERMISSION)
@example({"": 5}, PolicyType.PERMISSION)
@example({"Statement": {"Effect": "Allow"}}, PolicyType.PERMISSION)
def test_any_json_reads_back(tree: object, type: PolicyType) -> None:  # noqa: A002
    assert_reads_back(parse(json.dumps(tree), type=type))


@given(st.lists(_trees, max_size=3), _types)
@example([{"Principal": {"": "*"}}], PolicyType.TRUST)
@example([{"Principal": {"AWS": []}}], PolicyType.TRUST)
@example([{"Condition": {"Null": {}, "Bool": {}}}], PolicyType.PERMISSION)
@example([{"Principal": {"RAM": [], "Service": "x"}}], PolicyType.TRUST)
@example([{"": {}, "Condition": {"": {"": []}}}], PolicyType.SESSION)
def test_any_statement_reads_back(bodies: list[object], type: PolicyType) -> None:  # noqa: A002
    assert_reads_back(document(*bodies, type=type))


def repeated(members: list[tuple[str, object]]) -> str:
    return "{" + ", ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in members) + "}"


@given(st.lists(st.tuples(_names, _trees), max_size=6), _types)
def test_repeated_keys_read_back(members: list[tuple[str, object]], type: PolicyType) -> None:  # noqa: A002
    inner = repeated(members)
    assert_reads_back(parse(inner, type=type))
    assert_reads_back(parse(f'{{"Version": "1", "Statement": [{inner}]}}', type=type))


@pytest.mark.parametrize("element", ["NotResource", "NotPrincipal", "Future"])
def test_an_element_that_is_not_understood_is_not_lost(element: str) -> None:
    printed = json.loads(render(document(allow("mq:PUB", **{element: ["acs:mq:*:*:a", 1.50]}))))
    assert printed["Statement"][0][element] == ["acs:mq:*:*:a", 1.5]


def test_numbers_of_any_size_are_kept_as_written() -> None:
    huge = "9" * 5_000
    text = f'{{"Version": "1", "Statement": [], "x": [{huge}, 1.10, 1E400]}}'
    printed = render(parse(text, type=PolicyType.PERMISSION))
    assert huge in printed
    assert "1.10" in printed
    assert "1E400" in printed


def test_lone_surrogates_are_printed_as_escapes() -> None:
    parsed = parse('{"Version": "1", "Statement": [], "x": "\\ud83d!"}', type=PolicyType.PERMISSION)
    render(parsed).encode()
    assert_reads_back(parsed)


def test_the_printed_form_is_stable_and_ordered() -> None:
    body = {"Resource": "*", "Condition": {}, "Action": ["mq:PUB"], "Effect": "Allow"}
    assert render(document(body)) == (
        '{\n  "Version": "1",\n  "Statement": [\n    {\n      "Effect": "Allow",\n      "Action": [\n'
        '        "mq:PUB"\n      ],\n      "Resource": "*"\n    }\n  ]\n}'
    )


def test_a_trust_policy_keeps_its_lists_and_bare_texts() -> None:
    principal = {"RAM": "acs:ram::10001:root", "Service": ["ecs.aliyuncs.com", "fc.aliyuncs.com"]}
    printed = json.loads(render(document(trusting(principal), type=PolicyType.TRUST)))
    assert printed["Statement"][0]["Principal"] == principal
