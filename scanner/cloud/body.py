"""Read the JSON body of an answer strictly.

The SDKs' response models take a value of the wrong type as it is, and turn a listing that is `[]`
where an object belongs into an empty one. So bodies are read here as they came over the wire, and
whatever is not what the API promises is a MALFORMED fault, never a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.cloud.faults import malformed


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON object of an answer. A field that is null counts as absent."""

    fields: Mapping[str, object]
    api: str

    @staticmethod
    def of(value: object, *, api: str) -> Body:
        """`value` as the body of an answer of `api`.

        Raises:
            CloudError: it is not a JSON object.
        """
        if not isinstance(value, dict):
            raise malformed(api, "the answer is not a JSON object")
        return Body(value, api)

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        return value

    def text_or(self, name: str, default: str = "") -> str:
        """A text, or `default` where there is none."""
        return default if self.fields.get(name) is None else self.text(name)

    def flag(self, name: str) -> bool:
        """A truth value that must be there."""
        value = self.fields.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def flag_or_none(self, name: str) -> bool | None:
        """A truth value, or None where there is none."""
        return None if self.fields.get(name) is None else self.flag(name)

    def number(self, name: str) -> int:
        """A whole number that must be there."""
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, "a whole number")
        return value

    def number_or_none(self, name: str) -> int | None:
        """A whole number, or None where there is none."""
        return None if self.fields.get(name) is None else self.number(name)

    def inner(self, name: str) -> Body:
        """An object that must be there."""
        value = self.fields.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Body(value, self.api)

    def inner_or_empty(self, name: str) -> Body:
        """An object, or an empty one where there is none."""
        return Body({}, self.api) if self.fields.get(name) is None else self.inner(name)

    def objects(self, name: str) -> list[Body]:
        """A list of objects that must be there."""
        return [self._entry(name, entry) for entry in self._list(name)]

    def objects_or_empty(self, name: str) -> list[Body]:
        """A list of objects, or an empty one where there is none."""
        return [] if self.fields.get(name) is None else self.objects(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts that must be there."""
        found = self._list(name)
        if not all(isinstance(entry, str) for entry in found):
            raise self._wrong(name, "a list of texts")
        return tuple(str(entry) for entry in found)

    def texts_or_empty(self, name: str) -> tuple[str, ...]:
        """A list of texts, or an empty one where there is none."""
        return () if self.fields.get(name) is None else self.texts(name)

    def time(self, name: str) -> datetime | None:
        """A moment written in ISO 8601 with a zone; None where there is none, or in another form."""
        text = self.text_or(name)
        try:
            moment = datetime.fromisoformat(text)
            # NOTE: the broker service writes times without a zone and does not say which is meant.
            return moment.astimezone(UTC) if moment.tzinfo is not None else None
        except (ValueError, OverflowError):
            # In UTC it may lie before the year 1 or after 9999.
            return None

    def milliseconds(self, name: str) -> datetime | None:
        """A moment written as milliseconds since 1970, or None where there is none."""
        value = self.number_or_none(name)
        if value is None:
            return None
        try:
            return datetime.fromtimestamp(value / 1000, UTC)
        except (OverflowError, ValueError, OSError):
            return None

    def _list(self, name: str) -> list[object]:
        value = self.fields.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def _entry(self, name: str, entry: object) -> Body:
        if not isinstance(entry, dict):
            raise self._wrong(name, "a list of objects")
        return Body(entry, self.api)

    def _wrong(self, name: str, wanted: str) -> Exception:
        state = "is missing" if self.fields.get(name) is None else "has another type"
        return malformed(self.api, f"`{name}` should be {wanted} and {state}")
