"""Lint: limits and likely mistakes, each with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy import limits
from scanner.policy.lint import lint
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyType, Weight
from tests.policy.documents import allow, document, statements, trusting

ROOT = {"RAM": "acs:ram::10001:root"}


def padded(length: int, letter: str = "x") -> str:
    text = json.dumps(
        {"Version": "1", "Statement": [allow("oss:GetObject", f"acs:oss:*:*:{letter}")]}, ensure_ascii=False
    )
    return text + " " * (length - len(text))


@pytest.mark.parametrize(
    ("type_", "limit"),
    [
        (PolicyType.PERMISSION, 6_144),
        (PolicyType.SESSION, 2_048),
        (PolicyType.CONTROL, 4_096),
    ],
)
def test_a_document_may_be_as_long_as_its_type_allows(type_: PolicyType, limit: int) -> None:
    assert limits.LENGTHS[type_] == limit
    assert lint(parse(padded(limit), type=type_)) == ()
    (problem,) = lint(parse(padded(limit + 1), type=type_))
    assert (problem.code, problem.path, problem.weight) == ("too-long", "$", Weight.WARNING)


def test_the_length_is_counted_in_characters_and_noted_in_bytes() -> None:
    (problem,) = lint(parse(padded(6_144, "订"), type=PolicyType.PERMISSION))
    assert (problem.code, problem.weight) == ("too-long-in-bytes", Weight.NOTE)


def test_no_length_is_published_for_trust_policies() -> None:
    text = json.dumps({"Version": "1", "Statement": [trusting(ROOT)]}) + " " * 100_000
    assert lint(parse(text, type=PolicyType.TRUST)) == ()


CONDITION = "$.Statement[0].Condition"


@pytest.mark.parametrize(
    ("statement", "code", "path"),
    [
        (allow("PUB"), "action-without-service", "$.Statement[0].Action"),
        (allow("mq:PUB", ["*", "orders"]), "resource-not-a-name", "$.Statement[0].Resource[1]"),
        (
            {"Effect": "Allow", "NotAction": "ram:*", "Resource": "*"},
            "allow-not-action",
            "$.Statement[0].NotAction",
        ),
        (
            allow("*", Condition={"StringLike": {"acs:SourceIp": "10.*"}}),
            "operator-does-not-fit-key",
            f"{CONDITION}.StringLike['acs:SourceIp']",
        ),
        (
            allow("*", Condition={"StringNotLike": {"acs:SourceVpc": ["a", "b"]}}),
            "negated-several-values",
            f"{CONDITION}.StringNotLike['acs:SourceVpc']",
        ),
        (
            allow("*", Condition={"Bool": {"acs:MFAPresent": "false"}}),
            "mfa-false-misses-access-keys",
            f"{CONDITION}.Bool['acs:MFAPresent']",
        ),
        (
            allow("*", Condition={"IpAddress": {"acs:SourceIP": "10.0.0.1"}}),
            "odd-key-case",
            f"{CONDITION}.IpAddress['acs:SourceIP']",
        ),
        (
            allow("*", Condition={"StringEquals": {"team": "ops"}}),
            "key-without-service",
            f"{CONDITION}.StringEquals.team",
        ),
        (
            allow("*", Condition={"StringEquals": {"sts:ExternalId": "k7Q"}}),
            "trust-key-elsewhere",
            f"{CONDITION}.StringEquals['sts:ExternalId']",
        ),
        (
            allow("*", Condition={"DateLessThan": {"acs:CurrentTime": ["2026-01-01"]}}),
            "unreadable-value",
            f"{CONDITION}.DateLessThan['acs:CurrentTime'][0]",
        ),
        (
            allow("*", Condition={"IpAddress": {"acs:SourceIp": "10.0.0.1/8"}}),
            "host-bits",
            f"{CONDITION}.IpAddress['acs:SourceIp']",
        ),
        (
            allow("*", Condition={"StringEquals": {"acs:SourceVpc": "vpc-*"}}),
            "literal-wildcard",
            f"{CONDITION}.StringEquals['acs:SourceVpc']",
        ),
        (allow("*", Condition={"Null": {"acs:MFAPresent": "true"}}), "unknown-operator", f"{CONDITION}.Null"),
    ],
)
def test_a_likely_mistake_in_a_permission_policy_is_named(statement: object, code: str, path: str) -> None:
    assert (code, path) in {(problem.code, problem.path) for problem in lint(document(statement))}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (trusting({"Federated": "acs:ram::10001:saml-provider/x"}), "federation-condition-missing"),
        (trusting({"Federated": "acs:ram::10001:oidc-provider/x"}), "federation-condition-missing"),
        (trusting({"RAM": "acs:ram:*:10001:root"}), "principal-region"),
        (trusting(ROOT, Action="ecs:Describe*"), "not-about-assuming"),
        (trusting(ROOT, Effect="Deny"), "deny-in-trust"),
        (trusting(ROOT, Condition={"StringEquals": {"sts:ExternalId": "k"}}), "impossible-external-id"),
        (
            trusting(ROOT, Condition={"StringEquals": {"sts:ExternalId": "k" * 1_225}}),
            "impossible-external-id",
        ),
        (trusting({"RAM": "*"}), "principal-wildcard"),
    ],
)
def test_a_likely_mistake_in_a_trust_policy_is_named(statement: object, code: str) -> None:
    assert code in {problem.code for problem in lint(document(statement, type=PolicyType.TRUST))}


@pytest.mark.parametrize(
    "statement",
    [
        allow(["mq:PUB", "rocketmq:*", "*:List*"], ["acs:rocketmq:*:*:*", "acs:mq:*:*:a%b", "a*"]),
        allow("ecs:*", Condition={"StringLike": {"acs:PrincipalArn": "acs:ram:*:*:role/x"}}),
        allow("ecs:*", Condition={"StringNotEquals": {"acs:SourceVpc": "vpc-1"}}),
        allow(
            "ecs:*",
            Condition={"Bool": {"acs:MFAPresent": "true"}, "NotIpAddress": {"acs:SourceIp": "10.0.0.0/8"}},
        ),
        allow("ecs:*", Condition={"StringEquals": {"acs:ResourceTag/Team": "ops", "ecs:tag/team": "ops"}}),
    ],
)
def test_an_ordinary_policy_has_no_problem(statement: object) -> None:
    assert lint(document(statement)) == ()


def test_a_policy_without_statements_is_noted() -> None:
    assert [problem.code for problem in lint(document())] == ["no-statement"]


def test_no_message_shows_an_external_id() -> None:
    for value in ("secret-4711*", "4711", "4711" * 400, "${4711}"):
        for operator in ("StringEquals", "StringNotLike", "NumericEquals", "IpAddress", "Null"):
            body = trusting(ROOT, Condition={operator: {"sts:ExternalId": [value, f"{value}-4711"]}})
            for problem in lint(document(body, type=PolicyType.TRUST)):
                assert "4711" not in problem.message + problem.path


@given(st.text(), st.lists(statements(), max_size=3), st.sampled_from(PolicyType))
def test_lint_never_raises_and_keeps_the_problems_of_parsing(
    text: str,
    bodies: list[object],
    type: PolicyType,  # noqa: A002
) -> None:
    for parsed in (parse(text, type=type), document(*bodies, type=type)):
        found = lint(parsed)
        assert found[: len(parsed.problems)] == parsed.problems
