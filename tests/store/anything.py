"""Strategies for every value of the model, with the worst texts in every text."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NewType, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

_TEXTS: Final = st.one_of(
    st.text(alphabet=st.characters(), max_size=10),
    st.text(alphabet="\x00\x1a\ud83d\ude000afe\\", max_size=6),
    st.sampled_from(["", "a", "b", "\u202e<b>", "=cmd()", "%s", ":x", "'\"", "\r\n", "\ufffe"]),
)
_MOMENTS: Final = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the zone is given apart
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


def any_of(kind: type[T]) -> st.SearchStrategy[T]:
    """Any value of a frozen dataclass of the model."""
    hints = typing.get_type_hints(kind)
    assert dataclasses.is_dataclass(kind)
    parts = {field.name: _any(hints[field.name]) for field in dataclasses.fields(kind)}
    return st.builds(kind, **parts)


def _any(hint: object) -> st.SearchStrategy[object]:
    if isinstance(hint, NewType):
        return _any(hint.__supertype__)
    if isinstance(hint, types.UnionType):
        return st.one_of(*(_any(part) for part in typing.get_args(hint)))
    if typing.get_origin(hint) is tuple:
        return st.lists(_any(typing.get_args(hint)[0]), max_size=2).map(tuple)
    assert isinstance(hint, type)
    if issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    simple: dict[type, st.SearchStrategy[object]] = {
        str: _TEXTS,
        int: st.integers(0, 2**62),
        bool: st.booleans(),
        datetime: _MOMENTS,
        types.NoneType: st.none(),
    }
    return simple[hint] if hint in simple else any_of(hint)
