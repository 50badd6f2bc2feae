"""By which calls a user or role becomes somebody else of the account, and where it goes beyond the account.

Taking a role needs that the role lets the caller in. Rewriting a role's trust policy opens it to whomever the caller
likes, and a key or password of a user makes the caller that user for as long as it is not taken back.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scanner.access.changes import Calls, PermissionCall, aims_of
from scanner.access.gifts import hop_of
from scanner.access.grants import Grant, Standing, grant
from scanner.access.hops import Hop, asks, caller_of, let_in
from scanner.access.identities import Identities, Kind, named
from scanner.access.onward import Onward, Step, any_role
from scanner.access.reach import allowed_patterns
from scanner.access.view import AccountView, Holder
from scanner.model.ids import AccountId, Arn, is_account_id
from scanner.model.policy import PrincipalKind
from scanner.policy.evaluate import ASSUME_ROLE
from scanner.policy.syntax import PrincipalForm

REWRITE_TRUST: Final = "ram:UpdateRole"
CREDENTIALS: Final = ("ram:CreateAccessKey", "ram:CreateLoginProfile", "ram:UpdateLoginProfile")
_LET_IN: Final = ", and whoever it lets in stays let in"
_SIGNED_IN: Final = ", and the key or password works until it is taken away"
_HAND_OVER: Final = "ram:PassRole"
_SERVICES: Final = frozenset({PrincipalForm.SERVICE, PrincipalForm.ACCOUNT_SERVICE})


Besides = Mapping[PrincipalKind, Container[str]]
"""Users and roles that are known already, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One call by which the caller becomes any of several users or roles, on the same terms."""

    action: str
    kind: PrincipalKind
    names: tuple[str, ...]
    lasting: str
    """In words, what of it outlives the caller's session."""
    hop: Hop


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """One call that leads where chains are not followed: out of the account, or into a cloud service."""

    action: str
    on: str
    """In words, what it is made on."""
    then: str
    """In words, what comes of it."""
    hop: Hop


class Becoming:
    """Answers whom users and roles of one account become; every answer is kept."""

    def __init__(self, identities: Identities, others: Mapping[AccountId, AccountView]) -> None:
        self.identities = identities
        self._others = others
        self.onward = Onward(identities.view)

    def moves(self, holder: Holder, found: Calls, *, besides: Besides) -> Iterator[Move]:
        """The calls of `holder` that make it one not in `besides`; `found` are those that change permissions."""
        yield from self._taken(holder, besides.get(PrincipalKind.ROLE, ()))
        yield from self.changed(found, besides=besides)

    def changed(self, found: Calls, *, besides: Besides) -> Iterator[Move]:
        """Those of them that change a role or user, so that something of it stays."""
        for call in found.every:
            if call.action == REWRITE_TRUST:
                yield from _moves(call, PrincipalKind.ROLE, _LET_IN, besides)
            elif call.action in CREDENTIALS:
                yield from _moves(call, PrincipalKind.USER, _SIGNED_IN, besides)

    def _taken(self, holder: Holder, besides: Container[str]) -> Iterator[Move]:
        steps: dict[object, list[Step]] = {}
        for one in self.onward.steps(holder, besides=besides):
            terms = (one.hop.standing, one.hop.only_if, one.hop.unless, one.hop.doubts)
            steps.setdefault(terms, []).append(one)
        for alike in steps.values():
            yield Move(
                action=ASSUME_ROLE,
                kind=PrincipalKind.ROLE,
                names=tuple(one.role for one in alike),
                lasting="",
                hop=alike[0].hop,
            )

    def beyond(self, holder: Holder) -> Iterator[Beyond]:
        """Where `holder` may go outside the account, and which roles it may hand to a cloud service."""
        yield from self._foreign(holder)
        yield from self._unscanned(holder)
        yield from self._passed(holder)

    def _foreign(self, holder: Holder) -> Iterator[Beyond]:
        """The roles of other scanned accounts that let the holder in."""
        account = self.identities.account
        for other in self._others.values():
            if other.account == account:
                continue
            for role in other.roles:
                if any(entry.principal.account == account for entry in role.entries):
                    hop = asks(holder, role.role.arn, account=account).then(
                        let_in(role, caller_of(holder, account))
                    )
                    if hop.standing is not Standing.DENIED:
                        on = f"role `{role.name}` of account `{other.account}`"
                        yield Beyond(action=ASSUME_ROLE, on=on, then=f"it may do what {on} may do", hop=hop)

    def _unscanned(self, holder: Holder) -> Iterator[Beyond]:
        """Accounts that were not scanned and whose roles the holder may ask for."""
        wide = any_role(holder, self.identities.account)["any account"]
        if wide.standing is not Standing.DENIED:
            doubt = "which roles of accounts that were not scanned let it in is not known"
            yield _not_seen("roles of any other account", wide, doubt)
            return
        for account in sorted(_accounts_named(holder) - {self.identities.account, *self._others}):
            doubt = f"account `{account}` was not scanned, so whether its roles let it in is not known"
            found = _named_there(holder, account)
            if found is not None:
                yield _not_seen(f"roles of account `{account}`", found, doubt)

    def _passed(self, holder: Holder) -> Iterator[Beyond]:
        for aim in aims_of(holder, _HAND_OVER, self.identities):
            names = [name for name in aim.names if self._serves(name)]
            if names:
                who = named(Kind.ROLE, names)
                doubt = "whether it may start anything in a service that takes such a role was not looked at"
                hop = hop_of(aim.grant).then(Hop(standing=Standing.UNCERTAIN, doubts=(doubt,)))
                then = f"a cloud service that it uses may do what {who} may do"
                yield Beyond(action=_HAND_OVER, on=who, then=then, hop=hop)

    def _serves(self, name: str) -> bool:
        """Whether a cloud service may take the role of this name."""
        role = self.identities.view.role(name)
        return role is not None and any(entry.principal.form in _SERVICES for entry in role.entries)


def _named_there(holder: Holder, account: str) -> Grant | None:
    """The surest grant on a role of `account` that the policies name."""
    for _, pattern in allowed_patterns(holder, ASSUME_ROLE):
        parts = Arn.parse(pattern)
        if parts is not None and parts.account == account:
            resource = pattern.replace("*", "some-role").replace("?", "x")
            found = grant(holder, action=ASSUME_ROLE, resource=resource)
            if found.standing is not Standing.DENIED:
                return found
    return None


def _accounts_named(holder: Holder) -> set[AccountId]:
    named = (Arn.parse(pattern) for _, pattern in allowed_patterns(holder, ASSUME_ROLE))
    return {AccountId(parts.account) for parts in named if parts is not None and is_account_id(parts.account)}


def _moves(call: PermissionCall, kind: PrincipalKind, lasting: str, besides: Besides) -> Iterator[Move]:
    known = besides.get(kind, ())
    for aim in call.on:
        names = tuple(name for name in aim.names if name not in known)
        if names:
            yield Move(action=call.action, kind=kind, names=names, lasting=lasting, hop=hop_of(aim.grant))


def _not_seen(on: str, found: Grant, doubt: str) -> Beyond:
    hop = hop_of(found).then(Hop(standing=Standing.UNCERTAIN, doubts=(doubt,)))
    return Beyond(action=ASSUME_ROLE, on=on, then="it may do what those roles that let it in may do", hop=hop)
