"""RocketMQ 5.x instances and the regions they can be in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from scanner.emulator.service import Call
from scanner.emulator.services.rocketmq_call import (
    answer,
    instance_of,
    joined,
    networks,
    operation,
    page_of,
    part_of,
    spaced_stamp,
    text_in,
    texts_in,
    wrong,
)
from scanner.emulator.state import Instance5

SERIES: Final = frozenset({"standard", "ultimate", "professional"})
SUB_SERIES: Final = frozenset({"cluster_ha", "single_node", "serverless"})
ACL_TYPES: Final = frozenset({"default", "apache_acl"})
TOPICS_MOST: Final = 1_000
"""What the instance quota tells; it is not enforced."""


def list_regions(call: Call) -> Mapping[str, Any]:
    """ListRegions."""
    return answer(
        [
            {
                "regionId": region,
                "regionName": region,
                "supportRocketmqV4": True,
                "supportRocketmqV5": True,
            }
            for region in call.world.regions
        ]
    )


def list_instances(call: Call) -> Mapping[str, Any]:
    """ListInstances: those in the region of the call."""
    series = joined(call, "seriesCodes")
    group = call.params.get("resourceGroupId", "")
    wanted = call.params.get("filter", "")
    tags = _tags(call)
    found = [
        instance
        for instance in sorted(call.account.instances5.values(), key=lambda each: each.instance_id)
        if instance.region == call.region
        and (not series or instance.series_code in series)
        and group in {"", instance.resource_group}
        and (wanted in instance.instance_id or wanted in instance.name or wanted in instance.remark)
        and all(instance.tags.get(key) == value for key, value in tags.items())
    ]
    return page_of(call, (_listed(call, instance) for instance in found))


def get_instance(call: Call) -> Mapping[str, Any]:
    """GetInstance: with the name, not the password, of its default account."""
    instance = instance_of(call)
    default = next(
        (each["username"] for each in instance.accounts.values() if each["accountType"] == "DEFAULT"), None
    )
    return answer(
        {
            **_listed(call, instance),
            "bid": "26842",
            "productInfo": {"traceOn": True, "autoScaling": False, "messageRetentionTime": 72},
            "networkInfo": _network(instance),
            **({"accountInfo": {"username": default}} if default else {}),
            "aclInfo": {
                "aclType": instance.acl_types[0] if instance.acl_types else "default",
                "aclTypes": list(instance.acl_types),
                "defaultVpcAuthFree": instance.vpc_auth_free,
            },
            "instanceQuotas": [_quota(instance)],
            "software": {
                "softwareVersion": "5.0-rmq-20230619-1",
                "maintainTime": "02:00-06:00",
                "upgradeMethod": "auto",
            },
        }
    )


def create_instance(call: Call) -> Mapping[str, Any]:
    """CreateInstance: it runs at once, where the service takes minutes."""
    body = call.body
    series = text_in(body, "seriesCode")
    sub_series = text_in(body, "subSeriesCode")
    if series not in SERIES:
        raise wrong("seriesCode")
    if sub_series not in SUB_SERIES:
        raise wrong("subSeriesCode")
    internet = part_of(part_of(body, "networkInfo"), "internetInfo")
    stamp = spaced_stamp(call)
    instance = Instance5(
        instance_id=f"rmq-cn-{call.world.next_id()[-11:]}",
        region=call.region,
        name=text_in(body, "instanceName"),
        created=stamp,
        updated=stamp,
        remark=text_in(body, "remark"),
        series_code=series,
        sub_series_code=sub_series,
        resource_group=text_in(body, "resourceGroupId"),
        tags=_body_tags(body),
        vpc_auth_free=_free(part_of(body, "aclInfo"), default=True),
        internet=internet.get("internetSpec") == "enable",
        internet_whitelist=networks(texts_in(internet, "ipWhitelist"), "ipWhitelist"),
    )
    username = f"local{instance.instance_id[-8:]}"
    instance.accounts[username] = {
        "username": username,
        "password": f"local-password-{call.world.next_id()[-8:]}",
        "accountType": "DEFAULT",
        "accountStatus": "ENABLE",
        "remark": "",
    }
    call.account.instances5[instance.instance_id] = instance
    return answer(instance.instance_id)


def update_instance(call: Call) -> Mapping[str, Any]:
    """UpdateInstance: name and remark, and also who needs a password and who may come from the internet."""
    instance = instance_of(call)
    body = call.body
    acl = part_of(body, "aclInfo")
    internet = part_of(part_of(body, "networkInfo"), "internetInfo")
    acl_types = texts_in(acl, "aclTypes")
    if not ACL_TYPES.issuperset(acl_types):
        raise wrong("aclTypes")
    whitelist = networks(texts_in(internet, "ipWhitelist"), "ipWhitelist")
    free = _free(acl, default=instance.vpc_auth_free)
    instance.name = text_in(body, "instanceName") or instance.name
    instance.remark = text_in(body, "remark") if "remark" in body else instance.remark
    instance.acl_types = acl_types or instance.acl_types
    instance.vpc_auth_free = free
    instance.internet_whitelist = whitelist if "ipWhitelist" in internet else instance.internet_whitelist
    instance.updated = spaced_stamp(call)
    return answer(payload=True)


def delete_instance(call: Call) -> Mapping[str, Any]:
    """DeleteInstance: with everything in it."""
    instance = instance_of(call)
    del call.account.instances5[instance.instance_id]
    return answer(payload=True)


def _free(acl: Mapping[str, Any], *, default: bool) -> bool:
    free = acl.get("defaultVpcAuthFree", default)
    if not isinstance(free, bool):
        raise wrong("defaultVpcAuthFree")
    return free


def _body_tags(body: Mapping[str, Any]) -> dict[str, str]:
    tags = body.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, dict) and "key" in tag for tag in tags):
        raise wrong("tags")
    return {str(tag["key"]): str(tag.get("value", "")) for tag in tags}


def _tags(call: Call) -> dict[str, str]:
    """The `tags` parameter of the listing: a JSON list of key and value."""
    text = call.params.get("tags", "")
    if not text:
        return {}
    try:
        return _body_tags({"tags": json.loads(text)})
    except json.JSONDecodeError:
        raise wrong("tags") from None


def _listed(call: Call, instance: Instance5) -> dict[str, Any]:
    return {
        "instanceId": instance.instance_id,
        "instanceName": instance.name,
        "regionId": instance.region,
        "status": instance.status,
        "userId": call.account.account_id,
        "commodityCode": "ons_rmqsub_public_cn",
        "serviceCode": "rmq",
        "seriesCode": instance.series_code,
        "subSeriesCode": instance.sub_series_code,
        "paymentType": "PayAsYouGo",
        "remark": instance.remark,
        "topicCount": len(instance.topics),
        "groupCount": len(instance.groups),
        "createTime": instance.created,
        "updateTime": instance.updated,
        "startTime": instance.created,
        **({"resourceGroupId": instance.resource_group} if instance.resource_group else {}),
        "tags": [{"key": key, "value": value} for key, value in sorted(instance.tags.items())],
        "productInfo": {"traceOn": True},
    }


def _network(instance: Instance5) -> dict[str, Any]:
    domain = f"{instance.region}.rmq.aliyuncs.com:8080"
    endpoints: list[dict[str, Any]] = [
        {"endpointType": "TCP_VPC", "endpointUrl": f"{instance.instance_id}-vpc.{domain}"}
    ]
    internet: dict[str, Any] = {"internetSpec": "disable", "flowOutType": "uninvolved"}
    if instance.internet:
        whitelist = list(instance.internet_whitelist)
        endpoints.append(
            {
                "endpointType": "TCP_INTERNET",
                "endpointUrl": f"{instance.instance_id}.{domain}",
                "ipWhitelist": whitelist,
            }
        )
        internet = {
            "internetSpec": "enable",
            "flowOutType": "payByBandwidth",
            "flowOutBandwidth": 1,
            "ipWhitelist": whitelist,
        }
    vpc = {"vpcId": "vpc-local", "vSwitchId": "vsw-local", "vSwitches": [{"vSwitchId": "vsw-local"}]}
    return {"vpcInfo": vpc, "endpoints": endpoints, "internetInfo": internet}


def _quota(instance: Instance5) -> dict[str, Any]:
    used = float(len(instance.topics))
    return {
        "quotaName": "TOPIC_COUNT",
        "usedCount": used,
        "freeCount": max(0.0, TOPICS_MOST - used),
        "totalCount": float(TOPICS_MOST),
    }


_ALL: Final = "instance/*"
_ONE: Final = "instance/{instanceId}"

OPERATIONS: Final = (
    operation("ListRegions", "GET", "/regions", list_regions, "*"),
    operation("ListInstances", "GET", "/instances", list_instances, _ALL),
    # The vendor's table prints a capital I here and nowhere else.
    operation("CreateInstance", "POST", "/instances", create_instance, "Instance/*"),
    operation("GetInstance", "GET", "/instances/{instanceId}", get_instance, _ONE),
    operation("UpdateInstance", "PATCH", "/instances/{instanceId}", update_instance, _ONE),
    operation("DeleteInstance", "DELETE", "/instances/{instanceId}", delete_instance, _ONE),
)
