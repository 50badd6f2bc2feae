from __future__ import annotations

import pytest

from scanner.model.delegation import KnownAccount, Relation
from scanner.model.finding import Severity, Verdict
from scanner.rules.trust_allows_foreign_service import RULE
from tests.rules.worlds import (
    OWNER,
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
def test_a_service_of_another_account_fails(account: str, severity: Severity) -> None:
    trust = trusting(service=["ecs.aliyuncs.com", f"{account}@fc.aliyuncs.com"])

    finding = judged(RULE, world(snapshot(roles=[role("job", trust=trust)])))["job"]

    assert finding.verdict is Verdict.FAIL
    assert finding.severity is severity
    assert finding.evidence[0].path == "$.Statement[0].Principal.Service[1]"


def test_a_service_of_another_account_of_ones_own_passes() -> None:
    known = [KnownAccount(account=PARTNER, name="A, second account", relation=Relation.OWN)]
    owner = snapshot(roles=[role("job", trust=trusting(service=f"{PARTNER}@fc.aliyuncs.com"))])
    assert verdicts(RULE, world(owner, known=known)) == {"job": Verdict.PASS}


def test_users_and_roles_of_another_account_pass() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(PARTNER))])
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.PASS}


def test_a_service_for_the_account_itself_yields_nothing() -> None:
    trust = trusting(service=["ecs.aliyuncs.com", f"{OWNER}@fc.aliyuncs.com"])
    assert verdicts(RULE, world(snapshot(roles=[role("job", trust=trust)]))) == {}


def test_a_trust_policy_that_was_not_read_is_unknown() -> None:
    assert verdicts(RULE, world(snapshot(roles=[role("job", trust=None)]))) == {"job": Verdict.UNKNOWN}
