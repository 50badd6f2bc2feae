"""Read instances of the 4.x series, their topics and groups. Its listings have no pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scanner.cloud.body import Body
from scanner.cloud.faults import malformed
from scanner.cloud.wire import Wire
from scanner.model.broker import ConsumerGroup, Instance, Series, Topic
from scanner.model.role import Tag

_ENDPOINTS = (
    "TcpEndpoint",
    "TcpInternetEndpoint",
    "HttpInternalEndpoint",
    "HttpInternetEndpoint",
    "HttpInternetSecureEndpoint",
)
_PUBLIC = ("TcpInternetEndpoint", "HttpInternetEndpoint", "HttpInternetSecureEndpoint")


class Ons:
    """The reads of the 4.x series in one region."""

    def __init__(self, wire: Wire, *, region: str) -> None:
        self._wire = wire
        self._region = region

    def instances(self) -> Sequence[Instance]:
        """All instances."""
        data = self._wire.ask("OnsInstanceInServiceList").inner("Data")
        return [self._instance(entry) for entry in data.objects("InstanceVO")]

    def instance(self, listed: Instance) -> Instance:
        """`listed` with its endpoints."""
        body = self._wire.ask("OnsInstanceBaseInfo", instance_id=listed.instance_id)
        base = body.inner("InstanceBaseInfo")
        if base.text("InstanceId") != listed.instance_id:
            raise malformed(base.api, "`InstanceId` is another than the one asked for")
        told = base.inner_or_empty("Endpoints")
        namespaced = base.flag_or_none("IndependentNaming")
        return replace(
            listed,
            namespaced=listed.namespaced if namespaced is None else namespaced,
            endpoints=tuple(sorted(url for field in _ENDPOINTS if (url := told.text_or(field)))),
            internet=any(told.text_or(field) for field in _PUBLIC) if told.fields else None,
        )

    def topics(self, instance_id: str) -> Sequence[Topic]:
        """All topics of an instance."""
        data = self._wire.ask("OnsTopicList", instance_id=instance_id).inner("Data")
        return [
            Topic(
                series=Series.V4,
                region=self._region,
                instance_id=instance_id,
                name=entry.text("Topic"),
                message_type=_message_type(entry),
            )
            for entry in data.objects("PublishInfoDo")
        ]

    def consumer_groups(self, instance_id: str) -> Sequence[ConsumerGroup]:
        """All groups of an instance."""
        data = self._wire.ask("OnsGroupList", instance_id=instance_id).inner("Data")
        return [
            ConsumerGroup(
                series=Series.V4, region=self._region, instance_id=instance_id, name=entry.text("GroupId")
            )
            for entry in data.objects("SubscribeInfoDo")
        ]

    def _instance(self, body: Body) -> Instance:
        status = body.number_or_none("InstanceStatus")
        tags = body.inner_or_empty("Tags").objects_or_empty("Tag")
        return Instance(
            series=Series.V4,
            instance_id=body.text("InstanceId"),
            region=self._region,
            name=body.text_or("InstanceName"),
            status="" if status is None else str(status),
            created=body.milliseconds("CreateTime"),
            tags=tuple(sorted(Tag(tag.text("Key"), tag.text_or("Value")) for tag in tags)),
            namespaced=body.flag_or_none("IndependentNaming"),
        )


def _message_type(body: Body) -> str:
    number = body.number_or_none("MessageType")
    return "" if number is None else str(number)
