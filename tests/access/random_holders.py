"""Random roles over a small account, so that their statements meet each other and the resources often."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final, TypeAlias

from hypothesis import strategies as st

from scanner.model.broker import Series
from scanner.model.policy import Attachment, Policy
from scanner.model.snapshot import Snapshot
from tests.rules import worlds as w

Attached: TypeAlias = tuple[str, str | None]
"""A document's text, and the resource group that it is attached in."""

ACTIONS: Final = (
    *("*", "*", "rocketmq:*", "mq:*", "ram:*", "rocketmq:Get*", "rocketmq:List*", "mq:?UB", "MQ:pub"),
    *("rocketmq:GetInstanceAccount", "rocketmq:CreateTopic", "rocketmq:*Message*", "ram:UpdateRole"),
    *("rocketmq:${x}", "${x}:PUB", "mq:Ons*Create", "oss:*"),
)
RESOURCES: Final = (
    *("*", "*", "acs:rocketmq:*:*:*", "acs:mq:*:*:*", "acs:ram:*:*:*", "acs:ram::*:role/*"),
    *(
        "acs:rocketmq:*:*:instance/rmq-1",
        "acs:rocketmq:*:*:instance/rmq-1*",
        "acs:rocketmq:*:*:instance/rmq-?/topic/*",
    ),
    *("acs:rocketmq:*:*:instance/*/topic/orders", "acs:*orders", "acs:rocketmq:*:*:Instance/rmq-1*"),
    *("acs:mq:*:*:MQ_1%*", "acs:mq:*:*:mq_1%orders", "acs:mq:*:*:*%GID_x", "acs:mq:cn-hangzhou:*:orders"),
    *(
        "acs:rocketmq:*:*:instance/${x}",
        "acs:rocketmq:*:*:instance/${x}/topic/*",
        "acs:rocketmq:*:*:instance/new",
    ),
)
CONDITIONS: Final = (
    {"Bool": {"acs:MFAPresent": "true"}},
    {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}},
    {"Bool": {"acs:MFAPresent": "true"}, "IpAddress": {"acs:SourceIp": "192.0.2.0/24"}},
    {"IpAddressIfExists": {"acs:SourceIp": "192.0.2.0/24"}},
)
GROUPS: Final = (None, "rg-1", "rg-2", "rg-3")


def _some(options: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(options), min_size=1, max_size=3)


@st.composite
def _statements(draw: st.DrawFn) -> dict[str, object]:
    chance = draw(st.integers(0, 29))
    found: dict[str, object] = {
        "Effect": "Perhaps" if chance == 0 else draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        "NotAction" if chance in (1, 2) else "Action": draw(_some(ACTIONS)),
        "Resource": draw(_some(RESOURCES)),
    }
    if chance == 3:
        found["NotResource"] = "*"
    if chance == 4:
        del found["Resource"]
    if draw(st.integers(0, 2)) == 0:
        found["Condition"] = draw(st.sampled_from(CONDITIONS))
    return found


@st.composite
def documents(draw: st.DrawFn) -> str:
    """The text of a permission policy, now and then one that is not understood."""
    statements = draw(st.lists(_statements(), min_size=1, max_size=3))
    version = draw(st.sampled_from(["1"] * 19 + ["2"]))
    return json.dumps({"Version": version, "Statement": statements})


def holdings() -> st.SearchStrategy[list[Attached]]:
    """What is attached to one role."""
    return st.lists(
        st.tuples(documents(), st.sampled_from((None, None, "rg-1", "rg-2"))), min_size=1, max_size=3
    )


def accounts(roles: st.SearchStrategy[list[list[Attached]]]) -> st.SearchStrategy[Snapshot]:
    """An account with these roles; in which resource group its instances are is random."""
    groups = st.tuples(*[st.sampled_from(GROUPS)] * 4)
    return st.builds(account, roles, groups)


def account(roles: list[list[Attached]], groups: tuple[str | None, ...] = (None,) * 4) -> Snapshot:
    """Two instances of each series with topics and groups, and roles that hold what is given."""
    policies: list[Policy] = []
    attachments: list[Attachment] = []
    for number, attached in enumerate(roles):
        for place, (text, group) in enumerate(attached):
            policy = w.policy(f"p{number}-{place}", text=text)
            policies.append(policy)
            attachments += w.attached(policy, role=f"r{number}", resource_group=group)
    instances = [
        replace(w.instance(name, series=series), resource_group=group, namespaced=namespaced)
        for (name, series, namespaced), group in zip(_INSTANCES, groups, strict=True)
    ]
    return w.snapshot(
        roles=[w.role(f"r{number}", trust=w.trusting(w.PARTNER)) for number in range(len(roles))],
        policies=policies,
        attachments=attachments,
        instances=instances,
        topics=[w.topic(i.instance_id, "orders", series=i.series) for i in instances]
        + [w.topic("rmq-1", "refunds"), w.topic("MQ_1", "refunds", series=Series.V4)],
        consumer_groups=[w.consumer_group(i.instance_id, "GID_x", series=i.series) for i in instances],
    )


_INSTANCES: Final = (
    ("rmq-1", Series.V5, None),
    ("rmq-2", Series.V5, None),
    ("MQ_1", Series.V4, True),
    ("MQ_2", Series.V4, False),
)
