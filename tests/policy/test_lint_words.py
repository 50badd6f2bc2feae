"""Lint of words and of statements beside each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.covering import covers_action, covers_resource
from scanner.policy.decision import Outcome
from scanner.policy.evaluate import decide
from scanner.policy.lint import lint
from scanner.policy.lint_words import COMPARED
from scanner.policy.parse import parse
from scanner.policy.pattern import matches
from scanner.policy.remark import Remark
from scanner.policy.syntax import PolicyType, Weight
from tests.policy.documents import (
    allow,
    deny,
    document,
    policy,
    requests,
    statements,
    trusting,
)

ON = "acs:oss:*:*:bucket"


def remarks(*bodies: object, type: PolicyType = PolicyType.PERMISSION) -> list[Remark]:  # noqa: A002
    return [problem for problem in lint(document(*bodies, type=type)) if isinstance(problem, Remark)]


@pytest.mark.parametrize(
    ("action", "code", "instead"),
    [
        ("mq:PUB ", "blank-in-name", "mq:PUB"),
        (" mq:PUB", "blank-in-name", "mq:PUB"),
        ("mq: PUB", "blank-in-name", "mq:PUB"),
        ("mq\uff1aPUB", "look-alike", "mq:PUB"),
        ("\u043esss:GetObject", "look-alike", "osss:GetObject"),
        ("mq:\u200bPUB", "hidden-character", "mq:PUB"),
        ("mq:PUB\n", "hidden-character", "mq:PUB"),
        ("mq:\u8ba2", "not-ascii", ""),
    ],
)
def test_an_action_that_is_not_what_it_looks_like_is_named(action: str, code: str, instead: str) -> None:
    (found,) = remarks(allow(action))
    assert (found.code, found.instead) == (code, instead)


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("acs:mq:*:*:a%b ", "blank-in-name"),
        ("acs:mq:*:*:a%b c", "blank-in-name"),
        ("acs:mq:*:*:\u0430", "look-alike"),
        ("acs:mq:*:*:\u8ba2\u5355", "not-ascii"),
        ("acs:oss:*:*:bucket ", "blank-in-name"),
        ("acs:oss:*:*:bucket\uff0f*", "look-alike"),
        ("acs:oss:*:*:bu\u00adcket", "hidden-character"),
    ],
)
def test_a_resource_that_is_not_what_it_looks_like_is_named(resource: str, code: str) -> None:
    assert [r.code for r in remarks(allow("oss:GetObject", resource))] == [code]


@pytest.mark.parametrize("resource", [f"{ON}/a file.txt", f"{ON}/\u8ba2\u5355/*", f"{ON}/\u043f"])
def test_other_services_may_have_any_names(resource: str) -> None:
    assert remarks(allow("oss:GetObject", resource)) == []


def test_a_word_that_adds_nothing_to_its_list_is_noted() -> None:
    found = remarks(
        allow(["oss:Get*", "oss:GetObject", "OSS:get*", "oss:PutObject"], [f"{ON}/*", ON, f"{ON}/a"])
    )
    assert [(r.code, r.path, r.weight) for r in found] == [
        ("repeated-word", "$.Statement[0].Action[2]", Weight.NOTE),
        ("covered-word", "$.Statement[0].Action[1]", Weight.NOTE),
        ("covered-word", "$.Statement[0].Resource[2]", Weight.NOTE),
    ]


def test_of_two_patterns_that_cover_each_other_the_later_is_noted() -> None:
    (found,) = remarks(allow(["oss:*", "oss:**"]))
    assert (found.code, found.path) == ("covered-word", "$.Statement[0].Action[1]")


def test_a_list_over_every_legal_length_ends_quickly() -> None:
    found = remarks(allow([f"oss:{'a' * n}*" for n in range(COMPARED + 1)]))
    assert found == []


def test_a_principal_beside_its_account_narrows_nothing() -> None:
    root, user = "acs:ram::1000000000000001:root", "acs:ram::1000000000000001:user/x"
    other = "acs:ram::2000000000000002:user/x"
    found = remarks(trusting({"RAM": [root, user, other, root]}), type=PolicyType.TRUST)
    assert [(r.code, r.path) for r in found] == [
        ("principal-covered", "$.Statement[0].Principal.RAM[1]"),
        ("repeated-word", "$.Statement[0].Principal.RAM[3]"),
    ]


def test_an_allow_under_an_unconditional_deny_grants_nothing() -> None:
    (found,) = remarks(allow("oss:GetObject", ON), deny("oss:*", [ON, f"{ON}/*"]))
    assert (found.code, found.path, found.weight) == ("denied-elsewhere", "$.Statement[0]", Weight.WARNING)
    assert "$.Statement[1]" in found.message


@pytest.mark.parametrize(
    "other",
    [
        deny("oss:*", ON, Condition={"Bool": {"acs:SecureTransport": "false"}}),
        deny("oss:Put*", ON),
        deny("oss:*", f"{ON}/*"),
        {"Effect": "Deny", "NotAction": "ecs:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "oss:*", "Resource": "*", "NotResource": "x"},
    ],
)
def test_a_deny_that_leaves_something_is_no_shadow(other: object) -> None:
    assert remarks(allow("oss:GetObject", ON), other) == []


def test_statements_that_repeat_or_take_in_another_are_noted() -> None:
    narrow, wide = allow("oss:GetObject", ON), allow(["oss:*"], ["acs:oss:*:*:*"])
    found = remarks(narrow, wide, allow(["OSS:GetObject"], [ON]))
    assert [(r.code, r.path) for r in found] == [
        ("covered-statement", "$.Statement[0]"),
        ("repeated-statement", "$.Statement[2]"),
    ]


@pytest.mark.parametrize(
    ("key", "better"),
    [
        ("acs:SourceIps", "acs:SourceIp"),
        ("sts:ExternaIId", "sts:ExternalId"),
        ("acs:RequestTags/a", "acs:RequestTag/a"),
    ],
)
def test_a_misspelt_condition_key_is_corrected(key: str, better: str) -> None:
    found = remarks(allow("oss:GetObject", ON, Condition={"StringLike": {key: "secret-4711"}}))
    assert [(r.code, r.instead) for r in found] == [("unknown-key", better)]
    assert "4711" not in found[0].message


def test_a_key_that_no_page_gives_rocketmq_is_noted() -> None:
    condition = {"StringEquals": {"acs:SourceVpc": "vpc-1"}}
    (found,) = remarks(allow("mq:PUB", Condition=condition))
    assert (found.code, found.weight) == ("key-not-of-this-service", Weight.NOTE)
    assert remarks(allow(["mq:PUB", "kms:Decrypt"], Condition=condition)) == []


PATTERNS = st.text("ab:*?", max_size=7)


@given(PATTERNS, PATTERNS, st.text("ab:", max_size=7))
def test_what_a_covered_pattern_matches_its_cover_matches(wide: str, narrow: str, text: str) -> None:
    for covers in (covers_action, covers_resource):
        if covers(wide, narrow) and matches(narrow, text):
            assert matches(wide, text)


@given(st.lists(statements(), min_size=1, max_size=4), st.data())
def test_a_statement_that_is_superfluous_changes_no_decision(
    bodies: list[object], data: st.DataObject
) -> None:
    codes = {"denied-elsewhere", "repeated-statement", "covered-statement"}
    found = [r for r in remarks(*bodies) if r.code in codes]
    request = data.draw(requests())
    for remark in found:
        index = next(i for i in range(len(bodies)) if remark.path == f"$.Statement[{i}]")
        rest = bodies[:index] + bodies[index + 1 :]
        whole = decide(request, account=(policy(*bodies),)).outcome
        without = decide(request, account=(policy(*rest),)).outcome
        assert whole is without or Outcome.UNKNOWN in {whole, without}, (remark, request)


def test_lint_of_a_hostile_document_ends() -> None:
    actions = [f"mq:{'?*' * 20}{n}" for n in range(60)]
    body = allow(actions, [f"acs:mq:*:*:{'*?' * 20}{n}%*" for n in range(40)])
    assert lint(parse(document(body).text, type=PolicyType.PERMISSION))
