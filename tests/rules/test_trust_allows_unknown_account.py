from __future__ import annotations

from scanner.model.delegation import KnownAccount, Relation
from scanner.model.finding import Severity, Verdict
from scanner.model.snapshot import Subject
from scanner.rules.trust_allows_unknown_account import RULE
from tests.rules.worlds import (
    OWNER,
    PARTNER,
    STRANGER,
    gap,
    judged,
    role,
    snapshot,
    trusting,
    verdicts,
    world,
)


def test_a_stranger_fails_and_the_evidence_points_at_it() -> None:
    account = snapshot(roles=[role("orders", trust=[trusting(PARTNER), trusting(PARTNER, STRANGER)])])

    finding = judged(RULE, world(account))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.HIGH
    assert STRANGER in finding.message
    assert PARTNER not in finding.message
    (evidence,) = finding.evidence
    assert evidence.source == "trust policy"
    assert evidence.path == "$.Statement[1].Principal.RAM[1]"
    assert evidence.excerpt == f"acs:ram::{STRANGER}:root"
    assert evidence.digest


def test_accounts_that_the_settings_name_pass() -> None:
    account = snapshot(roles=[role("orders", trust=trusting(PARTNER))])
    assert verdicts(RULE, world(account)) == {"orders": Verdict.PASS}


def test_every_foreign_account_is_unknown_while_the_settings_name_none() -> None:
    account = snapshot(roles=[role("orders", trust=trusting(PARTNER))])
    assert verdicts(RULE, world(account, known=[])) == {"orders": Verdict.FAIL}


def test_a_stranger_may_come_as_service_or_identity_provider_too() -> None:
    roles = [
        role("job", trust=trusting(service=f"{STRANGER}@fc.aliyuncs.com")),
        role("login", trust=trusting(federated=f"acs:ram::{STRANGER}:saml-provider/okta")),
    ]
    assert verdicts(RULE, world(snapshot(roles=roles))) == {"job": Verdict.FAIL, "login": Verdict.FAIL}


def test_a_role_for_the_account_itself_yields_nothing() -> None:
    roles = [role("inside", trust=trusting(OWNER)), role("ecs", trust=trusting(service="ecs.aliyuncs.com"))]
    assert verdicts(RULE, world(snapshot(roles=roles))) == {}


def test_a_trust_policy_that_was_not_read_is_unknown() -> None:
    account = snapshot(roles=[role("orders", trust=None)], gaps=[gap(Subject.ROLE, "orders")])

    finding = judged(RULE, world(account))["orders"]

    assert finding.verdict is Verdict.UNKNOWN
    assert "ram:GetRole" in " ".join(finding.because_of_gaps)


def test_a_trust_policy_that_is_no_policy_is_unknown() -> None:
    account = snapshot(roles=[role("orders", trust="{not json")])
    assert verdicts(RULE, world(account)) == {"orders": Verdict.UNKNOWN}


def test_a_list_of_roles_that_was_not_read_is_unknown_for_the_account() -> None:
    account = snapshot(gaps=[gap(Subject.ROLES, api="ram:ListRoles")])

    finding = judged(RULE, world(account))[OWNER]

    assert finding.verdict is Verdict.UNKNOWN
    assert "ram:ListRoles" in " ".join(finding.because_of_gaps)


def test_a_stranger_fails_even_beside_a_statement_that_is_not_understood() -> None:
    odd = trusting(PARTNER, when={"StringEqualsIfExists": {"sts:ExternalId": "x"}})
    account = snapshot(roles=[role("orders", trust=[odd, trusting(STRANGER)])])
    assert verdicts(RULE, world(account)) == {"orders": Verdict.FAIL}


def test_a_deny_of_the_same_account_leaves_it_open() -> None:
    account = snapshot(roles=[role("orders", trust=[trusting(STRANGER), trusting(STRANGER, effect="Deny")])])

    finding = judged(RULE, world(account))["orders"]

    assert finding.verdict is Verdict.UNKNOWN
    assert "$.Statement[1]" in finding.because_of_gaps[0]


def test_a_conditional_deny_takes_nothing_back() -> None:
    denial = trusting(STRANGER, effect="Deny", when={"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}})
    account = snapshot(roles=[role("orders", trust=[trusting(STRANGER), denial])])
    assert verdicts(RULE, world(account)) == {"orders": Verdict.FAIL}


def test_the_message_names_a_few_principals_and_counts_the_rest() -> None:
    strangers = [f"900000000000000{n}" for n in range(6)]
    account = snapshot(roles=[role("orders", trust=trusting(*strangers))])

    finding = judged(RULE, world(account))["orders"]

    assert finding.message.endswith("and 3 more")
    assert len(finding.evidence) == 6


def test_the_name_in_the_settings_is_told() -> None:
    account = snapshot(roles=[role("orders", trust=trusting(PARTNER))])
    known = [KnownAccount(account=PARTNER, name="Enterprise B", relation=Relation.PARTNER)]
    assert "Enterprise B" in judged(RULE, world(account, known=known))["orders"].message


def test_a_wildcard_may_be_anybody_and_is_unknown_here() -> None:
    account = snapshot(roles=[role("open", trust=trusting("*"))])
    assert verdicts(RULE, world(account)) == {"open": Verdict.UNKNOWN}


def test_an_odd_condition_changes_account() -> None:
    trust = trusting(PARTNER, when={"StringEqualsIfExists": {"sts:ExternalId": "x"}})
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)]))) == {"orders": Verdict.PASS}
