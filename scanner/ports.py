"""What the use cases need from the outside world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scanner.model.broker import (
    AclRule,
    BrokerRegion,
    ConsumerGroup,
    Instance,
    InstanceAccount,
    Series,
    Topic,
)
from scanner.model.finding import Finding
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment, Policy, PolicyRef, PolicyVersion, PrincipalKind
from scanner.model.role import Role
from scanner.model.snapshot import ApiCalls, Snapshot
from scanner.model.trail import Trail
from scanner.model.user import Group, User


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, in UTC and aware of it."""


class Progress(Protocol):
    """Is told how far a long job has come. Calls may come from several threads."""

    def expect(self, subject: str, count: int) -> None:
        """`count` more items of `subject` are known to be due."""

    def done(self, subject: str, count: int = 1) -> None:
        """`count` items of `subject` were read, or given up."""

    def note(self, message: str) -> None:
        """Something worth a line. The text may be untrusted."""


class CloudReader(Protocol):
    """Reads one account. It may be called from several threads at once.

    Every method raises `CloudError` when the read failed for good. What a listing gave before it
    failed has been yielded by then; a listing that ended without an error is complete.
    """

    @property
    def account(self) -> AccountId:
        """The account that is read."""

    def roles(self) -> Iterator[Sequence[Role]]:
        """Pages of roles, without trust policy and service-linked mark."""

    def role(self, name: str) -> Role:
        """A role with its trust policy; without tags, which only the listing has."""

    def custom_policies(self) -> Iterator[Sequence[Policy]]:
        """Pages of custom policies, without versions."""

    def policy(self, ref: PolicyRef) -> Policy:
        """A policy with exactly one version, the default one, and its document."""

    def policy_versions(self, ref: PolicyRef) -> Sequence[PolicyVersion]:
        """All versions of a policy; a document is None where the listing left it out."""

    def policy_version(self, ref: PolicyRef, version_id: str) -> PolicyVersion:
        """One version with its document."""

    def attachments(self) -> Iterator[Sequence[Attachment]]:
        """Pages of all attachments of the account, those limited to resource groups included."""

    def attachments_of(self, kind: PrincipalKind, principal: str) -> Sequence[Attachment]:
        """The attachments of one principal in the scope of the whole account, and no others."""

    def users(self) -> Iterator[Sequence[User]]:
        """Pages of RAM users."""

    def groups(self) -> Iterator[Sequence[Group]]:
        """Pages of user groups, without members."""

    def members(self, group: str) -> Iterator[Sequence[str]]:
        """Pages of the user names in a group."""

    def broker_regions(self) -> Sequence[BrokerRegion]:
        """The regions in which the broker service says it is offered."""

    def instances(self, series: Series, region: str) -> Iterator[Sequence[Instance]]:
        """Pages of the instances of one series in one region, as their listing describes them."""

    def instance(self, listed: Instance) -> Instance:
        """`listed` with what only the instance itself tells; without the IP whitelist."""

    def topics(self, instance: Instance) -> Iterator[Sequence[Topic]]:
        """Pages of the topics of an instance."""

    def consumer_groups(self, instance: Instance) -> Iterator[Sequence[ConsumerGroup]]:
        """Pages of the consumer groups of an instance."""

    def instance_accounts(self, instance: Instance) -> Iterator[Sequence[InstanceAccount]]:
        """Pages of the user names inside a 5.x instance."""

    def acls(self, instance: Instance) -> Iterator[Sequence[AclRule]]:
        """Pages of the ACL rules inside a 5.x instance."""

    def ip_whitelist(self, instance: Instance) -> Iterator[Sequence[str]]:
        """Pages of the CIDRs that a 5.x instance lets in from the internet."""

    def trails(self) -> Sequence[Trail]:
        """The trails of the account, without whether they are logging."""

    def trail_status(self, trail: Trail) -> Trail:
        """`trail` with whether it is logging."""

    def calls(self) -> tuple[ApiCalls, ...]:
        """What this reader has called so far, by API, sorted."""

    def pause(self, seconds: float) -> None:
        """Let time pass, as before a second attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRecord:
    """A stored scan."""

    scan: int
    account: AccountId
    profile: str
    taken: datetime
    local_cloud: bool
    complete: bool
    """Whether it has no gaps."""
    roles: int
    gaps: int


class Store(Protocol):
    """Keeps scans. Saving is all or nothing."""

    def save(self, snapshot: Snapshot, findings: Sequence[Finding]) -> int:
        """Store one scan with its findings and return its number.

        Raises:
            StoreError: nothing was stored.
        """

    def scans(self, account: AccountId | None = None) -> tuple[ScanRecord, ...]:
        """Stored scans, the newest first."""

    def load(self, scan: int) -> Snapshot:
        """The snapshot of a stored scan, equal to the one that was saved.

        Raises:
            NothingInScopeError: there is no such scan.
        """

    def findings(self, scan: int) -> tuple[Finding, ...]:
        """The findings of a stored scan, in the order in which they were saved."""
