"""Why somebody may or may not do something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from scanner.access.anatomy import GateQuestion, Look, take_apart
from scanner.access.explain import Explained, Explainer
from scanner.access.grants import Standing, grant
from scanner.access.people import people
from scanner.access.targets import asked, targets
from scanner.model.ids import user_arn
from scanner.model.snapshot import Snapshot, Subject
from scanner.policy.assumptions import Assumption
from scanner.policy.decision import Context, Gate, Outcome, Request, SourcedPolicy, Truth
from scanner.policy.evaluate import decide
from scanner.policy.statements import Asked
from tests.access import estates as e
from tests.policy import documents
from tests.rules import worlds as w

ANN = user_arn(w.PARTNER, "ann")
NOTHING: Mapping[str, str] = MappingProxyType({})
FROM_OFFICE = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}


def explained(
    snapshot: Snapshot,
    who: str = ANN,
    action: str = e.GET,
    resource: str = "payments",
    *,
    other: Snapshot | None = None,
    known: Mapping[str, str] = NOTHING,
    complete: bool = False,
) -> list[Explained]:
    """Every way, the first one first."""
    view = w.view(snapshot)
    beside = None if other is None else w.view(other)
    (target,) = targets(resource, asked(action), view).found
    values = {key: frozenset((value,)) if value else frozenset() for key, value in known.items()}
    explainer = Explainer(
        view,
        others={} if beside is None else {beside.account: beside},
        action=action,
        target=target,
        context=Context(known=values, complete=complete),
        who=who,
        known=e.KNOWN,
    )
    meant = people(who, view, e.entered(view, beside), known=e.KNOWN)
    return [explainer.explain(way) for way in explainer.ways(meant)]


def first(
    snapshot: Snapshot,
    who: str = ANN,
    action: str = e.GET,
    resource: str = "payments",
    *,
    other: Snapshot | None = None,
    known: Mapping[str, str] = NOTHING,
    complete: bool = False,
) -> Explained:
    return explained(snapshot, who, action, resource, other=other, known=known, complete=complete)[0]


def door(*statements: w.Body, trust: w.Body | None = None) -> Snapshot:
    return e.owner({"mq": trust or w.trusting(ANN)}, {"mq": statements})


def all_looks(one: Explained) -> dict[str, list[Look]]:
    looks: dict[str, list[Look]] = {"decisive": [], "almost": []}
    for step in one.steps:
        for gate in step.gates:
            looks["decisive"] += gate.decisive
            looks["almost"] += gate.almost
    return looks


def test_an_allowed_request_names_the_statements_of_every_gate() -> None:
    one = first(door(w.allow(e.GET)), other=e.partner({"ann": [w.allow(e.ASSUME)]}))

    assert one.standing is Standing.ALLOWED
    assert [step.what for step in one.steps] == [
        f"user `ann` of account `{w.PARTNER}` assumes role `mq`",
        "a session of role `mq` does `rocketmq:GetTopic`",
    ]
    assert [gate.name for step in one.steps for gate in step.gates] == [
        "trust policy of role `mq`",
        f"policies of user `ann` of account `{w.PARTNER}`",
        "policies of role `mq`",
    ]
    places = [(look.place.source, look.place.version, look.place.path) for look in all_looks(one)["decisive"]]
    assert places == [
        ("trust policy of role `mq`", "", "$.Statement[0]"),
        ("Custom:of-ann", "v1", "$.Statement[0]"),
        ("Custom:of-mq", "v1", "$.Statement[0]"),
    ]


def test_an_account_that_was_not_scanned_is_noted() -> None:
    one = first(door(w.allow(e.GET)))
    assert one.standing is Standing.ALLOWED
    assert "was not scanned" in one.steps[0].note


def test_a_missing_permission_is_said_to_be_missing_altogether() -> None:
    one = first(door(w.allow("rocketmq:ListTopics")))
    assert one.standing is Standing.DENIED
    assert one.missing == (
        (
            "a session of role `mq` does `rocketmq:GetTopic`: policies of role `mq`: "
            "no statement allows `rocketmq:GetTopic` at all"
        ),
    )


def test_a_role_without_policies_says_so() -> None:
    assert first(e.owner({"mq": w.trusting(ANN)}, {})).missing[0].endswith("no policy is attached")


def test_a_statement_about_other_resources_almost_allows_it() -> None:
    one = first(door(w.allow(e.GET, on=e.topic_arn("orders"))))
    (look,) = all_looks(one)["almost"]
    assert look.says == f"allows it on `{e.topic_arn('orders')}` only"
    assert look.says in one.missing[0]


def test_a_condition_that_is_not_met_almost_allows_it() -> None:
    one = first(door(w.allow(e.GET, when=FROM_OFFICE)), known={"acs:SourceIp": "192.0.2.1"})
    assert one.standing is Standing.DENIED
    (look,) = all_looks(one)["almost"]
    assert look.says == "would allow it if `acs:SourceIp` IpAddress `10.0.0.0/8` were met"


def test_a_resource_group_that_does_not_fit_almost_allows_it() -> None:
    snapshot = e.owner({"mq": w.trusting(ANN)}, {"mq": [w.allow(e.GET)]}, groups={"mq": "rg-2"})
    one = first(snapshot)
    assert [gate.name for gate in one.steps[-1].gates][-1] == "policies of role `mq`, in resource groups"
    assert [look.says for look in all_looks(one)["almost"]] == ["allows it in resource group `rg-2` only"]


def test_a_deny_whose_condition_is_not_met_almost_denies_it() -> None:
    one = first(door(w.allow(e.GET), w.deny(e.GET, when=FROM_OFFICE)), known={"acs:SourceIp": "192.0.2.1"})
    assert one.standing is Standing.ALLOWED
    assert [look.says for look in all_looks(one)["almost"]] == [
        "would deny it if `acs:SourceIp` IpAddress `10.0.0.0/8` were met"
    ]


def test_an_explicit_deny_is_named_with_what_it_beats() -> None:
    one = first(door(w.allow(e.GET), w.deny("rocketmq:*")))
    assert one.missing == (
        (
            "a session of role `mq` does `rocketmq:GetTopic`: policies of role `mq`: an explicit Deny, "
            "Custom:of-mq v1 $.Statement[1]"
        ),
    )
    assert [look.says for look in all_looks(one)["almost"]] == ["allows it"]


def test_a_statement_that_fails_on_two_parts_did_not_almost_decide() -> None:
    one = first(
        door(w.allow(e.GET, on=e.topic_arn("orders"), when=FROM_OFFICE)), known={"acs:SourceIp": "192.0.2.1"}
    )
    assert all_looks(one)["almost"] == []
    assert one.missing[0].endswith("no statement allows it as it is asked")


def test_a_condition_that_nobody_told_about_is_a_term() -> None:
    one = first(door(w.allow(e.GET, when=FROM_OFFICE)))
    assert one.standing is Standing.CONDITIONAL
    assert one.hop.only_if == ("`acs:SourceIp` IpAddress `10.0.0.0/8`",)
    assert [look.says for look in all_looks(one)["decisive"]][-1] == (
        "would allow it if `acs:SourceIp` IpAddress `10.0.0.0/8`"
    )


def test_the_context_settles_a_condition() -> None:
    one = first(door(w.allow(e.GET, when=FROM_OFFICE)), known={"acs:sourceip": "10.1.2.3"})
    assert (one.standing, one.hop.only_if) == (Standing.ALLOWED, ())


def test_what_a_complete_request_does_not_carry_is_absent() -> None:
    assert first(door(w.allow(e.GET, when=FROM_OFFICE)), complete=True).standing is Standing.DENIED


def test_an_external_id_is_held_against_the_trust_policy_and_never_shown() -> None:
    snapshot = door(w.allow(e.GET), trust=w.trusting(ANN, when=w.external_id("right-one")))
    right = first(snapshot, known={"sts:ExternalId": "right-one"})
    wrong = first(snapshot, known={"sts:ExternalId": "wrong-one"})

    assert (right.standing, wrong.standing) == (Standing.ALLOWED, Standing.DENIED)
    assert "would allow it if `sts:ExternalId` StringEquals `***` were met" in wrong.missing[0]
    assert "right-one" not in repr(wrong)


def test_the_question_that_an_unknown_answer_rests_on_is_named_with_both_readings() -> None:
    snapshot = door(w.allow(e.GET), w.deny(e.GET, when={"StringNotEquals": {"acs:SourceVpc": "vpc-1"}}))
    one = first(snapshot, complete=True)

    assert one.standing is Standing.UNCERTAIN
    (question,) = one.questions
    assert question.assumption is Assumption.NEGATED_ABSENT_KEY
    assert question.sides == (("it is met", Outcome.DENIED), ("it is not met", Outcome.ALLOWED))


def test_an_answer_that_rests_on_a_reading_says_so() -> None:
    one = first(door(w.allow(e.GET, on="acs:rocketmq:*payments")))
    assert one.standing is Standing.ALLOWED
    assert [question.assumption for question in one.questions] == [Assumption.WILDCARD_OVER_COLON]


def test_a_plain_answer_rests_on_no_open_question() -> None:
    assert first(door(w.allow(e.GET))).questions == ()


def test_a_user_who_holds_no_grant_lacks_it() -> None:
    one = first(door(w.allow(e.GET)), other=e.partner({"ann": [w.allow("rocketmq:*")]}))
    assert one.standing is Standing.DENIED
    assert "policies of user `ann`" in one.missing[0]
    assert one.missing[0].endswith("no statement allows `sts:AssumeRole` at all")


def test_a_user_who_is_gone_does_not_exist() -> None:
    one = first(door(w.allow(e.GET)), other=e.partner({"bob": []}))
    assert one.missing == (f"user `ann` of account `{w.PARTNER}` assumes role `mq`: it does not exist",)


def test_a_user_of_a_trusted_account_who_holds_nothing_is_explained_by_their_policies() -> None:
    snapshot = e.owner({"mq": w.trusting(w.PARTNER)}, {"mq": [w.allow(e.GET)]})
    one = first(snapshot, other=e.partner({"ann": [], "bob": [w.allow(e.ASSUME)]}))
    assert one.path.principal == ANN
    assert one.standing is Standing.DENIED
    assert "policies of user `ann`" in one.missing[0]


def test_nobody_is_explained_whom_no_role_trusts() -> None:
    assert explained(door(w.allow(e.GET)), user_arn(w.STRANGER, "zed")) == []


def test_a_user_of_an_unscanned_account_comes_in_if_it_holds_the_grant_there() -> None:
    snapshot = e.owner({"mq": w.trusting(w.STRANGER)}, {"mq": [w.allow(e.GET)]})
    one = first(snapshot, who=user_arn(w.STRANGER, "zed"))
    assert one.standing is Standing.CONDITIONAL
    assert one.steps[0].what == f"user `zed` of account `{w.STRANGER}` assumes role `mq`"


def test_a_role_of_the_account_itself_is_asked_about_its_permission_alone() -> None:
    one = first(door(w.allow(e.GET)), who="mq")
    assert [step.what for step in one.steps] == ["a session of role `mq` does `rocketmq:GetTopic`"]


def test_a_chain_is_explained_call_by_call() -> None:
    snapshot = e.owner(
        {"door": w.trusting(ANN), "mq": w.trusting(e.role_arn("door"))},
        {"door": [w.allow(e.ASSUME, on=e.role_arn("mq"))], "mq": [w.allow(e.GET)]},
    )
    one = first(snapshot)
    assert one.path.roles == ("door", "mq")
    assert [step.what for step in one.steps][1] == "a session of role `door` assumes role `mq`"
    assert one.standing is Standing.ALLOWED


def test_assuming_a_role_is_the_whole_question() -> None:
    one = first(door(), action=e.ASSUME, resource="role/mq")
    assert [step.what for step in one.steps] == [f"user `ann` of account `{w.PARTNER}` assumes role `mq`"]
    assert one.standing is Standing.ALLOWED


def test_a_role_that_trusts_somebody_else_says_whom() -> None:
    snapshot = e.owner({"mine": w.trusting(ANN), "theirs": w.trusting(w.STRANGER)}, {})
    one = first(snapshot, action=e.ASSUME, resource="role/theirs")
    assert one.standing is Standing.DENIED
    assert f"allows it to `{w.root(w.STRANGER)}` only" in one.missing[0]


def test_permissions_that_were_not_read_leave_it_open() -> None:
    unread = [w.gap(Subject.ATTACHMENTS, "mq", api="ram:ListPoliciesForRole")]
    one = first(e.owner({"mq": w.trusting(ANN)}, {}, gaps=unread))
    assert one.standing is Standing.UNCERTAIN
    assert "ram:ListPoliciesForRole" in one.hop.doubts[0]
    assert one.missing == ()


def test_a_document_that_is_not_understood_is_named() -> None:
    snapshot = e.owner({"mq": w.trusting(ANN)}, {"mq": []})
    broken = w.policy("of-mq", text="{")
    unreadable = w.snapshot(
        roles=snapshot.roles,
        policies=[broken],
        attachments=w.attached(broken, role="mq"),
        instances=snapshot.instances,
        topics=snapshot.topics,
    )
    one = first(unreadable)
    assert one.standing is Standing.UNCERTAIN
    assert "is not understood" in all_looks(one)["decisive"][-1].says


def test_the_way_that_comes_furthest_is_first() -> None:
    snapshot = e.owner(
        {"a": w.trusting(ANN), "b": w.trusting(ANN, when=w.external_id("x")), "c": w.trusting(ANN)},
        {"b": [w.allow(e.GET)], "c": [w.allow(e.GET)]},
    )
    assert [one.path.role for one in explained(snapshot)] == ["c", "b", "a"]


@given(st.lists(documents.policies(), max_size=4), documents.requests())
def test_a_gate_taken_apart_comes_to_what_is_decided(policies: list[SourcedPolicy], request: Request) -> None:
    whole = tuple(policy for policy in policies if policy.resource_group is None)
    question = GateQuestion(name="x", gate=Gate.ACCOUNT_SCOPE, policies=whole, asked=Asked(request))
    gate = take_apart(question)
    assert gate.outcome is decide(request, account=whole).outcome
    by_statement = {Truth.TRUE, Truth.UNKNOWN} if gate.outcome is Outcome.UNKNOWN else {Truth.TRUE}
    assert {look.truth for look in gate.decisive} <= by_statement
    assert bool(gate.decisive) or gate.note


@given(st.lists(documents.policies(), max_size=4), documents.requests())
def test_a_grant_in_a_context_agrees_with_what_is_decided(
    policies: list[SourcedPolicy], request: Request
) -> None:
    """What is decided is granted so; what is left open is never granted outright, nor refused but by its own Deny."""
    (role,) = w.view(e.owner({"mq": w.trusting(ANN)}, {})).roles
    holder = replace(role, policies=tuple(policies))
    found = grant(
        holder,
        action=request.action,
        resource=request.resource,
        resource_group=request.resource_group,
        context=request.context,
    )
    match decide(request, account=policies).outcome:
        case Outcome.ALLOWED:
            assert found.standing is Standing.ALLOWED
        case Outcome.DENIED:
            assert found.standing is Standing.DENIED
        case Outcome.UNKNOWN:
            assert found.standing is not Standing.ALLOWED
