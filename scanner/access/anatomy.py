"""A gate taken apart: what each of its statements says to one request, and which of them almost decided.

A statement almost decides when all but one of its parts fit: its resource, its condition, the resource group of its
policy, or its principal. The gate's own outcome comes from `scanner.policy`; what is added here is only words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scanner.access.cite import StatementRef, cite, condition_words, shortened
from scanner.model.finding import Evidence
from scanner.policy.callers import NO_PRINCIPAL, ask_trust, names, principals_in_doubt
from scanner.policy.condition import NOT_KNOWN, evaluate_in
from scanner.policy.decision import AssumeCaller, Gate, Outcome, SourcedPolicy, Truth
from scanner.policy.evaluate import GROUP_NOT_KNOWN
from scanner.policy.gates import Ask, ask_statement, rule
from scanner.policy.statements import NO_ACTION, NO_RESOURCE, NOT_UNDERSTOOD, Asked, Prepared, prepared
from scanner.policy.syntax import Effect, Statement

_LISTED: Final = 3
"""How many resources or principals a sentence names."""
_NAME_LIMIT: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one statement says to one request."""

    place: Evidence
    effect: Effect | None
    truth: Truth
    """Whether it applies."""
    says: str
    """In a clause: `allows it`, `would deny it if …`, `allows it on … only`."""
    conditional: bool = False
    """For UNKNOWN: whether only values hang in the balance that the request has not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    """One gate that a request passes, or does not."""

    name: str
    """Whose policies, and of which kind."""
    outcome: Outcome
    decisive: tuple[Look, ...]
    """The statements that made the outcome; none where the gate is silent."""
    almost: tuple[Look, ...]
    """Those that would have made another one, and fail on one part."""
    note: str = ""
    """Why a gate without decisive statements came out so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateQuestion:
    """Some policies of one kind, and the request that they are asked about."""

    name: str
    gate: Gate
    policies: tuple[SourcedPolicy, ...]
    asked: Asked
    caller: AssumeCaller | None = None
    """For a trust policy: who asks."""


@dataclass(frozen=True, slots=True)
class _Part:
    """How one part of a statement fits."""

    truth: Truth
    words: str = ""
    """Completes a clause: `on …`, `if …`."""
    by_value: bool = False
    """For UNKNOWN: whether a value that is not told would settle it."""
    hypothetical: bool = False
    """For FALSE: whether the clause tells what would have to be so."""


_VERBS: Final = {"allow": "allows", "deny": "denies", "do something about": "does something about"}
_FITS: Final = _Part(Truth.TRUE)


def take_apart(question: GateQuestion) -> GateView:
    """The gate with its statements."""
    looks = [look for policy in question.policies for look in _looks(policy, question)]
    outcome = _outcome(question)
    applying = [look for _, look in looks if look.truth is not Truth.FALSE]
    almost = [look for fails, look in looks if fails == 1]
    match outcome:
        case Outcome.ALLOWED:
            decisive = [look for look in applying if look.effect is Effect.ALLOW and look.truth is Truth.TRUE]
            almost = [look for look in almost if look.effect is not Effect.ALLOW]
        case Outcome.UNKNOWN:
            decisive = applying
        case Outcome.DENIED:
            decisive = [look for look in applying if look.effect is Effect.DENY and look.truth is Truth.TRUE]
            beaten = [look for look in applying if look not in decisive and look.effect is not Effect.DENY]
            almost = beaten + [look for look in almost if look.effect is not Effect.DENY]
    silent = outcome is Outcome.DENIED and not decisive
    return GateView(
        name=question.name,
        outcome=outcome,
        decisive=tuple(decisive),
        almost=tuple(almost),
        note=_silence(question, [look for _, look in looks]) if silent else "",
    )


def _outcome(question: GateQuestion) -> Outcome:
    role = question.asked.request.resource
    ask: Ask = ask_statement if question.caller is None else ask_trust(question.caller, role=role)
    group = question.asked.request.resource_group
    doubt = GROUP_NOT_KNOWN if question.gate is Gate.RESOURCE_GROUP_SCOPE and group is None else ""
    policies = [policy for policy in question.policies if policy.resource_group in {None, group} or doubt]
    return rule(question.gate, policies, question.asked, ask=ask, doubt=doubt).decision().outcome


def _silence(question: GateQuestion, looks: Sequence[Look]) -> str:
    """Why a gate refuses without a Deny; `looks` are at the statements about the action."""
    if not question.policies:
        return "no policy is attached"
    if any(look.effect is not Effect.DENY for look in looks):
        return "no statement allows it as it is asked"
    return f"no statement allows `{question.asked.request.action}` at all"


def _looks(policy: SourcedPolicy, question: GateQuestion) -> Iterator[tuple[int, Look]]:
    """Each statement that is about the action, with the number of its parts that do not fit."""
    document = prepared(policy.document)
    if document.doubt is not None:
        place = _placed(StatementRef(policy, _NOWHERE), question, path=document.doubt.path)
        said = f"is not understood: {document.doubt.message}"
        yield 0, Look(place=place, effect=None, truth=Truth.UNKNOWN, says=said)
    for statement in document.statements:
        action = statement.covers_action(question.asked)
        if action.truth is not Truth.FALSE:
            parts = tuple(_parts(statement, policy, question))
            yield sum(part.truth is Truth.FALSE for part in parts), _look(statement, policy, question, parts)


_NOWHERE: Final = Statement(index=-1, path="$", effect=None)


def _look(statement: Prepared, policy: SourcedPolicy, question: GateQuestion, parts: Sequence[_Part]) -> Look:
    own = statement.statement
    failing = [part for part in parts if part.truth is Truth.FALSE]
    open_ones = [part for part in parts if part.truth is Truth.UNKNOWN]
    if failing:
        truth, told = Truth.FALSE, failing
    elif open_ones:
        truth, told = Truth.UNKNOWN, open_ones
    else:
        truth, told = Truth.TRUE, []
    return Look(
        place=_placed(StatementRef(policy, own), question),
        effect=own.effect,
        truth=truth,
        says=_says(own.effect, truth, told),
        conditional=truth is Truth.UNKNOWN and all(part.by_value for part in open_ones),
    )


def _says(effect: Effect | None, truth: Truth, parts: Sequence[_Part]) -> str:
    verb = {Effect.ALLOW: "allow", Effect.DENY: "deny", None: "do something about"}[effect]
    words = ", and ".join(part.words for part in parts if part.words)
    if truth is Truth.TRUE:
        return {Effect.ALLOW: "allows it", Effect.DENY: "denies it", None: "has an unreadable effect"}[effect]
    if truth is Truth.FALSE and not any(part.hypothetical for part in parts):
        return f"{_VERBS[verb]} it {words} only"
    may = "would" if truth is Truth.FALSE or all(part.by_value for part in parts) else "may"
    return f"{may} {verb} it {words}"


def _parts(statement: Prepared, policy: SourcedPolicy, question: GateQuestion) -> Iterator[_Part]:
    own = statement.statement
    if statement.actions is None:
        yield _Part(Truth.UNKNOWN, f"({NO_ACTION})")
    if own.unsupported:
        yield _Part(Truth.UNKNOWN, f"({own.unsupported[0]}: {NOT_UNDERSTOOD})")
    if question.caller is not None:
        yield _principal(own, question.caller, question)
    elif statement.needs_resource:
        yield _resource(statement, question)
    yield _condition(own, question)
    yield _group(policy, question)


def _resource(statement: Prepared, question: GateQuestion) -> _Part:
    if statement.resources is None:
        return _Part(Truth.UNKNOWN, f"({NO_RESOURCE})")
    answer = statement.resources.cover(question.asked)
    texts = statement.statement.resources.items if statement.statement.resources else ()
    if answer.truth is Truth.FALSE:
        return _Part(Truth.FALSE, f"on {_listed(texts)}")
    return (
        _FITS if answer.truth is Truth.TRUE else _Part(Truth.UNKNOWN, f"on {_listed(texts)} ({answer.note})")
    )


def _principal(statement: Statement, caller: AssumeCaller, question: GateQuestion) -> _Part:
    if statement.principals is None or principals_in_doubt(statement):
        return _Part(Truth.UNKNOWN, f"({NO_PRINCIPAL})")
    role = question.asked.request.resource
    answers = [names(principal, caller, role=role) for principal in statement.principals]
    if any(answer.truth is Truth.TRUE for answer in answers):
        return _FITS
    named = f"to {_listed([principal.text for principal in statement.principals])}"
    unsure = [answer for answer in answers if answer.truth is Truth.UNKNOWN]
    return _Part(Truth.UNKNOWN, f"{named} ({unsure[0].note})") if unsure else _Part(Truth.FALSE, named)


def _condition(statement: Statement, question: GateQuestion) -> _Part:
    """All conditions together: those that are not met, else those that are open."""
    results = [(one, evaluate_in(one, question.asked.keys)) for one in statement.conditions]
    unmet = [condition_words(one) for one, result in results if result.truth is Truth.FALSE]
    if unmet:
        return _Part(Truth.FALSE, f"if {' and '.join(unmet)} were met", hypothetical=True)
    open_ones = [(one, result) for one, result in results if result.truth is Truth.UNKNOWN]
    if not open_ones:
        return _FITS
    by_value = all(result.note.endswith(NOT_KNOWN) for _, result in open_ones)
    words = " and ".join(
        condition_words(one) + ("" if result.note.endswith(NOT_KNOWN) else f" ({result.note})")
        for one, result in open_ones
    )
    return _Part(Truth.UNKNOWN, f"if {words}", by_value=by_value)


def _group(policy: SourcedPolicy, question: GateQuestion) -> _Part:
    wanted, group = policy.resource_group, question.asked.request.resource_group
    if wanted is None or wanted == group:
        return _FITS
    if group is None:
        return _Part(Truth.UNKNOWN, f"if the resource is in resource group `{wanted}`", by_value=True)
    return _Part(Truth.FALSE, f"in resource group `{wanted}`")


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(f"`{shortened(text, _NAME_LIMIT)}`" for text in texts[:_LISTED])
    rest = len(texts) - _LISTED
    return (f"{shown} and {rest} more" if rest > 0 else shown) or "nothing"


def _placed(ref: StatementRef, question: GateQuestion, *, path: str = "") -> Evidence:
    place = cite(ref)
    group = f" @ {ref.policy.resource_group}" if ref.policy.resource_group is not None else ""
    source = question.name if question.gate is Gate.TRUST else f"{place.source}{group}"
    return replace(place, source=source, path=path or place.path, excerpt="" if path else place.excerpt)
