"""Condition keys that are misspelt, or that the service of the statement is not said to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.policy.action_names import misspelt
from scanner.policy.operators import GENERAL_KEYS, TAG_KEYS, spelling
from scanner.policy.pattern import fold, has_variable
from scanner.policy.positions import shown
from scanner.policy.remark import Remark, remark
from scanner.policy.syntax import Statement, Weight

_SERVICES: Final = frozenset(key.partition(":")[0] for key in GENERAL_KEYS)
_OF_KMS: Final = frozenset({"acs:sourcevpc", "acs:vpcsourceip"})
"""Folded keys that the vendor documents for its key management, and not for RocketMQ."""
_ROCKETMQ: Final = frozenset({"mq", "rocketmq"})


def keys(statement: Statement) -> Iterator[Remark]:
    """What is odd about the keys of one statement's conditions; no value is shown."""
    for condition in statement.conditions:
        key = condition.key
        service, _, name = key.partition(":")
        if spelling(key) is None and fold(service) in _SERVICES and not has_variable(key):
            yield from _unknown(service, name, condition.path)
        elif fold(key) in _OF_KMS and _about_rocketmq_only(statement):
            what = f"no page says that RocketMQ fills in {shown(key)}; it is documented for other services"
            yield remark("key-not-of-this-service", condition.path, what, weight=Weight.NOTE)


def _unknown(service: str, name: str, path: str) -> Iterator[Remark]:
    known = [key.partition(":") for key in (*GENERAL_KEYS, *TAG_KEYS)]
    near = misspelt(
        name.partition("/")[0], [other.rstrip("/") for code, _, other in known if code == fold(service)]
    )
    if near is not None:
        key = f"{service}:{name}"
        better = f"{fold(service)}:{near}" + "".join(name.partition("/")[1:])
        what = f"the key {shown(key)} is not documented; did you mean {shown(better)}?"
        yield remark("unknown-key", path, what, instead=better)


def _about_rocketmq_only(statement: Statement) -> bool:
    codes = {fold(text.partition(":")[0]) for text in statement.actions.items} if statement.actions else set()
    return bool(codes) and codes <= _ROCKETMQ
