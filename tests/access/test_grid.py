"""A matrix that changed step by step is the matrix of what the account became."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.access.grid import Grid
from scanner.access.resources import Resource
from scanner.access.slots import COLUMNS, slots
from scanner.model.broker import Series
from scanner.policy.catalogue import AccessClass, ResourceType
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyDocument, PolicyType
from tests.access.random_holders import GROUPS, documents
from tests.rules import worlds as w


def instance(name: str, group: str | None = None) -> Resource:
    arn = f"acs:rocketmq:cn-hangzhou:{w.OWNER}:instance/{name}"
    return Resource(arn, ResourceType.INSTANCE, Series.V5, name, group)


def topic(at: str, name: str, group: str | None = None) -> Resource:
    arn = f"acs:rocketmq:cn-hangzhou:{w.OWNER}:instance/{at}/topic/{name}"
    return Resource(arn, ResourceType.TOPIC, Series.V5, at, group)


def in_4x(at: str, name: str, type_: ResourceType) -> Resource:
    return Resource(f"acs:mq:cn-hangzhou:{w.OWNER}:{at}%{name}", type_, Series.V4, at, None)


def read(text: str) -> PolicyDocument:
    return parse(text, type=PolicyType.PERMISSION)


def policy(label: str, text: str, group: str | None = None) -> SourcedPolicy:
    return SourcedPolicy(document=read(text), label=label, version="v1", resource_group=group)


def meaning(grid: Grid, roles: Iterable[str]) -> dict[object, object]:
    """Every row with resources by name, so that two grids can be compared."""
    found: dict[object, object] = {}
    for role in roles:
        row = grid.row(role)
        for slot in slots().existing:
            for name, bits in (("must", row.must), ("may", row.may), ("unknown", row.unknown)):
                numbers = grid.resource_bits(slot.service, bits.get(slot.number, 0))
                found[role, slot.number, name] = sorted(
                    resource.arn
                    for at, resource in enumerate(grid.resources)
                    if resource and numbers >> at & 1
                )
        found[role, "to come"] = (row.must_to_come, row.may_to_come, row.unknown_to_come)
        found[role, "terms"] = [grid.terms(role, column) for column in COLUMNS]
    return found


POOL = (
    *(instance("rmq-1", "rg-1"), instance("rmq-2"), instance("rmq-12", "rg-2"), instance("new", "rg-3")),
    *(topic("rmq-1", "orders", "rg-1"), topic("rmq-2", "orders"), topic("rmq-12", "x", "rg-2")),
    *(topic("some-instance", "some-topic"), in_4x("MQ_1", "orders", ResourceType.TOPIC)),
    *(in_4x("MQ_1", "GID_x", ResourceType.GROUP), in_4x("mq_1", "orders", ResourceType.TOPIC)),
)
LABELS = ("Custom:a", "Custom:b", "Custom:c")
ROLES = ("r1", "r2")

_resources = st.sets(st.sampled_from(POOL))
_texts = st.fixed_dictionaries({label: documents() for label in LABELS})
_attached = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(GROUPS)), max_size=3)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from(LABELS), documents()),
        st.tuples(st.just("attach"), st.sampled_from((*ROLES, "r3")), _attached),
        st.tuples(st.just("toggle"), st.sampled_from(POOL), st.none()),
        st.tuples(st.just("read"), st.sampled_from(ROLES), st.none()),
    ),
    max_size=6,
)


@given(_resources, _texts, st.fixed_dictionaries(dict.fromkeys(ROLES, _attached)), _steps)
def test_a_grid_that_changed_is_as_one_made_anew(
    there: set[Resource],
    texts: dict[str, str],
    attached: dict[str, list[tuple[str, str | None]]],
    steps: list[tuple[str, object, object]],
) -> None:
    def held(role: str) -> list[SourcedPolicy]:
        return [policy(label, texts[label], group) for label, group in attached[role]]

    def anew() -> Grid:
        resources = sorted(there, key=lambda r: r.arn)
        return Grid(account=w.OWNER, resources=resources, holders={role: held(role) for role in attached})

    grid = anew()
    for kind, what, more in steps:
        if kind == "edit":
            assert isinstance(what, str)
            assert isinstance(more, str)
            texts = {**texts, what: more}
            grid.edit(what, read(more))
        elif kind == "attach":
            assert isinstance(what, str)
            assert isinstance(more, list)
            attached = {**attached, what: more}
            grid.attach(what, held(what))
        elif kind == "read":
            assert isinstance(what, str)
            grid.row(what)
        else:
            assert isinstance(what, Resource)
            (grid.remove if what in there else grid.add)(what)
            there = there ^ {what}
    assert meaning(grid, attached) == meaning(anew(), attached)


def allowing(resource: str) -> str:
    return json.dumps({"Version": "1", "Statement": [w.allow("rocketmq:*", on=resource)]})


def test_an_edit_makes_the_rows_of_its_holders_anew_and_leaves_the_others() -> None:
    mine, theirs = allowing("acs:rocketmq:*:*:instance/rmq-1*"), allowing("acs:rocketmq:*:*:instance/rmq-2*")
    grid = Grid(
        account=w.OWNER,
        resources=POOL,
        holders={"r1": [policy("Custom:a", mine)], "r2": [policy("Custom:b", theirs)]},
    )
    before, other = grid.row("r1"), grid.row("r2")
    grid.edit("Custom:a", read(allowing("acs:rocketmq:*:*:instance/rmq-2")))
    assert grid.row("r1") is not before
    assert grid.row("r1").must != before.must
    assert grid.row("r2") is other


def test_a_policy_that_a_role_holds_twice_is_edited_in_both_places() -> None:
    text = allowing("acs:rocketmq:*:*:instance/rmq-2")
    held = [policy("Custom:a", text), policy("Custom:a", text, "rg-1")]
    grid = Grid(account=w.OWNER, resources=(), holders={"r1": held})
    edited = allowing("acs:rocketmq:*:*:instance/rmq-1")
    grid.edit("Custom:a", read(edited))
    again = [policy("Custom:a", edited), policy("Custom:a", edited, "rg-1")]
    assert meaning(grid, ["r1"]) == meaning(
        Grid(account=w.OWNER, resources=(), holders={"r1": again}), ["r1"]
    )


def test_a_new_topic_that_is_like_another_makes_no_row_anew() -> None:
    grid = Grid(
        account=w.OWNER,
        resources=POOL,
        holders={"r1": [policy("Custom:a", allowing("acs:rocketmq:*:*:instance/rmq-1/*"))]},
    )
    before = grid.row("r1")
    grid.add(topic("rmq-1", "refunds", "rg-1"))
    assert grid.row("r1") is before
    (number,) = [
        at for at, resource in enumerate(grid.resources) if resource and resource.arn.endswith("refunds")
    ]
    assert any(grid.resource_bits("rocketmq", bits) >> number & 1 for bits in before.must.values())


def test_what_may_be_created_follows_what_is_there() -> None:
    new = instance("new")
    held = {"r1": [policy("Custom:a", allowing("acs:rocketmq:*:*:instance/new"))]}
    grid = Grid(account=w.OWNER, resources=[new], holders=held)
    assert not grid.row("r1").must_to_come
    grid.remove(new)
    assert grid.row("r1").must_to_come
    grid.add(new)
    assert not grid.row("r1").must_to_come


def test_a_condition_that_hangs_on_nothing_that_is_left_is_not_told() -> None:
    resources = [instance("rmq-1", "rg-1"), instance("rmq-2")]
    held = {"r1": [policy("Custom:a", allowing("acs:rocketmq:*:*:instance/rmq-*"), "rg-1")]}
    grid = Grid(account=w.OWNER, resources=resources, holders=held)
    passwords = next(column for column in COLUMNS if column.access is AccessClass.OBTAIN_CREDENTIALS)
    assert grid.terms("r1", passwords).only_if == ("the resource is in resource group `rg-1`",)
    grid.remove(resources[1])
    assert grid.terms("r1", passwords).only_if == ()


def test_what_is_not_there_cannot_be_removed() -> None:
    grid = Grid(account=w.OWNER, resources=(), holders={})
    with pytest.raises(KeyError):
        grid.remove(topic("rmq-1", "orders"))
