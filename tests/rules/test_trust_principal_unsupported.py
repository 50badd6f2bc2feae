from __future__ import annotations

import json

import pytest

from scanner.model.finding import Confidence, Severity, Verdict
from scanner.rules.trust_principal_unsupported import RULE
from tests.rules.worlds import PARTNER, judged, role, snapshot, trusting, verdicts, world


@pytest.mark.parametrize("principal", ["*", f"acs:ram::{PARTNER}:role/ops-*", "acs:ram::*:root"])
def test_a_wildcard_is_critical(principal: str) -> None:
    account = snapshot(roles=[role("orders", trust=trusting(principal))])

    finding = judged(RULE, world(account))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.CRITICAL
    assert finding.confidence is Confidence.INFERRED
    assert finding.evidence[0].excerpt == principal


def test_a_bare_star_instead_of_an_object_is_critical() -> None:
    trust = json.dumps(
        {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
    )
    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.CRITICAL


def test_a_form_that_no_page_shows_is_high() -> None:
    trust = trusting(f"acs:ram::{PARTNER}:group/ops")
    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.HIGH


def test_documented_forms_pass() -> None:
    trust = trusting(
        PARTNER,
        f"acs:ram::{PARTNER}:user/alice",
        service=f"{PARTNER}@fc.aliyuncs.com",
        federated=f"acs:ram::{PARTNER}:oidc-provider/ci",
    )
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"] is not Verdict.FAIL
    plain = snapshot(roles=[role("orders", trust=trusting(PARTNER))])
    assert verdicts(RULE, world(plain)) == {"orders": Verdict.PASS}


def test_a_text_that_is_no_trust_policy_names_nobody_for_certain() -> None:
    account = snapshot(roles=[role("orders", trust="{not json")])
    assert verdicts(RULE, world(account)) == {"orders": Verdict.UNKNOWN}


def test_a_wildcard_fails_whatever_else_is_not_understood() -> None:
    trust = [trusting("*"), trusting(PARTNER, when={"Null": {"sts:ExternalId": "true"}})]
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"] is Verdict.FAIL


def test_a_trust_policy_that_was_not_read_is_unknown() -> None:
    account = snapshot(roles=[role("orders", trust=None)])
    assert verdicts(RULE, world(account)) == {"orders": Verdict.UNKNOWN}
