"""Everything of a series on instances of any name is the whole of RocketMQ."""

from __future__ import annotations

from scanner.model.broker import Series
from scanner.model.finding import Verdict
from scanner.model.policy import Policy, PolicyKind
from scanner.model.snapshot import Subject
from scanner.policy.catalogue import AccessClass, by_class
from scanner.rules.base import World
from scanner.rules.grants_whole_rocketmq import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy) -> World:
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=w.attached(*policies, role="mq")))


def test_the_system_policy_of_the_product_fails_for_both_series() -> None:
    full = w.policy("AliyunMQFullAccess", w.allow("mq:*", "rocketmq:*", "mq-as:*"), kind=PolicyKind.SYSTEM)
    found = w.judged(RULE, holding(full))["mq"]
    assert found.verdict is Verdict.FAIL
    assert "4.x and 5.x" in found.message


def test_one_series_is_enough() -> None:
    found = w.judged(RULE, holding(w.policy("five", w.allow("rocketmq:*", on="acs:rocketmq:*:*:*"))))["mq"]
    assert found.verdict is Verdict.FAIL
    assert "5.x" in found.message
    assert "4.x" not in found.message


def test_all_administrative_actions_written_out_are_the_whole_too() -> None:
    actions = sorted({entry.action for entry in by_class(AccessClass.ADMINISTER, series=Series.V5)})
    assert w.verdicts(RULE, holding(w.policy("long", w.allow(*actions)))) == {"mq": Verdict.FAIL}


def test_everything_in_a_region_in_use_fails() -> None:
    policy = w.policy("region", w.allow("rocketmq:*", on="acs:rocketmq:cn-hangzhou:*:instance/*"))
    account = w.snapshot(
        roles=[ROLE],
        policies=[policy],
        attachments=w.attached(policy, role="mq"),
        instances=[w.instance("rmq-1")],
    )
    assert w.verdicts(RULE, w.world(account)) == {"mq": Verdict.FAIL}


def test_everything_on_one_instance_passes() -> None:
    one = w.policy("one", w.allow("rocketmq:*", on="acs:rocketmq:*:*:instance/rmq-1*"))
    assert w.verdicts(RULE, holding(one)) == {"mq": Verdict.PASS}


def test_the_read_only_policy_passes() -> None:
    reads = w.policy("reads", w.allow("mq:Query*", "mq:List*", "rocketmq:Get*", "rocketmq:List*"))
    assert w.verdicts(RULE, holding(reads)) == {"mq": Verdict.PASS}


def test_a_resource_that_fits_only_if_case_does_not_count_is_unknown() -> None:
    shouted = w.policy("shouted", w.allow("rocketmq:*", on="acs:rocketmq:*:*:INSTANCE/*"))
    assert w.verdicts(RULE, holding(shouted)) == {"mq": Verdict.UNKNOWN}


def test_what_was_not_read_is_unknown() -> None:
    account = w.snapshot(roles=[ROLE], gaps=[w.gap(Subject.ATTACHMENTS, "mq")])
    assert w.verdicts(RULE, w.world(account)) == {"mq": Verdict.UNKNOWN}
