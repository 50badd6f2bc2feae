"""A policy with something that is not in the documented language is told, with its place."""

from __future__ import annotations

import pytest

from scanner.model.finding import Verdict
from scanner.model.policy import Policy
from scanner.model.snapshot import Subject
from scanner.rules.base import World
from scanner.rules.policy_not_understood import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy) -> World:
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=w.attached(*policies, role="mq")))


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        (w.allow("mq:*", when={"StringEqualsIfExists": {"acs:SourceVpc": "vpc-1"}}), "StringEqualsIfExists"),
        ({"Effect": "Allow", "Action": "mq:*", "NotResource": "acs:mq:*:*:MQ_INST_1*"}, "NotResource"),
        ({"Effect": "allow", "Action": "mq:*", "Resource": "*"}, "Effect"),
        ({"Effect": "Allow", "Action": "mq:*", "NotAction": "mq:PUB", "Resource": "*"}, "Action"),
    ],
)
def test_what_is_not_documented_fails_and_is_pointed_at(statement: w.Body, place: str) -> None:
    found = w.judged(RULE, holding(w.policy("odd", w.allow("mq:PUB"), statement)))["mq"]
    assert found.verdict is Verdict.FAIL
    assert place in found.message
    assert found.evidence[0].path.startswith("$.Statement[1]")
    assert place in found.evidence[0].excerpt


def test_a_text_that_is_no_json_fails() -> None:
    found = w.judged(RULE, holding(w.policy("broken", text="\n{nonsense")))["mq"]
    assert found.verdict is Verdict.FAIL
    assert found.evidence[0].excerpt == "{nonsense"


def test_a_long_text_is_cut() -> None:
    found = w.judged(RULE, holding(w.policy("broken", text="x" * 6000)))["mq"]
    assert len(found.evidence[0].excerpt) == 300


def test_a_well_formed_policy_passes() -> None:
    policy = w.policy("fine", w.allow("mq:PUB", when={"IpAddress": {"acs:SourceIp": ["192.0.2.1"]}}))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}


def test_a_policy_that_was_not_read_is_unknown() -> None:
    account = w.snapshot(
        roles=[ROLE],
        attachments=w.attached("hidden", role="mq"),
        gaps=[w.gap(Subject.POLICY_VERSIONS, "Custom:hidden", api="ram:ListPolicyVersions")],
    )
    assert w.verdicts(RULE, w.world(account)) == {"mq": Verdict.UNKNOWN}
