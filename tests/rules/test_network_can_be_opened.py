"""Whoever changes address lists or authentication opens the instance."""

from __future__ import annotations

import pytest

from scanner.model.finding import Verdict
from scanner.model.policy import Policy
from scanner.rules.base import World
from scanner.rules.network_can_be_opened import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy) -> World:
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=w.attached(*policies, role="mq")))


@pytest.mark.parametrize(
    "action",
    [
        "rocketmq:UpdateInstance",
        "rocketmq:CreateInstanceIpWhitelist",
        "rocketmq:DeleteInstanceIpWhitelist",
        "ROCKETMQ:update*",
    ],
)
def test_each_way_to_open_it_fails(action: str) -> None:
    policy = w.policy("ops", w.allow(action, on="acs:rocketmq:*:*:instance/rmq-1*"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.FAIL}


def test_reading_the_list_passes() -> None:
    policy = w.policy("reads", w.allow("rocketmq:ListInstanceIpWhitelist", "rocketmq:UpdateTopic"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}


def test_updating_a_4x_instance_changes_its_name_only_and_passes() -> None:
    assert w.verdicts(RULE, holding(w.policy("four", w.allow("mq:UpdateInstance")))) == {"mq": Verdict.PASS}


def test_an_effect_that_is_not_documented_is_unknown() -> None:
    odd = w.policy("odd", {"Effect": "Permit", "Action": "rocketmq:UpdateInstance", "Resource": "*"})
    assert w.verdicts(RULE, holding(odd)) == {"mq": Verdict.UNKNOWN}
