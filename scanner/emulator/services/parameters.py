"""The parameters of a call as typed values, and pages of listings.

A value of the wrong form is refused here. What a value means is decided by the handler.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from scanner.emulator.service import Call, Refusal

Item = TypeVar("Item")

MAX_ITEMS_DEFAULT: Final = 100
MAX_ITEMS_MOST: Final = 1_000
TAGS_MOST: Final = 20


def invalid(parameter: str, fault: str, because: str) -> Refusal:
    """The refusal `InvalidParameter.<parameter>.<fault>`; `fault` may be empty."""
    code = ".".join(part for part in ("InvalidParameter", parameter, fault) if part)
    return Refusal(400, code, because)


def whole_number(call: Call, name: str, *, default: int, least: int, most: int) -> int:
    """A number from `least` to `most`. That others are refused, and how, is inferred."""
    text = call.params.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise invalid(name, "", f'The parameter - "{name}" must be from {least} to {most}.')
    return int(text)


def truth(call: Call, name: str, *, default: bool = False) -> bool:
    """A boolean; the Python SDK writes `True` where others write `true`."""
    text = call.params.get(name, "").lower()
    if text not in {"", "true", "false"}:
        raise invalid(name, "", f'The parameter - "{name}" must be true or false.')
    return text == "true" if text else default


def tags_of(call: Call) -> dict[str, str]:
    """The `Tag` parameter of RAM: one JSON list of `Key` and `Value`."""
    tags: dict[str, str] = {}
    for item in _json_list(call, "Tag"):
        if not isinstance(item, dict) or not isinstance(item.get("Key"), str):
            raise invalid("Tag", "", 'The parameter - "Tag" is incorrect.')
        tags[item["Key"]] = str(item.get("Value", ""))
    if len(tags) > TAGS_MOST:
        raise invalid("Tag", "", f"At most {TAGS_MOST} tags are allowed.")
    return tags


def texts_of(call: Call, name: str) -> list[str]:
    """A parameter that is one JSON list of texts."""
    return [str(item) for item in _json_list(call, name)]


def has_tags(carried: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether a resource with the tags `carried` is one that a listing by tag asks for."""
    return all(carried.get(key) == value or (not value and key in carried) for key, value in wanted.items())


def ram_page(
    call: Call, items: Iterable[Item], key: Callable[[Item], str], *, most: int = MAX_ITEMS_MOST
) -> tuple[list[Item], dict[str, object]]:
    """One page by `Marker` and `MaxItems` in order of `key`, and the fields that go with it.

    A marker stands for the last item of the page before it, so that what is deleted meanwhile
    does not shift the rest. `Marker` is only there when there is more.
    """
    size = min(whole_number(call, "MaxItems", default=MAX_ITEMS_DEFAULT, least=1, most=MAX_ITEMS_MOST), most)
    after = unmark(call, "Marker")
    rest = sorted((item for item in items if key(item) > after), key=key)
    page = rest[:size]
    if len(rest) <= size:
        return page, {"IsTruncated": False}
    return page, {"IsTruncated": True, "Marker": mark(key(page[-1]))}


def numbered_page(
    items: Sequence[Item], *, number: str, size: str, least: int, most: int, default: int
) -> tuple[Sequence[Item], int, int]:
    """One page by page number and page size, which are brought into their range, and both as used."""
    page = max(1, _number_or(number, 1))
    count = min(most, max(least, _number_or(size, default)))
    return items[(page - 1) * count : page * count], page, count


def mark(key: str) -> str:
    """A marker for the page after `key`."""
    return base64.urlsafe_b64encode(key.encode()).decode()


def unmark(call: Call, parameter: str) -> str:
    """The key that a marker in `parameter` stands for; empty for the first page."""
    try:
        return base64.b64decode(call.params.get(parameter, ""), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise invalid(parameter, "", f'The parameter - "{parameter}" is incorrect.') from None


def _number_or(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else default


def _json_list(call: Call, name: str) -> list[object]:
    text = call.params.get(name, "")
    if not text:
        return []
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, list):
        raise invalid(name, "", f'The parameter - "{name}" must be a JSON list.')
    return value
