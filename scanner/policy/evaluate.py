"""Decide what a set of RAM documents allows.

The gates are asked in the service's order: control policies, the session policy, then the
identity's policies, account scope first and resource-group scope where that is silent. Each gate
must allow. Every answer names the statements that made it, and an answer is UNKNOWN where the
documents, the request or the vendor's pages leave it open.
See https://www.alibabacloud.com/help/en/ram/user-guide/policy-evaluation-process.

Not decided here: resource-based policies of other services (such as OSS bucket policies), and
whether a service honours resource groups or control policies at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from scanner.policy.assumptions import UNDECIDED, Readings
from scanner.policy.callers import ask_trust
from scanner.policy.decision import (
    AssumeCaller,
    CallerKind,
    Decision,
    Gate,
    Outcome,
    Request,
    SourcedPolicy,
)
from scanner.policy.gates import Ruling, all_gates, both_scopes, rule, silence, unsettled
from scanner.policy.statements import Asked

ASSUME_ROLE: Final = "sts:AssumeRole"

GROUP_NOT_KNOWN: Final = "it applies in one resource group, and the resource's group is not known"
CALLER_NOT_KNOWN: Final = "the caller's own policies are not known"
ACCOUNT_CANNOT: Final = "an account itself, signed in as root, cannot assume a role"

_WITHOUT_OWN_POLICIES: Final = frozenset({CallerKind.SERVICE, CallerKind.SAML, CallerKind.OIDC})


def decide(
    request: Request,
    *,
    account: Sequence[SourcedPolicy],
    session: SourcedPolicy | None = None,
    control: Sequence[SourcedPolicy] | None = None,
    readings: Readings = UNDECIDED,
) -> Decision:
    """What the documents decide about a request, and the statements that made it so.

    `account` holds the identity's attached policies of both scopes; `SourcedPolicy.resource_group`
    tells which. `session` is the policy that was handed to AssumeRole; None is a session, or a user,
    without one. `control` are the control policies in force for the account that owns the resource;
    None means that the account is in no directory, or that control policies are left out of the
    question, and an empty sequence that they are in force and allow nothing. Control policies
    that exist but could not be read must not be passed as None: the answer would leave them out.
    `readings` takes sides where the vendor's pages are silent; left alone, what hangs on them is UNKNOWN.
    """
    asked = Asked(request, readings)
    decisions = _control(control, asked)
    if session is not None:
        decisions.append(rule(Gate.SESSION, (session,), asked).decision())
    decisions.append(_identity(account, asked))
    return decisions[0] if len(decisions) == 1 else all_gates(decisions)


def decide_assume(
    request: Request,
    *,
    caller: AssumeCaller,
    caller_policies: Sequence[SourcedPolicy] | None,
    trust: SourcedPolicy,
    control: Sequence[SourcedPolicy] | None = None,
    caller_session: SourcedPolicy | None = None,
    readings: Readings = UNDECIDED,
) -> Decision:
    """Whether `caller` may assume the role that `request.resource` names.

    The caller's own policies and the trust policy must both allow. Cloud services and federated
    identities have no policies of their own, so the trust policy alone decides for them.
    `caller_policies` None means not known; the answer is then UNKNOWN unless another gate refuses.
    `control` and `readings` are as in `decide`, `control` those of the account that owns the role.
    """
    asked = Asked(request, readings)
    decisions = _control(control, asked)
    if caller.kind is CallerKind.ACCOUNT:
        refusal = silence(Gate.ACCOUNT_SCOPE, ACCOUNT_CANNOT)
        decisions.append(Decision(outcome=Outcome.DENIED, reasons=(refusal,)))
    elif caller.kind not in _WITHOUT_OWN_POLICIES:
        decisions += _caller(caller_policies, caller_session, asked)
    decisions.append(_trust(request, caller, trust, readings))
    return all_gates(decisions)


def _control(control: Sequence[SourcedPolicy] | None, asked: Asked) -> list[Decision]:
    """One decision for each level of the directory, because each level must allow."""
    if control is None:
        return []
    levels: dict[str, list[SourcedPolicy]] = {policy.level: [] for policy in control}
    for policy in control:
        levels[policy.level].append(policy)
    rulings = [rule(Gate.CONTROL, policies, asked) for policies in levels.values()]
    return [ruling.decision() for ruling in rulings or [Ruling(Gate.CONTROL)]]


def _identity(policies: Sequence[SourcedPolicy], asked: Asked) -> Decision:
    whole = [policy for policy in policies if policy.resource_group is None]
    ruling = rule(Gate.ACCOUNT_SCOPE, whole, asked)
    if len(whole) == len(policies) or not ruling.can_be_silent:
        return ruling.decision()
    return both_scopes(ruling, _resource_groups(policies, asked))


def _resource_groups(policies: Sequence[SourcedPolicy], asked: Asked) -> Ruling:
    limited = [policy for policy in policies if policy.resource_group is not None]
    group = asked.request.resource_group
    if group is None:
        return rule(Gate.RESOURCE_GROUP_SCOPE, limited, asked, doubt=GROUP_NOT_KNOWN)
    there = [policy for policy in limited if policy.resource_group == group]
    return rule(Gate.RESOURCE_GROUP_SCOPE, there, asked)


def _caller(
    policies: Sequence[SourcedPolicy] | None, session: SourcedPolicy | None, asked: Asked
) -> list[Decision]:
    decisions = []
    if session is not None:
        decisions.append(rule(Gate.SESSION, (session,), asked).decision())
    if policies is None:
        decisions.append(unsettled(Gate.ACCOUNT_SCOPE, CALLER_NOT_KNOWN))
    else:
        decisions.append(_identity(policies, asked))
    return decisions


def _trust(request: Request, caller: AssumeCaller, trust: SourcedPolicy, readings: Readings) -> Decision:
    # Trust policies name sts:AssumeRole also where a service or an identity provider asks.
    asked = Asked(replace(request, action=ASSUME_ROLE), readings)
    ask = ask_trust(caller, role=request.resource)
    return rule(Gate.TRUST, (trust,), asked, ask=ask).decision()
