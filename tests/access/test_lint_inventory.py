"""Lint against what there is: names that nothing has, and patterns that catch more than they seem to."""

from __future__ import annotations

import pytest

from scanner.access.lint_inventory import Inventory
from scanner.model.broker import Series
from scanner.model.snapshot import Subject
from scanner.policy.parse import parse
from scanner.policy.remark import Remark
from scanner.policy.syntax import PolicyType, Weight
from tests.rules import worlds as w

R, M = "acs:rocketmq:*:*:", "acs:mq:*:*:"
ACCOUNT = w.snapshot(
    roles=[w.role("caller", trust=None)],
    users=[w.user("alice")],
    instances=[
        w.instance("rmq-cn-1"),
        w.instance("rmq-cn-12"),
        w.instance("rmq-eu-7"),
        w.instance("MQ_INST_1", series=Series.V4),
    ],
    topics=[
        w.topic("rmq-cn-1", "orders"),
        w.topic("rmq-eu-7", "orders"),
        w.topic("rmq-eu-7", "orders2"),
        w.topic("rmq-eu-7", "orders-dead"),
        w.topic("rmq-eu-7", "bills-1"),
        w.topic("rmq-eu-7", "bills-2"),
        w.topic("MQ_INST_1", "orders", series=Series.V4),
    ],
)
VIEW = w.view(ACCOUNT)


def remarks(*resources: str, effect: str = "Allow") -> list[Remark]:
    statement = w.allow if effect == "Allow" else w.deny
    text = w.document(statement("rocketmq:*", "mq:*", on=list(resources)))
    return list(Inventory(VIEW).lint(parse(text, type=PolicyType.PERMISSION)))


@pytest.mark.parametrize(
    ("resource", "near"),
    [
        (f"{R}instance/rmq-eu-8", "`rmq-eu-7`"),
        (f"{R}instance/rmq-eu-7/topic/order", "topic/orders`"),
        (f"{R}instance/rmq-eu-7/topic/unheard-of", ""),
        (f"{R}instance/Rmq-eu-7/topic/orders", "`rmq-eu-7`"),
        (f"{M}MQ_INST_2%orders", "`MQ_INST_1`"),
        (f"{M}MQ_INST_1%order", "`acs:mq:cn-hangzhou:1000000000000001:MQ_INST_1%orders`"),
    ],
)
def test_a_resource_that_nothing_has_is_named_with_what_is_near(resource: str, near: str) -> None:
    (found,) = remarks(resource)
    assert (found.code, found.weight, found.path) == (
        "matches-nothing",
        Weight.WARNING,
        "$.Statement[0].Resource[0]",
    )
    assert ("; there is " in found.message) is bool(near)
    assert near in found.message


@pytest.mark.parametrize(
    "resource",
    [
        f"{R}instance/rmq-eu-7",
        f"{R}instance/rmq-eu-7/topic/*",
        f"{R}instance/rmq-eu-7/topic/bills-*",
        f"{R}instance/rmq-cn-12*",
        f"{R}instance/*",
        f"{R}*",
        f"{M}MQ_INST_1*",
        "*",
    ],
)
def test_a_resource_that_means_what_there_is_is_left_alone(resource: str) -> None:
    assert remarks(resource) == []


def test_a_prefix_that_reaches_several_instances_names_them() -> None:
    (found,) = remarks(f"{R}instance/rmq-cn-1*")
    assert found.code == "prefix-catches-several-instances"
    assert "`rmq-cn-1`, `rmq-cn-12`" in found.message


def test_a_prefix_that_catches_more_than_the_topic_it_names_says_what() -> None:
    (found,) = remarks(f"{R}instance/rmq-eu-7/topic/orders*")
    assert found.code == "prefix-catches-more"
    assert "besides `orders`, `orders-dead`, `orders2`" in found.message
    assert found.instead == f"{R}instance/rmq-eu-7/topic/orders"


def test_an_instance_of_the_other_series_is_named_in_a_deny_too() -> None:
    (found,) = remarks(f"{M}rmq-eu-7%orders", effect="Deny")
    assert found.code == "instance-of-other-series"
    assert "denies nothing" in found.message


def test_nothing_is_surely_missing_while_not_all_was_read() -> None:
    blind = w.view(
        w.snapshot(instances=[w.instance("rmq-1")], gaps=[w.gap(Subject.TOPICS, "cn-hangzhou/rmq-1")])
    )
    text = w.document(w.allow("rocketmq:*", on=f"{R}instance/rmq-1/topic/x"))
    (found,) = Inventory(blind).lint(parse(text, type=PolicyType.PERMISSION))
    assert (found.code, found.weight) == ("matches-nothing", Weight.NOTE)
    assert "not all was" in found.message


def trust_remarks(*principals: str, gaps: tuple[Subject, ...] = ()) -> list[Remark]:
    own = w.view(w.snapshot(roles=[w.role("own", trust=None)]))
    partner = w.snapshot(
        account=w.PARTNER,
        roles=ACCOUNT.roles,
        users=ACCOUNT.users,
        gaps=[w.gap(subject) for subject in gaps],
    )
    text = w.document(w.trusting(*principals))
    inventory = Inventory(own, others={w.PARTNER: w.view(partner)})
    return list(inventory.lint(parse(text, type=PolicyType.TRUST)))


def test_a_principal_that_does_not_exist_is_named() -> None:
    there = f"acs:ram::{w.PARTNER}:role/caller"
    gone, cased = f"acs:ram::{w.PARTNER}:user/bob", f"acs:ram::{w.PARTNER}:user/Alice"
    mine = f"acs:ram::{w.OWNER}:role/nobody"
    found = trust_remarks(there, gone, cased, mine, w.PARTNER)
    assert [(r.code, r.path[-2]) for r in found] == [("principal-missing", i) for i in "123"]
    assert "`alice`" in found[1].message


def test_a_principal_of_an_account_that_was_not_read_is_not_judged() -> None:
    assert trust_remarks(f"acs:ram::{w.STRANGER}:user/bob") == []
    assert trust_remarks(f"acs:ram::{w.PARTNER}:user/bob", gaps=(Subject.USERS,)) == []
