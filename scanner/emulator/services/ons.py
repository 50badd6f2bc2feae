"""RocketMQ 4.x (API Ons 2019-02-14): instances, topics and groups.

RAM knows this API under the code `mq`, with action names of its own. Listing topics or groups also
depends on `mq:QueryInstanceBaseInfo` in the vendor's tables; the local cloud asks for the main action only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from scanner.emulator.service import Call, Operation, Refusal
from scanner.emulator.state import Instance4

SERVICE: Final = "Ons"
VERSION: Final = "2019-02-14"

INSTANCE_READS_A_SECOND: Final = 50.0
OTHERS_A_SECOND: Final = 10.0

RUNNING: Final = 5
STANDARD: Final = 1
OWNS: Final = 1
PUBLISHES_AND_SUBSCRIBES: Final = 6
NAME_LONGEST: Final = 64
GROUPS_MOST: Final = 1_000
"""Groups of an instance; the number is inferred."""

MESSAGE_TYPES: Final = frozenset({"0", "1", "2", "4", "5"})
GROUP_TYPES: Final = frozenset({"tcp", "http"})

_TOPIC: Final = re.compile(r"[A-Za-z0-9_\-]{3,64}")
_GROUP: Final = re.compile(r"(GID_|GID-)[A-Za-z0-9_\-]{1,60}")

Handler = Callable[[Call], Mapping[str, Any]]
Resources = Callable[[Call], Sequence[str]]


def list_regions(call: Call) -> Mapping[str, Any]:
    """OnsRegionList."""
    return {
        "Data": {
            "RegionDo": [
                {"Id": number, "OnsRegionId": region, "RegionName": region, "ChannelName": "ALIYUN"}
                for number, region in enumerate(call.world.regions, 1)
            ]
        }
    }


def list_instances(call: Call) -> Mapping[str, Any]:
    """OnsInstanceInServiceList: those in the region of the call, with counts when they are asked for."""
    counted = call.params.get("NeedResourceInfo", "").lower() == "true"
    wanted = _tags(call)
    instances = [
        instance
        for instance in sorted(call.account.instances4.values(), key=lambda each: each.instance_id)
        if instance.region == call.region
        and all(instance.tags.get(key) == value for key, value in wanted.items())
    ]
    return {"Data": {"InstanceVO": [_listed(instance, counted=counted) for instance in instances]}}


def get_instance(call: Call) -> Mapping[str, Any]:
    """OnsInstanceBaseInfo."""
    instance = _instance(call)
    account, region = call.account.account_id, instance.region
    return {
        "InstanceBaseInfo": {
            "InstanceId": instance.instance_id,
            "InstanceName": instance.name,
            "InstanceStatus": instance.status,
            "InstanceType": instance.type,
            "IndependentNaming": instance.namespaced,
            "Remark": instance.remark,
            "CreateTime": str(instance.created_ms),
            "MaxTps": 10_000,
            "TopicCapacity": 50,
            "Endpoints": {
                "TcpEndpoint": f"http://{instance.instance_id}.{region}.mq-internal.aliyuncs.com:8080",
                "TcpInternetEndpoint": f"http://{instance.instance_id}.mq.{region}.aliyuncs.com:80",
                "HttpInternetEndpoint": f"http://{account}.mqrest.{region}.aliyuncs.com",
                "HttpInternetSecureEndpoint": f"https://{account}.mqrest.{region}.aliyuncs.com",
                "HttpInternalEndpoint": f"http://{account}.mqrest.{region}-internal.aliyuncs.com",
            },
        }
    }


def create_instance(call: Call) -> Mapping[str, Any]:
    """OnsInstanceCreate: a standard instance with its own name space."""
    name = _prose(call, "InstanceName")
    if not name:
        raise _invalid("InstanceName")
    instance = Instance4(
        instance_id=f"MQ_INST_{call.account.account_id}_BX{call.world.next_id()[-6:]}",
        region=call.region,
        name=name,
        status=RUNNING,
        type=STANDARD,
        created_ms=_milliseconds(call),
        remark=_prose(call, "Remark"),
    )
    call.account.instances4[instance.instance_id] = instance
    return {"Data": {"InstanceId": instance.instance_id, "InstanceType": instance.type}}


def update_instance(call: Call) -> Mapping[str, Any]:
    """OnsInstanceUpdate: name and remark."""
    instance = _instance(call)
    instance.name = _prose(call, "InstanceName") or instance.name
    instance.remark = _prose(call, "Remark") or instance.remark
    return {}


def delete_instance(call: Call) -> Mapping[str, Any]:
    """OnsInstanceDelete: only of an empty instance."""
    instance = _instance(call)
    if instance.topics or instance.groups:
        raise Refusal(400, "INSTANCE_NOT_EMPTY", "The instance still has topics or groups.")
    del call.account.instances4[instance.instance_id]
    return {}


def list_topics(call: Call) -> Mapping[str, Any]:
    """OnsTopicList: all at once; the API has no pages."""
    instance = _instance(call)
    wanted = call.params.get("Topic", "")
    return {
        "Data": {
            "PublishInfoDo": [
                {
                    **topic,
                    **_owned(call, instance),
                    "Relation": OWNS,
                    "RelationName": "owner",
                    "ServiceStatus": 0,
                }
                for name, topic in sorted(instance.topics.items())
                if wanted in {"", name}
            ]
        }
    }


def create_topic(call: Call) -> Mapping[str, Any]:
    """OnsTopicCreate."""
    instance = _instance(call)
    name, message_type = call.params.get("Topic", ""), call.params.get("MessageType", "")
    if not _TOPIC.fullmatch(name):
        raise _invalid("Topic")
    if message_type not in MESSAGE_TYPES:
        raise _invalid("MessageType")
    if name in instance.topics:
        raise Refusal(400, "BIZ_TOPIC_EXISTED", "The topic already exists.")
    instance.topics[name] = {
        "Topic": name,
        "MessageType": int(message_type),
        "Remark": _prose(call, "Remark"),
        "CreateTime": _milliseconds(call),
    }
    return {}


def delete_topic(call: Call) -> Mapping[str, Any]:
    """OnsTopicDelete."""
    if _instance(call).topics.pop(call.params.get("Topic", ""), None) is None:
        raise Refusal(400, "BIZ_TOPIC_NOT_FOUND", "The topic cannot be found.")
    return {}


def list_groups(call: Call) -> Mapping[str, Any]:
    """OnsGroupList: all at once; the API has no pages."""
    instance = _instance(call)
    wanted, kind = call.params.get("GroupId", ""), call.params.get("GroupType", "")
    return {
        "Data": {
            "SubscribeInfoDo": [
                {**group, **_owned(call, instance)}
                for name, group in sorted(instance.groups.items())
                if wanted in {"", name} and kind in {"", group["GroupType"]}
            ]
        }
    }


def create_group(call: Call) -> Mapping[str, Any]:
    """OnsGroupCreate."""
    instance = _instance(call)
    name, kind = call.params.get("GroupId", ""), call.params.get("GroupType") or "tcp"
    if not _GROUP.fullmatch(name):
        raise _invalid("GroupId")
    if kind not in GROUP_TYPES:
        raise _invalid("GroupType")
    if name in instance.groups:
        raise Refusal(400, "BIZ_SUBSCRIPTION_EXISTED", "The group already exists.")
    if len(instance.groups) >= GROUPS_MOST:
        raise Refusal(400, "Group.NumLimited", "The instance has too many groups.")
    stamp = _milliseconds(call)
    instance.groups[name] = {
        "GroupId": name,
        "GroupType": kind,
        "Remark": _prose(call, "Remark"),
        "CreateTime": stamp,
        "UpdateTime": stamp,
    }
    return {}


def delete_group(call: Call) -> Mapping[str, Any]:
    """OnsGroupDelete."""
    if _instance(call).groups.pop(call.params.get("GroupId", ""), None) is None:
        raise Refusal(400, "BIZ_SUBSCRIPTION_NOT_FOUND", "The group cannot be found.")
    return {}


def _instance(call: Call) -> Instance4:
    instance = call.account.instances4.get(call.params.get("InstanceId", ""))
    if instance is None or instance.region != call.region:
        raise Refusal(404, "INSTANCE_NOT_FOUND", "The instance cannot be found.")
    return instance


def _prose(call: Call, parameter: str) -> str:
    text = call.params.get(parameter, "")
    if len(text) > NAME_LONGEST * 2:
        raise _invalid(parameter)
    return text


def _invalid(parameter: str) -> Refusal:
    return Refusal(400, "BIZ_FIELD_CHECK_INVALID", f"The parameter {parameter} is not valid.")


def _tags(call: Call) -> dict[str, str]:
    """Tags as this API sends them: `Tag.1.Key`, `Tag.1.Value`, and so on."""
    keys = (name for name in call.params if name.startswith("Tag.") and name.endswith(".Key"))
    return {call.params[name]: call.params.get(f"{name.removesuffix('Key')}Value", "") for name in keys}


def _milliseconds(call: Call) -> int:
    return int(call.now.timestamp() * 1_000)


def _listed(instance: Instance4, *, counted: bool) -> dict[str, Any]:
    tags = [{"Key": key, "Value": value} for key, value in sorted(instance.tags.items())]
    counts = {"TopicCount": len(instance.topics), "GroupCount": len(instance.groups)}
    return {
        "InstanceId": instance.instance_id,
        "InstanceName": instance.name,
        "InstanceStatus": instance.status,
        "InstanceType": instance.type,
        "IndependentNaming": instance.namespaced,
        "CreateTime": instance.created_ms,
        **({"Tags": {"Tag": tags}} if tags else {}),
        **(counts if counted else {}),
    }


def _owned(call: Call, instance: Instance4) -> dict[str, Any]:
    return {
        "InstanceId": instance.instance_id,
        "IndependentNaming": instance.namespaced,
        "Owner": call.account.account_id,
    }


def _arn(call: Call, relative: str) -> str:
    return f"acs:mq:{call.region}:{call.account.account_id}:{relative}"


def _everything(_: Call) -> tuple[str, ...]:
    return ("*",)


def _all_instances(call: Call) -> tuple[str, ...]:
    return (_arn(call, "*"),)


def _one_instance(call: Call) -> tuple[str, ...]:
    return (_arn(call, call.params.get("InstanceId", "")),)


def _within(parameter: str) -> Resources:
    """A topic or group: after its instance, unless the instance has no name space of its own."""

    def resources(call: Call) -> tuple[str, ...]:
        instance_id = call.params.get("InstanceId", "")
        name = call.params.get(parameter, "")
        instance = call.account.instances4.get(instance_id)
        namespaced = instance is None or instance.namespaced
        return (_arn(call, f"{instance_id}%{name}" if namespaced else name),)

    return resources


def _operation(name: str, action: str, handler: Handler, resources: Resources) -> Operation:
    listing = name in {"OnsRegionList", "OnsInstanceBaseInfo", "OnsInstanceInServiceList"}
    return Operation(
        service=SERVICE,
        version=VERSION,
        name=name,
        action=action,
        handler=handler,
        resources=resources,
        write=name.endswith(("Create", "Update", "Delete")),
        quota=INSTANCE_READS_A_SECOND if listing else OTHERS_A_SECOND,
    )


OPERATIONS: Final = (
    # The vendor's tables name no action for the list of regions; that it needs none is inferred.
    _operation("OnsRegionList", "", list_regions, _everything),
    _operation("OnsInstanceInServiceList", "mq:QueryInstanceBaseInfo", list_instances, _all_instances),
    _operation("OnsInstanceBaseInfo", "mq:QueryInstanceBaseInfo", get_instance, _one_instance),
    _operation("OnsInstanceCreate", "mq:CreateInstance", create_instance, _everything),
    _operation("OnsInstanceUpdate", "mq:UpdateInstance", update_instance, _one_instance),
    _operation("OnsInstanceDelete", "mq:DeleteInstance", delete_instance, _one_instance),
    _operation("OnsTopicList", "mq:ListTopic", list_topics, _one_instance),
    _operation("OnsTopicCreate", "mq:CreateTopic", create_topic, _within("Topic")),
    _operation("OnsTopicDelete", "mq:DeleteTopic", delete_topic, _within("Topic")),
    _operation("OnsGroupList", "mq:ListGroup", list_groups, _one_instance),
    _operation("OnsGroupCreate", "mq:CreateGroup", create_group, _one_instance),
    _operation("OnsGroupDelete", "mq:DeleteGroup", delete_group, _within("GroupId")),
)
