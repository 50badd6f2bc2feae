"""What may outlive a role, as values and in words, each with the call that ends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scanner.access.becoming import CREDENTIALS, REWRITE_TRUST
from scanner.access.entrance import Closed, Path
from scanner.access.escalation import MAKING
from scanner.access.gifts import Worth
from scanner.access.grants import Standing
from scanner.access.hops import Hop
from scanner.access.identities import Kind, listed, named
from scanner.access.lasting import Lasting, Left
from scanner.access.onward import SUREST_FIRST, Taken
from scanner.access.openness import OpenInstance
from scanner.access.rungs import Climb, Escalation, Rung
from scanner.access.view import RoleView
from scanner.model.finding import Evidence
from scanner.model.ids import AccountId
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
    names: tuple[str, ...] = ()
    """The users, groups, roles or policies that it is about, as far as they exist."""
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


def anything_left(climb: Climb) -> Iterator[Remnant]:
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


def kind_of(row: Escalation) -> Lasting | None:
    """What the calls leave behind in RAM; None where only the caller's own reach grows, or nothing does yet."""
    last = row.rungs[-1].action
    if row.rungs[0].action in MAKING:
        return Lasting.IDENTITIES
    if last in CREDENTIALS:
        return Lasting.KEYS
    if last == REWRITE_TRUST:
        return Lasting.DOORS
    return Lasting.PERMISSIONS if row.for_others and row.worth is not Worth.LATER else None


def told_apart(kind: Lasting, row: Escalation) -> object:
    """What tells apart what calls leave behind: not which of several calls does it, nor which role makes it."""
    before = tuple((rung.action, rung.on) for rung in row.rungs[:-1])
    terms = (row.hop.standing, row.hop.only_if, row.hop.unless, row.hop.doubts)
    return (kind, before, row.rungs[-1].on, row.then, terms)


def in_ram(kind: Lasting, rows: Sequence[Escalation], way: Taken) -> Remnant:
    """What rows that differ in the last call alone leave behind, when they are made at the end of `way`."""
    first = rows[0]
    last = tuple(dict.fromkeys(row.rungs[-1].action for row in rows))
    before = "".join(f"{rung.words(way.roles[-1])}, then " for rung in first.rungs[:-1])
    words = f"{before}{' or '.join(f'`{action}`' for action in last)} on {first.rungs[-1].on}"
    who = "it" if len(way.roles) == 1 else f"as role `{way.roles[-1]}` it"
    return Remnant(
        kind=kind,
        what=f"{who} can call {words}: {first.then}",
        actions=(*(rung.action for rung in first.rungs[:-1]), *last),
        names=first.rungs[-1].names,
        through=way.roles[1:],
        ending=_ENDINGS[kind],
        hop=way.hop.then(first.hop),
    )


def on_instances(left: Left, way: Taken, hop: Hop) -> Remnant:
    """What the role at the end of `way` leaves behind on instances."""
    who = "it" if len(way.roles) == 1 else f"as role `{way.roles[-1]}` it"
    return Remnant(
        kind=left.ability.kind,
        what=f"{who} can {left.ability.can} {_where(left)}; {left.ability.stays}",
        actions=left.actions,
        instances=left.instances,
        to_come=left.to_come,
        through=way.roles[1:],
        ending=left.ability.ending,
        hop=hop,
    )


def own_sessions(role: RoleView, renewal: Hop | None) -> Remnant:
    """What stays of sessions of the role itself, which comes back to itself on the terms of `renewal`."""
    seconds = role.role.max_session_seconds
    renews = renewal is not None and renewal.standing.grants
    renewing = "; until then it can renew itself without end" if renews else ""
    unread = () if seconds is not None else ("how long sessions of the role may last was not read",)
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
            doubts=unread,
            statements=(_session_evidence(role),),
        ),
    )


def _where(left: Left) -> str:
    existing = listed("instance", "instances", left.instances) if left.instances else ""
    return " and ".join(words for words in (existing, *left.to_come) if words)


def role_sessions(found: Sequence[tuple[Taken, RoleView, Hop | None]]) -> Remnant:
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
        names=tuple(role.name for _, role, _ in found),
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


def rank(remnant: Remnant) -> tuple[object, ...]:
    """To sort by, worst first."""
    sure = SUREST_FIRST.index(remnant.standing)
    return (list(Lasting).index(remnant.kind), sure, len(remnant.through), remnant.what)
