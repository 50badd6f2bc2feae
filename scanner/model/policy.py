"""Permission policies as the RAM API returns them, and their attachments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanner.model.document import Document


class PolicyKind(StrEnum):
    """Who maintains a policy; the values are the API's own."""

    SYSTEM = "System"
    CUSTOM = "Custom"


@dataclass(frozen=True, slots=True, order=True)
class PolicyRef:
    """What names a policy inside one account."""

    kind: PolicyKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """One stored version of a policy."""

    version_id: str
    is_default: bool
    created: datetime | None
    document: Document | None
    """None when the text could not be read; the snapshot then holds a gap for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy with the versions that could be read. Only the default version takes effect."""

    ref: PolicyRef
    default_version: str | None
    description: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    attachment_count: int | None = None
    versions: tuple[PolicyVersion, ...] = ()

    @property
    def effective(self) -> PolicyVersion | None:
        """The default version, or None when it was not read."""
        return next((v for v in self.versions if v.is_default), None)


class PrincipalKind(StrEnum):
    """What a policy can be attached to."""

    USER = "user"
    GROUP = "group"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A policy attached to a user, group or role."""

    policy: PolicyRef
    principal_kind: PrincipalKind
    principal: str
    resource_group: str | None = None
    """The resource group that limits the grant; None is the whole account."""
    attached: datetime | None = None
