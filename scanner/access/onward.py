"""Where a user or role may go on to: the roles of the account that let it in, and roles of any name.

A step needs the caller's own `sts:AssumeRole` and the trust policy of the role taken; both are read as
`scanner.access.hops` reads them. Each step starts a session with a time of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from scanner.access.grants import Grant, Standing, grant
from scanner.access.hops import Hop, asks, caller_of, let_in, may_assume
from scanner.access.identities import permissions_of
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
        self._steps: dict[tuple[str, str, str], Step] = {}
        self._renewals: dict[str, Hop | None] = {}

    def steps(self, holder: Holder, *, besides: Container[str] = ()) -> Iterator[Step]:
        """The roles that `holder` may, or perhaps may, take, but for `besides`.

        Its own role is among them where it lets itself in.
        """
        if not may_assume(holder):
            return
        for name, role in self._doors.open_to(holder):
            if name not in besides:
                step = self._step(holder, role)
                if step.hop.standing is not Standing.DENIED:
                    yield step

    def alike(self, holder: Holder) -> tuple[object, ...]:
        """The same for holders who may take the same roles, so that it is enough to ask for one of them."""
        alone = self._doors.knows(holder)
        return (holder.kind, permissions_of(holder), holder.name if alone else "")

    def taken(self, name: str) -> Mapping[str, Taken]:
        """The roles that a session of the role comes to, step by step.

        Of several ways the surest is told, and of those the shortest.
        """
        found: dict[str, Taken] = {}
        for limit in range(len(SUREST_FIRST)):
            within, left_out = self._taken_within(name, limit)
            found = within | found
            if not left_out:
                break
        return found

    def renewal(self, name: str) -> Hop | None:
        """On which terms a session of the role comes back to the role and starts anew; None where it cannot."""
        if name not in self._renewals:
            self._renewals[name] = self._renewal(name)
        return self._renewals[name]

    def _renewal(self, name: str) -> Hop | None:
        direct = [step.hop for step in self._steps_back(name, to=name)]
        if any(hop.standing is Standing.ALLOWED for hop in direct):
            return direct[0]
        others = self.taken(name).values()
        through = (
            way.hop.then(step.hop) for way in others for step in self._steps_back(way.roles[-1], to=name)
        )
        return min((*direct, *through), key=_sure, default=None)

    def _steps_back(self, name: str, *, to: str) -> Iterator[Step]:
        holder, role = self._view.role(name), self._view.role(to)
        if holder is not None and role is not None and may_assume(holder):
            step = self._step(holder, role)
            if step.hop.standing is not Standing.DENIED:
                yield step

    def _taken_within(self, name: str, limit: int) -> tuple[dict[str, Taken], bool]:
        """Those by steps no less sure than `limit`, and whether there were others."""
        found: dict[str, Taken] = {name: Taken((name,), _START)}
        asked: set[tuple[object, ...]] = set()
        left_out = False
        waiting = deque(found.values())
        while waiting:
            so_far = waiting.popleft()
            role = self._view.role(so_far.roles[-1])
            if role is None or self.alike(role) in asked:
                continue
            asked.add(self.alike(role))
            for one in self.steps(role, besides=found):
                if SUREST_FIRST.index(one.hop.standing) > limit:
                    left_out = True
                    continue
                found[one.role] = Taken((*so_far.roles, one.role), so_far.hop.then(one.hop))
                waiting.append(found[one.role])
        del found[name]
        return found, left_out

    def _step(self, holder: Holder, role: RoleView) -> Step:
        key = (holder.kind.value, holder.name, role.name)
        if key not in self._steps:
            hop = asks(holder, role.role.arn, account=self._account)
            if hop.standing is not Standing.DENIED:
                hop = self._admitted_to(role, holder).then(hop)
            self._steps[key] = Step(role.name, hop)
        return self._steps[key]

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
        self._open: list[tuple[str, RoleView]] = []
        self._named: dict[str, list[tuple[str, RoleView]]] = {}
        for role in view.roles:
            self._sort_in(role)
        self._telling = any(self.tells_apart(role) for _, role in self._open)

    def open_to(self, holder: Holder) -> Iterable[tuple[str, RoleView]]:
        """Those that may let in the holder, with their names."""
        return chain(self._open, self._named.get(holder.name.lower(), ()))

    def knows(self, holder: Holder) -> bool:
        """Whether they may treat the holder differently from others of its account."""
        return self._telling or holder.name.lower() in self._named

    def tells_apart(self, role: RoleView) -> bool:
        """Whether it matters to the trust policy who of the account asks."""
        return any(entry.principal.form in _BY_NAME for entry in role.entries)

    def _sort_in(self, role: RoleView) -> None:
        allowed = [entry for entry in role.entries if entry.effect is not Effect.DENY]
        if role.trust is None or any(_is_open(entry, self._account) for entry in allowed):
            self._open.append((role.name, role))
            return
        names = {entry.principal.name.lower() for entry in allowed if _names_one(entry, self._account)}
        for name in names:
            self._named.setdefault(name, []).append((role.name, role))


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


def _sure(hop: Hop) -> int:
    return SUREST_FIRST.index(hop.standing)
