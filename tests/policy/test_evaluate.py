"""Decisions: the documented order, the reasons, and UNKNOWN only where it matters."""

from __future__ import annotations

import json
import time

import pytest

from scanner.policy import evaluate
from scanner.policy.condition import UNKNOWN_OPERATOR
from scanner.policy.decision import Decision, Gate, Outcome, SourcedPolicy
from scanner.policy.evaluate import decide
from scanner.policy.gates import SILENT
from scanner.policy.parse import parse
from scanner.policy.statements import CASE_COUNTS, NO_ACTION, NOT_UNDERSTOOD, VARIABLE
from scanner.policy.syntax import Effect, PolicyType
from tests.policy.documents import allow, control, deny, document, policy, request

ALLOWED, DENIED, UNKNOWN = Outcome.ALLOWED, Outcome.DENIED, Outcome.UNKNOWN
ORDERS = "acs:rocketmq:cn-hangzhou:1000000000000001:instance/rmq-cn-1/topic/orders"
ANYTHING = request("rocketmq:GetTopic", ORDERS)


def outcome(*statements: object, action: str = "rocketmq:GetTopic", resource: str = ORDERS) -> Outcome:
    return decide(request(action, resource), account=[policy(*statements)]).outcome


def session(*statements: object) -> SourcedPolicy:
    return SourcedPolicy(document=document(*statements, type=PolicyType.SESSION), label="session policy")


def test_nothing_is_allowed_by_default() -> None:
    decision = decide(ANYTHING, account=[])
    assert decision.outcome is DENIED
    (reason,) = decision.reasons
    assert (reason.gate, reason.policy, reason.note) == (Gate.ACCOUNT_SCOPE, "", SILENT)


def test_an_allow_names_its_statement() -> None:
    decision = decide(ANYTHING, account=[policy(allow("mq:*"), allow("rocketmq:*"), label="Custom:orders")])
    (reason,) = decision.reasons
    assert decision.outcome is ALLOWED
    assert (reason.policy, reason.version, reason.path) == ("Custom:orders", "v1", "$.Statement[1]")
    assert (reason.outcome, reason.effect) == (ALLOWED, Effect.ALLOW)


def test_a_deny_beats_every_allow_and_names_its_statement() -> None:
    decision = decide(
        ANYTHING, account=[policy(allow("*")), policy(deny("rocketmq:Get*"), label="Custom:no")]
    )
    assert decision.outcome is DENIED
    assert [(r.policy, r.path, r.effect) for r in decision.reasons] == [
        ("Custom:no", "$.Statement[0]", Effect.DENY)
    ]


@pytest.mark.parametrize("pattern", ["ROCKETMQ:gettopic", "*:Get*", "rocketmq:?etTopic", "*"])
def test_actions_match_without_regard_to_case_and_with_wildcards_anywhere(pattern: str) -> None:
    assert outcome(allow(pattern)) is ALLOWED
    assert outcome(allow("*"), deny(pattern)) is DENIED


def test_a_resource_that_matches_only_without_regard_to_case_is_open() -> None:
    decision = decide(ANYTHING, account=[policy(allow("*", "acs:rocketmq:*:*:Instance/*"))])
    assert decision.outcome is UNKNOWN
    assert decision.reasons[0].note == CASE_COUNTS
    assert outcome(allow("*"), deny("*", "acs:rocketmq:*:*:Instance/*")) is UNKNOWN


def test_not_action_covers_everything_else() -> None:
    others = {"Effect": "Allow", "NotAction": ["ram:*", "sts:*"], "Resource": "*"}
    assert outcome(others) is ALLOWED
    assert outcome(others, action="RAM:CreateUser") is DENIED
    assert outcome(allow("*"), {"Effect": "Deny", "NotAction": "rocketmq:*", "Resource": "*"}) is ALLOWED


def test_empty_lists_cover_nothing() -> None:
    assert outcome(allow([])) is DENIED
    assert outcome(allow("*", [])) is DENIED


def test_what_an_empty_not_action_leaves_is_open() -> None:
    assert outcome({"Effect": "Allow", "NotAction": [], "Resource": "*"}) is UNKNOWN
    assert outcome({"Effect": "Deny", "NotAction": [], "Resource": "*"}, allow("*")) is UNKNOWN
    assert outcome({"Effect": "Allow", "NotAction": [], "Resource": []}) is DENIED


def test_an_empty_region_is_any_region_in_ram_names() -> None:
    role = "acs:ram::1000000000000001:role/orders"
    assert (
        outcome(allow("sts:AssumeRole", role.replace("::", ":*:")), action="sts:AssumeRole", resource=role)
        is ALLOWED
    )
    assert outcome(allow("sts:AssumeRole", role), action="sts:AssumeRole", resource=role) is ALLOWED
    regional = role.replace("::", ":cn-hangzhou:")
    assert outcome(allow("sts:AssumeRole", role), action="sts:AssumeRole", resource=regional) is ALLOWED


@pytest.mark.parametrize(
    ("extra", "note"),
    [
        ({"NotResource": "acs:rocketmq:*:*:*"}, NOT_UNDERSTOOD),
        ({"NotPrincipal": "*"}, NOT_UNDERSTOOD),
        ({"Principal": "*"}, NOT_UNDERSTOOD),
        ({"Condition": []}, NOT_UNDERSTOOD),
        ({"Condition": {"Null": {}}}, NOT_UNDERSTOOD),
        ({"Resource": 7}, NOT_UNDERSTOOD),
        ({"Effect": "Permit"}, NOT_UNDERSTOOD),
        ({"Action": [7]}, NOT_UNDERSTOOD),
        ({"NotAction": "mq:*"}, NOT_UNDERSTOOD),
        ({"Condition": {"BoolIfExists": {"acs:MFAPresent": "true"}}}, UNKNOWN_OPERATOR),
        ({"Resource": "acs:rocketmq:*:*:instance/${instance}/*"}, VARIABLE),
        ({"Action": "rocketmq:${verb}Topic"}, VARIABLE),
    ],
)
@pytest.mark.parametrize("make", [allow, deny])
def test_what_is_not_understood_is_unknown_and_says_where(
    make: type[object], extra: dict[str, object], note: str
) -> None:
    statement = make(**{"action": "rocketmq:*", **extra})
    decision = decide(ANYTHING, account=[policy(statement), policy(allow("*"))][: 2 if make is deny else 1])
    assert decision.outcome is UNKNOWN
    assert note in decision.reasons[0].note
    assert decision.reasons[0].path.startswith("$.Statement[0]")


def test_what_is_not_understood_does_not_matter_for_other_actions() -> None:
    assert outcome(deny("mq:*", NotResource="x"), allow("rocketmq:*")) is ALLOWED
    assert outcome(deny("*", "acs:mq:*:*:*", Condition={"Null": {"a:b": "true"}}), allow("*")) is ALLOWED
    assert outcome(allow("*", NotResource="x"), deny("*")) is DENIED


def test_an_action_that_is_not_understood_may_be_any_action() -> None:
    text = (
        '{"Version":"1","Statement":[{"Effect":"Deny","Action":"mq:PUB","Action":"rocketmq:*","Resource":"*"},'
        '{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    )
    twice = SourcedPolicy(document=parse(text, type=PolicyType.PERMISSION), label="x")
    assert decide(ANYTHING, account=[twice]).outcome is UNKNOWN
    missing = decide(ANYTHING, account=[policy({"Effect": "Allow", "Resource": "*"})])
    assert missing.outcome is UNKNOWN
    assert missing.reasons[0].note in {NO_ACTION, NOT_UNDERSTOOD}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"Statement": []}',
        '{"Version": "2", "Statement": [{"Effect":"Allow","Action":"*","Resource":"*"}]}',
        '{"Version": "1", "Statement": {"Effect":"Allow","Action":"*","Resource":"*"}}',
    ],
)
def test_a_document_that_is_not_understood_may_allow_and_may_deny(text: str) -> None:
    odd = SourcedPolicy(document=parse(text, type=PolicyType.PERMISSION), label="Custom:odd")
    alone = decide(ANYTHING, account=[odd])
    assert alone.outcome is UNKNOWN
    assert alone.reasons[0].policy == "Custom:odd"
    assert decide(ANYTHING, account=[odd, policy(allow("*"))]).outcome is UNKNOWN
    assert decide(ANYTHING, account=[odd, policy(deny("*"))]).outcome is DENIED


def test_an_unknown_deny_makes_an_allow_unknown_and_both_are_named() -> None:
    open_deny = deny("*", Condition={"NotIpAddress": {"acs:SourceIp": "10.0.0.0/8"}})
    decision = decide(ANYTHING, account=[policy(allow("rocketmq:*"), open_deny)])
    assert decision.outcome is UNKNOWN
    assert [(r.effect, r.outcome) for r in decision.reasons] == [
        (Effect.DENY, UNKNOWN),
        (Effect.ALLOW, ALLOWED),
    ]
    assert decision.reasons[0].path == "$.Statement[1].Condition.NotIpAddress['acs:SourceIp']"


def test_an_unknown_deny_does_not_matter_where_nothing_is_allowed() -> None:
    open_deny = deny("*", Condition={"NotIpAddress": {"acs:SourceIp": "10.0.0.0/8"}})
    assert decide(ANYTHING, account=[policy(open_deny)]).outcome is DENIED


def test_one_condition_that_is_surely_not_met_settles_a_statement() -> None:
    both = {"Null": {"a:b": "true"}, "Bool": {"acs:SecureTransport": "true"}}
    plain = request("rocketmq:GetTopic", ORDERS, known={"acs:SecureTransport": "false"})
    assert decide(plain, account=[policy(allow("*", Condition=both))]).outcome is DENIED
    only_ignoring_case = deny("*", ORDERS.upper(), Condition=both)
    assert decide(plain, account=[policy(only_ignoring_case, allow("*"))]).outcome is ALLOWED


# Scopes


def test_the_account_scope_ends_the_question_when_it_allows() -> None:
    here = request("rocketmq:GetTopic", ORDERS, group="rg-1")
    decision = decide(here, account=[policy(allow("*")), policy(deny("*"), group="rg-1")])
    assert decision.outcome is ALLOWED
    assert decision.reasons[0].gate is Gate.ACCOUNT_SCOPE


def test_the_resource_group_scope_is_asked_where_the_account_scope_is_silent() -> None:
    grants = [policy(allow("mq:*")), policy(allow("rocketmq:*"), group="rg-1")]
    decision = decide(request("rocketmq:GetTopic", ORDERS, group="rg-1"), account=grants)
    assert decision.outcome is ALLOWED
    assert decision.reasons[0].gate is Gate.RESOURCE_GROUP_SCOPE
    assert decide(request("rocketmq:GetTopic", ORDERS, group="rg-2"), account=grants).outcome is DENIED


def test_a_resource_group_that_is_not_known_leaves_a_limited_grant_open() -> None:
    limited = policy(allow("rocketmq:*"), group="rg-1")
    decision = decide(ANYTHING, account=[limited])
    assert decision.outcome is UNKNOWN
    assert decision.reasons[0].note == evaluate.GROUP_NOT_KNOWN
    assert decide(request("mq:PUB", ORDERS), account=[limited]).outcome is DENIED


def test_denies_of_both_scopes_deny() -> None:
    here = request("rocketmq:GetTopic", ORDERS, group="rg-1")
    grant = policy(allow("*"), group="rg-1")
    assert decide(here, account=[policy(deny("*")), grant]).outcome is DENIED
    inside = decide(here, account=[policy(deny("rocketmq:*"), group="rg-1"), grant])
    assert inside.outcome is DENIED
    assert inside.reasons[0].gate is Gate.RESOURCE_GROUP_SCOPE


def test_an_open_account_scope_is_settled_by_an_allow_in_the_resource_group() -> None:
    here = request("rocketmq:GetTopic", ORDERS, group="rg-1", complete=False)
    open_allow = policy(allow("*", Condition={"Bool": {"acs:SecureTransport": "true"}}))
    open_deny = policy(deny("*", Condition={"Bool": {"acs:SecureTransport": "true"}}))
    grant = policy(allow("*"), group="rg-1")
    refusal = policy(deny("*"), group="rg-1")
    assert decide(here, account=[open_allow, grant]).outcome is ALLOWED
    assert decide(here, account=[open_allow, refusal]).outcome is UNKNOWN
    assert decide(here, account=[open_deny, grant]).outcome is UNKNOWN
    assert decide(here, account=[open_deny, refusal]).outcome is DENIED


# Session and control policies


def test_a_session_policy_only_narrows() -> None:
    everything = [policy(allow("*"))]
    assert decide(ANYTHING, account=everything, session=session(allow("rocketmq:Get*"))).outcome is ALLOWED
    narrowed = decide(ANYTHING, account=everything, session=session(allow("mq:*")))
    assert narrowed.outcome is DENIED
    assert narrowed.reasons[0].gate is Gate.SESSION
    assert decide(ANYTHING, account=everything, session=session(allow("*"), deny("*"))).outcome is DENIED
    assert decide(ANYTHING, account=[], session=session(allow("*"))).outcome is DENIED


def test_control_policies_are_asked_first_and_every_level_must_allow() -> None:
    everything = [policy(allow("*"))]
    full = control(allow("*"), level="root")
    assert decide(ANYTHING, account=everything, control=[full]).outcome is ALLOWED
    assert (
        decide(ANYTHING, account=everything, control=[full, control(allow("mq:*"), level="member")]).outcome
        is DENIED
    )
    both_at_root = [full, control(allow("mq:*"), level="root")]
    assert decide(ANYTHING, account=everything, control=both_at_root).outcome is ALLOWED
    refused = decide(
        ANYTHING, account=[policy(deny("*"))], session=session(deny("*")), control=[full, control(deny("*"))]
    )
    assert refused.outcome is DENIED
    assert {reason.gate for reason in refused.reasons} == {Gate.CONTROL}


def test_control_policies_in_force_that_are_none_allow_nothing() -> None:
    everything = [policy(allow("*"))]
    assert decide(ANYTHING, account=everything, control=None).outcome is ALLOWED
    assert decide(ANYTHING, account=everything, control=[]).outcome is DENIED


def test_an_allowed_request_has_a_reason_from_each_gate() -> None:
    decision = decide(
        ANYTHING, account=[policy(allow("*"))], session=session(allow("*")), control=[control(allow("*"))]
    )
    assert [reason.gate for reason in decision.reasons] == [Gate.CONTROL, Gate.SESSION, Gate.ACCOUNT_SCOPE]


def test_a_gate_that_surely_refuses_settles_what_another_leaves_open() -> None:
    open_session = session(allow("*", Condition={"Null": {"a:b": "true"}}))
    assert decide(ANYTHING, account=[policy(allow("*"))], session=open_session).outcome is UNKNOWN
    refused = decide(ANYTHING, account=[policy(deny("*"))], session=open_session)
    assert refused.outcome is DENIED
    assert {reason.gate for reason in refused.reasons} == {Gate.ACCOUNT_SCOPE}


def test_reasons_are_the_same_every_time() -> None:
    def fresh() -> Decision:
        return decide(ANYTHING, account=[policy(allow("*"), deny("*", Condition={"Null": {"a:b": "x"}}))])

    assert fresh() == fresh()


def test_a_document_of_any_size_is_decided_without_delay() -> None:
    statements = [allow([f"ecs:Do{i}*"], [f"acs:ecs:*:*:*{'a*' * 20}{i}"]) for i in range(60)]
    big = policy(*statements, allow("*", "acs:ecs:*:*:" + "*a" * 2_000 + "b"))
    asked = request("ecs:Do1", "acs:ecs:cn-hangzhou:1:" + "a" * 1_000)
    start = time.perf_counter()
    assert decide(asked, account=[big]).outcome is DENIED
    assert time.perf_counter() - start < 5


def test_decisions_are_fast_on_six_statements() -> None:
    grants = policy(
        allow(["mq:OnsInstanceBaseInfo", "mq:PUB"], "acs:mq:*:*:MQ_INST_1%orders"),
        allow("rocketmq:List*"),
        allow(
            ["rocketmq:GetTopic", "rocketmq:Get*"],
            ["acs:rocketmq:*:*:instance/rmq-cn-1*", "acs:rocketmq:*:*:x"],
        ),
        allow("ram:Get*", "acs:ram:*:*:role/*", Condition={"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}),
        deny("rocketmq:*", "acs:rocketmq:*:*:instance/secret*"),
        {"Effect": "Allow", "NotAction": ["mq:*", "ram:*"], "Resource": "acs:oss:*:*:bucket/*"},
    )
    asked = [request(action, ORDERS) for action in ("rocketmq:GetTopic", "mq:PUB", "ram:GetRole")]
    start = time.perf_counter()
    for _ in range(1_000):
        for one in asked:
            decide(one, account=[grants])
    # A tenth of the speed on an idle machine: this only notices when preparation is lost.
    assert 3_000 / (time.perf_counter() - start) > 5_000


def test_the_same_text_read_twice_is_one_document() -> None:
    text = json.dumps({"Version": "1", "Statement": [allow("*")]})
    first, second = (parse(text, type=PolicyType.PERMISSION) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert parse(text, type=PolicyType.SESSION) != first
