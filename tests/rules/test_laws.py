"""What holds for every rule: not reading something never makes a PASS."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.model.finding import Finding, Verdict
from scanner.model.policy import PolicyKind
from scanner.model.snapshot import Snapshot, Subject
from scanner.rules.base import Rule
from scanner.rules.registry import RULES
from tests.rules.worlds import (
    GOOD_EXTERNAL_ID,
    PARTNER,
    SISTER,
    STRANGER,
    allow,
    attached,
    deny,
    external_id,
    gap,
    group,
    instance,
    policy,
    role,
    snapshot,
    topic,
    trail,
    trusting,
    user,
    world,
)

PUBLISH = policy(
    "publish", allow("rocketmq:*", on="acs:rocketmq:*:*:instance/rmq-cn-1*"), deny("rocketmq:Delete*")
)
READ_ONLY = policy("AliyunMQReadOnlyAccess", allow("mq:Get*", "rocketmq:Get*"), kind=PolicyKind.SYSTEM)
ASSUME = policy("AliyunSTSAssumeRoleAccess", allow("sts:AssumeRole"), kind=PolicyKind.SYSTEM)
ASKING = external_id(GOOD_EXTERNAL_ID)

ACCOUNT = snapshot(
    roles=[
        role("careful", trust=trusting(f"acs:ram::{SISTER}:role/sync", when=ASKING)),
        role("open", trust=trusting(PARTNER, STRANGER), max_session_seconds=43_200),
        role("service", trust=trusting(service=f"{PARTNER}@fc.aliyuncs.com")),
        role("star", trust=trusting("*")),
    ],
    policies=[PUBLISH, READ_ONLY, ASSUME],
    attachments=[
        *attached(PUBLISH, role="careful"),
        *attached(READ_ONLY, ASSUME, role="open"),
        *attached(ASSUME, user="alice"),
        *attached(ASSUME, group="ops"),
    ],
    users=[user("alice"), user("bob")],
    groups=[group("ops", "bob")],
    instances=[instance("rmq-cn-1")],
    topics=[topic("rmq-cn-1", "orders")],
    trails=[trail()],
)


def said(rule: Rule, account: Snapshot) -> dict[tuple[str, str], Finding]:
    findings = list(rule.judge(world(account)))
    return {(f.subject_kind.value, f.subject): f for f in findings}


every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@every_rule
def test_a_rule_says_one_thing_about_a_subject(rule: Rule) -> None:
    assert len(said(rule, ACCOUNT)) == len(list(rule.judge(world(ACCOUNT))))


@every_rule
def test_a_finding_carries_the_rules_id_and_what_decided(rule: Rule) -> None:
    for finding in said(rule, ACCOUNT).values():
        assert finding.rule == rule.id
        assert finding.account == ACCOUNT.account
        assert finding.message
        assert not finding.message.endswith(".")
        if finding.verdict in {Verdict.PASS, Verdict.FAIL}:
            assert finding.evidence
        if finding.verdict is Verdict.UNKNOWN:
            assert finding.because_of_gaps


@every_rule
def test_no_external_id_is_ever_shown(rule: Rule) -> None:
    assert GOOD_EXTERNAL_ID not in repr(list(rule.judge(world(ACCOUNT))))


@every_rule
def test_a_trust_policy_that_was_not_read_passes_nothing(rule: Rule) -> None:
    unread = replace(
        ACCOUNT,
        roles=tuple(replace(r, trust=None) for r in ACCOUNT.roles),
        gaps=tuple(gap(Subject.ROLE, r.name) for r in ACCOUNT.roles),
    )
    if rule.id == "accessor-may-assume-any-role":
        return  # It judges what principals hold, and no trust policy.
    about_roles = {key: f for key, f in said(rule, unread).items() if key[0] == "role"}
    assert all(f.verdict is Verdict.UNKNOWN for f in about_roles.values())


@every_rule
@pytest.mark.parametrize("subject", list(Subject), ids=lambda subject: subject.name.lower())
def test_a_gap_in_a_listing_turns_nothing_into_a_pass(rule: Rule, subject: Subject) -> None:
    before = said(rule, ACCOUNT)
    after = said(rule, replace(ACCOUNT, gaps=(gap(subject, api="x:List"),)))
    for key, finding in after.items():
        if finding.verdict is Verdict.PASS:
            assert key in before
            assert before[key].verdict is Verdict.PASS


@every_rule
def test_policies_that_were_not_read_turn_nothing_into_a_pass(rule: Rule) -> None:
    before = said(rule, ACCOUNT)
    unread = tuple(
        replace(p, versions=tuple(replace(v, document=None) for v in p.versions)) for p in ACCOUNT.policies
    )
    gaps = tuple(gap(Subject.POLICY, str(p.ref), api="ram:GetPolicy") for p in ACCOUNT.policies)
    after = said(rule, replace(ACCOUNT, policies=unread, gaps=gaps))
    for key, finding in after.items():
        if finding.verdict is Verdict.PASS:
            assert before[key].verdict is Verdict.PASS


@every_rule
def test_an_account_of_which_nothing_was_read_passes_nothing(rule: Rule) -> None:
    nothing = snapshot(gaps=[gap(subject, api=f"x:{subject.name}") for subject in Subject])
    assert {f.verdict for f in rule.judge(world(nothing))} == {Verdict.UNKNOWN}
