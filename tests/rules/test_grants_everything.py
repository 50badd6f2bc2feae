"""A role that may do everything fails, whatever its policy is called."""

from __future__ import annotations

from scanner.model.finding import Severity, Verdict
from scanner.model.policy import Policy
from scanner.model.snapshot import Subject
from scanner.rules.base import World
from scanner.rules.grants_everything import RULE
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def holding(*policies: Policy, resource_group: str | None = None) -> World:
    attachments = w.attached(*policies, role="mq", resource_group=resource_group)
    return w.world(w.snapshot(roles=[ROLE], policies=policies, attachments=attachments))


def test_everything_on_everything_fails() -> None:
    found = w.judged(RULE, holding(w.policy("nice-name", w.allow("*:*"))))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.CRITICAL)
    assert found.evidence[0].source == "Custom:nice-name"


def test_everything_on_every_resource_of_the_account_fails() -> None:
    policy = w.policy("own", w.allow("*", on=f"acs:*:*:{w.OWNER}:*"))
    assert w.verdicts(RULE, holding(policy)) == {"mq": Verdict.FAIL}


def test_everything_of_rocketmq_passes_here() -> None:
    assert w.verdicts(RULE, holding(w.policy("mq", w.allow("mq:*", "rocketmq:*")))) == {"mq": Verdict.PASS}


def test_a_verb_of_every_service_passes_here() -> None:
    assert w.verdicts(RULE, holding(w.policy("all-describe", w.allow("*:Describe*")))) == {"mq": Verdict.PASS}


def test_everything_in_a_resource_group_fails_less_severely() -> None:
    found = w.judged(RULE, holding(w.policy("admin", w.allow("*")), resource_group="rg-orders"))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.HIGH)
    assert "resource group `rg-orders`" in found.message


def test_what_was_not_read_is_unknown() -> None:
    account = w.snapshot(roles=[ROLE], gaps=[w.gap(Subject.ATTACHMENTS)])
    assert w.verdicts(RULE, w.world(account)) == {"mq": Verdict.UNKNOWN}
