"""Statements made ready to be compared.

A piece is a statement, or a part of one, that is a product: some actions, on some resources, under some
conditions, for some callers, in one resource group or in any. What is not understood becomes an
*opaque* demand, which may or may not be met; two pieces with the same demand meet it together, because
the same text decides alike.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from scanner.policy.callers import principals_in_doubt
from scanner.policy.comparing.tracks import WORD
from scanner.policy.decision import Request, SourcedPolicy, Truth
from scanner.policy.pattern import fold, has_variable, without_variables
from scanner.policy.statements import Asked, Prepared, actions_in_doubt, doubt_of, prepared
from scanner.policy.syntax import Condition, Effect, PolicyDocument, PolicyType, Principal, Statement

_ALL = ("*",)
_ASSUME = Asked(Request(action="sts:AssumeRole", resource=""))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """One product of what a policy allows or denies."""

    effect: Effect
    actions: tuple[str, ...]
    """Folded patterns."""
    negated: bool
    """Whether it covers the actions that `actions` do not."""
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    principals: tuple[Principal, ...] | None
    """None where anybody is meant: in policies that have no principals."""
    opaque: frozenset[str]
    """Demands that are not understood, by an identity."""
    asked: frozenset[Hashable] = frozenset()
    """What the conditions ask for, by `condition_key`."""
    group: str | None = None
    """The resource group it is limited to."""
    key: Hashable = field(default=None, repr=False)
    """Pieces with the same key cover the same requests."""

    def within(self, group: str | None) -> Piece:
        """The same, limited to a resource group."""
        return self if group is None else replace(self, group=group, key=(self.key, group))


def pieces_of(policy: SourcedPolicy) -> tuple[Piece, ...]:
    """The pieces of a policy where it is attached."""
    found = pieces(policy.document)
    if policy.resource_group is None:
        return found
    return tuple(piece.within(policy.resource_group) for piece in found)


@lru_cache(maxsize=8_192)
def pieces(document: PolicyDocument) -> tuple[Piece, ...]:
    """The pieces of a document."""
    if doubt_of(document) is not None:
        return tuple(_whole_document(document))
    if document.type is PolicyType.TRUST:
        return tuple(p for statement in prepared(document).statements for p in _trusting(statement))
    return tuple(piece for statement in document.statements for piece in _permitting(statement))


def _whole_document(document: PolicyDocument) -> Iterator[Piece]:
    """A document that is not understood may allow anything, and may deny anything."""
    for effect in Effect:
        yield _piece(effect, opaque=frozenset({f"document {effect} {document.text}"}))


def _effects(statement: Statement) -> Iterator[tuple[Effect, frozenset[str]]]:
    """What a statement does; where that cannot be read both, each with a doubt of its own."""
    if statement.effect is not None:
        yield statement.effect, frozenset()
        return
    for effect in Effect:
        yield effect, frozenset({f"effect {effect} {_identity(statement)}"})


def _trusting(statement: Prepared) -> Iterator[Piece]:
    own = statement.statement
    covers = statement.covers_action(_ASSUME).truth
    if covers is Truth.FALSE:
        return
    odd = covers is Truth.UNKNOWN or own.unsupported or own.principals is None or principals_in_doubt(own)
    for effect, doubt in _effects(own):
        if odd:
            yield _piece(effect, opaque=doubt | {_identity(own)})
        else:
            yield _piece(effect, conditions=own.conditions, principals=own.principals, opaque=doubt)


def _permitting(statement: Statement) -> Iterator[Piece]:
    actions, negated = _actions(statement)
    for effect, doubt in _effects(statement):
        odd = statement.unsupported or actions_in_doubt(statement) or _odd(statement)
        if odd or statement.resources is None:
            wide = tuple(without_variables(text) for text in actions)
            yield _piece(effect, actions=wide, negated=negated, opaque=doubt | {_identity(statement)})
        else:
            yield from _parts(statement, statement.resources.items, effect, doubt)


def _parts(
    statement: Statement, resources: tuple[str, ...], effect: Effect, doubt: frozenset[str]
) -> Iterator[Piece]:
    """A piece for what holds no variable, and one for each text that does."""
    actions, negated = _actions(statement)
    if negated and any(map(has_variable, actions)):
        # Which actions it leaves out is not known: at most these, and all of them in doubt.
        plain = tuple(text for text in actions if not has_variable(text))
        wide = tuple(map(without_variables, resources))
        opaque = doubt | {_identity(statement)}
        yield _piece(effect, actions=plain, negated=True, resources=wide, opaque=opaque)
        return
    for texts, action_doubt in _by_variable(actions):
        for names, resource_doubt in _by_variable(resources):
            yield _piece(
                effect,
                actions=texts,
                negated=negated,
                resources=names,
                conditions=statement.conditions,
                opaque=doubt | action_doubt | resource_doubt,
            )


def _actions(statement: Statement) -> tuple[tuple[str, ...], bool]:
    """The folded patterns, and whether they are what it does not cover; all where they are in doubt."""
    words = statement.actions or statement.not_actions
    if words is None or actions_in_doubt(statement):
        return _ALL, False
    return tuple(map(fold, words.items)), statement.not_actions is not None


def _by_variable(texts: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """The texts without variables together, and each with one alone, as wide as it may be."""
    varied = [text for text in texts if has_variable(text)]
    if not varied:
        yield texts, frozenset()
        return
    plain = tuple(text for text in texts if not has_variable(text))
    if plain:
        yield plain, frozenset()
    for text in varied:
        yield (without_variables(text),), frozenset({f"variable {text}"})


def _odd(statement: Statement) -> bool:
    """Whether it holds the one character that a comparison keeps for itself."""
    words = (statement.actions, statement.not_actions, statement.resources)
    return any(WORD in text for found in words if found is not None for text in found.items)


def _identity(statement: Statement) -> str:
    """Equal for statements that say the same, wherever they stand."""
    shape = replace(statement, index=0, path="", unsupported=(), sid=None)
    return f"statement {shape!r}".replace(statement.path, "$")


def _piece(
    effect: Effect,
    *,
    actions: tuple[str, ...] = _ALL,
    negated: bool = False,
    resources: tuple[str, ...] = _ALL,
    conditions: tuple[Condition, ...] = (),
    principals: tuple[Principal, ...] | None = None,
    opaque: frozenset[str] = frozenset(),
) -> Piece:
    asked = frozenset(map(condition_key, conditions))
    key = (
        effect,
        negated,
        frozenset(actions),
        frozenset(resources),
        asked,
        None if principals is None else frozenset((p.group, p.text) for p in principals),
        opaque,
    )
    return Piece(
        effect=effect,
        actions=actions,
        negated=negated,
        resources=resources,
        conditions=conditions,
        principals=principals,
        opaque=opaque,
        asked=asked,
        key=key,
    )


def condition_key(condition: Condition) -> Hashable:
    """Equal for conditions that ask for the same."""
    return (condition.operator, fold(condition.key), frozenset(condition.values.items))
