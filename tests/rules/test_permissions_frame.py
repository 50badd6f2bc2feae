"""Rules about permissions judge delegated roles, and never call PASS what was not read."""

from __future__ import annotations

import pytest

from scanner.model.finding import Severity, SubjectKind, Verdict
from scanner.model.snapshot import Subject
from scanner.rules.base import Rule
from scanner.rules.can_change_own_permissions import RULE as CAN_CHANGE
from scanner.rules.chains_to_any_role import RULE as CHAINS
from scanner.rules.grants_everything import RULE as EVERYTHING
from scanner.rules.grants_whole_rocketmq import RULE as WHOLE
from scanner.rules.instance_password_readable import RULE as PASSWORD
from scanner.rules.network_can_be_opened import RULE as NETWORK
from scanner.rules.policy_not_understood import RULE as NOT_UNDERSTOOD
from scanner.rules.prefix_matches_several_instances import RULE as PREFIX
from scanner.rules.publish_or_subscribe_on_everything import RULE as PUBLISH
from scanner.rules.read_only_role_reads_messages import RULE as READS
from scanner.rules.resource_matches_nothing import RULE as NOTHING
from scanner.rules.wrong_series import RULE as SERIES
from tests.rules import worlds as w

RULES = (
    CAN_CHANGE,
    CHAINS,
    EVERYTHING,
    WHOLE,
    PASSWORD,
    NETWORK,
    NOT_UNDERSTOOD,
    PREFIX,
    PUBLISH,
    READS,
    NOTHING,
    SERIES,
)
DELEGATED = w.role("mq", trust=w.trusting(w.PARTNER))
NARROW = w.policy("narrow", w.allow("oss:GetObject", on="acs:oss:*:*:bucket/key"))
ADMIN = w.policy("admin", w.allow("*"))


@pytest.fixture(params=RULES, ids=lambda rule: rule.id)
def rule(request: pytest.FixtureRequest) -> Rule:
    assert isinstance(request.param, Rule)
    return request.param


def test_a_narrow_role_passes_with_the_policies_that_were_read_as_evidence(rule: Rule) -> None:
    account = w.snapshot(roles=[DELEGATED], policies=[NARROW], attachments=w.attached(NARROW, role="mq"))
    found = w.judged(rule, w.world(account))["mq"]
    assert found.verdict is Verdict.PASS
    assert [(e.source, e.version, e.path) for e in found.evidence] == [("Custom:narrow", "v1", "$")]
    assert found.evidence[0].digest == NARROW.versions[0].document.digest  # type: ignore[union-attr] # it was read


def test_a_role_without_policies_passes_on_the_list_of_its_attachments(rule: Rule) -> None:
    found = w.judged(rule, w.world(w.snapshot(roles=[DELEGATED])))["mq"]
    assert found.verdict is Verdict.PASS
    assert "no policy is attached" in found.evidence[0].excerpt


def test_a_role_that_nobody_outside_may_assume_is_not_judged(rule: Rule) -> None:
    inside = w.role("mq", trust=w.trusting(w.OWNER, service="ecs.aliyuncs.com"))
    account = w.snapshot(roles=[inside], policies=[ADMIN], attachments=w.attached(ADMIN, role="mq"))
    assert w.judged(rule, w.world(account)) == {}


@pytest.mark.parametrize("subject", [Subject.ATTACHMENTS, Subject.RESOURCE_GROUP_ATTACHMENTS])
@pytest.mark.parametrize("name", ["", "mq"])
def test_attachments_that_were_not_read_are_unknown(rule: Rule, subject: Subject, name: str) -> None:
    account = w.snapshot(roles=[DELEGATED], gaps=[w.gap(subject, name, api="ram:ListPoliciesForRole")])
    found = w.judged(rule, w.world(account))["mq"]
    assert found.verdict is Verdict.UNKNOWN
    assert "ram:ListPoliciesForRole" in found.because_of_gaps[0]


def test_a_policy_that_was_not_read_is_unknown(rule: Rule) -> None:
    unread = w.policy("hidden", unread=True)
    account = w.snapshot(roles=[DELEGATED], policies=[unread], attachments=w.attached(unread, role="mq"))
    found = w.judged(rule, w.world(account))["mq"]
    assert found.verdict is Verdict.UNKNOWN
    assert "Custom:hidden" in found.because_of_gaps[0]


def test_a_policy_whose_read_failed_is_unknown_even_where_a_text_of_it_is_there(rule: Rule) -> None:
    gaps = [w.gap(Subject.POLICY, "Custom:narrow", api="ram:GetPolicy")]
    account = w.snapshot(
        roles=[DELEGATED], policies=[NARROW], attachments=w.attached(NARROW, role="mq"), gaps=gaps
    )
    assert w.verdicts(rule, w.world(account)) == {"mq": Verdict.UNKNOWN}


def test_a_trust_policy_that_was_not_read_is_unknown(rule: Rule) -> None:
    account = w.snapshot(
        roles=[w.role("mq", trust=None)],
        policies=[ADMIN],
        attachments=w.attached(ADMIN, role="mq"),
        gaps=[w.gap(Subject.ROLE, "mq")],
    )
    found = w.judged(rule, w.world(account))["mq"]
    assert found.verdict is Verdict.UNKNOWN
    assert "ram:GetRole" in found.because_of_gaps[0]


def test_a_document_that_is_not_json_is_unknown_to_every_rule_but_the_one_about_it(rule: Rule) -> None:
    broken = w.policy("broken", text="{")
    account = w.snapshot(roles=[DELEGATED], policies=[broken], attachments=w.attached(broken, role="mq"))
    expected = Verdict.FAIL if rule is NOT_UNDERSTOOD else Verdict.UNKNOWN
    assert w.verdicts(rule, w.world(account)) == {"mq": expected}


def test_roles_that_could_not_be_listed_are_unknown_for_the_account(rule: Rule) -> None:
    account = w.snapshot(gaps=[w.gap(Subject.ROLES, api="ram:ListRoles")])
    found = w.judged(rule, w.world(account))[w.OWNER]
    assert (found.verdict, found.subject_kind) == (Verdict.UNKNOWN, SubjectKind.ACCOUNT)


@pytest.mark.parametrize("rule_", [EVERYTHING, WHOLE, PASSWORD, NETWORK, PUBLISH, CAN_CHANGE, CHAINS])
def test_an_administrator_fails_though_another_policy_was_not_read(rule_: Rule) -> None:
    unread = w.policy("hidden", unread=True)
    account = w.snapshot(
        roles=[DELEGATED], policies=[ADMIN, unread], attachments=w.attached(ADMIN, unread, role="mq")
    )
    found = w.judged(rule_, w.world(account))["mq"]
    assert found.verdict is Verdict.FAIL
    assert found.evidence[0].path == "$.Statement[0]"
    assert found.evidence[0].excerpt == '{"Effect": "Allow", "Action": ["*"], "Resource": "*"}'


@pytest.mark.parametrize("rule_", [EVERYTHING, WHOLE, PASSWORD, NETWORK, PUBLISH, CAN_CHANGE, CHAINS])
def test_a_deny_in_another_policy_takes_it_away(rule_: Rule) -> None:
    forbid = w.policy("forbid", w.deny("*"))
    account = w.snapshot(
        roles=[DELEGATED], policies=[ADMIN, forbid], attachments=w.attached(ADMIN, forbid, role="mq")
    )
    assert w.verdicts(rule_, w.world(account)) == {"mq": Verdict.PASS}


@pytest.mark.parametrize("rule_", [EVERYTHING, WHOLE, PASSWORD, NETWORK, PUBLISH, CAN_CHANGE, CHAINS])
def test_a_grant_under_a_condition_is_a_grant_and_names_it(rule_: Rule) -> None:
    office = w.policy("office", w.allow("*", when={"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}}))
    account = w.snapshot(roles=[DELEGATED], policies=[office], attachments=w.attached(office, role="mq"))
    found = w.judged(rule_, w.world(account))["mq"]
    assert found.verdict is Verdict.FAIL
    assert "under condition: only if `acs:SourceIp` IpAddress `192.0.2.0/24`" in found.message


@pytest.mark.parametrize("rule_", [EVERYTHING, WHOLE, PASSWORD, NETWORK, PUBLISH, CAN_CHANGE, CHAINS])
def test_a_deny_under_a_condition_leaves_the_grant_to_whoever_does_not_meet_it(rule_: Rule) -> None:
    no_mfa = w.policy("mfa", w.deny("*", when={"Bool": {"acs:MFAPresent": "false"}}))
    account = w.snapshot(
        roles=[DELEGATED], policies=[ADMIN, no_mfa], attachments=w.attached(ADMIN, no_mfa, role="mq")
    )
    found = w.judged(rule_, w.world(account))["mq"]
    assert found.verdict is Verdict.FAIL
    assert "unless `acs:MFAPresent` Bool `false`" in found.message


@pytest.mark.parametrize("rule_", [EVERYTHING, WHOLE, PASSWORD, NETWORK, PUBLISH, CAN_CHANGE, CHAINS])
def test_a_condition_with_an_operator_that_is_not_documented_is_unknown(rule_: Rule) -> None:
    odd = w.policy("odd", w.allow("*", when={"IpAddressIfExists": {"acs:SourceIp": "192.0.2.0/24"}}))
    account = w.snapshot(roles=[DELEGATED], policies=[odd], attachments=w.attached(odd, role="mq"))
    found = w.judged(rule_, w.world(account))["mq"]
    assert found.verdict is Verdict.UNKNOWN
    assert any("IpAddressIfExists" in why for why in found.because_of_gaps)


def test_a_not_action_is_read_by_its_meaning() -> None:
    all_but_ram = w.policy(
        "all-but-ram", {"Effect": "Allow", "NotAction": ["ram:*", "sts:*"], "Resource": "*"}
    )
    account = w.snapshot(
        roles=[DELEGATED], policies=[all_but_ram], attachments=w.attached(all_but_ram, role="mq")
    )
    world = w.world(account)
    assert w.judged(EVERYTHING, world)["mq"].verdict is Verdict.FAIL
    assert "except what its policies rule out" in w.judged(EVERYTHING, world)["mq"].message
    assert w.verdicts(CAN_CHANGE, world) == {"mq": Verdict.PASS}
    assert w.verdicts(CHAINS, world) == {"mq": Verdict.PASS}


def test_a_wildcard_outside_the_account_is_a_delegation_too() -> None:
    anyone = w.role("mq", trust=w.trusting("*"))
    account = w.snapshot(roles=[anyone], policies=[ADMIN], attachments=w.attached(ADMIN, role="mq"))
    found = w.judged(EVERYTHING, w.world(account))["mq"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.CRITICAL)
