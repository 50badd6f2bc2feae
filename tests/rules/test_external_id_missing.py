from __future__ import annotations

import pytest

from scanner.model.delegation import KnownAccount, Relation
from scanner.model.finding import Severity, Verdict
from scanner.rules.external_id_missing import RULE
from tests.rules.worlds import (
    GOOD_EXTERNAL_ID,
    PARTNER,
    SISTER,
    STRANGER,
    external_id,
    judged,
    role,
    snapshot,
    trusting,
    verdicts,
    world,
)


@pytest.mark.parametrize(
    ("account", "severity"),
    [(STRANGER, Severity.HIGH), (PARTNER, Severity.HIGH), (SISTER, Severity.MEDIUM)],
)
def test_somebody_elses_principal_needs_an_external_id(account: str, severity: Severity) -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(account))])

    finding = judged(RULE, world(owner))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert finding.severity is severity


def test_asking_for_one_passes() -> None:
    trust = trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)]))) == {"orders": Verdict.PASS}


def test_one_statement_without_it_undoes_the_other() -> None:
    trust = [trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID)), trusting(PARTNER)]

    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert [e.path for e in finding.evidence] == ["$.Statement[1].Principal.RAM[0]"]
    assert "$.Statement[0]" in finding.message
    assert GOOD_EXTERNAL_ID not in repr(finding)


def test_a_user_and_a_role_need_one_like_a_whole_account() -> None:
    roles = [
        role("a", trust=trusting(f"acs:ram::{PARTNER}:user/alice")),
        role("b", trust=trusting(f"acs:ram::{PARTNER}:role/sync")),
    ]
    assert verdicts(RULE, world(snapshot(roles=roles))) == {"a": Verdict.FAIL, "b": Verdict.FAIL}


def test_an_account_of_ones_own_needs_none() -> None:
    known = [KnownAccount(account=PARTNER, name="A, second account", relation=Relation.OWN)]
    owner = snapshot(roles=[role("orders", trust=trusting(PARTNER))])
    assert verdicts(RULE, world(owner, known=known)) == {"orders": Verdict.NOT_APPLICABLE}


def test_services_and_identity_providers_have_no_external_id() -> None:
    roles = [
        role("job", trust=trusting(service=f"{PARTNER}@fc.aliyuncs.com")),
        role("login", trust=trusting(federated=f"acs:ram::{PARTNER}:saml-provider/okta")),
    ]
    found = verdicts(RULE, world(snapshot(roles=roles)))
    assert Verdict.FAIL not in found.values()
    assert found["job"] is Verdict.NOT_APPLICABLE


def test_an_operator_that_is_not_documented_is_unknown() -> None:
    trust = trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID, operator="StringEqualsIfExists"))

    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]

    assert finding.verdict is Verdict.UNKNOWN
    assert finding.because_of_gaps
    assert GOOD_EXTERNAL_ID not in repr(finding)


def test_a_wildcard_principal_without_one_fails() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting("*"))])
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.FAIL}


def test_a_trust_policy_that_was_not_read_is_unknown() -> None:
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=None)]))) == {"orders": Verdict.UNKNOWN}


def test_an_empty_list_of_values_is_unknown() -> None:
    trust = trusting(PARTNER, when=external_id())
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)]))) == {"orders": Verdict.UNKNOWN}
