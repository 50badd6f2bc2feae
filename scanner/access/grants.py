"""One request of one principal: whether it is allowed, under which conditions, and by which statement.

Requests are decided with every condition key left open. The reading of the answer is this:

- an Allow under a condition still grants, to whoever meets the condition, so it counts as
  granted *under a condition* and the condition is named;
- a Deny under a condition does not take a grant away from everybody, so the grant stands
  *unless* that condition holds, which is named too;
- only what cannot be understood (an element, operator or value outside the documented language, a
  name that matches only if case does not count) leaves the answer uncertain.

Control policies and session policies are not part of a scan: they can only take away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from scanner.access.cite import StatementRef, condition_words
from scanner.access.view import Holder
from scanner.policy.catalogue import expand, find
from scanner.policy.decision import Decision, Outcome, Reason, Request
from scanner.policy.evaluate import decide
from scanner.policy.operators import OPERATORS
from scanner.policy.pattern import ResourceMatch, has_variable, matches, resource_matches
from scanner.policy.syntax import Effect, Statement, Words


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
    conditions: tuple[str, ...] = ()
    """For CONDITIONAL, in words: `only if …`, `unless …`."""
    doubts: tuple[str, ...] = ()
    """For UNCERTAIN, in words: what is not understood."""


def grant(holder: Holder, *, action: str, resource: str, resource_group: str | None = None) -> Grant:
    """What `holder` gets of one request."""
    request = Request(action=action, resource=resource, resource_group=resource_group)
    decision = decide(request, account=holder.policies)
    if decision.outcome is Outcome.DENIED:
        return _grant(request, Standing.DENIED, decision, ())
    statements = tuple(_covering(holder, request))
    if decision.outcome is Outcome.ALLOWED:
        return _grant(request, Standing.ALLOWED, decision, statements)
    return _unsettled(holder, request, decision, statements)


def may_cover(statement: Statement, action: str) -> bool:
    """Whether the statement is about `action`; one whose actions cannot be read may be."""
    if statement.actions is not None:
        return _names(statement.actions, action)
    return statement.not_actions is None or not _names(statement.not_actions, action)


def _names(words: Words, action: str) -> bool:
    known = find(action)
    if known:
        return known[0].action in known_actions(words.items)
    return any(matches(pattern, action, ignore_case=True) for pattern in words.items)


@lru_cache(maxsize=16_384)
def known_actions(patterns: tuple[str, ...]) -> frozenset[str]:
    """The actions of the catalogue that any of `patterns` covers."""
    return frozenset(action for pattern in patterns for action in expand(pattern))


def _covering(holder: Holder, request: Request) -> Iterator[StatementRef]:
    """The Allow statements that are about the request, conditions aside."""
    for policy in holder.policies:
        if policy.resource_group not in (None, request.resource_group):
            continue
        for statement in policy.document.statements:
            if statement.effect is Effect.DENY or not may_cover(statement, request.action):
                continue
            if _resource(statement, request.resource) is not ResourceMatch.NO:
                yield StatementRef(policy, statement)


def _resource(statement: Statement, resource: str) -> ResourceMatch:
    """How the statement's resources meet `resource`; missing ones may."""
    if statement.resources is None:
        return ResourceMatch.ONLY_IGNORING_CASE
    found = {resource_matches(pattern, resource) for pattern in statement.resources.items}
    for match in (ResourceMatch.YES, ResourceMatch.ONLY_IGNORING_CASE):
        if match in found:
            return match
    return ResourceMatch.NO


def _unsettled(
    holder: Holder, request: Request, decision: Decision, statements: tuple[StatementRef, ...]
) -> Grant:
    """The reading of an UNKNOWN decision that the module's first lines promise."""
    conditions: list[str] = []
    doubts: list[str] = []
    granted = any(_plain(ref.statement, request) for ref in statements)
    blocked = False
    for reason in decision.reasons:
        if reason.outcome is not Outcome.UNKNOWN:
            continue
        ref = _statement(holder, reason)
        effect = None if ref is None else ref.statement.effect
        if ref is None or effect is None or not _understood(ref.statement, request):
            doubts.append(_doubt(reason))
            blocked = blocked or effect is not Effect.ALLOW
        elif effect is Effect.DENY:
            conditions.append(f"unless {_all_of(ref)}")
        else:
            granted = True
            conditions.append(f"only if {_all_of(ref)}")
    if blocked or not granted:
        return _grant(request, Standing.UNCERTAIN, decision, statements, doubts=tuple(dict.fromkeys(doubts)))
    return _grant(
        request, Standing.CONDITIONAL, decision, statements, conditions=tuple(dict.fromkeys(conditions))
    )


def _grant(
    request: Request,
    standing: Standing,
    decision: Decision,
    statements: tuple[StatementRef, ...],
    *,
    conditions: tuple[str, ...] = (),
    doubts: tuple[str, ...] = (),
) -> Grant:
    return Grant(
        action=request.action,
        resource=request.resource,
        standing=standing,
        decision=decision,
        statements=statements,
        conditions=conditions,
        doubts=doubts,
    )


def _plain(statement: Statement, request: Request) -> bool:
    """Whether a statement that covers the request allows it without a condition."""
    return not statement.conditions and statement.effect is Effect.ALLOW and _understood(statement, request)


def _understood(statement: Statement, request: Request) -> bool:
    """Whether only the truth of its conditions is open, not their meaning nor the statement's."""
    if statement.unsupported or _resource(statement, request.resource) is not ResourceMatch.YES:
        return False
    if any(has_variable(text) for words in _word_lists(statement) for text in words.items):
        return False
    return all(condition.operator in OPERATORS for condition in statement.conditions)


def _word_lists(statement: Statement) -> Iterator[Words]:
    for words in (statement.actions, statement.not_actions, statement.resources):
        if words is not None:
            yield words
    for condition in statement.conditions:
        yield condition.values


def _statement(holder: Holder, reason: Reason) -> StatementRef | None:
    """The statement that a reason speaks of; None when it speaks of a document as a whole."""
    for policy in holder.policies:
        if (policy.label, policy.version) != (reason.policy, reason.version):
            continue
        for statement in policy.document.statements:
            if reason.path == statement.path or reason.path.startswith(f"{statement.path}."):
                return StatementRef(policy, statement)
    return None


def _all_of(ref: StatementRef) -> str:
    """Everything on which it hangs whether an understood statement applies."""
    words = [condition_words(condition) for condition in ref.statement.conditions]
    if ref.policy.resource_group is not None:
        words.append(f"the resource is in resource group `{ref.policy.resource_group}`")
    return " and ".join(words)


def _doubt(reason: Reason) -> str:
    place = f"`{reason.policy}` {reason.path}" if reason.policy else reason.gate.value
    return f"{place}: {reason.note or 'not understood'}"
