"""What lint has to say about one place of a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.policy.syntax import Effect, Problem, Statement, Weight, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Problem):
    """A problem with what to write in its place."""

    instead: str = ""
    """The better text by itself, or a few words; empty where only the author can know."""


def remark(
    code: str, path: str, message: str, *, weight: Weight = Weight.WARNING, instead: str = ""
) -> Remark:
    """A remark, of the weight that most of them have."""
    return Remark(code=code, path=path, message=message, weight=weight, instead=instead)


def items(words: Words | None) -> Iterator[tuple[str, str]]:
    """Each text of an element with its path; none of an element that is missing."""
    if words is not None:
        yield from ((words.item_path(index), text) for index, text in enumerate(words.items))


def does_nothing(statement: Statement) -> str:
    """What a statement comes to whose action or resource never meets a request, in words."""
    if statement.not_actions is not None:
        return "exempts nothing"
    return "denies nothing" if statement.effect is Effect.DENY else "grants nothing"
