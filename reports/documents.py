"""Policy documents laid out for readers: a row a statement, and the text below.

A document that several roles share is printed once, where it comes first, and linked to
after that. Text beyond the page's budget is named by its digest instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from reports.anchors import anchor
from reports.limits import DOCUMENT_CHARACTERS, STATEMENTS_PER_DOCUMENT, WORDS_PER_CELL
from reports.words import Capped, capped
from scanner.model.document import Document
from scanner.policy.masking import MASK, hides_values, readable
from scanner.policy.parse import parse
from scanner.policy.syntax import Condition, PolicyType, Statement, Words

ROW_COST: Final = 600
"""What a statement's row takes of the budget, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One statement as a table row."""

    number: int
    path: str
    effect: str
    """`Allow`, `Deny`, or `not understood`."""
    actions: Capped[str]
    all_actions_but: bool
    resources: Capped[str]
    conditions: tuple[str, ...]
    unsupported: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a document that is not in the documented language."""

    weight: str
    path: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document at one place of the page."""

    anchor: str
    digest: str
    first: bool
    """Whether this is the place where the document is printed; elsewhere it is linked to."""
    text: str | None
    """The masked text; None where the budget of the page is used up."""
    statements: Capped[StatementRow]
    problems: tuple[Problem, ...]


class Shelf:
    """Lays documents out, each distinct one once."""

    def __init__(self, budget: int = DOCUMENT_CHARACTERS) -> None:
        self._left = budget
        self._laid: set[str] = set()
        self.left_out = 0

    def lay(self, document: Document, *, kind: PolicyType) -> DocumentView:
        """The view of `document` at this place."""
        digest = document.digest
        where = anchor("document", kind.value, digest)
        if where in self._laid:
            return _empty(where, digest, first=False)
        text = readable(document.text)
        parsed = parse(document.text, type=kind)
        cost = len(text) + ROW_COST * min(len(parsed.statements), STATEMENTS_PER_DOCUMENT)
        if cost > self._left:
            self.left_out += 1
            return _empty(where, digest, first=True)
        self._left -= cost
        self._laid.add(where)
        return DocumentView(
            anchor=where,
            digest=digest,
            first=True,
            text=text,
            statements=capped(parsed.statements, STATEMENTS_PER_DOCUMENT).map(_row),
            problems=tuple(
                Problem(weight=p.weight.value, path=p.path, message=p.message) for p in parsed.problems
            ),
        )


def condition_words(condition: Condition) -> str:
    """A condition in one line, external ids masked."""
    values = (MASK,) if hides_values(condition) else condition.values.items
    return f"{condition.operator} {condition.key}: {' or '.join(values)}"


def _empty(where: str, digest: str, *, first: bool) -> DocumentView:
    return DocumentView(
        anchor=where, digest=digest, first=first, text=None, statements=Capped((), 0), problems=()
    )


def _row(statement: Statement) -> StatementRow:
    return StatementRow(
        number=statement.index + 1,
        path=statement.path,
        effect=statement.effect.value if statement.effect is not None else "not understood",
        actions=_cell(statement.actions if statement.actions is not None else statement.not_actions),
        all_actions_but=statement.actions is None and statement.not_actions is not None,
        resources=_cell(statement.resources),
        conditions=tuple(map(condition_words, statement.conditions)),
        unsupported=statement.unsupported,
    )


def _cell(words: Words | None) -> Capped[str]:
    items: Iterable[str] = words.items if words is not None else ()
    return capped(items, WORDS_PER_CELL)
