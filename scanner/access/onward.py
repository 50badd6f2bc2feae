"""Where a user or role may go on to: the roles of the account that let it in, and roles of any name.

A step needs the caller's own `sts:AssumeRole` and the trust policy of the role taken; both are read as
`scanner.access.hops` reads them. Each step starts a session with a time of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from scanner.access.grants import Grant, Standing, grant
from scanner.access.hops import Hop, asks, caller_of, let_in, may_assume
from scanner.access.view import AccountView, Holder, RoleView
from scanner.model.ids import AccountId
from scanner.policy.evaluate import ASSUME_ROLE
from scanner.policy.syntax import Effect, PrincipalForm

_NOBODY: Final = "0000000000000000"
"""An account number that nobody has."""


@dataclass(frozen=True, slots=True)
class Step:
    """One role that a caller may take, certain or not."""

    role: str
    hop: Hop


class Onward:
    """Answers which roles of one account its users and roles may take; every answer is kept."""

    def __init__(self, view: AccountView) -> None:
        self._view = view
        self._steps: dict[tuple[str, str], tuple[Step, ...]] = {}

    def steps(self, holder: Holder) -> tuple[Step, ...]:
        """The roles that `holder` may, or perhaps may, take, by name; its own is among them where it lets itself in."""
        key = (holder.kind.value, holder.name)
        if key not in self._steps:
            found = self._find(holder) if may_assume(holder) else ()
            self._steps[key] = tuple(found)
        return self._steps[key]

    def _find(self, holder: Holder) -> Iterator[Step]:
        caller = caller_of(holder, self._view.account)
        for role in self._open_inside:
            own = asks(holder, role.role.arn, account=self._view.account)
            if own.standing is Standing.DENIED:
                continue
            hop = own.then(let_in(role, caller))
            if hop.standing is not Standing.DENIED:
                yield Step(role.name, hop)

    @cached_property
    def _open_inside(self) -> tuple[RoleView, ...]:
        """The roles that may let in somebody of their own account."""
        return tuple(role for role in self._view.roles if _may_open_inside(role, self._view.account))


def _may_open_inside(role: RoleView, account: AccountId) -> bool:
    if role.trust is None:
        return not role.role.service_linked
    return any(
        entry.effect is not Effect.DENY
        and entry.principal.form is not PrincipalForm.SERVICE
        and entry.principal.account in (account, None)
        for entry in role.entries
    )


def any_role(holder: Holder, account: AccountId) -> Mapping[str, Grant]:
    """What `holder` gets of assuming a role that does not exist: in any account, and in `account`."""
    return {
        where: grant(holder, action=ASSUME_ROLE, resource=f"acs:ram::{owner}:role/some-role")
        for where, owner in (("any account", _NOBODY), ("the account", account))
    }
