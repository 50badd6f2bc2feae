"""A TOML table read key by key, with an error that says where something is wrong.

It knows types and which keys were asked for, not what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn, TypeVar

from scanner.errors import SettingsError

Value = TypeVar("Value")


class Table:
    """One table of a world file. `done` complains about keys that nobody asked for."""

    def __init__(self, content: Mapping[str, object], place: str) -> None:
        self._content = content
        self._place = place
        self._asked: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required when there is no default."""
        return self._typed(key, str, default, "a text")

    def number(self, key: str, default: int) -> int:
        """A whole number."""
        value = self._typed(key, int, default, "a whole number")
        if isinstance(value, bool):
            self.wrong(f"`{key}` must be a whole number")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """A boolean."""
        return self._typed(key, bool, default, "true or false")

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self._typed(key, list, list(default), "a list of texts")
        if not all(isinstance(item, str) for item in value):
            self.wrong(f"`{key}` must be a list of texts")
        return tuple(value)

    def mapping(self, key: str) -> dict[str, str]:
        """A table of texts."""
        value = self._typed(key, dict, {}, "a table of texts")
        if not all(isinstance(item, str) for item in value.values()):
            self.wrong(f"`{key}` must be a table of texts")
        return value

    def tables(self, key: str) -> Iterator[Table]:
        """Each table of a list of tables. The caller ends with `done` on each."""
        value = self._typed(key, list, [], "a list of tables")
        for position, item in enumerate(value, 1):
            if not isinstance(item, dict):
                self.wrong(f"`{key}` must be a list of tables")
            label = next(
                (str(item[name]) for name in ("id", "name", "username") if name in item), str(position)
            )
            yield Table(item, f"{self._place}, {key} `{label}`")

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._content

    def done(self) -> None:
        """Complain about keys that nobody asked for."""
        if unknown := sorted(set(self._content) - self._asked):
            self.wrong(f"unknown key `{unknown[0]}`", hint=f"known here: {', '.join(sorted(self._asked))}")

    def wrong(self, what: str, *, hint: str = "") -> NoReturn:
        """Raise the error that something is wrong in this table."""
        raise SettingsError(f"{self._place}: {what}", hint=hint)

    def _typed(self, key: str, kind: type[Value], default: Value | None, expected: str) -> Value:
        self._asked.add(key)
        value = self._content.get(key, default)
        if value is None:
            self.wrong(f"`{key}` is missing")
        if not isinstance(value, kind):
            self.wrong(f"`{key}` must be {expected}")
        return value
