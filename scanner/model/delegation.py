"""A delegation: a role, a principal outside the account that may assume it, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.model.ids import AccountId


class Relation(StrEnum):
    """Whose account a trusted principal belongs to, as far as the user has said."""

    OWN = "own"
    ORGANISATION = "organisation"
    PARTNER = "partner"
    UNKNOWN = "unknown"


class WayIn(StrEnum):
    """How a principal comes to a session of the role."""

    STS = "STS token"
    CONSOLE = "console role switch"
    ECS = "ECS instance role"
    CLOUD_SERVICE = "cloud service"
    CROSS_ACCOUNT_SERVICE = "cloud service of another account"
    SAML = "SAML"
    OIDC = "OIDC"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccount:
    """An account that the settings name."""

    account: AccountId
    name: str
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """One foreign principal that a role's trust policy lets in."""

    owner: AccountId
    role: str
    principal: str
    """The principal as written in the trust policy."""
    principal_account: AccountId | None
    """None where the form names no account: a wildcard, a service, an unsupported form."""
    partner: str
    """The name of the account in the settings; empty when it is not known."""
    relation: Relation
    ways: tuple[WayIn, ...]
    external_id_required: bool | None
    """None when the conditions could not be understood."""
    conditions: tuple[str, ...]
    """The conditions in words, one each, external ids masked."""
    max_session_seconds: int | None
    policies: tuple[str, ...]
    """What is attached, `Custom:name` or `System:name`, with ` @ <resource group>` where limited."""
    trust_path: str
    """JSON path of the statement that lets the principal in."""
