"""Resource patterns of RocketMQ in policies: what they name, and what of it there is in an account.

It decides nothing about danger, nor whether anybody may do anything there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.access.cite import StatementRef
from scanner.access.grants import known_actions
from scanner.access.resources import SERVICE_OF
from scanner.access.view import AccountView
from scanner.model.broker import Instance, Series
from scanner.model.ids import Arn
from scanner.policy.catalogue import find
from scanner.policy.decision import SourcedPolicy
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
    policies: Iterable[SourcedPolicy], *, effect: Effect = Effect.ALLOW
) -> Iterator[tuple[StatementRef, str, str]]:
    """Each resource of each statement about RocketMQ: the statement, the resource's path, and its text."""
    for policy in policies:
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


def begun_instance(pattern: str) -> tuple[Series, str] | None:
    """The series and the piece of a resource that names an instance in part; None for any other resource."""
    parts = Arn.parse(pattern)
    series = None if parts is None else series_of_service(parts.service)
    if parts is None or series is None:
        return None
    piece = instance_piece(parts, series)
    return (series, piece) if is_pattern(piece) and piece.strip("*?") else None


def instances_begun(pattern: str, view: AccountView) -> tuple[Instance, ...]:
    """The existing instances that a resource catches, or something in them, by the beginning of their ids."""
    begun = begun_instance(pattern)
    if begun is None:
        return ()
    series, piece = begun
    caught = {resource.instance_id for resource in view.resources.caught_by(pattern)}
    return tuple(
        i
        for i in view.instances
        if i.series is series and (i.instance_id in caught or matches(piece, i.instance_id))
    )


def names_nothing(pattern: str, view: AccountView) -> bool:
    """Whether a resource names an instance, at least in part, and there is nothing for it to catch."""
    parts = Arn.parse(pattern)
    series = None if parts is None else series_of_service(parts.service)
    if parts is None or series is None or not instance_piece(parts, series).strip("*?"):
        return False
    return not view.resources.has_place_for(pattern)


def region_unread(pattern: str, view: AccountView) -> str | None:
    """In words, the region that a resource names and that was not asked for; None when it was, or none is named."""
    parts = Arn.parse(pattern)
    region = "" if parts is None else parts.region
    read = view.snapshot.regions
    return (
        f"region `{region}` was not read"
        if region and not is_pattern(region) and read and region not in read
        else None
    )


def instance_of_other_series(pattern: str, view: AccountView) -> str | None:
    """The id of the instance that a resource names in full and that is of the other series; None for any other."""
    named = named_instance(pattern)
    if named is None:
        return None
    series, name = named
    return name if view.resources.series_of.get(name) not in (None, series) else None
