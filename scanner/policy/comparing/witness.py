"""The request that shows new access, made as a person would write it.

A resource of the inventory comes first, then a name of the form that the action is documented to be asked
on, then one of the shortest names to which the first statement that adds access leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from scanner.model.ids import Arn
from scanner.policy.catalogue import find
from scanner.policy.comparing.actions import known_actions
from scanner.policy.comparing.cover import Way
from scanner.policy.comparing.foci import Focus
from scanner.policy.comparing.resources import Resources, Shape
from scanner.policy.comparing.tables import ACTION, CALLER, GROUP, Key, QuestionTables
from scanner.policy.comparing.tracks import WORD, Lane
from scanner.policy.comparison import Witness
from scanner.policy.decision import ABSENT, Context, Request

_TRIED: Final = 24
"""How many actions of one kind are tried for a name of a documented form."""


class Hit(NamedTuple):
    """Values that show new access, and a resource where policies have resources."""

    focus: Focus
    way: Way
    resource: str


def witness_of(hit: Hit, tables: QuestionTables, resources: Resources | None) -> Witness:
    """The witness of a hit; `resources` finds it a name that its action is asked on, and None keeps its own."""
    question = tables.question
    if question.callers:
        caller = tables.caller_rows[_first(hit.way.choices.get(CALLER, tables.all_values(CALLER)))].caller
        request = Request(action="sts:AssumeRole", resource=question.role, context=_context(hit, tables))
        return Witness(request=request, caller=caller)
    bits = hit.way.choices.get(ACTION, tables.all_values(ACTION))
    action, name = tables.question.actions.name(_first(bits)), hit.resource
    if resources is not None:
        action, name = _well_formed(hit, bits, tables, resources)
    group = hit.way.choices.get(GROUP)
    request = Request(
        action=action,
        resource=name,
        context=_context(hit, tables),
        resource_group=_group(group, question.groups),
    )
    return Witness(request=request, known_action=action in known_actions())


def _well_formed(hit: Hit, bits: int, tables: QuestionTables, resources: Resources) -> tuple[str, str]:
    """An action and a resource that go together, where some do."""
    actions = [tables.question.actions.name(index) for index in _positions(bits)]
    tried: set[tuple[Shape, ...]] = set()
    for action in actions[: _TRIED * 8]:
        shapes = shapes_of(action)
        if not shapes or shapes in tried or len(tried) >= _TRIED:
            continue
        tried.add(shapes)
        for shape in shapes:
            found = resources.search(hit.focus.hit, hit.way.left, shape)
            if found.name is not None:
                return action, found.name
    return actions[0], hit.resource


@lru_cache(maxsize=1_024)
def shapes_of(action: str) -> tuple[Shape, ...]:
    """The forms of resource names that a known action is asked on; none for other actions."""
    forms = (Arn.parse(form) for entry in find(action) for form in entry.arn_forms)
    return tuple(dict.fromkeys(_shape(form) for form in forms if form is not None))


def _shape(form: Arn) -> Shape:
    account = None if form.account == "{account}" else form.account
    own = form.relative
    while "{" in own:
        before, _, rest = own.partition("{")
        own = before + WORD + rest.partition("}")[2]
    # A `*` in a documented form stands for itself; as a pattern it covers that and more.
    return Shape(
        service=form.service,
        account=account,
        id=Lane(own, parts=True),
        region_word=form.service != "ram",
        account_word=True,
    )


def _context(hit: Hit, tables: QuestionTables) -> Context:
    known: dict[str, frozenset[str]] = {}
    for variable, bits in hit.way.choices.items():
        if isinstance(variable, Key):
            value = tables.key(variable.folded).values[_first(bits)]
            written = tables.question.conditions[variable.folded][0].key
            known[written] = ABSENT if value is None else frozenset({value})
    return Context(known=MappingProxyType(dict(sorted(known.items()))))


def _group(bits: int | None, groups: Sequence[str]) -> str | None:
    if not groups:
        return None
    position = 0 if bits is None else _first(bits)
    return "" if position == 0 else groups[position - 1]


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _positions(bits: int) -> Iterator[int]:
    while bits:
        position = _first(bits)
        yield position
        bits &= bits - 1


def kinds_of_resources(inventory: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The resources of an inventory by what kind of thing they name."""
    found: dict[str, list[str]] = {}
    for arn in inventory:
        found.setdefault(_kind(arn), []).append(arn)
    return MappingProxyType({kind: tuple(sorted(arns)) for kind, arns in found.items()})


@lru_cache(maxsize=256)
def actions_on(kind: str) -> int:
    """The actions of the catalogue that are asked on one kind of thing, as bits."""
    found = 0
    for index, action in enumerate(known_actions()):
        if any(_kind(form) == kind for entry in find(action) for form in entry.arn_forms):
            found |= 1 << index
    return found


def _kind(arn: str) -> str:
    """What kind of thing a resource name, or the form of one, names."""
    parts = Arn.parse(arn)
    if parts is None:
        return ""
    if parts.service == "mq":
        return "mq %" if "%" in parts.relative else "mq"
    return f"{parts.service} {'/'.join(parts.relative.split('/')[::2])}"
