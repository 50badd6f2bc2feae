"""Comparisons in words: the request that shows new access, and why an answer is UNKNOWN.

External ids are masked. Names are given as they are; whoever shows them makes them visible.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.policy.assumptions import Assumption, row_of
from scanner.policy.comparison import Comparison, Direction, Doubt, Witness
from scanner.policy.decision import AssumeCaller, CallerKind
from scanner.policy.masking import MASK, is_secret_key

DIRECTIONS: Final = {
    Direction.EQUAL: "allows the same",
    Direction.WIDER: "allows more",
    Direction.NARROWER: "allows less",
    Direction.BOTH: "allows more in one place and less in another",
    Direction.UNKNOWN: "cannot be told apart for certain",
}
"""What each direction says of the new policies against the old ones."""


def witness_words(witness: Witness) -> str:
    """The request in one phrase: `` `mq:PUB` on `acs:mq:…`, with `acs:SourceIp` `10.0.0.1` ``."""
    who = f"{caller_words(witness.caller)} asks for " if witness.caller else ""
    return "".join((who, f"`{witness.request.action}` on `{witness.request.resource}`", *_terms(witness)))


def caller_words(caller: AssumeCaller) -> str:
    """Who asks for a role."""
    if caller.kind is CallerKind.ACCOUNT:
        return f"account `{caller.account}` itself"
    acting = (
        f" for account `{caller.account}`" if caller.kind is CallerKind.SERVICE and caller.account else ""
    )
    return f"{caller.kind.value} `{caller.arn or caller.account}`{acting}"


def context_words(witness: Witness) -> tuple[str, ...]:
    """Each condition key that matters, with what is sent for it."""
    known = witness.request.context.known
    return tuple(_key_words(key, known[key]) for key in sorted(known))


def doubt_words(comparison: Comparison) -> tuple[str, ...]:
    """Why the answer is UNKNOWN, places first and then open questions with their readings."""
    places = (
        f"{doubt.policy} {doubt.path}: {doubt.why}" if doubt.policy else doubt.why
        for doubt in other_doubts(comparison)
    )
    return tuple(dict.fromkeys((*places, *map(question_words, comparison.assumptions))))


def other_doubts(comparison: Comparison) -> tuple[Doubt, ...]:
    """The doubts but for those that repeat one of the comparison's open questions."""
    questions = tuple(row_of(assumption).question for assumption in comparison.assumptions)
    return tuple(d for d in comparison.doubts if d.policy or not d.why.startswith(questions))


def question_words(assumption: Assumption) -> str:
    """An open question with its readings, as no page of the vendor answers it."""
    row = row_of(assumption)
    return f"{row.question} No page says: {', or '.join(row.readings)} ({assumption.value})"


def today_words(comparison: Comparison) -> str:
    """How today's actions differ from any that may be added; empty where they do not."""
    if comparison.today is comparison.answer:
        return ""
    return (
        f"with the actions of RocketMQ, RAM and STS that are known today: {comparison.today.value}; "
        f"with any of any service: {comparison.answer.value}"
    )


def _terms(witness: Witness) -> Iterator[str]:
    if witness.request.resource_group:
        yield f" in resource group `{witness.request.resource_group}`"
    words = context_words(witness)
    if words:
        yield f", {' and '.join(words)}"


def _key_words(key: str, values: frozenset[str]) -> str:
    if not values:
        return f"without `{key}`"
    shown = MASK if is_secret_key(key) else "`, `".join(sorted(values))
    return f"with `{key}` `{shown}`"
