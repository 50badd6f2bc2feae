from __future__ import annotations

import json

import pytest

from scanner.model.finding import Verdict
from scanner.model.snapshot import Subject
from scanner.rules.trust_not_understood import RULE
from tests.rules.worlds import (
    OWNER,
    PARTNER,
    external_id,
    gap,
    judged,
    role,
    snapshot,
    trusting,
    verdicts,
    world,
)


@pytest.mark.parametrize(
    "trust",
    [
        "",
        "{not json",
        "[]",
        json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}),
        json.dumps(
            {
                "Version": "1",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "NotPrincipal": {"RAM": [f"acs:ram::{PARTNER}:root"]},
                    }
                ],
            }
        ),
    ],
)
def test_a_text_that_is_no_trust_policy_fails(trust: str) -> None:
    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]
    assert finding.verdict is Verdict.FAIL
    assert finding.evidence[0].digest


def test_an_operator_that_is_not_documented_fails_where_it_stands() -> None:
    trust = trusting(PARTNER, when=external_id("x", operator="StringEqualsIfExists"))

    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert finding.evidence[0].path.startswith("$.Statement[0].Condition.StringEqualsIfExists")


def test_a_documented_trust_policy_passes() -> None:
    trust = trusting(PARTNER, when=external_id("x"))
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)]))) == {"orders": Verdict.PASS}


def test_a_trust_policy_that_was_not_read_is_unknown() -> None:
    owner = snapshot(roles=[role("orders", trust=None)], gaps=[gap(Subject.ROLE, "orders")])

    finding = judged(RULE, world(owner))["orders"]

    assert finding.verdict is Verdict.UNKNOWN
    assert "ram:GetRole" in finding.because_of_gaps[0]


def test_a_list_of_roles_that_was_not_read_is_unknown_for_the_account() -> None:
    owner = snapshot(gaps=[gap(Subject.ROLES, api="ram:ListRoles")])
    assert verdicts(RULE, world(owner)) == {OWNER: Verdict.UNKNOWN}


def test_an_understood_role_for_the_account_itself_yields_nothing() -> None:
    assert verdicts(RULE, world(snapshot(roles=[role("inside", trust=trusting(OWNER))]))) == {}
