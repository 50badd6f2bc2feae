"""Lint of actions: what no list has, and what was likely meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.action_names import RECEIVING, SENDING, TYPO, edits, misspelt, names
from scanner.policy.catalogue import catalogue
from scanner.policy.lint import lint
from scanner.policy.remark import Remark
from scanner.policy.syntax import Weight
from tests.policy.documents import allow, deny, document


def remarks(*statements: object) -> list[Remark]:
    return [problem for problem in lint(document(*statements)) if isinstance(problem, Remark)]


def only(action: str) -> Remark:
    (found,) = remarks(allow(action))
    return found


@pytest.mark.parametrize(
    ("action", "code", "weight", "instead"),
    [
        ("rocketmq:GetTopics", "unknown-action", Weight.WARNING, "rocketmq:GetTopic"),
        ("rocketmq:DescribeTopic", "unknown-action", Weight.WARNING, ""),
        ("rocketmq:ConfigureDashboard", "unknown-action", Weight.WARNING, ""),
        ("mq:OnsTopicList", "unknown-action", Weight.WARNING, "mq:ListTopic"),
        ("mq:SendMessage", "unknown-action", Weight.WARNING, "mq:PUB"),
        ("mq:ConsumeMessage", "unknown-action", Weight.WARNING, "mq:SUB"),
        ("mq:Frobnicate", "unknown-action", Weight.NOTE, ""),
        ("ram:AtachPolicyToRole", "unknown-action", Weight.WARNING, "ram:AttachPolicyToRole"),
        ("ram:GetRoles", "unknown-action", Weight.WARNING, "ram:GetRole"),
        ("sts:AsumeRole", "unknown-action", Weight.WARNING, "sts:AssumeRole"),
        ("rocketmq:Describe*", "pattern-covers-no-action", Weight.WARNING, ""),
        ("mq:Describe*", "pattern-covers-no-action", Weight.NOTE, ""),
        ("mq:pub", "odd-action-case", Weight.NOTE, "mq:PUB"),
        ("ons:OnsTopicList", "unknown-service", Weight.WARNING, "mq:ListTopic"),
        ("rocektmq:GetTopic", "unknown-service", Weight.WARNING, "rocketmq:GetTopic"),
        ("*", "allow-any-action", Weight.NOTE, ""),
    ],
)
def test_an_action_that_no_list_has_is_named(action: str, code: str, weight: Weight, instead: str) -> None:
    found = only(action)
    assert (found.code, found.path, found.weight, found.instead) == (
        code,
        "$.Statement[0].Action",
        weight,
        instead,
    )


@pytest.mark.parametrize("action", [f"rocketmq:{word}" for word in ("SendMessage", "ReceiveMessage", "Pub*")])
def test_lint_says_what_governs_sending_and_receiving_on_5(action: str) -> None:
    found = only(action)
    assert (found.code, found.weight) == ("messaging-is-not-by-ram", Weight.WARNING)
    assert "grants nothing" in found.message
    assert "decided by its broker" in found.message
    assert "`mq:SUB`" in found.instead if "Receive" in action else "`mq:PUB`" in found.instead


def test_a_deny_of_sending_on_5_is_said_to_deny_nothing() -> None:
    (found,) = remarks(deny("rocketmq:SendMessage"))
    assert "denies nothing" in found.message


@pytest.mark.parametrize(
    "action",
    [
        *("mq:PUB", "mq:Query*", "mq:OnsInstanceBaseInfo", "mq:ApplyToken", "mq:OnsMqttQueryHistoryOnline"),
        *("mq:Get*", "mq:Dashboard*", "rocketmq:SubmitQuery*", "rocketmq:Download*", "rocketmq:Send*"),
        *(
            "ram:GetRole",
            "ram:SomethingOfTomorrow",
            "sts:GetCallerIdentity",
            "ecs:RunInstances",
            "mq-as:List*",
        ),
        *("*:List*", "mns:SendMessage", "rocketmq:*", "acs:anything", "${service}:GetTopic"),
    ],
)
def test_what_the_vendor_has_or_may_have_is_left_alone(action: str) -> None:
    assert remarks(allow(action)) == []


def test_every_action_of_the_catalogue_is_known_to_lint() -> None:
    for entry in catalogue():
        assert [r.code for r in remarks(allow(entry.action)) if "action" in r.code] == [], entry.action


def test_no_action_is_both_sent_and_received_and_none_of_them_exists() -> None:
    assert not SENDING & RECEIVING
    assert not {name.lower() for name in names("rocketmq")} & (SENDING | RECEIVING)


def test_a_reader_is_never_taken_for_a_misspelt_writer() -> None:
    assert misspelt("SetRole", ["GetRole"]) is None
    assert misspelt("GetRoel", ["GetRole", "SetRole"]) == "GetRole"


def test_short_names_are_not_taken_for_one_another() -> None:
    assert misspelt("PUP", ["PUB", "SUB"]) is None


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_the_number_of_edits_is_the_shortest_way(first: str, second: str) -> None:
    assert min(edits(first, second), TYPO + 1) == min(slow_edits(first, second), TYPO + 1)


def slow_edits(first: str, second: str) -> int:
    """The same, by trying everything."""
    if not first or not second:
        return len(first) + len(second)
    ways = [
        slow_edits(first[1:], second) + 1,
        slow_edits(first, second[1:]) + 1,
        slow_edits(first[1:], second[1:]) + (first[0] != second[0]),
    ]
    if first[:2] == second[1::-1] and len(second) > 1:
        ways.append(slow_edits(first[2:], second[2:]) + 1)
    return min(ways)
