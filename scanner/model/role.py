"""RAM roles as the API returns them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.model.document import Document


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A key and a value somebody put on a resource."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A RAM role. `ListRoles` gives everything but the trust policy and the service-linked mark."""

    name: str
    role_id: str
    arn: str
    description: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    max_session_seconds: int | None = None
    tags: tuple[Tag, ...] = ()
    allow_console_login: bool | None = None
    service_linked: bool | None = None
    """None when `GetRole` could not be read."""
    trust: Document | None = None
    """The trust policy; None when `GetRole` could not be read, and a gap says why."""
