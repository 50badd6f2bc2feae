"""Read a policy document into its tree, keeping every position.

No text makes it raise. Whatever the documented language does not have, be it an unknown element,
an unknown operator, a repeated key or a value of the wrong shape, becomes a `Problem` with
its place and is kept as JSON; what a document means is decided in `scanner.policy.evaluate`.
See https://www.alibabacloud.com/help/en/ram/user-guide/policy-structure-and-syntax.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from scanner.policy import jsontree
from scanner.policy.jsontree import Node, NotJsonError, Object
from scanner.policy.operators import OPERATORS
from scanner.policy.pattern import has_variable
from scanner.policy.positions import ROOT, item, member, shown
from scanner.policy.principals import GROUPS, principal_of
from scanner.policy.syntax import (
    Condition,
    Effect,
    Element,
    PolicyDocument,
    PolicyType,
    Principal,
    PrincipalForm,
    Problem,
    Statement,
    Weight,
    Words,
)

VERSION: Final = "1"
"""The only version of the language."""

_DOCUMENT_ELEMENTS: Final = frozenset({"Version", "Statement"})
_STATEMENT_ELEMENTS: Final = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Principal", "Resource", "Condition"}
)
_UNDOCUMENTED: Final = frozenset({"NotResource", "NotPrincipal"})
"""Elements known from old pages or from other clouds; no current page of this vendor has them."""


def parse(text: str, *, type: PolicyType) -> PolicyDocument:  # noqa: A002 - the field's own name
    """The tree of a policy document, with a problem for everything that is not in the language."""
    reading = _Reading(type=type)
    try:
        tree = jsontree.read(text)
    except NotJsonError as error:
        reading.refuse("not-json", ROOT, f"the text is not JSON: {error}")
        return reading.document(text, others=(Element(name="", path=ROOT, json=text),))
    if not isinstance(tree, Object):
        reading.refuse("not-an-object", ROOT, "a policy is a JSON object")
        return reading.document(text, others=(Element(name="", path=ROOT, json=text),))
    return _document(text, tree, reading)


@dataclass(slots=True)
class _Reading:
    """What has been met so far that is not in the language."""

    type: PolicyType
    problems: list[Problem] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)
    """Paths not understood since `take_unsupported` was last called."""

    def report(self, code: str, path: str, message: str, weight: Weight) -> None:
        self.problems.append(Problem(code=code, path=path, message=message, weight=weight))

    def refuse(self, code: str, path: str, message: str) -> None:
        """Report something that is not understood."""
        self.unsupported.append(path)
        self.report(code, path, message, Weight.ERROR)

    def take_unsupported(self) -> tuple[str, ...]:
        paths = tuple(sorted(set(self.unsupported)))
        self.unsupported.clear()
        return paths

    def document(
        self,
        text: str,
        *,
        version: str | None = None,
        statements: tuple[Statement, ...] = (),
        unsupported: tuple[str, ...] | None = None,
        others: tuple[Element, ...] = (),
    ) -> PolicyDocument:
        return PolicyDocument(
            type=self.type,
            text=text,
            version=version,
            statements=statements,
            problems=tuple(self.problems),
            unsupported=self.take_unsupported() if unsupported is None else unsupported,
            others=others,
        )


@dataclass(slots=True)
class _Elements:
    """The members of an object, each under its name, and what must be kept as JSON."""

    path: str
    nodes: Mapping[str, Node]
    others: list[Element]

    def keep(self, name: str) -> None:
        """Keep a misshapen element as it is written, unless that is done already."""
        if all(other.name != name for other in self.others):
            self.others.append(_element(self.path, name, self.nodes[name]))


def _element(path: str, name: str, node: Node) -> Element:
    return Element(name=name, path=member(path, name), json=jsontree.write(node))


def _elements(node: Object, path: str, known: frozenset[str], reading: _Reading) -> _Elements:
    """The known members of an object by name; unknown and repeated ones are reported and kept."""
    counts = Counter(name for name, _ in node.members)
    others: list[Element] = []
    nodes: dict[str, Node] = {}
    for name, value in node.members:
        place = member(path, name)
        if name in nodes:
            reading.refuse("repeated-key", place, f"{shown(name)} stands here more than once")
        elif name not in known:
            what = "is not in the documented language"
            code = "undocumented-element" if name in _UNDOCUMENTED else "unknown-element"
            reading.refuse(code, place, f"the element {shown(name)} {what}")
        nodes.setdefault(name, value)
        if name not in known or counts[name] > 1:
            others.append(_element(path, name, value))
    return _Elements(path, nodes, others)


def _document(text: str, tree: Object, reading: _Reading) -> PolicyDocument:
    elements = _elements(tree, ROOT, _DOCUMENT_ELEMENTS, reading)
    version = _version(elements, reading)
    items = _statement_list(elements, reading)
    unsupported = reading.take_unsupported()
    statements = tuple(
        _statement(node, index=index, path=path, reading=reading) for index, (path, node) in enumerate(items)
    )
    return reading.document(
        text,
        version=version,
        statements=statements,
        unsupported=unsupported,
        others=tuple(elements.others),
    )


def _version(elements: _Elements, reading: _Reading) -> str | None:
    path = member(ROOT, "Version")
    if "Version" not in elements.nodes:
        reading.refuse("version-missing", path, 'the element `Version` is missing; it must be "1"')
        return None
    value = elements.nodes["Version"]
    if value != VERSION:
        reading.refuse("version-unknown", path, 'the only version of the policy language is the text "1"')
    if not isinstance(value, str):
        elements.keep("Version")
        return None
    return value


def _statement_list(elements: _Elements, reading: _Reading) -> list[tuple[str, Node]]:
    """The statements, each with its place."""
    path = member(ROOT, "Statement")
    if "Statement" not in elements.nodes:
        reading.refuse("statement-missing", path, "the element `Statement` is missing")
        return []
    value = elements.nodes["Statement"]
    if isinstance(value, list):
        return [(item(path, index), node) for index, node in enumerate(value)]
    reading.refuse("statement-not-a-list", path, "`Statement` is a list of objects")
    elements.keep("Statement")
    return [(path, value)] if isinstance(value, Object) else []


def _statement(node: Node, *, index: int, path: str, reading: _Reading) -> Statement:
    if not isinstance(node, Object):
        reading.refuse("statement-not-an-object", path, "a statement is a JSON object")
        kept = Element(name="", path=path, json=jsontree.write(node))
        return Statement(
            index=index, path=path, effect=None, unsupported=reading.take_unsupported(), others=(kept,)
        )
    elements = _elements(node, path, _STATEMENT_ELEMENTS, reading)
    effect = _effect(elements, reading)
    actions, not_actions = _actions(elements, reading)
    resources = _resources(elements, reading)
    principals = _principals(elements, reading)
    conditions = _conditions(elements, reading)
    sid = _sid(elements, reading)
    return Statement(
        index=index,
        path=path,
        effect=effect,
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        principals=principals,
        conditions=conditions,
        sid=sid,
        unsupported=reading.take_unsupported(),
        others=tuple(elements.others),
    )


def _effect(elements: _Elements, reading: _Reading) -> Effect | None:
    path = member(elements.path, "Effect")
    if "Effect" not in elements.nodes:
        reading.refuse("effect-missing", path, "the element `Effect` is missing")
        return None
    value = elements.nodes["Effect"]
    if isinstance(value, str) and value in {Effect.ALLOW, Effect.DENY}:
        return Effect(value)
    reading.refuse("effect-unknown", path, "`Effect` is `Allow` or `Deny`")
    elements.keep("Effect")
    return None


def _sid(elements: _Elements, reading: _Reading) -> str | None:
    if "Sid" not in elements.nodes:
        return None
    path = member(elements.path, "Sid")
    value = elements.nodes["Sid"]
    # The grammar has no `Sid`, and nothing says that one changes what a statement does.
    reading.report("sid-undocumented", path, "`Sid` is not in the documented language", Weight.NOTE)
    if isinstance(value, str):
        return value
    elements.keep("Sid")
    return None


def _actions(elements: _Elements, reading: _Reading) -> tuple[Words | None, Words | None]:
    actions = _words_of("Action", elements, reading)
    not_actions = _words_of("NotAction", elements, reading)
    present = elements.nodes.keys() & {"Action", "NotAction"}
    path = member(elements.path, "Action")
    if not present:
        reading.refuse("action-missing", path, "one of `Action` and `NotAction` is needed")
    elif len(present) > 1:
        reading.refuse("action-twice", path, "`Action` and `NotAction` exclude each other")
    elif "NotAction" in present and reading.type is PolicyType.TRUST:
        place = member(elements.path, "NotAction")
        reading.refuse("unexpected-element", place, "trust policies are not documented to have `NotAction`")
    return actions, not_actions


def _resources(elements: _Elements, reading: _Reading) -> Words | None:
    path = member(elements.path, "Resource")
    expected = reading.type is not PolicyType.TRUST
    if expected and "Resource" not in elements.nodes:
        reading.refuse("resource-missing", path, "the element `Resource` is missing")
    elif not expected and "Resource" in elements.nodes:
        reading.refuse("unexpected-element", path, "trust policies are not documented to have `Resource`")
    return _words_of("Resource", elements, reading)


def _words_of(name: str, elements: _Elements, reading: _Reading) -> Words | None:
    """A text-or-list element; None where it is missing or has another shape."""
    if name not in elements.nodes:
        return None
    words = _words(elements.nodes[name], member(elements.path, name), reading)
    if words is None:
        elements.keep(name)
    elif not words.items:
        # An empty list covers nothing; what is left when nothing is left out is not documented.
        weight = Weight.ERROR if name == "NotAction" else Weight.WARNING
        reading.report("empty-list", words.path, f"`{name}` is an empty list", weight)
    return words


def _words(node: Node, path: str, reading: _Reading) -> Words | None:
    if isinstance(node, str):
        _check_word(node, path, reading)
        return Words(items=(node,), scalar=True, path=path)
    if not isinstance(node, list):
        reading.refuse("not-text", path, "a text in quotes or a list of texts is expected")
        return None
    words: list[str] = []
    for index, value in enumerate(node):
        place = item(path, index)
        if isinstance(value, str):
            _check_word(value, place, reading)
            words.append(value)
        else:
            reading.refuse("not-text", place, "a text in quotes is expected")
    return Words(items=tuple(words), scalar=False, path=path) if len(words) == len(node) else None


def _check_word(text: str, path: str, reading: _Reading) -> None:
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        reading.report("lone-surrogate", path, "half of a character stands alone here", Weight.WARNING)
    if has_variable(text):
        # Decided pattern by pattern, so the statement itself stays understood.
        # The text itself is not shown: under a condition key it may be an external id.
        reading.report(
            "undocumented-variable", path, "policy variables, `${...}`, are not documented", Weight.ERROR
        )


def _principals(elements: _Elements, reading: _Reading) -> tuple[Principal, ...] | None:
    path = member(elements.path, "Principal")
    if "Principal" not in elements.nodes:
        if reading.type is PolicyType.TRUST:
            reading.refuse("principal-missing", path, "the element `Principal` is missing")
        return None
    if reading.type is not PolicyType.TRUST:
        reading.refuse("unexpected-element", path, "`Principal` belongs to trust policies only")
    node = elements.nodes["Principal"]
    refused = len(reading.unsupported)
    if isinstance(node, Object):
        principals = tuple(_groups(node, path, reading))
    else:
        principals = tuple(_group("", node, path, reading))
    if len(reading.unsupported) > refused:
        elements.keep("Principal")
    return principals


def _groups(node: Object, path: str, reading: _Reading) -> Iterator[Principal]:
    for group, value in _members(node, path, reading):
        place = member(path, group)
        if not group:
            # The tree has no group for a bare string, so this one is kept as JSON.
            reading.refuse("unknown-principal-type", place, "the kind of principal is empty")
        yield from _group(group, value, place, reading)


def _group(group: str, node: Node, path: str, reading: _Reading) -> Iterator[Principal]:
    words = _words(node, path, reading)
    if words is None:
        return
    if not words.items and group not in {"", *GROUPS}:
        # There is no principal to stand for it in the tree, so it is kept as JSON.
        reading.refuse("unknown-principal-type", path, f"the kind {shown(group)} is not documented")
    elif not words.items:
        reading.report("empty-list", path, "no principal stands here", Weight.WARNING)
    for index, text in enumerate(words.items):
        principal = principal_of(text, group=group, path=words.item_path(index), scalar=words.scalar)
        _check_principal(principal, reading)
        yield principal


def _check_principal(principal: Principal, reading: _Reading) -> None:
    # Decided principal by principal, so the statement itself stays understood.
    if principal.group and principal.group not in GROUPS:
        what = f"the kind of principal {shown(principal.group)} is not documented"
        reading.report("unknown-principal-type", principal.path, what, Weight.ERROR)
    elif principal.form is PrincipalForm.ANYONE:
        what = f"wildcards in a principal are not documented: {shown(principal.text)}"
        reading.report("principal-wildcard", principal.path, what, Weight.ERROR)
    elif principal.form is PrincipalForm.UNSUPPORTED:
        what = f"this form of a principal is not documented: {shown(principal.text)}"
        reading.report("unknown-principal", principal.path, what, Weight.ERROR)


def _conditions(elements: _Elements, reading: _Reading) -> tuple[Condition, ...]:
    if "Condition" not in elements.nodes:
        return ()
    path = member(elements.path, "Condition")
    node = elements.nodes["Condition"]
    refused = len(reading.unsupported)
    if isinstance(node, Object):
        conditions = tuple(
            condition
            for operator, keys in _members(node, path, reading)
            for condition in _operator(operator, keys, member(path, operator), reading)
        )
    else:
        conditions = ()
        reading.refuse("condition-shape", path, "`Condition` is an object of operators")
    if len(reading.unsupported) > refused:
        elements.keep("Condition")
    return conditions


def _members(node: Object, path: str, reading: _Reading) -> Iterator[tuple[str, Node]]:
    """The members of an object; a repeated one is reported and still read."""
    seen: set[str] = set()
    for name, value in node.members:
        if name in seen:
            place = member(path, name)
            reading.refuse("repeated-key", place, f"{shown(name)} stands here more than once")
        seen.add(name)
        yield name, value


def _operator(operator: str, node: Node, path: str, reading: _Reading) -> Iterator[Condition]:
    if operator not in OPERATORS:
        # Decided condition by condition, so the statement itself stays understood.
        what = f"the operator {shown(operator)} is not documented"
        reading.report("unknown-operator", path, what, Weight.ERROR)
    if not isinstance(node, Object):
        reading.refuse("condition-shape", path, "an operator holds an object of condition keys")
        return
    if not node.members and operator in OPERATORS:
        reading.report("empty-operator", path, "the operator holds no condition key", Weight.WARNING)
    elif not node.members:
        # There is no condition to stand for it in the tree, so it is kept as JSON.
        reading.refuse("condition-shape", path, "the operator holds no condition key")
    for key, value in _members(node, path, reading):
        words = _words(value, member(path, key), reading)
        if words is not None:
            yield Condition(operator=operator, key=key, values=words)
