"""On which of many things a principal may do an action, each of them by name.

Things that the same patterns of the principal's statements catch, and that lie in the same resource group, are
alike: one question answers for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.access.grants import Grant, Standing, grant, may_cover, offered
from scanner.access.view import Holder
from scanner.policy.catalogue import find
from scanner.policy.pattern import ResourceMatch, resource_matches, without_variables

_EVERYWHERE = ("*",)
"""What a statement without a readable `Resource` is taken to be about."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that exists and that calls are made on."""

    name: str
    arn: str
    resource_group: str | None = None
    """The resource group that it is in; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Share:
    """Things on which a principal may do an action on the same terms."""

    grant: Grant
    """What is said to the first of them, and so to all."""
    things: tuple[Thing, ...]


def shares(holder: Holder, action: str, things: Iterable[Thing]) -> tuple[Share, ...]:
    """The things on which `holder` may do `action`, certain or not; the others are left out."""
    if find(action) and action not in offered(holder):
        return ()
    patterns = tuple(dict.fromkeys(_patterns(holder, action)))
    asked: dict[object, Grant] = {}
    found: dict[object, list[Thing]] = {}
    answers: dict[object, Grant] = {}
    for thing in things:
        key = (_met(patterns, thing.arn), thing.resource_group)
        if key not in asked:
            asked[key] = grant(holder, action=action, resource=thing.arn, resource_group=thing.resource_group)
        answer = asked[key]
        if answer.standing is not Standing.DENIED:
            terms = _terms(answer)
            answers.setdefault(terms, answer)
            found.setdefault(terms, []).append(thing)
    return tuple(Share(answers[terms], tuple(alike)) for terms, alike in found.items())


def _patterns(holder: Holder, action: str) -> Iterator[str]:
    for policy in holder.policies:
        for statement in policy.document.statements:
            if may_cover(statement, action):
                items = _EVERYWHERE if statement.resources is None else statement.resources.items
                # What a variable stands for is not known, so its pattern may catch whatever the widened one does.
                yield from map(without_variables, items)


def _met(patterns: tuple[str, ...], arn: str) -> tuple[ResourceMatch, ...]:
    return tuple(resource_matches(pattern, arn) for pattern in patterns)


def _terms(answer: Grant) -> tuple[object, ...]:
    return (answer.standing, answer.only_if, answer.unless, answer.doubts)
