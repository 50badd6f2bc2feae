"""One large account for measuring, the same for the same seed: names, policies, and who holds which.

Patterns are mixed as in real policies: most name an instance or what is under one, some stand for all
instances, few look inside names. Some statements deny, some have conditions, and some policies are
attached in a resource group.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Final

from scanner.access.resources import Resource
from scanner.model.broker import Series
from scanner.model.ids import AccountId
from scanner.policy.catalogue import ResourceType
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyDocument, PolicyType

ACCOUNT: Final = AccountId("1000000000000001")
_ORDER: Final = (ResourceType.INSTANCE, ResourceType.TOPIC, ResourceType.GROUP)
_REGIONS: Final = ("cn-hangzhou", "cn-shanghai", "cn-beijing", "ap-southeast-1")
_WORDS: Final = (
    *("orders", "payments", "refunds", "users", "stock", "cart", "audit", "mail", "sms", "invoices"),
    *("shipping", "returns", "events", "metrics", "alerts", "sync", "billing", "search", "feed", "push"),
)
_ACTIONS5: Final = (
    *(["rocketmq:*"], ["rocketmq:Get*", "rocketmq:List*"], ["rocketmq:ListTopics", "rocketmq:GetTopic"]),
    *(["rocketmq:GetMessageDetail", "rocketmq:ListMessages"], ["rocketmq:VerifySendMessage"]),
    *(["rocketmq:GetInstanceAccount"], ["rocketmq:Create*", "rocketmq:Delete*"], ["rocketmq:UpdateInstance"]),
)
_ACTIONS4: Final = (
    *(["mq:PUB"], ["mq:SUB"], ["mq:PUB", "mq:SUB"], ["mq:*"], ["mq:Query*", "mq:List*"], ["mq:OnsTopic*"]),
    *(["mq:OnsMessage*"], ["mq:OnsInstance*"]),
)
_CONDITIONS: Final = (
    {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}},
    {"Bool": {"acs:MFAPresent": "true"}},
    {"Bool": {"acs:SecureTransport": "true"}},
    {"StringEquals": {"acs:SourceVpc": "vpc-1"}},
)


@dataclass(frozen=True)
class BigAccount:
    """Everything that the matrix is made of."""

    resources: tuple[Resource, ...]
    policies: tuple[SourcedPolicy, ...]
    holders: dict[str, tuple[SourcedPolicy, ...]]


class Maker:
    """Makes names and policies from one seed."""

    def __init__(self, seed: int, *, instances: int = 1_200) -> None:
        self._rng = random.Random(seed)
        self._groups = [f"rg-{number}" for number in range(20)]
        self._instances = [self._instance() for _ in range(instances)]

    def resources(self, count: int) -> tuple[Resource, ...]:
        """So many instances, topics and consumer groups, each once, sorted as a scan sorts them."""
        found = dict.fromkeys(self._instances)
        while len(found) < count:
            found[self._below(self._rng.choice(self._instances))] = None
        return tuple(sorted(found, key=lambda one: (_ORDER.index(one.type), one.arn)))

    def more(self, count: int, resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
        """So many topics and groups that are not among `resources`."""
        known = set(resources)
        found: dict[Resource, None] = {}
        while len(found) < count:
            one = self._below(self._rng.choice(self._instances))
            if one not in known:
                found[one] = None
        return tuple(found)

    def pattern(self, resources: tuple[Resource, ...]) -> str:
        """A resource pattern of a policy."""
        rng, at = self._rng, self._rng.choice(self._instances)
        _, service, region, _, _ = at.arn.split(":", 4)
        head = f"acs:{service}:{rng.choice(['*', '*', region])}:{rng.choice(['*', ACCOUNT])}:"
        inside = "/topic/" if at.series is Series.V5 else "%"
        own = ("instance/" if at.series is Series.V5 else "") + at.instance_id
        word, chance = rng.choice(_WORDS), rng.random()
        anywhere = "instance/*/topic/" if at.series is Series.V5 else "*%"
        some = rng.choice(resources).arn
        for below, relative in (
            (0.40, some.split(":", 4)[4]),
            (0.50, own),
            (0.60, f"{own}*"),
            (0.70, f"{own}{inside}*"),
            (0.92, f"{own}{inside}{word}*"),
            (0.95, own[: -rng.randrange(1, 6)] + "*"),
            (0.98, f"{anywhere}{some.rpartition('/')[2].rpartition('%')[2]}"),
            (0.985, f"*{rng.choice(_WORDS[:4])}*"),
        ):
            if chance < below:
                return head + relative
        return head + rng.choice(("*", "instance/*" if at.series is Series.V5 else "MQ_INST_*"))

    def document(self, resources: tuple[Resource, ...]) -> PolicyDocument:
        """A policy of one to five statements."""
        statements = [self._statement(resources) for _ in range(self._rng.choice((1, 2, 3, 3, 4, 5)))]
        text = json.dumps({"Version": "1", "Statement": statements})
        return parse(text, type=PolicyType.PERMISSION)

    def account(self, *, resources: int, policies: int, principals: int) -> BigAccount:
        """The whole account."""
        rng = self._rng
        found = self.resources(resources)
        documents = [self.document(found) for _ in range(policies)]
        sourced = tuple(
            SourcedPolicy(document=document, label=f"Custom:p{number}", version="v1")
            for number, document in enumerate(documents)
        )
        limited = tuple(
            SourcedPolicy(
                document=p.document, label=p.label, version="v1", resource_group=rng.choice(self._groups)
            )
            for p in sourced[:: policies // 100]
        )
        holders: dict[str, tuple[SourcedPolicy, ...]] = {}
        for number in range(principals):
            # Roles of one team hold the same policies: about one in eight has the set of another.
            if number > 10 and rng.random() < 0.12:
                holders[f"r{number}"] = holders[f"r{rng.randrange(number)}"]
                continue
            held = rng.sample(sourced, rng.choice((1, 2, 3, 4, 5, 6, 8)))
            held += rng.sample(limited, 1) if rng.random() < 0.05 else []
            holders[f"r{number}"] = tuple(held)
        return BigAccount(found, sourced, holders)

    def _instance(self) -> Resource:
        rng = self._rng
        series, region = rng.choice((Series.V5, Series.V5, Series.V4)), rng.choice(_REGIONS)
        if series is Series.V5:
            name = f"rmq-{region[:2]}-{rng.getrandbits(44):011x}"
            arn = f"acs:rocketmq:{region}:{ACCOUNT}:instance/{name}"
        else:
            name = f"MQ_INST_{ACCOUNT}_B{''.join(rng.choices('XYZabcd0123', k=7))}"
            arn = f"acs:mq:{region}:{ACCOUNT}:{name}"
        group = rng.choice(self._groups) if series is Series.V5 else None
        return Resource(arn, ResourceType.INSTANCE, series, name, group)

    def _below(self, at: Resource) -> Resource:
        rng = self._rng
        type_ = ResourceType.GROUP if rng.random() < 0.3 else ResourceType.TOPIC
        name = f"{rng.choice(_WORDS)}-{rng.choice(_WORDS)}-{rng.randrange(400)}"
        if at.series is Series.V5:
            rest = f"/consumergroup/GID-{name}" if type_ is ResourceType.GROUP else f"/topic/{name}"
        else:
            rest = f"%GID_{name}" if type_ is ResourceType.GROUP else f"%{name}"
        return Resource(at.arn + rest, type_, at.series, at.instance_id, at.resource_group)

    def _statement(self, resources: tuple[Resource, ...]) -> dict[str, object]:
        rng = self._rng
        on = [self.pattern(resources) for _ in range(rng.choice((1, 1, 1, 2)))]
        actions = {action for pattern in on for action in self._actions(pattern)}
        found: dict[str, object] = {
            "Effect": "Deny" if rng.random() < 0.06 else "Allow",
            "Action": sorted(actions),
            "Resource": on,
        }
        if rng.random() < 0.15:
            found["Condition"] = rng.choice(_CONDITIONS)
        return found

    def _actions(self, pattern: str) -> list[str]:
        return self._rng.choice(_ACTIONS5 if pattern.startswith("acs:rocketmq:") else _ACTIONS4)
