"""Requests, and what documents decide about them, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from scanner.policy.syntax import Effect, PolicyDocument


class Truth(StrEnum):
    """Three-valued truth."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """Three-valued decision."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


ABSENT: frozenset[str] = frozenset()
"""The value of a context key that the request is known not to carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of a request's condition keys.

    A key in `known` has exactly these values, `ABSENT` meaning that the request does not carry
    it. A key that is not in `known` is absent when `complete`, and otherwise not known.
    Keys are compared without regard to case.
    """

    known: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: a concrete action on a concrete resource."""

    action: str
    resource: str
    context: Context = field(default_factory=Context)
    resource_group: str | None = None
    """The resource group the resource is in, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedPolicy:
    """A parsed document and where it came from."""

    document: PolicyDocument
    label: str
    """`Custom:orders-publish`, `trust policy`, `session policy`, ..."""
    version: str = ""
    resource_group: str | None = None
    """The resource group the attachment is limited to; None is the whole account."""
    level: str = ""
    """For a control policy: the root, folder or member it is attached to. Each level must allow."""


class CallerKind(StrEnum):
    """What kind of identity asks for a role."""

    USER = "user"
    ROLE = "role"
    ACCOUNT = "account"
    """The account itself, signed in as root."""
    SERVICE = "service"
    SAML = "saml-provider"
    OIDC = "oidc-provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeCaller:
    """Who asks for a role."""

    kind: CallerKind
    account: str
    """The account the caller belongs to; for a service, the account that it acts for."""
    arn: str = ""
    """The resource name of the user, role, role session or provider; the name of a service."""


class Gate(StrEnum):
    """Which kind of policy a reason belongs to, in the order in which the service asks them."""

    CONTROL = "control policy"
    SESSION = "session policy"
    ACCOUNT_SCOPE = "account scope"
    RESOURCE_GROUP_SCOPE = "resource-group scope"
    TRUST = "trust policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One statement that made a decision, or kept it from being made."""

    gate: Gate
    policy: str
    """The label of the policy; empty for a gate that no statement answered."""
    version: str
    path: str
    """JSON path of the statement or of the part that could not be settled."""
    outcome: Outcome
    effect: Effect | None = None
    """What the statement does; None where no statement, or one with an unreadable effect, stands here."""
    note: str = ""
    """Why, in words; for UNKNOWN it names the reading that is not documented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the documents decide, and the statements that made it so."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
