"""How a role comes to more than its own policies say: which calls, on what, and then what.

A chain of calls goes from one user or role to another: by taking a role, by rewriting whom a role lets in, by making
a key or a password of a user. It ends at whoever may do anything, or may give it to itself. Of several chains the
surest is told, and of those the shortest. Which calls change permissions is read in `scanner.access.changes`,
what they give in `scanner.access.gifts`, and who becomes whom in `scanner.access.becoming`. Whether the role may be
assumed at all is told elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from types import MappingProxyType
from typing import Final

from scanner.access.becoming import CREDENTIALS, REWRITE_TRUST, Becoming, Beyond, Move
from scanner.access.changes import Calls, aims_of, calls
from scanner.access.gifts import SUREST_FIRST, Gift, Gifts, Worth, hop_of, surest_first
from scanner.access.grants import Standing
from scanner.access.hops import Hop
from scanner.access.identities import Identities, Identity, Kind, named
from scanner.access.onward import Onward
from scanner.access.understood import permission_doubts
from scanner.access.view import AccountView, RoleView
from scanner.model.ids import AccountId
from scanner.model.policy import PrincipalKind
from scanner.model.snapshot import Subject

MOST_FOLLOWED: Final = 1_000
"""Users and roles from which one role's chains are followed further."""

_LISTINGS: Final = (
    Subject.ROLES,
    Subject.USERS,
    Subject.GROUPS,
    Subject.GROUP_MEMBERS,
    Subject.POLICIES,
    Subject.POLICY_VERSIONS,
    Subject.ATTACHMENTS,
)
MAKING: Final = {"ram:CreateRole": Kind.ROLE, "ram:CreateUser": Kind.USER}
_START: Final = Hop(standing=Standing.ALLOWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One call of a chain."""

    by: Identity
    action: str
    on: str
    """In words, what it is made on."""
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


@dataclass(frozen=True, slots=True)
class _Reached:
    """Whom a role becomes, and by which calls."""

    rungs: Mapping[Identity, tuple[Rung, ...]]
    rows: tuple[Escalation, ...]
    unread: tuple[str, ...]


class Escalations:
    """Answers how the roles of one account come to more; what users and roles may do is worked out once."""

    def __init__(
        self, view: AccountView, *, others: Mapping[AccountId, AccountView] = MappingProxyType({})
    ) -> None:
        self._view = view
        self.identities: Final = Identities(view)
        self._gifts = Gifts(self.identities)
        self._becoming = Becoming(self.identities, others)
        self._calls: dict[Identity, Calls] = {}
        self._given: dict[Identity, tuple[Gift, ...]] = {}

    def of(self, role: RoleView) -> Climb:
        """What `role` can come to."""
        itself = Identity(PrincipalKind.ROLE, role.name)
        reached = self._reach(itself)
        rows = (
            *self._direct(itself, reached.rungs),
            *(self._become((), itself, move, move.names) for move in self._moves_of(itself)),
            *reached.rows,
            *self._through(itself, reached.rungs),
            *self._making(role),
            *(_beyond(itself, beyond) for beyond in self._becoming.beyond(role)),
        )
        return Climb(
            role=role.name,
            whole=self._gifts.is_whole(itself),
            escalations=tuple(sorted(dict.fromkeys(rows), key=_worst_first)),
            unread=(*permission_doubts(role), *reached.unread, *(self._unlisted if rows else ())),
        )

    @cached_property
    def _unlisted(self) -> tuple[str, ...]:
        """In words, which listings of what calls are made on could not be read."""
        gaps = self._view.snapshot.gaps_in(*_LISTINGS, name="")
        return tuple(f"{gap.subject.value} of the account: {gap.because}" for gap in gaps)

    @property
    def onward(self) -> Onward:
        """The steps from role to role that chains are made of."""
        return self._becoming.onward

    def _calls_of(self, identity: Identity) -> Calls:
        if identity not in self._calls:
            holder = self.identities.holder(identity)
            self._calls[identity] = Calls((), ()) if holder is None else calls(holder, self.identities)
        return self._calls[identity]

    def _gifts_of(self, identity: Identity) -> tuple[Gift, ...]:
        if identity not in self._given:
            holder = self.identities.holder(identity)
            found = () if holder is None else self._gifts.of(holder, self._calls_of(identity))
            self._given[identity] = tuple(found)
        return self._given[identity]

    def _moves_of(self, identity: Identity) -> tuple[Move, ...]:
        holder = self.identities.holder(identity)
        return () if holder is None else self._becoming.moves(holder, self._calls_of(identity))

    def _is_top(self, identity: Identity) -> bool:
        """Whether it may do anything, or give itself anything for certain, so that going on adds nothing."""
        return self._gifts.is_whole(identity) or any(
            gift.worth is Worth.ANYTHING and identity in gift.to and gift.hop.standing is Standing.ALLOWED
            for gift in self._gifts_of(identity)
        )

    def _reach(self, start: Identity) -> _Reached:
        """The surest and shortest calls to everybody that `start` can become."""
        rungs: dict[Identity, tuple[Rung, ...]] = {}
        rows: list[Escalation] = []
        unread: tuple[str, ...] = ()
        for limit in range(len(SUREST_FIRST) - 1):
            waiting = deque([start])
            chains: dict[Identity, tuple[Rung, ...]] = {start: ()}
            followed = 0
            while waiting:
                here = waiting.popleft()
                if self._is_top(here) and here != start:
                    continue
                followed += 1
                if followed > MOST_FOLLOWED:
                    unread = (f"chains through more than {MOST_FOLLOWED} users and roles were not followed",)
                    break
                for move in self._moves_of(here):
                    if surest_first(move.hop) > limit:
                        continue
                    fresh = [name for name in move.names if Identity(move.kind, name) not in chains]
                    for name in fresh:
                        to = Identity(move.kind, name)
                        chains[to] = (*chains[here], _rung(here, move, [name]))
                        waiting.append(to)
                    new = [name for name in fresh if Identity(move.kind, name) not in rungs]
                    if new and here != start:
                        rows.append(self._become(chains[here], here, move, new))
            rungs = chains | rungs
        rungs.pop(start, None)
        return _Reached(rungs, tuple(rows), unread)

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

    def _direct(self, itself: Identity, become: Mapping[Identity, object]) -> Iterator[Escalation]:
        """What the role's own calls give, to itself, and to others that it is not and cannot become."""
        alike: dict[object, list[Gift]] = {}
        for gift in self._gifts_of(itself):
            terms = (gift.hop.standing, gift.hop.only_if, gift.hop.unless, gift.hop.doubts)
            key = (gift.action, gift.worth, gift.what, gift.kind, terms)
            alike.setdefault(key, []).append(gift)
        yield from self._own_door(itself)
        for gifts in alike.values():
            yield from _to_itself(itself, [gift for gift in gifts if itself in gift.to])
            yield from _to_others(itself, gifts, [to for to in _receivers(gifts) if to not in become])

    def _own_door(self, itself: Identity) -> Iterator[Escalation]:
        """Whether the role can say itself who may assume it."""
        for call in self._calls_of(itself).every:
            for aim in call.on:
                if call.action == REWRITE_TRUST and itself.name in aim.own:
                    rung = Rung(by=itself, action=call.action, on="itself", hop=hop_of(aim.grant))
                    then = "whoever it lets in may do what it may do, and stays let in"
                    yield Escalation(rungs=(rung,), worth=Worth.MORE, for_others=True, then=then)

    def _making(self, role: RoleView) -> Iterator[Escalation]:
        """What the role can give to users and roles that it makes itself."""
        itself = Identity(PrincipalKind.ROLE, role.name)
        for action, kind in MAKING.items():
            for aim in aims_of(role, action, self.identities):
                if aim.to_come:
                    made = Rung(by=itself, action=action, on=f"a new {kind.value}", hop=hop_of(aim.grant))
                    yield self._made(itself, made, kind)

    def _made(self, itself: Identity, made: Rung, kind: Kind) -> Escalation:
        gifts = [gift for gift in self._gifts_of(itself) if gift.kind is kind and gift.to_come]
        best = min(gifts, key=lambda gift: (_worth(gift.worth), surest_first(gift.hop)), default=None)
        entry = () if kind is Kind.ROLE else self._entry_to_new_user(itself)
        stays = f"the {kind.value} stays, with whoever has a way into it"
        if best is None or entry is None:
            then = (
                f"{stays}; it has no permissions yet"
                if best is None
                else f"{stays}; nobody has a way into it yet"
            )
            return Escalation(rungs=(made,), worth=Worth.LATER, for_others=True, then=then)
        giving = Rung(by=itself, action=best.action, on=f"the new {kind.value}", hop=best.hop)
        then = f"as the new {kind.value} it may do {best.what}; {stays}"
        return Escalation(rungs=(made, *entry, giving), worth=best.worth, for_others=False, then=then)

    def _entry_to_new_user(self, itself: Identity) -> tuple[Rung, ...] | None:
        """The surest call that makes a key or a password of a user that it made; None where there is none."""
        found = [
            Rung(by=itself, action=call.action, on="the new user", hop=hop_of(aim.grant))
            for call in self._calls_of(itself).every
            if call.action in CREDENTIALS
            for aim in call.on
            if aim.to_come
        ]
        return tuple(sorted(found, key=lambda rung: surest_first(rung.hop))[:1]) or None

    def _through(self, itself: Identity, become: Mapping[Identity, tuple[Rung, ...]]) -> Iterator[Escalation]:
        """How somebody whom the role becomes is given anything: by itself, by the role, or by another of them.

        Only the surest and shortest way is told, and none where the role gives itself anything for certain.
        """
        if self._is_top(itself):
            return
        best: Escalation | None = None
        for giver in (itself, *become):
            for gift in self._gifts_of(giver):
                if gift.worth is not Worth.ANYTHING:
                    continue
                for to in gift.to:
                    if to in become:
                        row = _given_to(become.get(giver, ()), giver, gift, become[to], to)
                        best = row if best is None else min(best, row, key=_worst_first)
        if best is not None:
            yield best


def _to_itself(itself: Identity, gifts: Sequence[Gift]) -> Iterator[Escalation]:
    if gifts:
        of_policies = gifts[0].kind is Kind.POLICY
        names = [name for gift in gifts for name in gift.names]
        on = f"{named(Kind.POLICY, names)}, which it holds" if of_policies else "itself"
        rung = Rung(by=itself, action=gifts[0].action, on=on, hop=gifts[0].hop)
        what = f"it may do {gifts[0].what}"
        yield Escalation(rungs=(rung,), worth=gifts[0].worth, for_others=False, then=what)


def _to_others(
    itself: Identity, gifts: Sequence[Gift], receivers: Sequence[Identity]
) -> Iterator[Escalation]:
    first = gifts[0]
    others = [to for to in receivers if to != itself]
    of_policies = first.kind is Kind.POLICY
    idle = [gift for gift in gifts if not gift.to]
    if not others and not idle:
        return
    names = [name for gift in gifts if of_policies and gift.to != (itself,) for name in gift.names]
    told = named(Kind.POLICY, names) if names else _listed(others) if others else ""
    to_come = " and ".join(dict.fromkeys(gift.to_come for gift in gifts if gift.to_come))
    rung = Rung(
        by=itself,
        action=first.action,
        on=" and ".join(words for words in (told, to_come) if words),
        hop=first.hop,
    )
    who = _listed(others) if others else "whoever has it"
    worth = first.worth if others else Worth.LATER
    yield Escalation(rungs=(rung,), worth=worth, for_others=True, then=f"{who} may do {first.what}")


def _receivers(gifts: Sequence[Gift]) -> tuple[Identity, ...]:
    return tuple(dict.fromkeys(to for gift in gifts for to in gift.to))


def _given_to(
    before: tuple[Rung, ...], giver: Identity, gift: Gift, becoming: tuple[Rung, ...], to: Identity
) -> Escalation:
    """The calls to the giver, its gift, and those to whoever has it then."""
    on = named(gift.kind, gift.names) if gift.kind is Kind.POLICY else str(to)
    call = Rung(by=giver, action=gift.action, on=on, hop=gift.hop)
    return Escalation(
        rungs=(*before, call, *(() if to == giver else becoming)),
        worth=gift.worth,
        for_others=False,
        then=f"as {to} it may do {gift.what}",
    )


def _beyond(by: Identity, beyond: Beyond) -> Escalation:
    rung = Rung(by=by, action=beyond.action, on=beyond.on, hop=beyond.hop)
    return Escalation(rungs=(rung,), worth=Worth.MORE, for_others=False, then=beyond.then)


def _rung(by: Identity, move: Move, names: Sequence[str]) -> Rung:
    return Rung(by=by, action=move.action, on=named(Kind(move.kind.value), names), hop=move.hop)


def _listed(identities: Iterable[Identity]) -> str:
    by_kind: dict[PrincipalKind, list[str]] = {}
    for one in identities:
        by_kind.setdefault(one.kind, []).append(one.name)
    return " and ".join(named(Kind(kind.value), names) for kind, names in by_kind.items())


def _worst_first(row: Escalation) -> tuple[object, ...]:
    return (
        row.for_others,
        _worth(row.worth),
        surest_first(row.hop),
        len(row.rungs),
        tuple((rung.action, rung.on) for rung in row.rungs),
    )


def _worth(worth: Worth) -> int:
    return list(Worth).index(worth)
