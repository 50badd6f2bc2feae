"""Let changes to RAM take effect some seconds after they were made, if asked for.

Before each change it keeps how the account stood; whoever asks later gets the account as it was
the delay ago. Keys and tokens are never delayed: the vendor says that deleting a role ends its
tokens at once.
"""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scanner.emulator.state import Account, LocalWorld, PolicyRecord


@dataclass(frozen=True, slots=True)
class _Before:
    changed: datetime
    account: Account


def _policy(policy: PolicyRecord) -> PolicyRecord:
    return replace(policy, versions=dict(policy.versions), tags=dict(policy.tags))


def _as_it_stands(account: Account) -> Account:
    """A copy of what RAM decides by; all else is shared with the account."""
    return replace(
        account,
        users={name: copy.copy(user) for name, user in account.users.items()},
        groups={name: replace(group, members=dict(group.members)) for name, group in account.groups.items()},
        roles={name: replace(role, tags=dict(role.tags)) for name, role in account.roles.items()},
        policies={name: _policy(policy) for name, policy in account.policies.items()},
        attachments=dict(account.attachments),
        mfa_devices=dict(account.mfa_devices),
        resource_groups=set(account.resource_groups),
        control_policies=list(account.control_policies),
    )


class Propagation:
    """Remembers how accounts stood before their last changes."""

    def __init__(self, seconds: float) -> None:
        self._delay = timedelta(seconds=seconds)
        self._before: dict[str, deque[_Before]] = {}

    @property
    def is_on(self) -> bool:
        """Whether there is a delay at all."""
        return bool(self._delay)

    def about_to_change(self, account: Account, now: datetime) -> None:
        """Keep how `account` stands, because it is about to change."""
        if self.is_on:
            kept = self._before.setdefault(account.account_id, deque())
            self._forget(kept, now)
            kept.append(_Before(now, _as_it_stands(account)))

    def _forget(self, kept: deque[_Before], now: datetime) -> None:
        while kept and kept[0].changed <= now - self._delay:
            kept.popleft()

    def effective(self, account: Account, now: datetime) -> Account:
        """`account` with the changes that have taken effect by `now`."""
        kept = self._before.get(account.account_id)
        if not kept:
            return account
        self._forget(kept, now)
        return kept[0].account if kept else account

    def effective_world(self, world: LocalWorld, now: datetime) -> LocalWorld:
        """`world` with the changes that have taken effect by `now`; for reading only."""
        if not any(self._before.values()):
            return world
        accounts = {name: self.effective(account, now) for name, account in world.accounts.items()}
        return replace(world, accounts=accounts)
