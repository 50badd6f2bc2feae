"""How sessions go on from role to role inside one account.

A way that asks for no less than another way of the same principal to the same role adds nothing and is left
out, so that the number of ways stays small where many roles trust their whole account. A chain never passes
a role twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from scanner.access.entrance import Path, certainty_of, hop_of
from scanner.access.grants import Standing
from scanner.access.hops import Hop, asks, caller_of, let_in, may_assume
from scanner.access.view import AccountView, RoleView
from scanner.model.ids import AccountId
from scanner.policy.syntax import Effect, PrincipalForm
from scanner.policy.trust import TrustEntry

MOST_WAYS: Final = 16
"""Ways of one principal to one role that are kept."""

_ANYBODY: Final = frozenset({PrincipalForm.ANYONE, PrincipalForm.UNSUPPORTED})
_BY_NAME: Final = frozenset({PrincipalForm.USER, PrincipalForm.ROLE}) | _ANYBODY


class Chains:
    """Follows chains through the roles of one account; `unread` gathers, in words, where they may go on unseen."""

    def __init__(self, view: AccountView) -> None:
        self._view = view
        self._account = view.account
        self._targets = _Targets(view)
        self._onward: dict[str, tuple[tuple[RoleView, Hop], ...]] = {}
        self._admitted: dict[tuple[str, str], Hop] = {}
        self._unread: dict[str, None] = {}

    @property
    def unread(self) -> tuple[str, ...]:
        """Where sessions may go on without that it was seen."""
        return tuple(self._unread)

    def follow(self, direct: Sequence[Path]) -> list[Path]:
        """`direct` and every way that goes on from them."""
        kept: dict[tuple[str, str], list[Path]] = {}
        for path in direct:
            kept.setdefault((path.principal, path.role), []).append(path)
        waiting = deque(direct)
        while waiting:
            for path in self._further(waiting.popleft()):
                ways = kept.setdefault((path.principal, path.role), [])
                if any(_asks_no_more(way, path) for way in ways):
                    continue
                if len(ways) >= MOST_WAYS:
                    self._unread[f"more ways of `{path.principal}` to role `{path.role}` than are listed"] = (
                        None
                    )
                    continue
                ways.append(path)
                waiting.append(path)
        return [path for ways in kept.values() for path in ways]

    def _further(self, path: Path) -> Iterator[Path]:
        so_far = hop_of(path)
        for role, hop in self._onward_from(path.role):
            if role.name not in path.roles:
                yield _extended(path, role, so_far.then(hop))

    def _onward_from(self, name: str) -> tuple[tuple[RoleView, Hop], ...]:
        if name not in self._onward:
            role = self._view.role(name)
            assert role is not None, "paths lead to roles of the account"
            self._onward[name] = tuple(self._steps_of(role))
        return self._onward[name]

    def _steps_of(self, role: RoleView) -> Iterator[tuple[RoleView, Hop]]:
        """Where a session of `role` may go on to, by what was read."""
        for why in role.unread:
            self._unread[f"whether role `{role.name}` goes on to further roles: {why}"] = None
        if not may_assume(role):
            return
        for target in self._targets.of(role.name):
            asked = asks(role, target.role.arn, account=self._account)
            if target is role or asked.standing is Standing.DENIED:
                continue
            hop = self._admitted_to(target, role)
            if hop.standing is not Standing.DENIED:
                yield target, hop.then(asked)

    def _admitted_to(self, target: RoleView, role: RoleView) -> Hop:
        """What the trust policy of `target` says to `role`; one that names no single role says the same to each."""
        key = (target.name, role.name if self._targets.tells_apart(target) else "")
        if key not in self._admitted:
            self._admitted[key] = let_in(target, caller_of(role, self._account))
        return self._admitted[key]


class _Targets:
    """The roles that may let in a role of their own account."""

    def __init__(self, view: AccountView) -> None:
        self._account = view.account
        self._open: list[RoleView] = []
        self._named: dict[str, list[RoleView]] = {}
        for role in view.roles:
            self._sort_in(role)

    def of(self, name: str) -> Iterable[RoleView]:
        """Those that may let in the role of this name."""
        return (*self._open, *self._named.get(name.lower(), ()))

    def tells_apart(self, role: RoleView) -> bool:
        """Whether it matters to the trust policy which role of the account asks."""
        return any(entry.principal.form in _BY_NAME for entry in role.entries)

    def _sort_in(self, role: RoleView) -> None:
        allowed = [entry for entry in role.entries if entry.effect is not Effect.DENY]
        if role.trust is None or any(_is_open(entry, self._account) for entry in allowed):
            self._open.append(role)
            return
        names = {entry.principal.name.lower() for entry in allowed if _is_role_of(entry, self._account)}
        for name in names:
            self._named.setdefault(name, []).append(role)


def _is_open(entry: TrustEntry, account: AccountId) -> bool:
    """Whether the entry may let in any role of the account."""
    principal = entry.principal
    if principal.form in _ANYBODY:
        return principal.account in {None, account}
    return principal.form is PrincipalForm.ROOT and principal.account == account


def _is_role_of(entry: TrustEntry, account: AccountId) -> bool:
    return entry.principal.form is PrincipalForm.ROLE and entry.principal.account == account


def _extended(path: Path, role: RoleView, hop: Hop) -> Path:
    return replace(
        path,
        roles=(*path.roles, role.name),
        certainty=certainty_of(hop.standing),
        only_if=hop.only_if,
        unless=hop.unless,
        doubts=hop.doubts,
        statements=hop.statements,
    )


def _asks_no_more(way: Path, than: Path) -> bool:
    """Whether whoever can go `than` can go `way` as well, and as surely."""
    return (
        set(way.only_if) <= set(than.only_if)
        and set(way.unless) <= set(than.unless)
        and set(way.doubts) <= set(than.doubts)
    )
