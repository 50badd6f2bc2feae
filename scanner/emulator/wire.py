"""A request and an answer as they lie on the wire, without the HTTP library that carries them.

Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl

JSON_TYPE: Final = "application/json;charset=utf-8"
FORM_TYPE: Final = "application/x-www-form-urlencoded"


class Ending(Enum):
    """How the answer ends."""

    WHOLE = auto()
    CUT = auto()
    """The connection closes half-way through the body."""
    RESET = auto()
    """The connection is reset before the first byte."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request. It has no slots, because it keeps what it decoded."""

    method: str
    path: str
    """Still percent-encoded, without a region in front."""
    query: str
    """Still encoded. It may hold passwords; no log may show it."""
    headers: Mapping[str, str]
    """By lower-case name; repeated ones sorted and joined with a comma."""
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    region: str = ""
    """From the address that was called; empty when it told none."""

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The query parameters in the order sent, decoded."""
        return tuple(parse_qsl(self.query, keep_blank_values=True)) if self.query else ()

    @cached_property
    def form(self) -> tuple[tuple[str, str], ...]:
        """The parameters of a form body, decoded; there are none in any other body."""
        if not self.body or not self.headers.get("content-type", "").startswith(FORM_TYPE):
            return ()
        return tuple(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def params(self) -> dict[str, str]:
        """Query and form parameters by name; the last of several wins."""
        return dict(self.pairs + self.form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    request_id: str
    content_type: str = JSON_TYPE
    delay_seconds: float = 0.0
    ending: Ending = Ending.WHOLE
    headers: Mapping[str, str] = field(default_factory=dict)
