"""Which calls that change permissions a user or role may make, and on what.

Attaching and detaching a policy ask for permission on the policy and on whom it goes to, and adding a user to a
group on both of them, so both are needed. INFERRED: the vendor publishes no list of actions that escalate; the
catalogue's follows from what they do. Assuming a role is not among them (see `steps`), nor is passing one, which
needs a service that takes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scanner.access.alike import Thing, shares
from scanner.access.grants import Grant, Standing, offered
from scanner.access.identities import Identities, Identity, Kind, permissions_of
from scanner.access.reach import reach
from scanner.access.view import Holder
from scanner.policy.catalogue import AccessClass, by_class, find

_ELSEWHERE: Final = frozenset({"sts:AssumeRole", "ram:PassRole"})
ACTIONS: Final = tuple(
    action
    for action in dict.fromkeys(entry.action for entry in by_class(AccessClass.ESCALATE))
    if action not in _ELSEWHERE
)
"""The actions that change what somebody may do, or who may be somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a call may be made on: things of one kind, on the same terms."""

    kind: Kind
    names: tuple[str, ...]
    """Those that exist; policies as `Custom:orders`. Empty for what may be created."""
    to_come: str
    """The name of what may be created, made up where the policies leave the choice; empty for what exists."""
    grant: Grant
    own: tuple[str, ...] = ()
    """Those of `names` whose change changes what the caller may do."""

    @property
    def any_to_come(self) -> bool:
        """Whether whatever may be created is meant, not a name that the policies fix."""
        return self.to_come == f"some-{self.kind.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionCall:
    """One action that changes permissions, and everything that it may be made on."""

    action: str
    on: tuple[Aim, ...]
    """Whose permissions it changes: a role, user or group, or a policy and so whoever holds it."""
    giving: tuple[Aim, ...]
    """What else it asks on: the policy that goes to them, or the group that a user comes into."""

    @property
    def own(self) -> bool:
        """Whether it works on the caller itself."""
        return any(aim.own for aim in self.on)

    @property
    def aims(self) -> tuple[Aim, ...]:
        """What a sentence about it tells: of the first kind only the caller's own, where there are any."""
        return (*self._told, *self.giving)

    @property
    def _told(self) -> tuple[Aim, ...]:
        return tuple(aim for aim in self.on if aim.own) or self.on

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What the policies say to each of `aims`."""
        return tuple(aim.grant for aim in self.aims)

    @property
    def hardest(self) -> tuple[Grant, ...]:
        """The grants of what is granted under a condition only; empty where nothing is."""
        sides = (self._told, self.giving)
        return tuple(aim.grant for side in sides if not _freely(side) for aim in side)


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls that somebody may make, each action once."""

    granted: tuple[PermissionCall, ...]
    """With what each may be made on, and nothing that is not certain."""
    every: tuple[PermissionCall, ...]
    """With what is not certain among it."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """In words, what is not understood and might grant a call that is not granted."""
        sure = {call.action for call in self.granted}
        unsure = (call for call in self.every if call.action not in sure)
        grants = (aim.grant for call in unsure for aim in (*call.on, *call.giving))
        return tuple(dict.fromkeys(doubt for answer in grants for doubt in answer.doubts))


class CallBook:
    """Answers which calls that change permissions somebody may make; holders of the same policies share the work."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._found: dict[tuple[int, ...], Calls] = {}
        self._named: dict[int, frozenset[str]] = {}

    def anybodys(self, holder: Holder) -> Calls:
        """The calls of whoever holds the same policies, so that `own` is empty."""
        key = permissions_of(holder)
        if key not in self._found:
            self._found[key] = calls(holder, self._identities)
        return self._found[key]

    def of(self, holder: Holder) -> Calls:
        """The calls that `holder` may, or perhaps may, make."""
        found = self.anybodys(holder)
        own = self._identities.own(Identity(holder.kind, holder.name))
        return Calls(
            tuple(self._owned(call, own) for call in found.granted),
            tuple(self._owned(call, own) for call in found.every),
        )

    def _owned(self, call: PermissionCall, own: Mapping[Kind, Sequence[str]]) -> PermissionCall:
        return replace(call, on=tuple(self._own_aim(aim, own.get(aim.kind, ())) for aim in call.on))

    def _own_aim(self, aim: Aim, own: Sequence[str]) -> Aim:
        # The aims are kept with the calls, so that their addresses are theirs alone.
        names = self._named.setdefault(id(aim), frozenset(aim.names))
        met = tuple(name for name in own if name in names)
        return replace(aim, own=met) if met else aim


def calls(holder: Holder, identities: Identities) -> Calls:
    """The calls that whoever holds the policies of `holder` may, or perhaps may, make."""
    granted: list[PermissionCall] = []
    every: list[PermissionCall] = []
    possible = offered(holder)
    for action in ACTIONS:
        if action not in possible:
            continue
        aims = tuple(aims_of(holder, action, identities))
        whole = _call(action, aims)
        sure = _call(action, [aim for aim in aims if aim.grant.standing.grants])
        every += [whole] if whole is not None else []
        granted += [sure] if sure is not None else []
    return Calls(tuple(granted), tuple(every))


def aims_of(holder: Holder, action: str, identities: Identities) -> Iterator[Aim]:
    """Everything that `holder` may, or perhaps may, do `action` on, whatever else the call needs."""
    for kind, things in _asked_on(action, identities):
        for share in shares(holder, action, things):
            names = tuple(thing.name for thing in share.things)
            yield Aim(kind=kind, names=names, to_come="", grant=share.grant)
    yield from to_come(holder, action, identities)


def to_come(holder: Holder, action: str, identities: Identities) -> Iterator[Aim]:
    """What may be created and `holder` may, or perhaps may, then do `action` on."""
    for found in reach(holder, (action,), identities.view):
        kind = Kind.of(found.resource)
        if kind is not None and not identities.exists(kind, found.resource):
            name = found.resource.partition("/")[2]
            yield Aim(kind=kind, names=(), to_come=name, grant=found.grant)


def _asked_on(action: str, identities: Identities) -> Iterator[tuple[Kind, Sequence[Thing]]]:
    """The kinds of things that the action is asked on, each with those that exist."""
    forms = tuple(dict.fromkeys(form for entry in find(action) for form in entry.arn_forms))
    for kind in dict.fromkeys(map(Kind.of, forms)):
        if kind is Kind.POLICY:
            of_system = any(":system:" in form for form in forms)
            yield kind, identities.things[kind] if of_system else identities.custom_policies
        elif kind is not None:
            yield kind, identities.things[kind]


def _call(action: str, aims: Sequence[Aim]) -> PermissionCall | None:
    """The call, or None when the aims do not suffice for it."""
    sides = [tuple(aim for aim in aims if aim.kind in kinds) for kinds in _needed(action)]
    if not sides or not all(sides):
        return None
    return PermissionCall(action=action, on=sides[0], giving=tuple(aim for side in sides[1:] for aim in side))


def _needed(action: str) -> list[set[Kind]]:
    """The kinds of things that it asks on: one of each set. A policy, where there is one, goes to any of the rest."""
    forms = (form for entry in find(action) for form in entry.arn_forms)
    kinds = [kind for kind in dict.fromkeys(map(Kind.of, forms)) if kind is not None]
    rest = [kind for kind in kinds if kind is not Kind.POLICY]
    if Kind.POLICY in kinds:
        return [set(rest), {Kind.POLICY}] if rest else [{Kind.POLICY}]
    return [{kind} for kind in rest]


def _freely(aims: Sequence[Aim]) -> bool:
    """Whether one of them hangs on no condition."""
    return any(aim.grant.standing is Standing.ALLOWED for aim in aims)
