"""RAM users and groups: the accessor's side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A RAM user."""

    name: str
    user_id: str
    display_name: str = ""
    created: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A RAM user group and the names of its members."""

    name: str
    group_id: str = ""
    members: tuple[str, ...] | None = None
    """None when the members could not be read."""
