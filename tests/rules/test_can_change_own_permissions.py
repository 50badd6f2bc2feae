"""One call that changes permissions turns a small role into a large one."""

from __future__ import annotations

import pytest

from scanner.model.finding import Confidence, Severity, Verdict
from scanner.model.policy import Policy
from scanner.rules.base import World
from scanner.rules.can_change_own_permissions import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy) -> World:
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=w.attached(*policies, role="mq")))


OWN_POLICY = f"acs:ram:*:{w.OWNER}:policy/ops"
OWN_ROLE = f"acs:ram:*:{w.OWNER}:role/mq"


def test_everything_of_ram_changes_its_own_permissions() -> None:
    found = w.judged(RULE, holding(w.policy("ops", w.allow("ram:*"))))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.CRITICAL)
    assert found.confidence is Confidence.INFERRED
    assert "its own permissions" in found.message


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ram:CreatePolicyVersion", OWN_POLICY),
        ("ram:SetDefaultPolicyVersion", OWN_POLICY),
        ("ram:UpdateRole", OWN_ROLE),
        ("ram:UpdateRole", f"acs:ram::{w.OWNER}:role/mq"),
        ("ram:UpdateRole", f"acs:ram:*:{w.OWNER}:role/m*"),
    ],
)
def test_an_action_on_itself_or_its_policy_is_critical(action: str, resource: str) -> None:
    found = w.judged(RULE, holding(w.policy("ops", w.allow(action, on=resource))))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ram:CreatePolicyVersion", f"acs:ram:*:{w.OWNER}:policy/other"),
        ("ram:UpdateRole", f"acs:ram:*:{w.OWNER}:role/other"),
        ("ram:CreateAccessKey", f"acs:ram:*:{w.OWNER}:user/*"),
        ("ram:UpdateLoginProfile", "*"),
    ],
)
def test_an_action_on_others_is_less_severe(action: str, resource: str) -> None:
    found = w.judged(RULE, holding(w.policy("ops", w.allow(action, on=resource))))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.HIGH)
    assert "of others" in found.message


def test_attaching_needs_the_role_and_a_policy() -> None:
    half = w.policy("ops", w.allow("ram:AttachPolicyToRole", on=OWN_ROLE))
    whole = w.policy("ops", w.allow("ram:AttachPolicyToRole", on=[OWN_ROLE, "acs:ram:*:system:policy/*"]))
    assert w.verdicts(RULE, holding(half)) == {"mq": Verdict.PASS}
    found = w.judged(RULE, holding(whole))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.CRITICAL)


def test_an_action_on_a_resource_that_it_is_never_asked_on_passes() -> None:
    assert w.verdicts(RULE, holding(w.policy("ops", w.allow("ram:UpdateRole", on=OWN_POLICY)))) == {
        "mq": Verdict.PASS
    }


def test_reading_ram_and_passing_roles_passes_here() -> None:
    policy = w.policy("ops", w.allow("ram:Get*", "ram:List*", "ram:PassRole", "sts:AssumeRole"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}


def test_a_service_linked_role_for_one_service_passes() -> None:
    condition = {"StringEquals": {"ram:ServiceName": ["ons.aliyuncs.com"]}}
    policy = w.policy("mq-full", w.allow("ram:CreateServiceLinkedRole", when=condition))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.PASS}


def test_what_cannot_be_understood_is_unknown() -> None:
    policy = w.policy("ops", w.allow("ram:*", when={"ForAnyValue:StringEquals": {"acs:SourceVpc": "vpc-1"}}))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.UNKNOWN}


def test_adding_a_user_to_a_group_needs_both_of_them() -> None:
    user, group = "acs:ram:*:*:user/u", "acs:ram:*:*:group/g"
    alone = w.policy("ops", w.allow("ram:AddUserToGroup", on=user))
    both = w.policy("ops", w.allow("ram:AddUserToGroup", on=[user, group]))
    assert w.judged(RULE, holding(alone))["mq"].verdict is Verdict.PASS
    assert w.judged(RULE, holding(both))["mq"].verdict is Verdict.FAIL


def test_a_condition_on_one_of_two_things_needed_is_named() -> None:
    tls = {"Bool": {"acs:SecureTransport": "true"}}
    ops = w.policy(
        "ops",
        w.allow("ram:AttachPolicyToRole", on="acs:ram:*:*:role/*", when=tls),
        w.allow("ram:AttachPolicyToRole", on="acs:ram:*:system:policy/*"),
    )
    found = w.judged(RULE, holding(ops))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.CRITICAL)
    assert "only if `acs:SecureTransport` Bool `true`" in found.message


@pytest.mark.parametrize(("target", "severity"), [("role/mq", Severity.CRITICAL), ("user/*", Severity.HIGH)])
def test_attaching_through_resource_management_needs_a_principal_and_a_policy(
    target: str, severity: Severity
) -> None:
    on = [f"acs:ram:*:*:{target}", "acs:ram:*:system:policy/*"]
    alone = w.judged(RULE, holding(w.policy("ops", w.allow("ram:AttachPolicy", on=on[0]))))["mq"]
    both = w.judged(RULE, holding(w.policy("ops", w.allow("ram:AttachPolicy", on=on))))["mq"]
    assert alone.verdict is Verdict.PASS
    assert (both.verdict, both.severity) == (Verdict.FAIL, severity)
