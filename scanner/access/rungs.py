"""Calls by which a role comes to more, one after the other, as values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Final

from scanner.access.gifts import Worth, surest_first
from scanner.access.grants import Standing
from scanner.access.hops import Hop
from scanner.access.identities import Identity
from scanner.model.policy import PrincipalKind

_START: Final = Hop(standing=Standing.ALLOWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One call of a chain."""

    by: Identity
    action: str
    on: str
    """In words, what it is made on."""
    names: tuple[str, ...] = ()
    """Those that exist, all by name; empty where `on` says it all."""
    hop: Hop

    def words(self, role: str) -> str:
        """The call in words, told of `role`: who makes it is said where it is somebody else."""
        own = self.by == Identity(PrincipalKind.ROLE, role)
        return f"`{self.action}` on {self.on}" + ("" if own else f", as {self.by}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """One way in which a role comes to more, or gives more to others."""

    rungs: tuple[Rung, ...]
    """The calls, in order."""
    worth: Worth
    for_others: bool
    """Whether the gain is somebody else's, as far as the role's calls tell."""
    then: str
    """In words, what comes of it."""

    @property
    def hop(self) -> Hop:
        """On which terms, all calls together."""
        return reduce(Hop.then, (rung.hop for rung in self.rungs), _START)

    @property
    def standing(self) -> Standing:
        """How sure it is."""
        return self.hop.standing

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """To sort by, worst first: whose gain, how much, how surely, and by how many calls."""
        return (self.for_others, worth_rank(self.worth), surest_first(self.hop), len(self.rungs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """Everything that one role can come to, worst first."""

    role: str
    whole: bool
    """Whether its policies allow anything as they are, so that no call is needed."""
    escalations: tuple[Escalation, ...]
    unread: tuple[str, ...]
    """In words, what was not read or followed and may open more."""

    @property
    def worst(self) -> Escalation | None:
        """The first of `escalations`."""
        return self.escalations[0] if self.escalations else None


def worst_first(row: Escalation) -> tuple[object, ...]:
    """To sort rows by."""
    return (*row.rank, tuple((rung.action, rung.on) for rung in row.rungs))


def worth_rank(worth: Worth) -> int:
    """To sort by: the most first."""
    return list(Worth).index(worth)
