"""Small random accounts, each made twice: as a local cloud has it, and as a scan would find it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

from scanner.emulator.state import Instance4, Instance5, LocalWorld
from scanner.emulator.state import UserRecord as LocalUser
from scanner.model.broker import Series
from scanner.model.policy import Attachment, Policy
from scanner.model.snapshot import Snapshot
from tests.emulator.small import World
from tests.rules import worlds as w

Statement: TypeAlias = dict[str, Any]

ROLES: Final = ("r1", "r2")
INSTANCES5: Final = (("rmq-a1", "rg-1"), ("rmq-a2", "rg-2"), ("rmq-b", "rg-3"))
INSTANCES4: Final = ("MQ_1", "MQ_2")
TOPICS: Final = ("orders", "refunds")
GROUP: Final = "GID_x"

ACTIONS: Final = (
    *("*", "*:*", "rocketmq:*", "mq:*", "sts:*", "ram:*", "*:Get*", "rocketmq:Get*", "rocketmq:List*"),
    *(
        "rocketmq:GetInstanceAccount",
        "rocketmq:UpdateInstance",
        "ROCKETMQ:updateinstance",
        "rocketmq:*Instance*",
    ),
    *("rocketmq:CreateInstanceIpWhitelist", "rocketmq:GetMessageDetail", "rocketmq:ListMessages"),
    *("rocketmq:VerifySendMessage", "rocketmq:Verify*", "mq:PUB", "mq:SUB", "mq:?UB", "mq:Query*", "mq:Ons*"),
    *("sts:AssumeRole", "sts:Assume*", "ram:AttachPolicyToRole", "ram:*Policy*", "ram:CreatePolicyVersion"),
    *("ram:UpdateRole", "ram:Get*", "ram:CreateAccessKey", "ram:AddUserToGroup", "oss:*", "mq"),
)
RESOURCES: Final = (
    *(
        "*",
        "*",
        "acs:*",
        "acs:rocketmq:*:*:*",
        "acs:mq:*:*:*",
        "acs:mq:*",
        "acs:ram:*:*:*",
        "acs:rocketmq:*:*:*/*",
    ),
    *("acs:rocketmq:*:*:instance/*", "acs:rocketmq:*:*:instance/rmq-a1", "acs:rocketmq:*:*:instance/rmq-a1*"),
    *("acs:rocketmq:*:*:instance/rmq-a*", "acs:rocketmq:cn-hangzhou:*:instance/rmq-?1/*"),
    f"acs:rocketmq:*:{w.OWNER}:instance/rmq-b/topic/*",
    *(
        "acs:rocketmq:*:*:instance/*/topic/orders",
        "acs:rocketmq:cn-*:*:instance/rmq-b/*",
        "acs:*:*:*:*orders",
    ),
    *(
        "acs:mq:*:*:MQ_1%orders",
        "acs:mq:*:*:MQ_1%*",
        "acs:mq:*:*:*%orders",
        "acs:mq:*:*:MQ_?",
        "acs:mq:*:*:ord*",
    ),
    *(
        f"acs:ram:*:{w.OWNER}:role/r1",
        f"acs:ram::{w.OWNER}:role/*",
        "acs:ram:*:*:role/r*",
        "acs:ram:*:*:policy/*",
    ),
    *(
        "acs:ram:*:system:policy/*",
        "acs:ram:*:*:user/u1",
        "acs:ram:*:*:*/r1*",
        f"acs:ram::{w.PARTNER}:role/*",
    ),
)
CONDITIONS: Final[tuple[Statement, ...]] = (
    {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}},
    {"Bool": {"acs:MFAPresent": "true"}},
    {"Bool": {"acs:SecureTransport": "false"}},
    {"DateLessThan": {"acs:CurrentTime": "2026-12-31T00:00:00Z"}},
    {"StringLike": {"acs:PrincipalARN": "acs:ram:*:*:role/r*"}},
    {"StringNotEquals": {"acs:ResourceTag/env": ["prod", "stage"]}},
    {"Bool": {"acs:MFAPresent": "true"}, "IpAddress": {"acs:SourceIp": "192.0.2.0/24"}},
)
"""One way to ask about each key, so that no two contradict each other: nobody sees to that but who reads both."""
ODD: Final[tuple[Statement, ...]] = (
    {"IpAddressIfExists": {"acs:SourceIp": "192.0.2.0/24"}},
    {"StringEquals": {"acs:SourceIp": "192.0.2.1"}},
)
PRINCIPALS: Final = (
    *(f"acs:ram::{w.PARTNER}:root", f"acs:ram::{w.PARTNER}:user/alice", f"acs:ram::{w.PARTNER}:role/sync"),
    *(f"acs:ram:*:{w.PARTNER}:user/alice", f"acs:ram::{w.STRANGER}:root", f"acs:ram::{w.STRANGER}:user/eve"),
    f"acs:ram::{w.OWNER}:root",
)
EXTERNAL_IDS: Final[tuple[Statement, ...]] = (
    {"StringEquals": {"sts:ExternalId": w.GOOD_EXTERNAL_ID}},
    {"StringEquals": {"sts:ExternalId": ["short", w.GOOD_EXTERNAL_ID]}},
    {"StringLike": {"sts:ExternalId": "k7Q*"}},
    {"StringNotEquals": {"sts:ExternalId": "old"}},
    {"StringEquals": {"sts:ExternalId": w.GOOD_EXTERNAL_ID}, "IpAddress": {"acs:SourceIp": "192.0.2.0/24"}},
)
ANY_OTHER: Final[Statement] = {"StringNotEquals": {"sts:ExternalId": w.GOOD_EXTERNAL_ID}}


@dataclass(frozen=True, slots=True)
class RandomRole:
    """What one role of a random account is made of."""

    trust: tuple[Statement, ...]
    policies: tuple[tuple[tuple[Statement, ...], str], ...]
    """Statements, and the resource group that they are attached in."""


Spec: TypeAlias = dict[str, RandomRole]


def _some(options: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(options), min_size=1, max_size=most, unique=True)


@st.composite
def _statements(draw: st.DrawFn, conditions: Sequence[Statement] = CONDITIONS) -> Statement:
    named = "NotAction" if draw(st.integers(0, 9)) == 0 else "Action"
    found: Statement = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
        named: draw(_some(ACTIONS, 3)),
        "Resource": draw(_some(RESOURCES, 3)),
    }
    if draw(st.integers(0, 3)) == 0:
        found["Condition"] = draw(st.sampled_from(conditions))
    return found


@st.composite
def _odd_statements(draw: st.DrawFn) -> Statement:
    return {**draw(_statements()), "Condition": draw(st.sampled_from(ODD))}


@st.composite
def _trust(draw: st.DrawFn) -> Statement:
    found: Statement = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Allow", "Deny"])),
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": draw(_some(PRINCIPALS, 2))},
    }
    chance = draw(st.integers(0, 9))
    if chance < 4:
        asking = EXTERNAL_IDS if found["Effect"] == "Allow" else (ANY_OTHER,)
        found["Condition"] = draw(st.sampled_from(asking))
    elif chance < 6:
        found["Condition"] = draw(st.sampled_from(CONDITIONS))
    return found


@st.composite
def _trusts(draw: st.DrawFn) -> tuple[Statement, ...]:
    if draw(st.integers(0, 9)) == 0:
        return ({**draw(_trust()), "Condition": draw(st.sampled_from(ODD))},)
    return tuple(draw(st.lists(_trust(), min_size=1, max_size=3)))


def _policies(conditions: Sequence[Statement]) -> st.SearchStrategy[tuple[tuple[Statement, ...], str]]:
    plain = st.lists(_statements(conditions), min_size=1, max_size=3).map(tuple)
    # The local cloud takes a document with an odd operator for none at all, so such a statement stands alone.
    odd = _odd_statements().map(lambda statement: (statement,))
    listed = st.integers(0, 9).flatmap(lambda number: odd if number == 0 else plain)
    return st.tuples(listed, st.sampled_from(["", "", "", "rg-1", "rg-2"]))


@st.composite
def _roles(draw: st.DrawFn) -> RandomRole:
    # Few conditions to a role, so that all ways to meet and miss them can be tried.
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2))
    return RandomRole(
        trust=draw(_trusts()),
        policies=tuple(draw(st.lists(_policies(conditions), min_size=1, max_size=2))),
    )


specs: st.SearchStrategy[Spec] = st.fixed_dictionaries({name: _roles() for name in ROLES})


def local_world(spec: Spec) -> LocalWorld:
    """The account as a local cloud has it."""
    build = World()
    build.world.regions = ("cn-hangzhou",)
    account = build.account(w.OWNER)
    account.users["u1"] = LocalUser("u1", "1")
    account.resource_groups |= {"rg-1", "rg-2"}
    for name, group in INSTANCES5:
        topics: dict[str, dict[str, Any]] = {topic: {} for topic in TOPICS}
        account.instances5[name] = Instance5(
            name, "cn-hangzhou", resource_group=group, topics=topics, groups={GROUP: {}}
        )
    for name in INSTANCES4:
        account.instances4[name] = Instance4(
            name, "cn-hangzhou", topics={topic: {} for topic in TOPICS}, groups={GROUP: {}}
        )
    for name, role in spec.items():
        build.role(w.OWNER, name, w.document(*role.trust))
        for number, (statements, group) in enumerate(role.policies):
            build.attach(w.OWNER, "role", name, f"{name}-p{number}", *statements, group=group)
    return build.world


def snapshot(spec: Spec) -> Snapshot:
    """The account as a scan finds it."""
    policies: list[Policy] = []
    attachments: list[Attachment] = []
    for name, role in spec.items():
        for number, (statements, group) in enumerate(role.policies):
            policies.append(w.policy(f"{name}-p{number}", *statements))
            attachments += w.attached(policies[-1], role=name, resource_group=group or None)
    fives = [replace(w.instance(name), resource_group=group or None) for name, group in INSTANCES5]
    fours = [w.instance(name, series=Series.V4) for name in INSTANCES4]
    everywhere = [*fives, *fours]
    return w.snapshot(
        roles=[w.role(name, trust=role.trust) for name, role in spec.items()],
        policies=policies,
        attachments=attachments,
        users=[w.user("u1")],
        instances=everywhere,
        topics=[w.topic(i.instance_id, topic, series=i.series) for i in everywhere for topic in TOPICS],
        consumer_groups=[w.consumer_group(i.instance_id, GROUP, series=i.series) for i in everywhere],
    )


def in_words(spec: Spec) -> str:
    """The account as JSON, for the report of a difference."""
    plain = {name: {"trust": role.trust, "policies": role.policies} for name, role in spec.items()}
    return json.dumps(plain, indent=1)
