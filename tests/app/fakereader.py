"""A reader over a small account made in the test, which fails where it is told to."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from scanner.errors import CloudError
from scanner.model.broker import (
    AclRule,
    BrokerRegion,
    ConsumerGroup,
    Instance,
    InstanceAccount,
    Series,
    Topic,
)
from scanner.model.document import Document
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.ids import AccountId
from scanner.model.policy import (
    Attachment,
    Policy,
    PolicyKind,
    PolicyRef,
    PolicyVersion,
    PrincipalKind,
)
from scanner.model.role import Role, Tag
from scanner.model.snapshot import ApiCalls
from scanner.model.trail import Trail
from scanner.model.user import Group, User

DENIED = CloudFault(kind=FaultKind.DENIED, api="x:Y", code="NoPermission", missing_permission="x:Y")
DOWN = CloudFault(kind=FaultKind.SERVER, api="x:Y", code="InternalError")
OWNER = AccountId("1000000000000001")
BOTH = (Series.V4, Series.V5)


def custom(name: str) -> PolicyRef:
    return PolicyRef(PolicyKind.CUSTOM, name)


def system(name: str) -> PolicyRef:
    return PolicyRef(PolicyKind.SYSTEM, name)


def versions(*texts: str | None) -> tuple[PolicyVersion, ...]:
    """Versions v1, v2, ... of which the last is the default."""
    return tuple(
        PolicyVersion(
            version_id=f"v{number}",
            is_default=number == len(texts),
            created=None,
            document=None if text is None else Document(text),
        )
        for number, text in enumerate(texts, start=1)
    )


@dataclass
class FakeReader:
    """See `scanner.ports.CloudReader`."""

    role_names: tuple[str, ...] = ("beta", "alpha")
    policy_versions_of: dict[PolicyRef, tuple[PolicyVersion, ...]] = field(
        default_factory=lambda: {custom("own"): versions("old", "new"), system("Admin"): versions("all")}
    )
    attached: tuple[Attachment, ...] = (
        Attachment(policy=custom("own"), principal_kind=PrincipalKind.ROLE, principal="alpha"),
        Attachment(
            policy=system("Admin"),
            principal_kind=PrincipalKind.ROLE,
            principal="beta",
            resource_group="rg-1",
        ),
        Attachment(policy=system("Admin"), principal_kind=PrincipalKind.USER, principal="ann"),
    )
    user_names: tuple[str, ...] = ("ann",)
    members_of: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"ops": ("ann",)})
    regions: tuple[BrokerRegion, ...] = (BrokerRegion(name="cn-a", series=BOTH),)
    trail_names: tuple[str, ...] = ("audit",)
    failing: dict[tuple[str, str], list[CloudFault | None]] = field(default_factory=dict)
    """By method and name: the fault of each attempt in turn, the last one for ever."""
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    paused: list[float] = field(default_factory=list)
    on_call: Callable[[str], None] = lambda _: None
    account: AccountId = OWNER
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fails(self, method: str, name: str = "", *faults: CloudFault | None) -> FakeReader:
        self.failing[method, name] = list(faults or (DOWN,))
        return self

    def roles(self) -> Iterator[Sequence[Role]]:
        for name in self.role_names:
            yield [Role(name=name, role_id="1", arn="", tags=(Tag("team", "a"),))]
        self._meet("roles")

    def role(self, name: str) -> Role:
        self._meet("role", name)
        return Role(name=name, role_id="1", arn="", service_linked=False, trust=Document(f"trust of {name}"))

    def custom_policies(self) -> Iterator[Sequence[Policy]]:
        self._meet("custom_policies")
        yield [
            Policy(ref=ref, default_version=found[-1].version_id, description="listed")
            for ref, found in self.policy_versions_of.items()
            if ref.kind is PolicyKind.CUSTOM
        ]

    def policy(self, ref: PolicyRef) -> Policy:
        self._meet("policy", ref.name)
        default = self.policy_versions_of[ref][-1]
        return Policy(ref=ref, default_version=default.version_id, versions=(default,))

    def policy_versions(self, ref: PolicyRef) -> Sequence[PolicyVersion]:
        self._meet("policy_versions", ref.name)
        return self.policy_versions_of[ref]

    def policy_version(self, ref: PolicyRef, version_id: str) -> PolicyVersion:
        self._meet("policy_version", ref.name)
        found = next(v for v in self.policy_versions_of[ref] if v.version_id == version_id)
        return replace(found, document=Document(f"{ref.name} {version_id}, asked for"))

    def attachments(self) -> Iterator[Sequence[Attachment]]:
        self._meet("attachments")
        yield self.attached

    def attachments_of(self, kind: PrincipalKind, principal: str) -> Sequence[Attachment]:
        self._meet("attachments_of", principal)
        return [
            a
            for a in self.attached
            if a.principal_kind is kind and a.principal == principal and a.resource_group is None
        ]

    def users(self) -> Iterator[Sequence[User]]:
        self._meet("users")
        yield [User(name=name, user_id="1") for name in self.user_names]

    def groups(self) -> Iterator[Sequence[Group]]:
        self._meet("groups")
        yield [Group(name=name) for name in self.members_of]

    def members(self, group: str) -> Iterator[Sequence[str]]:
        yield self.members_of[group]
        self._meet("members", group)

    def broker_regions(self) -> Sequence[BrokerRegion]:
        self._meet("broker_regions")
        return self.regions

    def instances(self, series: Series, region: str) -> Iterator[Sequence[Instance]]:
        self._meet("instances", f"{region} {series.value}")
        yield [Instance(series=series, instance_id=f"i-{series.value}", region=region)]

    def instance(self, listed: Instance) -> Instance:
        self._meet("instance", listed.instance_id)
        return replace(listed, internet=True)

    def topics(self, instance: Instance) -> Iterator[Sequence[Topic]]:
        self._meet("topics", instance.instance_id)
        yield [
            Topic(series=instance.series, region=instance.region, instance_id=instance.instance_id, name=name)
            for name in ("t2", "t1")
        ]

    def consumer_groups(self, instance: Instance) -> Iterator[Sequence[ConsumerGroup]]:
        self._meet("consumer_groups", instance.instance_id)
        yield [
            ConsumerGroup(
                series=instance.series, region=instance.region, instance_id=instance.instance_id, name="g"
            )
        ]

    def instance_accounts(self, instance: Instance) -> Iterator[Sequence[InstanceAccount]]:
        self._meet("instance_accounts", instance.instance_id)
        yield [InstanceAccount(region=instance.region, instance_id=instance.instance_id, username="u")]

    def acls(self, instance: Instance) -> Iterator[Sequence[AclRule]]:
        self._meet("acls", instance.instance_id)
        yield []

    def ip_whitelist(self, instance: Instance) -> Iterator[Sequence[str]]:
        yield ["10.0.0.0/8"]
        self._meet("ip_whitelist", instance.instance_id)
        yield ["1.0.0.0/8"]

    def trails(self) -> Sequence[Trail]:
        self._meet("trails")
        return [Trail(name=name, home_region="cn-a") for name in self.trail_names]

    def trail_status(self, trail: Trail) -> Trail:
        self._meet("trail_status", trail.name)
        return replace(trail, is_logging=True)

    def calls(self) -> tuple[ApiCalls, ...]:
        return (ApiCalls(api="x:Y", calls=sum(self.asked.values())),)

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)

    def _meet(self, method: str, name: str = "") -> None:
        self.on_call(method)
        with self._lock:
            self.asked[method, name] += 1
            faults = self.failing.get((method, name), self.failing.get((method, "*"), [None]))
            fault = faults.pop(0) if len(faults) > 1 else faults[0]
        if fault is not None:
            raise CloudError(fault)
