"""From role to role: who lets whom in, by which way, and whether a session can come back to itself."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from scanner.access.grants import Standing
from scanner.access.onward import Onward
from scanner.access.view import AccountView
from scanner.model.role import Role
from scanner.model.snapshot import Subject
from tests.rules import worlds as w

NAMES = ("a", "b", "c", "d")


def arn(name: str) -> str:
    return f"acs:ram::{w.OWNER}:role/{name}"


def account(roles: Iterable[Role], may: dict[str, list[str]]) -> AccountView:
    """Roles of which some may assume others by their policies."""
    policies = [w.policy(f"of-{name}", w.allow("sts:AssumeRole", on=on)) for name, on in may.items()]
    attachments = [a for name in may for a in w.attached(f"of-{name}", role=name)]
    return w.view(w.snapshot(roles=roles, policies=policies, attachments=attachments))


def test_a_chain_goes_on_as_far_as_each_role_lets_the_one_before_in() -> None:
    roles = [
        w.role("a", trust=w.trusting(w.PARTNER)),
        w.role("b", trust=w.trusting(arn("a"))),
        w.role("c", trust=w.trusting(arn("b"))),
        w.role("d", trust=w.trusting(arn("a"))),
    ]
    taken = Onward(account(roles, {"a": ["*"], "b": ["*"]})).taken("a")
    assert {name: way.roles for name, way in taken.items()} == {
        "b": ("a", "b"),
        "c": ("a", "b", "c"),
        "d": ("a", "d"),
    }


def test_trust_alone_lets_nobody_in() -> None:
    roles = [w.role("a", trust=w.trusting(w.PARTNER)), w.role("b", trust=w.trusting(arn("a")))]
    assert Onward(account(roles, {})).taken("a") == {}


def test_a_sure_way_is_told_before_a_shorter_one_under_a_condition() -> None:
    tls = {"Bool": {"acs:SecureTransport": "true"}}
    roles = [
        w.role("a", trust=w.trusting(w.PARTNER)),
        w.role("b", trust=w.trusting(arn("a"))),
        w.role("c", trust=[w.trusting(arn("a"), when=tls), w.trusting(arn("b"))]),
    ]
    way = Onward(account(roles, {"a": ["*"], "b": ["*"]})).taken("a")["c"]
    assert (way.roles, way.hop.standing) == (("a", "b", "c"), Standing.ALLOWED)


def test_the_external_id_that_a_role_asks_for_is_a_condition_on_the_step() -> None:
    asked = w.external_id(w.GOOD_EXTERNAL_ID)
    roles = [
        w.role("a", trust=w.trusting(w.PARTNER)),
        w.role("b", trust=w.trusting(w.OWNER, when=asked)),
    ]
    hop = Onward(account(roles, {"a": ["*"]})).taken("a")["b"].hop
    assert hop.standing is Standing.CONDITIONAL
    assert hop.only_if == ("`sts:ExternalId` StringEquals `***`",)


def test_a_trust_policy_that_was_not_read_leaves_the_step_open() -> None:
    roles = [w.role("a", trust=w.trusting(w.PARTNER)), w.role("b", trust=None)]
    snapshot = w.snapshot(
        roles=roles,
        policies=[w.policy("assume", w.allow("sts:AssumeRole"))],
        attachments=w.attached("assume", role="a"),
        gaps=[w.gap(Subject.ROLE, "b")],
    )
    hop = Onward(w.view(snapshot)).taken("a")["b"].hop
    assert hop.standing is Standing.UNCERTAIN
    assert any("trust policy of role `b`" in doubt for doubt in hop.doubts)


def test_a_session_that_lets_itself_in_again_never_has_to_end() -> None:
    roles = [w.role("a", trust=[w.trusting(w.PARTNER), w.trusting(arn("a"))])]
    renewal = Onward(account(roles, {"a": [arn("a")]})).renewal("a")
    assert renewal is not None
    assert renewal.standing is Standing.ALLOWED


def test_two_roles_that_let_each_other_in_never_have_to_end() -> None:
    roles = [w.role("a", trust=w.trusting(arn("b"))), w.role("b", trust=w.trusting(arn("a")))]
    both = Onward(account(roles, {"a": ["*"], "b": ["*"]}))
    only_one = Onward(account(roles, {"a": ["*"]}))
    assert both.renewal("a") is not None
    assert only_one.renewal("a") is None


trusts = st.lists(st.sampled_from([*map(arn, NAMES), w.OWNER, w.PARTNER]), min_size=1, max_size=3)
targets = st.lists(st.sampled_from([*map(arn, NAMES), "*"]), max_size=2)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, st.tuples(trusts, targets))))
def test_ways_are_those_that_single_steps_make(world: dict[str, tuple[list[str], list[str]]]) -> None:
    roles = [w.role(name, trust=w.trusting(*trust)) for name, (trust, _) in world.items()]
    view = account(roles, {name: may for name, (_, may) in world.items() if may})
    onward = Onward(view)
    steps = {role.name: {one.role for one in onward.steps(role)} for role in view.roles}
    for name in NAMES:
        reached = set(steps[name])
        for _ in NAMES:
            reached |= {other for one in reached for other in steps[one]}
        assert set(onward.taken(name)) == reached - {name}
        assert (onward.renewal(name) is not None) == (name in reached)
