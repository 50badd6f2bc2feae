"""One call of each operation in which it succeeds, in an order in which it can.

It plays in the world `tiny`, with the administrator of Enterprise A.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from scanner.emulator.authorize import Denial, Stage
from scanner.emulator.diagnosis import denied_detail
from scanner.emulator.service import ISO, Caller
from scanner.emulator.services.ram_mfa import STEP_SECONDS, code_at
from scanner.emulator.state import Account, AttachmentKey, UserRecord

OWNER = "1000000000000001"
PARTNER = "2000000000000002"
FOUR = "MQ_INST_1000000000000001_BXtiny01"
FIVE = "rmq-cn-tiny00001"
TRUST = json.dumps(
    {
        "Version": "1",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"RAM": [f"acs:ram::{PARTNER}:user/alice"]},
            }
        ],
    }
)
DOCUMENT = json.dumps(
    {"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["mq:ListTopic"], "Resource": "*"}]}
)
TAGS = [{"Key": "team", "Value": "trade"}]
ACL = {"resourceType": "Topic", "resourceName": "shipments", "decision": "Allow", "actions": ["Pub"]}


class Step(NamedTuple):
    """One call. A value `$Service:Name.path` is taken from an earlier answer."""

    name: str
    query: Mapping[str, object] = {}
    body: Mapping[str, Any] | None = None


class MfaCode(NamedTuple):
    """What a device shows: the seed, as a value taken from an earlier answer, and how many codes from now."""

    seed: str
    later: int


def diagnostic_message(account: str = OWNER, issued: datetime | None = None) -> str:
    """What a refusal of user `eve` carries for DecodeDiagnosticMessage."""
    caller = Caller(
        account=Account(account, users={"eve": UserRecord("eve", "20")}), kind="user", name="eve", key_id=""
    )
    denial = Denial(
        stage=Stage.ACCOUNT,
        explicit=True,
        action="ram:ListRoles",
        resource=f"acs:ram::{account}:role/*",
        by=(AttachmentKey("Custom", "no-roles", "user", "eve"),),
    )
    moment = issued or datetime.now(UTC)
    context = {"acs:currenttime": moment.strftime(ISO), "acs:sourceip": "127.0.0.1"}
    return denied_detail(denial, caller, context=context)["EncodedDiagnosticMessage"]


def _ram(name: str, **query: object) -> Step:
    return Step(f"Ram:{name}", query)


def _mq(name: str, /, body: Mapping[str, Any] | None = None, **query: object) -> Step:
    return Step(f"RocketMQ:{name}", {"instanceId": FIVE, **query}, body)


def _ons(name: str, **query: object) -> Step:
    return Step(f"Ons:{name}", query)


_SERIAL = "$Ram:CreateVirtualMFADevice.VirtualMFADevice.SerialNumber"
_SEED = "$Ram:CreateVirtualMFADevice.VirtualMFADevice.Base32StringSeed"
_REFUSED = diagnostic_message()
_CUSTOM = {"PolicyType": "Custom", "PolicyName": "trade-read"}
_NEW = "$RocketMQ:CreateInstance.data"
_RETRY = {"retryPolicy": "DefaultRetryPolicy", "maxRetryTimes": 16}

RAM_STEPS = (
    _ram(
        "CreateUser", UserName="dora", DisplayName="Dora", Email="dora@example.com", MobilePhone="86-1860000"
    ),
    _ram("GetUser", UserName="dora"),
    _ram("ListUsers", MaxItems=2),
    _ram("UpdateUser", UserName="dora", NewComments="On leave"),
    _ram("CreateAccessKey", UserName="dora"),
    _ram("ListAccessKeys", UserName="dora"),
    _ram(
        "UpdateAccessKey",
        UserName="dora",
        UserAccessKeyId="$Ram:CreateAccessKey.AccessKey.AccessKeyId",
        Status="Inactive",
    ),
    _ram(
        "DeleteAccessKey",
        UserName="dora",
        UserAccessKeyId="$Ram:CreateAccessKey.AccessKey.AccessKeyId",
    ),
    _ram("GetAccessKeyLastUsed", UserName="admin", UserAccessKeyId="LOCALKEYADMIN1"),
    _ram("CreateLoginProfile", UserName="dora", Password="dora-Password-1", PasswordResetRequired=True),
    _ram("GetLoginProfile", UserName="dora"),
    _ram("UpdateLoginProfile", UserName="dora", MFABindRequired=True),
    _ram("CreateLoginProfile", UserName="admin", Password="old-Password-1"),
    _ram("ChangePassword", OldPassword="old-Password-1", NewPassword="new-Password-1"),
    _ram("DeleteLoginProfile", UserName="dora"),
    _ram("CreateVirtualMFADevice", VirtualMFADeviceName="dora"),
    _ram(
        "BindMFADevice",
        UserName="dora",
        SerialNumber=_SERIAL,
        AuthenticationCode1=MfaCode(_SEED, 0),
        AuthenticationCode2=MfaCode(_SEED, 1),
    ),
    _ram("GetUserMFAInfo", UserName="dora"),
    _ram("ListVirtualMFADevices"),
    _ram("UnbindMFADevice", UserName="dora"),
    _ram("DeleteVirtualMFADevice", SerialNumber=_SERIAL),
    _ram("SetAccountAlias", AccountAlias="enterprise-a"),
    _ram("GetAccountAlias"),
    _ram("ClearAccountAlias"),
    _ram("SetPasswordPolicy", MinimumPasswordLength=12, RequireNumbers="true"),
    _ram("GetPasswordPolicy"),
    _ram("SetSecurityPreference", LoginSessionDuration=8, LoginNetworkMasks="192.0.2.0/24;198.51.100.7"),
    _ram("GetSecurityPreference"),
    _ram("DecodeDiagnosticMessage", EncodedDiagnosticMessage=_REFUSED),
    _ram("CreateGroup", GroupName="developers", Comments="They develop"),
    _ram("GetGroup", GroupName="developers"),
    _ram("ListGroups"),
    _ram("UpdateGroup", GroupName="developers", NewComments="They still develop"),
    _ram("AddUserToGroup", UserName="dora", GroupName="developers"),
    _ram("ListUsersForGroup", GroupName="developers"),
    _ram("ListGroupsForUser", UserName="dora"),
    _ram("CreateRole", RoleName="trade-for-b", AssumeRolePolicyDocument=TRUST, Description="Trade", Tag=TAGS),
    _ram("GetRole", RoleName="trade-for-b"),
    _ram("ListRoles", MaxItems=2),
    _ram("UpdateRole", RoleName="trade-for-b", NewMaxSessionDuration=7200),
    _ram("CreatePolicy", PolicyName="trade-read", PolicyDocument=DOCUMENT, Description="Read", Tag=TAGS),
    _ram("CreatePolicyVersion", PolicyName="trade-read", PolicyDocument=DOCUMENT, SetAsDefault="true"),
    _ram("GetPolicy", **_CUSTOM),
    _ram("GetPolicyVersion", VersionId="v2", **_CUSTOM),
    _ram("ListPolicyVersions", **_CUSTOM),
    _ram("ListPolicies", MaxItems=3),
    _ram("UpdatePolicyDescription", PolicyName="trade-read", NewDescription="Reads topics"),
    _ram("SetDefaultPolicyVersion", PolicyName="trade-read", VersionId="v1"),
    _ram("DeletePolicyVersion", PolicyName="trade-read", VersionId="v2"),
    _ram("AttachPolicyToRole", RoleName="trade-for-b", **_CUSTOM),
    _ram("AttachPolicyToUser", UserName="dora", **_CUSTOM),
    _ram("AttachPolicyToGroup", GroupName="developers", **_CUSTOM),
    _ram("ListPoliciesForRole", RoleName="trade-for-b"),
    _ram("ListPoliciesForUser", UserName="dora"),
    _ram("ListPoliciesForGroup", GroupName="developers"),
    _ram("ListEntitiesForPolicy", **_CUSTOM),
    _ram("TagResources", ResourceType="policy", ResourceNames=["trade-read"], Tag=TAGS),
    _ram("ListTagResources", ResourceType="role", ResourceNames=["trade-for-b"]),
    _ram("UntagResources", ResourceType="role", ResourceNames=["trade-for-b"], TagKeys=["team"]),
)

RESOURCE_MANAGER_STEPS = tuple(
    Step(f"ResourceManager:{name}", query)
    for name, query in (
        (
            "AttachPolicy",
            {
                **_CUSTOM,
                "PrincipalType": "ServiceRole",
                "PrincipalName": f"trade-for-b@role.{OWNER}.onaliyunservice.com",
                "ResourceGroupId": "rg-orders",
            },
        ),
        ("ListPolicyAttachments", {"PageSize": 100}),
        (
            "DetachPolicy",
            {
                **_CUSTOM,
                "PrincipalType": "ServiceRole",
                "PrincipalName": "trade-for-b",
                "ResourceGroupId": "rg-orders",
            },
        ),
    )
)

RAM_ENDINGS = (
    _ram("DetachPolicyFromRole", RoleName="trade-for-b", **_CUSTOM),
    _ram("DetachPolicyFromUser", UserName="dora", **_CUSTOM),
    _ram("DetachPolicyFromGroup", GroupName="developers", **_CUSTOM),
    _ram("RemoveUserFromGroup", UserName="dora", GroupName="developers"),
    _ram("DeletePolicy", PolicyName="trade-read"),
    _ram("DeleteRole", RoleName="trade-for-b"),
    _ram("DeleteGroup", GroupName="developers"),
    _ram("DeleteUser", UserName="dora"),
    _ram("CreateServiceLinkedRole", ServiceName="ons.aliyuncs.com", Description="For the brokers"),
    _ram("DeleteServiceLinkedRole", RoleName="AliyunServiceRoleForRMQ"),
)

ROCKETMQ_STEPS = (
    Step("RocketMQ:ListRegions"),
    Step(
        "RocketMQ:CreateInstance",
        {},
        {
            "instanceName": "new",
            "seriesCode": "standard",
            "subSeriesCode": "cluster_ha",
            "networkInfo": {"internetInfo": {"internetSpec": "enable", "ipWhitelist": ["192.0.2.0/24"]}},
            "tags": [{"key": "team", "value": "trade"}],
        },
    ),
    Step("RocketMQ:ListInstances", {"pageSize": 10}),
    _mq("GetInstance", instanceId=_NEW),
    _mq(
        "UpdateInstance", {"instanceName": "newer", "aclInfo": {"defaultVpcAuthFree": False}}, instanceId=_NEW
    ),
    _mq("CreateTopic", {"messageType": "FIFO", "remark": "in order"}, topicName="sorted"),
    _mq("GetTopic", topicName="sorted"),
    _mq("ListTopics", pageSize=100),
    _mq("UpdateTopic", {"remark": "in good order"}, topicName="sorted"),
    _mq("DeleteTopic", topicName="sorted"),
    _mq(
        "CreateConsumerGroup",
        {"deliveryOrderType": "Concurrently", "consumeRetryPolicy": _RETRY},
        consumerGroupId="GID_new",
    ),
    _mq("GetConsumerGroup", consumerGroupId="GID_new"),
    _mq("ListConsumerGroups", pageSize=100),
    _mq("UpdateConsumerGroup", {"remark": "new", "consumeRetryPolicy": _RETRY}, consumerGroupId="GID_new"),
    _mq("DeleteConsumerGroup", consumerGroupId="GID_new"),
    _mq("CreateInstanceAccount", {"username": "guest", "password": "guest-password"}),
    _mq("ListInstanceAccount"),
    _mq("GetInstanceAccount", username="guest"),
    _mq("UpdateInstanceAccount", username="guest", password="better-password"),
    _mq("CreateInstanceAcl", {**ACL, "ipWhitelists": ["192.0.2.1"]}, username="guest"),
    _mq("GetInstanceAcl", username="guest", resourceType="Topic", resourceName="shipments"),
    _mq("ListInstanceAcl"),
    _mq("UpdateInstanceAcl", {**ACL, "decision": "Deny"}, username="guest"),
    _mq("DeleteInstanceAcl", username="guest", resourceType="Topic", resourceName="shipments"),
    _mq("DeleteInstanceAccount", username="guest"),
    _mq("CreateInstanceIpWhitelist", {"ipWhitelists": ["203.0.113.7"]}),
    _mq("ListInstanceIpWhitelist"),
    _mq("GetInstanceIpWhitelist", ipWhitelists="203.0.113.7"),
    _mq("DeleteInstanceIpWhitelist", ipWhitelist="203.0.113.7"),
    _mq("DeleteInstance", instanceId=_NEW),
)

ONS_STEPS = (
    _ons("OnsRegionList"),
    _ons("OnsInstanceCreate", InstanceName="new", Remark="for a test"),
    _ons("OnsInstanceInServiceList", NeedResourceInfo="true"),
    _ons("OnsInstanceBaseInfo", InstanceId=FOUR),
    _ons("OnsInstanceUpdate", InstanceId=FOUR, Remark="shared"),
    _ons("OnsTopicCreate", InstanceId=FOUR, Topic="new-topic", MessageType=0, Remark="new"),
    _ons("OnsTopicList", InstanceId=FOUR),
    _ons("OnsTopicDelete", InstanceId=FOUR, Topic="new-topic"),
    _ons("OnsGroupCreate", InstanceId=FOUR, GroupId="GID_new", GroupType="tcp"),
    _ons("OnsGroupList", InstanceId=FOUR),
    _ons("OnsGroupDelete", InstanceId=FOUR, GroupId="GID_new"),
    _ons("OnsInstanceDelete", InstanceId="$Ons:OnsInstanceCreate.Data.InstanceId"),
)

TRAIL_STEPS = tuple(
    Step(f"Actiontrail:{name}", query)
    for name, query in (
        ("CreateTrail", {"Name": "second", "OssBucketName": "a-second-trail"}),
        ("UpdateTrail", {"Name": "second", "EventRW": "Write", "OssBucketName": "a-second-trail"}),
        ("StartLogging", {"Name": "second"}),
        ("GetTrailStatus", {"Name": "second"}),
        ("DescribeTrails", {}),
        ("StopLogging", {"Name": "second"}),
        ("DeleteTrail", {"Name": "second"}),
        ("LookupEvents", {}),
    )
)

STS_STEPS = (
    Step("Sts:GetCallerIdentity"),
    Step(
        "Sts:AssumeRole",
        {"RoleArn": f"acs:ram::{OWNER}:role/broker-ops", "RoleSessionName": "scenario"},
    ),
)

STEPS = (
    *STS_STEPS,
    *RAM_STEPS,
    *RESOURCE_MANAGER_STEPS,
    *RAM_ENDINGS,
    *ROCKETMQ_STEPS,
    *ONS_STEPS,
    *TRAIL_STEPS,
)

NEVER_SUCCEED = {"Sts:AssumeRoleWithOIDC", "Sts:AssumeRoleWithSAML"}
"""Always refused: no identity provider is configured in a local cloud."""


class Ask(Protocol):
    """Calls one operation by name."""

    def __call__(
        self, name: str, *, body: Mapping[str, Any] | None = None, **query: object
    ) -> dict[str, Any]:
        """The answer."""


def played(ask: Ask) -> Iterator[tuple[Step, dict[str, Any]]]:
    """Each step in turn, with its answer."""
    answers: dict[str, Any] = {}
    for step in STEPS:
        query = {key: resolved(value, answers) for key, value in step.query.items()}
        answers[step.name] = ask(step.name, body=step.body, **query)
        yield step, answers[step.name]


def resolved(value: object, answers: Mapping[str, Any]) -> object:
    """`value`, or what it refers to in an earlier answer."""
    if isinstance(value, MfaCode):
        return code_at(str(resolved(value.seed, answers)), int(time.time()) // STEP_SECONDS + value.later)
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    name, *path = value[1:].split(".")
    found = answers[name]
    for part in path:
        found = found[part]
    return found
