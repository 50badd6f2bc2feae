"""Policies of the kinds that the vendor's pages show, and what those pages say they do."""

from __future__ import annotations

import pytest

from scanner.policy.decision import Outcome
from scanner.policy.evaluate import decide
from tests.policy.documents import OWNER, Body, allow, deny, policy, request

ALLOWED, DENIED, UNKNOWN = Outcome.ALLOWED, Outcome.DENIED, Outcome.UNKNOWN

V5 = f"acs:rocketmq:cn-hangzhou:{OWNER}:instance"
V4 = f"acs:mq:cn-hangzhou:{OWNER}"

ADMINISTRATOR = [allow("*", "*")]
READ_ONLY = [
    allow(
        [
            "mq:OnsInstanceBaseInfo",
            "mq:List*",
            "mq:Query*",
            "mq:Get*",
            "rocketmq:List*",
            "rocketmq:Get*",
        ],
    )
]
ONE_INSTANCE = [
    allow("rocketmq:ListInstances", "acs:rocketmq:*:*:instance/*"),
    allow("rocketmq:*", "acs:rocketmq:*:*:instance/rmq-cn-1*"),
]
PUBLISHER_V4 = [
    allow("mq:OnsInstanceBaseInfo", "acs:mq:*:*:MQ_INST_1"),
    allow(["mq:OnsInstanceBaseInfo", "mq:PUB"], "acs:mq:*:*:MQ_INST_1%orders"),
]
NO_BILLING = [allow("*", "*"), deny(["bss:*", "efc:*"], "*")]
LINKED_ROLE = [
    allow(
        "ram:CreateServiceLinkedRole",
        Condition={"StringEquals": {"ram:ServiceName": ["ons.aliyuncs.com", "migration.rmq.aliyuncs.com"]}},
    )
]
OFFICE_ONLY = [
    allow("rocketmq:*"),
    deny("rocketmq:*", Condition={"NotIpAddress": {"acs:SourceIp": ["192.168.0.0/16"]}}),
]
UNTIL_AUGUST = [
    allow("ecs:*", Condition={"DateLessThan": {"acs:CurrentTime": "2019-08-12T17:00:00+08:00"}}),
]
WITH_MFA = [allow("ecs:*", Condition={"Bool": {"acs:MFAPresent": "true"}})]


@pytest.mark.parametrize(
    ("grants", "action", "resource", "expected"),
    [
        (ADMINISTRATOR, "ram:CreateUser", f"acs:ram:*:{OWNER}:user/x", ALLOWED),
        (READ_ONLY, "rocketmq:GetInstanceAccount", f"{V5}/rmq-cn-1", ALLOWED),
        (READ_ONLY, "rocketmq:CreateTopic", f"{V5}/rmq-cn-1/topic/a", DENIED),
        (READ_ONLY, "mq:QueryMessage", f"{V4}:MQ_INST_1%orders", ALLOWED),
        (READ_ONLY, "mq:PUB", f"{V4}:MQ_INST_1%orders", DENIED),
        (ONE_INSTANCE, "rocketmq:GetTopic", f"{V5}/rmq-cn-1/topic/a", ALLOWED),
        (ONE_INSTANCE, "rocketmq:DeleteConsumerGroup", f"{V5}/rmq-cn-1/consumergroup/g", ALLOWED),
        (ONE_INSTANCE, "rocketmq:GetTopic", f"{V5}/rmq-cn-2/topic/a", DENIED),
        (ONE_INSTANCE, "rocketmq:GetTopic", f"{V5}/rmq-cn-12/topic/a", ALLOWED),
        (ONE_INSTANCE, "rocketmq:ListInstances", f"{V5}/*", ALLOWED),
        (ONE_INSTANCE, "rocketmq:CreateInstance", f"acs:rocketmq:cn-hangzhou:{OWNER}:Instance/*", DENIED),
        (PUBLISHER_V4, "mq:PUB", f"{V4}:MQ_INST_1%orders", ALLOWED),
        (PUBLISHER_V4, "mq:SUB", f"{V4}:MQ_INST_1%orders", DENIED),
        (PUBLISHER_V4, "mq:PUB", f"{V4}:MQ_INST_1%ordersX", DENIED),
        (PUBLISHER_V4, "mq:PUB", f"acs:rocketmq:cn-hangzhou:{OWNER}:MQ_INST_1%orders", DENIED),
        (NO_BILLING, "ecs:StopInstance", "*", ALLOWED),
        (NO_BILLING, "bss:PayOrder", "*", DENIED),
    ],
)
def test_grants_of_the_vendors_kind(
    grants: list[Body], action: str, resource: str, expected: Outcome
) -> None:
    assert decide(request(action, resource), account=[policy(*grants)]).outcome is expected


@pytest.mark.parametrize(
    ("grants", "action", "known", "expected"),
    [
        (LINKED_ROLE, "ram:CreateServiceLinkedRole", {"ram:ServiceName": "ons.aliyuncs.com"}, ALLOWED),
        (LINKED_ROLE, "ram:CreateServiceLinkedRole", {"ram:ServiceName": "ecs.aliyuncs.com"}, DENIED),
        (OFFICE_ONLY, "rocketmq:GetTopic", {"acs:SourceIp": "192.168.7.7"}, ALLOWED),
        (OFFICE_ONLY, "rocketmq:GetTopic", {"acs:SourceIp": "203.0.113.9"}, DENIED),
        (OFFICE_ONLY, "rocketmq:GetTopic", {}, UNKNOWN),
        (UNTIL_AUGUST, "ecs:StopInstance", {"acs:CurrentTime": "2019-08-12T16:59:59+08:00"}, ALLOWED),
        (UNTIL_AUGUST, "ecs:StopInstance", {"acs:CurrentTime": "2019-08-12T09:00:00Z"}, DENIED),
        (WITH_MFA, "ecs:StopInstance", {"acs:MFAPresent": "true"}, ALLOWED),
        (WITH_MFA, "ecs:StopInstance", {}, DENIED),
    ],
)
def test_conditions_of_the_vendors_kind(
    grants: list[Body], action: str, known: dict[str, str], expected: Outcome
) -> None:
    assert decide(request(action, known=known), account=[policy(*grants)]).outcome is expected


def test_an_mfa_deny_written_with_false_does_not_reach_calls_with_an_access_key() -> None:
    # Observed, not documented: such calls do not carry the key at all.
    grants = [allow("*"), deny("*", Condition={"Bool": {"acs:MFAPresent": "false"}})]
    assert decide(request("ecs:StopInstance"), account=[policy(*grants)]).outcome is ALLOWED
