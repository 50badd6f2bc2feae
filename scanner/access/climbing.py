"""Whom a role can become, through whom, and by which calls: the surest and of those the shortest.

Whoever may do anything, or may give it to itself, gains nothing by becoming others, so chains end there. Users and roles
that hold the same policies lead to the same others, so it is enough to go on from the nearest of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.access.becoming import Becoming, Besides, Move
from scanner.access.changes import CallBook, Calls
from scanner.access.gifts import SUREST_FIRST, Gifts, Worth, surest_first
from scanner.access.identities import Identity, Kind, named
from scanner.access.rungs import Escalation, Rung
from scanner.model.policy import PrincipalKind

MOST_FOLLOWED: Final = 1_000
"""Sets of policies from whose holders one role's chains are followed further."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a role becomes, and by which calls."""

    rungs: Mapping[Identity, tuple[Rung, ...]]
    rows: tuple[Escalation, ...]
    unread: tuple[str, ...]


_Chains = dict[PrincipalKind, dict[str, tuple[Rung, ...]]]
"""The calls to each user and role that was reached."""


class Search:
    """Finds everybody whom one role can become, by the surest and shortest calls."""

    def __init__(self, gifts: Gifts, becoming: Becoming, book: CallBook, start: Identity) -> None:
        self._gifts = gifts
        self._becoming = becoming
        self._book = book
        self._start = start
        self._found: dict[Identity, tuple[Rung, ...]] = {}
        self._rows: list[Escalation] = []
        self._left_out = False
        self._unread: tuple[str, ...] = ()

    def reach(self) -> Reached:
        """Everybody, with a row for each call that leads on."""
        self._rows.extend(self.first())
        # Whoever may do anything gains nothing by becoming others, so only its own calls are told.
        for limit in range(len(SUREST_FIRST) - 1):
            self._left_out = False
            self._reach_within(limit)
            if not self._left_out:
                break
        return Reached(self._found, tuple(self._rows), self._unread)

    def first(self, *, assuming: bool = True) -> Iterator[Escalation]:
        """A row for each call of its own by which it becomes somebody else; without `assuming`, taking roles aside."""
        itself = {self._start.kind: {self._start.name}}
        holder = self._becoming.identities.holder(self._start)
        found = Calls((), ()) if holder is None else self._book.anybodys(holder)
        moves = (
            self._moves(self._start, itself) if assuming else self._becoming.changed(found, besides=itself)
        )
        for move in moves:
            yield self._become((), self._start, move, move.names)

    def _reach_within(self, limit: int) -> None:
        """Everybody whom calls no less sure than `limit` lead to."""
        chains: _Chains = {PrincipalKind.ROLE: {}, PrincipalKind.USER: {}}
        chains[self._start.kind][self._start.name] = ()
        waiting = deque([self._start])
        followed: set[tuple[object, ...]] = set()
        while waiting and len(followed) < MOST_FOLLOWED:
            here = waiting.popleft()
            holder = self._becoming.identities.holder(here)
            if holder is None or self._is_top(here) or self._becoming.onward.alike(holder) in followed:
                continue
            followed.add(self._becoming.onward.alike(holder))
            waiting.extend(self._follow(here, chains, limit))
        if waiting:
            self._unread = (f"chains through more than {MOST_FOLLOWED} users and roles were not followed",)

    def _follow(self, here: Identity, chains: _Chains, limit: int) -> Iterator[Identity]:
        """Whom one of them leads to, first of all."""
        before = chains[here.kind][here.name]
        for move in self._moves(here, chains):
            if surest_first(move.hop) > limit:
                self._left_out = True
                continue
            names = [name for name in move.names if name not in chains[move.kind]]
            new = [name for name in names if Identity(move.kind, name) not in self._found]
            for name in names:
                chain = (*before, _rung(here, move, [name]))
                chains[move.kind][name] = chain
                self._found.setdefault(Identity(move.kind, name), chain)
                yield Identity(move.kind, name)
            if new and here != self._start:
                self._rows.append(self._become(before, here, move, new))

    def _moves(self, here: Identity, besides: Besides) -> tuple[Move, ...]:
        holder = self._becoming.identities.holder(here)
        if holder is None:
            return ()
        return tuple(self._becoming.moves(holder, self._book.anybodys(holder), besides=besides))

    def _is_top(self, identity: Identity) -> bool:
        """Whether it may do anything, or give itself anything for certain, so that going on adds nothing."""
        holder = self._becoming.identities.holder(identity)
        if holder is None:
            return False
        return self._gifts.is_whole(identity) or identity in self._gifts.raised(holder)

    def _become(self, before: tuple[Rung, ...], by: Identity, move: Move, names: Sequence[str]) -> Escalation:
        whole = [name for name in names if self._gifts.is_whole(Identity(move.kind, name))]
        who = named(Kind(move.kind.value), names)
        whose = f"what {who} may do"
        if whole:
            top = named(Kind(move.kind.value), whole)
            whose = f"{whose}, which is anything" if len(names) == 1 else f"{whose}; {top} may do anything"
        return Escalation(
            rungs=(*before, _rung(by, move, names)),
            worth=Worth.ANYTHING if whole else Worth.MORE,
            for_others=False,
            then=f"it may do {whose}{move.lasting}",
        )


def _rung(by: Identity, move: Move, names: Sequence[str]) -> Rung:
    return Rung(
        by=by,
        action=move.action,
        on=named(Kind(move.kind.value), names),
        names=tuple(names),
        hop=move.hop,
    )
