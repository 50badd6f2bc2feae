from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scanner.model.finding import Verdict
from scanner.model.snapshot import Subject
from scanner.model.user import User
from scanner.rules.trust_names_missing_principal import RULE
from tests.rules.worlds import (
    NOON,
    OWNER,
    PARTNER,
    STRANGER,
    gap,
    judged,
    role,
    snapshot,
    trusting,
    user,
    verdicts,
    world,
)

ALICE = f"acs:ram::{PARTNER}:user/alice"
SYNC = f"acs:ram::{PARTNER}:role/sync"


def test_a_user_of_a_scanned_account_that_is_gone_fails() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(ALICE))])
    partner = snapshot(account=PARTNER, users=[user("bob")])

    finding = judged(RULE, world(owner, others=[partner]))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert "`alice`" in finding.message
    assert finding.evidence[0].excerpt == ALICE


def test_a_role_of_a_scanned_account_that_is_gone_fails() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(SYNC))])
    assert verdicts(RULE, world(owner, others=[snapshot(account=PARTNER)])) == {"orders": Verdict.FAIL}


def test_principals_that_exist_pass() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(ALICE, SYNC))])
    partner = snapshot(
        account=PARTNER, users=[user("alice")], roles=[role("sync", trust=None, account=PARTNER)]
    )
    assert verdicts(RULE, world(owner, others=[partner])) == {"orders": Verdict.PASS}


def test_a_user_is_no_role_of_the_same_name() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(ALICE))])
    partner = snapshot(account=PARTNER, roles=[role("alice", trust=None, account=PARTNER)])
    assert verdicts(RULE, world(owner, others=[partner])) == {"orders": Verdict.FAIL}


def test_an_account_that_was_not_scanned_is_unknown_and_named() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(ALICE))])

    finding = judged(RULE, world(owner))["orders"]

    assert finding.verdict is Verdict.UNKNOWN
    assert PARTNER in finding.because_of_gaps[0]
    assert "only a scan of that account can tell" in finding.message


def test_a_list_of_users_that_was_not_read_is_unknown() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(ALICE))])
    partner = snapshot(account=PARTNER, gaps=[gap(Subject.USERS, api="ram:ListUsers")])

    finding = judged(RULE, world(owner, others=[partner]))["orders"]

    assert finding.verdict is Verdict.UNKNOWN
    assert "ram:ListUsers" in finding.because_of_gaps[0]


def test_a_list_of_users_that_was_not_read_does_not_hide_a_role_that_is_gone() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(SYNC))])
    partner = snapshot(account=PARTNER, gaps=[gap(Subject.USERS, api="ram:ListUsers")])
    assert verdicts(RULE, world(owner, others=[partner])) == {"orders": Verdict.FAIL}


def test_a_principal_of_the_account_itself_is_looked_up_at_home() -> None:
    trust = trusting(f"acs:ram::{OWNER}:user/carol")
    assert verdicts(RULE, world(snapshot(roles=[role("inside", trust=trust)]))) == {"inside": Verdict.FAIL}
    at_home = snapshot(roles=[role("inside", trust=trust)], users=[user("carol")])
    assert verdicts(RULE, world(at_home)) == {"inside": Verdict.PASS}


def test_a_user_younger_than_the_trust_in_it_was_made_again() -> None:
    saved = replace(role("orders", trust=trusting(ALICE)), updated=NOON)
    young = replace(user("alice"), created=NOON + timedelta(days=1))
    old = replace(user("alice"), created=NOON - timedelta(days=1))

    def verdict(alice: User) -> Verdict:
        partner = snapshot(account=PARTNER, users=[alice])
        return verdicts(RULE, world(snapshot(roles=[saved]), others=[partner]))["orders"]

    assert verdict(young) is Verdict.FAIL
    assert verdict(old) is Verdict.PASS


def test_whole_accounts_and_services_name_nobody_who_could_be_missing() -> None:
    trust = trusting(STRANGER, service="ecs.aliyuncs.com")
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)]))) == {}


def test_a_trust_policy_that_was_not_read_is_unknown() -> None:
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=None)]))) == {"orders": Verdict.UNKNOWN}


def test_a_name_that_differs_in_case_alone_is_unknown() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(ALICE))])
    partner = snapshot(account=PARTNER, users=[user("Alice")])

    finding = judged(RULE, world(owner, others=[partner]))["orders"]

    assert finding.verdict is Verdict.UNKNOWN
    assert "`Alice`" in finding.because_of_gaps[0]
