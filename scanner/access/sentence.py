"""One sentence a way in, for somebody who decides about it: who can do what, on how much, on which terms.

It is made of the access matrix and of the terms on which the trust policy lets somebody in. The names
of policies are not looked at: what a policy is called says nothing. What is worst stands first and is
never left out; what is not known is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final, assert_never

from scanner.access.abilities import Ability, Sure, Verbs, abilities, phrase
from scanner.access.amounts import NAME_LIMIT, Stock, quoted
from scanner.access.entrance import Certainty, Closed, Path, certainty_of
from scanner.access.grants import Standing
from scanner.access.hops import Hop, by_entries, entered_by, let_in
from scanner.access.matrix import Matrix
from scanner.access.plainly import plainly
from scanner.access.view import AccountView, RoleView
from scanner.model.delegation import Delegation
from scanner.model.ids import AccountId
from scanner.model.text import shortened
from scanner.policy.catalogue import AccessClass
from scanner.policy.principals import FEDERATED, RAM, SERVICE, SERVICE_DOMAIN, principal_of
from scanner.policy.syntax import PrincipalForm

LIMIT: Final = 300
"""Characters beyond which milder abilities are left out, with a sign that they are."""
TERMS_LIMIT: Final = 120
"""Characters of conditions beyond which they are only counted."""
ALWAYS_SAID: Final = frozenset({AccessClass.ESCALATE, AccessClass.OBTAIN_CREDENTIALS})
"""What is said however long the sentence gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way in, as the sentence tells it."""

    principal: str
    account: AccountId | None
    partner: str
    roles: tuple[str, ...]
    certainty: Certainty
    only_if: tuple[str, ...]
    unless: tuple[str, ...]


class Sentences:
    """Tells the ways into the roles of one account; roles that are granted the same are worked out once.

    Of those in `closed`, who are trusted in vain, the sentence is followed by one that says why.
    """

    def __init__(self, view: AccountView, matrix: Matrix, closed: Iterable[Closed] = ()) -> None:
        self._view = view
        self._closed = {(one.role, one.principal): one.because for one in closed}
        self._matrix = matrix
        self._stock = Stock(matrix.resources)
        self._verbs = Verbs(view)
        self._abilities: dict[str, tuple[Ability, ...]] = {}

    def of(self, way: Delegation | Path) -> str:
        """The sentence about `way`, with a full stop; names stand between backticks."""
        because = self._closed.get((way.role, way.principal))
        vain = "" if because is None else f" Trusted in vain now: {because}."
        return self._of(way) + vain

    def _of(self, way: Delegation | Path) -> str:
        role = self._view.role(way.role)
        if role is None:
            return "What it comes to is not known, because the role is not in this scan."
        return say(
            _told(way, role),
            self.abilities(role),
            stock=self._stock,
            unread=bool(self._matrix.unread(role.name)),
            uncounted=bool(self._view.resources.unread),
        )

    def certainty(self, way: Delegation | Path) -> Certainty:
        """How sure it is that anybody comes in this way."""
        role = self._view.role(way.role)
        return Certainty.UNCERTAIN if role is None else _told(way, role).certainty

    def abilities(self, role: RoleView) -> tuple[Ability, ...]:
        """What a session of `role` can do, the worst first."""
        if role.name not in self._abilities:
            row = self._matrix.row(role.name)
            self._abilities[role.name] = abilities(row, self._verbs.of(role))
        return self._abilities[role.name]


def sentence(way: Delegation | Path, matrix: Matrix, *, view: AccountView) -> str:
    """The sentence about one way into an account; `Sentences` tells many of them faster."""
    return Sentences(view, matrix).of(way)


def subject(principal: str, *, account: AccountId | None, partner: str) -> str:
    """Who it is, in the middle of a sentence: `user `lena` of Enterprise B`."""
    whose = shortened(partner, NAME_LIMIT).replace("`", "'") or f"account {quoted(account or '')}"
    named = principal_of(principal, group=_group(principal), path="")
    match named.form:
        case PrincipalForm.ROOT:
            return whose
        case PrincipalForm.USER | PrincipalForm.ROLE:
            return f"{named.form.value} {quoted(named.name)} of {whose}"
        case PrincipalForm.SAML | PrincipalForm.OIDC:
            kind = "SAML" if named.form is PrincipalForm.SAML else "OIDC"
            return f"whoever {kind} provider {quoted(named.name)} of {whose} lets in"
        case PrincipalForm.ACCOUNT_SERVICE:
            return f"cloud service {quoted(named.name)} of {whose}"
        case PrincipalForm.SERVICE:
            return f"cloud service {quoted(named.name)}"
        case PrincipalForm.ANYONE if principal == "*":
            return "anybody with an Alibaba Cloud account"
        case PrincipalForm.ANYONE | PrincipalForm.UNSUPPORTED:
            return f"whoever {quoted(principal)} stands for" if principal else "somebody who cannot be told"
        case _:
            assert_never(named.form)


def say(
    way: Way, able: Sequence[Ability], *, stock: Stock, unread: bool = False, uncounted: bool = False
) -> str:
    """The sentence: who, on which terms, what is sure or conditional, and what is not known."""
    who = subject(way.principal, account=way.account, partner=way.partner)
    if not able:
        return f"{_capital(_powerless(way, who, unread=unread))}."
    shared = _shared_terms(able)
    who += _between_commas([*entering(way), *_through(way.roles), *([shared] if shared else [])])
    remarks = _remarks(able, unread=unread, uncounted=uncounted)
    clauses = [(a, phrase(a, stock) + ("" if shared else _in_brackets(terms_of(a)))) for a in able]
    frame = len(who) + len(remarks) + (_DOUBT_ROOM if any(a.sure is Sure.UNKNOWN for a in able) else 0)
    chosen, left_out = _chosen(clauses, LIMIT - frame)
    sure = [words for ability, words in chosen if ability.sure is not Sure.UNKNOWN]
    open_ = [words for ability, words in chosen if ability.sure is Sure.UNKNOWN]
    doubt = "if it can enter, which is not certain, " if way.certainty is Certainty.UNCERTAIN else ""
    told = f"{_capital(doubt + _predicate(who, sure, open_, more=_more(left_out)))}{remarks}."
    return _once_named(told, stock.instances_of(reduce(or_, (a.bits for a, _ in chosen))))


def entering(way: Way) -> list[str]:
    """The terms on which the trust policy, and the caller's own policies, let somebody in, each in words."""
    if sum(map(len, (*way.only_if, *way.unless))) > TERMS_LIMIT:
        return [f"on terms of entry, {len(way.only_if) + len(way.unless):,} in all"]
    only_if = [plainly(words) for words in way.only_if]
    unless = [f"except {plainly(words)}" for words in way.unless]
    return [*([" and ".join(only_if)] if only_if else []), *unless]


def terms_of(ability: Ability) -> str:
    """The conditions of an ability in words; empty when it hangs on nothing."""
    only_if, unless = ability.only_if, ability.unless
    if sum(map(len, (*only_if, *unless))) > TERMS_LIMIT:
        return f"under conditions, {len(only_if) + len(unless):,} in all"
    opening = [f"only {' or '.join(map(plainly, only_if))}"] if only_if else []
    return ", ".join((*opening, *(f"except {plainly(words)}" for words in unless)))


def _through(roles: Sequence[str]) -> list[str]:
    if len(roles) == 1:
        return []
    return [f"through role {quoted(roles[0])} and then {' and then '.join(map(quoted, roles[1:]))}"]


def _between_commas(pieces: Sequence[str]) -> str:
    return f", {', '.join(pieces)}," if pieces else ""


def _in_brackets(words: str) -> str:
    return f" ({words})" if words else ""


def _shared_terms(able: Sequence[Ability]) -> str:
    """The terms, where everything hangs on the same ones."""
    kinds = {(a.sure, a.only_if, a.unless) for a in able}
    return terms_of(able[0]) if len(kinds) == 1 else ""


def _powerless(way: Way, who: str, *, unread: bool) -> str:
    role = quoted(way.roles[-1])
    terms = _between_commas([*entering(way), *_through(way.roles)])
    start = (
        f"it is not certain that {who}{terms} can enter role {role}"
        if way.certainty is Certainty.UNCERTAIN
        else f"{who}{terms} can enter role {role}"
    )
    if unread:
        return f"{start}; what the role grants is not known, because not all of its permissions could be read"
    return f"{start}, but the role grants nothing on RocketMQ and nothing over users, roles or policies"


def _predicate(who: str, sure: Sequence[str], open_: Sequence[str], *, more: Sequence[str]) -> str:
    because = f"because {_WHY_OPEN}"
    if not sure:
        return f"it could not be told whether {who} can {_joined([*open_, *more], 'or')}, {because}"
    told = f"{who} can {_joined([*sure, *more], 'and')}"
    if not open_:
        return told
    return f"{told}; whether it can {_joined(open_, 'or')} could not be told, {because}"


def _once_named(text: str, instances: Sequence[str]) -> str:
    """`text` with its only instance named once."""
    if len(instances) != 1:
        return text
    name = f"instance {quoted(instances[0])}"
    start, found, rest = text.partition(name)
    return f"{start}{found}{rest.replace(name, 'that instance')}"


def _joined(clauses: Sequence[str], word: str) -> str:
    """`a`, `a, and b`, `a, b, and c`: the clauses hold lists themselves."""
    return f"{', '.join(clauses[:-1])}, {word} {clauses[-1]}" if len(clauses) > 1 else "".join(clauses)


def _remarks(able: Sequence[Ability], *, unread: bool, uncounted: bool) -> str:
    remarks = (
        "; what else it can do is not known, because not all of its permissions could be read"
        if unread
        else ""
    )
    if uncounted and any(ability.bits for ability in able):
        remarks += "; the counts leave out what could not be read"
    return remarks


def _chosen(
    clauses: Sequence[tuple[Ability, str]], room: int
) -> tuple[list[tuple[Ability, str]], list[Ability]]:
    """The clauses for which there is room, the worst ones in any case, and what is left out."""
    if sum(len(words) + 2 for _, words in clauses) > room:
        room -= _MORE_ROOM
    chosen: list[tuple[Ability, str]] = []
    for ability, words in clauses:
        room -= len(words) + 2
        if room >= 0 or not chosen or ability.access in ALWAYS_SAID:
            chosen.append((ability, words))
    return chosen, [ability for ability, words in clauses if (ability, words) not in chosen]


def _more(left_out: Sequence[Ability]) -> list[str]:
    """What there was no room for, by its classes only."""
    names = dict.fromkeys(ability.access.value for ability in left_out)
    return [f"more ({', '.join(names)})"] if names else []


def _told(way: Delegation | Path, role: RoleView) -> Way:
    match way:
        case Path():
            return _of_path(way)
        case Delegation():
            return _of_delegation(way, role)
        case _:
            assert_never(way)


def _of_path(path: Path) -> Way:
    return Way(
        principal=path.principal,
        account=path.account,
        partner=path.partner,
        roles=path.roles,
        certainty=path.certainty,
        only_if=path.only_if,
        unless=path.unless,
    )


def _of_delegation(delegation: Delegation, role: RoleView) -> Way:
    hop = _hop(delegation.principal, role)
    return Way(
        principal=delegation.principal,
        account=delegation.principal_account,
        partner=delegation.partner,
        roles=(delegation.role,),
        certainty=certainty_of(hop.standing),
        only_if=hop.only_if,
        unless=hop.unless,
    )


def _hop(principal: str, role: RoleView) -> Hop:
    """What the trust policy alone says to a principal that it names."""
    entries = [entry for entry in role.foreign if entry.principal.text == principal]
    if not entries:
        return Hop(standing=Standing.UNCERTAIN)
    caller = entered_by(entries[0])
    hop = by_entries(role, entries) if caller is None else let_in(role, caller)
    return by_entries(role, entries) if hop.standing is Standing.DENIED else hop


def _group(principal: str) -> str:
    """The kind of principal that a text is, which an ARN or a service name tells."""
    if "-provider/" in principal:
        return FEDERATED
    return SERVICE if principal.endswith(SERVICE_DOMAIN) else RAM


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_WHY_OPEN: Final = "part of its policies is not understood"
_DOUBT_ROOM: Final = 70
"""What the words around unknown things take, about."""
_MORE_ROOM: Final = 40
"""What the words about things left out take, about."""
