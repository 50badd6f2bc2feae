"""The local cloud's naive reading and the policy engine must decide alike.

They share no code. Where the engine answers UNKNOWN the vendor's pages are silent, and the naive
reading has merely taken a side; where it gives an answer, both must give the same one.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.emulator.authorize import Judge, trust_refuses
from scanner.emulator.reading import glob
from scanner.emulator.service import Caller
from scanner.emulator.state import Instance5, SessionToken
from scanner.policy.decision import (
    AssumeCaller,
    CallerKind,
    Context,
    Outcome,
    Request,
    SourcedPolicy,
)
from scanner.policy.evaluate import decide, decide_assume
from scanner.policy.parse import parse
from scanner.policy.pattern import matches
from scanner.policy.syntax import PolicyType
from tests.emulator.small import ACCESSOR, EVERYTHING, OWNER, World, allow

Statement: TypeAlias = dict[str, Any]

INSTANCE = f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-1"
ACTIONS = ("rocketmq:GetTopic", "rocketmq:ListTopics", "ram:GetRole", "mq:PUB")
RESOURCES = (INSTANCE, f"{INSTANCE}/topic/t1", f"acs:ram::{OWNER}:role/x", f"acs:mq:*:{OWNER}:i%t")
ROLE_R = f"acs:ram::{OWNER}:role/r"
KEYS = {
    "acs:SourceIp": "203.0.113.7",
    "acs:SecureTransport": "false",
    "acs:CurrentTime": "2026-03-01T00:00:00Z",
    "acs:PrincipalARN": ROLE_R,
}

action_patterns = st.sampled_from(
    [
        *ACTIONS,
        "*",
        "rocketmq:*",
        "ROCKETMQ:gettopic",
        "rocketmq:Get*",
        "*:*",
        "ram:?etRole",
        "mq:*",
        "rocketmq",
    ]
)
resource_patterns = st.sampled_from(
    [
        *RESOURCES,
        "*",
        "acs:rocketmq:*:*:*",
        f"{INSTANCE}*",
        f"{INSTANCE}/*",
        "acs:ram:*:*:role/*",
        "acs:mq:*",
        "acs:*:i?t",
    ]
)
settled_conditions: st.SearchStrategy[Statement] = st.sampled_from(
    [
        {"IpAddress": {"acs:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}},
        {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}},
        {"NotIpAddress": {"acs:SourceIp": "203.0.113.0/24"}},
        {"Bool": {"acs:SecureTransport": "true"}},
        {"Bool": {"acs:SecureTransport": ["false"]}},
        {"DateLessThan": {"acs:CurrentTime": "2026-03-01T08:00:01+08:00"}},
        {"DateGreaterThan": {"acs:CurrentTime": "2026-03-01T00:00:00Z"}},
        {"StringEquals": {"acs:PrincipalARN": ["a", ROLE_R]}},
        {"StringLike": {"acs:PrincipalARN": "acs:ram:*:*:role/?"}},
        {"StringNotLike": {"acs:PrincipalARN": "acs:ram:*:*:role/break-glass"}},
        {"IpAddress": {"acs:SourceIp": "203.0.113.7"}, "Bool": {"acs:SecureTransport": "false"}},
    ]
)
open_conditions: st.SearchStrategy[Statement] = st.sampled_from(
    [
        {"StringNotEquals": {"acs:PrincipalARN": ["a", "b"]}},
        {"StringNotEquals": {"acs:PrincipalARN": ["a", ROLE_R]}},
        {"StringEquals": {"acs:SourceIp": "203.0.113.7"}},
        {"StringNotEquals": {"acs:MFAPresent": "true"}},
        {"Bool": {"acs:MFAPresent": "true"}},
        {"StringEquals": {"acs:ResourceTag/env": "prod"}},
        {"NumericEquals": {"acs:SourceIp": "5"}},
    ]
)


@st.composite
def statements(draw: st.DrawFn, conditions: st.SearchStrategy[Statement]) -> Statement:
    statement: Statement = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    named = "NotAction" if draw(st.integers(0, 4)) == 0 else "Action"
    statement[named] = draw(st.lists(action_patterns, min_size=1, max_size=2))
    statement["Resource"] = draw(
        st.one_of(resource_patterns, st.lists(resource_patterns, min_size=1, max_size=2))
    )
    if draw(st.integers(0, 2)) == 0:
        statement["Condition"] = draw(conditions)
    return statement


def documents(conditions: st.SearchStrategy[Statement]) -> st.SearchStrategy[str]:
    listed = st.lists(statements(conditions), min_size=1, max_size=3)
    return listed.map(lambda found: json.dumps({"Version": "1", "Statement": found}))


def policies(conditions: st.SearchStrategy[Statement]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Documents, each with the resource group it is attached in."""
    return st.lists(st.tuples(documents(conditions), st.sampled_from(["", "", "rg-1", "rg-2"])), max_size=3)


def sourced(text: str, kind: PolicyType = PolicyType.PERMISSION, group: str | None = None) -> SourcedPolicy:
    return SourcedPolicy(document=parse(text, type=kind), label="p", resource_group=group)


class Both:
    """One question, put to both."""

    def __init__(self, attached: list[tuple[str, str]], session: str | None, control: list[str]) -> None:
        self.attached = attached
        self.session = session
        self.control = control

    def naive(self, action: str, resource: str) -> bool:
        build = World()
        account = build.account(OWNER)
        account.instances5["rmq-1"] = Instance5("rmq-1", "cn-hangzhou", resource_group="rg-1")
        account.control_policies.extend(self.control)
        for number, (text, group) in enumerate(self.attached):
            build.attach(OWNER, "role", "r", f"p{number}", EVERYTHING, group=group)
            account.policies[f"p{number}"].versions["v1"].document = text
        token = SessionToken("STS.k", "s", "t", "r", "1", "sess", datetime.now(UTC), self.session, OWNER)
        who = Caller(account=account, kind="role", name="r", key_id="STS.k", session=token)
        context = {key.lower(): value for key, value in KEYS.items()}
        return (
            Judge(build.world).refuses(
                who, account=account, action=action, resource=resource, context=context
            )
            is None
        )

    def engine(self, action: str, resource: str) -> Outcome:
        context = Context(known={key: frozenset({value}) for key, value in KEYS.items()}, complete=True)
        group = "rg-1" if resource.startswith(INSTANCE) else ""
        full = json.dumps({"Version": "1", "Statement": [EVERYTHING]})
        return decide(
            Request(action=action, resource=resource, context=context, resource_group=group),
            account=[sourced(text, group=scope or None) for text, scope in self.attached],
            session=sourced(self.session, PolicyType.SESSION) if self.session else None,
            control=[sourced(text, PolicyType.CONTROL) for text in (full, *self.control)],
        ).outcome

    def must_agree(self, *, unknown_allowed: bool) -> None:
        for action in ACTIONS:
            for resource in RESOURCES:
                outcome = self.engine(action, resource)
                if unknown_allowed and outcome is Outcome.UNKNOWN:
                    continue
                expected = Outcome.ALLOWED if self.naive(action, resource) else Outcome.DENIED
                assert outcome is expected, (action, resource)


@given(
    policies(settled_conditions),
    st.none() | documents(settled_conditions),
    st.lists(documents(settled_conditions), max_size=1),
)
def test_both_decide_alike_where_the_vendor_s_pages_decide(
    attached: list[tuple[str, str]], session: str | None, control: list[str]
) -> None:
    Both(attached, session, control).must_agree(unknown_allowed=False)


@given(policies(settled_conditions | open_conditions), st.none() | documents(open_conditions))
def test_where_the_engine_answers_the_naive_reading_agrees(
    attached: list[tuple[str, str]], session: str | None
) -> None:
    Both(attached, session, []).must_agree(unknown_allowed=True)


@given(st.text("ab*?\n", max_size=9), st.text("ab\n", max_size=9))
def test_patterns_fit_alike(pattern: str, text: str) -> None:
    assert matches(pattern, text) is glob(pattern, text)


PRINCIPALS = (
    f"acs:ram::{ACCESSOR}:root",
    f"acs:ram::{ACCESSOR}:user/bob",
    f"acs:ram::{ACCESSOR}:user/eve",
    f"acs:ram::{ACCESSOR}:role/bob",
    f"acs:ram::{OWNER}:root",
)
external_ids = st.sampled_from(
    [
        None,
        {"StringEquals": {"sts:ExternalId": "right"}},
        {"StringEquals": {"sts:ExternalId": ["other", "right"]}},
        {"StringLike": {"sts:ExternalId": "ri*"}},
        {"StringEquals": {"sts:ExternalId": "wrong"}},
    ]
)


@st.composite
def trust_statements(draw: st.DrawFn) -> Statement:
    statement: Statement = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
        "Action": draw(st.sampled_from(["sts:AssumeRole", "STS:assumerole", ["sts:AssumeRole"]])),
        "Principal": {"RAM": draw(st.lists(st.sampled_from(PRINCIPALS), min_size=1, max_size=2))},
    }
    condition = draw(external_ids)
    return statement if condition is None else {**statement, "Condition": condition}


@given(
    st.lists(trust_statements(), min_size=1, max_size=3),
    st.sampled_from([None, "right"]),
    st.sampled_from([("user", "bob"), ("user", "eve"), ("role", "bob")]),
)
def test_both_trust_the_same_callers(
    listed: list[Statement], external_id: str | None, who: tuple[str, str]
) -> None:
    kind, name = who
    text = json.dumps({"Version": "1", "Statement": listed})
    role = f"acs:ram::{OWNER}:role/x"
    caller = Caller(account=World().account(ACCESSOR), kind=kind, name=name, key_id="k")
    context = {"sts:externalid": external_id} if external_id else {}
    naive = trust_refuses(text, caller=caller, resource=role, context=context) is None
    known = {"sts:ExternalId": frozenset({external_id})} if external_id else {}
    decision = decide_assume(
        Request(action="sts:AssumeRole", resource=role, context=Context(known=known, complete=True)),
        caller=AssumeCaller(
            kind=CallerKind(kind), account=ACCESSOR, arn=f"acs:ram::{ACCESSOR}:{kind}/{name}"
        ),
        caller_policies=[sourced(json.dumps({"Version": "1", "Statement": [allow("sts:AssumeRole")]}))],
        trust=sourced(text, PolicyType.TRUST),
    )
    assert decision.outcome is (Outcome.ALLOWED if naive else Outcome.DENIED)


@pytest.mark.parametrize("principal", ["*", f"acs:ram::{ACCESSOR}:user/*"])
def test_a_wildcard_principal_is_unknown_to_the_engine_and_nobody_to_the_local_cloud(principal: str) -> None:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [principal]}}
    text = json.dumps({"Version": "1", "Statement": [statement]})
    role = f"acs:ram::{OWNER}:role/x"
    caller = Caller(account=World().account(ACCESSOR), kind="user", name="bob", key_id="k")
    assert trust_refuses(text, caller=caller, resource=role, context={}) is not None
    decision = decide_assume(
        Request(action="sts:AssumeRole", resource=role, context=Context(complete=True)),
        caller=AssumeCaller(kind=CallerKind.USER, account=ACCESSOR, arn=f"acs:ram::{ACCESSOR}:user/bob"),
        caller_policies=[sourced(json.dumps({"Version": "1", "Statement": [allow("sts:AssumeRole")]}))],
        trust=sourced(text, PolicyType.TRUST),
    )
    assert decision.outcome is Outcome.UNKNOWN
