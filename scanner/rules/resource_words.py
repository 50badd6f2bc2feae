"""Resource patterns of RocketMQ in policies, taken apart. It decides nothing about danger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.access.cite import StatementRef
from scanner.access.grants import known_actions
from scanner.access.resources import SERVICE_OF
from scanner.access.view import RoleView
from scanner.model.broker import Series
from scanner.model.ids import Arn
from scanner.policy.catalogue import find
from scanner.policy.pattern import is_pattern, matches
from scanner.policy.syntax import Effect, Statement

_INSTANCE: Final = "instance/"


def about_rocketmq(statement: Statement) -> bool:
    """Whether the statement is about any action of RocketMQ."""
    words = statement.actions
    if words is None:
        return True
    if any(entry.series for action in known_actions(words.items) for entry in find(action)):
        return True
    return any(matches(text.partition(":")[0], code) for text in words.items for code in SERVICE_OF.values())


def rocketmq_patterns(
    role: RoleView, *, effect: Effect = Effect.ALLOW
) -> Iterator[tuple[StatementRef, str, str]]:
    """Each resource of each statement about RocketMQ: the statement, the resource's path, and its text."""
    for policy in role.policies:
        for statement in policy.document.statements:
            if statement.effect is effect and statement.resources and about_rocketmq(statement):
                ref = StatementRef(policy, statement)
                for index, pattern in enumerate(statement.resources.items):
                    yield ref, statement.resources.item_path(index), pattern


def series_of_service(service: str) -> Series | None:
    """The series whose resources are named with `service`; None for any other, and for a pattern."""
    return next((series for series, code in SERVICE_OF.items() if code == service), None)


def instance_piece(parts: Arn, series: Series) -> str:
    """The part of a resource that stands for the instance.

    A 4.x resource without `%` may as well name a topic or a group of an instance without a name space.
    """
    match series:
        case Series.V4:
            return parts.relative.partition("%")[0]
        case Series.V5:
            relative = parts.relative
            return (
                relative.removeprefix(_INSTANCE).partition("/")[0] if relative.startswith(_INSTANCE) else ""
            )


def named_instance(pattern: str) -> tuple[Series, str] | None:
    """The series and the id of the one instance that a resource names in full; None when it names none."""
    parts = Arn.parse(pattern)
    series = None if parts is None else series_of_service(parts.service)
    if parts is None or series is None:
        return None
    piece = instance_piece(parts, series)
    # The vendor's way to write an instance with all that is in it is a `*` right after its id.
    whole = piece.removesuffix("*")
    return None if not whole or is_pattern(whole) else (series, whole)
