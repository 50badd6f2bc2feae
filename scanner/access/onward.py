"""Where a user or role may go on to: the roles of the account that let it in, and roles of any name.

A step needs the caller's own `sts:AssumeRole` and the trust policy of the role taken; both are read as
`scanner.access.hops` reads them. Each step starts a session with a time of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scanner.access.grants import Grant, Standing, grant
from scanner.access.hops import Hop, asks, caller_of, let_in, may_assume
from scanner.access.view import AccountView, Holder, RoleView
from scanner.model.ids import AccountId
from scanner.policy.evaluate import ASSUME_ROLE
from scanner.policy.syntax import Effect, PrincipalForm
from scanner.policy.trust import TrustEntry

SUREST_FIRST: Final = (Standing.ALLOWED, Standing.CONDITIONAL, Standing.UNCERTAIN)
_ANYBODY: Final = frozenset({PrincipalForm.ANYONE, PrincipalForm.UNSUPPORTED})
_BY_NAME: Final = frozenset({PrincipalForm.USER, PrincipalForm.ROLE}) | _ANYBODY
_START: Final = Hop(standing=Standing.ALLOWED)
_NOBODY: Final = "0000000000000000"
"""An account number that nobody has."""


@dataclass(frozen=True, slots=True)
class Step:
    """One role that a caller may take, certain or not."""

    role: str
    hop: Hop


@dataclass(frozen=True, slots=True)
class Taken:
    """A way from one role to another."""

    roles: tuple[str, ...]
    """In order, both ends included."""
    hop: Hop


class Onward:
    """Answers which roles of one account its users and roles may take; every answer is kept."""

    def __init__(self, view: AccountView) -> None:
        self._view = view
        self._account = view.account
        self._doors = _Doors(view)
        self._admitted: dict[tuple[str, str, str], Hop] = {}
        self._steps: dict[tuple[str, str], tuple[Step, ...]] = {}
        self._taken: dict[str, Mapping[str, Taken]] = {}

    def steps(self, holder: Holder) -> tuple[Step, ...]:
        """The roles that `holder` may, or perhaps may, take, by name; its own is among them where it lets itself in."""
        key = (holder.kind.value, holder.name)
        if key not in self._steps:
            found = self._find(holder) if may_assume(holder) else ()
            self._steps[key] = tuple(found)
        return self._steps[key]

    def taken(self, name: str) -> Mapping[str, Taken]:
        """The roles that a session of the role comes to, step by step; itself, where it comes back to itself.

        Of several ways the surest is told, and of those the shortest.
        """
        if name not in self._taken:
            found: dict[str, Taken] = {}
            for limit in range(len(SUREST_FIRST)):
                found = self._taken_within(name, limit) | found
            self._taken[name] = found
        return self._taken[name]

    def _taken_within(self, name: str, limit: int) -> dict[str, Taken]:
        """Those by steps no less sure than `limit`."""
        found: dict[str, Taken] = {}
        waiting = deque([Taken((name,), _START)])
        while waiting:
            so_far = waiting.popleft()
            role = self._view.role(so_far.roles[-1])
            for one in () if role is None else self.steps(role):
                if one.role not in found and SUREST_FIRST.index(one.hop.standing) <= limit:
                    found[one.role] = Taken((*so_far.roles, one.role), so_far.hop.then(one.hop))
                    waiting.append(found[one.role])
        return found

    def _find(self, holder: Holder) -> Iterator[Step]:
        for role in self._doors.open_to(holder):
            asked = asks(holder, role.role.arn, account=self._account)
            if asked.standing is Standing.DENIED:
                continue
            hop = self._admitted_to(role, holder)
            if hop.standing is not Standing.DENIED:
                yield Step(role.name, hop.then(asked))

    def _admitted_to(self, role: RoleView, holder: Holder) -> Hop:
        """What the trust policy of `role` says to `holder`; one that names nobody alone says the same to each."""
        key = (role.name, holder.kind.value, holder.name if self._doors.tells_apart(role) else "")
        if key not in self._admitted:
            self._admitted[key] = let_in(role, caller_of(holder, self._account))
        return self._admitted[key]


class _Doors:
    """The roles that may let in somebody of their own account."""

    def __init__(self, view: AccountView) -> None:
        self._account = view.account
        self._open: list[RoleView] = []
        self._named: dict[str, list[RoleView]] = {}
        for role in view.roles:
            self._sort_in(role)

    def open_to(self, holder: Holder) -> Iterable[RoleView]:
        """Those that may let in the holder."""
        return (*self._open, *self._named.get(holder.name.lower(), ()))

    def tells_apart(self, role: RoleView) -> bool:
        """Whether it matters to the trust policy who of the account asks."""
        return any(entry.principal.form in _BY_NAME for entry in role.entries)

    def _sort_in(self, role: RoleView) -> None:
        allowed = [entry for entry in role.entries if entry.effect is not Effect.DENY]
        if role.trust is None or any(_is_open(entry, self._account) for entry in allowed):
            self._open.append(role)
            return
        names = {entry.principal.name.lower() for entry in allowed if _names_one(entry, self._account)}
        for name in names:
            self._named.setdefault(name, []).append(role)


def _is_open(entry: TrustEntry, account: AccountId) -> bool:
    """Whether the entry may let in anybody of the account."""
    principal = entry.principal
    if principal.form in _ANYBODY:
        return principal.account in {None, account}
    return principal.form is PrincipalForm.ROOT and principal.account == account


def _names_one(entry: TrustEntry, account: AccountId) -> bool:
    """Whether the entry names one user or role of the account."""
    principal = entry.principal
    return principal.form in {PrincipalForm.USER, PrincipalForm.ROLE} and principal.account == account


def any_role(holder: Holder, account: AccountId) -> Mapping[str, Grant]:
    """What `holder` gets of assuming a role that does not exist: in any account, and in `account`."""
    return {
        where: grant(holder, action=ASSUME_ROLE, resource=f"acs:ram::{owner}:role/some-role")
        for where, owner in (("any account", _NOBODY), ("the account", account))
    }
