from __future__ import annotations

import pytest

from scanner.model.finding import Verdict
from scanner.model.snapshot import Gap, Subject
from scanner.rules.role_trusted_but_powerless import RULE
from tests.rules.worlds import (
    OWNER,
    PARTNER,
    allow,
    attached,
    gap,
    judged,
    policy,
    role,
    snapshot,
    trusting,
    verdicts,
    world,
)

DOOR = role("orders", trust=trusting(PARTNER))
PUBLISH = policy("publish", allow("mq:PUB"))


def test_a_delegated_role_without_a_policy_fails() -> None:
    finding = judged(RULE, world(snapshot(roles=[DOOR])))["orders"]
    assert finding.verdict is Verdict.FAIL
    assert finding.evidence[0].excerpt == "none"


def test_a_policy_passes() -> None:
    owner = snapshot(roles=[DOOR], policies=[PUBLISH], attachments=attached(PUBLISH, role="orders"))
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.PASS}


def test_a_policy_in_a_resource_group_passes_too() -> None:
    grant = attached(PUBLISH, role="orders", resource_group="rg-1")
    owner = snapshot(roles=[DOOR], policies=[PUBLISH], attachments=grant)
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.PASS}


def test_a_policy_of_a_user_of_the_same_name_does_not_count() -> None:
    owner = snapshot(roles=[DOOR], policies=[PUBLISH], attachments=attached(PUBLISH, user="orders"))
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.FAIL}


@pytest.mark.parametrize(
    "missing",
    [
        gap(Subject.ATTACHMENTS, "orders", api="ram:ListPoliciesForRole"),
        gap(Subject.ATTACHMENTS, api="ram:ListPolicyAttachments"),
        gap(Subject.RESOURCE_GROUP_ATTACHMENTS, api="ram:ListPolicyAttachments"),
    ],
)
def test_attachments_that_were_not_read_are_unknown(missing: Gap) -> None:
    owner = snapshot(roles=[DOOR], gaps=[missing])
    finding = judged(RULE, world(owner))["orders"]
    assert finding.verdict is Verdict.UNKNOWN
    assert "ram:ListPolic" in finding.because_of_gaps[0]


def test_a_role_for_the_account_itself_yields_nothing() -> None:
    assert verdicts(RULE, world(snapshot(roles=[role("inside", trust=trusting(OWNER))]))) == {}
