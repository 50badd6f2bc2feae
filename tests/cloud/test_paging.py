"""A listing is complete only when the service says so."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest

from scanner.cloud.paging import MOST_PAGES, MarkedPage, NumberedPage, by_marker, by_number
from scanner.errors import CloudError
from scanner.model.fault import FaultKind

NOTHING: list[int] = []


def everything(pages: Iterator[Sequence[int]]) -> list[int]:
    return [item for page in pages for item in page]


def test_marked_pages_are_followed_to_the_last() -> None:
    pages = {
        None: MarkedPage(items=[1, 2], truncated=True, marker="a"),
        "a": MarkedPage(items=[], truncated=True, marker="b"),
        "b": MarkedPage(items=[3], truncated=False, marker=""),
    }
    assert everything(by_marker(pages.__getitem__, api="ram:ListRoles")) == [1, 2, 3]


def test_ten_thousand_pages_are_a_listing_like_any_other() -> None:
    def read(marker: str | None) -> MarkedPage[int]:
        number = int(marker or "0")
        return MarkedPage(items=[number], truncated=number < 9_999, marker=str(number + 1))

    assert sum(1 for _ in by_marker(read, api="ram:ListRoles")) == 10_000


def test_ten_thousand_numbered_pages_are_a_listing_like_any_other() -> None:
    pages = by_number(lambda number: NumberedPage(items=[number], total=10_000), api="x")
    assert sum(1 for _ in pages) == 10_000


def test_what_came_before_a_fault_has_been_given() -> None:
    read = by_marker(lambda _: MarkedPage(items=[1], truncated=True, marker=""), api="ram:ListRoles")
    assert next(read) == [1]
    with pytest.raises(CloudError) as caught:
        next(read)
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert "no marker" in caught.value.fault.message


def test_a_repeated_marker_is_a_fault() -> None:
    markers = itertools.cycle(["a", "b"])
    pages = by_marker(lambda _: MarkedPage(items=[1], truncated=True, marker=next(markers)), api="x:Y")
    with pytest.raises(CloudError, match="repeats a marker"):
        everything(pages)


def test_an_endless_marked_listing_is_a_fault() -> None:
    counter = itertools.count()
    pages = by_marker(
        lambda _: MarkedPage(items=NOTHING, truncated=True, marker=str(next(counter))), api="x:Y"
    )
    with pytest.raises(CloudError, match="does not end"):
        everything(pages)
    assert next(counter) == MOST_PAGES


def test_an_endless_numbered_listing_is_a_fault() -> None:
    pages = by_number(lambda number: NumberedPage(items=[number], total=10**9), api="x:Y")
    with pytest.raises(CloudError, match="does not end"):
        everything(pages)


def test_an_empty_page_before_the_total_is_a_fault() -> None:
    def read(number: int) -> NumberedPage[int]:
        return NumberedPage(items=[1, 2] if number == 1 else [], total=5)

    with pytest.raises(CloudError, match="ends after 2 of 5"):
        everything(by_number(read, api="x:Y"))


def test_a_service_that_gives_the_same_page_again_and_again_is_found_out() -> None:
    with pytest.raises(CloudError, match="repeats a page"):
        everything(by_number(lambda _: NumberedPage(items=[1, 2], total=6), api="x:Y"))


def test_an_empty_listing_is_complete() -> None:
    assert everything(by_number(lambda _: NumberedPage(items=NOTHING, total=0), api="x:Y")) == []
    assert (
        everything(by_marker(lambda _: MarkedPage(items=NOTHING, truncated=False, marker=""), api="x:Y"))
        == []
    )
