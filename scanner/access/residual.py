"""What outlives each delegation, by which call it comes about, and which call ends it.

The door is taken to be shut and the role's policies to be detached. What stays then is what the role could leave
behind: on instances (see `scanner.access.lasting`), in RAM (see `scanner.access.escalation`), and as sessions of
other roles, which keep those roles' permissions until they end. It tells what can have been done. What really was
done is in the events of the account, and none are stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from scanner.access.doors import Doors
from scanner.access.escalation import Escalations
from scanner.access.grants import Standing, offered
from scanner.access.hops import Hop
from scanner.access.lasting import Lasting, Leaving, Left
from scanner.access.onward import SUREST_FIRST, Onward, Taken
from scanner.access.openness import Openness
from scanner.access.reach import allowed_patterns
from scanner.access.remnants import (
    Remnant,
    Residual,
    anything_left,
    in_ram,
    kind_of,
    on_instances,
    own_sessions,
    rank,
    role_sessions,
    told_apart,
)
from scanner.access.rungs import Climb, Escalation
from scanner.access.understood import permission_doubts
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Series
from scanner.model.delegation import KnownAccount
from scanner.model.ids import AccountId
from scanner.policy.catalogue import find

_FREELY: Final = Hop(standing=Standing.ALLOWED)


class Residuals:
    """Answers what outlives the roles of one account that somebody outside may assume."""

    def __init__(
        self,
        view: AccountView,
        *,
        others: Mapping[AccountId, AccountView],
        known: Mapping[AccountId, KnownAccount],
    ) -> None:
        self._view = view
        self._doors = Doors(view, others, known)
        self._openness = Openness(view.snapshot)
        self._leaving = Leaving(view, self._openness)
        self._escalations = Escalations(view, others=others)
        self._left: dict[str, tuple[Left, ...]] = {}
        self._rows: dict[str, tuple[Escalation, ...]] = {}

    def all(self) -> tuple[Residual, ...]:
        """One for each role that somebody outside may assume, or of which nobody can tell; worst first."""
        found = [self.of(role) for role in self._view.roles]
        return tuple(sorted((one for one in found if one is not None), key=_worst_first))

    def of(self, role: RoleView) -> Residual | None:
        """What outlives `role`; None for one that nobody outside is trusted with."""
        paths = tuple(self._doors.into(role))
        closed = tuple(dict.fromkeys(one for one in self._doors.closed if one.role == role.name))
        if not paths and not closed:
            return None
        taken = self._onward.taken(role.name)
        climb = self._escalations.of(role)
        remnants = (
            *self._of_identities(climb, taken),
            *self._of_instances(role, taken),
            *self._of_sessions(taken),
            own_sessions(role, self._onward.renewal(role.name)),
        )
        instances = dict.fromkeys(
            (*(name for one in remnants for name in one.instances), *self._spoken_of(role))
        )
        return Residual(
            account=self._view.account,
            role=role.name,
            entrances=paths,
            closed=closed,
            remnants=tuple(sorted(remnants, key=rank)),
            open_instances=tuple(self._openness.of(name) for name in sorted(instances)),
            speaks_of_4x=any(_series_of(action) is Series.V4 for action in offered(role)),
            unread=tuple(dict.fromkeys((*climb.unread, *self._unread(taken)))),
        )

    @property
    def _onward(self) -> Onward:
        return self._escalations.onward

    def _unread(self, taken: Mapping[str, Taken]) -> Iterator[str]:
        for name in taken:
            other = self._view.role(name)
            doubts = () if other is None else permission_doubts(other)
            yield from (f"role `{name}`: {why}" for why in doubts)
        yield from self._view.resources.instances_unread

    def _left_by(self, name: str) -> tuple[Left, ...]:
        if name not in self._left:
            role = self._view.role(name)
            assert role is not None, "ways lead to roles of the account"
            self._left[name] = tuple(self._leaving.of(role))
        return self._left[name]

    def _of_identities(self, climb: Climb, taken: Mapping[str, Taken]) -> Iterator[Remnant]:
        """What stays in RAM, each once, by the role itself or by one that it comes to."""
        yield from anything_left(climb)
        alike: dict[object, tuple[Lasting, Taken, list[Escalation]]] = {}
        for way in _itself_first(climb.role, taken):
            own = len(way.roles) == 1
            for row in climb.escalations if own else self._rows_of(way.roles[-1]):
                kind = kind_of(row)
                if kind is not None:
                    alike.setdefault(told_apart(kind, row), (kind, way, []))[2].append(row)
        for kind, way, rows in alike.values():
            yield in_ram(kind, rows, way)

    def _rows_of(self, name: str) -> tuple[Escalation, ...]:
        """What a role that is taken does by its own calls."""
        if name not in self._rows:
            role = self._view.role(name)
            assert role is not None, "ways lead to roles of the account"
            self._rows[name] = self._escalations.by_own_calls(role)
        return self._rows[name]

    def _of_instances(self, role: RoleView, taken: Mapping[str, Taken]) -> Iterator[Remnant]:
        """What stays on instances; where several roles can leave it, the surest and nearest is told."""
        found = [
            (SUREST_FIRST.index(hop.standing), len(way.roles), number, left, way, hop)
            for number, way in enumerate(_itself_first(role.name, taken))
            for left in self._left_by(way.roles[-1])
            for hop in [way.hop.then(left.hop)]
        ]
        told: set[tuple[str, str]] = set()
        for _, _, _, left, way, hop in sorted(found, key=lambda item: item[:3]):
            new = replace(
                left,
                instances=tuple(name for name in left.instances if (left.ability.can, name) not in told),
                to_come=tuple(name for name in left.to_come if (left.ability.can, name) not in told),
            )
            told.update((left.ability.can, name) for name in (*new.instances, *new.to_come))
            if new.instances or new.to_come:
                yield on_instances(new, way, hop)

    def _of_sessions(self, taken: Mapping[str, Taken]) -> Iterator[Remnant]:
        """The sessions of other roles, those on the same terms together."""
        alike: dict[object, list[tuple[Taken, RoleView, Hop | None]]] = {}
        for name, way in taken.items():
            role = self._view.role(name)
            assert role is not None, "ways lead to roles of the account"
            renewed = self._onward.renewal(name)
            key = (
                way.roles[1:-1],
                role.role.max_session_seconds,
                None if renewed is None else renewed.standing,
                (way.hop.standing, way.hop.only_if, way.hop.unless, way.hop.doubts),
            )
            alike.setdefault(key, []).append((way, role, renewed))
        for found in alike.values():
            yield role_sessions(found)

    def _spoken_of(self, role: RoleView) -> Iterator[str]:
        """The 5.x instances on which the policies allow anything at all, Deny aside."""
        actions = (action for action in offered(role) if _series_of(action) is Series.V5)
        patterns = {pattern for action in actions for _, pattern in allowed_patterns(role, action)}
        for pattern in patterns:
            for resource in self._view.resources.caught_by(pattern):
                if resource.series is Series.V5:
                    yield resource.instance_id


def residuals(
    view: AccountView,
    *,
    others: Mapping[AccountId, AccountView],
    known: Mapping[AccountId, KnownAccount],
) -> tuple[Residual, ...]:
    """What outlives the delegations of each role of an account, worst first."""
    return Residuals(view, others=others, known=known).all()


def _itself_first(name: str, taken: Mapping[str, Taken]) -> Iterator[Taken]:
    """The role and those that it comes to, as ways from it."""
    yield Taken((name,), _FREELY)
    yield from taken.values()


def _series_of(action: str) -> Series | None:
    entries = find(action)
    return entries[0].series if entries else None


def _worst_first(residual: Residual) -> tuple[object, ...]:
    """Whoever somebody may assume today comes first, and of those whose remnants are worse and more certain."""
    ranks = tuple((list(Lasting).index(r.kind), SUREST_FIRST.index(r.standing)) for r in residual.remnants)
    return (not residual.entrances, ranks, residual.role)
