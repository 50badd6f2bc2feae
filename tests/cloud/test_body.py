"""A body of another shape than promised is a fault and never a default."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.cloud.body import Body
from scanner.errors import CloudError
from scanner.model.fault import FaultKind

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
READS: tuple[Callable[[Body], object], ...] = (
    lambda body: body.text("x"),
    lambda body: body.text_or("x"),
    lambda body: body.flag("x"),
    lambda body: body.flag_or_none("x"),
    lambda body: body.number("x"),
    lambda body: body.number_or_none("x"),
    lambda body: body.inner("x"),
    lambda body: body.inner_or_empty("x"),
    lambda body: body.objects("x"),
    lambda body: body.objects_or_empty("x"),
    lambda body: body.texts("x"),
    lambda body: body.texts_or_empty("x"),
    lambda body: body.time("x"),
    lambda body: body.milliseconds("x"),
)


@given(value=JSON, read=st.sampled_from(READS))
def test_reading_any_value_gives_the_value_or_a_malformed_fault(
    value: object, read: Callable[[Body], object]
) -> None:
    faults = []
    try:
        read(Body({"x": value}, "ram:GetRole"))
    except CloudError as error:
        faults.append(error.fault)
    assert all((fault.kind, fault.api) == (FaultKind.MALFORMED, "ram:GetRole") for fault in faults)


@pytest.mark.parametrize("value", [None, [], "text", 1, True])
def test_a_body_that_is_no_object_is_malformed(value: object) -> None:
    with pytest.raises(CloudError):
        Body.of(value, api="ram:ListRoles")


@pytest.mark.parametrize("value", [[], 0, "", False, {"Role": {}}, {"Role": None}, {}, {"Role": ["text"]}])
def test_a_listing_of_the_wrong_type_is_not_an_empty_listing(value: object) -> None:
    # The SDK's own models make an empty listing of most of these.
    body = Body({"Roles": value}, "ram:ListRoles")
    with pytest.raises(CloudError):
        body.inner("Roles").objects("Role")


def test_a_truth_value_is_not_a_number_and_a_word_is_not_a_truth_value() -> None:
    body = Body({"number": True, "flag": "false"}, "x:Y")
    with pytest.raises(CloudError):
        body.number("number")
    with pytest.raises(CloudError):
        body.flag("flag")


def test_times_without_a_zone_are_not_guessed() -> None:
    body = Body({"zoned": "2026-01-05T08:00:00Z", "bare": "2022-08-01 00:05:50", "odd": "yesterday"}, "x:Y")
    assert body.time("zoned") == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert body.time("bare") is None
    assert body.time("odd") is None


def test_a_moment_out_of_all_bounds_is_none() -> None:
    assert Body({"x": 10**30}, "x:Y").milliseconds("x") is None


def test_a_fault_names_the_field_and_not_its_value() -> None:
    with pytest.raises(CloudError) as caught:
        Body({"AccessKeySecret": ["hush"]}, "sts:AssumeRole").text("AccessKeySecret")
    assert "AccessKeySecret" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_calendar_holds_in_utc_is_not_known(text: str) -> None:
    assert Body({"x": text}, "ram:GetRole").time("x") is None
