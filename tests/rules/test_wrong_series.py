"""An action of one series never meets a resource of the other."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from scanner.model.broker import Series
from scanner.model.finding import Severity, Verdict
from scanner.model.policy import Policy
from scanner.model.snapshot import Gap, Subject
from scanner.rules.base import World
from scanner.rules.wrong_series import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))
INSTANCES = (w.instance("rmq-1"), w.instance("MQ_INST_1", series=Series.V4))


def holding(*policies: Policy, gaps: Iterable[Gap] = ()) -> World:
    attachments = w.attached(*policies, role="mq")
    account = w.snapshot(
        roles=[ROLE], policies=policies, attachments=attachments, instances=INSTANCES, gaps=gaps
    )
    return w.world(account)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("mq:PUB", "acs:rocketmq:*:*:instance/rmq-1/topic/orders"),
        ("rocketmq:GetTopic", "acs:mq:*:*:MQ_INST_1%orders"),
        ("mq:PUB", "acs:mq:*:*:rmq-1%orders"),
        ("rocketmq:GetTopic", "acs:rocketmq:*:*:instance/MQ_INST_1/topic/orders"),
    ],
)
def test_a_mix_of_the_series_fails(action: str, resource: str) -> None:
    found = w.judged(RULE, holding(w.policy("mix", w.allow(action, on=["*", resource]))))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.LOW)
    assert (found.evidence[0].path, found.evidence[0].excerpt) == ("$.Statement[0].Resource[1]", resource)


def test_a_deny_that_protects_nothing_is_worse() -> None:
    forbid = w.policy("forbid", w.deny("mq:*", on="acs:rocketmq:*:*:instance/rmq-1*"))
    found = w.judged(RULE, holding(forbid))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.MEDIUM)
    assert "protects nothing" in found.message


@pytest.mark.parametrize(
    "statement",
    [
        w.allow("mq:PUB", on="acs:mq:*:*:MQ_INST_1%orders"),
        w.allow("rocketmq:GetTopic", on="acs:rocketmq:*:*:instance/rmq-1*"),
        w.allow("mq:*", "rocketmq:*", on=["acs:mq:*:*:MQ_INST_1*", "acs:rocketmq:*:*:instance/rmq-1*"]),
        w.allow("mq:PUB", on="*"),
        w.allow("*", on="acs:rocketmq:*:*:instance/rmq-1*"),
        w.allow("oss:GetObject", on="acs:oss:*:*:bucket/*"),
    ],
)
def test_statements_that_keep_them_apart_pass(statement: w.Body) -> None:
    assert w.verdicts(RULE, holding(w.policy("fine", statement))) == {"mq": Verdict.PASS}


def test_an_instance_of_which_nobody_knows_the_series_is_unknown() -> None:
    gaps = [w.gap(Subject.INSTANCES, "cn-beijing", api="rocketmq:ListInstances")]
    policy = w.policy("far", w.allow("mq:PUB", on="acs:mq:*:*:MQ_INST_9%orders"))
    assert w.verdicts(RULE, holding(policy, gaps=gaps)) == {"mq": Verdict.UNKNOWN}
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}
