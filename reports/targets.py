"""What a role's policies are about, coarse enough to draw: whole products, instances, other services.

It reads Allow statements as written. Denials, conditions and what really exists are not
weighed here, and the picture says so; verdicts come from the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reports.index import AccountIndex
from scanner.model.document import Document
from scanner.model.ids import Arn
from scanner.model.snapshot import Subject
from scanner.policy.parse import parse
from scanner.policy.syntax import Effect, PolicyType, Statement

_4X: Final = "mq"
_5X: Final = "rocketmq"
_INSTANCE_4X: Final = "MQ_INST_"


class TargetKind(StrEnum):
    """What kind of thing a statement is about; the broadest first."""

    EVERYTHING = "every service"
    ALL_5X = "RocketMQ 5.x"
    ALL_4X = "RocketMQ 4.x"
    INSTANCE_5X = "5.x instance"
    INSTANCE_4X = "4.x instance"
    NAME_4X = "4.x topic or group"
    OTHER = "other service"
    UNREAD = "not read or not understood"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a role's policies are about."""

    kind: TargetKind
    name: str

    @property
    def order(self) -> tuple[int, str]:
        """For sorting: the broadest kinds first."""
        return list(TargetKind).index(self.kind), self.name


EVERYTHING: Final = Target(TargetKind.EVERYTHING, "The whole account")
ALL_5X: Final = Target(TargetKind.ALL_5X, "All of RocketMQ 5.x")
ALL_4X: Final = Target(TargetKind.ALL_4X, "All of RocketMQ 4.x")
UNREAD: Final = Target(TargetKind.UNREAD, "Not known")


class TargetReader:
    """Answers what roles are about, reading each distinct document once."""

    def __init__(self) -> None:
        self._read: dict[str, frozenset[Target]] = {}

    def of_role(self, account: AccountIndex | None, role: str) -> frozenset[Target]:
        """What the policies of `role` are about; with `UNREAD` in it where not all was read and understood."""
        if account is None:
            return frozenset((UNREAD,))
        found: set[Target] = set()
        if account.snapshot.gaps_in(Subject.ATTACHMENTS, Subject.RESOURCE_GROUP_ATTACHMENTS, name=role):
            found.add(UNREAD)
        for attachment in account.attachments.get(role, ()):
            policy = account.policies.get(attachment.policy)
            effective = policy.effective if policy is not None else None
            document = effective.document if effective is not None else None
            found |= self._of_document(document) if document is not None else {UNREAD}
        return frozenset(found)

    def _of_document(self, document: Document) -> frozenset[Target]:
        digest = document.digest
        if digest not in self._read:
            self._read[digest] = _targets(document)
        return self._read[digest]


def _targets(document: Document) -> frozenset[Target]:
    parsed = parse(document.text, type=PolicyType.PERMISSION)
    found = {target for statement in parsed.statements for target in _of_statement(statement)}
    return frozenset(found if parsed.understood else found | {UNREAD})


def _of_statement(statement: Statement) -> set[Target]:
    if statement.effect is not Effect.ALLOW:
        return set()
    services = _services(statement)
    resources = statement.resources.items if statement.resources is not None else ()
    return {target for resource in resources for target in _of_resource(resource, services)}


def _services(statement: Statement) -> frozenset[str]:
    """The service codes of a statement's actions; `*` where they are not limited to some."""
    if statement.actions is None:
        return frozenset("*")
    codes = (action.partition(":")[0].lower() for action in statement.actions.items)
    return frozenset("*" if "*" in code or "?" in code else code for code in codes)


def _of_resource(resource: str, services: frozenset[str]) -> set[Target]:
    arn = Arn.parse(resource)
    if arn is None or "*" in arn.service or "?" in arn.service:
        return {_whole_service(service) for service in services}
    match arn.service.lower():
        case "mq":
            return {_in_4x(arn.relative)}
        case "rocketmq":
            return {_in_5x(arn.relative)}
        case other:
            return {_whole_service(other)}


def _whole_service(code: str) -> Target:
    known = {"*": EVERYTHING, _4X: ALL_4X, _5X: ALL_5X}
    return known.get(code) or Target(TargetKind.OTHER, code)


def _in_5x(relative: str) -> Target:
    head, _, rest = relative.partition("/")
    instance = rest.partition("/")[0]
    if head != "instance" or instance in {"", "*"}:
        return ALL_5X
    return Target(TargetKind.INSTANCE_5X, instance)


def _in_4x(relative: str) -> Target:
    instance, separator, _ = relative.partition("%")
    if instance in {"", "*"}:
        return ALL_4X
    if separator or instance.startswith(_INSTANCE_4X):
        return Target(TargetKind.INSTANCE_4X, instance)
    return Target(TargetKind.NAME_4X, instance)
