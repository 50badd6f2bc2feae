"""One question for things that are treated alike says of each what a question of its own says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.access.alike import Thing, shares
from scanner.access.grants import Standing, grant
from scanner.access.view import PrincipalView
from scanner.model.policy import PrincipalKind
from scanner.policy.decision import SourcedPolicy
from tests.policy.documents import ACTIONS, RESOURCES, policies

GROUPS = ("rg-1", "rg-2", None)
THINGS = [Thing(f"{arn} in {group}", arn, group) for arn in RESOURCES for group in GROUPS]


def holder(held: list[SourcedPolicy]) -> PrincipalView:
    return PrincipalView(name="r", kind=PrincipalKind.ROLE, policies=tuple(held), basis=(), unread=())


@given(st.lists(policies(), max_size=3), st.sampled_from(ACTIONS))
def test_each_thing_has_the_standing_that_it_has_by_itself(held: list[SourcedPolicy], action: str) -> None:
    somebody = holder(held)
    together = {
        thing.name: share.grant.standing
        for share in shares(somebody, action, THINGS)
        for thing in share.things
    }
    for thing in THINGS:
        alone = grant(somebody, action=action, resource=thing.arn, resource_group=thing.resource_group)
        assert together.get(thing.name, Standing.DENIED) is alone.standing


@given(st.lists(policies(), max_size=3), st.sampled_from(ACTIONS))
def test_no_thing_is_told_twice(held: list[SourcedPolicy], action: str) -> None:
    told = [thing.name for share in shares(holder(held), action, THINGS) for thing in share.things]
    assert len(told) == len(set(told))
