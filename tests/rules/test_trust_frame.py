"""What the rules about who comes in share: a condition is told, and what is not understood is not certain."""

from __future__ import annotations

import pytest

from scanner.model.finding import Finding, Verdict
from scanner.rules.base import Rule
from scanner.rules.external_id_missing import RULE as NO_EXTERNAL_ID
from scanner.rules.trust_allows_foreign_service import RULE as FOREIGN_SERVICE
from scanner.rules.trust_allows_unknown_account import RULE as UNKNOWN_ACCOUNT
from scanner.rules.trust_allows_whole_account import RULE as WHOLE_ACCOUNT
from tests.rules.worlds import (
    GOOD_EXTERNAL_ID,
    PARTNER,
    STRANGER,
    Body,
    external_id,
    judged,
    role,
    snapshot,
    trusting,
    world,
)

OFFICE = {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}}
NO_MFA = {"Bool": {"acs:MFAPresent": "false"}}
ODD = {"IpAddressIfExists": {"acs:SourceIp": "192.0.2.0/24"}}

open_rules = pytest.mark.parametrize(
    "rule_", [NO_EXTERNAL_ID, FOREIGN_SERVICE, UNKNOWN_ACCOUNT, WHOLE_ACCOUNT], ids=lambda rule: rule.id
)


def letting_in(rule_: Rule, *, when: Body | None = None, effect: str = "Allow") -> Body:
    """A statement about the principal that `rule_` finds fault with."""
    if rule_ is FOREIGN_SERVICE:
        return trusting(service=f"{STRANGER}@fc.aliyuncs.com", when=when, effect=effect)
    return trusting(STRANGER, when=when, effect=effect)


def said(rule_: Rule, *statements: Body) -> Finding:
    return judged(rule_, world(snapshot(roles=[role("orders", trust=statements)])))["orders"]


@open_rules
def test_a_condition_on_coming_in_is_named(rule_: Rule) -> None:
    finding = said(rule_, letting_in(rule_, when=OFFICE))
    assert finding.verdict is Verdict.FAIL
    assert "under condition: only if `acs:SourceIp` IpAddress `192.0.2.0/24`" in finding.message


@open_rules
def test_a_deny_under_a_condition_is_named(rule_: Rule) -> None:
    finding = said(rule_, letting_in(rule_), letting_in(rule_, effect="Deny", when=NO_MFA))
    assert finding.verdict is Verdict.FAIL
    assert "under condition: unless `acs:MFAPresent` Bool `false`" in finding.message


@open_rules
def test_nothing_is_said_of_conditions_where_there_are_none(rule_: Rule) -> None:
    assert "condition" not in said(rule_, letting_in(rule_)).message


@open_rules
def test_a_condition_that_is_not_understood_leaves_it_unknown(rule_: Rule) -> None:
    finding = said(rule_, letting_in(rule_, when=ODD))
    assert finding.verdict is Verdict.UNKNOWN
    assert "IpAddressIfExists" in finding.because_of_gaps[0]


@open_rules
def test_a_deny_that_is_not_understood_leaves_it_unknown(rule_: Rule) -> None:
    finding = said(rule_, letting_in(rule_), letting_in(rule_, effect="Deny", when=ODD))
    assert finding.verdict is Verdict.UNKNOWN
    assert "$.Statement[1]" in finding.because_of_gaps[0]


@open_rules
def test_a_deny_without_a_condition_leaves_it_unknown(rule_: Rule) -> None:
    finding = said(rule_, letting_in(rule_), letting_in(rule_, effect="Deny"))
    assert finding.verdict is Verdict.UNKNOWN
    assert "$.Statement[1]" in finding.because_of_gaps[0]


@open_rules
def test_a_deny_that_applies_whenever_the_allow_does_leaves_it_unknown(rule_: Rule) -> None:
    finding = said(rule_, letting_in(rule_, when=OFFICE), letting_in(rule_, effect="Deny", when=OFFICE))
    assert finding.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("rule_", [NO_EXTERNAL_ID, UNKNOWN_ACCOUNT, WHOLE_ACCOUNT], ids=lambda rule: rule.id)
def test_a_deny_of_everybody_leaves_it_unknown(rule_: Rule) -> None:
    assert said(rule_, letting_in(rule_), trusting("*", effect="Deny")).verdict is Verdict.UNKNOWN


@open_rules
def test_a_deny_of_somebody_else_changes_nothing(rule_: Rule) -> None:
    finding = said(rule_, letting_in(rule_), trusting(PARTNER, effect="Deny", when=NO_MFA))
    assert finding.verdict is Verdict.FAIL
    assert "condition" not in finding.message


def test_a_deny_of_the_whole_account_counts_for_its_users() -> None:
    alice = trusting(f"acs:ram::{STRANGER}:user/alice")
    finding = said(UNKNOWN_ACCOUNT, alice, trusting(STRANGER, effect="Deny", when=NO_MFA))
    assert "unless `acs:MFAPresent`" in finding.message


def test_an_external_id_is_no_condition_to_speak_of_where_it_has_rules_of_its_own() -> None:
    finding = said(WHOLE_ACCOUNT, trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID)))
    assert finding.verdict is Verdict.FAIL
    assert "condition" not in finding.message


def test_a_deny_of_any_other_external_id_may_ask_for_one() -> None:
    """The vendor does not say what a negated operator makes of a request without the key."""
    asking = external_id(GOOD_EXTERNAL_ID, operator="StringNotEquals")
    finding = said(NO_EXTERNAL_ID, trusting(PARTNER), trusting(PARTNER, effect="Deny", when=asking))
    assert finding.verdict is Verdict.UNKNOWN
    assert "$.Statement[1]" in finding.because_of_gaps[0]
    assert GOOD_EXTERNAL_ID not in repr(finding)


def test_a_deny_of_one_external_id_asks_for_none() -> None:
    stale = external_id("the-old-one-of-2024")
    finding = said(NO_EXTERNAL_ID, trusting(PARTNER), trusting(PARTNER, effect="Deny", when=stale))
    assert finding.verdict is Verdict.FAIL


def test_a_pattern_as_principal_is_not_softened_by_its_own_doubt() -> None:
    finding = said(NO_EXTERNAL_ID, trusting("*"))
    assert finding.verdict is Verdict.FAIL
