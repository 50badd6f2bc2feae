"""Trust policies: whom they name, how each comes in, and what is asked of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.delegation import WayIn
from scanner.policy.parse import parse
from scanner.policy.syntax import Effect, PolicyType, PrincipalForm
from scanner.policy.trust import ExternalIdState, ExternalIdUse, TrustEntry, trusted
from tests.policy.documents import OWNER, PARTNER, document, trusting

ROOT = {"RAM": f"acs:ram::{PARTNER}:root"}


def entries(*statements: object) -> tuple[TrustEntry, ...]:
    return trusted(document(*statements, type=PolicyType.TRUST))


def only(*statements: object) -> TrustEntry:
    (entry,) = entries(*statements)
    return entry


def external(condition: object) -> ExternalIdUse:
    return only(trusting(ROOT, Condition=condition)).external_ids


def test_each_principal_of_each_statement_is_an_entry_in_the_order_of_the_text() -> None:
    found = entries(
        trusting({"Service": ["ecs.aliyuncs.com", "fc.aliyuncs.com"], "RAM": ROOT["RAM"]}),
        trusting(ROOT, Effect="Deny"),
    )
    assert [(e.principal.text, e.effect, e.statement_path) for e in found] == [
        ("ecs.aliyuncs.com", Effect.ALLOW, "$.Statement[0]"),
        ("fc.aliyuncs.com", Effect.ALLOW, "$.Statement[0]"),
        (ROOT["RAM"], Effect.ALLOW, "$.Statement[0]"),
        (ROOT["RAM"], Effect.DENY, "$.Statement[1]"),
    ]
    assert all(entry.understood and entry.doubts == () for entry in found)


@pytest.mark.parametrize(
    ("principal", "ways"),
    [
        (ROOT, (WayIn.STS, WayIn.CONSOLE)),
        ({"RAM": f"acs:ram::{PARTNER}:user/alice"}, (WayIn.STS, WayIn.CONSOLE)),
        ({"RAM": f"acs:ram::{PARTNER}:role/ops"}, (WayIn.STS, WayIn.CONSOLE)),
        ({"Service": "ecs.aliyuncs.com"}, (WayIn.ECS,)),
        ({"Service": "log.aliyuncs.com"}, (WayIn.CLOUD_SERVICE,)),
        ({"Service": f"{PARTNER}@ecs.aliyuncs.com"}, (WayIn.CROSS_ACCOUNT_SERVICE,)),
        ({"Federated": f"acs:ram::{OWNER}:saml-provider/idp"}, (WayIn.SAML,)),
        ({"Federated": f"acs:ram::{OWNER}:oidc-provider/idp"}, (WayIn.OIDC,)),
        ({"RAM": "acs:ram::*:root"}, (WayIn.STS, WayIn.CONSOLE)),
        ("*", (WayIn.STS, WayIn.CONSOLE)),
        ({"Federated": "*"}, (WayIn.SAML, WayIn.OIDC)),
        ({"RAM": "someone"}, ()),
    ],
)
def test_each_form_has_its_way_in(principal: object, ways: tuple[WayIn, ...]) -> None:
    assert only(trusting(principal)).ways == ways


def test_a_form_that_is_not_documented_is_not_understood() -> None:
    for principal in ("*", {"RAM": "acs:ram::10001:role/*"}, {"RAM": "x"}, {"AWS": "x"}):
        entry = only(trusting(principal))
        assert not entry.understood
        assert entry.doubts


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ({}, ExternalIdState.ABSENT),
        ({"Bool": {"acs:MFAPresent": "true"}}, ExternalIdState.ABSENT),
        ({"StringEquals": {"sts:ExternalId": "k7Q"}}, ExternalIdState.REQUIRED),
        ({"StringEquals": {"STS:externalid": "k7Q"}}, ExternalIdState.REQUIRED),
        ({"StringEqualsIgnoreCase": {"sts:ExternalId": "k7Q"}}, ExternalIdState.REQUIRED),
        ({"StringLike": {"sts:ExternalId": "*"}}, ExternalIdState.REQUIRED),
        ({"StringNotEquals": {"sts:ExternalId": "k7Q"}}, ExternalIdState.NOT_UNDERSTOOD),
        ({"StringEqualsIfExists": {"sts:ExternalId": "k7Q"}}, ExternalIdState.NOT_UNDERSTOOD),
        ({"Null": {"sts:ExternalId": "false"}}, ExternalIdState.NOT_UNDERSTOOD),
        ({"NumericEquals": {"sts:ExternalId": "4711"}}, ExternalIdState.NOT_UNDERSTOOD),
        ({"StringEquals": {"sts:ExternalId": "${id}"}}, ExternalIdState.NOT_UNDERSTOOD),
        ({"StringEquals": {"sts:ExternalId": 4711}}, ExternalIdState.NOT_UNDERSTOOD),
        ({"StringEquals": "k7Q"}, ExternalIdState.NOT_UNDERSTOOD),
    ],
)
def test_an_external_id_is_required_absent_or_not_understood(
    condition: object, state: ExternalIdState
) -> None:
    assert external(condition).state is state


def test_the_use_of_an_external_id_is_described_without_showing_it() -> None:
    use = external(
        {
            "StringLike": {"sts:ExternalId": ["acme-*", "k7Q"]},
            "StringNotEquals": {"sts:ExternalId": "acme-test"},
        }
    )
    assert [value.reveal() for value in use.values] == ["acme-*", "k7Q"]
    assert use.operators == ("StringLike", "StringNotEquals")
    assert use.pattern
    assert use.negated
    assert "acme" not in repr(use)
    assert "k7Q" not in repr(use)


def test_a_star_under_an_exact_operator_is_no_pattern() -> None:
    assert not external({"StringEquals": {"sts:ExternalId": "a*"}}).pattern


def test_each_statement_tells_its_own_use_of_the_external_id() -> None:
    found = entries(trusting(ROOT, Condition={"StringEquals": {"sts:ExternalId": "k7Q"}}), trusting(ROOT))
    assert [entry.external_ids.state for entry in found] == [ExternalIdState.REQUIRED, ExternalIdState.ABSENT]


def test_a_statement_about_something_else_lets_nobody_in() -> None:
    assert (
        entries(trusting(ROOT, Action="ecs:Describe*"), trusting(ROOT, Action="sts:SetSourceIdentity")) == ()
    )


@pytest.mark.parametrize("action", ["sts:*", "*", ["sts:AssumeRole"], "STS:ASSUMEROLE"])
def test_a_wildcard_covers_assuming(action: object) -> None:
    assert only(trusting(ROOT, Action=action)).understood


def test_the_name_of_another_way_to_assume_is_a_doubt() -> None:
    entry = only(
        trusting({"Federated": f"acs:ram::{OWNER}:saml-provider/idp"}, Action="sts:AssumeRoleWithSAML")
    )
    assert not entry.understood


@pytest.mark.parametrize(
    "statement",
    [
        5,
        {},
        {"Effect": "Allow", "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": ROOT},
        trusting({"RAM": 5}),
        trusting(5),
    ],
)
def test_a_statement_whose_principals_cannot_be_read_may_let_in_anybody(statement: object) -> None:
    entry = only(statement)
    assert not entry.understood
    assert entry.principal.form is PrincipalForm.UNSUPPORTED
    assert entry.external_ids.state is ExternalIdState.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "extra",
    [
        {"Resource": "*"},
        {"NotPrincipal": ROOT},
        {"Effect": "allow"},
        {"Future": 1},
        {"Condition": {"Null": {"a:b": "true"}}},
        {"Condition": {"StringEquals": {"acs:SourceIp": "10.0.0.1"}}},
        {"Condition": {"StringEquals": {"a:b": "${x}"}}},
        {"Condition": 7},
    ],
)
def test_a_statement_that_is_not_understood_still_names_its_principals(extra: dict[str, object]) -> None:
    entry = only(trusting(ROOT, **extra))
    assert entry.principal.account == PARTNER
    assert not entry.understood
    assert entry.doubts


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"Version": "1"}', '{"Version": "1", "Statement": 5}'])
def test_a_document_that_is_not_understood_is_never_nobody(text: str) -> None:
    found = trusted(parse(text, type=PolicyType.TRUST))
    assert found
    assert not any(entry.understood for entry in found)
    assert found[0].effect is Effect.ALLOW


def test_a_wrong_version_puts_every_entry_in_doubt_and_loses_none() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [trusting(ROOT)]})
    found = trusted(parse(text, type=PolicyType.TRUST))
    assert PARTNER in {entry.principal.account for entry in found}
    assert not any(entry.understood for entry in found)


def test_an_empty_policy_lets_nobody_in() -> None:
    assert entries() == ()


@given(st.text(), st.text())
def test_any_text_yields_entries_or_is_understood_to_have_none(text: str, value: str) -> None:
    parsed = parse(text, type=PolicyType.TRUST)
    assert trusted(parsed) or parsed.understood
    secret = f"{value}-4711"
    for entry in entries(trusting(ROOT, Condition={"StringEquals": {"sts:ExternalId": secret}})):
        assert "4711" not in repr(entry.doubts)
        assert "4711" not in repr(entry.external_ids)


def test_an_empty_list_of_external_ids_is_no_demand_that_is_understood() -> None:
    assert external({"StringEquals": {"sts:ExternalId": []}}).state is ExternalIdState.NOT_UNDERSTOOD
