"""How the statements of several documents come to one ruling.

Inside one gate an explicit Deny wins, then any Allow, and otherwise the gate is silent, which
refuses. A gate keeps every way in which its unsettled statements could come out, so that
what is unknown stays unknown only where it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scanner.policy.decision import Decision, Gate, Outcome, Reason, SourcedPolicy, Truth
from scanner.policy.statements import Answer, Asked, Prepared, concerning
from scanner.policy.syntax import Effect

SILENT = "no statement allows it"

Ask = Callable[[Prepared, Asked], Answer]


def ask_statement(statement: Prepared, asked: Asked) -> Answer:
    """Whether a statement applies by its action, resource and conditions."""
    return statement.applies(asked)


@dataclass(slots=True)
class Ruling:
    """What the statements of one gate and scope say, and the reasons for it."""

    gate: Gate
    denies: list[Reason] = field(default_factory=list)
    allows: list[Reason] = field(default_factory=list)
    may_deny: list[Reason] = field(default_factory=list)
    may_allow: list[Reason] = field(default_factory=list)

    @property
    def can_allow(self) -> bool:
        """Whether the gate can come out as Allow."""
        return not self.denies and bool(self.allows or self.may_allow)

    @property
    def can_deny(self) -> bool:
        """Whether the gate can come out as an explicit Deny."""
        return bool(self.denies or self.may_deny)

    @property
    def can_be_silent(self) -> bool:
        """Whether the gate can come out with no statement that applies."""
        return not self.denies and not self.allows

    def decision(self) -> Decision:
        """The gate's own decision; silence refuses."""
        if not self.can_allow:
            return Decision(outcome=Outcome.DENIED, reasons=self._refusal())
        if self.can_deny or self.can_be_silent:
            return Decision(outcome=Outcome.UNKNOWN, reasons=self.open_reasons())
        return Decision(outcome=Outcome.ALLOWED, reasons=tuple(self.allows))

    def open_reasons(self) -> tuple[Reason, ...]:
        """The statements that could not be settled, each once, then those that allow."""
        return tuple(dict.fromkeys((*self.may_deny, *self.may_allow, *self.allows)))

    def _refusal(self) -> tuple[Reason, ...]:
        return tuple(self.denies) or (silence(self.gate),)


def silence(gate: Gate, note: str = SILENT) -> Reason:
    """The reason of a gate that no statement opened."""
    return Reason(gate=gate, policy="", version="", path="", outcome=Outcome.DENIED, note=note)


def unsettled(gate: Gate, note: str) -> Decision:
    """The decision of a gate whose documents are not known."""
    reason = Reason(gate=gate, policy="", version="", path="", outcome=Outcome.UNKNOWN, note=note)
    return Decision(outcome=Outcome.UNKNOWN, reasons=(reason,))


def rule(
    gate: Gate,
    policies: Sequence[SourcedPolicy],
    asked: Asked,
    *,
    ask: Ask = ask_statement,
    doubt: str = "",
) -> Ruling:
    """What the statements of `policies` say; `doubt` says why they may not be in force at all."""
    ruling = Ruling(gate)
    for policy in policies:
        document = concerning(policy.document, asked.action)
        if document.doubt is not None:
            answer = Answer(Truth.UNKNOWN, document.doubt.path, document.doubt.message)
            _count(ruling, policy, answer, path=answer.path, effect=None)
            continue
        for statement in document.statements:
            answer = ask(statement, asked)
            if answer.truth is Truth.FALSE:
                continue
            if doubt and answer.truth is Truth.TRUE:
                answer = Answer(Truth.UNKNOWN, statement.statement.path, doubt)
            own = statement.statement
            _count(ruling, policy, answer, path=own.path, effect=own.effect)
    return ruling


def _count(
    ruling: Ruling, policy: SourcedPolicy, answer: Answer, *, path: str, effect: Effect | None
) -> None:
    if answer.truth is Truth.TRUE and effect is not None:
        outcome = Outcome.DENIED if effect is Effect.DENY else Outcome.ALLOWED
        found = ruling.denies if effect is Effect.DENY else ruling.allows
    else:
        outcome = Outcome.UNKNOWN
        found = ruling.may_allow if effect is Effect.ALLOW else ruling.may_deny
    reason = Reason(
        gate=ruling.gate,
        policy=policy.label,
        version=policy.version,
        path=answer.path or path,
        outcome=outcome,
        effect=effect,
        note=answer.note,
    )
    found.append(reason)
    if outcome is Outcome.UNKNOWN and effect is None:
        ruling.may_allow.append(reason)


def both_scopes(account: Ruling, group: Ruling) -> Decision:
    """The identity decision where the account scope is, or may be, silent: the other scope is asked then.

    An explicit Allow of the account scope thus ends the question before a Deny that is attached to
    a resource group. The vendor's page says so; that such a Deny loses is inferred from it.
    """
    can_allow = account.can_allow or group.can_allow
    can_refuse = account.can_deny or group.can_deny or group.can_be_silent
    if can_allow and can_refuse:
        reasons = (*account.open_reasons(), *group.denies, *group.open_reasons())
        return Decision(outcome=Outcome.UNKNOWN, reasons=reasons)
    if can_allow:
        return Decision(outcome=Outcome.ALLOWED, reasons=tuple(group.allows))
    return group.decision() if group.denies else account.decision()


def all_gates(decisions: Sequence[Decision]) -> Decision:
    """Every gate must allow; the first that surely refuses settles it, in the order they are asked."""
    for decision in decisions:
        if decision.outcome is Outcome.DENIED:
            return decision
    reasons = tuple(reason for decision in decisions for reason in decision.reasons)
    open_ones = any(decision.outcome is Outcome.UNKNOWN for decision in decisions)
    return Decision(outcome=Outcome.UNKNOWN if open_ones else Outcome.ALLOWED, reasons=reasons)
