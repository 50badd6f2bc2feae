"""A role that changes nothing and still reads messages is not harmless."""

from __future__ import annotations

import pytest

from scanner.model.finding import Verdict
from scanner.model.policy import Policy
from scanner.rules.base import World
from scanner.rules.read_only_role_reads_messages import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy) -> World:
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=w.attached(*policies, role="mq")))


@pytest.mark.parametrize(
    "action",
    ["rocketmq:Get*", "rocketmq:ListMessages", "mq:Query*", "mq:QueryDLQMessage", "rocketmq:GetTrace"],
)
def test_reading_messages_and_nothing_else_fails(action: str) -> None:
    policy = w.policy("monitor", w.allow(action, "rocketmq:ListTopics"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.FAIL}


def test_reading_lists_and_states_passes() -> None:
    policy = w.policy(
        "monitor", w.allow("rocketmq:ListTopics", "rocketmq:GetConsumerGroupLag", "mq:ListTopic")
    )
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}


def test_a_deny_on_messages_passes() -> None:
    policy = w.policy(
        "monitor",
        w.allow("rocketmq:Get*", "rocketmq:List*"),
        w.deny(
            "rocketmq:GetMessageDetail", "rocketmq:ListMessages", "rocketmq:GetTrace", "rocketmq:ListTraces"
        ),
    )
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}


@pytest.mark.parametrize(
    "write", ["mq:PUB", "mq:ResetConsumerOffset", "mq:ResendDLQMessage", "rocketmq:UpdateTopic"]
)
def test_a_role_that_changes_something_is_no_read_only_role(write: str) -> None:
    policy = w.policy("both", w.allow("rocketmq:GetMessageDetail", write))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.NOT_APPLICABLE}


def test_a_write_that_is_denied_does_not_count() -> None:
    policy = w.policy("both", w.allow("rocketmq:GetMessageDetail", "mq:PUB"), w.deny("mq:PUB"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.FAIL}


def test_writes_elsewhere_do_not_make_it_a_writer_of_rocketmq() -> None:
    policy = w.policy("both", w.allow("rocketmq:GetMessageDetail", "oss:PutObject"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.FAIL}


def test_what_cannot_be_understood_is_unknown() -> None:
    policy = w.policy(
        "monitor", w.allow("rocketmq:GetMessageDetail", when={"Null": {"acs:SourceIp": "true"}})
    )
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.UNKNOWN}
