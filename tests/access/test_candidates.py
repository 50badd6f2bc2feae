"""Made-up names keep what a pattern fixes, and say `some-…` where it leaves the choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.access.candidates import made_up, resource_to_come
from scanner.policy.pattern import ResourceMatch, resource_matches

OWNER = "1000000000000001"
TOPIC_5X = "acs:rocketmq:{region}:{account}:instance/{instance}/topic/{topic}"
INSTANCE_5X = "acs:rocketmq:{region}:{account}:instance/{instance}"
GROUP_5X = "acs:rocketmq:{region}:{account}:instance/{instance}/consumergroup/{group}"
TOPIC_4X = "acs:mq:{region}:{account}:{instance}%{topic}"
BARE_4X = "acs:mq:{region}:{account}:{topic}"
INSTANCE_4X = "acs:mq:{region}:{account}:{instance}"
ROLE = "acs:ram::{account}:role/{role}"
TOPICS_5X = "acs:rocketmq:{region}:{account}:instance/{instance}/topic/*"


@pytest.mark.parametrize(
    ("pattern", "form", "expected"),
    [
        ("*", TOPIC_5X, f"acs:rocketmq:some-region:{OWNER}:instance/some-instance/topic/some-topic"),
        ("acs:mq:*:*:*", TOPIC_4X, f"acs:mq:some-region:{OWNER}:some-instance%some-topic"),
        ("acs:mq:*:*:MQ_INST_1%orders", TOPIC_4X, f"acs:mq:some-region:{OWNER}:MQ_INST_1%orders"),
        ("acs:mq:*:*:MQ_INST_1*", TOPIC_4X, f"acs:mq:some-region:{OWNER}:MQ_INST_1some-instance%some-topic"),
        ("acs:mq:*:*:MQ_INST_1%*", INSTANCE_4X, None),
        ("acs:mq:*:*:orders-*", BARE_4X, f"acs:mq:some-region:{OWNER}:orders-some-topic"),
        (
            "acs:rocketmq:cn-hangzhou:*:instance/rmq-1*",
            TOPIC_5X,
            f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-1some-instance/topic/some-topic",
        ),
        (
            "acs:rocketmq:*:*:instance/rmq-1/topic/a?",
            TOPIC_5X,
            f"acs:rocketmq:some-region:{OWNER}:instance/rmq-1/topic/ax",
        ),
        ("acs:rocketmq:*:*:instance/rmq-1/topic/*", GROUP_5X, None),
        ("acs:rocketmq:*:*:instance/rmq-1/topic/*", INSTANCE_5X, None),
        ("acs:rocketmq:*:2000000000000002:instance/*", INSTANCE_5X, None),
        ("acs:mq:*:*:*", TOPIC_5X, None),
        ("acs:ram:*:*:role/*", ROLE, f"acs:ram::{OWNER}:role/some-role"),
        (f"acs:ram::{OWNER}:role/ops-*", ROLE, f"acs:ram::{OWNER}:role/ops-some-role"),
        (f"acs:ram:*:{OWNER}:role/ops", ROLE, f"acs:ram::{OWNER}:role/ops"),
        ("acs:rocketmq:*:*:instance/rmq-1/topic/orders", TOPICS_5X, None),
        (
            "acs:rocketmq:*:*:instance/rmq-1/*",
            TOPICS_5X,
            f"acs:rocketmq:some-region:{OWNER}:instance/rmq-1/topic/*",
        ),
        ("acs:rocketmq:*", INSTANCE_5X, f"acs:rocketmq:some-region:{OWNER}:instance/some-instance"),
    ],
)
def test_a_resource_to_come(pattern: str, form: str, expected: str | None) -> None:
    assert resource_to_come(pattern, form, account=OWNER) == expected


def test_a_name_that_fits_only_if_case_does_not_count_is_still_tried() -> None:
    found = resource_to_come("acs:rocketmq:*:*:Instance/rmq-1", INSTANCE_5X, account=OWNER)
    assert found == f"acs:rocketmq:some-region:{OWNER}:instance/rmq-1"


def test_a_wildcard_may_stand_for_several_pieces() -> None:
    found = resource_to_come("*rmq-1*orders", TOPIC_5X, account=OWNER)
    assert found is not None
    assert resource_matches("*rmq-1*orders", found) is ResourceMatch.YES


@given(
    st.text(alphabet="ai*?/:%-", max_size=10),
    st.sampled_from([TOPIC_5X, INSTANCE_5X, TOPIC_4X, BARE_4X]),
    st.text(alphabet="ai", min_size=1, max_size=2),
    st.text(alphabet="ai", min_size=1, max_size=2),
)
def test_whatever_a_pattern_catches_it_has_a_resource_to_come(
    relative: str, form: str, instance: str, topic: str
) -> None:
    pattern = f"acs:{form.split(':')[1]}:*:*:{relative}"
    existing = form.replace("{instance}", instance).replace("{topic}", topic).replace("{account}", OWNER)
    if resource_matches(pattern, existing.replace("{region}", "r")) is ResourceMatch.YES:
        assert resource_to_come(pattern, form, account=OWNER) is not None


@given(st.text(alphabet="ai*?/:%-", max_size=12), st.sampled_from([TOPIC_5X, INSTANCE_5X, TOPIC_4X, BARE_4X]))
def test_whatever_comes_out_is_caught_by_the_pattern(relative: str, form: str) -> None:
    service = form.split(":")[1]
    pattern = f"acs:{service}:*:*:{relative}"
    found = resource_to_come(pattern, form, account=OWNER)
    assert found is None or resource_matches(pattern, found) is not ResourceMatch.NO


def test_a_made_up_name_belongs_to_the_account() -> None:
    assert made_up(ROLE, account=OWNER) == f"acs:ram::{OWNER}:role/some-role"
