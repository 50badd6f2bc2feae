"""Try one of everything that a scan would read, to tell what it would miss.

It reads whole listings but only the first item behind each, so it is quick on any account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scanner.app.collect import collect
from scanner.model.broker import (
    AclRule,
    BrokerRegion,
    ConsumerGroup,
    Instance,
    InstanceAccount,
    Series,
    Topic,
)
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment, Policy, PolicyRef, PolicyVersion, PrincipalKind
from scanner.model.role import Role
from scanner.model.snapshot import ApiCalls, Gap
from scanner.model.trail import Trail
from scanner.model.user import Group, User
from scanner.ports import Clock, CloudReader, Progress

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What a scan of the account would not be able to read."""

    account: AccountId
    gaps: tuple[Gap, ...]
    calls: tuple[ApiCalls, ...]

    @property
    def missing_permissions(self) -> tuple[str, ...]:
        """The RAM actions that the credentials lack, sorted."""
        return tuple(
            sorted({g.because.missing_permission for g in self.gaps if g.because.missing_permission})
        )


def examine(
    reader: CloudReader, *, clock: Clock, progress: Progress, workers: int, regions: tuple[str, ...] = ()
) -> Examination:
    """Try every kind of read once."""
    snapshot = collect(Sample(reader), clock=clock, progress=progress, workers=workers, regions=regions)
    return Examination(account=snapshot.account, gaps=snapshot.gaps, calls=snapshot.calls)


class Sample:
    """A reader that shows the first of everything."""

    def __init__(self, reader: CloudReader) -> None:
        self._reader = reader

    @property
    def account(self) -> AccountId:
        """The account that is read."""
        return self._reader.account

    def roles(self) -> Iterator[Sequence[Role]]:
        """The first role."""
        return _first(self._reader.roles())

    def role(self, name: str) -> Role:
        """A role, whole."""
        return self._reader.role(name)

    def custom_policies(self) -> Iterator[Sequence[Policy]]:
        """The first custom policy."""
        return _first(self._reader.custom_policies())

    def policy(self, ref: PolicyRef) -> Policy:
        """A policy, whole."""
        return self._reader.policy(ref)

    def policy_versions(self, ref: PolicyRef) -> Sequence[PolicyVersion]:
        """All versions of a policy."""
        return self._reader.policy_versions(ref)

    def policy_version(self, ref: PolicyRef, version_id: str) -> PolicyVersion:
        """One version."""
        return self._reader.policy_version(ref, version_id)

    def attachments(self) -> Iterator[Sequence[Attachment]]:
        """The first attachment."""
        return _first(self._reader.attachments())

    def attachments_of(self, kind: PrincipalKind, principal: str) -> Sequence[Attachment]:
        """The attachments of one principal."""
        return self._reader.attachments_of(kind, principal)

    def users(self) -> Iterator[Sequence[User]]:
        """The first user."""
        return _first(self._reader.users())

    def groups(self) -> Iterator[Sequence[Group]]:
        """The first group."""
        return _first(self._reader.groups())

    def members(self, group: str) -> Iterator[Sequence[str]]:
        """The first member of a group."""
        return _first(self._reader.members(group))

    def broker_regions(self) -> Sequence[BrokerRegion]:
        """Every region: each has an endpoint of its own."""
        return self._reader.broker_regions()

    def instances(self, series: Series, region: str) -> Iterator[Sequence[Instance]]:
        """The first instance of a series in a region."""
        return _first(self._reader.instances(series, region))

    def instance(self, listed: Instance) -> Instance:
        """An instance, whole."""
        return self._reader.instance(listed)

    def topics(self, instance: Instance) -> Iterator[Sequence[Topic]]:
        """The first topic of an instance."""
        return _first(self._reader.topics(instance))

    def consumer_groups(self, instance: Instance) -> Iterator[Sequence[ConsumerGroup]]:
        """The first consumer group of an instance."""
        return _first(self._reader.consumer_groups(instance))

    def instance_accounts(self, instance: Instance) -> Iterator[Sequence[InstanceAccount]]:
        """The first user name inside an instance."""
        return _first(self._reader.instance_accounts(instance))

    def acls(self, instance: Instance) -> Iterator[Sequence[AclRule]]:
        """The first ACL rule of an instance."""
        return _first(self._reader.acls(instance))

    def ip_whitelist(self, instance: Instance) -> Iterator[Sequence[str]]:
        """The first CIDR of an instance's whitelist."""
        return _first(self._reader.ip_whitelist(instance))

    def trails(self) -> Sequence[Trail]:
        """The first trail."""
        return self._reader.trails()[:1]

    def trail_status(self, trail: Trail) -> Trail:
        """Whether a trail is logging."""
        return self._reader.trail_status(trail)

    def calls(self) -> tuple[ApiCalls, ...]:
        """What was called so far."""
        return self._reader.calls()

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._reader.pause(seconds)


def _first(pages: Iterator[Sequence[Item]]) -> Iterator[Sequence[Item]]:
    """The first item of the first page that has one; later pages are not asked for."""
    for page in pages:
        if page:
            yield page[:1]
            return
