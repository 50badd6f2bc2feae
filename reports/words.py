"""Numbers, times and lists as a reader says them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

_MINUTE = 60
_HOUR = 3_600

Item = TypeVar("Item")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Capped(Generic[Item]):
    """The first items of a list, and how many are left out."""

    shown: tuple[Item, ...]
    more: int

    def map(self, change: Callable[[Item], Other]) -> Capped[Other]:
        """The same with every item changed."""
        return Capped(tuple(map(change, self.shown)), self.more)


def capped(items: Iterable[Item], limit: int) -> Capped[Item]:
    """At most `limit` of `items`. A single item too many is shown rather than counted."""
    every = tuple(items)
    if len(every) <= limit + 1:
        return Capped(every, 0)
    return Capped(every[:limit], len(every) - limit)


def count(number: int, one: str, many: str = "") -> str:
    """`1 role`, `2 roles`, `1,200 roles`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def moment(when: datetime | None) -> str:
    """A time to the minute in UTC, or `not known`."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if when is not None else "not known"


def day(when: datetime | None) -> str:
    """A date in UTC, or `not known`."""
    return f"{when.astimezone(UTC):%Y-%m-%d}" if when is not None else "not known"


def duration(seconds: int | None) -> str:
    """A session length such as `1 h 30 min`, or `not read`."""
    if seconds is None:
        return "not read"
    parts = [(seconds // _HOUR, "h"), (seconds % _HOUR // _MINUTE, "min"), (seconds % _MINUTE, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def sentence(text: str) -> str:
    """`text` with a capital letter at its start and a full stop at its end."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?", ":")) else ".")
