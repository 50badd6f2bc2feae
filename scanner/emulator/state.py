"""What exists in the local cloud: mutable records, one `Account` for each Alibaba Cloud account.

Only handlers change it, under the world's lock. It checks nothing.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

EVENTS_KEPT: Final = 100_000
"""How many ActionTrail events an account keeps; the oldest go first."""


@dataclass(slots=True)
class AccessKey:
    """A long-lived key of a RAM user, or of the account itself when `user` is empty."""

    key_id: str
    secret: str
    user: str
    active: bool = True
    created: str = ""
    last_used: str = ""
    """Empty before the first call."""


@dataclass(slots=True)
class SessionToken:
    """What AssumeRole gave out."""

    key_id: str
    secret: str
    token: str
    role: str
    role_id: str
    session_name: str
    expires: datetime
    session_policy: str | None
    player_account: str
    """The account of whoever assumed the role."""


@dataclass(slots=True, frozen=True, kw_only=True)
class LoginRecord:
    """That a RAM user may log on to the console. Nobody logs on to the console of a local cloud."""

    password: str = field(repr=False)
    created: str = ""
    reset_required: bool = False
    mfa_required: bool = False


@dataclass(slots=True, frozen=True, kw_only=True)
class MfaDevice:
    """A virtual MFA device; `user` is empty while nobody is bound to it."""

    serial: str
    seed: str = field(repr=False)
    """In base32, as authenticator apps take it."""
    user: str = ""
    activated: str = ""


@dataclass(slots=True)
class UserRecord:
    """A RAM user."""

    name: str
    user_id: str
    display_name: str = ""
    comments: str = ""
    email: str = ""
    mobile: str = ""
    created: str = ""
    updated: str = ""
    login: LoginRecord | None = None


@dataclass(slots=True)
class GroupRecord:
    """A RAM user group."""

    name: str
    group_id: str
    comments: str = ""
    created: str = ""
    updated: str = ""
    members: dict[str, str] = field(default_factory=dict)
    """User name -> join date."""


@dataclass(slots=True)
class RoleRecord:
    """A RAM role."""

    name: str
    role_id: str
    trust: str
    description: str = ""
    created: str = ""
    updated: str = ""
    max_session: int = 3600
    tags: dict[str, str] = field(default_factory=dict)
    allow_console_login: bool = True
    service_linked: bool = False


@dataclass(slots=True)
class VersionRecord:
    """One version of a policy."""

    version_id: str
    document: str
    created: str = ""


@dataclass(slots=True)
class PolicyRecord:
    """A policy; `kind` is `System` or `Custom`."""

    kind: str
    name: str
    default_version: str
    versions: dict[str, VersionRecord]
    description: str = ""
    created: str = ""
    updated: str = ""
    next_version: int = 2
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class AttachmentKey:
    """Who carries which policy in which scope; `resource_group` is empty for the whole account."""

    policy_kind: str
    policy_name: str
    principal_kind: str
    """`user`, `group` or `role`."""
    principal: str
    resource_group: str = ""


@dataclass(slots=True)
class Instance5:
    """A RocketMQ 5.x instance. Nested records hold the API's own field names."""

    instance_id: str
    region: str
    name: str = ""
    status: str = "RUNNING"
    created: str = ""
    updated: str = ""
    remark: str = ""
    series_code: str = "professional"
    sub_series_code: str = "cluster_ha"
    resource_group: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    acl_types: list[str] = field(default_factory=lambda: ["default"])
    vpc_auth_free: bool = True
    internet: bool = False
    internet_whitelist: list[str] = field(default_factory=list)
    topics: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    acls: list[dict[str, Any]] = field(default_factory=list)
    whitelist: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Instance4:
    """A RocketMQ 4.x instance. Nested records hold the API's own field names."""

    instance_id: str
    region: str
    name: str = ""
    status: int = 5
    type: int = 1
    created_ms: int = 0
    namespaced: bool = True
    remark: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    topics: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class TrailRecord:
    """An ActionTrail trail."""

    name: str
    home_region: str
    event_rw: str = "All"
    trail_region: str = "All"
    logging: bool = False
    created: str = ""
    updated: str = ""
    started: str = ""
    stopped: str = ""
    oss_bucket: str = ""
    oss_prefix: str = ""
    sls_project_arn: str = ""


@dataclass(slots=True, frozen=True, kw_only=True)
class PasswordPolicy:
    """What passwords of RAM users must be like. What a new account has is inferred."""

    minimum_length: int = 8
    lowercase: bool = False
    uppercase: bool = False
    numbers: bool = False
    symbols: bool = False
    hard_expiry: bool = False
    max_age: int = 0
    reuse_prevention: int = 0
    max_attempts: int = 5


@dataclass(slots=True, frozen=True, kw_only=True)
class SecurityPreference:
    """What RAM users may do for themselves. What a new account has is inferred."""

    save_mfa_ticket: bool = False
    change_password: bool = True
    manage_keys: bool = False
    manage_public_keys: bool = False
    manage_mfa: bool = True
    session_hours: int = 6
    network_masks: str = ""


@dataclass(slots=True)
class Account:
    """One Alibaba Cloud account."""

    account_id: str
    name: str = ""
    users: dict[str, UserRecord] = field(default_factory=dict)
    groups: dict[str, GroupRecord] = field(default_factory=dict)
    roles: dict[str, RoleRecord] = field(default_factory=dict)
    policies: dict[str, PolicyRecord] = field(default_factory=dict)
    """Custom policies by name."""
    attachments: dict[AttachmentKey, str] = field(default_factory=dict)
    """To the attach date."""
    resource_groups: set[str] = field(default_factory=set)
    keys: dict[str, AccessKey] = field(default_factory=dict)
    mfa_devices: dict[str, MfaDevice] = field(default_factory=dict)
    """By serial number."""
    alias: str = ""
    password_policy: PasswordPolicy = field(default_factory=PasswordPolicy)
    security_preference: SecurityPreference = field(default_factory=SecurityPreference)
    tokens: dict[str, SessionToken] = field(default_factory=dict)
    """By temporary key id."""
    instances5: dict[str, Instance5] = field(default_factory=dict)
    instances4: dict[str, Instance4] = field(default_factory=dict)
    trails: dict[str, TrailRecord] = field(default_factory=dict)
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    control_policies: list[str] = field(default_factory=list)
    """Documents of directory control policies that apply to this account, besides FullAliyunAccess."""


@dataclass(slots=True)
class LocalWorld:
    """Every account of one local cloud."""

    name: str
    accounts: dict[str, Account] = field(default_factory=dict)
    system_policies: dict[str, PolicyRecord] = field(default_factory=dict)
    regions: tuple[str, ...] = ("cn-hangzhou",)
    lock: threading.RLock = field(default_factory=threading.RLock)
    counter: int = 0
    """For ids; deterministic in one world."""

    def next_id(self) -> str:
        """A new id of the form the service uses, decimal digits."""
        self.counter += 1
        return f"3{self.counter:017d}"
