"""Parsing: every position, every problem, and never an exception."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.policy.operators import OPERATORS
from scanner.policy.parse import parse
from scanner.policy.syntax import Effect, PolicyDocument, PolicyType, PrincipalForm, Weight
from tests.policy.documents import allow, document, trusting

PERMISSION = PolicyType.PERMISSION
TRUST = PolicyType.TRUST


def problems(parsed: PolicyDocument) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in parsed.problems]


def test_a_statement_keeps_its_parts_and_their_places() -> None:
    parsed = document(
        {
            "Effect": "Allow",
            "Action": ["mq:PUB", "mq:SUB"],
            "Resource": "acs:mq:*:*:a",
            "Condition": {"StringEquals": {"acs:SourceVpc": ["vpc-1", "vpc-2"]}},
        }
    )
    (statement,) = parsed.statements
    assert parsed.problems == ()
    assert statement.effect is Effect.ALLOW
    assert statement.path == "$.Statement[0]"
    assert statement.actions is not None
    assert statement.actions.items == ("mq:PUB", "mq:SUB")
    assert statement.actions.item_path(1) == "$.Statement[0].Action[1]"
    assert statement.resources is not None
    assert statement.resources.scalar
    assert statement.resources.item_path(0) == "$.Statement[0].Resource"
    (condition,) = statement.conditions
    assert (condition.operator, condition.key) == ("StringEquals", "acs:SourceVpc")
    assert condition.path == "$.Statement[0].Condition.StringEquals['acs:SourceVpc']"
    assert condition.values.item_path(1) == "$.Statement[0].Condition.StringEquals['acs:SourceVpc'][1]"


def test_the_text_stays_byte_for_byte() -> None:
    text = '\n { "Statement": [ ], "Version": "1" , "x": 1e5 }  '
    assert parse(text, type=PERMISSION).text == text


def test_an_empty_condition_is_no_problem() -> None:
    assert document(allow("mq:PUB", Condition={})).problems == ()


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_every_documented_operator_is_known(operator: str) -> None:
    assert document(allow("*", Condition={operator: {"ecs:x": "1"}})).problems == ()


@pytest.mark.parametrize(
    "operator",
    [
        "StringEqualsIfExists",
        "Null",
        "ForAnyValue:StringEquals",
        "ForAllValues:StringLike",
        "ArnLike",
        "BinaryEquals",
        "stringequals",
        "BoolIfExists",
        "",
    ],
)
def test_any_other_operator_is_a_problem_with_its_place(operator: str) -> None:
    (problem,) = document(allow("*", Condition={operator: {"ecs:x": "1"}})).problems
    assert problem.code == "unknown-operator"
    assert problem.weight is Weight.ERROR
    assert problem.path.startswith("$.Statement[0].Condition")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (5, ("statement-not-an-object", "$.Statement[0]")),
        ({}, ("effect-missing", "$.Statement[0].Effect")),
        (allow("*", Effect="allow"), ("effect-unknown", "$.Statement[0].Effect")),
        (allow("*", Effect=None), ("effect-unknown", "$.Statement[0].Effect")),
        (allow("*", NotAction="x"), ("action-twice", "$.Statement[0].Action")),
        ({"Effect": "Allow", "Resource": "*"}, ("action-missing", "$.Statement[0].Action")),
        ({"Effect": "Allow", "Action": "*"}, ("resource-missing", "$.Statement[0].Resource")),
        (allow(5), ("not-text", "$.Statement[0].Action")),
        (allow(["mq:PUB", 7]), ("not-text", "$.Statement[0].Action[1]")),
        (allow([["mq:PUB"]]), ("not-text", "$.Statement[0].Action[0]")),
        (allow("*", Condition=[]), ("condition-shape", "$.Statement[0].Condition")),
        (allow("*", Condition={"Bool": "x"}), ("condition-shape", "$.Statement[0].Condition.Bool")),
        (
            allow("*", Condition={"Bool": {"acs:SecureTransport": True}}),
            ("not-text", "$.Statement[0].Condition.Bool['acs:SecureTransport']"),
        ),
        (
            allow("*", Condition={"Bool": {"acs:SecureTransport": ["true", False]}}),
            ("not-text", "$.Statement[0].Condition.Bool['acs:SecureTransport'][1]"),
        ),
        (allow("*", NotResource="*"), ("undocumented-element", "$.Statement[0].NotResource")),
        (allow("*", NotPrincipal="*"), ("undocumented-element", "$.Statement[0].NotPrincipal")),
        (allow("*", Principal={"RAM": "*"}), ("unexpected-element", "$.Statement[0].Principal")),
        (allow("*", effect="Deny"), ("unknown-element", "$.Statement[0].effect")),
        (allow("*", **{"it's\u202e\n": 1}), ("unknown-element", "$.Statement[0]['it\\'s\\u202e\\u000a']")),
        (allow("*", "acs:x:*:*:${acs:user}"), ("undocumented-variable", "$.Statement[0].Resource")),
        (allow("*", "half \ud83d"), ("lone-surrogate", "$.Statement[0].Resource")),
        (allow("*", []), ("empty-list", "$.Statement[0].Resource")),
        (allow("*", Condition={"Bool": {}}), ("empty-operator", "$.Statement[0].Condition.Bool")),
        (allow("*", Condition={"Null": {}}), ("condition-shape", "$.Statement[0].Condition.Null")),
        (allow("*", Sid="x"), ("sid-undocumented", "$.Statement[0].Sid")),
        (allow("*", Sid=5), ("sid-undocumented", "$.Statement[0].Sid")),
    ],
)
def test_what_is_not_in_the_language_is_a_problem_with_its_place(
    statement: object, expected: tuple[str, str]
) -> None:
    assert expected in problems(document(statement))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("not-json", "$")),
        ("{", ("not-json", "$")),
        ("NaN", ("not-json", "$")),
        ('{"Version": "1", "Statement": [], "x": -Infinity}', ("not-json", "$")),
        ("\ufeff{}", ("not-json", "$")),
        ("[" * 100_000, ("not-json", "$")),
        ('{"a":' * 65 + "1" + "}" * 65, ("not-json", "$")),
        ("[]", ("not-an-object", "$")),
        ("null", ("not-an-object", "$")),
        ('"Allow"', ("not-an-object", "$")),
        ("9" * 10_000, ("not-an-object", "$")),
        ("{}", ("version-missing", "$.Version")),
        ('{"Version": "1"}', ("statement-missing", "$.Statement")),
        ('{"Version": "2012-10-17", "Statement": []}', ("version-unknown", "$.Version")),
        ('{"Version": 1, "Statement": []}', ("version-unknown", "$.Version")),
        ('{"Version": "1", "Statement": {"Effect": "Allow"}}', ("statement-not-a-list", "$.Statement")),
        ('{"Version": "1", "Statement": [], "Id": 1}', ("unknown-element", "$.Id")),
        ('{"Version": "1", "Version": "1", "Statement": []}', ("repeated-key", "$.Version")),
        ('{"Version": "1", "Statement": [], "Statement": []}', ("repeated-key", "$.Statement")),
    ],
)
def test_a_text_that_is_no_policy_leaves_the_whole_document_in_doubt(
    text: str, expected: tuple[str, str]
) -> None:
    parsed = parse(text, type=PERMISSION)
    assert expected in problems(parsed)
    assert expected[1] in parsed.unsupported
    assert not parsed.understood


def test_brackets_inside_texts_do_not_count_as_nesting() -> None:
    many = "[{" * 500 + '\\"'
    assert parse(f'{{"Version": "1", "Statement": [], "x": "{many}"}}', type=PERMISSION).version == "1"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"Effect":"Allow","Action":"a:b","Action":"c:d","Resource":"*"}', "$.Statement[0].Action"),
        ('{"Effect":"Allow","Effect":"Deny","Action":"a:b","Resource":"*"}', "$.Statement[0].Effect"),
        (
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{},"Bool":{}}}',
            "$.Statement[0].Condition.Bool",
        ),
        (
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"true","a:b":"false"}}}',
            "$.Statement[0].Condition.Bool['a:b']",
        ),
    ],
)
def test_a_repeated_key_is_a_problem_and_nothing_of_it_is_lost(text: str, place: str) -> None:
    parsed = parse(f'{{"Version":"1","Statement":[{text}]}}', type=PERMISSION)
    assert ("repeated-key", place) in problems(parsed)
    assert place in parsed.statements[0].unsupported


def test_a_repeated_principal_kind_names_everybody_in_both() -> None:
    text = (
        '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"RAM":"acs:ram::10001:root","RAM":"acs:ram::10002:root"}}]}'
    )
    (statement,) = parse(text, type=TRUST).statements
    assert statement.principals is not None
    assert [p.account for p in statement.principals] == ["10001", "10002"]
    assert statement.unsupported == ("$.Statement[0].Principal.RAM",)


@pytest.mark.parametrize(
    ("group", "text", "form", "account", "name"),
    [
        ("RAM", "acs:ram::10001:root", PrincipalForm.ROOT, "10001", ""),
        ("RAM", "acs:ram:*:10001:root", PrincipalForm.ROOT, "10001", ""),
        ("RAM", "acs:ram::10001:user/alice", PrincipalForm.USER, "10001", "alice"),
        ("RAM", "acs:ram::10001:role/ops", PrincipalForm.ROLE, "10001", "ops"),
        ("RAM", "acs:ram::10001:role/ops/session", PrincipalForm.UNSUPPORTED, "10001", ""),
        ("RAM", "acs:ram::10001:group/ops", PrincipalForm.UNSUPPORTED, "10001", ""),
        ("RAM", "acs:ram::10001:user/", PrincipalForm.UNSUPPORTED, "10001", ""),
        ("RAM", "acs:ram::10001:saml-provider/x", PrincipalForm.UNSUPPORTED, "10001", ""),
        ("RAM", "acs:ram:cn-hangzhou:10001:root", PrincipalForm.UNSUPPORTED, None, ""),
        ("RAM", "acs:oss::10001:root", PrincipalForm.UNSUPPORTED, None, ""),
        ("RAM", "acs:ram::${account}:root", PrincipalForm.UNSUPPORTED, None, ""),
        ("RAM", "acs:ram::\u0661\u0662\u0663\u0664\u0665:root", PrincipalForm.UNSUPPORTED, None, ""),
        ("RAM", "10001", PrincipalForm.UNSUPPORTED, None, ""),
        ("RAM", "*", PrincipalForm.ANYONE, None, ""),
        ("RAM", "acs:ram::*:root", PrincipalForm.ANYONE, None, ""),
        ("RAM", "acs:ram::10001:role/ops-*", PrincipalForm.ANYONE, "10001", ""),
        ("RAM", "acs:ram::1000?:root", PrincipalForm.ANYONE, None, ""),
        ("Service", "ecs.aliyuncs.com", PrincipalForm.SERVICE, None, "ecs.aliyuncs.com"),
        ("Service", "10001@fc.aliyuncs.com", PrincipalForm.ACCOUNT_SERVICE, "10001", "fc.aliyuncs.com"),
        ("Service", "someone@fc.aliyuncs.com", PrincipalForm.UNSUPPORTED, None, ""),
        ("Service", "@fc.aliyuncs.com", PrincipalForm.UNSUPPORTED, None, ""),
        ("Service", "ec2.amazonaws.com", PrincipalForm.UNSUPPORTED, None, ""),
        ("Service", ".aliyuncs.com", PrincipalForm.UNSUPPORTED, None, ""),
        ("Service", "*.aliyuncs.com", PrincipalForm.ANYONE, None, ""),
        ("Federated", "acs:ram::10001:saml-provider/idp", PrincipalForm.SAML, "10001", "idp"),
        ("Federated", "acs:ram::10001:oidc-provider/idp", PrincipalForm.OIDC, "10001", "idp"),
        ("Federated", "acs:ram::10001:root", PrincipalForm.UNSUPPORTED, "10001", ""),
        ("AWS", "acs:ram::10001:root", PrincipalForm.UNSUPPORTED, None, ""),
        ("ram", "acs:ram::10001:root", PrincipalForm.UNSUPPORTED, None, ""),
    ],
)
def test_a_principal_has_one_of_the_documented_forms_or_says_that_it_has_not(
    group: str, text: str, form: PrincipalForm, account: str | None, name: str
) -> None:
    parsed = document(trusting({group: [text]}), type=TRUST)
    assert parsed.statements[0].principals is not None
    (principal,) = parsed.statements[0].principals
    assert (principal.form, principal.account, principal.name) == (form, account, name)
    assert principal.text == text
    assert principal.path == f"$.Statement[0].Principal.{group}[0]"
    doubtful = form in {PrincipalForm.ANYONE, PrincipalForm.UNSUPPORTED}
    assert parsed.understood is not doubtful


@pytest.mark.parametrize("bare", ["*", "acs:ram::10001:root", ["*"], []])
def test_a_bare_principal_is_no_documented_form(bare: object) -> None:
    parsed = document(trusting(bare), type=TRUST)
    assert parsed.statements[0].principals is not None
    forms = {p.form for p in parsed.statements[0].principals}
    assert forms <= {PrincipalForm.ANYONE, PrincipalForm.UNSUPPORTED}
    assert parsed.problems


@pytest.mark.parametrize("element", ["Resource", "NotAction"])
def test_trust_policies_have_no_resource_and_no_not_action(element: str) -> None:
    body = {"Effect": "Allow", "Principal": {"RAM": "acs:ram::10001:root"}, element: "*"}
    parsed = document(body, type=TRUST)
    assert ("unexpected-element", f"$.Statement[0].{element}") in problems(parsed)
    assert f"$.Statement[0].{element}" in parsed.statements[0].unsupported


def test_a_message_shows_no_value_of_a_condition() -> None:
    secret = "ext-${id}-4711"
    parsed = document(
        trusting({"RAM": "x"}, Condition={"StringEquals": {"sts:ExternalId": secret}}), type=TRUST
    )
    assert all("4711" not in problem.message + problem.path for problem in parsed.problems)


_names = st.sampled_from(
    (
        "Version",
        "Statement",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "Condition",
        "Principal",
        "Sid",
        "RAM",
        "",
    )
)
_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | _names
_trees = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_names | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)
_types = st.sampled_from(PolicyType)


@given(st.text(), _types)
@example("\ud800", TRUST)
@example('"\ud800', PERMISSION)
@example('{"Version":"1","Statement":[{"Principal":{"":["*"],"":5}}]}', TRUST)
def test_no_text_makes_parsing_raise(text: str, type: PolicyType) -> None:  # noqa: A002
    assert parse(text, type=type).text == text


@given(_trees, _types)
def test_no_json_makes_parsing_raise(tree: object, type: PolicyType) -> None:  # noqa: A002
    text = json.dumps(tree)
    assert parse(text, type=type).text == text


@given(st.lists(_trees, max_size=3), _types)
def test_no_statement_makes_parsing_raise_and_every_problem_has_a_place_that_prints(
    bodies: list[object],
    type: PolicyType,  # noqa: A002
) -> None:
    for problem in document(*bodies, type=type).problems:
        assert problem.path.startswith("$")
        assert problem.path.isprintable()
        assert problem.message.isprintable()
        problem.path.encode()
        problem.message.encode()
