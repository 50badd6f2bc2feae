"""Policy text for readers: indented, with external ids masked.

An external id is a shared secret of two companies and what is shown is passed around, so no
value of an external id condition is ever printed. Text that is not JSON cannot be masked
with certainty; where it speaks of an external id it is withheld.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from scanner.policy.syntax import Condition

MASK: Final = "***"
WITHHELD: Final = "(not shown: this text is not valid JSON and speaks of an external id)"
_KEY_OF_SECRETS: Final = "externalid"
_SEPARATORS: Final = re.compile(r"[\s_.-]+")
"""What the name is found without: a misspelt key, such as `sts:External-Id`, has a secret value as well."""
_ESCAPED_CHARACTER: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_LINE: Final = 88
_DEEPEST: Final = 40


@dataclass(frozen=True, slots=True)
class _Literal:
    """A number or constant, as written."""

    text: str


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of an object in their order, repeated names included."""

    pairs: tuple[tuple[str, _Json], ...]


_Json = str | _Literal | _Members | list["_Json"]


class _NotShownError(Exception):
    """The text cannot be printed as JSON."""


def readable(text: str) -> str:
    """The document `text` indented for reading; text that is not JSON comes back as it is, or withheld."""
    try:
        return _lines(_mask(_parse(text)), indent=0)
    except _NotShownError:
        return WITHHELD if speaks_of_external_id(text) else text


def masked_excerpt(text: str, *, path: str) -> str:
    """A piece of a document, found at `path`, that shows no external id."""
    if is_secret_key(path):
        return MASK if text else ""
    try:
        return _compact(_mask(_parse(text)))
    except _NotShownError:
        return WITHHELD if speaks_of_external_id(text) else text


def is_secret_key(key: str) -> bool:
    """Whether the values of the condition key `key` are secret."""
    return _KEY_OF_SECRETS in _SEPARATORS.sub("", key).lower()


def hides_values(condition: Condition) -> bool:
    """Whether the values of a condition are secret; also where operator and key stand in each other's place."""
    return is_secret_key(condition.key) or is_secret_key(condition.operator)


def speaks_of_external_id(text: str) -> bool:
    """Whether an external id may stand in `text`, also where its name is written with escapes."""
    plain = _ESCAPED_CHARACTER.sub(lambda found: chr(int(found[1], 16)), text)
    return is_secret_key(plain)


def _parse(text: str) -> _Json:
    try:
        parsed: _Json = json.loads(
            text,
            object_pairs_hook=lambda pairs: _Members(tuple((k, _lifted(v)) for k, v in pairs)),
            parse_int=_Literal,
            parse_float=_Literal,
            parse_constant=_Literal,
        )
    except (ValueError, RecursionError) as error:
        raise _NotShownError from error
    return _lifted(parsed)


def _lifted(value: object) -> _Json:
    """What the reader of JSON gave, with its own constants turned into literals."""
    match value:
        case True | False | None:
            return _Literal(json.dumps(value))
        case list():
            return [_lifted(item) for item in value]
        case str() | _Literal() | _Members():
            return value
        case _:
            raise _NotShownError


def _mask(value: _Json, *, secret: bool = False, depth: int = 0) -> _Json:
    if depth > _DEEPEST:
        raise _NotShownError
    match value:
        case _Members(pairs):
            return _Members(
                tuple((k, _mask(v, secret=secret or is_secret_key(k), depth=depth + 1)) for k, v in pairs)
            )
        case list():
            return [_mask(item, secret=secret, depth=depth + 1) for item in value]
        case _:
            return MASK if secret else value


def _compact(value: _Json) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _Literal(text):
            return text
        case list():
            return "[" + ", ".join(map(_compact, value)) + "]"
        case _Members(pairs):
            return "{" + ", ".join(f"{_compact(k)}: {_compact(v)}" for k, v in pairs) + "}"


def _lines(value: _Json, *, indent: int) -> str:
    inline = _compact(value)
    flat = not isinstance(value, _Members) and not (
        isinstance(value, list) and any(isinstance(item, _Members | list) for item in value)
    )
    if (flat and len(inline) + indent <= _LINE) or inline in {"{}", "[]"}:
        return inline
    pad = "  " * (indent + 1)
    close = "  " * indent
    match value:
        case _Members(pairs):
            rows = (f"{pad}{_compact(k)}: {_lines(v, indent=indent + 1)}" for k, v in pairs)
            return "{\n" + ",\n".join(rows) + "\n" + close + "}"
        case list():
            rows = (pad + _lines(item, indent=indent + 1) for item in value)
            return "[\n" + ",\n".join(rows) + "\n" + close + "]"
        case _:
            return inline
