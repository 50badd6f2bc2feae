"""What a principal can do, on what exists and on what may be created."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.access.cite import cite
from scanner.access.grants import Standing, grant, offered
from scanner.access.reach import Reach, reach
from scanner.access.view import AccountView
from scanner.model.broker import Series
from scanner.model.policy import Attachment, Policy
from scanner.policy.decision import Outcome, Request
from scanner.policy.evaluate import decide
from tests.rules import worlds as w

GET = "rocketmq:GetTopic"
ROLE = w.role("mq", trust=w.trusting(w.PARTNER))


def account(policies: Iterable[Policy], attachments: Iterable[Attachment] | None = None) -> AccountView:
    policies = tuple(policies)
    return w.view(
        w.snapshot(
            roles=[ROLE],
            policies=policies,
            attachments=w.attached(*policies, role="mq") if attachments is None else attachments,
            instances=[w.instance("rmq-1"), w.instance("rmq-2"), w.instance("MQ_INST_1", series=Series.V4)],
            topics=[
                w.topic("rmq-1", "orders"),
                w.topic("rmq-1", "payments"),
                w.topic("rmq-2", "orders"),
                w.topic("MQ_INST_1", "orders", series=Series.V4),
            ],
        )
    )


def found(*statements: w.Body, action: str = GET) -> tuple[Reach, ...]:
    view = account([w.policy("p", *statements)])
    return reach(view.roles[0], [action], view)


def names(reaches: Iterable[Reach]) -> list[tuple[str, int]]:
    return [(one.resource.split(":", 4)[4], one.count) for one in reaches]


def test_a_named_topic_is_reached_once_as_existing() -> None:
    (one,) = found(w.allow(GET, on=f"acs:rocketmq:cn-hangzhou:{w.OWNER}:instance/rmq-1/topic/orders"))
    assert one.resource == f"acs:rocketmq:cn-hangzhou:{w.OWNER}:instance/rmq-1/topic/orders"
    assert (one.existing, one.count) == (True, 1)
    assert one.decision.outcome is Outcome.ALLOWED


def test_a_pattern_reaches_what_exists_and_what_may_be_created() -> None:
    reaches = found(w.allow(GET, on="acs:rocketmq:*:*:instance/rmq-1*"))
    assert names(reaches) == [
        ("instance/rmq-1some-instance/topic/some-topic", 0),
        ("instance/rmq-1/topic/orders", 2),
    ]
    assert [one.existing for one in reaches] == [False, True]


def test_an_action_is_only_reached_on_resources_it_is_asked_on() -> None:
    assert found(w.allow("rocketmq:*", on="acs:rocketmq:*:*:instance/rmq-1")) == ()
    assert found(w.allow("mq:*", on="*")) == ()


def test_a_deny_takes_away_what_it_names_and_leaves_the_rest() -> None:
    reaches = found(w.allow(GET), w.deny("rocketmq:*", on="acs:rocketmq:*:*:instance/rmq-1*"))
    assert names(reaches) == [
        ("instance/some-instance/topic/some-topic", 0),
        ("instance/rmq-2/topic/orders", 1),
    ]


def test_a_deny_on_everything_leaves_nothing() -> None:
    assert found(w.allow("*"), w.deny("rocketmq:Get*")) == ()


def test_the_statement_that_allows_can_be_cited() -> None:
    reaches = found(w.deny("oss:*"), w.allow(GET, on="acs:rocketmq:*:*:instance/rmq-1*"))
    (ref,) = reaches[0].statements
    evidence = cite(ref)
    assert (evidence.source, evidence.version, evidence.path) == ("Custom:p", "v1", "$.Statement[1]")
    assert "instance/rmq-1*" in evidence.excerpt
    assert ref.words == "`Custom:p` $.Statement[1]"


def test_a_condition_makes_it_conditional_and_is_named() -> None:
    reaches = found(w.allow(GET, when={"IpAddress": {"acs:SourceIp": ["192.0.2.1", "192.0.2.2"]}}))
    assert {one.standing for one in reaches} == {Standing.CONDITIONAL}
    assert reaches[0].grant.terms == "only if `acs:SourceIp` IpAddress `192.0.2.1, 192.0.2.2`"


def test_conditions_that_open_and_conditions_that_close_are_told_apart() -> None:
    tls, office = {"Bool": {"acs:SecureTransport": "true"}}, {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}}
    mfa = {"Bool": {"acs:MFAPresent": "false"}}
    reaches = found(w.deny("*", when=mfa), w.allow(GET, when=tls), w.allow("rocketmq:*", when=office))
    assert reaches[0].grant.terms == (
        "only if `acs:SecureTransport` Bool `true` or only if `acs:SourceIp` IpAddress `192.0.2.0/24`, "
        "unless `acs:MFAPresent` Bool `false`"
    )


def test_a_deny_that_applies_whenever_the_allow_does_leaves_nothing() -> None:
    tls, mfa = {"Bool": {"acs:SecureTransport": "true"}}, {"Bool": {"acs:MFAPresent": "true"}}
    assert found(w.allow(GET, when={"Bool": {**tls["Bool"], **mfa["Bool"]}}), w.deny("*", when=mfa)) == ()
    assert found(w.allow(GET, when=mfa), w.deny("*", when={"Bool": {**tls["Bool"], **mfa["Bool"]}}))


def test_a_grant_in_a_resource_group_reaches_no_instance_of_another() -> None:
    policy = w.policy("p", w.allow(GET, on="acs:rocketmq:*:*:instance/rmq-1"))
    elsewhere = replace(w.instance("rmq-1"), resource_group="rg-2")
    owner = w.snapshot(
        roles=[w.role("mq", trust=w.trusting(w.PARTNER))],
        policies=[policy],
        attachments=w.attached(policy, role="mq", resource_group="rg-1"),
        instances=[elsewhere],
    )
    view = w.view(owner)
    assert reach(view.roles[0], [GET], view) == ()


def test_whether_other_services_honour_resource_groups_is_not_known_and_is_named() -> None:
    policy = w.policy("p", w.allow("mq:PUB"), w.allow("ram:UpdateRole"))
    view = account([policy], w.attached(policy, role="mq", resource_group="rg-1"))
    for action in ("mq:PUB", "ram:UpdateRole"):
        for one in reach(view.roles[0], [action], view):
            assert one.standing is Standing.CONDITIONAL
            assert one.grant.terms == "only if the resource is in resource group `rg-1`"


def test_a_deny_beside_the_grant_in_the_same_resource_group_leaves_nothing() -> None:
    policy = w.policy("p", w.allow("mq:PUB"), w.deny("mq:*"))
    view = account([policy], w.attached(policy, role="mq", resource_group="rg-1"))
    assert reach(view.roles[0], ["mq:PUB"], view) == ()


def test_an_allow_that_its_own_resource_group_denies_counts_for_nothing() -> None:
    mfa = {"Bool": {"acs:MFAPresent": "true"}}
    account_wide, limited = w.policy("a", w.allow(GET, when=mfa)), w.policy("g", w.allow(GET), w.deny(GET))
    attachments = (
        *w.attached(account_wide, role="mq"),
        *w.attached(limited, role="mq", resource_group="rg-1"),
    )
    view = account([account_wide, limited], attachments)
    one = grant(view.roles[0], action=GET, resource="acs:rocketmq:x:1:instance/i", resource_group="rg-1")
    assert one.terms == "only if `acs:MFAPresent` Bool `true`"


def test_what_is_granted_anyway_asks_for_no_condition_of_another_statement() -> None:
    mfa = {"Bool": {"acs:MFAPresent": "false"}}
    tls = {"Bool": {"acs:SecureTransport": "true"}}
    reaches = found(w.deny("*", when=mfa), w.allow(GET, when=tls), w.allow(GET))
    assert reaches[0].grant.terms == "unless `acs:MFAPresent` Bool `false`"


def test_an_unconditional_statement_beside_it_settles_it() -> None:
    reaches = found(w.allow(GET, when={"Bool": {"acs:SecureTransport": "true"}}), w.allow(GET))
    assert {one.standing for one in reaches} == {Standing.ALLOWED}


@pytest.mark.parametrize(
    "condition",
    [
        {"BoolIfExists": {"acs:MFAPresent": "true"}},
        {"IpAddress": {"acs:CurrentTime": "192.0.2.1"}},
        {"StringEquals": {"acs:SourceVpc": "${vpc}"}},
    ],
)
def test_a_condition_that_is_not_understood_leaves_it_uncertain(condition: w.Body) -> None:
    reaches = found(w.allow(GET, when=condition))
    assert {one.standing for one in reaches} == {Standing.UNCERTAIN}
    assert reaches[0].grant.doubts


def test_a_deny_that_is_not_understood_leaves_it_uncertain() -> None:
    reaches = found(w.allow(GET), w.deny("*", when={"Null": {"acs:MFAPresent": "true"}}))
    assert {one.standing for one in reaches} == {Standing.UNCERTAIN}


def test_an_allow_that_is_not_understood_takes_nothing_away() -> None:
    reaches = found(
        w.allow(GET, when={"Bool": {"acs:SecureTransport": "true"}}),
        w.allow(GET, when={"Null": {"acs:MFAPresent": "true"}}),
    )
    assert {one.standing for one in reaches} == {Standing.CONDITIONAL}


def test_a_grant_in_a_resource_group_is_a_grant_there() -> None:
    policy = w.policy("p", w.allow(GET))
    view = account([policy], w.attached(policy, role="mq", resource_group="rg-1"))
    reaches = reach(view.roles[0], [GET], view)
    assert reaches[0].standing is Standing.ALLOWED
    elsewhere = grant(
        view.roles[0], action=GET, resource=reaches[0].resource, resource_group="some-resource-group"
    )
    assert elsewhere.standing is Standing.DENIED


def test_users_reach_what_their_groups_give_them() -> None:
    policy = w.policy("p", w.allow(GET, on="acs:rocketmq:*:*:instance/rmq-1/topic/orders"))
    snapshot = w.snapshot(
        users=[w.user("alice")],
        groups=[w.group("ops", "alice")],
        policies=[policy],
        attachments=w.attached(policy, group="ops"),
    )
    view = w.view(snapshot)
    assert names(reach(view.users[0], [GET], view)) == [("instance/rmq-1/topic/orders", 0)]


def test_what_is_offered_is_what_any_allow_is_about() -> None:
    view = account([w.policy("p", w.allow("rocketmq:GetTop*"), w.deny("mq:PUB"), w.allow("oss:*"))])
    assert offered(view.roles[0]) == {GET}
    but = account([w.policy("p", {"Effect": "Allow", "NotAction": "rocketmq:*", "Resource": "*"})])
    assert GET not in offered(but.roles[0])
    assert "mq:PUB" in offered(but.roles[0])


PATTERNS = st.sampled_from(
    [
        "*",
        "acs:rocketmq:*:*:*",
        "acs:rocketmq:*:*:instance/rmq-1*",
        "acs:rocketmq:*:*:instance/*/topic/orders",
        "acs:rocketmq:*:*:instance/rmq-2/topic/*",
        "acs:rocketmq:cn-beijing:*:*",
        "acs:mq:*:*:*",
    ]
)
STATEMENTS = st.lists(
    st.builds(
        lambda effect, action, on: {"Effect": effect, "Action": action, "Resource": on},
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.sampled_from(["*", GET, "rocketmq:Get*", "mq:*"]),
        st.lists(PATTERNS, min_size=1, max_size=2),
    ),
    min_size=1,
    max_size=4,
)


@given(STATEMENTS)
def test_existing_topics_are_reached_exactly_when_deciding_each_of_them_says_so(
    statements: list[w.Body],
) -> None:
    view = account([w.policy("p", *statements)])
    role = view.roles[0]
    topics = [r.arn for r in view.resources.caught_by("acs:rocketmq:*") if "/topic/" in r.arn]
    allowed = [
        arn
        for arn in topics
        if decide(Request(action=GET, resource=arn), account=role.policies).outcome is Outcome.ALLOWED
    ]
    reached = [one for one in reach(role, [GET], view) if one.resource in topics]
    assert bool(reached) == bool(allowed)
    assert {one.resource for one in reached} <= set(allowed)


def test_a_deny_whose_resource_holds_a_variable_leaves_open_what_it_may_catch() -> None:
    reaches = found(w.allow(GET), w.deny("*", on="acs:rocketmq:*:*:instance/rmq-1/topic/${mine}"))
    standings = {one.resource.partition(":instance/")[2]: one.standing for one in reaches if one.existing}
    assert standings["rmq-1/topic/orders"] is Standing.UNCERTAIN
    assert standings["rmq-2/topic/orders"] is Standing.ALLOWED
