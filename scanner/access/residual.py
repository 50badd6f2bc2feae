"""What outlives each delegation, by which call it comes about, and which call ends it.

The door is taken to be shut and the role's policies to be detached. What stays then is what the role could leave
behind: on instances (see `scanner.access.lasting`), in RAM (see `scanner.access.escalation`), and as sessions of
other roles, which keep those roles' permissions until they end. It tells what can have been done. What really was
done is in the events of the account, and none are stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scanner.access.becoming import CREDENTIALS, REWRITE_TRUST
from scanner.access.doors import Doors
from scanner.access.entrance import Closed, Path
from scanner.access.escalation import MAKING, Climb, Escalation, Escalations, Rung
from scanner.access.gifts import Worth
from scanner.access.grants import Standing, offered
from scanner.access.hops import Hop
from scanner.access.identities import Kind, listed, named
from scanner.access.lasting import Lasting, Leaving, Left
from scanner.access.onward import SUREST_FIRST, Onward, Taken
from scanner.access.openness import OpenInstance, Openness
from scanner.access.reach import allowed_patterns
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Series
from scanner.model.delegation import KnownAccount
from scanner.model.finding import Evidence
from scanner.model.ids import AccountId
from scanner.policy.catalogue import find
from scanner.policy.evaluate import ASSUME_ROLE

EVENTS: Final = "events are not stored, so what was really done is not known"
LONGEST_SESSION_SECONDS: Final = 43_200
"""The longest session that any role can be set to; sessions begun before it was shortened may last so long."""

_HOUR_SECONDS: Final = 3_600
_FREELY: Final = Hop(standing=Standing.ALLOWED)
_ENDINGS: Final = {
    Lasting.ANYTHING: (
        "No single call ends it: compare every user, AccessKey, role, trust policy, policy, attachment and instance "
        "account with what you made."
    ),
    Lasting.KEYS: (
        "For each of these users, list the AccessKeys and delete those that the user does not know with "
        "`ram:DeleteAccessKey`, and set a new console password with `ram:UpdateLoginProfile`."
    ),
    Lasting.DOORS: (
        "Compare the trust policy of each of these roles with the one that you wrote, and set it again with "
        "`ram:UpdateRole`."
    ),
    Lasting.IDENTITIES: (
        "Compare the users and roles of the account with those that you made, and delete the others with "
        "`ram:DeleteUser` and `ram:DeleteRole`."
    ),
    Lasting.PERMISSIONS: (
        "Compare what is attached to these users, groups and roles, and the versions that are in force, with what you "
        "set, and undo the rest with `ram:DetachPolicyFromUser` (or Group, or Role) and `ram:SetDefaultPolicyVersion`."
    ),
    Lasting.OWN_SESSIONS: (
        "Detach every policy from the role, then delete it with `ram:DeleteRole`: its tokens are invalid from then on, "
        "the vendor says."
    ),
}
"""How to end what is not about instances or other roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remnant:
    """One thing that may outlive a role."""

    kind: Lasting
    what: str
    """In words, what the role can have done and what stays of it."""
    actions: tuple[str, ...]
    """The calls by which it comes about."""
    instances: tuple[str, ...] = ()
    """Ids of the instances that it is about."""
    to_come: tuple[str, ...] = ()
    """In words, instances that do not exist now."""
    through: tuple[str, ...] = ()
    """The roles taken on the way, in order; empty for what the role does itself."""
    seconds: int | None = None
    """How long it lasts at most, where it ends by itself."""
    endless: bool = False
    """Whether a session can be renewed without end."""
    ending: str
    """In one sentence, which call ends it."""
    hop: Hop
    """How sure it is, on which terms, and by which statements."""

    @property
    def standing(self) -> Standing:
        """How sure it is."""
        return self.hop.standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """What outlives the delegations of one role."""

    account: AccountId
    role: str
    entrances: tuple[Path, ...]
    """Who comes into it from outside; one without a principal where nobody can tell."""
    closed: tuple[Closed, ...]
    """Whom it trusts in vain today."""
    remnants: tuple[Remnant, ...]
    """Worst first; the last ones are sessions, which end by themselves."""
    open_instances: tuple[OpenInstance, ...]
    """The 5.x instances that its policies speak of, as they stand, for which nobody needs a role."""
    speaks_of_4x: bool
    """Whether it has permissions on the 4.x series, of which nothing stays on instances."""
    unread: tuple[str, ...]
    """In words, what was not read and may leave more."""
    events: str = EVENTS
    """What the events say about what was really done."""


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
        self._climbs: dict[str, Climb] = {}

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
        taken = {name: way for name, way in self._onward.taken(role.name).items() if name != role.name}
        remnants = (
            *self._of_identities(role, taken),
            *self._of_instances(role, taken),
            *self._of_sessions(taken),
            self._of_itself(role),
        )
        instances = dict.fromkeys(
            (*(name for one in remnants for name in one.instances), *self._spoken_of(role))
        )
        return Residual(
            account=self._view.account,
            role=role.name,
            entrances=paths,
            closed=closed,
            remnants=tuple(sorted(remnants, key=_rank)),
            open_instances=tuple(self._openness.of(name) for name in sorted(instances)),
            speaks_of_4x=any(_series_of(action) is Series.V4 for action in offered(role)),
            unread=tuple(dict.fromkeys(self._unread(role, taken))),
        )

    @property
    def _onward(self) -> Onward:
        return self._escalations.onward

    def _unread(self, role: RoleView, taken: Mapping[str, Taken]) -> Iterator[str]:
        yield from self._climb(role.name).unread
        for name in taken:
            yield from (f"role `{name}`: {why}" for why in self._climb(name).unread)
        yield from self._view.resources.instances_unread

    def _climb(self, name: str) -> Climb:
        if name not in self._climbs:
            role = self._view.role(name)
            assert role is not None, "ways lead to roles of the account"
            self._climbs[name] = self._escalations.of(role)
        return self._climbs[name]

    def _left_by(self, name: str) -> tuple[Left, ...]:
        if name not in self._left:
            role = self._view.role(name)
            assert role is not None, "ways lead to roles of the account"
            self._left[name] = tuple(self._leaving.of(role))
        return self._left[name]

    def _of_identities(self, role: RoleView, taken: Mapping[str, Taken]) -> Iterator[Remnant]:
        """What stays in RAM, each once, by the role itself or by one that it comes to."""
        climb = self._climb(role.name)
        yield from _anything(climb)
        alike: dict[object, tuple[Lasting, Taken, list[Escalation]]] = {}
        for way in _itself_first(role.name, taken):
            for row in self._climb(way.roles[-1]).escalations:
                kind = _kind(row)
                if kind is not None:
                    alike.setdefault(_told(kind, row), (kind, way, []))[2].append(row)
        for kind, way, rows in alike.values():
            yield _in_ram(kind, rows, way, role.name)

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
                yield self._on_instances(new, way, hop)

    def _on_instances(self, left: Left, way: Taken, hop: Hop) -> Remnant:
        where = _where(left)
        who = "it" if len(way.roles) == 1 else f"as role `{way.roles[-1]}` it"
        return Remnant(
            kind=left.ability.kind,
            what=f"{who} can {left.ability.can} {where}; {left.ability.stays}",
            actions=left.actions,
            instances=left.instances,
            to_come=left.to_come,
            through=way.roles[1:],
            ending=left.ability.ending,
            hop=hop,
        )

    def _of_sessions(self, taken: Mapping[str, Taken]) -> Iterator[Remnant]:
        """The sessions of other roles, those on the same terms together."""
        alike: dict[object, list[tuple[Taken, RoleView, Hop | None]]] = {}
        for name, way in taken.items():
            role = self._view.role(name)
            assert role is not None, "ways lead to roles of the account"
            again = self._onward.taken(name).get(name)
            renewed = None if again is None else again.hop
            key = (
                way.roles[1:-1],
                role.role.max_session_seconds,
                None if renewed is None else renewed.standing,
                (way.hop.standing, way.hop.only_if, way.hop.unless, way.hop.doubts),
            )
            alike.setdefault(key, []).append((way, role, renewed))
        for found in alike.values():
            yield _role_sessions(found)

    def _of_itself(self, role: RoleView) -> Remnant:
        seconds = role.role.max_session_seconds
        again = self._onward.taken(role.name).get(role.name)
        renews = again is not None and again.hop.standing.grants
        renewing = "; until then it can renew them without end" if renews else ""
        unread = "" if seconds is not None else ("how long sessions of the role may last was not read",)
        return Remnant(
            kind=Lasting.OWN_SESSIONS,
            what=(
                f"a session that is open when the door is shut lasts {_at_most(seconds)}, and can do nothing any more "
                f"once the policies are detached{renewing}"
            ),
            actions=(ASSUME_ROLE,),
            seconds=seconds,
            ending=_ENDINGS[Lasting.OWN_SESSIONS],
            hop=Hop(
                standing=Standing.UNCERTAIN if unread else Standing.ALLOWED,
                doubts=tuple(unread),
                statements=(_session_evidence(role),),
            ),
        )

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


def _anything(climb: Climb) -> Iterator[Remnant]:
    """That anything at all may be left, where the role may do anything or can come to it."""
    worst = climb.worst
    calls: tuple[Rung, ...] = ()
    if climb.whole:
        how, hop = "its policies allow anything in the account", _FREELY
    elif worst is not None and worst.worth is Worth.ANYTHING and not worst.for_others:
        calls, hop = worst.rungs, worst.hop
        how = f"it can call {', then '.join(rung.words(climb.role) for rung in calls)}: {worst.then}"
    else:
        return
    yield Remnant(
        kind=Lasting.ANYTHING,
        what=f"{how}; so anything may have been left behind",
        actions=tuple(rung.action for rung in calls),
        ending=_ENDINGS[Lasting.ANYTHING],
        hop=hop,
    )


def _kind(row: Escalation) -> Lasting | None:
    """What the calls leave behind in RAM; None where only the caller's own reach grows, or nothing does yet."""
    last = row.rungs[-1].action
    if row.rungs[0].action in MAKING:
        return Lasting.IDENTITIES
    if last in CREDENTIALS:
        return Lasting.KEYS
    if last == REWRITE_TRUST:
        return Lasting.DOORS
    return Lasting.PERMISSIONS if row.for_others and row.worth is not Worth.LATER else None


def _told(kind: Lasting, row: Escalation) -> object:
    """What tells apart what calls leave behind: not which of several calls does it, nor which role makes it."""
    before = tuple((rung.action, rung.on) for rung in row.rungs[:-1])
    terms = (row.hop.standing, row.hop.only_if, row.hop.unless, row.hop.doubts)
    return (kind, before, row.rungs[-1].on, row.then, terms)


def _in_ram(kind: Lasting, rows: Sequence[Escalation], way: Taken, role: str) -> Remnant:
    """What rows that differ in the last call alone leave behind, when they are made at the end of `way`."""
    first = rows[0]
    last = tuple(dict.fromkeys(row.rungs[-1].action for row in rows))
    before = "".join(f"{rung.words(way.roles[-1])}, then " for rung in first.rungs[:-1])
    words = f"{before}{' or '.join(f'`{action}`' for action in last)} on {first.rungs[-1].on}"
    who = "it" if way.roles[-1] == role else f"as role `{way.roles[-1]}` it"
    return Remnant(
        kind=kind,
        what=f"{who} can call {words}: {first.then}",
        actions=(*(rung.action for rung in first.rungs[:-1]), *last),
        through=way.roles[1:],
        ending=_ENDINGS[kind],
        hop=way.hop.then(first.hop),
    )


def _where(left: Left) -> str:
    existing = listed("instance", "instances", left.instances) if left.instances else ""
    return " and ".join(words for words in (existing, *left.to_come) if words)


def _role_sessions(found: Sequence[tuple[Taken, RoleView, Hop | None]]) -> Remnant:
    """What stays of sessions of roles that are taken on the same terms."""
    way, first, renewed = found[0]
    who = named(Kind.ROLE, [role.name for _, role, _ in found])
    seconds = first.role.max_session_seconds
    after = f", taken through {named(Kind.ROLE, way.roles[1:-1])}," if way.roles[1:-1] else ""
    endless = renewed is not None and renewed.standing.grants
    lasts = f"lasts {_at_most(seconds)}"
    if renewed is not None:
        perhaps = "can" if renewed.standing is Standing.ALLOWED else "may be able to"
        lasts = f"{lasts}, and {perhaps} renew itself without end"
    hop = way.hop
    if seconds is None:
        doubt = f"how long sessions of {who} may last was not read"
        hop = hop.then(Hop(standing=Standing.UNCERTAIN, doubts=(doubt,)))
    evidence = tuple(_session_evidence(role) for _, role, _ in found)
    return Remnant(
        kind=Lasting.ROLE_SESSIONS,
        what=(
            f"a session of {who}{after} that is open when the door is shut keeps what that role may do; it {lasts}"
        ),
        actions=(ASSUME_ROLE,),
        through=way.roles[1:],
        seconds=seconds,
        endless=endless,
        ending=(
            f"Take the caller out of the trust policy of {who} with `ram:UpdateRole`; to end its sessions at once, "
            "attach a Deny of everything to it until they have run out."
        ),
        hop=replace(hop, statements=(*hop.statements, *evidence)),
    )


def _session_evidence(role: RoleView) -> Evidence:
    seconds = role.role.max_session_seconds
    told = "not read" if seconds is None else f"{seconds} s"
    return Evidence(source=f"role {role.name}", excerpt=f"longest session: {told}")


def _at_most(seconds: int | None) -> str:
    longest = _duration(LONGEST_SESSION_SECONDS)
    if seconds is None:
        return f"{longest} at most"
    if seconds >= LONGEST_SESSION_SECONDS:
        return f"{_duration(seconds)} at most"
    return f"{_duration(seconds)} at most, or {longest} if the limit was higher when it began"


def _duration(seconds: int) -> str:
    if seconds % _HOUR_SECONDS == 0:
        hours = seconds // _HOUR_SECONDS
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{seconds // 60} minutes" if seconds % 60 == 0 else f"{seconds} seconds"


def _series_of(action: str) -> Series | None:
    entries = find(action)
    return entries[0].series if entries else None


def _rank(remnant: Remnant) -> tuple[object, ...]:
    sure = SUREST_FIRST.index(remnant.standing)
    return (list(Lasting).index(remnant.kind), sure, len(remnant.through), remnant.what)


def _worst_first(residual: Residual) -> tuple[object, ...]:
    """Whose remnants are worse, more certain and more comes first."""
    ranks = tuple((list(Lasting).index(r.kind), SUREST_FIRST.index(r.standing)) for r in residual.remnants)
    return (ranks, residual.role)
