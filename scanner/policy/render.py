"""Print a policy document in one canonical form.

`parse(render(d))` has the statements, version and kept elements of `d`. Elements that are not in
the language are printed as they came, so that nothing a document says is lost on the way. Not
kept: blanks, the order of elements, and empty objects, none of which decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.policy.jsontree import Node, Object, read, write
from scanner.policy.positions import ROOT
from scanner.policy.syntax import Condition, Element, PolicyDocument, Principal, Statement, Words


def render(document: PolicyDocument) -> str:
    """The document as JSON text; a text that is no JSON object comes back as it is."""
    for other in document.others:
        if other.path == ROOT:
            return other.json
    members: list[tuple[str, Node]] = []
    if document.version is not None:
        members.append(("Version", document.version))
    members.append(("Statement", [_statement(statement) for statement in document.statements]))
    kept = _kept(document.others)
    # A missing `Statement` must not come back as an empty list, which is understood.
    absent = {"Statement"} if not document.statements and "$.Statement" in document.unsupported else set()
    return write(_joined(members, kept, leave_out=absent))


def _statement(statement: Statement) -> Node:
    for other in statement.others:
        if other.path == statement.path:
            return read(other.json)
    return _joined(list(_elements(statement)), _kept(statement.others), leave_out=set())


def _elements(statement: Statement) -> Iterator[tuple[str, Node]]:
    if statement.sid is not None:
        yield "Sid", statement.sid
    if statement.effect is not None:
        yield "Effect", statement.effect.value
    if statement.principals is not None:
        yield "Principal", _principals(statement.principals)
    if statement.actions is not None:
        yield "Action", _words(statement.actions)
    if statement.not_actions is not None:
        yield "NotAction", _words(statement.not_actions)
    if statement.resources is not None:
        yield "Resource", _words(statement.resources)
    if statement.conditions:
        yield "Condition", _conditions(statement.conditions)


def _words(words: Words) -> Node:
    return words.items[0] if words.scalar else list(words.items)


def _conditions(conditions: tuple[Condition, ...]) -> Node:
    operators: dict[str, list[tuple[str, Node]]] = {}
    for condition in conditions:
        operators.setdefault(condition.operator, []).append((condition.key, _words(condition.values)))
    return Object(tuple((operator, Object(tuple(keys))) for operator, keys in operators.items()))


def _principals(principals: tuple[Principal, ...]) -> Node:
    groups: dict[str, Node] = {}
    for principal in principals:
        if principal.scalar:
            groups[principal.group] = principal.text
            continue
        entries = groups.setdefault(principal.group, [])
        if isinstance(entries, list):
            entries.append(principal.text)
    bare = groups.get("")
    return bare if bare is not None else Object(tuple(groups.items()))


def _kept(others: tuple[Element, ...]) -> list[tuple[str, Node]]:
    return [(other.name, read(other.json)) for other in others]


def _joined(members: list[tuple[str, Node]], kept: list[tuple[str, Node]], *, leave_out: set[str]) -> Object:
    """The read elements, then the kept ones, which stand instead of what was read of them."""
    instead = {name for name, _ in kept} | leave_out
    return Object((*((name, value) for name, value in members if name not in instead), *kept))
