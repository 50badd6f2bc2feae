"""The access matrix: small accounts that show what a cell says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.access.matrix import COLUMNS, Cell, Column, Matrix
from scanner.model.broker import Series
from scanner.model.ids import Arn
from scanner.model.snapshot import Subject
from scanner.policy.catalogue import AccessClass, ResourceType, catalogue
from tests.benchmarks.bigaccount import ACCOUNT, Maker
from tests.benchmarks.matrix import sampled_wrong
from tests.rules import worlds as w

READ = Column(AccessClass.READ_MESSAGES, Series.V5)
PUBLISH_4X = Column(AccessClass.PUBLISH, Series.V4)
PASSWORDS = Column(AccessClass.OBTAIN_CREDENTIALS, Series.V5)
ESCALATE = Column(AccessClass.ESCALATE, None)
GET = "rocketmq:GetMessageDetail"
ON_ORDERS = "acs:rocketmq:*:*:instance/rmq-1/topic/orders"
MFA, TLS = {"Bool": {"acs:MFAPresent": "true"}}, {"Bool": {"acs:SecureTransport": "true"}}


def matrix(*statements: w.Body, resource_group: str | None = None) -> Matrix:
    """A role with one policy, and three instances with a topic `orders` each; `rmq-1` is in `rg-1`."""
    policy = w.policy("p", *statements)
    instances = [
        replace(w.instance("rmq-1"), resource_group="rg-1"),
        replace(w.instance("rmq-2"), resource_group="rg-2"),
        w.instance("MQ_1", series=Series.V4),
    ]
    snapshot = w.snapshot(
        roles=[w.role("mq", trust=w.trusting(w.PARTNER))],
        policies=[policy],
        attachments=w.attached(policy, role="mq", resource_group=resource_group),
        instances=instances,
        topics=[w.topic(i.instance_id, "orders", series=i.series) for i in instances],
    )
    return Matrix.of(w.view(snapshot))


def named(of: Matrix, bits: int) -> list[str]:
    return [str(Arn.parse(resource.arn)).split(":", 4)[4] for resource in of.named(bits)]


def test_the_columns_are_every_class_and_series_of_the_catalogue() -> None:
    assert set(COLUMNS) == {Column(entry.access, entry.series) for entry in catalogue()}
    assert len(COLUMNS) == len(set(COLUMNS)) == 14


def test_what_no_condition_hangs_on_is_allowed_for_sure() -> None:
    of = matrix(w.allow(GET, on=ON_ORDERS))
    cell = of.cell("mq", READ)
    assert named(of, cell.must) == ["instance/rmq-1/topic/orders"]
    assert cell == Cell(must=cell.must, may=cell.must)
    assert of.cell("mq", PASSWORDS).empty


def test_what_hangs_on_a_condition_is_allowed_perhaps_and_the_condition_is_named() -> None:
    of = matrix(w.allow(GET, on=ON_ORDERS, when=MFA))
    cell = of.cell("mq", READ)
    assert (cell.must, named(of, cell.may)) == (0, ["instance/rmq-1/topic/orders"])
    assert cell.only_if == ("`acs:MFAPresent` Bool `true`",)


def test_a_deny_under_a_condition_takes_nothing_from_what_may_be() -> None:
    of = matrix(w.allow(GET, on=ON_ORDERS), w.deny(GET, when=TLS))
    cell = of.cell("mq", READ)
    assert (cell.must, named(of, cell.may)) == (0, ["instance/rmq-1/topic/orders"])
    assert (cell.only_if, cell.unless) == ((), ("`acs:SecureTransport` Bool `true`",))


def test_a_deny_that_holds_whenever_the_allow_does_leaves_nothing() -> None:
    assert matrix(w.allow(GET, when=MFA), w.deny("*", when=MFA)).cell("mq", READ).empty


def test_what_is_not_understood_is_neither_yes_nor_no() -> None:
    of = matrix(w.allow(GET, on=ON_ORDERS, when={"Null": {"acs:MFAPresent": "true"}}))
    cell = of.cell("mq", READ)
    assert (cell.must, cell.may, named(of, cell.unknown)) == (0, 0, ["instance/rmq-1/topic/orders"])


def test_a_name_that_fits_only_if_case_does_not_count_is_not_known() -> None:
    of = matrix(w.allow(GET, on=ON_ORDERS.replace("orders", "ORDERS")))
    assert named(of, of.cell("mq", READ).unknown) == ["instance/rmq-1/topic/orders"]


def test_a_policy_in_a_resource_group_reaches_what_is_in_it() -> None:
    of = matrix(w.allow(GET), w.allow("mq:PUB"), resource_group="rg-1")
    assert named(of, of.cell("mq", READ).must) == ["instance/rmq-1/topic/orders"]
    cell = of.cell("mq", PUBLISH_4X)
    assert (cell.must, named(of, cell.may)) == (0, ["MQ_1%orders"])
    assert cell.only_if == ("the resource is in resource group `rg-1`",)


def test_what_may_be_created_counts_unless_it_is_there_in_another_region() -> None:
    assert not matrix(w.allow(GET, on=ON_ORDERS)).cell("mq", READ).may_to_come
    assert matrix(w.allow(GET, on=ON_ORDERS + "-2")).cell("mq", READ).must_to_come
    assert matrix(w.allow(GET, on=ON_ORDERS + "*", when=MFA)).cell("mq", READ).may_to_come
    assert matrix(w.allow("ram:CreatePolicyVersion")).cell("mq", ESCALATE) == Cell(
        must_to_come=True, may_to_come=True
    )


def test_a_row_has_every_column() -> None:
    assert tuple(matrix(w.allow("*")).row("mq")) == COLUMNS


def test_the_mask_of_a_type_and_series_has_all_of_them() -> None:
    of = matrix()
    assert named(of, of.mask(ResourceType.TOPIC, Series.V5)) == [
        "instance/rmq-1/topic/orders",
        "instance/rmq-2/topic/orders",
    ]


def test_permissions_that_could_not_be_read_are_told() -> None:
    snapshot = w.snapshot(
        roles=[w.role("mq", trust=w.trusting(w.PARTNER))], gaps=[w.gap(Subject.ATTACHMENTS, "mq")]
    )
    of = Matrix.of(w.view(snapshot))
    assert of.cell("mq", READ).empty
    (words,) = of.unread("mq")
    assert words.startswith("the policies attached to role `mq`")


def test_a_role_that_is_not_there_has_no_row() -> None:
    with pytest.raises(KeyError):
        matrix().cell("nobody", READ)


def test_a_larger_account_says_what_asking_about_sampled_requests_says() -> None:
    maker = Maker(5, instances=40)
    account = maker.account(resources=2_000, policies=200, principals=200)
    assert len(account.resources) == 2_000
    assert {resource.arn.split(":")[3] for resource in account.resources} == {ACCOUNT}
    assert sampled_wrong(account, samples=400) == 0
