"""Which existing resources a pattern catches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.access.resources import Kind, Resources
from scanner.model.broker import Series
from scanner.model.snapshot import Coverage, Snapshot, Subject
from scanner.policy.catalogue import ResourceType
from scanner.policy.pattern import matches
from tests.rules import worlds as w

ACCOUNT = w.snapshot(
    instances=[
        w.instance("rmq-1"),
        w.instance("rmq-10", region="cn-beijing"),
        w.instance("MQ_INST_1", series=Series.V4),
        replace(w.instance("MQ_INST_2", series=Series.V4), namespaced=False),
    ],
    topics=[
        w.topic("rmq-1", "orders"),
        w.topic("rmq-10", "orders", region="cn-beijing"),
        w.topic("MQ_INST_1", "orders", series=Series.V4),
        w.topic("MQ_INST_2", "orders", series=Series.V4),
        w.topic("rmq-1", "odd:name"),
    ],
    consumer_groups=[
        w.consumer_group("rmq-1", "GID_a"),
        w.consumer_group("MQ_INST_1", "GID_a", series=Series.V4),
    ],
)


def relative(account: Snapshot, pattern: str) -> list[str]:
    return [resource.arn.split(":", 4)[4] for resource in Resources(account).caught_by(pattern)]


@pytest.mark.parametrize(
    ("pattern", "caught"),
    [
        ("acs:rocketmq:*:*:instance/rmq-1", ["instance/rmq-1"]),
        (
            "acs:rocketmq:cn-hangzhou:*:instance/rmq-1*",
            [
                "instance/rmq-1",
                "instance/rmq-1/consumergroup/GID_a",
                "instance/rmq-1/topic/orders",
                "instance/rmq-1/topic/odd:name",
            ],
        ),
        (
            "acs:rocketmq:*:*:instance/*/topic/orders",
            ["instance/rmq-1/topic/orders", "instance/rmq-10/topic/orders"],
        ),
        ("acs:mq:*:*:MQ_INST_1%*", ["MQ_INST_1%GID_a", "MQ_INST_1%orders"]),
        ("acs:mq:*:*:orders", ["orders"]),
        ("acs:mq:*:9000000000000009:*", []),
        ("acs:rocketmq:*:*:instance/RMQ-1", []),
        ("*odd*", ["instance/rmq-1/topic/odd:name"]),
        ("acs:*:cn-beijing:*:instance/rmq-10", ["instance/rmq-10"]),
    ],
)
def test_what_a_pattern_catches(pattern: str, caught: list[str]) -> None:
    assert relative(ACCOUNT, pattern) == caught


@given(
    st.text(alphabet="*?:/%aimnorst-10_cqGIDMQNST", max_size=12),
    st.sampled_from(["acs:mq:*:*:", "acs:rocketmq:*:*:", ""]),
)
def test_nothing_that_matches_is_missed(text: str, head: str) -> None:
    resources = Resources(ACCOUNT)
    everything = resources.caught_by("*")
    assert {r.arn for r in resources.caught_by(head + text)} == {
        r.arn for r in everything if matches(head + text, r.arn)
    }


def test_a_kind_is_of_one_type_and_series() -> None:
    resources = Resources(ACCOUNT)
    kind = Kind("*", ResourceType.TOPIC, Series.V4)
    assert [r.arn.split(":", 4)[4] for r in resources.of_kind(kind)] == ["MQ_INST_1%orders", "orders"]


def test_resources_that_every_deny_treats_alike_stand_for_one_another() -> None:
    resources = Resources(ACCOUNT)
    kind = Kind("*", ResourceType.INSTANCE, Series.V5)
    assert [count for _, count in resources.representatives(kind, denied=(), by_group=False)] == [2]
    apart = resources.representatives(kind, denied=("acs:rocketmq:*:*:instance/rmq-10",), by_group=False)
    assert [count for _, count in apart] == [1, 1]


def test_there_is_a_place_for_what_is_created_in_an_existing_instance() -> None:
    resources = Resources(ACCOUNT)
    assert resources.has_place_for("acs:rocketmq:*:*:instance/rmq-10/consumergroup/*")
    assert not resources.has_place_for("acs:rocketmq:*:*:instance/rmq-10/consumergroup/GID_*")


def test_what_could_not_be_listed_is_said() -> None:
    account = w.snapshot(
        gaps=[
            w.gap(Subject.INSTANCES, "cn-beijing", api="rocketmq:ListInstances"),
            w.gap(Subject.TOPICS, "cn-hangzhou/rmq-1", api="rocketmq:ListTopics"),
        ]
    )
    resources = Resources(account)
    assert resources.instances_unread == ("instances of `cn-beijing`: missing `rocketmq:ListInstances`",)
    assert len(resources.unread) == 2


def test_regions_that_were_not_asked_for_are_said() -> None:
    regions = Coverage(subject=Subject.REGIONS, expected=30, read=30, unread=0)
    some = replace(w.snapshot(), regions=("cn-hangzhou",), coverage=(regions,))
    assert Resources(some).instances_unread == ("only 1 of 30 regions were to be read",)
