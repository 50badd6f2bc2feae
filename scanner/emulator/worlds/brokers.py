"""RocketMQ instances of a world from their TOML form."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from scanner.emulator.state import Instance4, Instance5
from scanner.emulator.worlds.table import Table

REGION: Final = "cn-hangzhou"


def read_instance5(table: Table, beginning: str) -> Instance5:
    """A 5.x instance."""
    created = _spaced(table.text("created", beginning))
    instance = Instance5(
        instance_id=table.text("id"),
        region=table.text("region", REGION),
        name=table.text("name", ""),
        status=table.text("status", "RUNNING"),
        created=created,
        updated=created,
        remark=table.text("remark", ""),
        series_code=table.text("series", "professional"),
        sub_series_code=table.text("sub_series", "cluster_ha"),
        resource_group=table.text("resource_group", ""),
        tags=table.mapping("tags"),
        acl_types=list(table.texts("acl_types", ("default",))),
        vpc_auth_free=table.flag("vpc_auth_free", default=True),
        internet=table.flag("internet", default=False),
        internet_whitelist=list(table.texts("internet_whitelist")),
        whitelist=list(table.texts("whitelist")),
    )
    for entry in table.texts("topics"):
        name, _, message_type = entry.partition(":")
        instance.topics[name] = topic5(name, message_type or "NORMAL", created)
    for name in table.texts("groups"):
        instance.groups[name] = group5(name, created)
    for each in table.tables("accounts"):
        account = _account(each)
        instance.accounts[account["username"]] = account
    instance.acls.extend(_acl(each) for each in table.tables("acls"))
    table.done()
    return instance


def read_instance4(table: Table, beginning: str) -> Instance4:
    """A 4.x instance."""
    created = milliseconds(table.text("created", beginning))
    instance = Instance4(
        instance_id=table.text("id"),
        region=table.text("region", REGION),
        name=table.text("name", ""),
        status=table.number("status", 5),
        type=table.number("type", 2),
        created_ms=created,
        namespaced=table.flag("namespaced", default=True),
        remark=table.text("remark", ""),
        tags=table.mapping("tags"),
    )
    for entry in table.texts("topics"):
        name, _, message_type = entry.partition(":")
        if not (message_type or "0").isdigit():
            table.wrong(f"the message type of the topic `{name}` must be a number")
        instance.topics[name] = topic4(name, int(message_type or "0"), created)
    for name in table.texts("groups"):
        instance.groups[name] = group4(name, created)
    table.done()
    return instance


def topic5(name: str, message_type: str, created: str) -> dict[str, Any]:
    """A 5.x topic with the API's own field names."""
    return {
        "topicName": name,
        "messageType": message_type,
        "status": "RUNNING",
        "remark": "",
        "createTime": created,
        "updateTime": created,
        "maxSendTps": 1_000,
    }


def group5(name: str, created: str) -> dict[str, Any]:
    """A 5.x consumer group with the API's own field names."""
    return {
        "consumerGroupId": name,
        "status": "RUNNING",
        "remark": "",
        "createTime": created,
        "updateTime": created,
        "deliveryOrderType": "Concurrently",
        "consumeRetryPolicy": {"retryPolicy": "DefaultRetryPolicy", "maxRetryTimes": 16},
        "maxReceiveTps": 1_000,
    }


def topic4(name: str, message_type: int, created_ms: int) -> dict[str, Any]:
    """A 4.x topic with the API's own field names."""
    return {"Topic": name, "MessageType": message_type, "Remark": "", "CreateTime": created_ms}


def group4(name: str, created_ms: int) -> dict[str, Any]:
    """A 4.x consumer group with the API's own field names."""
    return {
        "GroupId": name,
        "GroupType": "tcp",
        "Remark": "",
        "CreateTime": created_ms,
        "UpdateTime": created_ms,
    }


def milliseconds(date: str) -> int:
    """An ISO date as 4.x prints dates."""
    return int(datetime.fromisoformat(date).timestamp()) * 1_000


def _account(table: Table) -> dict[str, Any]:
    account = {
        "username": table.text("username"),
        "password": table.text("password", ""),
        "accountType": table.text("type", "CUSTOMER"),
        "accountStatus": table.text("status", "ENABLE"),
        "remark": table.text("remark", ""),
    }
    table.done()
    return account


def _acl(table: Table) -> dict[str, Any]:
    rule = {
        "aclType": "APACHE",
        "username": table.text("username"),
        "resourceType": table.text("resource_type", "Topic"),
        "resourceName": table.text("resource_name"),
        "actions": list(table.texts("actions")),
        "decision": table.text("decision", "Allow"),
        "ipWhitelists": list(table.texts("ip_whitelists")),
    }
    table.done()
    return rule


def _spaced(date: str) -> str:
    """An ISO date as 5.x prints dates."""
    return date.replace("T", " ").removesuffix("Z")
