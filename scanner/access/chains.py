"""How sessions go on from role to role inside one account.

A way that asks for no less than another way of the same principal to the same role adds nothing and is left
out, so that the number of ways stays small where many roles trust their whole account. A chain never passes
a role twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from scanner.access.entrance import Path, certainty_of, hop_of
from scanner.access.hops import Hop
from scanner.access.onward import Onward
from scanner.access.view import AccountView, RoleView

MOST_WAYS: Final = 16
"""Ways of one principal to one role that are kept."""


class Chains:
    """Follows chains through the roles of one account; `unread` gathers, in words, where they may go on unseen."""

    def __init__(self, view: AccountView) -> None:
        self._view = view
        self._onward = Onward(view)
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

    def _onward_from(self, name: str) -> Iterator[tuple[RoleView, Hop]]:
        """Where a session of the role may go on to, by what was read."""
        role = self._view.role(name)
        assert role is not None, "paths lead to roles of the account"
        for why in role.unread:
            self._unread[f"whether role `{role.name}` goes on to further roles: {why}"] = None
        for step in self._onward.steps(role):
            target = self._view.role(step.role)
            assert target is not None, "steps lead to roles of the account"
            yield target, step.hop


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
