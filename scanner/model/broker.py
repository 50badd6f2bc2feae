"""ApsaraMQ for RocketMQ resources of both series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.model.ids import AccountId
from scanner.model.role import Tag
from scanner.model.series import Series

__all__ = [
    "AclRule",
    "BrokerRegion",
    "ConsumerGroup",
    "Instance",
    "InstanceAccount",
    "Series",
    "Topic",
    "group_arn",
    "instance_arn",
    "topic_arn",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerRegion:
    """A region in which the broker service is offered."""

    name: str
    series: tuple[Series, ...]
    """The series offered there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A RocketMQ instance."""

    series: Series
    instance_id: str
    region: str
    name: str = ""
    status: str = ""
    created: datetime | None = None
    resource_group: str | None = None
    tags: tuple[Tag, ...] = ()
    namespaced: bool | None = None
    """4.x only: whether topic and group names are separate from other instances'."""
    acl_types: tuple[str, ...] | None = None
    """5.x only: `default` (intelligent authentication), `apache_acl`. None is unread."""
    vpc_auth_free: bool | None = None
    """5.x only: clients in the VPC need no password. None is unread or not applicable."""
    internet: bool | None = None
    """Whether there is a public endpoint. None is unread."""
    endpoints: tuple[str, ...] = ()
    ip_whitelist: tuple[str, ...] | None = None
    """5.x only: CIDRs allowed on the public endpoint; empty allows all. None is unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of an instance."""

    series: Series
    region: str
    instance_id: str
    name: str
    message_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerGroup:
    """A consumer group of an instance."""

    series: Series
    region: str
    instance_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceAccount:
    """A user name inside a 5.x instance. Its password is never read."""

    region: str
    instance_id: str
    username: str
    account_type: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AclRule:
    """An ACL rule inside a 5.x instance."""

    region: str
    instance_id: str
    username: str
    resource_type: str
    resource_name: str
    actions: tuple[str, ...] = ()
    decision: str = ""
    ip_whitelist: tuple[str, ...] = ()


def instance_arn(account: AccountId, instance: Instance) -> str:
    """The resource name of an instance, in the form of its series."""
    match instance.series:
        case Series.V4:
            return f"acs:mq:{instance.region}:{account}:{instance.instance_id}"
        case Series.V5:
            return f"acs:rocketmq:{instance.region}:{account}:instance/{instance.instance_id}"


def topic_arn(account: AccountId, topic: Topic, *, namespaced: bool = True) -> str:
    """The resource name of a topic; `namespaced` matters for 4.x only."""
    if topic.series is Series.V5:
        return f"acs:rocketmq:{topic.region}:{account}:instance/{topic.instance_id}/topic/{topic.name}"
    return f"acs:mq:{topic.region}:{account}:{_in_4x(topic.instance_id, topic.name, namespaced=namespaced)}"


def group_arn(account: AccountId, group: ConsumerGroup, *, namespaced: bool = True) -> str:
    """The resource name of a consumer group; `namespaced` matters for 4.x only."""
    if group.series is Series.V5:
        return (
            f"acs:rocketmq:{group.region}:{account}:instance/{group.instance_id}/consumergroup/{group.name}"
        )
    return f"acs:mq:{group.region}:{account}:{_in_4x(group.instance_id, group.name, namespaced=namespaced)}"


def _in_4x(instance_id: str, name: str, *, namespaced: bool) -> str:
    return f"{instance_id}%{name}" if namespaced else name
