"""Topics and consumer groups of RocketMQ 5.x instances."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from scanner.emulator.service import Call
from scanner.emulator.services.rocketmq_call import (
    Record,
    answer,
    existed,
    instance_of,
    joined,
    missing,
    operation,
    page_of,
    part_of,
    spaced_stamp,
    text_in,
    wrong,
)
from scanner.emulator.state import Instance5

MESSAGE_TYPES: Final = frozenset({"NORMAL", "FIFO", "DELAY", "TRANSACTION", "LITE"})
DELIVERY_ORDERS: Final = frozenset({"Concurrently", "Orderly"})
RETRY_POLICIES: Final = frozenset({"DefaultRetryPolicy", "FixedRetryPolicy"})
GROUPS_PAGE_MOST: Final = 100
TPS: Final = 1_000

_NAME: Final = re.compile(r"[A-Za-z0-9%_\-]{1,128}")
"""Topic and group names; the exact lengths differ between the vendor's pages."""

_CHANGEABLE_OF_A_TOPIC: Final = ("remark", "maxSendTps", "liteTopicExpiration")
_CHANGEABLE_OF_A_GROUP: Final = ("remark", "maxReceiveTps", "deliveryOrderType", "consumeRetryPolicy")


def list_topics(call: Call) -> Mapping[str, Any]:
    """ListTopics."""
    instance = instance_of(call)
    types = joined(call, "messageTypes")
    wanted = call.params.get("filter", "")
    return page_of(
        call,
        [
            _placed(instance, topic)
            for name, topic in sorted(instance.topics.items())
            if wanted in name and (not types or topic["messageType"] in types)
        ],
    )


def get_topic(call: Call) -> Mapping[str, Any]:
    """GetTopic."""
    return answer(_placed(instance_of(call), _topic(call)))


def create_topic(call: Call) -> Mapping[str, Any]:
    """CreateTopic."""
    instance = instance_of(call)
    name = call.params["topicName"]
    message_type = text_in(call.body, "messageType")
    if not _NAME.fullmatch(name):
        raise wrong("topicName")
    if message_type not in MESSAGE_TYPES:
        raise wrong("messageType")
    if name in instance.topics:
        raise existed("Topic.Existed", "The topic already exists.")
    instance.topics[name] = {
        "topicName": name,
        "messageType": message_type,
        **_made(call),
        "maxSendTps": call.body.get("maxSendTps") or TPS,
    }
    return answer(payload=True)


def update_topic(call: Call) -> Mapping[str, Any]:
    """UpdateTopic."""
    _change(call, _topic(call), _CHANGEABLE_OF_A_TOPIC)
    return answer(payload=True)


def delete_topic(call: Call) -> Mapping[str, Any]:
    """DeleteTopic."""
    del instance_of(call).topics[_topic(call)["topicName"]]
    return answer(payload=True)


def list_consumer_groups(call: Call) -> Mapping[str, Any]:
    """ListConsumerGroups: the items are shorter than those of GetConsumerGroup."""
    instance = instance_of(call)
    wanted = call.params.get("filter", "")
    hidden = {"deliveryOrderType", "consumeRetryPolicy"}
    return page_of(
        call,
        [
            {key: value for key, value in _placed(instance, group).items() if key not in hidden}
            for name, group in sorted(instance.groups.items())
            if wanted in name
        ],
        most=GROUPS_PAGE_MOST,
    )


def get_consumer_group(call: Call) -> Mapping[str, Any]:
    """GetConsumerGroup."""
    return answer(_placed(instance_of(call), _group(call)))


def create_consumer_group(call: Call) -> Mapping[str, Any]:
    """CreateConsumerGroup."""
    instance = instance_of(call)
    name = call.params["consumerGroupId"]
    order = text_in(call.body, "deliveryOrderType")
    if not _NAME.fullmatch(name):
        raise wrong("consumerGroupId")
    if order not in DELIVERY_ORDERS:
        raise wrong("deliveryOrderType")
    if name in instance.groups:
        raise existed("ConsumerGroup.Existed", "The consumer group already exists.")
    instance.groups[name] = {
        "consumerGroupId": name,
        **_made(call),
        "deliveryOrderType": order,
        "consumeRetryPolicy": _retry(call),
        "maxReceiveTps": call.body.get("maxReceiveTps") or TPS,
    }
    return answer(payload=True)


def update_consumer_group(call: Call) -> Mapping[str, Any]:
    """UpdateConsumerGroup."""
    if "consumeRetryPolicy" in call.body:
        _retry(call)
    _change(call, _group(call), _CHANGEABLE_OF_A_GROUP)
    return answer(payload=True)


def delete_consumer_group(call: Call) -> Mapping[str, Any]:
    """DeleteConsumerGroup."""
    del instance_of(call).groups[_group(call)["consumerGroupId"]]
    return answer(payload=True)


def _topic(call: Call) -> Record:
    topic = instance_of(call).topics.get(call.params["topicName"])
    if topic is None:
        raise missing("Topic.NotFound", "The topic cannot be found.")
    return topic


def _group(call: Call) -> Record:
    group = instance_of(call).groups.get(call.params["consumerGroupId"])
    if group is None:
        raise missing("ConsumerGroup.NotFound", "The consumer group cannot be found.")
    return group


def _retry(call: Call) -> Record:
    policy = part_of(call.body, "consumeRetryPolicy")
    if text_in(policy, "retryPolicy") not in RETRY_POLICIES:
        raise wrong("retryPolicy")
    return dict(policy)


def _made(call: Call) -> Record:
    stamp = spaced_stamp(call)
    return {
        "status": "RUNNING",
        "remark": text_in(call.body, "remark"),
        "createTime": stamp,
        "updateTime": stamp,
    }


def _change(call: Call, record: Record, fields: tuple[str, ...]) -> None:
    text_in(call.body, "remark")
    record.update({field: call.body[field] for field in fields if field in call.body})
    record["updateTime"] = spaced_stamp(call)


def _placed(instance: Instance5, record: Record) -> Record:
    return {"regionId": instance.region, "instanceId": instance.instance_id, **record}


_INSTANCE: Final = "instance/{instanceId}"
_TOPIC: Final = "instance/{instanceId}/topic/{topicName}"
_GROUP: Final = "instance/{instanceId}/consumergroup/{consumerGroupId}"
_TOPICS_PATH: Final = "/instances/{instanceId}/topics"
_TOPIC_PATH: Final = _TOPICS_PATH + "/{topicName}"
_GROUPS_PATH: Final = "/instances/{instanceId}/consumerGroups"
_GROUP_PATH: Final = _GROUPS_PATH + "/{consumerGroupId}"

OPERATIONS: Final = (
    operation("ListTopics", "GET", _TOPICS_PATH, list_topics, _INSTANCE + "/topic/*"),
    operation("GetTopic", "GET", _TOPIC_PATH, get_topic, _TOPIC),
    operation("CreateTopic", "POST", _TOPIC_PATH, create_topic, _TOPIC),
    operation("UpdateTopic", "PATCH", _TOPIC_PATH, update_topic, _TOPIC),
    operation("DeleteTopic", "DELETE", _TOPIC_PATH, delete_topic, _TOPIC),
    operation(
        "ListConsumerGroups", "GET", _GROUPS_PATH, list_consumer_groups, _INSTANCE + "/consumergroup/*"
    ),
    operation("GetConsumerGroup", "GET", _GROUP_PATH, get_consumer_group, _GROUP),
    operation("CreateConsumerGroup", "POST", _GROUP_PATH, create_consumer_group, _GROUP),
    operation("UpdateConsumerGroup", "PATCH", _GROUP_PATH, update_consumer_group, _GROUP),
    operation("DeleteConsumerGroup", "DELETE", _GROUP_PATH, delete_consumer_group, _GROUP),
)
