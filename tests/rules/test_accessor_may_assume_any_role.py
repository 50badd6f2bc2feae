from __future__ import annotations

import pytest

from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.model.policy import PolicyKind
from scanner.model.snapshot import Subject
from scanner.rules.accessor_may_assume_any_role import RULE
from tests.rules.worlds import (
    OWNER,
    PARTNER,
    Body,
    allow,
    attached,
    deny,
    gap,
    group,
    judged,
    policy,
    role,
    snapshot,
    trusting,
    user,
    verdicts,
    world,
)

OFFICE = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
ASSUME_ANY = policy("AliyunSTSAssumeRoleAccess", allow("sts:AssumeRole"), kind=PolicyKind.SYSTEM)


def holding(*statements: Body) -> dict[str, Verdict]:
    """The verdict on user `alice` of the partner with one policy of `statements`."""
    held = policy("held", *statements)
    account = snapshot(
        account=PARTNER, users=[user("alice")], policies=[held], attachments=attached(held, user="alice")
    )
    return verdicts(RULE, world(account))


def test_the_system_policy_fails_and_the_evidence_is_its_statement() -> None:
    account = snapshot(
        account=PARTNER,
        users=[user("alice")],
        policies=[ASSUME_ANY],
        attachments=attached(ASSUME_ANY, user="alice"),
    )

    finding = judged(RULE, world(account))["alice"]

    assert finding.verdict is Verdict.FAIL
    assert finding.subject_kind is SubjectKind.USER
    assert finding.account == PARTNER
    (evidence,) = finding.evidence
    assert evidence.source == "System:AliyunSTSAssumeRoleAccess"
    assert evidence.path == "$.Statement[0]"


@pytest.mark.parametrize(
    "statement",
    [
        allow("sts:*"),
        allow("STS:assumerole"),
        allow("sts:Assume*", on="acs:ram:*:*:role/*"),
        allow("sts:AssumeRole", on=["acs:ram::1000000000000001:role/x", "acs:*"]),
        {"Effect": "Allow", "NotAction": "ram:*", "Resource": "*"},
    ],
)
def test_the_same_in_other_words_fails(statement: Body) -> None:
    assert holding(statement) == {"alice": Verdict.FAIL}


@pytest.mark.parametrize(
    "resource",
    [
        f"acs:ram:*:{OWNER}:role/orders",
        f"acs:ram::{OWNER}:role/orders",
        f"acs:ram:*:{OWNER}:role/*",
    ],
)
def test_roles_of_a_named_account_pass(resource: str) -> None:
    assert holding(allow("sts:AssumeRole", on=resource)) == {"alice": Verdict.PASS}


def test_whoever_may_assume_nothing_yields_nothing() -> None:
    assert holding(allow("mq:PUB")) == {}


def test_a_deny_of_everything_else_passes() -> None:
    assert holding(allow("sts:AssumeRole"), deny("sts:AssumeRole")) == {"alice": Verdict.PASS}


def test_a_name_shared_by_roles_of_any_account_fails_mildly() -> None:
    held = policy("held", allow("sts:AssumeRole", on="acs:ram:*:*:role/mq-*"))
    account = snapshot(
        account=PARTNER, users=[user("alice")], policies=[held], attachments=attached(held, user="alice")
    )
    finding = judged(RULE, world(account))["alice"]
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.LOW
    assert "mq-" in finding.message


def test_an_administrator_fails_mildly() -> None:
    admin = policy("AdministratorAccess", allow("*"), kind=PolicyKind.SYSTEM)
    account = snapshot(
        account=PARTNER, users=[user("root2")], policies=[admin], attachments=attached(admin, user="root2")
    )
    finding = judged(RULE, world(account))["root2"]
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.LOW


def test_a_group_fails_and_so_do_its_members() -> None:
    account = snapshot(
        account=PARTNER,
        users=[user("alice"), user("bob")],
        groups=[group("ops", "alice")],
        policies=[ASSUME_ANY],
        attachments=attached(ASSUME_ANY, group="ops"),
    )
    assert verdicts(RULE, world(account)) == {"alice": Verdict.FAIL, "ops": Verdict.FAIL}


def test_a_role_fails_but_a_service_linked_one_is_not_ours_to_change() -> None:
    roles = [
        role("sync", trust=trusting(service="ecs.aliyuncs.com"), account=PARTNER),
        role("linked", trust=trusting(service="x.aliyuncs.com"), account=PARTNER, service_linked=True),
    ]
    account = snapshot(
        account=PARTNER,
        roles=roles,
        policies=[ASSUME_ANY],
        attachments=[*attached(ASSUME_ANY, role="sync"), *attached(ASSUME_ANY, role="linked")],
    )
    assert verdicts(RULE, world(account)) == {"sync": Verdict.FAIL}


def the_finding(*statements: Body) -> Finding:
    """The finding about user `alice` of the partner with one policy of `statements`."""
    held = policy("held", *statements)
    account = snapshot(
        account=PARTNER, users=[user("alice")], policies=[held], attachments=attached(held, user="alice")
    )
    return judged(RULE, world(account))["alice"]


def test_a_grant_under_a_condition_fails_and_names_the_condition() -> None:
    finding = the_finding(allow("sts:AssumeRole", when=OFFICE))
    assert finding.verdict is Verdict.FAIL
    assert finding.message.endswith("under condition: only if `acs:SourceIp` IpAddress `10.0.0.0/8`")


def test_a_deny_under_a_condition_takes_nothing_back_and_is_named() -> None:
    finding = the_finding(allow("sts:AssumeRole"), deny("sts:*", when=OFFICE))
    assert finding.verdict is Verdict.FAIL
    assert finding.message.endswith("under condition: unless `acs:SourceIp` IpAddress `10.0.0.0/8`")


def test_a_grant_without_a_condition_is_told_before_one_under_a_condition() -> None:
    finding = the_finding(
        allow("sts:AssumeRole", on="acs:ram:*:*:role/mq-*", when=OFFICE),
        allow("sts:AssumeRole", on="acs:ram:*:*:role/my-*"),
    )
    assert finding.verdict is Verdict.FAIL
    assert "`my-" in finding.message
    assert "under condition" not in finding.message


@pytest.mark.parametrize(
    "statements",
    [
        [allow("sts:AssumeRole", when={"IpAddressIfExists": {"acs:SourceIp": "10.0.0.0/8"}})],
        [allow("sts:AssumeRole"), deny("sts:*", when={"StringEquals": {"acs:SourceIp": "10.0.0.0/8"}})],
        [allow("sts:AssumeRole", on="acs:ram:*:*:ROLE/*")],
    ],
)
def test_what_is_not_understood_leaves_it_unknown(statements: list[Body]) -> None:
    finding = the_finding(*statements)
    assert finding.verdict is Verdict.UNKNOWN
    assert "`Custom:held` $.Statement[" in finding.because_of_gaps[0]


def test_a_grant_in_a_resource_group_reaches_no_role_of_another_account() -> None:
    account = snapshot(
        account=PARTNER,
        users=[user("alice")],
        policies=[ASSUME_ANY],
        attachments=attached(ASSUME_ANY, user="alice", resource_group="rg-1"),
    )
    assert verdicts(RULE, world(account)) == {"alice": Verdict.PASS}


def test_a_policy_that_was_not_read_is_unknown() -> None:
    held = policy("held", unread=True)
    account = snapshot(
        account=PARTNER,
        users=[user("alice")],
        policies=[held],
        attachments=attached(held, user="alice"),
        gaps=[gap(Subject.POLICY, "Custom:held", api="ram:GetPolicy")],
    )

    finding = judged(RULE, world(account))["alice"]

    assert finding.verdict is Verdict.UNKNOWN
    assert "ram:GetPolicy" in " ".join(finding.because_of_gaps)


def test_a_policy_that_is_no_policy_is_unknown() -> None:
    held = policy("held", text="{not json")
    account = snapshot(
        account=PARTNER, users=[user("alice")], policies=[held], attachments=attached(held, user="alice")
    )
    assert verdicts(RULE, world(account)) == {"alice": Verdict.UNKNOWN}


def test_users_that_could_not_be_listed_are_unknown_for_the_account() -> None:
    account = snapshot(account=PARTNER, gaps=[gap(Subject.USERS, api="ram:ListUsers")])

    finding = judged(RULE, world(account))[PARTNER]

    assert finding.verdict is Verdict.UNKNOWN
    assert "ram:ListUsers" in finding.because_of_gaps[0]
