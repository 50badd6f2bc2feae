"""Values as text, and back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import StoreError
from scanner.model.finding import Finding
from scanner.model.ids import Secret
from scanner.model.role import Role
from scanner.store.encoding import decode, encode
from scanner.store.escape import escape, unescape
from tests.store.anything import any_of
from tests.store.worlds import finding, role

_texts = st.text(alphabet=st.characters())


@given(_texts)
def test_any_text_survives_escaping(text: str) -> None:
    assert unescape(escape(text)) == text


@given(_texts)
def test_escaped_text_is_what_every_database_takes(text: str) -> None:
    assert "\x00" not in escape(text)
    escape(text).encode("utf-8")


def test_usual_text_is_stored_as_it_is() -> None:
    usual = 'acs:ram::*:role/mq "订单" \\ \t\r\n \x1b'
    assert escape(usual) == usual


@given(any_of(Finding))
def test_any_finding_survives_encoding(value: Finding) -> None:
    assert decode(Finding, encode(value), documents={}) == value


@given(any_of(Role))
def test_any_role_survives_encoding_with_its_document_kept_apart(value: Role) -> None:
    documents = {} if value.trust is None else {value.trust.digest: value.trust}
    assert decode(Role, encode(value), documents=documents) == value


def test_a_field_with_its_default_is_left_out() -> None:
    assert encode(role("a", trust=None)) == (
        '{"arn":"acs:ram::1000000000000001:role/a","name":"a","role_id":"id-a"}'
    )


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "null",
        "{",
        '{"arn":"","name":7,"role_id":""}',
        '{"arn":"","name":"","role_id":"","tags":{}}',
        '{"arn":"","name":"","role_id":"","created":"yesterday"}',
        '{"arn":"","name":"","role_id":"","trust":"no such digest"}',
        '{"arn":"","name":"","role_id":"","field_of_a_newer_version":1}',
    ],
)
def test_text_of_another_shape_is_an_error_and_not_a_guess(text: str) -> None:
    with pytest.raises(StoreError, match="holds a role that this version cannot read") as caught:
        decode(Role, text, documents={})
    assert "newer crossrole" in caught.value.hint


def test_an_unknown_choice_is_an_error_and_not_a_guess() -> None:
    text = encode(finding("a")).replace('"fail"', '"maybe"')
    with pytest.raises(StoreError, match="holds a finding"):
        decode(Finding, text, documents={})


@dataclass(frozen=True, slots=True)
class _WithSecret:
    secret: Secret


@dataclass(frozen=True, slots=True)
class _WithFloat:
    figure: float


@pytest.mark.parametrize("value", [_WithSecret(Secret("hunter2")), _WithFloat(0.5)])
def test_what_must_not_be_stored_has_no_shape(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be stored"):
        encode(value)
