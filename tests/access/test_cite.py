"""Evidence quotes what stands there, cut short, and never an external id."""

from __future__ import annotations

import pytest

from reports.documents import condition_words as in_the_report
from scanner.access.cite import StatementRef, cite, cite_path, condition_words, shortened
from scanner.model.document import Document
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyType
from tests.rules import worlds as w


def sourced(text: str, *, kind: PolicyType = PolicyType.PERMISSION) -> SourcedPolicy:
    return SourcedPolicy(document=parse(text, type=kind), label="Custom:p", version="v3")


def test_a_statement_is_quoted_with_its_place() -> None:
    policy = sourced(w.document(w.allow("mq:PUB"), w.deny("mq:*")))
    evidence = cite(StatementRef(policy, policy.document.statements[1]))
    assert (evidence.source, evidence.version, evidence.path) == ("Custom:p", "v3", "$.Statement[1]")
    assert evidence.excerpt == '{"Effect": "Deny", "Action": ["mq:*"], "Resource": "*"}'
    assert evidence.digest == Document(policy.document.text).digest


def test_a_long_statement_is_cut_to_300_characters() -> None:
    policy = sourced(w.document(w.allow(*(f"mq:Query{n}" for n in range(200)))))
    excerpt = cite(StatementRef(policy, policy.document.statements[0])).excerpt
    assert len(excerpt) == 300
    assert excerpt.endswith("…")


def test_external_ids_are_masked_whatever_their_case() -> None:
    condition = {"StringEquals": {"STS:externalid": ["s3cret-value"]}}
    policy = sourced(w.document(w.trusting(w.PARTNER, when=condition)), kind=PolicyType.TRUST)
    (statement,) = policy.document.statements
    assert "s3cret-value" not in cite(StatementRef(policy, statement)).excerpt
    assert "***" in cite(StatementRef(policy, statement)).excerpt
    assert "s3cret-value" not in condition_words(statement.conditions[0])


def test_a_condition_in_words() -> None:
    policy = sourced(
        w.document(w.allow("*", when={"IpAddress": {"acs:SourceIp": ["10.0.0.0/8", "192.0.2.1"]}}))
    )
    (condition,) = policy.document.statements[0].conditions
    assert condition_words(condition) == "`acs:SourceIp` IpAddress `10.0.0.0/8, 192.0.2.1`"


def test_any_place_can_be_cited() -> None:
    evidence = cite_path(sourced("{"), "$", excerpt="{")
    assert (evidence.path, evidence.excerpt) == ("$", "{")


def test_short_text_is_left_alone() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"


@pytest.mark.parametrize(
    "when",
    [
        {"sts:ExternalId": {"StringEquals": "s3cret-value"}},
        {"StringEquals": {"sts:External-Id": "s3cret-value"}},
    ],
)
def test_an_external_id_that_is_written_at_a_wrong_place_is_masked(when: dict[str, dict[str, str]]) -> None:
    policy = sourced(w.document(w.trusting(w.PARTNER, when=when)), kind=PolicyType.TRUST)
    (condition,) = policy.document.statements[0].conditions
    assert "s3cret-value" not in condition_words(condition)
    assert "s3cret-value" not in in_the_report(condition)
