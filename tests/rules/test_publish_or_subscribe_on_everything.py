"""Topics of any name on instances of any name are everything; all topics of one instance are not."""

from __future__ import annotations

import pytest

from scanner.model.finding import Verdict
from scanner.model.policy import Policy
from scanner.rules.base import World
from scanner.rules.publish_or_subscribe_on_everything import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy) -> World:
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=w.attached(*policies, role="mq")))


@pytest.mark.parametrize(
    "action", ["mq:PUB", "mq:SUB", "mq:P*", "rocketmq:VerifySendMessage", "mq:ResendDLQMessage"]
)
def test_an_action_on_every_topic(action: str) -> None:
    expected = Verdict.PASS if action == "mq:ResendDLQMessage" else Verdict.FAIL
    assert w.verdicts(RULE, holding(w.policy("wide", w.allow(action)))) == {"mq": expected}


def test_every_topic_of_one_instance_passes() -> None:
    one = w.policy("one", w.allow("mq:PUB", "mq:SUB", on="acs:mq:*:*:MQ_INST_1*"))
    assert w.verdicts(RULE, holding(one)) == {"mq": Verdict.PASS}


def test_the_whole_of_a_region_in_use_fails() -> None:
    policy = w.policy("region", w.allow("mq:PUB", on="acs:mq:cn-hangzhou:*:*"))
    account = w.snapshot(
        roles=[ROLE],
        policies=[policy],
        attachments=w.attached(policy, role="mq"),
        instances=[w.instance("MQ_INST_1")],
    )
    assert w.verdicts(RULE, w.world(account)) == {"mq": Verdict.FAIL}


def test_a_deny_on_every_topic_takes_it_away() -> None:
    wide = w.policy("wide", w.allow("mq:*"))
    forbid = w.policy("forbid", w.deny("mq:PUB", "mq:SUB", on="acs:mq:*:*:*"))
    assert w.verdicts(RULE, holding(wide, forbid)) == {"mq": Verdict.PASS}


def test_a_deny_on_some_topics_does_not() -> None:
    wide = w.policy("wide", w.allow("mq:PUB"))
    forbid = w.policy("forbid", w.deny("mq:PUB", on="acs:mq:*:*:MQ_INST_1%payments*"))
    found = w.judged(RULE, holding(wide, forbid))["mq"]
    assert found.verdict is Verdict.FAIL
    assert [evidence.source for evidence in found.evidence] == ["Custom:wide"]


def test_an_element_that_is_not_documented_is_unknown() -> None:
    odd = w.policy("odd", {"Effect": "Allow", "Action": "mq:PUB", "NotResource": "acs:mq:*:*:MQ_INST_1*"})
    assert w.verdicts(RULE, holding(odd)) == {"mq": Verdict.UNKNOWN}
