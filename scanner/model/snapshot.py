"""What one scan read of one account, what it could not read, and what it asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanner.model.broker import AclRule, ConsumerGroup, Instance, InstanceAccount, Topic
from scanner.model.fault import CloudFault
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment, Policy, PolicyRef, PrincipalKind
from scanner.model.role import Role
from scanner.model.trail import Trail
from scanner.model.user import Group, User


class Subject(StrEnum):
    """The kinds of things a scan reads; the rows of the coverage ledger."""

    ROLES = "roles"
    ROLE = "role details"
    POLICIES = "policies"
    POLICY = "policy documents"
    POLICY_VERSIONS = "policy versions"
    ATTACHMENTS = "attachments"
    RESOURCE_GROUP_ATTACHMENTS = "resource-group attachments"
    USERS = "users"
    GROUPS = "groups"
    GROUP_MEMBERS = "group members"
    REGIONS = "regions"
    INSTANCES = "instances"
    INSTANCE = "instance details"
    TOPICS = "topics"
    CONSUMER_GROUPS = "consumer groups"
    INSTANCE_ACCOUNTS = "instance accounts"
    ACLS = "acls"
    IP_WHITELIST = "ip whitelist"
    TRAILS = "trails"
    TRAIL_STATUS = "trail status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something the scan could not read."""

    subject: Subject
    name: str
    """Which one: a role name, `Custom:<policy>`, `<region>/<instance id>`, a region; empty for a listing."""
    because: CloudFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One row of the coverage ledger."""

    subject: Subject
    expected: int | None
    """How many there are to read; None when the listing that would tell was not readable."""
    read: int
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCalls:
    """How often one API was called in a scan, retries included."""

    api: str
    """`ram:GetRole` and so on."""
    calls: int
    throttled: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One account as one scan saw it. Every tuple is sorted by name; gaps say what is missing."""

    account: AccountId
    taken: datetime
    profile: str = ""
    local_cloud: bool = False
    """Whether this came from the local cloud; every report then says so."""
    regions: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    policies: tuple[Policy, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    instances: tuple[Instance, ...] = ()
    topics: tuple[Topic, ...] = ()
    consumer_groups: tuple[ConsumerGroup, ...] = ()
    instance_accounts: tuple[InstanceAccount, ...] = ()
    acls: tuple[AclRule, ...] = ()
    trails: tuple[Trail, ...] = ()
    gaps: tuple[Gap, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    calls: tuple[ApiCalls, ...] = ()

    def gaps_in(self, *subjects: Subject, name: str | None = None) -> tuple[Gap, ...]:
        """The gaps about `subjects`; with `name`, those about that one or about a whole listing."""
        return tuple(g for g in self.gaps if g.subject in subjects and (name is None or g.name in ("", name)))

    def attached_to(self, kind: PrincipalKind, principal: str) -> tuple[Attachment, ...]:
        """The attachments of one principal, in both scopes."""
        return tuple(a for a in self.attachments if a.principal_kind is kind and a.principal == principal)

    def policy(self, ref: PolicyRef) -> Policy | None:
        """The policy named `ref`, or None when it was not read."""
        return next((p for p in self.policies if p.ref == ref), None)
