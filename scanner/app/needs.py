"""The least that a credential must be allowed for each command, as a RAM policy.

Only `scan` and `doctor` call the cloud; every other command reads the store. `sts:GetCallerIdentity`
needs no permission. The policy ends with a denial of what a scan must never do, so that a wider
policy attached later does not hand the scanner passwords and message bodies.
"""

from __future__ import annotations

import json
from typing import Final

SCAN_ACTIONS: Final = (
    "actiontrail:DescribeTrails",
    "actiontrail:GetTrailStatus",
    "mq:ListGroup",
    "mq:ListTopic",
    # The vendor's tables disagree on the name of the 4.x instance permission, so both are asked for.
    "mq:OnsInstanceBaseInfo",
    "mq:QueryInstanceBaseInfo",
    "ram:GetPolicy",
    "ram:GetPolicyVersion",
    "ram:GetRole",
    "ram:ListGroups",
    "ram:ListPolicies",
    "ram:ListPoliciesForGroup",
    "ram:ListPoliciesForRole",
    "ram:ListPoliciesForUser",
    "ram:ListPolicyAttachments",
    "ram:ListPolicyVersions",
    "ram:ListRoles",
    "ram:ListUsers",
    "ram:ListUsersForGroup",
    "rocketmq:GetInstance",
    "rocketmq:ListConsumerGroups",
    "rocketmq:ListInstanceAccount",
    "rocketmq:ListInstanceAcl",
    "rocketmq:ListInstanceIpWhitelist",
    "rocketmq:ListInstances",
    "rocketmq:ListRegions",
    "rocketmq:ListTopics",
)

NEVER: Final = (
    "mq:QueryDLQMessage",
    "mq:QueryMessage*",
    "mq:QueryTrace*",
    "rocketmq:GetInstanceAccount",
    "rocketmq:GetMessageDetail",
    "rocketmq:GetTrace",
    "rocketmq:ListMessages",
    "rocketmq:ListTraces",
)

COMMANDS_THAT_CALL: Final = ("scan", "doctor")


def least_policy() -> str:
    """The RAM policy for `scan` and `doctor`, as JSON text."""
    return json.dumps(
        {
            "Version": "1",
            "Statement": [
                {"Effect": "Allow", "Action": list(SCAN_ACTIONS), "Resource": "*"},
                {"Effect": "Deny", "Action": list(NEVER), "Resource": "*"},
            ],
        },
        indent=2,
    )
