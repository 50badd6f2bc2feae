"""What somebody in a role can do, as phrases: `publish to`, `all 14 topics of instance `rmq-1``.

Extent and terms come from the access matrix, the choice of verb from the actions that are granted; no
name of a policy is looked at. Phrases stand worst first. Who comes into the role is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from scanner.access.amounts import Stock, listed
from scanner.access.grants import Standing, offered
from scanner.access.matrix import COLUMNS, Cell, Column
from scanner.access.reach import find_reach
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Series
from scanner.policy.catalogue import AccessClass, by_class

WORST_FIRST: Final = (
    AccessClass.ESCALATE,
    AccessClass.OBTAIN_CREDENTIALS,
    AccessClass.ADMINISTER,
    AccessClass.OPEN_NETWORK,
    AccessClass.PUBLISH,
    AccessClass.READ_MESSAGES,
    AccessClass.SUBSCRIBE,
    AccessClass.READ_METADATA,
)
"""The access classes by what they open; the ones that reach beyond the role and outlive it come first."""


class Sure(StrEnum):
    """How sure an ability is."""

    CERTAIN = "certain"
    CONDITIONAL = "under conditions"
    UNKNOWN = "not known"


STANDING_OF: Final = {
    Sure.CERTAIN: Standing.ALLOWED,
    Sure.CONDITIONAL: Standing.CONDITIONAL,
    Sure.UNKNOWN: Standing.UNCERTAIN,
}

Reached = frozenset[tuple[str, str]]
"""Actions, each with a resource that it is granted on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One thing that can be done, and on how much."""

    access: AccessClass
    sure: Sure
    verb: str
    """With what belongs between it and the resources."""
    bits: int
    """The existing resources; bit i is the i-th of the matrix."""
    to_come: bool
    """Whether some resource that may be created later is among them."""
    about_account: bool = False
    """Whether it is about users, roles and policies; of these nothing is counted."""
    only_if: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, int, str]:
        """For sorting: the worst first, the surest of them first."""
        return WORST_FIRST.index(self.access), list(Sure).index(self.sure), self.verb


def phrase(ability: Ability, stock: Stock) -> str:
    """The ability as an infinitive, its terms aside: `publish to 3 of 14 topics of instance `rmq-1``."""
    what = _extent(ability, stock)
    return " ".join(filter(None, (ability.verb, what)))


def _extent(ability: Ability, stock: Stock) -> str:
    if ability.about_account:
        return ""
    amount = stock.amount(ability.bits)
    if not ability.to_come:
        return amount
    return f"{amount} and matching later ones" if amount else "resources that do not exist yet"


def abilities(
    row: Mapping[Column, Cell], verbs: Mapping[tuple[Column, Sure], str] | None = None
) -> tuple[Ability, ...]:
    """What the cells of one row come to, the worst first; columns of which the same is said are taken together."""
    found: dict[tuple[object, ...], Ability] = {}
    for column in COLUMNS:
        for sure, bits, to_come in _parts(row[column]):
            verb = (verbs or {}).get((column, sure)) or spoken(column, ())
            conditional = sure is Sure.CONDITIONAL
            ability = Ability(
                access=column.access,
                sure=sure,
                verb=verb,
                bits=bits,
                to_come=to_come,
                about_account=column.series is None,
                only_if=row[column].only_if if conditional else (),
                unless=row[column].unless if conditional else (),
            )
            key = (ability.order, ability.only_if, ability.unless)
            found[key] = _together(found[key], ability) if key in found else ability
    return tuple(sorted(found.values(), key=lambda ability: ability.order))


def _parts(cell: Cell) -> Iterator[tuple[Sure, int, bool]]:
    """What is sure, conditional and unknown of a cell, without what is empty."""
    parts = (
        (Sure.CERTAIN, cell.must, cell.must_to_come),
        (Sure.CONDITIONAL, cell.may & ~cell.must, cell.may_to_come and not cell.must_to_come),
        (Sure.UNKNOWN, cell.unknown & ~cell.may, cell.unknown_to_come and not cell.may_to_come),
    )
    return (part for part in parts if part[1] or part[2])


def _together(one: Ability, other: Ability) -> Ability:
    return replace(one, bits=one.bits | other.bits, to_come=one.to_come or other.to_come)


class Verbs:
    """Chooses verbs for the columns of a role by the actions that it is granted; roles alike are read once."""

    def __init__(self, view: AccountView) -> None:
        self._view = view
        self._known: dict[tuple[object, ...], Mapping[tuple[Column, Sure], str]] = {}

    def of(self, role: RoleView) -> Mapping[tuple[Column, Sure], str]:
        """The verb of each column and sureness in which the role is granted anything."""
        key = tuple((id(policy.document), policy.resource_group) for policy in role.policies)
        if key not in self._known:
            self._known[key] = dict(self._read(role))
        return self._known[key]

    def _read(self, role: RoleView) -> Iterator[tuple[tuple[Column, Sure], str]]:
        possible = offered(role)
        for column in COLUMNS:
            actions = [action for action in _actions_of(column) if action in possible]
            if len({spoken(column, [(action, "")]) for action in actions}) <= 1:
                yield from (((column, sure), spoken(column, [(a, "") for a in actions])) for sure in Sure)
                continue
            reached = tuple(find_reach(role, actions, self._view))
            for sure, standing in STANDING_OF.items():
                found = frozenset((one.action, one.resource) for one in reached if one.standing is standing)
                if found:
                    yield (column, sure), spoken(column, found)


@cache
def _actions_of(column: Column) -> tuple[str, ...]:
    """The actions of a column, each once."""
    return tuple(dict.fromkeys(e.action for e in by_class(column.access) if e.series is column.series))


def spoken(column: Column, reached: Iterable[tuple[str, str]]) -> str:
    """The verb of a column of which these actions are granted."""
    found = frozenset(reached)
    actions = frozenset(action.lower() for action, _ in found)
    match column.access:
        case AccessClass.ESCALATE:
            return _escalation(actions)
        case AccessClass.OBTAIN_CREDENTIALS:
            return _credentials(actions)
        case AccessClass.ADMINISTER:
            return "administer" if column.series else "create users or roles"
        case AccessClass.OPEN_NETWORK:
            return "open the network to"
        case AccessClass.PUBLISH if column.series is Series.V5:
            return "publish through the management API to"
        case AccessClass.PUBLISH:
            return "send again the dead letters of" if actions == _RESEND else "publish to"
        case AccessClass.READ_MESSAGES:
            return _reading(found)
        case AccessClass.SUBSCRIBE if column.series is Series.V5:
            return "have a consumer of its choice receive messages of"
        case AccessClass.SUBSCRIBE:
            return "subscribe to"
        case AccessClass.READ_METADATA:
            return "see the settings of"


def _escalation(actions: frozenset[str]) -> str:
    """Whoever gives rights can do what the special ones can, so these are told only by themselves."""
    special = [words for names, words in _SPECIAL if names & actions]
    others = actions.difference(*(names for names, _ in _SPECIAL))
    return _MORE_RIGHTS if others or not special else listed(special)


def _credentials(actions: frozenset[str]) -> str:
    read, create, update = (name in actions for name in _ACCOUNT_CALLS)
    if not (read or create or update):
        return f"obtain passwords {_LASTING} on"
    verbs = [word for word, able in (("read", read), ("set", update)) if able]
    passwords = [f"{' or '.join(verbs)} passwords"] if verbs else []
    return f"{' or '.join([*passwords, *(['create accounts'] if create else [])])} {_LASTING} on"


def _reading(reached: Reached) -> str:
    """Bodies, where they can be read of everything that is in reach; otherwise what all of it has in common."""
    actions = frozenset(action.lower() for action, _ in reached)
    bodies = frozenset(resource for action, resource in reached if action.lower() in _BODIES)
    if reached and bodies >= frozenset(resource for _, resource in reached):
        return "read message bodies of"
    return "trace messages of" if actions and actions <= _TRACES else "read messages of"


_LASTING: Final = "that survive revocation"
"""Accounts and passwords inside an instance are not the role's: taking the role away leaves them in force."""
_MORE_RIGHTS: Final = "give itself or others more rights in the account"
_SPECIAL: Final = (
    (
        frozenset(
            {
                "ram:createaccesskey",
                "ram:updateaccesskey",
                "ram:createloginprofile",
                "ram:updateloginprofile",
            }
        ),
        "make lasting credentials for users",
    ),
    (frozenset({"sts:assumerole"}), "take on other roles"),
    (frozenset({"ram:passrole"}), "hand roles to cloud services"),
)
"""Escalations that are called by what they do; all others give rights."""
_ACCOUNT_CALLS: Final = (
    "rocketmq:getinstanceaccount",
    "rocketmq:createinstanceaccount",
    "rocketmq:updateinstanceaccount",
)
_RESEND: Final = frozenset({"mq:resenddlqmessage"})
_BODIES: Final = frozenset({"rocketmq:getmessagedetail", "mq:querymessagedetail", "mq:querydlqmessage"})
_TRACES: Final = frozenset({"rocketmq:gettrace", "rocketmq:listtraces", "mq:querytrace"})
