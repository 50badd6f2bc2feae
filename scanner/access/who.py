"""Who from outside may do something to a resource, through which roles and on which terms.

Each way in is held against what its last role may do. What is allowed on terms that nobody has met yet is
allowed under conditions, what hangs on something that is not understood or was not read is not certain, and those
who are trusted but whose own account does not let them ask are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from scanner.access.entrance import Certainty, Closed, Entrances, Path, certainty_of, hop_of
from scanner.access.grants import Grant, Standing, grant
from scanner.access.hops import Hop, as_hop
from scanner.access.stages import assumed_role
from scanner.access.targets import Target
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Evidence
from scanner.policy.decision import SourcedPolicy
from scanner.policy.evaluate import ASSUME_ROLE
from scanner.policy.pattern import fold

TRUST_DECIDES: Final = "its trust policy decides as well, and there is none to look at"
"""Of a role that is not there."""

_BEST_FIRST: Final = (Standing.ALLOWED, Standing.CONDITIONAL, Standing.UNCERTAIN)
_ORDER: Final = tuple(Certainty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One way in that reaches one resource."""

    path: Path
    target: Target
    actions: tuple[str, ...]
    """Those that it may do, or may do perhaps, as `certainty` says."""
    certainty: Certainty
    """Of the way in and of the permission together."""
    only_if: tuple[str, ...]
    unless: tuple[str, ...]
    doubts: tuple[str, ...]
    """In words, what is not understood or was not read."""
    statements: tuple[Evidence, ...]
    """Those that open the way, and those that allow the action at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoCan:
    """The answer for some resources of one account."""

    answers: tuple[Access, ...]
    """Certain ones first, then by principal, roles and resource."""
    closed: tuple[Closed, ...]
    """Who is trusted by a role that may do it, and cannot come in."""
    unread: tuple[str, ...]
    """In words, what was not read and may let in others."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left open."""
        open_ones = (one.certainty is Certainty.UNCERTAIN or one.doubts for one in self.answers)
        return not self.unread and not any(open_ones)


def who_can(targets: Sequence[Target], view: AccountView, entered: Entrances) -> WhoCan:
    """Everybody from outside who may do the actions of the targets.

    Who may assume a role of the account is whoever comes into it.
    """
    permissions = _Permissions()
    by_role: dict[str, list[Path]] = {}
    for path in entered.paths:
        by_role.setdefault(path.role, []).append(path)
    doors = {role.name: target for target in targets for role in _assumed(target, view)}
    others = [rest for target in targets if (rest := _without_door(target, view)).actions]
    found = [one for name, target in doors.items() for one in _entering(by_role.get(name, ()), target)]
    for name, paths in by_role.items():
        role = view.role(name)
        assert role is not None, "ways in lead to roles of the account"
        for target in others:
            found += _accesses(paths, target, permissions.of(role, target))
    closed = {one.role for one in entered.closed if _grants(view.role(one.role), others, permissions)}
    return WhoCan(
        answers=tuple(sorted(found, key=_by_certainty)),
        closed=tuple(one for one in entered.closed if one.role in closed or one.role in doors),
        unread=entered.unread,
    )


def _assumed(target: Target, view: AccountView) -> Iterator[RoleView]:
    """The role of the account that is asked about assuming, if it is asked about."""
    for action in target.actions:
        role = assumed_role(action, target, view)
        if role is not None:
            yield role


def _without_door(target: Target, view: AccountView) -> Target:
    actions = (action for action in target.actions if assumed_role(action, target, view) is None)
    return replace(target, actions=tuple(actions))


def _entering(paths: Iterable[Path], target: Target) -> Iterator[Access]:
    """Those who come into the role that the target is."""
    for path in paths:
        yield Access(
            path=path,
            target=target,
            actions=(ASSUME_ROLE,),
            certainty=path.certainty,
            only_if=path.only_if,
            unless=path.unless,
            doubts=path.doubts,
            statements=path.statements,
        )


@dataclass(frozen=True, slots=True)
class _Permission:
    """What a role may do to a target."""

    actions: tuple[str, ...]
    hop: Hop


class _Permissions:
    """What roles may do; roles of the same policies share the work."""

    def __init__(self) -> None:
        self._decided: dict[tuple[tuple[SourcedPolicy, ...], Target], tuple[Grant, ...]] = {}

    def of(self, role: RoleView, target: Target) -> tuple[_Permission, ...]:
        """The surest answers for the actions of the target, one for each set of terms; none where all are refused."""
        found = self._grants(role, target)
        for standing in _BEST_FIRST:
            chosen = [one for one in found if one.standing is standing]
            if chosen:
                return tuple(_by_terms(chosen, role))
        if role.unread:
            hop = Hop(standing=Standing.UNCERTAIN, doubts=_unread(role))
            return (_Permission(target.actions, hop),)
        return ()

    def _grants(self, role: RoleView, target: Target) -> tuple[Grant, ...]:
        key = (role.policies, target)
        if key not in self._decided:
            self._decided[key] = tuple(
                grant(role, action=action, resource=target.arn, resource_group=target.resource_group)
                for action in target.actions
            )
        return self._decided[key]


def _by_terms(grants: Sequence[Grant], role: RoleView) -> Iterator[_Permission]:
    """Actions that are allowed on the same terms, together."""
    alike: dict[tuple[tuple[str, ...], ...], list[Grant]] = {}
    for one in grants:
        alike.setdefault((one.only_if, one.unless, one.doubts), []).append(one)
    for same in alike.values():
        hops = [as_hop(one, source=f"role {role.name}") for one in same]
        statements = tuple(dict.fromkeys(statement for hop in hops for statement in hop.statements))
        hop = replace(hops[0], doubts=(*hops[0].doubts, *_unread(role)), statements=statements)
        yield _Permission(tuple(one.action for one in same), hop)


def _unread(role: RoleView) -> tuple[str, ...]:
    return tuple(f"role `{role.name}`: {why}" for why in role.unread)


def _accesses(paths: Sequence[Path], target: Target, permissions: Sequence[_Permission]) -> Iterator[Access]:
    for path, permission in product(paths, permissions):
        hop = hop_of(path).then(permission.hop)
        if any(fold(action) == fold(ASSUME_ROLE) for action in permission.actions):
            hop = hop.then(Hop(standing=Standing.UNCERTAIN, doubts=(TRUST_DECIDES,)))
        yield Access(
            path=path,
            target=target,
            actions=permission.actions,
            certainty=certainty_of(hop.standing),
            only_if=hop.only_if,
            unless=hop.unless,
            doubts=hop.doubts,
            statements=hop.statements,
        )


def _grants(role: RoleView | None, targets: Sequence[Target], permissions: _Permissions) -> bool:
    return role is not None and any(permissions.of(role, target) for target in targets)


def _by_certainty(one: Access) -> tuple[object, ...]:
    return _ORDER.index(one.certainty), one.path.principal, one.path.roles, one.path.only_if, one.target.arn
