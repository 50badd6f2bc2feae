"""External ids never reach a reader."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanner.policy.masking import MASK, masked_excerpt, readable
from tests.reports.sample import EXTERNAL_ID, TRUST_ORDERS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "key", ["sts:ExternalId", "STS:EXTERNALID", "sts:externalid", "sts:External\\u0049d"]
)
@pytest.mark.parametrize(
    "value", [f'"{EXTERNAL_ID}"', f'["{EXTERNAL_ID}", "other"]', f'{{"x": "{EXTERNAL_ID}"}}']
)
def test_the_values_of_an_external_id_condition_are_masked(key: str, value: str) -> None:
    shown = readable(f'{{"Condition": {{"StringEquals": {{"{key}": {value}}}}}}}')
    assert EXTERNAL_ID not in shown
    assert MASK in shown


def test_a_repeated_key_is_masked_each_time() -> None:
    shown = readable('{"sts:ExternalId": "first-secret", "sts:ExternalId": "second-secret"}')
    assert "secret" not in shown
    assert shown.count(MASK) == 2


@pytest.mark.parametrize(
    "text",
    [
        f'{{"sts:ExternalId": "{EXTERNAL_ID}"',
        f"sts:ExternalId = {EXTERNAL_ID}",
        f'{{"sts:External\\u0049d": "{EXTERNAL_ID}",}}',
        "[" * 5_000 + f'"externalid {EXTERNAL_ID}"',
        "[" * 60 + f'{{"externalid": "{EXTERNAL_ID}"}}' + "]" * 60,
    ],
)
def test_text_that_cannot_be_masked_with_certainty_is_withheld(text: str) -> None:
    assert EXTERNAL_ID not in readable(text)
    assert EXTERNAL_ID not in masked_excerpt(text, path="$")


def test_text_that_is_not_json_and_holds_no_external_id_is_shown_as_it_is() -> None:
    assert readable("not { json") == "not { json"


@pytest.mark.parametrize("excerpt", [EXTERNAL_ID, f'"{EXTERNAL_ID}"', f'["{EXTERNAL_ID}"]'])
def test_an_excerpt_from_an_external_id_condition_is_masked_whole(excerpt: str) -> None:
    path = "$.Statement[0].Condition.StringEquals.sts:ExternalId"
    assert masked_excerpt(excerpt, path=path) == MASK


def test_an_excerpt_that_holds_a_statement_is_masked_inside() -> None:
    shown = masked_excerpt(TRUST_ORDERS.text, path="$")
    assert EXTERNAL_ID not in shown
    assert "sts:AssumeRole" in shown


@given(JSON)
def test_what_is_shown_is_the_same_json(value: object) -> None:
    text = json.dumps(value)
    assume("externalid" not in text.lower())
    assert json.loads(readable(text)) == value


@given(st.text())
def test_any_text_can_be_shown(text: str) -> None:
    readable(text)
    masked_excerpt(text, path=text)


@pytest.mark.parametrize("key", ["sts:External-Id", "sts:External_Id", "sts:external id", "sts:ExternalId "])
def test_a_misspelt_key_of_an_external_id_is_masked_as_well(key: str) -> None:
    assert EXTERNAL_ID not in readable(f'{{"StringEquals": {{"{key}": "{EXTERNAL_ID}"}}}}')
    assert EXTERNAL_ID not in readable(f"{key} = {EXTERNAL_ID}")
    assert masked_excerpt(f'"{EXTERNAL_ID}"', path=f"$.Condition.StringEquals['{key}']") == MASK
