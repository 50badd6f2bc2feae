"""Statements that another statement of the document makes superfluous.

Only what surely holds is said: patterns are compared piece by piece, conditions by what is written, and a
statement with a condition never takes anything from another. Whether what a document grants is dangerous is
for the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.policy.covering import covers_action, covers_resource
from scanner.policy.pattern import fold
from scanner.policy.remark import Remark, items, remark
from scanner.policy.syntax import Effect, PolicyDocument, PolicyType, Statement, Weight, Words

COMPARED: Final = 150
"""Documents with more statements are not searched; none of legal length has so many."""

_Key = tuple[object, ...]


def statements(document: PolicyDocument) -> Iterator[Remark]:
    """What is odd about the statements taken together."""
    if len(document.statements) > COMPARED:
        return
    understood = [s for s in document.statements if s.effect and not s.unsupported and not s.others]
    first: dict[_Key, Statement] = {}
    for statement in understood:
        before = first.setdefault(_key(statement), statement)
        if before is not statement:
            what = f"{before.path} says the same"
            yield remark("repeated-statement", statement.path, what, weight=Weight.NOTE)
        elif document.type is not PolicyType.TRUST:
            yield from _covered(statement, understood)
        if document.type is PolicyType.PERMISSION:
            yield from _anything(statement)


def _covered(statement: Statement, among: list[Statement]) -> Iterator[Remark]:
    """What an unconditional statement leaves for another to decide."""
    wider = [s for s in among if s is not statement and _takes_in(s, statement)]
    denying = next((s for s in wider if s.effect is Effect.DENY), None)
    if statement.effect is Effect.ALLOW and denying is not None:
        what = f"{denying.path} denies all that this allows, and a Deny wins"
        yield remark("denied-elsewhere", statement.path, what)
        return
    same = (s for s in wider if s.effect is statement.effect)
    by = next((s for s in same if s.index < statement.index or not _takes_in(statement, s)), None)
    if by is not None:
        verb = "allows" if statement.effect is Effect.ALLOW else "denies"
        what = f"{by.path} {verb} all of this already"
        yield remark("covered-statement", statement.path, what, weight=Weight.NOTE)


def _anything(statement: Statement) -> Iterator[Remark]:
    if statement.effect is Effect.ALLOW:
        for path, text in items(statement.actions):
            if text and not text.strip("*"):
                what = "this allows every action of every service, those to come included"
                yield remark("allow-any-action", path, what, weight=Weight.NOTE)


def _takes_in(wide: Statement, narrow: Statement) -> bool:
    """Whether `wide` surely applies to every request that `narrow` applies to."""
    if wide.conditions or wide.actions is None or wide.resources is None or narrow.resources is None:
        return False
    if not all(any(covers_resource(w, n) for w in wide.resources.items) for n in narrow.resources.items):
        return False
    if narrow.actions is None:
        return any(text and not text.strip("*") for text in wide.actions.items)
    return all(any(covers_action(w, n) for w in wide.actions.items) for n in narrow.actions.items)


def _key(statement: Statement) -> _Key:
    """Equal for statements that say the same."""
    return (
        statement.effect,
        _set(statement.actions, folded=True),
        _set(statement.not_actions, folded=True),
        _set(statement.resources, folded=False),
        frozenset((p.group, p.text) for p in statement.principals or ()),
        frozenset((c.operator, fold(c.key), frozenset(c.values.items)) for c in statement.conditions),
        statement.principals is None,
    )


def _set(words: Words | None, *, folded: bool) -> frozenset[str] | None:
    return None if words is None else frozenset(fold(text) if folded else text for text in words.items)
