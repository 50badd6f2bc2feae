"""Comparisons as JSON, for the commands that print them. External ids are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.policy.assumptions import Assumption
    from scanner.policy.comparison import Comparison, Witness


def comparison_value(comparison: Comparison) -> dict[str, Any]:
    """One direction of a change."""
    witness = comparison.witness
    return {
        "answer": comparison.answer.value,
        "today": comparison.today.value,
        "witness": None if witness is None else witness_value(witness),
        "possible": None if comparison.possible is None else witness_value(comparison.possible),
        "doubts": [{"policy": d.policy, "path": d.path, "why": d.why} for d in comparison.doubts],
        "open_questions": [question_value(assumption) for assumption in comparison.assumptions],
        "states": comparison.states,
    }


def witness_value(witness: Witness) -> dict[str, Any]:
    """A request; under `context`, null is a key that is not sent."""
    from scanner.policy.masking import MASK, is_secret_key

    request, caller = witness.request, witness.caller
    context = {
        key: None if not values else MASK if is_secret_key(key) else ", ".join(sorted(values))
        for key, values in sorted(request.context.known.items())
    }
    return {
        "action": request.action,
        "resource": request.resource,
        "resource_group": request.resource_group,
        "context": context,
        "caller": None
        if caller is None
        else {"kind": caller.kind.value, "account": caller.account, "arn": caller.arn},
        "known_action": witness.known_action,
        "exists": witness.exists,
    }


def question_value(assumption: Assumption) -> dict[str, Any]:
    """An open question with its readings."""
    from scanner.policy.assumptions import row_of

    row = row_of(assumption)
    return {"id": assumption.value, "question": row.question, "readings": list(row.readings)}
