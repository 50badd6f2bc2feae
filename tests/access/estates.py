"""An owner with two instances and a partner, for tests of questions about access."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from scanner.access.entrance import Entrances
from scanner.access.paths import entrances
from scanner.access.view import AccountView
from scanner.model.broker import Series
from scanner.model.delegation import KnownAccount
from scanner.model.ids import AccountId
from scanner.model.snapshot import Gap, Snapshot
from tests.rules import worlds as w

ASSUME: Final = "sts:AssumeRole"
GET: Final = "rocketmq:GetTopic"
KNOWN: Final[Mapping[AccountId, KnownAccount]] = {known.account: known for known in w.KNOWN}

Grants = Mapping[str, Sequence[w.Body]]
"""For each role or user, the statements of the one policy attached to it."""


def topic_arn(name: str, instance: str = "rmq-1") -> str:
    """A topic of the owner."""
    return f"acs:rocketmq:cn-hangzhou:{w.OWNER}:instance/{instance}/topic/{name}"


def role_arn(name: str) -> str:
    """A role of the owner."""
    return f"acs:ram::{w.OWNER}:role/{name}"


def owner(
    trusts: Mapping[str, str | w.Body | Sequence[w.Body] | None],
    grants: Grants,
    *,
    groups: Mapping[str, str] | None = None,
    gaps: Iterable[Gap] = (),
) -> Snapshot:
    """Roles with these trust policies and statements, and topics `orders` twice and `payments` once.

    `groups` limits the attachment of a role's policy to a resource group; instance `rmq-2` is in `rg-2`.
    """
    policies = [w.policy(f"of-{name}", *statements) for name, statements in grants.items()]
    limits = groups or {}
    return w.snapshot(
        roles=[w.role(name, trust=trust) for name, trust in trusts.items()],
        policies=policies,
        attachments=[
            attachment
            for name, policy in zip(grants, policies, strict=True)
            for attachment in w.attached(policy, role=name, resource_group=limits.get(name))
        ],
        instances=[
            replace(w.instance("rmq-1"), resource_group="rg-1", name="Shop"),
            replace(w.instance("rmq-2"), resource_group="rg-2"),
            w.instance("MQ_INST_1", series=Series.V4),
        ],
        topics=[
            w.topic("rmq-1", "orders"),
            w.topic("rmq-1", "payments"),
            w.topic("rmq-2", "orders"),
            w.topic("MQ_INST_1", "stock", series=Series.V4),
        ],
        consumer_groups=[w.consumer_group("rmq-1", "GID_orders")],
        gaps=gaps,
    )


def partner(grants: Grants, *, gaps: Iterable[Gap] = ()) -> Snapshot:
    """Enterprise B with a user for each name, and one policy of these statements attached to each."""
    policies = [w.policy(f"of-{name}", *statements) for name, statements in grants.items() if statements]
    return w.snapshot(
        account=w.PARTNER,
        users=[w.user(name) for name in grants],
        policies=policies,
        attachments=[
            attachment
            for policy in policies
            for attachment in w.attached(policy, user=policy.ref.name.removeprefix("of-"))
        ],
        gaps=gaps,
    )


def entered(view: AccountView, other: AccountView | None = None) -> Entrances:
    """Who comes in, the partner's side looked at where it is given."""
    others = {} if other is None else {other.account: other}
    return entrances(view, others=others, known=KNOWN)
