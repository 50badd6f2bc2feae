"""Read one account: the port that the use cases need, over all services."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from scanner.cloud import actiontrail, resourcemanager
from scanner.cloud.call import Caller
from scanner.cloud.ons import Ons
from scanner.cloud.ram import Ram
from scanner.cloud.rocketmq import RocketMq
from scanner.cloud.wire import Wire
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
from scanner.model.snapshot import ApiCalls
from scanner.model.trail import Trail
from scanner.model.user import Group, User


class SdkReader:
    """Reads one account through the official SDKs; see `scanner.ports.CloudReader`."""

    def __init__(
        self, account: AccountId, *, region: str, caller: Caller, open_wire: Callable[[str, str], Wire]
    ) -> None:
        self._account = account
        self._region = region
        self._caller = caller
        self._open_wire = open_wire
        self._wires: dict[tuple[str, str], Wire] = {}
        self._lock = threading.Lock()

    @property
    def account(self) -> AccountId:
        """The account that is read."""
        return self._account

    def roles(self) -> Iterator[Sequence[Role]]:
        """Pages of roles."""
        return self._ram().roles()

    def role(self, name: str) -> Role:
        """A role with its trust policy."""
        return self._ram().role(name)

    def custom_policies(self) -> Iterator[Sequence[Policy]]:
        """Pages of custom policies."""
        return self._ram().custom_policies()

    def policy(self, ref: PolicyRef) -> Policy:
        """A policy with its default version."""
        return self._ram().policy(ref)

    def policy_versions(self, ref: PolicyRef) -> Sequence[PolicyVersion]:
        """All versions of a policy."""
        return self._ram().policy_versions(ref)

    def policy_version(self, ref: PolicyRef, version_id: str) -> PolicyVersion:
        """One version of a policy."""
        return self._ram().policy_version(ref, version_id)

    def attachments(self) -> Iterator[Sequence[Attachment]]:
        """Pages of all attachments, in both scopes."""
        return resourcemanager.attachments(self._wire("resourcemanager"), self._account)

    def attachments_of(self, kind: PrincipalKind, principal: str) -> Sequence[Attachment]:
        """The account-wide attachments of one principal."""
        return self._ram().attachments_of(kind, principal)

    def users(self) -> Iterator[Sequence[User]]:
        """Pages of users."""
        return self._ram().users()

    def groups(self) -> Iterator[Sequence[Group]]:
        """Pages of groups."""
        return self._ram().groups()

    def members(self, group: str) -> Iterator[Sequence[str]]:
        """Pages of the user names in a group."""
        return self._ram().members(group)

    def broker_regions(self) -> Sequence[BrokerRegion]:
        """The regions of the broker service."""
        return self._rocketmq(self._region).regions()

    def instances(self, series: Series, region: str) -> Iterator[Sequence[Instance]]:
        """Pages of the instances of one series in one region."""
        match series:
            case Series.V5:
                yield from self._rocketmq(region).instances()
            case Series.V4:
                yield self._ons(region).instances()

    def instance(self, listed: Instance) -> Instance:
        """`listed` with what only the instance itself tells."""
        match listed.series:
            case Series.V5:
                return self._rocketmq(listed.region).instance(listed)
            case Series.V4:
                return self._ons(listed.region).instance(listed)

    def topics(self, instance: Instance) -> Iterator[Sequence[Topic]]:
        """Pages of topics."""
        match instance.series:
            case Series.V5:
                yield from self._rocketmq(instance.region).topics(instance.instance_id)
            case Series.V4:
                yield self._ons(instance.region).topics(instance.instance_id)

    def consumer_groups(self, instance: Instance) -> Iterator[Sequence[ConsumerGroup]]:
        """Pages of consumer groups."""
        match instance.series:
            case Series.V5:
                yield from self._rocketmq(instance.region).consumer_groups(instance.instance_id)
            case Series.V4:
                yield self._ons(instance.region).consumer_groups(instance.instance_id)

    def instance_accounts(self, instance: Instance) -> Iterator[Sequence[InstanceAccount]]:
        """Pages of user names inside a 5.x instance."""
        return self._rocketmq(instance.region).accounts(instance.instance_id)

    def acls(self, instance: Instance) -> Iterator[Sequence[AclRule]]:
        """Pages of ACL rules inside a 5.x instance."""
        return self._rocketmq(instance.region).acls(instance.instance_id)

    def ip_whitelist(self, instance: Instance) -> Iterator[Sequence[str]]:
        """Pages of CIDRs that may use the public endpoint of a 5.x instance."""
        return self._rocketmq(instance.region).ip_whitelist(instance.instance_id)

    def trails(self) -> Sequence[Trail]:
        """The trails of the account."""
        return actiontrail.trails(self._wire("actiontrail"))

    def trail_status(self, trail: Trail) -> Trail:
        """`trail` with whether it is logging."""
        wire = self._wire("actiontrail", trail.home_region or self._region)
        return actiontrail.trail_status(wire, trail)

    def calls(self) -> tuple[ApiCalls, ...]:
        """What was called so far."""
        return self._caller.counts()

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._caller.sleep(seconds)

    def _ram(self) -> Ram:
        return Ram(self._wire("ram"))

    def _rocketmq(self, region: str) -> RocketMq:
        return RocketMq(self._wire("rocketmq", region), region=region)

    def _ons(self, region: str) -> Ons:
        return Ons(self._wire("ons", region), region=region)

    def _wire(self, service: str, region: str = "") -> Wire:
        key = (service, region or self._region)
        if (wire := self._wires.get(key)) is not None:
            return wire
        # The lock also keeps two threads from importing the same SDK at once.
        with self._lock:
            if key not in self._wires:
                self._wires[key] = self._open_wire(*key)
            return self._wires[key]
