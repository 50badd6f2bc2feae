"""Read the RocketMQ instances of the regions asked for, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from scanner.app.collect_reading import Reading
from scanner.model.broker import (
    AclRule,
    BrokerRegion,
    ConsumerGroup,
    Instance,
    InstanceAccount,
    Series,
    Topic,
)
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.snapshot import Subject

T = TypeVar("T")

_InstanceKey = tuple[str, str, str]
_INSIDE = (Subject.INSTANCE, Subject.TOPICS, Subject.CONSUMER_GROUPS)
_INSIDE_V5 = (*_INSIDE, Subject.INSTANCE_ACCOUNTS, Subject.ACLS, Subject.IP_WHITELIST)


@dataclass(slots=True)
class _Found:
    """What has been read so far."""

    regions: set[str] = field(default_factory=set)
    instances: dict[_InstanceKey, Instance] = field(default_factory=dict)
    details: dict[_InstanceKey, Instance] = field(default_factory=dict)
    topics: set[Topic] = field(default_factory=set)
    groups: set[ConsumerGroup] = field(default_factory=set)
    accounts: set[InstanceAccount] = field(default_factory=set)
    acls: set[AclRule] = field(default_factory=set)
    whitelists: dict[_InstanceKey, set[str]] = field(default_factory=dict)
    whole_whitelists: set[_InstanceKey] = field(default_factory=set)


class Broker:
    """Reads the broker side of one account."""

    def __init__(self, reading: Reading, *, regions: Sequence[str]) -> None:
        self._reading = reading
        self._reader = reading.reader
        self._asked = tuple(sorted(set(regions)))
        self._found = _Found()

    def start(self) -> None:
        """Hand in the list of regions; what it tells of is handed in as it comes."""
        self._reading.listing(
            Subject.REGIONS,
            "",
            lambda: iter([self._reader.broker_regions()]),
            keep=self._keep_regions,
            hides=() if self._asked else (Subject.INSTANCES, *_INSIDE_V5),
            failed=self._read_regions_unseen,
        )

    def regions(self) -> tuple[str, ...]:
        """The regions that were read, sorted."""
        return tuple(sorted(self._found.regions))

    def instances(self) -> tuple[Instance, ...]:
        """The instances, sorted, in full where they were read in full."""
        return tuple(
            self._whole(key, self._found.details.get(key, listed))
            for key, listed in sorted(self._found.instances.items())
        )

    def topics(self) -> tuple[Topic, ...]:
        """The topics, sorted."""
        return tuple(sorted(self._found.topics, key=_place))

    def consumer_groups(self) -> tuple[ConsumerGroup, ...]:
        """The consumer groups, sorted."""
        return tuple(sorted(self._found.groups, key=_place))

    def instance_accounts(self) -> tuple[InstanceAccount, ...]:
        """The user names inside instances, sorted."""
        return tuple(sorted(self._found.accounts, key=lambda a: (a.region, a.instance_id, a.username)))

    def acls(self) -> tuple[AclRule, ...]:
        """The ACL rules inside instances, sorted."""
        return tuple(sorted(self._found.acls, key=_acl_order))

    def _keep_regions(self, offered: Sequence[BrokerRegion]) -> int:
        by_name = {region.name: region for region in offered}
        for name in self._asked or sorted(by_name):
            if name in by_name:
                self._read_region(by_name[name])
            else:
                self._reading.ledger.cut_short(Subject.REGIONS, name, _unknown_region(name))
        return len(by_name)

    def _read_regions_unseen(self) -> None:
        # The regions that the user named can be asked without the list of all.
        for name in self._asked:
            self._read_region(BrokerRegion(name=name, series=(Series.V4, Series.V5)))

    def _read_region(self, region: BrokerRegion) -> None:
        if region.name in self._found.regions:
            return
        self._found.regions.add(region.name)
        for series in region.series:
            self._read_instances(series, region.name)

    def _read_instances(self, series: Series, region: str) -> None:
        self._reading.listing(
            Subject.INSTANCES,
            region,
            lambda: self._reader.instances(series, region),
            keep=self._keep_instances,
            hides=_INSIDE_V5 if series is Series.V5 else _INSIDE,
            lane=f"instances {series.value}",
        )

    def _keep_instances(self, page: Sequence[Instance]) -> int:
        new = [instance for instance in page if _key(instance) not in self._found.instances]
        for instance in new:
            self._found.instances[_key(instance)] = instance
            self._read_instance(instance)
        return len(new)

    def _read_instance(self, instance: Instance) -> None:
        reader, found, key = self._reader, self._found, _key(instance)

        def keep(detail: Instance) -> None:
            found.details[key] = detail

        self._reading.single(
            Subject.INSTANCE,
            _name(instance),
            lambda: reader.instance(instance),
            keep=keep,
            lane=f"instance {instance.series.value}",
        )
        self._inside(Subject.TOPICS, instance, reader.topics, into=found.topics)
        self._inside(Subject.CONSUMER_GROUPS, instance, reader.consumer_groups, into=found.groups)
        if instance.series is Series.V4:
            return
        self._inside(Subject.INSTANCE_ACCOUNTS, instance, reader.instance_accounts, into=found.accounts)
        self._inside(Subject.ACLS, instance, reader.acls, into=found.acls)
        self._inside(
            Subject.IP_WHITELIST,
            instance,
            reader.ip_whitelist,
            into=found.whitelists.setdefault(key, set()),
            complete=lambda: found.whole_whitelists.add(key),
        )

    def _inside(
        self,
        subject: Subject,
        instance: Instance,
        pages: Callable[[Instance], Iterator[Sequence[T]]],
        *,
        into: set[T],
        complete: Callable[[], None] = lambda: None,
    ) -> None:
        def keep(page: Sequence[T]) -> int:
            new = set(page) - into
            into.update(new)
            return len(new)

        self._reading.listing(
            subject,
            _name(instance),
            lambda: pages(instance),
            keep=keep,
            complete=complete,
            lane=f"{subject.value} {instance.series.value}",
        )

    def _whole(self, key: _InstanceKey, instance: Instance) -> Instance:
        if key not in self._found.whole_whitelists:
            return instance
        return replace(instance, ip_whitelist=tuple(sorted(self._found.whitelists[key])))


def _key(instance: Instance) -> _InstanceKey:
    return (instance.region, instance.instance_id, instance.series.value)


def _name(instance: Instance) -> str:
    return f"{instance.region}/{instance.instance_id}"


def _place(thing: Topic | ConsumerGroup) -> tuple[str, str, str, str]:
    return (thing.region, thing.instance_id, thing.series.value, thing.name)


def _acl_order(rule: AclRule) -> tuple[str, ...]:
    return (
        rule.region,
        rule.instance_id,
        rule.username,
        rule.resource_type,
        rule.resource_name,
        rule.decision,
        *rule.actions,
        *rule.ip_whitelist,
    )


def _unknown_region(name: str) -> CloudFault:
    return CloudFault(
        kind=FaultKind.NOT_FOUND,
        api="rocketmq:ListRegions",
        message=f"the service lists no region `{name}`",
    )
