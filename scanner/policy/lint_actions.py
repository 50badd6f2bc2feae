"""Actions that no list has, and what was likely meant.

Only the services of the catalogue are looked at. A list can be older than the service, so an unknown
action is never an error; where neither a misspelling nor a mix-up explains it, the remark says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.policy.action_names import (
    RECEIVING,
    SENDING,
    SERVICES,
    TYPO,
    VENDOR_PATTERNS,
    action_of_operation,
    documented_spelling,
    edits,
    kindred,
    misspelt,
    names,
)
from scanner.policy.catalogue import expand
from scanner.policy.pattern import fold, has_variable, is_pattern, matches
from scanner.policy.positions import shown
from scanner.policy.remark import Remark, does_nothing, items, remark
from scanner.policy.syntax import Statement, Weight

BROKER_DECIDES: Final = (
    "who may send and receive on a 5.x instance is decided by its broker, from the accounts and ACLs of the "
    "instance, or not at all inside a VPC without authentication; RAM covers the console and OpenAPI only"
)
_MAY_BE_NEW: Final = "the list may be older than the service"
_NO_CODES: Final = {"ons": "mq", "rmq": "rocketmq", "rocket-mq": "rocketmq", "apsaramq": "rocketmq"}
"""What RocketMQ is called elsewhere, and the code that RAM knows it by."""
_OF_MQTT: Final = ("mqtt", "token")
"""Words in actions of MQTT, which has the code `mq` as well and is in no list here."""


def actions(statement: Statement) -> Iterator[Remark]:
    """What is odd about the actions of one statement."""
    for path, text in items(statement.actions or statement.not_actions):
        service, colon, name = text.partition(":")
        if not colon or not text.isascii() or " " in text or has_variable(text) or is_pattern(service):
            continue
        if fold(service) in SERVICES:
            yield from _action(fold(service), name, path, statement)
        else:
            yield from _service(service, name, path, statement)


def rocketmq_code(service: str) -> str | None:
    """The code of RocketMQ that `service` was likely meant to be; None when it is that or another service."""
    folded = fold(service)
    if folded in SERVICES:
        return None
    return _NO_CODES.get(folded) or ("rocketmq" if edits(folded, "rocketmq") <= TYPO else None)


def _service(service: str, name: str, path: str, statement: Statement) -> Iterator[Remark]:
    code = rocketmq_code(service)
    if code is None:
        return
    what = f"no service is known to have the code {shown(service)}, so this {does_nothing(statement)}; "
    codes = "RocketMQ is `mq` in 4.x and `rocketmq` in 5.x"
    action = action_of_operation(name) or f"{code}:{name}"
    yield remark("unknown-service", path, what + codes, instead=action)


def _action(service: str, name: str, path: str, statement: Statement) -> Iterator[Remark]:
    text = f"{service}:{name}"
    if is_pattern(name):
        yield from _pattern(service, name, path, statement)
    elif (known := documented_spelling(service, name)) is None:
        yield from _unknown(service, name, path, statement)
    elif known != name:
        what = f"{shown(text)} is written `{service}:{known}`, and that case never counts in an action is not certain"
        yield remark("odd-action-case", path, what, weight=Weight.NOTE, instead=f"{service}:{known}")


def _pattern(service: str, name: str, path: str, statement: Statement) -> Iterator[Remark]:
    text = f"{service}:{name}"
    if expand(text) or any(matches(name, known, ignore_case=True) for known in names(service)):
        return
    if fold(text) in VENDOR_PATTERNS:
        return
    if service == "rocketmq" and any(matches(fold(name), word) for word in SENDING | RECEIVING):
        yield _messaging(text, path, statement)
        return
    if _may_be_mqtt(service, name):
        return
    weight = Weight.WARNING if service == "rocketmq" else Weight.NOTE
    what = (
        f"{shown(text)} covers no action of the vendor's list, so it {does_nothing(statement)} that is known"
    )
    yield remark("pattern-covers-no-action", path, f"{what}; {_MAY_BE_NEW}", weight=weight)


def _unknown(service: str, name: str, path: str, statement: Statement) -> Iterator[Remark]:
    text = f"{service}:{name}"
    if service == "rocketmq" and fold(name) in SENDING | RECEIVING:
        yield _messaging(text, path, statement)
        return
    what = f"{shown(text)} is not in the vendor's list, so it {does_nothing(statement)} that is known"
    meant, certain = _meant(service, name)
    if meant:
        asked = " or ".join(f"`{action}`" for action in meant)
        weight = Weight.WARNING if certain or service == "rocketmq" else Weight.NOTE
        instead = meant[0] if len(meant) == 1 else ""
        yield remark("unknown-action", path, f"{what}; did you mean {asked}?", weight=weight, instead=instead)
    elif service == "rocketmq":
        yield remark("unknown-action", path, f"{what}; {_MAY_BE_NEW}")
    elif service == "mq" and not _may_be_mqtt(service, name):
        yield remark("unknown-action", path, f"{what}; {_MAY_BE_NEW}", weight=Weight.NOTE)


def _meant(service: str, name: str) -> tuple[tuple[str, ...], bool]:
    """The actions that were likely meant, and whether that is more than a guess."""
    if service == "mq":
        action = action_of_operation(name)
        if action is not None:
            return (action,), True
        word = "mq:PUB" if fold(name) in SENDING else "mq:SUB" if fold(name) in RECEIVING else None
        if word is not None:
            return (word,), True
    near = misspelt(name, names(service))
    if near is not None:
        return (f"{service}:{near}",), True
    if service in {"ram", "sts"}:
        return (), False
    return tuple(f"{service}:{other}" for other in kindred(service, name)), False


def _messaging(text: str, path: str, statement: Statement) -> Remark:
    name = fold(text.partition(":")[2])
    action = "mq:SUB" if any(matches(name, word) for word in RECEIVING) else "mq:PUB"
    what = f"{shown(text)} is not in the vendor's list and {does_nothing(statement)}: {BROKER_DECIDES}"
    instead = (
        f"for 5.x an account of the instance with an ACL; for 4.x `{action}` on `acs:mq:*:*:INSTANCE%TOPIC`"
    )
    return remark("messaging-is-not-by-ram", path, what, instead=instead)


def _may_be_mqtt(service: str, name: str) -> bool:
    return service == "mq" and any(word in fold(name) for word in _OF_MQTT)
