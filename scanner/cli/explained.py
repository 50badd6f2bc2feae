"""What `crossrole explain` shows: an answer with its ways, calls, gates and statements, as text and as JSON."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scanner.access.anatomy import GateView, Look
from scanner.access.explain import Explained, OpenQuestion, Step
from scanner.access.grants import Standing
from scanner.access.hops import Hop
from scanner.access.targets import Target
from scanner.access.view import AccountView
from scanner.cli.asking import evidence_value, path_value, place, terms_in_words, who
from scanner.cli.console import say
from scanner.policy.decision import Outcome, Truth
from scanner.policy.masking import MASK, is_secret_key

_SHOWN: Final = 3
"""How many roles elsewhere, and how many of those they let in, are named."""
_VERDICTS: Final = {
    Standing.ALLOWED: "Yes",
    Standing.CONDITIONAL: "Under conditions",
    Standing.UNCERTAIN: "Not certain",
    Standing.DENIED: "No",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one account says."""

    view: AccountView
    target: Target
    action: str
    standing: Standing
    explained: Sequence[Explained]
    not_shown: int
    elsewhere: Mapping[str, Sequence[str]]
    unread: Sequence[str]
    notes: Sequence[str]


def answer_value(args: Namespace, answer: Answer, notes: Sequence[str]) -> dict[str, Any]:
    """The answer as JSON; `notes` are about the question."""
    return {
        "account": answer.view.account,
        "who": args.who,
        "action": answer.action,
        "resource": args.resource,
        "target": answer.target.arn,
        "exists": answer.target.exists,
        "answer": answer.standing.value,
        "context": _given(args),
        "complete": args.complete,
        "ways": [_way_value(explained) for explained in answer.explained],
        "ways_not_shown": answer.not_shown,
        "elsewhere": {role: list(principals) for role, principals in answer.elsewhere.items()},
        "unread": list(answer.unread),
        "notes": [*notes, *answer.notes],
    }


def _given(args: Namespace) -> dict[str, str]:
    """The keys of the question, without the value of an external id."""
    pairs = (text.partition("=") for text in args.context)
    return {key: MASK if value and is_secret_key(key) else value for key, _, value in pairs}


def _way_value(one: Explained) -> dict[str, Any]:
    return {
        "path": path_value(one.path),
        **_hop_value(one.hop),
        "missing": list(one.missing),
        "questions": [
            {
                "assumption": question.assumption.value,
                "question": question.question,
                "readings": [
                    {"reading": words, "answer": outcome.value} for words, outcome in question.sides
                ],
            }
            for question in one.questions
        ],
        "steps": [
            {
                "what": step.what,
                **_hop_value(step.hop),
                "note": step.note,
                "gates": [_gate_value(gate) for gate in step.gates],
            }
            for step in one.steps
        ],
    }


def _hop_value(hop: Hop) -> dict[str, Any]:
    return {
        "answer": hop.standing.value,
        "only_if": list(hop.only_if),
        "unless": list(hop.unless),
        "doubts": list(hop.doubts),
    }


def _gate_value(gate: GateView) -> dict[str, Any]:
    return {
        "name": gate.name,
        "outcome": gate.outcome.value,
        "note": gate.note,
        "decisive": [_look_value(look) for look in gate.decisive],
        "almost": [_look_value(look) for look in gate.almost],
    }


def _look_value(look: Look) -> dict[str, Any]:
    return {
        "statement": evidence_value(look.place),
        "effect": look.effect.value if look.effect else None,
        "applies": look.truth.value,
        "says": look.says,
    }


def print_answer(args: Namespace, answer: Answer) -> None:
    """The answer for a person: the verdict, then each way, call by call."""
    say(f"May `{args.who}` do `{answer.action}` on {answer.target.words} of account {answer.view.account}?")
    say(f"{_VERDICTS[answer.standing]}{_headline(answer)}.")
    for explained in answer.explained:
        _print_way(explained)
    if not answer.explained:
        say("  No role of the account trusts it.")
    if answer.not_shown:
        say(f"\n{answer.not_shown} further ways come no further than these; --all explains them")
    for role, principals in list(answer.elsewhere.items())[:_SHOWN]:
        say(f"\nRole `{role}` would allow it, and lets in {', '.join(principals[:_SHOWN])}")
    if len(answer.elsewhere) > _SHOWN:
        say(f"and so would {len(answer.elsewhere) - _SHOWN} more roles that others may assume")
    for words in answer.unread:
        say(f"not known: {words}")
    say()


def _headline(answer: Answer) -> str:
    """The terms of the best way, after the verdict."""
    if not answer.explained:
        return ""
    hop = answer.explained[0].hop
    words = terms_in_words(hop.only_if, hop.unless)
    return f": {words}" if words else ""


def _print_way(one: Explained) -> None:

    start = () if one.path.starts_inside else (who(one.path),)
    say(f"\n{' > '.join((*start, *one.path.roles))}: {one.standing.value}")
    for words in one.missing:
        say(f"  missing: {words}")
    for question in one.questions:
        _print_question(question)
    for step in one.steps:
        _print_step(step)


def _print_question(question: OpenQuestion) -> None:
    say(f"  rests on an open question, {question.assumption.value}: {question.question}")
    for words, outcome in question.sides:
        say(f"    read as `{words}`: {outcome.value}")


def _print_step(step: Step) -> None:
    words = terms_in_words(step.hop.only_if, step.hop.unless)
    say(f"  {step.what}: {step.hop.standing.value}{f', {words}' if words else ''}")
    if step.note:
        say(f"    note: {step.note}")
    for doubt in step.hop.doubts:
        say(f"    not certain: {doubt}")
    for gate in step.gates:
        say(f"    {gate.name}: {_outcome(gate)}{f', {gate.note}' if gate.note else ''}")
        for look in gate.decisive:
            say(f"      {_line(look)}")
        for look in gate.almost:
            say(f"      almost: {_line(look)}")


def _outcome(gate: GateView) -> str:
    """What a gate comes to; one that hangs on conditions is told from one that nobody can tell of."""
    if gate.outcome is not Outcome.UNKNOWN:
        return gate.outcome.value
    open_ones = [look for look in gate.decisive if look.truth is Truth.UNKNOWN]
    return "hangs on conditions" if all(look.conditional for look in open_ones) else "not certain"


def _line(look: Look) -> str:
    return f"{place(look.place)} {look.says}"
