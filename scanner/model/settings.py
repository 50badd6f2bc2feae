"""What the user has set, as values. Reading files and variables is `scanner.cli.settings`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from scanner.model.delegation import KnownAccount
from scanner.model.ids import AccountId, Secret

SERVICES: Final = ("ram", "sts", "actiontrail", "rocketmq", "ons", "resourcemanager")
"""The services whose endpoint can be set."""

DEFAULT_REGION: Final = "cn-hangzhou"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSettings:
    """How to come to the credentials of one account.

    With no field but `name` set, the official default chain is used: environment variables, OIDC,
    the configuration of the aliyun command, the credentials file, the ECS instance role.
    """

    name: str
    cli_profile: str = ""
    """A profile of the aliyun command's configuration to take instead of its current one."""
    access_key_id_env: str = ""
    """The environment variable that holds an AccessKey id, for one that has a name of its own."""
    access_key_secret_env: str = ""
    security_token_env: str = ""
    role_arn: str = ""
    """A role to assume with those credentials."""
    external_id: Secret | None = None
    role_session_name: str = "crossrole"
    region: str = DEFAULT_REGION
    """The region for services with one central endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings:
    """Where the services are. An entry is `http(s)://host[:port]` without a path."""

    everything: str = ""
    """One endpoint for all services, as the local cloud has it; an entry in `services` goes before it."""
    services: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """By service name, one of `SERVICES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingSettings:
    """How fast to call. The defaults are the vendor's documented quotas."""

    workers: int = 32
    share: float = 0.95
    """The part of each quota to use, over 0 and at most 1."""
    rates: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Calls per second by API, such as `ram:GetRole`, instead of the documented quota; 0 is no limit."""
    connect_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 20.0
    attempts: int = 6
    """How often one read is tried in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a command may need to know."""

    store_url: str
    """An SQLAlchemy URL; it may hold a password, so print it only through SQLAlchemy."""
    profiles: tuple[ProfileSettings, ...] = (ProfileSettings(name="default"),)
    regions: tuple[str, ...] = ()
    """RocketMQ regions to read; empty is every region that the service lists."""
    endpoints: EndpointSettings = field(default_factory=EndpointSettings)
    pacing: PacingSettings = field(default_factory=PacingSettings)
    known: Mapping[AccountId, KnownAccount] = field(default_factory=lambda: MappingProxyType({}))
