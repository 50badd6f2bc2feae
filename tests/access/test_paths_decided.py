"""What is said of ways in is what `decide_assume` decides, for whoever and whatever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.access.entrance import Certainty
from scanner.access.view import AccountView
from scanner.model.ids import user_arn
from scanner.policy.decision import AssumeCaller, CallerKind, Outcome, Request, SourcedPolicy
from scanner.policy.evaluate import decide_assume
from tests.access import estates as e
from tests.rules import worlds as w

ANN, BOB = (user_arn(w.PARTNER, name) for name in ("ann", "bob"))
OFFICE = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
ODD = {"StringEqualsIfExists": {"acs:SourceVpc": "x"}}

conditions = st.sampled_from((None, None, OFFICE, w.external_id("x"), ODD))
trusting = st.builds(
    lambda principal, when, effect: w.trusting(principal, when=when, effect=effect),
    st.sampled_from(
        (w.PARTNER, ANN, BOB, w.STRANGER, "*", f"acs:ram::{w.PARTNER}:user/*", e.role_arn("ops"))
    ),
    conditions,
    st.sampled_from(("Allow", "Allow", "Allow", "Deny")),
)
assuming = st.builds(
    lambda make, action, role, when: make(action, on=role, when=when),
    st.sampled_from((w.allow, w.allow, w.deny)),
    st.sampled_from((e.ASSUME, "sts:*", "*", e.GET)),
    st.sampled_from(("*", e.role_arn("ops"), f"acs:ram:*:{w.OWNER}:role/*", e.role_arn("other"))),
    conditions,
)


def decided(view: AccountView, other: AccountView, name: str) -> Outcome:
    (role,) = view.roles
    assert role.trust is not None
    user = next(user for user in other.users if user.name == name)
    return decide_assume(
        Request(action=e.ASSUME, resource=role.role.arn, resource_group=""),
        caller=AssumeCaller(kind=CallerKind.USER, account=w.PARTNER, arn=user_arn(w.PARTNER, name)),
        caller_policies=user.policies,
        trust=SourcedPolicy(document=role.trust, label="trust policy"),
    ).outcome


@settings(max_examples=300)
@given(
    st.lists(trusting, min_size=1, max_size=3), st.lists(assuming, max_size=3), st.lists(assuming, max_size=2)
)
def test_ways_in_agree_with_what_is_decided(
    trust: list[w.Body], anns: list[w.Body], bobs: list[w.Body]
) -> None:
    view = w.view(e.owner({"ops": trust}, {}))
    other = w.view(e.partner({"ann": anns, "bob": bobs}))
    entered = e.entered(view, other)
    wildcard = any("*" in path.principal for path in entered.paths)

    for name in ("ann", "bob"):
        found = [path for path in entered.paths if path.principal == user_arn(w.PARTNER, name)]
        outcome = decided(view, other, name)
        if outcome is Outcome.ALLOWED:
            assert [path.certainty for path in found] == [Certainty.CERTAIN]
        elif outcome is Outcome.UNKNOWN:
            # A Deny that asks for no more than every Allow leaves nothing over.
            assert all(path.certainty is not Certainty.CERTAIN for path in found)
        else:
            # A Deny in a trust policy leaves it open; every other refusal is one.
            assert all(path.certainty is Certainty.UNCERTAIN for path in found)
            assert all("Deny" in path.doubts[0] or wildcard for path in found)
