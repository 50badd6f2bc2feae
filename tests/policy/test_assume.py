"""Assuming a role: the caller's policies and the trust policy must both allow."""

from __future__ import annotations

import pytest

from scanner.policy import callers, evaluate
from scanner.policy.decision import AssumeCaller, CallerKind, Decision, Gate, Outcome, SourcedPolicy
from scanner.policy.evaluate import decide_assume
from tests.policy.documents import (
    OWNER,
    PARTNER,
    ROLE,
    allow,
    control,
    deny,
    policy,
    request,
    trust,
    trusting,
)

ALLOWED, DENIED, UNKNOWN = Outcome.ALLOWED, Outcome.DENIED, Outcome.UNKNOWN

ALICE = AssumeCaller(kind=CallerKind.USER, account=PARTNER, arn=f"acs:ram::{PARTNER}:user/alice")
OPS = AssumeCaller(kind=CallerKind.ROLE, account=PARTNER, arn=f"acs:ram::{PARTNER}:role/ops")
OPS_SESSION = AssumeCaller(kind=CallerKind.ROLE, account=PARTNER, arn=f"acs:ram::{PARTNER}:role/ops/night")
ECS = AssumeCaller(kind=CallerKind.SERVICE, account=OWNER, arn="ecs.aliyuncs.com")
MAY = policy(allow("sts:AssumeRole", ROLE.replace("::", ":*:")), label="Custom:assume-orders")
ROOT = {"RAM": f"acs:ram::{PARTNER}:root"}


def asked(
    trusted: SourcedPolicy,
    caller: AssumeCaller = ALICE,
    *,
    policies: list[SourcedPolicy] | None = None,
    known: dict[str, str] | None = None,
    complete: bool = True,
) -> Decision:
    return decide_assume(
        request("sts:AssumeRole", ROLE, known=known, complete=complete),
        caller=caller,
        caller_policies=[MAY] if policies is None else policies,
        trust=trusted,
    )


def test_both_sides_must_allow() -> None:
    both = asked(trust(trusting(ROOT)))
    assert both.outcome is ALLOWED
    assert [(r.gate, r.policy) for r in both.reasons] == [
        (Gate.ACCOUNT_SCOPE, "Custom:assume-orders"),
        (Gate.TRUST, "trust policy"),
    ]
    only_trust = asked(trust(trusting(ROOT)), policies=[])
    assert (only_trust.outcome, only_trust.reasons[0].gate) == (DENIED, Gate.ACCOUNT_SCOPE)
    only_caller = asked(trust(trusting({"RAM": f"acs:ram::{OWNER}:root"})))
    assert (only_caller.outcome, only_caller.reasons[0].gate) == (DENIED, Gate.TRUST)


def test_trust_in_the_own_account_does_not_do_without_the_callers_policy() -> None:
    bob = AssumeCaller(kind=CallerKind.USER, account=OWNER, arn=f"acs:ram::{OWNER}:user/bob")
    named = trust(trusting({"RAM": f"acs:ram::{OWNER}:user/bob"}))
    assert asked(named, bob, policies=[]).outcome is DENIED
    assert asked(named, bob).outcome is ALLOWED


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        (ROOT, ALICE, ALLOWED),
        (ROOT, OPS, ALLOWED),
        (ROOT, OPS_SESSION, ALLOWED),
        (ROOT, ECS, DENIED),
        ({"RAM": f"acs:ram::{OWNER}:root"}, ECS, DENIED),
        ({"RAM": f"acs:ram::{PARTNER}:user/alice"}, ALICE, ALLOWED),
        ({"RAM": f"acs:ram:*:{PARTNER}:user/alice"}, ALICE, ALLOWED),
        ({"RAM": f"acs:ram::{PARTNER}:user/bob"}, ALICE, DENIED),
        ({"RAM": f"acs:ram::{PARTNER}:user/Alice"}, ALICE, UNKNOWN),
        ({"RAM": f"acs:ram::{OWNER}:user/alice"}, ALICE, DENIED),
        ({"RAM": f"acs:ram::{PARTNER}:role/alice"}, ALICE, DENIED),
        ({"RAM": f"acs:ram::{PARTNER}:role/ops"}, OPS, ALLOWED),
        ({"RAM": f"acs:ram::{PARTNER}:role/ops"}, OPS_SESSION, ALLOWED),
        ({"RAM": f"acs:ram::{PARTNER}:role/night"}, OPS_SESSION, DENIED),
        ({"RAM": f"acs:ram::{PARTNER}:user/ops"}, OPS, DENIED),
        ({"RAM": "*"}, ALICE, UNKNOWN),
        ("*", ALICE, UNKNOWN),
        ("*", ECS, UNKNOWN),
        ({"RAM": f"acs:ram::{PARTNER}:role/*"}, OPS_SESSION, UNKNOWN),
        ({"RAM": f"acs:ram::{PARTNER}:role/*"}, ALICE, DENIED),
        ({"RAM": "acs:ram::*:root"}, ALICE, UNKNOWN),
        ({"RAM": "*"}, ECS, DENIED),
        ({"Service": "*"}, ALICE, DENIED),
        ({"AWS": ROOT["RAM"]}, ALICE, UNKNOWN),
        ({"RAM": PARTNER}, ALICE, UNKNOWN),
        ({"Service": "ecs.aliyuncs.com"}, ECS, ALLOWED),
        ({"Service": "ecs.aliyuncs.com"}, ALICE, DENIED),
        ({"Service": "fc.aliyuncs.com"}, ECS, DENIED),
        ({"Service": "*.aliyuncs.com"}, ECS, UNKNOWN),
        ({"Service": [f"{PARTNER}@ecs.aliyuncs.com"]}, ECS, DENIED),
        ({"Service": [f"{OWNER}@ecs.aliyuncs.com"]}, ECS, ALLOWED),
        ({"RAM": f"acs:ram::{OWNER}:root", "Service": "ecs.aliyuncs.com"}, ECS, ALLOWED),
    ],
)
def test_a_principal_lets_in_whom_it_names(
    principal: object, caller: AssumeCaller, expected: Outcome
) -> None:
    assert asked(trust(trusting(principal)), caller).outcome is expected


def test_a_service_acting_for_another_account_needs_that_account_in_the_trust_policy() -> None:
    foreign = AssumeCaller(kind=CallerKind.SERVICE, account=PARTNER, arn="fc.aliyuncs.com")
    assert asked(trust(trusting({"Service": f"{PARTNER}@fc.aliyuncs.com"})), foreign).outcome is ALLOWED
    plain = asked(trust(trusting({"Service": "fc.aliyuncs.com"})), foreign)
    assert plain.outcome is UNKNOWN
    assert plain.reasons[0].note == callers.FOR_ANOTHER


@pytest.mark.parametrize(
    ("kind", "word", "key"),
    [(CallerKind.SAML, "saml-provider", "saml:recipient"), (CallerKind.OIDC, "oidc-provider", "oidc:iss")],
)
def test_federated_callers_are_decided_by_the_trust_policy_alone(
    kind: CallerKind, word: str, key: str
) -> None:
    arn = f"acs:ram::{OWNER}:{word}/idp"
    caller = AssumeCaller(kind=kind, account=OWNER, arn=arn)
    trusted = trust(trusting({"Federated": arn}, Condition={"StringEquals": {key: "https://here"}}))
    assert asked(trusted, caller, policies=[], known={key: "https://here"}).outcome is ALLOWED
    assert asked(trusted, caller, policies=[], known={key: "https://there"}).outcome is DENIED
    assert asked(trust(trusting(ROOT)), caller, policies=[]).outcome is DENIED
    other = AssumeCaller(kind=kind, account=OWNER, arn=arn + "2")
    assert asked(trusted, other, policies=[], known={key: "https://here"}).outcome is DENIED


def test_trust_policies_name_assume_role_for_federated_calls_too() -> None:
    arn = f"acs:ram::{OWNER}:saml-provider/idp"
    decision = decide_assume(
        request("sts:AssumeRoleWithSAML", ROLE),
        caller=AssumeCaller(kind=CallerKind.SAML, account=OWNER, arn=arn),
        caller_policies=None,
        trust=trust(trusting({"Federated": arn})),
    )
    assert decision.outcome is ALLOWED


def test_an_account_itself_cannot_assume_a_role() -> None:
    root = AssumeCaller(kind=CallerKind.ACCOUNT, account=PARTNER)
    decision = asked(trust(trusting(ROOT)), root)
    assert decision.outcome is DENIED
    assert decision.reasons[0].note == evaluate.ACCOUNT_CANNOT


def test_unknown_caller_policies_leave_it_open_unless_the_trust_policy_refuses() -> None:
    def unknown(trusted: SourcedPolicy) -> Decision:
        return decide_assume(
            request("sts:AssumeRole", ROLE), caller=ALICE, caller_policies=None, trust=trusted
        )

    decision = unknown(trust(trusting(ROOT)))
    assert decision.outcome is UNKNOWN
    assert decision.reasons[0].note == evaluate.CALLER_NOT_KNOWN
    assert unknown(trust()).outcome is DENIED
    assert unknown(trust(trusting(ROOT), trusting(ROOT, Effect="Deny"))).outcome is DENIED


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:*", "*", ["STS:assumerole"], "sts:Assume????"])
def test_the_trust_statement_must_cover_assuming(action: object) -> None:
    assert asked(trust(trusting(ROOT, Action=action))).outcome is ALLOWED
    assert asked(trust(trusting(ROOT, Action="ecs:Describe*"))).outcome is DENIED


def test_the_external_id_must_fit() -> None:
    guarded = trust(trusting(ROOT, Condition={"StringEquals": {"sts:ExternalId": ["k7Q", "z93"]}}))
    assert asked(guarded, known={"sts:ExternalId": "z93"}).outcome is ALLOWED
    assert asked(guarded, known={"sts:ExternalId": "other"}).outcome is DENIED
    assert asked(guarded, known={}).outcome is DENIED
    assert asked(guarded, complete=False).outcome is UNKNOWN


def test_an_external_id_in_one_of_two_statements_protects_nothing() -> None:
    both = trust(trusting(ROOT, Condition={"StringEquals": {"sts:ExternalId": "k7Q"}}), trusting(ROOT))
    assert asked(both, known={}).outcome is ALLOWED


def test_a_deny_in_the_trust_policy_beats_its_allow() -> None:
    but_alice = trusting({"RAM": f"acs:ram::{PARTNER}:user/alice"}, Effect="Deny")
    assert asked(trust(trusting(ROOT), but_alice)).outcome is DENIED
    assert asked(trust(trusting(ROOT), but_alice), OPS).outcome is ALLOWED
    assert asked(trust(trusting(ROOT), trusting("*", Effect="Deny")), OPS).outcome is UNKNOWN


def test_an_odd_element_leaves_open_only_those_whom_the_statement_names() -> None:
    odd = trust(trusting({"RAM": f"acs:ram::{PARTNER}:user/alice"}, Resource="*"))
    assert asked(odd).outcome is UNKNOWN
    assert asked(odd, OPS).outcome is DENIED
    for nobody_knows in (
        {"Effect": "Allow", "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": ROOT},
        trusting({"RAM": 5}),
        5,
    ):
        assert asked(trust(nobody_knows)).outcome is UNKNOWN


def test_the_callers_session_policy_and_the_owners_control_policies_count() -> None:
    def with_gates(session: object = None, level: object = None) -> Outcome:
        return decide_assume(
            request("sts:AssumeRole", ROLE),
            caller=OPS,
            caller_policies=[MAY],
            trust=trust(trusting(ROOT)),
            caller_session=None if session is None else policy(session),
            control=None if level is None else [control(level)],
        ).outcome

    assert with_gates() is ALLOWED
    assert with_gates(session=allow("mq:*")) is DENIED
    assert with_gates(session=allow("sts:*")) is ALLOWED
    assert with_gates(level=allow("mq:*")) is DENIED
    assert with_gates(level=deny("sts:*")) is DENIED
    assert with_gates(level=allow("*")) is ALLOWED
