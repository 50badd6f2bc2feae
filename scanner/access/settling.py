"""What the statements of one principal come to on many resources at once.

It is the reading of `scanner.access.grants`, written for sets of resources: a sure Deny takes away, a Deny
under conditions leaves a grant that is named `unless`, what is not understood leaves the answer
open, and statements limited to a resource group count where the whole account is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TypeAlias

from scanner.access.clauses import Clause, Hold
from scanner.policy.syntax import Effect


@dataclass(frozen=True, slots=True)
class Piece:
    """What one statement does with some actions on some resources."""

    effect: Effect | None
    hold: Hold
    actions: int
    bits: int
    """The resources."""
    group: str | None
    """The resource group that its policy is attached in; None is the whole account."""
    clause: Clause

    def on(self, bits: int) -> Piece:
        """The same on those of `bits` only."""
        return Piece(self.effect, self.hold, self.actions, self.bits & bits, self.group, self.clause)


Worded: TypeAlias = tuple[int, str]
"""Resources, and the words of what is asked there."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What it comes to; the three numbers have no bit in common but that `must` is in `may`."""

    must: int = 0
    may: int = 0
    unknown: int = 0
    only_if: tuple[Worded, ...] = ()
    """What opens `may` where nothing grants without conditions."""
    unless: tuple[Worded, ...] = ()
    """What closes it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The resources that pieces are settled on, by what is known of their resource group."""

    no_group: int
    """Those of which the group is not known."""


def settle(pieces: Sequence[Piece], *, asked: int, ground: Ground) -> Settled:
    """What `pieces` come to for whoever may ask any of the actions `asked`."""
    limited = any(piece.group is not None for piece in pieces)
    telling = pieces if limited else [piece for piece in pieces if piece.effect is not Effect.ALLOW]
    found = [
        _in_groups(concerned, ground) if limited else _at_once(concerned)
        for concerned in (
            [piece for piece in pieces if piece.actions & part] for part in _alike(asked, telling)
        )
    ]
    may = _all(one.may for one in found)
    return Settled(
        must=_all(one.must for one in found),
        may=may,
        unknown=_all(one.unknown for one in found) & ~may,
        only_if=tuple(words for one in found for words in one.only_if),
        unless=tuple(words for one in found for words in one.unless),
    )


def words_on(worded: Iterable[Worded], bits: int) -> Iterable[str]:
    """The words of what is asked on any of `bits`."""
    return (words for where, words in worded if where & bits)


def _alike(asked: int, telling: Sequence[Piece]) -> list[int]:
    """The actions in parts that no piece tells apart.

    Actions that are only allowed can be taken together, because what one of them is allowed the class is.
    """
    parts = [asked]
    for piece in telling:
        parts = [half for part in parts for half in (part & piece.actions, part & ~piece.actions) if half]
    return parts


def _in_groups(pieces: Sequence[Piece], ground: Ground) -> Settled:
    """With statements that are limited to resource groups; their bits are already those of their group.

    Where the group of a resource is not known and a limited statement would surely take hold in its own,
    each group is asked about, and the grants are those of any.
    """
    known = _at_once([piece if piece.group is None else piece.on(~ground.no_group) for piece in pieces])
    limited = [p.on(ground.no_group) for p in pieces if p.group is not None and p.bits & ground.no_group]
    if not limited:
        return known
    whole = [piece.on(ground.no_group) for piece in pieces if piece.group is None]
    merged = _at_once([*whole, *(piece for piece in limited if piece.hold is not Hold.SURE)])
    decided = _all(piece.bits for piece in whole if piece.hold is Hold.SURE)
    asking = _all(piece.bits for piece in limited if piece.hold is Hold.SURE) & ~decided
    groups = dict.fromkeys((None, *(piece.group for piece in limited))) if asking else ()
    each = [
        _named(_at_once([*whole, *(piece for piece in limited if piece.group == group)]), group, asking)
        for group in groups
    ]
    return _together(
        _cut(known, ~ground.no_group), _cut(merged, ~asking), *(_cut(one, asking) for one in each)
    )


def _named(settled: Settled, group: str | None, bits: int) -> Settled:
    """With the group in words where its statements grant without conditions."""
    granted = settled.may & ~_all(where for where, _ in settled.only_if)
    if group is None or not granted & bits:
        return replace(settled, must=0)
    return replace(settled, must=0, only_if=(*settled.only_if, (granted & bits, in_group(group))))


def in_group(group: str) -> str:
    """The condition that a resource is in `group`, in words."""
    return f"the resource is in resource group `{group}`"


def _cut(settled: Settled, bits: int) -> Settled:
    return Settled(
        must=settled.must & bits,
        may=settled.may & bits,
        unknown=settled.unknown & bits,
        only_if=tuple((where & bits, words) for where, words in settled.only_if),
        unless=tuple((where & bits, words) for where, words in settled.unless),
    )


def _together(*several: Settled) -> Settled:
    may = _all(one.may for one in several)
    return Settled(
        must=_all(one.must for one in several),
        may=may,
        unknown=_all(one.unknown for one in several) & ~may,
        only_if=tuple(words for one in several for words in one.only_if),
        unless=tuple(words for one in several for words in one.unless),
    )


def _at_once(pieces: Sequence[Piece]) -> Settled:
    """Of actions that every piece treats alike, on resources of which each piece tells what it does."""
    account = [piece for piece in pieces if piece.group is None]
    denied = _sure(account, Effect.DENY)
    granted = _sure(account, Effect.ALLOW)
    opening: list[Piece] = []
    closing: list[Piece] = []
    hopes = bars = 0
    limited = [piece for piece in pieces if piece.group is not None]
    if limited:
        # The account scope's own Allow or Deny ends the question, and a Deny in the group ends it there.
        live = ~(denied | granted | _sure(limited, Effect.DENY))
        pieces = [*account, *(piece.on(live) for piece in limited)]
        granted |= _sure(limited, Effect.ALLOW) & live
    for piece in pieces:
        if piece.hold is Hold.OPEN:
            (closing if piece.effect is Effect.DENY else opening).append(piece)
        elif piece.hold is Hold.DOUBTFUL:
            hopes |= piece.bits if piece.effect is not Effect.DENY else 0
            bars |= piece.bits if piece.effect is not Effect.ALLOW else 0
    left = [(piece.bits & ~_taken_back(piece, closing), piece) for piece in opening]
    some = granted | _all(bits for bits, _ in left)
    reached = some | hopes | _all(piece.bits for piece in opening)
    may = some & ~denied & ~bars
    return Settled(
        must=granted & ~denied & ~bars & ~_all(piece.bits for piece in closing),
        may=may,
        unknown=(bars & reached | hopes & ~some) & ~denied,
        only_if=tuple((bits & may & ~granted, _words(piece)) for bits, piece in left),
        unless=tuple((piece.bits & may, _words(piece)) for piece in closing),
    )


def _taken_back(piece: Piece, closing: Sequence[Piece]) -> int:
    """Where a Deny applies whenever `piece` does, because it asks for no more.

    A Deny in a resource group does not reach an Allow on the whole account, nor one in another group.
    """
    return _all(
        denial.bits
        for denial in closing
        if denial.group in (None, piece.group) and denial.clause.demands <= piece.clause.demands
    )


def _words(piece: Piece) -> str:
    words = piece.clause.words
    return words if piece.group is None else f"{words} and {in_group(piece.group)}"


def _sure(pieces: Iterable[Piece], effect: Effect) -> int:
    return _all(piece.bits for piece in pieces if piece.hold is Hold.SURE and piece.effect is effect)


def _all(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)
