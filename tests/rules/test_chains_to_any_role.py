"""A role that may assume roles of any name goes on from role to role."""

from __future__ import annotations

import pytest

from scanner.model.finding import Verdict
from scanner.model.policy import Policy
from scanner.rules.base import World
from scanner.rules.chains_to_any_role import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy) -> World:
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=w.attached(*policies, role="mq")))


@pytest.mark.parametrize(
    ("resource", "where"),
    [
        ("*", "any account"),
        ("acs:ram:*:*:role/*", "any account"),
        ("acs:ram::*:*", "any account"),
        (f"acs:ram:*:{w.OWNER}:role/*", "the account"),
        (f"acs:ram::{w.OWNER}:*", "the account"),
    ],
)
def test_a_role_of_any_name_fails(resource: str, where: str) -> None:
    found = w.judged(RULE, holding(w.policy("chain", w.allow("sts:AssumeRole", on=resource))))["mq"]
    assert found.verdict is Verdict.FAIL
    assert f"any role of {where}" in found.message


@pytest.mark.parametrize(
    "resource", [f"acs:ram::{w.PARTNER}:role/mq", f"acs:ram:*:{w.OWNER}:role/ops-*", "acs:ram:*:*:role/mq"]
)
def test_roles_that_are_named_pass(resource: str) -> None:
    policy = w.policy("chain", w.allow("sts:AssumeRole", on=resource))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}


def test_a_resource_that_fits_only_if_case_does_not_count_is_unknown() -> None:
    policy = w.policy("chain", w.allow("sts:AssumeRole", on="acs:ram:*:*:Role/*"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.UNKNOWN}
