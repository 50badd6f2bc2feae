"""What the RAM actions of ApsaraMQ for RocketMQ do, and those of RAM and STS that matter beside them.

The table is `catalogue.toml`, read once when it is first asked for. The access classes are our own,
because the vendor calls some writes reads. An action that is not here is not harmless: it is new,
and a pattern such as `rocketmq:*` grants it too.

See https://www.alibabacloud.com/help/en/apsaramq-for-rocketmq/cloud-message-queue-rocketmq-5-x-series/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from scanner.model.series import Series
from scanner.policy.pattern import matches


class AccessClass(StrEnum):
    """What an action lets its holder do, whatever level the vendor gives it."""

    READ_METADATA = "read metadata"
    READ_MESSAGES = "read messages"
    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    ADMINISTER = "administer"
    OBTAIN_CREDENTIALS = "obtain credentials"
    OPEN_NETWORK = "open network"
    ESCALATE = "escalate"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing. Passwords that can be read are a class of their own."""
        return self in (AccessClass.READ_METADATA, AccessClass.READ_MESSAGES)


class ResourceType(StrEnum):
    """The kind of resource that an action is asked on."""

    INSTANCE = "instance"
    TOPIC = "topic"
    GROUP = "group"
    ANY = "any"


class Known(StrEnum):
    """How sure an entry is."""

    DOCUMENTED = "documented"
    """The vendor names the action and its resource."""
    INFERRED = "inferred"
    """At least one of them follows the pattern of its siblings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RamAction:
    """One operation and the RAM action that it asks for."""

    action: str
    """As it stands in a policy: `rocketmq:GetInstanceAccount`."""
    api: str
    """The operation's own name; empty for what a messaging client asks for."""
    series: Series | None
    """None for RAM and STS."""
    access: AccessClass
    resource_type: ResourceType
    arn_forms: tuple[str, ...]
    """Resource names with `{region}`, `{account}`, `{instance}` and so on; `*` stands for itself."""
    level: str
    """The vendor's own access level; empty where none was found."""
    evidence: Known
    note: str


@cache
def catalogue() -> tuple[RamAction, ...]:
    """Every entry, in the order of the table."""
    # Both are slow to import, and most of what needs the engine's types never asks for the table.
    import tomllib  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    text = files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
    return tuple(_entry(row) for row in tomllib.loads(text)["action"])


def find(action: str) -> tuple[RamAction, ...]:
    """The entries of one action, whatever its case; several operations can ask for the same action."""
    return _by_name().get(action.lower(), ())


def by_class(*classes: AccessClass, series: Series | None = None) -> tuple[RamAction, ...]:
    """The entries of `classes`, of both series and of RAM unless `series` is given."""
    return tuple(e for e in catalogue() if e.access in classes and series in (None, e.series))


@lru_cache(maxsize=4096)
def expand(pattern: str) -> tuple[str, ...]:
    """The actions of the catalogue that `pattern` covers, each once.

    It may cover more than these: actions that are new, or of other services.
    """
    return tuple(dict.fromkeys(e.action for e in catalogue() if matches(pattern, e.action, ignore_case=True)))


@cache
def _by_name() -> Mapping[str, tuple[RamAction, ...]]:
    names: dict[str, list[RamAction]] = {}
    for entry in catalogue():
        names.setdefault(entry.action.lower(), []).append(entry)
    return {name: tuple(entries) for name, entries in names.items()}


def _entry(row: dict[str, object]) -> RamAction:
    """One row of the table; a wrong row is a bug of ours and fails the tests."""
    series = row.get("series")
    forms = row["arn"]
    assert isinstance(forms, list)
    return RamAction(
        action=str(row["action"]),
        api=str(row.get("api", "")),
        series=None if series is None else Series(str(series)),
        access=AccessClass(str(row["access"])),
        resource_type=ResourceType(str(row["resource"])),
        arn_forms=tuple(str(form) for form in forms),
        level=str(row.get("level", "")),
        evidence=Known(str(row["evidence"])),
        note=str(row.get("note", "")),
    )
