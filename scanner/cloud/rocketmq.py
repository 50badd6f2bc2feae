"""Read instances of the 5.x series and what is in them.

`GetInstanceAccount` is not among the reads, because it returns a password in clear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from scanner.cloud.body import Body
from scanner.cloud.faults import malformed
from scanner.cloud.paging import NumberedPage, by_number
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
from scanner.model.role import Tag

T = TypeVar("T")

_MOST: Final = 200
"""Entries in a page of instances and topics; the service clamps what is over."""
_MOST_OTHERS: Final = 100


class RocketMq:
    """The reads of the 5.x series in one region."""

    def __init__(self, wire: Wire, *, region: str) -> None:
        self._wire = wire
        self._region = region

    def regions(self) -> Sequence[BrokerRegion]:
        """All regions of the service, whichever region is asked."""
        body = self._wire.ask("ListRegions")
        return [_region(entry) for entry in body.objects("data")]

    def instances(self) -> Iterator[Sequence[Instance]]:
        """Pages of instances."""
        return self._pages("ListInstances", parse=self._instance, size=_MOST)

    def instance(self, listed: Instance) -> Instance:
        """`listed` with its network and authentication settings."""
        data = self._wire.ask("GetInstance", listed.instance_id).inner("data")
        if data.text("instanceId") != listed.instance_id:
            raise malformed(data.api, "`instanceId` is another than the one asked for")
        network = data.inner_or_empty("networkInfo")
        endpoints = network.objects_or_empty("endpoints")
        return replace(
            listed,
            acl_types=_acl_types(data.inner_or_empty("aclInfo")),
            vpc_auth_free=data.inner_or_empty("aclInfo").flag_or_none("defaultVpcAuthFree"),
            internet=_internet(network.inner_or_empty("internetInfo")),
            endpoints=tuple(sorted(url for e in endpoints if (url := e.text_or("endpointUrl")))),
        )

    def topics(self, instance_id: str) -> Iterator[Sequence[Topic]]:
        """Pages of topics."""

        def parse(body: Body) -> Topic:
            return Topic(
                series=Series.V5,
                region=self._region,
                instance_id=instance_id,
                name=body.text("topicName"),
                message_type=body.text_or("messageType"),
            )

        return self._pages("ListTopics", instance_id, parse=parse, size=_MOST)

    def consumer_groups(self, instance_id: str) -> Iterator[Sequence[ConsumerGroup]]:
        """Pages of consumer groups."""

        def parse(body: Body) -> ConsumerGroup:
            return ConsumerGroup(
                series=Series.V5,
                region=self._region,
                instance_id=instance_id,
                name=body.text("consumerGroupId"),
            )

        return self._pages("ListConsumerGroups", instance_id, parse=parse, size=_MOST_OTHERS)

    def accounts(self, instance_id: str) -> Iterator[Sequence[InstanceAccount]]:
        """Pages of user names."""

        def parse(body: Body) -> InstanceAccount:
            return InstanceAccount(
                region=self._region,
                instance_id=instance_id,
                username=body.text("username"),
                account_type=body.text_or("accountType"),
                status=body.text_or("accountStatus"),
            )

        return self._pages("ListInstanceAccount", instance_id, parse=parse, size=_MOST_OTHERS)

    def acls(self, instance_id: str) -> Iterator[Sequence[AclRule]]:
        """Pages of ACL rules."""

        def parse(body: Body) -> AclRule:
            return AclRule(
                region=self._region,
                instance_id=instance_id,
                username=body.text("username"),
                resource_type=body.text_or("resourceType"),
                resource_name=body.text_or("resourceName"),
                actions=tuple(sorted(body.texts_or_empty("actions"))),
                decision=body.text_or("decision"),
                ip_whitelist=tuple(sorted(body.texts_or_empty("ipWhitelists"))),
            )

        return self._pages("ListInstanceAcl", instance_id, parse=parse, size=_MOST_OTHERS)

    def ip_whitelist(self, instance_id: str) -> Iterator[Sequence[str]]:
        """Pages of CIDRs that may use the public endpoint."""

        def read(number: int) -> NumberedPage[str]:
            body = self._wire.ask(
                "ListInstanceIpWhitelist", instance_id, page_number=number, page_size=_MOST_OTHERS
            )
            data = body.inner("data")
            return NumberedPage(items=data.texts("list"), total=data.number("totalCount"))

        return by_number(read, api="rocketmq:ListInstanceIpWhitelist")

    def _pages(
        self, operation: str, *path: str, parse: Callable[[Body], T], size: int
    ) -> Iterator[Sequence[T]]:
        def read(number: int) -> NumberedPage[T]:
            data = self._wire.ask(operation, *path, page_number=number, page_size=size).inner("data")
            return NumberedPage(
                items=[parse(entry) for entry in data.objects("list")], total=data.number("totalCount")
            )

        return by_number(read, api=f"rocketmq:{operation}")

    def _instance(self, body: Body) -> Instance:
        return Instance(
            series=Series.V5,
            instance_id=body.text("instanceId"),
            region=body.text_or("regionId") or self._region,
            name=body.text_or("instanceName"),
            status=body.text_or("status"),
            created=body.time("createTime"),
            resource_group=body.text_or("resourceGroupId") or None,
            tags=tuple(
                sorted(Tag(tag.text("key"), tag.text_or("value")) for tag in body.objects_or_empty("tags"))
            ),
        )


def _region(body: Body) -> BrokerRegion:
    offered = ((Series.V4, "supportRocketmqV4"), (Series.V5, "supportRocketmqV5"))
    # Where the service does not say, the series is taken as offered, and asking will tell.
    return BrokerRegion(
        name=body.text("regionId"),
        series=tuple(series for series, field in offered if body.flag_or_none(field) is not False),
    )


def _acl_types(body: Body) -> tuple[str, ...] | None:
    types = body.texts_or_empty("aclTypes")
    older = body.text_or("aclType")
    return tuple(sorted(types)) or ((older,) if older else None)


def _internet(body: Body) -> bool | None:
    spec = body.text_or("internetSpec")
    return None if not spec else spec == "enable"
