"""A resource that names the beginning of several instances fails; one that names one passes."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.broker import Series
from scanner.model.finding import Verdict
from scanner.model.policy import Policy
from scanner.model.snapshot import Gap, Subject
from scanner.rules.base import World
from scanner.rules.prefix_matches_several_instances import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))
INSTANCES = (
    w.instance("rmq-cn-a1"),
    w.instance("rmq-cn-a2"),
    w.instance("rmq-cn-b1"),
    w.instance("MQ_INST_1_A", series=Series.V4),
    w.instance("MQ_INST_1_B", series=Series.V4),
)


def holding(*policies: Policy, gaps: Iterable[Gap] = ()) -> World:
    attachments = w.attached(*policies, role="mq")
    account = w.snapshot(
        roles=[ROLE], policies=policies, attachments=attachments, instances=INSTANCES, gaps=gaps
    )
    return w.world(account)


def five(resource: str) -> Policy:
    return w.policy(
        "five", w.allow("rocketmq:GetTopic", "rocketmq:GetInstance", on=f"acs:rocketmq:*:*:{resource}")
    )


def four(resource: str) -> Policy:
    return w.policy("four", w.allow("mq:PUB", "mq:QueryInstanceBaseInfo", on=f"acs:mq:*:*:{resource}"))


def test_a_beginning_that_two_instances_share_fails() -> None:
    found = w.judged(RULE, holding(five("instance/rmq-cn-a*")))["mq"]
    assert found.verdict is Verdict.FAIL
    assert "2 instances" in found.message
    assert "`rmq-cn-a1`, `rmq-cn-a2`" in found.message
    assert found.evidence[0].path == "$.Statement[0].Resource"
    assert found.evidence[0].excerpt == "acs:rocketmq:*:*:instance/rmq-cn-a*"


def test_topics_of_instances_with_the_same_beginning_fail() -> None:
    assert w.verdicts(RULE, holding(five("instance/rmq-cn-a*/topic/orders"))) == {"mq": Verdict.FAIL}
    assert w.verdicts(RULE, holding(four("MQ_INST_1_*%orders"))) == {"mq": Verdict.FAIL}


def test_the_vendors_way_to_name_one_instance_and_what_is_in_it_passes() -> None:
    assert w.verdicts(RULE, holding(five("instance/rmq-cn-a1*"))) == {"mq": Verdict.PASS}
    assert w.verdicts(RULE, holding(four("MQ_INST_1_A*"))) == {"mq": Verdict.PASS}


def test_an_instance_in_another_region_is_not_caught() -> None:
    policy = w.policy(
        "far", w.allow("rocketmq:GetInstance", on="acs:rocketmq:us-east-1:*:instance/rmq-cn-a*")
    )
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}


def test_a_resource_that_leaves_the_instance_open_means_it() -> None:
    assert w.verdicts(RULE, holding(five("instance/*"))) == {"mq": Verdict.PASS}
    assert w.verdicts(RULE, holding(five("instance/*/topic/orders"))) == {"mq": Verdict.PASS}


def test_an_instance_on_which_everything_is_denied_does_not_count() -> None:
    forbid = w.policy("forbid", w.deny("rocketmq:*", on="acs:rocketmq:*:*:instance/rmq-cn-a2*"))
    assert w.verdicts(RULE, holding(five("instance/rmq-cn-a*"), forbid)) == {"mq": Verdict.PASS}


def test_instances_that_were_not_listed_are_unknown_where_a_beginning_is_named() -> None:
    gaps = [w.gap(Subject.INSTANCES, "cn-beijing", api="rocketmq:ListInstances")]
    assert w.verdicts(RULE, holding(five("instance/rmq-cn-b*"), gaps=gaps)) == {"mq": Verdict.UNKNOWN}
    assert w.verdicts(RULE, holding(five("instance/rmq-cn-b1"), gaps=gaps)) == {"mq": Verdict.PASS}
