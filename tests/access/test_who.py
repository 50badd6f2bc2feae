"""Who may do something to a resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scanner.access.entrance import Certainty
from scanner.access.targets import asked, targets
from scanner.access.view import AccountView
from scanner.access.who import WhoCan, who_can
from scanner.model.snapshot import Snapshot, Subject
from tests.access import estates as e
from tests.rules import worlds as w

Short = list[tuple[str, tuple[str, ...], Certainty]]
WITH_ID = w.trusting(w.PARTNER, when=w.external_id("s3cret"))
FROM_OFFICE: Mapping[str, Mapping[str, str]] = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}


def ask(snapshot: Snapshot, action: str, resource: str, other: Snapshot | None = None) -> WhoCan:
    view = w.view(snapshot)
    beside: AccountView | None = None if other is None else w.view(other)
    found = targets(resource, asked(action), view).found
    assert found
    return who_can(found, view, e.entered(view, beside))


def short(answer: WhoCan) -> Short:
    return [(one.path.principal, one.path.roles, one.certainty) for one in answer.answers]


def one_role(trust: w.Body | Sequence[w.Body] | None, *statements: w.Body) -> Snapshot:
    return e.owner({"mq": trust}, {"mq": statements})


def test_whoever_comes_into_a_role_that_allows_it_may() -> None:
    answer = ask(one_role(w.trusting(w.PARTNER), w.allow(e.GET)), e.GET, "payments")
    assert short(answer) == [(w.root(w.PARTNER), ("mq",), Certainty.CERTAIN)]
    assert [(s.source, s.path) for s in answer.answers[0].statements] == [
        ("trust policy of role mq", "$.Statement[0]"),
        ("role mq: Custom:of-mq", "$.Statement[0]"),
    ]
    assert answer.is_complete


def test_a_permission_on_another_topic_is_none() -> None:
    snapshot = one_role(w.trusting(w.PARTNER), w.allow(e.GET, on=e.topic_arn("orders")))
    assert short(ask(snapshot, e.GET, "payments")) == []


def test_the_terms_of_the_way_and_of_the_permission_add_up() -> None:
    (one,) = ask(one_role(WITH_ID, w.allow(e.GET, when=FROM_OFFICE)), e.GET, "payments").answers
    assert one.certainty is Certainty.CONDITIONAL
    assert one.only_if == ("`sts:ExternalId` StringEquals `***`", "`acs:SourceIp` IpAddress `10.0.0.0/8`")


def test_actions_of_a_class_that_stand_on_other_terms_are_told_apart() -> None:
    snapshot = one_role(
        w.trusting(w.PARTNER),
        w.allow("rocketmq:GetMessageDetail", when=FROM_OFFICE),
        w.allow("rocketmq:ListMessages", when={"Bool": {"acs:SecureTransport": "true"}}),
    )
    answers = ask(snapshot, "read-messages", "payments").answers
    assert {one.actions: one.only_if for one in answers} == {
        ("rocketmq:GetMessageDetail",): ("`acs:SourceIp` IpAddress `10.0.0.0/8`",),
        ("rocketmq:ListMessages",): ("`acs:SecureTransport` Bool `true`",),
    }


def test_of_a_class_only_the_surest_actions_are_named() -> None:
    snapshot = one_role(
        w.trusting(w.PARTNER),
        w.allow("rocketmq:GetMessageDetail", when=FROM_OFFICE),
        w.allow("rocketmq:ListMessages"),
    )
    (one,) = ask(snapshot, "read-messages", "payments").answers
    assert (one.actions, one.certainty) == (("rocketmq:ListMessages",), Certainty.CERTAIN)


def test_permissions_that_were_not_read_leave_it_open() -> None:
    snapshot = e.owner(
        {"mq": w.trusting(w.PARTNER)},
        {},
        gaps=[w.gap(Subject.ATTACHMENTS, "mq", api="ram:ListPoliciesForRole")],
    )
    answer = ask(snapshot, e.GET, "payments")
    assert short(answer) == [(w.root(w.PARTNER), ("mq",), Certainty.UNCERTAIN)]
    assert "ram:ListPoliciesForRole" in answer.answers[0].doubts[0]
    assert not answer.is_complete


def test_roles_that_were_not_listed_leave_it_open_that_nobody_else_may() -> None:
    answer = ask(e.owner({}, {}, gaps=[w.gap(Subject.ROLES, api="ram:ListRoles")]), e.GET, "payments")
    assert short(answer) == []
    assert not answer.is_complete
    assert "ram:ListRoles" in answer.unread[0]


def test_whoever_is_trusted_in_vain_is_told_apart_where_the_role_allows_it() -> None:
    snapshot = e.owner(
        {"mq": w.trusting(w.PARTNER), "idle": w.trusting(w.PARTNER)}, {"mq": [w.allow(e.GET)], "idle": []}
    )
    answer = ask(snapshot, e.GET, "payments", e.partner({"ann": []}))
    assert short(answer) == []
    assert [closed.role for closed in answer.closed] == ["mq"]


def test_a_chain_leads_to_what_its_last_role_may_do() -> None:
    snapshot = e.owner(
        {"door": w.trusting(w.PARTNER), "mq": w.trusting(e.role_arn("door"))},
        {"door": [w.allow(e.ASSUME, on=e.role_arn("mq"))], "mq": [w.allow(e.GET)]},
    )
    assert short(ask(snapshot, e.GET, "payments")) == [(w.root(w.PARTNER), ("door", "mq"), Certainty.CERTAIN)]


def test_certain_answers_come_first() -> None:
    snapshot = e.owner(
        {"a": WITH_ID, "b": w.trusting("*"), "c": w.trusting(w.STRANGER)},
        {name: [w.allow(e.GET)] for name in "abc"},
    )
    assert [certainty for _, _, certainty in short(ask(snapshot, e.GET, "payments"))] == [*Certainty]


def test_a_resource_in_another_resource_group_is_not_reached() -> None:
    snapshot = e.owner({"mq": w.trusting(w.PARTNER)}, {"mq": [w.allow(e.GET)]}, groups={"mq": "rg-2"})
    assert [one.target.arn for one in ask(snapshot, e.GET, "orders").answers] == [
        e.topic_arn("orders", "rmq-2")
    ]


def test_who_may_assume_a_role_is_whoever_comes_into_it() -> None:
    snapshot = e.owner(
        {"door": w.trusting(w.PARTNER), "mq": w.trusting(w.STRANGER)}, {"door": [w.allow(e.ASSUME)], "mq": []}
    )
    assert short(ask(snapshot, e.ASSUME, "role/mq")) == [(w.root(w.STRANGER), ("mq",), Certainty.CERTAIN)]


def test_who_may_assume_a_role_that_is_not_there_cannot_be_told() -> None:
    snapshot = one_role(w.trusting(w.PARTNER), w.allow(e.ASSUME))
    (one,) = ask(snapshot, e.ASSUME, e.role_arn("later")).answers
    assert one.certainty is Certainty.UNCERTAIN
    assert "trust policy decides as well" in one.doubts[0]
