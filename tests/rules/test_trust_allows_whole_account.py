from __future__ import annotations

import pytest

from scanner.model.delegation import KnownAccount, Relation
from scanner.model.finding import Severity, Verdict
from scanner.rules.trust_allows_whole_account import RULE
from tests.rules.worlds import (
    PARTNER,
    SISTER,
    STRANGER,
    judged,
    role,
    snapshot,
    trusting,
    verdicts,
    world,
)


@pytest.mark.parametrize(
    ("account", "severity"),
    [(STRANGER, Severity.HIGH), (PARTNER, Severity.MEDIUM), (SISTER, Severity.LOW)],
)
def test_a_whole_account_fails_the_more_the_less_it_is_known(account: str, severity: Severity) -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(account))])

    finding = judged(RULE, world(owner))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert finding.severity is severity


def test_another_account_of_ones_own_is_mild() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(PARTNER))])
    known = [KnownAccount(account=PARTNER, name="A, second account", relation=Relation.OWN)]
    assert judged(RULE, world(owner, known=known))["orders"].severity is Severity.LOW


def test_one_user_or_role_passes() -> None:
    trust = trusting(f"acs:ram::{PARTNER}:user/alice", f"acs:ram::{PARTNER}:role/sync")
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)]))) == {"orders": Verdict.PASS}


def test_a_whole_account_beside_a_user_of_it_fails() -> None:
    trust = [trusting(f"acs:ram::{PARTNER}:user/alice"), trusting(PARTNER)]
    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]
    assert finding.verdict is Verdict.FAIL
    assert [e.path for e in finding.evidence] == ["$.Statement[1].Principal.RAM[0]"]


def test_the_severity_is_that_of_the_worst_principal() -> None:
    trust = trusting(SISTER, STRANGER)
    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]
    assert finding.severity is Severity.HIGH


def test_a_wildcard_is_left_to_its_own_rule() -> None:
    account = snapshot(roles=[role("orders", trust=trusting("*"))])
    assert verdicts(RULE, world(account))["orders"] not in {Verdict.PASS, Verdict.FAIL}


def test_a_trust_policy_that_was_not_read_is_unknown() -> None:
    account = snapshot(roles=[role("orders", trust=None)])
    assert verdicts(RULE, world(account)) == {"orders": Verdict.UNKNOWN}
