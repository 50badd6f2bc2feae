"""Who comes in from outside: every way from a foreign principal to a role, chains of roles included.

Where the principal's own account was scanned, a trusted account stands for those of its users and roles that hold
`sts:AssumeRole` on the role, and a trusted user or role has to hold it; where it was not, what the trust
policy names stands for itself. A chain goes on from a role to another role of the same account that lets the
first one in. Chains that leave the account and come back are not followed. What a session may do
at the end is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.access.chains import Chains
from scanner.access.doors import Doors
from scanner.access.entrance import Certainty, Closed, Entrances, Path, certainty_of
from scanner.access.view import AccountView, RoleView
from scanner.model.delegation import KnownAccount
from scanner.model.ids import AccountId

__all__ = ["Certainty", "Closed", "Entrances", "Path", "certainty_of", "entrances", "in_vain", "paths"]


def paths(
    view: AccountView,
    *,
    others: Mapping[AccountId, AccountView],
    known: Mapping[AccountId, KnownAccount],
) -> tuple[Path, ...]:
    """Every way in from outside, chains included, sorted by principal and roles."""
    return entrances(view, others=others, known=known).paths


def entrances(
    view: AccountView,
    *,
    others: Mapping[AccountId, AccountView],
    known: Mapping[AccountId, KnownAccount],
) -> Entrances:
    """The same with those who are trusted in vain, and what was not read."""
    doors = Doors(view, others, known)
    chains = Chains(view)
    found = chains.follow([path for role in view.roles for path in doors.into(role)])
    return Entrances(
        paths=tuple(sorted(found, key=lambda path: (path.principal, path.roles, path.only_if))),
        closed=tuple(sorted(doors.closed, key=lambda closed: (closed.role, closed.principal))),
        unread=(*((view.roles_unread,) if view.roles_unread else ()), *chains.unread),
    )


def in_vain(
    roles: Iterable[RoleView],
    view: AccountView,
    *,
    others: Mapping[AccountId, AccountView],
    known: Mapping[AccountId, KnownAccount],
) -> tuple[Closed, ...]:
    """Who is trusted by some roles of `view` and not let in by their own account; quicker than `entrances`."""
    doors = Doors(view, others, known)
    for role in roles:
        for _ in doors.into(role):
            pass
    return tuple(sorted(doors.closed, key=lambda closed: (closed.role, closed.principal)))
