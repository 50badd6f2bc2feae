"""Whether the actions of a statement are ever asked on its resources.

An action of RocketMQ, RAM or STS is asked on resources of one service and of certain forms. A statement that
brings an action together with other resources only decides nothing by it. Where an action is asked is
inferred for many; what rests on that is a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.policy.action_names import SERVICES
from scanner.policy.arn_forms import PARTS, example_of, forms_of_action, meets, parts_of
from scanner.policy.catalogue import Known, expand, find
from scanner.policy.lint_resources import ROCKETMQ
from scanner.policy.pattern import fold, has_variable, is_pattern, matches
from scanner.policy.positions import shown
from scanner.policy.remark import Remark, does_nothing, items, remark
from scanner.policy.syntax import Statement, Weight, Words

_SERIES: Final = {"mq": "RocketMQ 4.x", "rocketmq": "RocketMQ 5.x"}
_FORMS_SHOWN: Final = 3


def meetings(statement: Statement) -> Iterator[Remark]:
    """What of a statement's actions and resources never comes together."""
    actions, resources = statement.actions, statement.resources
    if actions is None or resources is None or any(map(has_variable, (*actions.items, *resources.items))):
        return
    remarks = [r for path, text in items(resources) for r in _resource(text, path, actions, statement)]
    yield from remarks
    if not remarks:
        for path, text in items(actions):
            yield from _action(text, path, resources, statement)


def _resource(text: str, path: str, actions: Words, statement: Statement) -> Iterator[Remark]:
    """A RocketMQ resource that none of the actions is asked on."""
    parts = parts_of(text)
    service = parts[1] if len(parts) == PARTS else ""
    if service not in ROCKETMQ:
        return
    mine = [word for word in actions.items if matches(word.partition(":")[0], service, ignore_case=True)]
    if not mine:
        yield from _other_service(service, path, actions, statement)
        return
    known = [action for word in mine for action in expand(word) if action.startswith(f"{service}:")]
    forms = _forms(known)
    if not forms or any(meets(text, form, ignore_case=True) for form in forms):
        return
    surely, weight = _sure(known)
    what = f"no action here is known to be asked on {shown(text)}, so this {does_nothing(statement)}; "
    rest = f"they {'are' if surely else 'are taken to be'} asked on {_listed(forms)}"
    yield remark("resource-fits-no-action", path, what + rest, weight=weight)


def _other_service(service: str, path: str, actions: Words, statement: Statement) -> Iterator[Remark]:
    codes = {fold(word.partition(":")[0]) for word in actions.items}
    if not codes <= set(SERVICES):
        return
    other = next((code for code in ROCKETMQ if code in codes), None)
    if other is None:
        what = f"the actions here are not of `{service}`, so this {does_nothing(statement)}"
        yield remark("service-mismatch", path, what)
        return
    what = f"actions of {_SERIES[other]}, `{other}:`, never meet resources of {_SERIES[service]}, so this "
    instead = f"actions that begin with `{service}:`, or resources that begin with `acs:{other}:`"
    yield remark("wrong-series", path, what + does_nothing(statement), instead=instead)


def _forms(actions: Iterable[str]) -> tuple[str, ...]:
    """What the actions are asked on; empty where that is not known for all of them."""
    by_action = [forms_of_action(action) for action in actions]
    return tuple(dict.fromkeys(form for forms in by_action for form in forms)) if all(by_action) else ()


def _sure(actions: Iterable[str]) -> tuple[bool, Weight]:
    """Whether the vendor says what the actions are asked on, and how much a remark weighs that rests on it."""
    surely = all(entry.evidence is Known.DOCUMENTED for action in actions for entry in find(action))
    return surely, Weight.WARNING if surely else Weight.NOTE


def _action(text: str, path: str, resources: Words, statement: Statement) -> Iterator[Remark]:
    """A known action that none of the resources can be the resource of."""
    forms = () if is_pattern(text) else forms_of_action(text)
    if not forms or not resources.items:
        return
    if any(meets(resource, form, ignore_case=True) for resource in resources.items for form in forms):
        return
    surely, weight = _sure([text])
    known = "is asked on" if surely else "is taken to be asked on"
    what = f"{shown(text)} {known} {_listed(forms)}, which no resource here covers, so it {does_nothing(statement)}"
    instead = example_of(forms[0]) if len(forms) == 1 else ""
    yield remark("action-never-asked-here", path, what, weight=weight, instead=instead)


def _listed(forms: Iterable[str]) -> str:
    shown_forms = [f"`{example_of(form)}`" for form in forms]
    more = len(shown_forms) - _FORMS_SHOWN
    return " or ".join(shown_forms[:_FORMS_SHOWN]) + (f" or {more} more" if more > 0 else "")
