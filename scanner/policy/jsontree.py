"""JSON text to a tree and back that keeps what `json` alone would lose.

Repeated keys stay, numbers stay as written, and nesting is bounded before the reader recurses.
What a tree means is decided elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, NoReturn, TypeAlias

MAX_NESTING: Final = 64
"""How deep brackets may nest; a documented policy nests to six."""


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object; `members` keeps the order and every repetition."""

    members: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number as written; it is never computed with."""

    text: str


Node: TypeAlias = "Object | Number | list[Node] | str | bool | None"


class NotJsonError(ValueError):
    """The text is not JSON that can be read; the message says why."""


def read(text: str) -> Node:
    """The tree of a JSON text.

    Raises:
        NotJsonError: the text is not JSON, or nests deeper than `MAX_NESTING`.
    """
    if _nesting(text) > MAX_NESTING:
        raise NotJsonError(f"nested deeper than {MAX_NESTING} levels")
    try:
        tree: Node = json.loads(
            text,
            object_pairs_hook=lambda pairs: Object(tuple(pairs)),
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise NotJsonError(f"{error.msg}, line {error.lineno} column {error.colno}") from error
    return tree


def write(node: Node, *, indent: int = 0) -> str:
    """JSON text with two blanks for each level, starting inside `indent` levels."""
    match node:
        case Object(members=members):
            entries = [f"{write_text(key)}: {write(value, indent=indent + 1)}" for key, value in members]
            return bracketed("{}", entries, indent=indent)
        case Number(text=text):
            return text
        case list():
            return bracketed("[]", [write(value, indent=indent + 1) for value in node], indent=indent)
        case str():
            return write_text(node)
        case bool():
            return "true" if node else "false"
        case None:
            return "null"


def bracketed(brackets: str, entries: list[str], *, indent: int = 0) -> str:
    """`entries` on lines of their own between the two `brackets`."""
    if not entries:
        return brackets
    margin = "  " * indent
    lines = ",\n".join(f"{margin}  {entry}" for entry in entries)
    return f"{brackets[0]}\n{lines}\n{margin}{brackets[1]}"


def write_text(text: str) -> str:
    """`text` as a JSON string; a lone surrogate is written as an escape, so that it can be sent."""
    plain = json.dumps(text, ensure_ascii=False)
    if not any(_is_surrogate(c) for c in plain):
        return plain
    return "".join(_escaped_if_lone(plain, i) for i in range(len(plain)))


def _escaped_if_lone(text: str, index: int) -> str:
    character = text[index]
    # NOTE: two that stand as a pair without being one character stay as they are: as escapes they
    # would be read back as that character.
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if not _is_surrogate(character) or _is_pair(before + character) or _is_pair(character + after):
        return character
    return f"\\u{ord(character):04x}"


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _is_pair(text: str) -> bool:
    return len(text) == 2 and "\ud800" <= text[0] <= "\udbff" and "\udc00" <= text[1] <= "\udfff"  # noqa: PLR2004 - a pair


def _refuse_constant(name: str) -> NoReturn:
    raise NotJsonError(f"`{name}` is not a JSON value")


def _nesting(text: str) -> int:
    """How deep brackets outside strings nest, or a lesser number when that is surely allowed."""
    opening = text.count("[") + text.count("{")
    return opening if opening <= MAX_NESTING else _exact_nesting(text)


def _exact_nesting(text: str) -> int:
    depth = deepest = 0
    inside = skip = False
    for character in text:
        if skip:
            skip = False
        elif inside:
            skip = character == "\\"
            inside = character != '"'
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
