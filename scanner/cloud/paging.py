"""Walk through listings page by page, and refuse those that do not end as they should.

A listing is complete only when the service says so: truncated without a marker, a marker or a
page seen before, an empty page before the announced total, or pages without end are errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from scanner.cloud.faults import malformed

MOST_PAGES: Final = 20_000
"""A listing longer than this is taken as endless."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPage(Generic[T]):
    """A page of a listing that goes on with a marker."""

    items: Sequence[T]
    truncated: bool
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedPage(Generic[T]):
    """A page of a listing that is asked for by page number."""

    items: Sequence[T]
    total: int


def by_marker(read: Callable[[str | None], MarkedPage[T]], *, api: str) -> Iterator[Sequence[T]]:
    """The pages of a listing, from the first to the one that is not truncated.

    Raises:
        CloudError: a page could not be read, or the listing does not end as it should.
    """
    marker: str | None = None
    seen: set[int] = set()
    for _ in range(MOST_PAGES):
        page = read(marker)
        yield page.items
        if not page.truncated:
            return
        if not page.marker:
            raise malformed(api, "the listing is truncated and has no marker to go on with")
        if hash(page.marker) in seen:
            raise malformed(api, "the listing repeats a marker")
        seen.add(hash(page.marker))
        marker = page.marker
    raise malformed(api, f"the listing does not end after {MOST_PAGES:,} pages")


def by_number(read: Callable[[int], NumberedPage[T]], *, api: str) -> Iterator[Sequence[T]]:
    """The pages of a listing, until as many items came as the service announces.

    Items must be hashable: a page that begins as an earlier one began is a repeated page.

    Raises:
        CloudError: a page could not be read, or the listing does not end as it should.
    """
    read_so_far = 0
    seen: set[int] = set()
    for number in range(1, MOST_PAGES + 1):
        page = read(number)
        if page.items and hash(page.items[0]) in seen:
            raise malformed(api, "the listing repeats a page")
        yield page.items
        read_so_far += len(page.items)
        if read_so_far >= page.total:
            return
        if not page.items:
            raise malformed(api, f"the listing ends after {read_so_far:,} of {page.total:,}")
        seen.add(hash(page.items[0]))
    raise malformed(api, f"the listing does not end after {MOST_PAGES:,} pages")
