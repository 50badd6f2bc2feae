"""Whoever can read or set a password needs no role any more."""

from __future__ import annotations

import pytest

from scanner.model.finding import Verdict
from scanner.model.policy import Policy, PolicyKind
from scanner.model.snapshot import Subject
from scanner.rules.base import World
from scanner.rules.instance_password_readable import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy) -> World:
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=w.attached(*policies, role="mq")))


READ_ONLY = w.policy(
    "AliyunMQReadOnlyAccess",
    w.allow("mq:OnsInstanceBaseInfo", "mq:List*", "mq:Query*", "mq:Get*", "rocketmq:List*", "rocketmq:Get*"),
    kind=PolicyKind.SYSTEM,
)


def test_the_read_only_policy_of_the_product_fails() -> None:
    found = w.judged(RULE, holding(READ_ONLY))["mq"]
    assert found.verdict is Verdict.FAIL
    assert "`rocketmq:GetInstanceAccount`" in found.message
    assert (found.evidence[0].source, found.evidence[0].path) == (
        "System:AliyunMQReadOnlyAccess",
        "$.Statement[0]",
    )


@pytest.mark.parametrize("action", ["rocketmq:CreateInstanceAccount", "rocketmq:UpdateInstanceAccount"])
def test_setting_a_password_of_one_instance_fails(action: str) -> None:
    policy = w.policy("one", w.allow(action, on="acs:rocketmq:*:*:instance/rmq-1"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.FAIL}


def test_a_deny_in_another_policy_passes() -> None:
    forbid = w.policy("forbid", w.deny("rocketmq:*InstanceAccount"))
    found = w.judged(RULE, holding(READ_ONLY, forbid))["mq"]
    assert found.verdict is Verdict.PASS
    assert {evidence.source for evidence in found.evidence} == {
        "Custom:forbid",
        "System:AliyunMQReadOnlyAccess",
    }


def test_a_deny_on_one_instance_is_not_enough() -> None:
    forbid = w.policy("forbid", w.deny("rocketmq:*InstanceAccount", on="acs:rocketmq:*:*:instance/rmq-1"))
    assert w.verdicts(RULE, holding(READ_ONLY, forbid)) == {"mq": Verdict.FAIL}


def test_listing_the_names_of_accounts_passes() -> None:
    assert w.verdicts(RULE, holding(w.policy("names", w.allow("rocketmq:ListInstanceAccount")))) == {
        "mq": Verdict.PASS
    }


def test_an_action_on_a_resource_that_it_is_never_asked_on_passes() -> None:
    topic = w.policy("topic", w.allow("rocketmq:*", on="acs:rocketmq:*:*:instance/rmq-1/topic/orders"))
    assert w.verdicts(RULE, holding(topic)) == {"mq": Verdict.PASS}


def test_a_grant_in_a_resource_group_fails() -> None:
    account = w.snapshot(
        roles=[ROLE],
        policies=[READ_ONLY],
        attachments=w.attached(READ_ONLY, role="mq", resource_group="rg-1"),
    )
    assert w.verdicts(RULE, w.world(account)) == {"mq": Verdict.FAIL}


def test_a_deny_in_a_resource_group_does_not_undo_a_grant_on_the_account() -> None:
    forbid = w.policy("forbid", w.deny("*"))
    attachments = (
        *w.attached(READ_ONLY, role="mq"),
        *w.attached(forbid, role="mq", resource_group="rg-1"),
    )
    account = w.snapshot(roles=[ROLE], policies=[READ_ONLY, forbid], attachments=attachments)
    assert w.verdicts(RULE, w.world(account)) == {"mq": Verdict.FAIL}


def test_a_policy_that_was_not_read_is_unknown() -> None:
    account = w.snapshot(
        roles=[ROLE],
        attachments=w.attached("hidden", role="mq"),
        gaps=[w.gap(Subject.POLICY, "Custom:hidden", api="ram:GetPolicy")],
    )
    assert w.verdicts(RULE, w.world(account)) == {"mq": Verdict.UNKNOWN}


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "mq:PUB", "NotAction": "mq:SUB", "Resource": "*"},
        {"Effect": "Allow", "Action": "${service}:Get*", "Resource": "*"},
        {"Effect": "Allow", "NotAction": "${service}:Get*", "Resource": "*"},
    ],
)
def test_actions_that_are_not_understood_do_not_pass(statement: w.Body) -> None:
    found = w.judged(RULE, holding(w.policy("odd", statement)))["mq"]
    assert found.verdict is not Verdict.PASS
