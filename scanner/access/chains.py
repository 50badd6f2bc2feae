"""How sessions go on from role to role inside one account.

A way that asks for no less than another way of the same principal to the same role adds nothing and is left
out, so that the number of ways stays small where many roles trust their whole account. A chain never passes
a role twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from scanner.access.entrance import Path, certainty_of, hop_of
from scanner.access.hops import Hop
from scanner.access.onward import Onward
from scanner.access.view import AccountView

MOST_WAYS: Final = 16
"""Ways of one principal to one role that are kept."""


_Terms = frozenset[tuple[str, str]]
"""Everything on which a way hangs, each text with its kind: whoever meets more of them meets these as well."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A way that adds something."""

    path: Path
    terms: _Terms


@dataclass(frozen=True, slots=True)
class _Onward:
    """A role that a session may go on to."""

    role: str
    hop: Hop
    terms: _Terms


class Chains:
    """Follows chains through the roles of one account; `unread` gathers, in words, where they may go on unseen."""

    def __init__(self, view: AccountView) -> None:
        self._view = view
        self._onward = Onward(view)
        self._steps: dict[str, tuple[_Onward, ...]] = {}
        self._unread: dict[str, None] = {}

    @property
    def unread(self) -> tuple[str, ...]:
        """Where sessions may go on without that it was seen."""
        return tuple(self._unread)

    def follow(self, direct: Sequence[Path]) -> list[Path]:
        """`direct` and every way that goes on from them."""
        kept: dict[tuple[str, str], list[_Kept]] = {}
        waiting = deque(_Kept(path, _terms(hop_of(path))) for path in direct)
        for way in waiting:
            kept.setdefault((way.path.principal, way.path.role), []).append(way)
        while waiting:
            so_far = waiting.popleft()
            for step in self._onward_from(so_far.path.role):
                ways = kept.setdefault((so_far.path.principal, step.role), [])
                terms = so_far.terms | step.terms
                if step.role in so_far.path.roles or any(way.terms <= terms for way in ways):
                    continue
                if len(ways) >= MOST_WAYS:
                    self._leave_out(so_far.path.principal, step.role)
                    continue
                ways.append(_Kept(_extended(so_far.path, step), terms))
                waiting.append(ways[-1])
        return [way.path for ways in kept.values() for way in ways]

    def _leave_out(self, principal: str, role: str) -> None:
        self._unread[f"more ways of `{principal}` to role `{role}` than are listed"] = None

    def _onward_from(self, name: str) -> tuple[_Onward, ...]:
        """Where a session of the role may go on to, by what was read."""
        if name not in self._steps:
            role = self._view.role(name)
            assert role is not None, "paths lead to roles of the account"
            for why in role.unread:
                self._unread[f"whether role `{role.name}` goes on to further roles: {why}"] = None
            steps = self._onward.steps(role)
            self._steps[name] = tuple(_Onward(step.role, step.hop, _terms(step.hop)) for step in steps)
        return self._steps[name]


def _extended(path: Path, step: _Onward) -> Path:
    hop = hop_of(path).then(step.hop)
    return replace(
        path,
        roles=(*path.roles, step.role),
        certainty=certainty_of(hop.standing),
        only_if=hop.only_if,
        unless=hop.unless,
        doubts=hop.doubts,
        statements=hop.statements,
    )


def _terms(hop: Hop) -> _Terms:
    kinds = (("only if", hop.only_if), ("unless", hop.unless), ("doubt", hop.doubts))
    return frozenset((kind, words) for kind, texts in kinds for words in texts)
