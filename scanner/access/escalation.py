"""How a role comes to more than its own policies say: which calls, on what, and then what.

A chain of calls goes from one user or role to another: by taking a role, by rewriting whom a role lets in, by making
a key or a password of a user. It ends at whoever may do anything, or may give it to itself. Of several chains the
surest is told, and of those the shortest. Which calls change permissions is read in `scanner.access.changes`,
what they give in `scanner.access.gifts`, and who becomes whom in `scanner.access.becoming`. Whether the role may be
assumed at all is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Final

from scanner.access.becoming import CREDENTIALS, REWRITE_TRUST, Becoming, Beyond
from scanner.access.changes import CallBook, Calls, to_come
from scanner.access.climbing import Search
from scanner.access.gifts import Gift, Gifts, Worth, hop_of, surest_first
from scanner.access.identities import Identities, Identity, Kind, named, permissions_of
from scanner.access.onward import Onward
from scanner.access.rungs import Climb, Escalation, Rung, worst_first, worth_rank
from scanner.access.understood import permission_doubts
from scanner.access.view import AccountView, RoleView
from scanner.model.ids import AccountId
from scanner.model.policy import PrincipalKind
from scanner.model.snapshot import Subject

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
"""Calls that make a role or user, and which."""


class Escalations:
    """Answers how the roles of one account come to more; what users and roles may do is worked out once."""

    def __init__(
        self, view: AccountView, *, others: Mapping[AccountId, AccountView] = MappingProxyType({})
    ) -> None:
        self._view = view
        self.identities: Final = Identities(view)
        self._book = CallBook(self.identities)
        self._gifts = Gifts(self.identities, self._book)
        self._becoming = Becoming(self.identities, others)

    def of(self, role: RoleView) -> Climb:
        """What `role` can come to."""
        itself = Identity(PrincipalKind.ROLE, role.name)
        reached = Search(self._gifts, self._becoming, self._book, itself).reach()
        rows = (
            *_direct(itself, self._gifts.of(role), reached.rungs),
            *_own_door(itself, self._book.of(role)),
            *reached.rows,
            *self._through(itself, role, reached.rungs),
            *self._making(role),
            *(_beyond(itself, beyond) for beyond in self._becoming.beyond(role)),
        )
        return Climb(
            role=role.name,
            whole=self._gifts.is_whole(itself),
            escalations=tuple(sorted(dict.fromkeys(rows), key=worst_first)),
            unread=(*permission_doubts(role), *reached.unread, *(self._unlisted if rows else ())),
        )

    def by_own_calls(self, role: RoleView) -> tuple[Escalation, ...]:
        """What `role` comes to, and gives to others, by calls that it makes itself, assuming roles aside."""
        itself = Identity(PrincipalKind.ROLE, role.name)
        search = Search(self._gifts, self._becoming, self._book, itself)
        return (
            *_direct(itself, self._gifts.of(role), {}),
            *_own_door(itself, self._book.of(role)),
            *search.first(assuming=False),
            *self._making(role),
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

    def _making(self, role: RoleView) -> Iterator[Escalation]:
        """What the role can give to users and roles that it makes itself."""
        itself = Identity(PrincipalKind.ROLE, role.name)
        for action, kind in MAKING.items():
            for found in to_come(role, action, self.identities):
                made = Rung(by=itself, action=action, on=f"a new {kind.value}", hop=hop_of(found.grant))
                yield self._made(role, made, kind)

    def _made(self, role: RoleView, made: Rung, kind: Kind) -> Escalation:
        gifts = [gift for gift in self._gifts.anybodys(role) if gift.kind is kind and gift.to_come]
        best = min(gifts, key=lambda gift: (worth_rank(gift.worth), surest_first(gift.hop)), default=None)
        entry = () if kind is Kind.ROLE else self._entry_to_new_user(role)
        stays = f"the {kind.value} stays, with whoever has a way into it"
        if best is None or entry is None:
            lacks = "it has no permissions yet" if best is None else "nobody has a way into it yet"
            return Escalation(rungs=(made,), worth=Worth.LATER, for_others=True, then=f"{stays}; {lacks}")
        giving = Rung(by=made.by, action=best.action, on=f"the new {kind.value}", hop=best.hop)
        then = f"as the new {kind.value} it may do {best.what}; {stays}"
        return Escalation(rungs=(made, *entry, giving), worth=best.worth, for_others=False, then=then)

    def _entry_to_new_user(self, role: RoleView) -> tuple[Rung, ...] | None:
        """The surest call that makes a key or a password of a user that it made; None where there is none."""
        itself = Identity(PrincipalKind.ROLE, role.name)
        found = [
            Rung(by=itself, action=call.action, on="the new user", hop=hop_of(aim.grant))
            for call in self._book.anybodys(role).every
            if call.action in CREDENTIALS
            for aim in call.on
            if aim.to_come
        ]
        return tuple(sorted(found, key=lambda rung: surest_first(rung.hop))[:1]) or None

    def _through(
        self, itself: Identity, role: RoleView, become: Mapping[Identity, tuple[Rung, ...]]
    ) -> Iterator[Escalation]:
        """How somebody whom the role becomes is given anything: by itself, by the role, or by another of them.

        Only the surest and shortest way is told, and none where the role gives itself anything for certain.
        """
        if self._gifts.is_whole(itself) or itself in self._gifts.raised(role):
            return
        # Whoever may do anything already has a row of its own, and nothing to gain.
        nearest = {to: place for place, to in enumerate(become) if not self._gifts.is_whole(to)}
        givers: dict[tuple[int, ...], Identity] = {}
        for giver in (itself, *nearest):
            holder = self.identities.holder(giver)
            if holder is not None:
                # Whoever holds the same policies gives the same; the first is the surest and nearest.
                givers.setdefault(permissions_of(holder), giver)
        found = (
            _given_to(become.get(giver, ()), giver, gift, become[to], to)
            for giver in givers.values()
            for gift in self._gifts_by(giver)
            for to in sorted(nearest.keys() & set(gift.to), key=nearest.__getitem__)[:1]
        )
        best = min(found, key=worst_first, default=None)
        if best is not None:
            yield best

    def _gifts_by(self, giver: Identity) -> Iterator[Gift]:
        holder = self.identities.holder(giver)
        gifts = () if holder is None else self._gifts.anybodys(holder)
        return (gift for gift in gifts if gift.worth is Worth.ANYTHING)


def _direct(
    itself: Identity, given: Iterable[Gift], become: Mapping[Identity, object]
) -> Iterator[Escalation]:
    """What the role's own calls give, to itself, and to others that it is not and cannot become."""
    alike: dict[object, list[Gift]] = {}
    for gift in given:
        terms = (gift.hop.standing, gift.hop.only_if, gift.hop.unless, gift.hop.doubts)
        key = (gift.action, gift.worth, gift.what, gift.kind, terms)
        alike.setdefault(key, []).append(gift)
    for gifts in alike.values():
        yield from _to_itself(itself, [gift for gift in gifts if itself in gift.to])
        yield from _to_others(itself, gifts, [to for to in _receivers(gifts) if to not in become])


def _own_door(itself: Identity, found: Calls) -> Iterator[Escalation]:
    """Whether the role can say itself who may assume it."""
    for call in found.every:
        for aim in call.on:
            if call.action == REWRITE_TRUST and itself.name in aim.own:
                rung = Rung(by=itself, action=call.action, on="itself", hop=hop_of(aim.grant))
                then = "whoever it lets in may do what it may do, and stays let in"
                yield Escalation(rungs=(rung,), worth=Worth.MORE, for_others=True, then=then)


def _to_itself(itself: Identity, gifts: Sequence[Gift]) -> Iterator[Escalation]:
    if gifts:
        of_policies = gifts[0].kind is Kind.POLICY
        names = [name for gift in gifts for name in gift.names]
        on = f"{named(Kind.POLICY, names)}, which it holds" if of_policies else "itself"
        rung = Rung(
            by=itself,
            action=gifts[0].action,
            on=on,
            names=tuple(names) if of_policies else (itself.name,),
            hop=gifts[0].hop,
        )
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
        names=tuple(names or (to.name for to in others)),
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


def _listed(identities: Iterable[Identity]) -> str:
    by_kind: dict[PrincipalKind, list[str]] = {}
    for one in identities:
        by_kind.setdefault(one.kind, []).append(one.name)
    return " and ".join(named(Kind(kind.value), names) for kind, names in by_kind.items())
