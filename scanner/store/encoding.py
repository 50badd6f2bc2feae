"""Values as JSON text, and back, exactly.

The shape of the text follows from the annotations of the frozen values, so a new field needs no
change here. A field that has its default is left out: a version that adds a field with a
default writes the same text as the one before, and no fact changes because of it. (INVARIANT: the
default of a stored field therefore never changes.) A `Document` is written as its digest; the store
keeps the text elsewhere. Types that must not be stored, such as `Secret`, have no shape.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, TypeAlias, TypeVar

from scanner.errors import StoreError
from scanner.model.document import Document

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Documents: TypeAlias = Mapping[str, Document]
Encode: TypeAlias = Callable[[object], Json]
Decode: TypeAlias = Callable[[Json, Documents], object]
T = TypeVar("T")

UNREADABLE_HINT: Final = (
    "a newer crossrole may have written it; upgrade crossrole, or restore the store from a backup"
)


_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
"""Made once: a store of a large account holds tens of thousands of facts."""


class _UnreadableError(ValueError):
    """Stored JSON that does not have the shape of the value it should be."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Shape:
    """How one type is written and read."""

    encode: Encode
    decode: Decode


_SHAPES: Final[dict[object, _Shape]] = {}
"""By annotation; each is made at its first use."""


def encode(value: object) -> str:
    """`value`, a frozen dataclass, as JSON text, always the same for the same value."""
    written = _shape(type(value)).encode(value)
    return _JSON.encode(written)


def decode(kind: type[T], text: str, *, documents: Documents) -> T:
    """The value of type `kind` that `encode` wrote as `text`.

    Raises:
        StoreError: the text is not such a value.
    """
    try:
        value = _shape(kind).decode(json.loads(text), documents)
    except (ValueError, KeyError, TypeError) as error:
        message = f"the store holds a {kind.__name__.lower()} that this version cannot read"
        raise StoreError(message, hint=UNREADABLE_HINT) from error
    assert isinstance(value, kind)
    return value


def _shape(annotation: object) -> _Shape:
    if annotation not in _SHAPES:
        _SHAPES[annotation] = _new_shape(annotation)
    return _SHAPES[annotation]


def _new_shape(annotation: object) -> _Shape:
    if isinstance(annotation, NewType):
        return _shape(annotation.__supertype__)
    if isinstance(annotation, types.UnionType):
        return _optional(annotation)
    if typing.get_origin(annotation) is tuple:
        return _many(typing.get_args(annotation))
    if isinstance(annotation, type):
        return _of_class(annotation)
    raise TypeError(f"{annotation!r} cannot be stored")


def _of_class(kind: type) -> _Shape:
    if kind in (str, int, bool):
        return _plain(kind)
    if kind is datetime:
        return _moment()
    if kind is Document:
        return _document()
    if issubclass(kind, StrEnum):
        return _choice(kind)
    # A dataclass whose fields are private, as in `Secret`, hides them for a reason.
    if dataclasses.is_dataclass(kind) and not any(f.name.startswith("_") for f in dataclasses.fields(kind)):
        return _record(kind)
    raise TypeError(f"{kind!r} cannot be stored")


def _plain(kind: type) -> _Shape:
    def write(value: object) -> Json:
        assert isinstance(value, str | int)
        return value

    def read(stored: Json, _: Documents) -> object:
        if type(stored) is not kind:
            raise _UnreadableError(f"{stored!r} is not {kind.__name__}")
        return stored

    return _Shape(write, read)


def _moment() -> _Shape:
    def write(value: object) -> Json:
        assert isinstance(value, datetime)
        return value.isoformat()

    def read(stored: Json, _: Documents) -> object:
        return datetime.fromisoformat(_text(stored))

    return _Shape(write, read)


def _document() -> _Shape:
    def write(value: object) -> Json:
        assert isinstance(value, Document)
        return value.digest

    def read(stored: Json, documents: Documents) -> object:
        return documents[_text(stored)]

    return _Shape(write, read)


def _choice(kind: type[StrEnum]) -> _Shape:
    def write(value: object) -> Json:
        assert isinstance(value, kind)
        return value.value

    def read(stored: Json, _: Documents) -> object:
        return kind(_text(stored))

    return _Shape(write, read)


def _optional(annotation: types.UnionType) -> _Shape:
    present = [part for part in typing.get_args(annotation) if part is not types.NoneType]
    if len(present) != 1:
        raise TypeError(f"{annotation!r} cannot be stored")
    inner = _shape(present[0])

    def write(value: object) -> Json:
        return None if value is None else inner.encode(value)

    def read(stored: Json, documents: Documents) -> object:
        return None if stored is None else inner.decode(stored, documents)

    return _Shape(write, read)


def _many(parts: tuple[object, ...]) -> _Shape:
    if len(parts) != 2 or parts[1] is not Ellipsis:  # noqa: PLR2004 - the two parts of `tuple[x, ...]`
        raise TypeError(f"{parts!r} cannot be stored")
    inner = _shape(parts[0])

    def write(value: object) -> Json:
        assert isinstance(value, tuple)
        return [inner.encode(item) for item in value]

    def read(stored: Json, documents: Documents) -> object:
        if not isinstance(stored, list):
            raise _UnreadableError(f"{stored!r} is not a list")
        return tuple(inner.decode(item, documents) for item in stored)

    return _Shape(write, read)


def _record(kind: type) -> _Shape:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    if any(f.default_factory is not MISSING for f in fields):
        raise TypeError(f"{kind!r} cannot be stored: it has a default that is made anew each time")
    shapes = {f.name: _shape(hints[f.name]) for f in fields}
    defaults = {f.name: f.default for f in fields}

    def write(value: object) -> Json:
        written: dict[str, Json] = {}
        for name, shape in shapes.items():
            part: object = getattr(value, name)
            if part != defaults[name]:
                written[name] = shape.encode(part)
        return written

    def read(stored: Json, documents: Documents) -> object:
        if not isinstance(stored, dict):
            raise _UnreadableError(f"{stored!r} is not an object")
        # An unknown name fails here: dropping what a newer version wrote would be a lie.
        parts = {name: shapes[name].decode(part, documents) for name, part in stored.items()}
        return kind(**parts)

    return _Shape(write, read)


def _text(stored: Json) -> str:
    if not isinstance(stored, str):
        raise _UnreadableError(f"{stored!r} is not text")
    return stored
