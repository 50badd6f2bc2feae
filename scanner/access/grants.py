"""One request of one principal: whether it is allowed, under which conditions, and by which statement.

Requests are decided with every condition key left open. The reading of the answer is this:

- an Allow under a condition still grants, to whoever meets the condition, so it counts as
  granted *under a condition* and the condition is named;
- a Deny under a condition does not take a grant away from everybody, so the grant stands
  *unless* that condition holds, which is named too;
- where it hangs on a resource group that is not known, each group is asked about, and those that grant
  are named;
- only what cannot be understood (an element, operator or value outside the documented language, a
  name that matches only if case does not count) leaves the answer uncertain.

Control policies and session policies are not part of a scan: they can only take away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol

from scanner.access.cite import StatementRef, asked_by, condition_words, terms
from scanner.access.view import Holder
from scanner.policy.catalogue import expand, find
from scanner.policy.condition import NOT_KNOWN, evaluate
from scanner.policy.decision import (
    Context,
    Decision,
    Gate,
    Outcome,
    Reason,
    Request,
    SourcedPolicy,
    Truth,
)
from scanner.policy.evaluate import GROUP_NOT_KNOWN, decide
from scanner.policy.operators import OPERATORS, family_of
from scanner.policy.pattern import has_variable, matches, without_variables
from scanner.policy.statements import actions_in_doubt
from scanner.policy.syntax import Condition, Effect, PolicyDocument, Statement, Words

NOTHING_KNOWN: Final = Context()
"""The context that leaves every condition key open."""
_EVERY_ACTION: Final = ("*",)
IN_NO_GROUP: Final = ""
"""The resource group of what is in none that any policy names."""


class HasPolicies(Protocol):
    """Whatever a decision was made about: a holder, or a role's trust policy by itself."""

    @property
    def policies(self) -> tuple[SourcedPolicy, ...]:
        """The documents that the reasons of the decision speak of."""


class Standing(StrEnum):
    """What a decision with open conditions comes to."""

    ALLOWED = "allowed"
    CONDITIONAL = "allowed under a condition"
    UNCERTAIN = "not certain"
    DENIED = "denied"

    @property
    def grants(self) -> bool:
        """Whether somebody gets it."""
        return self in (Standing.ALLOWED, Standing.CONDITIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the policies of a principal say to one request."""

    action: str
    resource: str
    standing: Standing
    decision: Decision
    statements: tuple[StatementRef, ...]
    """The Allow statements that cover the request."""
    only_if: tuple[str, ...] = ()
    """For CONDITIONAL, in words: the conditions of the Allow statements; one of them must be met."""
    unless: tuple[str, ...] = ()
    """For CONDITIONAL, in words: the conditions of the Deny statements; none of them may be met."""
    doubts: tuple[str, ...] = ()
    """For UNCERTAIN, in words: what is not understood."""

    @property
    def terms(self) -> str:
        """On what it hangs, in one phrase; empty when it hangs on nothing."""
        return terms(only_if=self.only_if, unless=self.unless)


def grant(
    holder: Holder,
    *,
    action: str,
    resource: str,
    resource_group: str | None = None,
    context: Context = NOTHING_KNOWN,
) -> Grant:
    """What `holder` gets of one request; conditions that `context` settles are no terms of it."""
    request = Request(action=action, resource=resource, resource_group=resource_group, context=context)
    decision = decide(request, account=holder.policies)
    if decision.outcome is Outcome.UNKNOWN and any(r.note == GROUP_NOT_KNOWN for r in decision.reasons):
        return _by_group(holder, request, decision)
    return weigh(holder, request, decision)


def weigh(holder: HasPolicies, request: Request, decision: Decision) -> Grant:
    """What a decision about `holder`'s policies comes to; resource groups must not be open in it."""
    match decision.outcome:
        case Outcome.DENIED:
            return _grant(request, Standing.DENIED, decision, ())
        case Outcome.ALLOWED:
            return _grant(request, Standing.ALLOWED, decision, _allowing(holder, decision))
        case Outcome.UNKNOWN:
            return _unsettled(holder, request, decision)


def offered(holder: Holder) -> frozenset[str]:
    """The actions of the catalogue that any Allow statement is about; there may be others."""
    return frozenset().union(*(_offered(policy.document) for policy in holder.policies))


@lru_cache(maxsize=8_192)
def _offered(document: PolicyDocument) -> frozenset[str]:
    statements = (s for s in document.statements if s.effect is not Effect.DENY)
    return frozenset().union(*map(_covered, statements))


def _covered(statement: Statement) -> frozenset[str]:
    """The actions of the catalogue for which `may_cover` says yes."""
    if actions_in_doubt(statement):
        return known_actions(_EVERY_ACTION)
    if statement.actions is not None:
        return known_actions(_widest(statement.actions))
    return known_actions(_EVERY_ACTION) - known_actions(_narrowest(statement.not_actions))


def may_cover(statement: Statement, action: str) -> bool:
    """Whether the statement is about `action`; one whose actions cannot be understood may be."""
    if actions_in_doubt(statement):
        return True
    if statement.actions is not None:
        return _names(_widest(statement.actions), action)
    return not _names(_narrowest(statement.not_actions), action)


def _widest(words: Words) -> tuple[str, ...]:
    """The patterns with each variable widened, as what it stands for is not known."""
    return tuple(map(without_variables, words.items))


def _narrowest(words: Words | None) -> tuple[str, ...]:
    """The patterns of which it is known what they cover."""
    return () if words is None else tuple(text for text in words.items if not has_variable(text))


def _names(patterns: tuple[str, ...], action: str) -> bool:
    known = find(action)
    if known:
        return known[0].action in known_actions(patterns)
    return any(matches(pattern, action, ignore_case=True) for pattern in patterns)


@lru_cache(maxsize=16_384)
def known_actions(patterns: tuple[str, ...]) -> frozenset[str]:
    """The actions of the catalogue that any of `patterns` covers."""
    return frozenset(action for pattern in patterns for action in expand(pattern))


def _allowing(holder: HasPolicies, decision: Decision) -> tuple[StatementRef, ...]:
    """The Allow statements that the decision rests on."""
    refs = (_statement(holder, reason) for reason in decision.reasons if reason.effect is Effect.ALLOW)
    return tuple(ref for ref in refs if ref is not None)


def _by_group(holder: Holder, request: Request, decision: Decision) -> Grant:
    """The answer where the resource's group is not known: what each group would make of it, taken together."""
    limited = dict.fromkeys(p.resource_group for p in holder.policies if p.resource_group is not None)
    answers = {
        group: grant(
            holder,
            action=request.action,
            resource=request.resource,
            resource_group=group,
            context=request.context,
        )
        for group in (IN_NO_GROUP, *limited)
    }
    granting = {group: answer for group, answer in answers.items() if answer.standing.grants}
    if not granting:
        uncertain = (answer for answer in answers.values() if answer.standing is Standing.UNCERTAIN)
        return next(uncertain, answers[IN_NO_GROUP])
    anywhere = granting.get(IN_NO_GROUP)
    only_if = [
        words
        for group, answer in granting.items()
        for words in answer.only_if or ([_in_group(group)] if group else [])
    ]
    return Grant(
        action=request.action,
        resource=request.resource,
        standing=Standing.CONDITIONAL,
        decision=decision,
        statements=tuple(dict.fromkeys(ref for answer in granting.values() for ref in answer.statements)),
        only_if=() if anywhere is not None and not anywhere.only_if else tuple(dict.fromkeys(only_if)),
        unless=tuple(dict.fromkeys(words for answer in granting.values() for words in answer.unless)),
    )


def _unsettled(holder: HasPolicies, request: Request, decision: Decision) -> Grant:
    """The reading of an UNKNOWN decision that the module's first lines promise."""
    decision = _without_closed_group(decision)
    statements = _allowing(holder, decision)
    granted = any(reason.outcome is Outcome.ALLOWED for reason in decision.reasons)
    denials = tuple(_open_denials(holder, request, decision))
    only_if: list[str] = []
    unless: list[str] = []
    doubts: list[str] = []
    blocked = cancelled = False
    for reason in decision.reasons:
        if reason.outcome is not Outcome.UNKNOWN:
            continue
        ref = _statement(holder, reason)
        if ref is None or not _understood(ref.statement, request, reason):
            doubts.append(_doubt(reason))
            blocked = blocked or reason.effect is not Effect.ALLOW
        elif reason.effect is Effect.DENY:
            unless.append(_all_of(ref, request))
        elif any(_takes_back(denial, ref, request) for denial in denials):
            cancelled = True
        else:
            only_if.append(_all_of(ref, request))
    if cancelled and not (granted or only_if or doubts):
        return _grant(request, Standing.DENIED, decision, ())
    if blocked or not (granted or only_if):
        return _grant(request, Standing.UNCERTAIN, decision, statements, doubts=tuple(dict.fromkeys(doubts)))
    # Where one statement allows it anyway, the conditions of others do not matter.
    return Grant(
        action=request.action,
        resource=request.resource,
        standing=Standing.CONDITIONAL,
        decision=decision,
        statements=statements,
        only_if=() if granted else tuple(dict.fromkeys(only_if)),
        unless=tuple(dict.fromkeys(unless)),
    )


def _without_closed_group(decision: Decision) -> Decision:
    """The decision without what a resource group's policies allow, where a Deny among them takes it all away."""
    closed = any(
        reason.outcome is Outcome.DENIED and reason.gate is Gate.RESOURCE_GROUP_SCOPE
        for reason in decision.reasons
    )
    if not closed:
        return decision
    left = tuple(reason for reason in decision.reasons if reason.gate is not Gate.RESOURCE_GROUP_SCOPE)
    return replace(decision, reasons=left)


def _open_denials(holder: HasPolicies, request: Request, decision: Decision) -> Iterator[StatementRef]:
    """The Deny statements of which only the conditions are open."""
    for reason in decision.reasons:
        if reason.outcome is Outcome.UNKNOWN and reason.effect is Effect.DENY:
            ref = _statement(holder, reason)
            if ref is not None and _understood(ref.statement, request, reason):
                yield ref


def _takes_back(denial: StatementRef, allowing: StatementRef, request: Request) -> bool:
    """Whether the Deny applies whenever the Allow does, because it asks for no more.

    A Deny in a resource group does not reach an Allow on the whole account, nor one in another group.
    """
    if denial.policy.resource_group not in (None, allowing.policy.resource_group):
        return False
    return asked_by(_open(denial.statement, request)) <= asked_by(_open(allowing.statement, request))


def _grant(
    request: Request,
    standing: Standing,
    decision: Decision,
    statements: tuple[StatementRef, ...],
    *,
    doubts: tuple[str, ...] = (),
) -> Grant:
    return Grant(
        action=request.action,
        resource=request.resource,
        standing=standing,
        decision=decision,
        statements=statements,
        doubts=doubts,
    )


def _open(statement: Statement, request: Request) -> tuple[Condition, ...]:
    """The conditions that the request leaves open."""
    if request.context is NOTHING_KNOWN:
        return statement.conditions
    found = ((condition, evaluate(condition, request.context)) for condition in statement.conditions)
    return tuple(condition for condition, result in found if result.truth is Truth.UNKNOWN)


def _understood(statement: Statement, request: Request, reason: Reason) -> bool:
    """Whether only the truth of its conditions is open, not their meaning nor the statement's.

    A reason names the first part that is open, and the conditions come last.
    """
    return (
        any(condition.path == reason.path for condition in statement.conditions)
        and not statement.unsupported
        and all(is_documented(condition) for condition in statement.conditions)
        and (request.context is NOTHING_KNOWN or _hangs_on_keys(statement, request))
    )


def _hangs_on_keys(statement: Statement, request: Request) -> bool:
    """Whether what the request leaves open would be settled by the values of its keys."""
    results = (evaluate(condition, request.context) for condition in statement.conditions)
    return all(r.truth is not Truth.UNKNOWN or r.note.endswith(NOT_KNOWN) for r in results)


def is_documented(condition: Condition) -> bool:
    """Whether it is known what the condition asks."""
    operator = OPERATORS.get(condition.operator)
    if operator is None or family_of(condition.key) not in (None, operator.family):
        return False
    return not any(has_variable(text) for text in condition.values.items)


def _statement(holder: HasPolicies, reason: Reason) -> StatementRef | None:
    """The statement that a reason speaks of; None when it speaks of a document as a whole."""
    limited = reason.gate is Gate.RESOURCE_GROUP_SCOPE
    for policy in holder.policies:
        if (policy.label, policy.version) != (reason.policy, reason.version):
            continue
        if (policy.resource_group is not None) is not limited:
            continue
        for statement in policy.document.statements:
            if reason.path == statement.path or reason.path.startswith(f"{statement.path}."):
                return StatementRef(policy, statement)
    return None


def _all_of(ref: StatementRef, request: Request) -> str:
    """Everything on which it hangs whether an understood statement applies."""
    words = [condition_words(condition) for condition in _open(ref.statement, request)]
    if ref.policy.resource_group is not None:
        words.append(_in_group(ref.policy.resource_group))
    return " and ".join(words)


def _in_group(group: str) -> str:
    return f"the resource is in resource group `{group}`"


def _doubt(reason: Reason) -> str:
    place = f"`{reason.policy}` {reason.path}" if reason.policy else reason.gate.value
    return f"{place}: {reason.note or 'not understood'}"
