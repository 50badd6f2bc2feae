"""A grant on something that is not there waits for whoever creates it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from scanner.model.broker import Series
from scanner.model.finding import Verdict
from scanner.model.policy import Policy
from scanner.model.snapshot import Gap, Subject
from scanner.rules.base import World
from scanner.rules.resource_matches_nothing import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy, gaps: Iterable[Gap] = ()) -> World:
    account = w.snapshot(
        roles=[ROLE],
        policies=policies,
        attachments=w.attached(*policies, role="mq"),
        instances=[w.instance("rmq-1"), w.instance("MQ_INST_1", series=Series.V4)],
        topics=[w.topic("rmq-1", "orders"), w.topic("MQ_INST_1", "orders", series=Series.V4)],
        consumer_groups=[w.consumer_group("MQ_INST_1", "GID_orders", series=Series.V4)],
        gaps=gaps,
    )
    return w.world(account)


def granted(resource: str) -> Policy:
    return w.policy("grant", w.allow("mq:*", "rocketmq:*", on=resource))


@pytest.mark.parametrize(
    "resource",
    [
        "acs:rocketmq:*:*:instance/rmq-gone",
        "acs:rocketmq:*:*:instance/rmq-1/topic/order",
        "acs:rocketmq:us-east-1:*:instance/rmq-1",
        "acs:rocketmq:*:2000000000000002:instance/rmq-1",
        "acs:mq:*:*:MQ_INST_1%Orders",
        "acs:mq:*:*:payments*",
    ],
)
def test_what_is_not_there_fails(resource: str) -> None:
    found = w.judged(RULE, holding(granted(resource)))["mq"]
    assert found.verdict is Verdict.FAIL
    assert found.evidence[0].excerpt == resource


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "acs:rocketmq:*:*:*",
        "acs:rocketmq:*:*:instance/*",
        "acs:rocketmq:*:*:instance/rmq-1",
        "acs:rocketmq:*:*:instance/rmq-1*",
        "acs:rocketmq:*:*:instance/rmq-1/topic/ord*",
        "acs:rocketmq:*:*:instance/rmq-1/consumergroup/*",
        "acs:mq:*:*:MQ_INST_1%GID_orders",
        "acs:mq:cn-hangzhou:*:MQ_INST_1*",
        "acs:oss:*:*:gone",
    ],
)
def test_what_is_there_or_is_to_come_passes(resource: str) -> None:
    assert w.verdicts(RULE, holding(granted(resource))) == {"mq": Verdict.PASS}


def test_resources_that_could_not_be_listed_are_unknown() -> None:
    gaps = [w.gap(Subject.TOPICS, "cn-hangzhou/rmq-1", api="rocketmq:ListTopics")]
    found = w.judged(RULE, holding(granted("acs:rocketmq:*:*:instance/rmq-1/topic/x"), gaps=gaps))["mq"]
    assert found.verdict is Verdict.UNKNOWN
    assert "rocketmq:ListTopics" in found.because_of_gaps[0]
