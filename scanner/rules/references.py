"""Pages that rules rest on and that several of them name. It decides nothing.

A page of the vendor is the vendor's word at the time of writing; what no page says is marked in the rule.
"""

from __future__ import annotations

from typing import Final

_HELP: Final = "https://www.alibabacloud.com/help/en"
_ROCKETMQ: Final = f"{_HELP}/apsaramq-for-rocketmq/cloud-message-queue-rocketmq"

POLICY_ELEMENTS: Final = f"Alibaba Cloud RAM, Permission policy elements: {_HELP}/ram/policy-elements"
TRUST_POLICY: Final = (
    "Alibaba Cloud RAM, Modify the trust policy of a RAM role: "
    f"{_HELP}/ram/user-guide/edit-the-trust-policy-of-a-ram-role"
)
EXTERNAL_IDS: Final = (
    "Alibaba Cloud RAM, Use external IDs to prevent the confused deputy issue: "
    f"{_HELP}/ram/use-cases/use-externalid-to-prevent-the-confused-deputy-problem"
)
ROLES_AND_TOKENS: Final = (
    "Alibaba Cloud RAM, FAQ about RAM roles and STS tokens: "
    f"{_HELP}/ram/support/faq-about-ram-roles-and-sts-tokens"
)
ASSUME_ROLE_POLICY: Final = (
    "Alibaba Cloud RAM, system policy AliyunSTSAssumeRoleAccess: "
    f"{_HELP}/ram/developer-reference/aliyunstsassumeroleaccess"
)
LIMITS: Final = f"Alibaba Cloud RAM, Limits: {_HELP}/ram/product-overview/limits"
UPDATE_TRAIL: Final = (
    "Alibaba Cloud ActionTrail, UpdateTrail: "
    f"{_HELP}/actiontrail/developer-reference/api-actiontrail-2020-07-06-updatetrail"
)
POLICIES_OF_4: Final = (
    "Alibaba Cloud ApsaraMQ for RocketMQ 4.x, Custom policies: "
    f"{_ROCKETMQ}-4-x-series/security-and-compliance/custom-policies-of-apsaramq-for-rocketmq"
)
POLICIES_OF_5: Final = (
    "Alibaba Cloud ApsaraMQ for RocketMQ 5.x, Custom policies: "
    f"{_ROCKETMQ}-5-x-series/security-and-compliance/policies-and-examples"
)
SYSTEM_POLICIES: Final = (
    "Alibaba Cloud ApsaraMQ for RocketMQ, System policies: "
    f"{_ROCKETMQ}-5-x-series/security-and-compliance/rocketmq"
)
LEAST_PRIVILEGE: Final = (
    "CIS Alibaba Cloud Foundation Benchmark 2.0.0, 1.15: no policies that allow full `*:*` privileges"
)
COMPLETE_TRAIL: Final = (
    "CIS Alibaba Cloud Foundation Benchmark 2.0.0, 2.1: ActionTrail exports copies of all log entries"
)


def operation(name: str) -> str:
    """The page of an operation of RocketMQ 5.x."""
    page = f"{_ROCKETMQ}-5-x-series/developer-reference/api-rocketmq-2022-08-01-{name.lower()}"
    return f"Alibaba Cloud ApsaraMQ for RocketMQ 5.x, {name}: {page}"
