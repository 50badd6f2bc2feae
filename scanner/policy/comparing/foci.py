"""What new access comes down to: pieces to hit and pieces to avoid.

The new policies allow a request and the old ones do not exactly where some focus does: one Allow for each
gate of the new side, none of its denials, and one way in which the old side refuses. Pieces that stand
on both sides contradict themselves in a focus, so the work follows the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from scanner.policy.comparing.budget import Budget
from scanner.policy.comparing.pieces import Piece, pieces_of
from scanner.policy.comparing.targets import is_everything, targets
from scanner.policy.comparing.tracks import covers
from scanner.policy.comparison import PolicySet
from scanner.policy.decision import SourcedPolicy
from scanner.policy.pattern import fold
from scanner.policy.syntax import Effect


class Focus(NamedTuple):
    """A request shows new access by it when it hits all of `hit` and none of `avoid`."""

    hit: tuple[Piece, ...]
    avoid: tuple[Piece, ...]


class Scope(NamedTuple):
    """The Allow and Deny pieces that are asked together."""

    allows: tuple[Piece, ...]
    denies: tuple[Piece, ...]

    @staticmethod
    def of(policies: Sequence[SourcedPolicy]) -> Scope:
        """Those of some policies."""
        found = [piece for policy in policies for piece in pieces_of(policy)]
        return Scope(
            allows=_unique(piece for piece in found if piece.effect is Effect.ALLOW),
            denies=_unique(piece for piece in found if piece.effect is Effect.DENY),
        )


class Side(NamedTuple):
    """One set of policies as scopes. Every gate must allow, then the account's policies or a resource group's."""

    gates: tuple[Scope, ...]
    account: Scope
    group: Scope

    @staticmethod
    def of(policies: PolicySet) -> Side:
        """The scopes of a set of policies."""
        gates = list(_levels(policies.control))
        if policies.session is not None:
            gates.append(Scope.of((policies.session,)))
        return Side(
            gates=tuple(gates),
            account=Scope.of([p for p in policies.account if p.resource_group is None]),
            group=Scope.of([p for p in policies.account if p.resource_group is not None]),
        )

    def pieces(self) -> Iterator[Piece]:
        """Every piece."""
        for scope in (*self.gates, self.account, self.group):
            yield from scope.allows
            yield from scope.denies


def _levels(control: Sequence[SourcedPolicy] | None) -> Iterator[Scope]:
    if control is None:
        return
    levels: dict[str, list[SourcedPolicy]] = {}
    for policy in control:
        levels.setdefault(policy.level, []).append(policy)
    for policies in levels.values() or [[]]:
        yield Scope.of(policies)


def _unique(pieces: Iterator[Piece]) -> tuple[Piece, ...]:
    return tuple({piece.key: piece for piece in pieces}.values())


def foci(new: Side, old: Side, budget: Budget) -> Iterator[Focus]:
    """Every focus in which new access could be; those that surely hold none are left out."""
    refusals = list(_refusals(old))
    for allowed in _allowed(new):
        denied = {piece.key for piece in allowed.avoid}
        wanted = {piece.key for piece in allowed.hit}
        for refused in refusals:
            budget.spend()
            if any(piece.key in denied for piece in refused.hit):
                continue
            if any(piece.key in wanted for piece in refused.avoid):
                continue
            hit = {piece.key: piece for piece in (*allowed.hit, *refused.hit)}
            avoid = {piece.key: piece for piece in (*allowed.avoid, *refused.avoid)}
            focus = Focus(tuple(hit.values()), tuple(avoid.values()))
            if not any(contains(wide, narrow) for wide in focus.avoid for narrow in focus.hit):
                yield focus


def _allowed(side: Side) -> Iterator[Focus]:
    """The ways in which a side allows."""
    denials = tuple(piece for gate in side.gates for piece in gate.denies)
    for passes in product(*(gate.allows for gate in side.gates)):
        for piece in side.account.allows:
            yield Focus((*passes, piece), (*denials, *side.account.denies))
        for piece in side.group.allows:
            yield Focus((*passes, piece), (*denials, *side.account.denies, *side.group.denies))


def _refusals(side: Side) -> Iterator[Focus]:
    """The ways in which a side refuses."""
    yield Focus((), (*side.account.allows, *side.group.allows))
    for scope in (*side.gates, side.account):
        for piece in scope.denies:
            yield Focus((piece,), ())
    for piece in side.group.denies:
        yield Focus((piece,), side.account.allows)
    for gate in side.gates:
        yield Focus((), gate.allows)


def contains(wide: Piece, narrow: Piece) -> bool:
    """Whether `wide` surely covers every request that `narrow` does, in every reading of what is open."""
    return (
        wide.group in (None, narrow.group)
        and wide.opaque <= narrow.opaque
        and _conditions_contain(wide, narrow)
        and _actions_contain(wide, narrow)
        and _resources_contain(wide, narrow)
        and _principals_contain(wide, narrow)
    )


def _conditions_contain(wide: Piece, narrow: Piece) -> bool:
    return wide.asked <= narrow.asked


def _actions_contain(wide: Piece, narrow: Piece) -> bool:
    if wide.negated:
        return narrow.negated and _all_covered(wide.actions, by=narrow.actions)
    return "*" in wide.actions or (not narrow.negated and _all_covered(narrow.actions, by=wide.actions))


def _all_covered(patterns: Sequence[str], *, by: Sequence[str]) -> bool:
    return all(any(covers(wide, pattern) for wide in by) for pattern in patterns)


def _resources_contain(wide: Piece, narrow: Piece) -> bool:
    return all(
        any(_resource_contains(other, pattern) for other in wide.resources) for pattern in narrow.resources
    )


def _resource_contains(wide: str, narrow: str) -> bool:
    if wide == narrow or is_everything(wide):
        return True
    # A pattern that only fits if a wildcard stands for a colon contains nothing for sure.
    if wide.count(":") != _COLONS or narrow.count(":") != _COLONS:
        return False
    inner = targets(narrow, colons=False)
    outer = targets(wide, colons=False)
    return bool(inner) and all(any(w.covers(n) for w in outer) for n in inner)


_COLONS = 4


def _principals_contain(wide: Piece, narrow: Piece) -> bool:
    if wide.principals is None:
        return True
    if narrow.principals is None:
        return False
    return {(p.group, p.text) for p in narrow.principals} <= {(p.group, p.text) for p in wide.principals}


def mixed_case(pieces: Sequence[Piece]) -> bool:
    """Whether some letter stands in both cases in the resources of the pieces, or their scheme has capitals."""
    letters = {character for piece in pieces for text in piece.resources for character in text}
    return any(letter != fold(letter) and fold(letter) in letters for letter in letters) or capital_scheme(
        pieces
    )


def capital_scheme(pieces: Sequence[Piece]) -> bool:
    """Whether a resource of the pieces covers names in the scheme `acs` only where case does not count."""
    schemes = {text.partition(":")[0] for piece in pieces for text in piece.resources}
    return any(scheme != fold(scheme) for scheme in schemes)
