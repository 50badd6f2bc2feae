"""The RocketMQ resources that a scan found, by resource name, and where the scan did not see.

It answers which of them a pattern catches. Whether anybody is allowed anything on them is
decided elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from scanner.model.broker import ConsumerGroup, Instance, Series, Topic, group_arn, instance_arn, topic_arn
from scanner.model.ids import Arn
from scanner.model.snapshot import Snapshot, Subject
from scanner.policy.catalogue import RamAction, ResourceType
from scanner.policy.pattern import matches, resource_matches, without_variables

SERVICE_OF: Final[Mapping[Series, str]] = {Series.V4: "mq", Series.V5: "rocketmq"}
"""The RAM code of each series."""

_INSTANCES: Final = (Subject.REGIONS, Subject.INSTANCES)
# The details of an instance tell whether its topics and groups are named with it.
_EVERYTHING: Final = (*_INSTANCES, Subject.INSTANCE, Subject.TOPICS, Subject.CONSUMER_GROUPS)
_TYPES: Final = (
    ("{topic}", ResourceType.TOPIC),
    ("{group}", ResourceType.GROUP),
    ("{instance}", ResourceType.INSTANCE),
)
_AFTER_ALL: Final = "\U0010ffff"
"""Sorts after every character of a name."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One existing instance, topic or group."""

    arn: str
    type: ResourceType
    series: Series
    instance_id: str
    resource_group: str | None
    """That of the instance; topics and groups are taken to be where their instance is, which is inferred."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Resources of one type and series that one pattern catches."""

    pattern: str
    type: ResourceType
    series: Series

    @staticmethod
    def of(pattern: str, form: str, entry: RamAction) -> Kind | None:
        """Those that `form` names; None for a form of which no scan reads any."""
        type_ = next((type_ for mark, type_ in _TYPES if mark in form), None)
        return None if type_ is None or entry.series is None else Kind(pattern, type_, entry.series)


class Resources:
    """Answers which existing resources a pattern catches; every answer is kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._caught: dict[str, tuple[Resource, ...]] = {}
        self._kinds: dict[Kind, tuple[Resource, ...]] = {}
        self._alike: dict[tuple[Kind, tuple[str, ...], bool], tuple[tuple[Resource, int], ...]] = {}

    def caught_by(self, pattern: str) -> tuple[Resource, ...]:
        """The existing resources whose name `pattern` matches, sorted by service and relative id."""
        if pattern not in self._caught:
            self._caught[pattern] = tuple(r for r in self._near(pattern) if matches(pattern, r.arn))
        return self._caught[pattern]

    def exists(self, arn: str) -> bool:
        """Whether there is a resource of this very name."""
        return arn in self._names

    def group_to_come(self, arn: str, *, limited: str | None) -> str | None:
        """The resource group of what may be created as `arn` under a grant in the group `limited`; None: not known.

        In an instance that exists it is the instance's. Whether anything but the 5.x series honours resource
        groups is not documented, so there it is not known.
        """
        parts = Arn.parse(arn)
        if parts is None or parts.service != SERVICE_OF[Series.V5]:
            return None
        instance = parts.relative.split("/")[1:2]
        return self._groups.get(instance[0], limited) if instance else limited

    @cached_property
    def _groups(self) -> Mapping[str, str | None]:
        return {i.instance_id: i.resource_group for i in self._snapshot.instances}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(resource.arn for resource in self._all())

    def representatives(
        self, kind: Kind, *, denied: tuple[str, ...], by_group: bool
    ) -> tuple[tuple[Resource, int], ...]:
        """One resource, with their number, for each set of those of `kind` that are treated alike.

        They are alike when the same patterns of `denied` catch them, and, where `by_group` is set, their
        resource group is the same.
        """
        key = (kind, denied, by_group)
        if key not in self._alike:
            alike: dict[tuple[object, ...], list[Resource]] = {}
            # What a variable stands for is not known, so its pattern may catch whatever the widened one does.
            wide = tuple(map(without_variables, denied))
            for resource in self.of_kind(kind):
                met = tuple(resource_matches(pattern, resource.arn) for pattern in wide)
                alike.setdefault((resource.resource_group if by_group else None, *met), []).append(resource)
            self._alike[key] = tuple((group[0], len(group)) for group in alike.values())
        return self._alike[key]

    def of_kind(self, kind: Kind) -> tuple[Resource, ...]:
        """The existing resources of one kind."""
        if kind not in self._kinds:
            caught = self.caught_by(kind.pattern)
            self._kinds[kind] = tuple(r for r in caught if r.type is kind.type and r.series is kind.series)
        return self._kinds[kind]

    def has_place_for(self, pattern: str) -> bool:
        """Whether `pattern` catches anything that exists, or whatever is created in an existing instance."""
        if self.caught_by(pattern):
            return True
        return any(matches(pattern, child) for child in self._children)

    @cached_property
    def _children(self) -> tuple[str, ...]:
        """One made-up topic and group in each instance."""
        account = self._snapshot.account
        return tuple(
            arn
            for i in self._snapshot.instances
            for arn in (
                topic_arn(account, _some_topic(i), namespaced=i.namespaced is not False),
                group_arn(account, _some_group(i), namespaced=i.namespaced is not False),
            )
        )

    @cached_property
    def series_of(self) -> Mapping[str, Series]:
        """The series of each existing instance, by its id."""
        return {instance.instance_id: instance.series for instance in self._snapshot.instances}

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions in which there are instances."""
        return tuple(sorted({instance.region for instance in self._snapshot.instances}))

    @cached_property
    def instances_unread(self) -> tuple[str, ...]:
        """In words, what of the list of instances could not be read."""
        return (*self._unread(*_INSTANCES), *self._left_out())

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """In words, what of instances, topics and groups could not be read."""
        return (*self._unread(*_EVERYTHING), *self._left_out())

    def _unread(self, *subjects: Subject) -> tuple[str, ...]:
        gaps = self._snapshot.gaps_in(*subjects)
        named = (f"{g.subject.value} {f'of `{g.name}`' if g.name else ''}".strip() for g in gaps)
        return tuple(f"{name}: {gap.because}" for name, gap in zip(named, gaps, strict=True))

    def _left_out(self) -> tuple[str, ...]:
        """Why instances may be elsewhere, when the scan was told to read some regions only."""
        read = len(self._snapshot.regions)
        offered = next((c.read for c in self._snapshot.coverage if c.subject is Subject.REGIONS), 0)
        return (f"only {read} of {offered} regions were to be read",) if read < offered else ()

    def _near(self, pattern: str) -> Iterable[Resource]:
        """A superset of what `pattern` matches: the range that its literal beginning allows.

        Names of the service hold no `:` after the account, so a pattern with all five parts matches
        part by part, `*` or not; the few names that do hold one are always tried.
        """
        keys, resources, odd = self._sorted
        parts = Arn.parse(pattern)
        if parts is None or _literal_start(parts.service) != parts.service:
            return (*resources, *odd)
        start = f"{parts.service}:{_literal_start(parts.relative)}"
        return (*resources[bisect_left(keys, start) : bisect_left(keys, start + _AFTER_ALL)], *odd)

    @cached_property
    def _sorted(self) -> tuple[list[str], list[Resource], list[Resource]]:
        """Resources under `<service>:<relative id>`, sorted, and those whose relative id holds a `:`."""
        found = sorted(((_key(resource.arn), resource) for resource in self._all()), key=lambda item: item[0])
        plain = [(key, resource) for key, resource in found if key.count(":") == 1]
        odd = [resource for key, resource in found if key.count(":") > 1]
        return [key for key, _ in plain], [resource for _, resource in plain], odd

    def _all(self) -> Iterable[Resource]:
        account = self._snapshot.account
        # A 4.x instance of which it is not known whether it has a name space counts as one with.
        bare = {i.instance_id for i in self._snapshot.instances if i.namespaced is False}
        groups = {i.instance_id: i.resource_group for i in self._snapshot.instances}
        for i in self._snapshot.instances:
            yield Resource(
                instance_arn(account, i), ResourceType.INSTANCE, i.series, i.instance_id, i.resource_group
            )
        for t in self._snapshot.topics:
            arn = topic_arn(account, t, namespaced=t.instance_id not in bare)
            yield Resource(arn, ResourceType.TOPIC, t.series, t.instance_id, groups.get(t.instance_id))
        for g in self._snapshot.consumer_groups:
            arn = group_arn(account, g, namespaced=g.instance_id not in bare)
            yield Resource(arn, ResourceType.GROUP, g.series, g.instance_id, groups.get(g.instance_id))


def _some_topic(instance: Instance) -> Topic:
    return Topic(
        series=instance.series, region=instance.region, instance_id=instance.instance_id, name="some-topic"
    )


def _some_group(instance: Instance) -> ConsumerGroup:
    return ConsumerGroup(
        series=instance.series, region=instance.region, instance_id=instance.instance_id, name="some-group"
    )


def _literal_start(pattern: str) -> str:
    ends = [at for at in (pattern.find("*"), pattern.find("?")) if at >= 0]
    return pattern[: min(ends)] if ends else pattern


def _key(arn: str) -> str:
    parts = Arn.parse(arn)
    assert parts is not None, "crossrole wrote this name itself"
    return f"{parts.service}:{parts.relative}"
