"""What stands open on an instance of the 5.x series by its own settings, to whoever reaches it and has no role.

The settings say who may connect; whether a network leads there is not asked, and what an account may do is
decided by the broker, not by RAM. See
https://www.alibabacloud.com/help/en/apsaramq-for-rocketmq/cloud-message-queue-rocketmq-5-x-series/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from scanner.model.broker import AclRule, Instance, InstanceAccount, Series
from scanner.model.snapshot import Gap, Snapshot, Subject

DENY: Final = "deny"
_Part = TypeVar("_Part", InstanceAccount, AclRule)
_DISABLED: Final = "disable"
_DEFAULT: Final = "default"
_ADDRESSES: Final = 4
"""How many addresses of a list are told."""
_ABOUT_INSTANCES: Final = (
    Subject.INSTANCE,
    Subject.INSTANCE_ACCOUNTS,
    Subject.ACLS,
    Subject.IP_WHITELIST,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInstance:
    """One instance of the 5.x series, as it stands open."""

    instance_id: str
    name: str
    region: str
    open: tuple[str, ...]
    """In words, what needs no role; empty when nothing does."""
    accounts: tuple[InstanceAccount, ...]
    acls: tuple[AclRule, ...]
    acls_unread: bool
    """Whether there may be more ACL rules."""
    unread: tuple[str, ...]
    """In words, what of this could not be read."""

    @property
    def account_words(self) -> str:
        """Its accounts by name: `a` (default), `b` (disabled); the default one may use every topic and group."""
        return ", ".join(map(_account_words, self.accounts))


class Openness:
    """Answers how the instances of one snapshot stand open."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._accounts = _by_instance(snapshot.instance_accounts)
        self._acls = _by_instance(snapshot.acls)
        self._gaps: dict[str, list[Gap]] = {}
        for gap in snapshot.gaps_in(*_ABOUT_INSTANCES):
            self._gaps.setdefault(gap.name, []).append(gap)
        self._instances = {i.instance_id: i for i in snapshot.instances if i.series is Series.V5}
        self._known: dict[str, OpenInstance] = {}

    @property
    def instances(self) -> Mapping[str, Instance]:
        """The instances of the 5.x series, by id."""
        return self._instances

    def of(self, instance_id: str) -> OpenInstance:
        """How one of them stands open."""
        if instance_id not in self._known:
            self._known[instance_id] = self._open(self._instances[instance_id])
        return self._known[instance_id]

    def _open(self, instance: Instance) -> OpenInstance:
        gaps = (*self._gaps.get(f"{instance.region}/{instance.instance_id}", ()), *self._gaps.get("", ()))
        settings = (
            () if any(gap.subject is Subject.INSTANCE for gap in gaps) else tuple(_unread_settings(instance))
        )
        return OpenInstance(
            instance_id=instance.instance_id,
            name=instance.name,
            region=instance.region,
            open=tuple(_open_words(instance)),
            accounts=tuple(self._accounts.get(instance.instance_id, ())),
            acls=tuple(self._acls.get(instance.instance_id, ())),
            acls_unread=any(gap.subject is Subject.ACLS for gap in gaps),
            unread=(*(f"{gap.subject.value}: {gap.because}" for gap in gaps), *settings),
        )


def _by_instance(parts: Iterable[_Part]) -> dict[str, list[_Part]]:
    found: dict[str, list[_Part]] = {}
    for part in parts:
        found.setdefault(part.instance_id, []).append(part)
    return found


def _open_words(instance: Instance) -> Iterator[str]:
    if instance.vpc_auth_free:
        yield "inside its VPC nobody needs a password"
    if instance.internet and instance.ip_whitelist is not None:
        listed = instance.ip_whitelist
        more = len(listed) - _ADDRESSES
        addresses = ", ".join(f"`{text}`" for text in listed[:_ADDRESSES]) + (
            f" and {more} more" if more > 0 else ""
        )
        who = f"from {addresses}" if listed else "from every address, as its list of addresses is empty"
        yield f"its public endpoint can be reached {who}"


def _unread_settings(instance: Instance) -> Iterator[str]:
    if instance.vpc_auth_free is None:
        yield "whether its VPC needs a password"
    if instance.internet is None:
        yield "whether it has a public endpoint"
    elif instance.internet and instance.ip_whitelist is None:
        yield "which addresses may reach its public endpoint"


def _account_words(account: InstanceAccount) -> str:
    marks = [
        *(["default"] if account.account_type.lower() == _DEFAULT else []),
        *(["disabled"] if account.status.lower() == _DISABLED else []),
    ]
    return f"`{account.username}`" + (f" ({', '.join(marks)})" if marks else "")
