"""Who comes directly into a role from outside, as far as the callers' own accounts were scanned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.access.admission import trust_doubts
from scanner.access.delegations import ways_in
from scanner.access.entrance import Closed, Path, certainty_of
from scanner.access.grants import Grant, Standing
from scanner.access.hops import Hop, able, answered, by_entries, caller_of, entered_by, granted, let_in
from scanner.access.view import AccountView, Holder, RoleView
from scanner.model.delegation import KnownAccount, Relation, WayIn
from scanner.model.ids import AccountId
from scanner.model.snapshot import Subject
from scanner.policy.decision import AssumeCaller, CallerKind, SourcedPolicy
from scanner.policy.pattern import fold
from scanner.policy.syntax import PrincipalForm
from scanner.policy.trust import TrustEntry

NOBODY_THERE: Final = "no user or role of the account holds sts:AssumeRole on the role"
NO_GRANT: Final = "it holds no sts:AssumeRole on the role"
NOT_THERE: Final = "it does not exist"

_MOST_UNREAD: Final = 5
"""Unread parts of one account that a doubt lists."""
_ALL_ALIKE: Final = frozenset(
    {
        PrincipalForm.ROOT,
        PrincipalForm.SERVICE,
        PrincipalForm.ACCOUNT_SERVICE,
        PrincipalForm.SAML,
        PrincipalForm.OIDC,
    }
)
"""Forms that mean every user and role of an account, or none."""
_WITH_POLICIES: Final = frozenset({CallerKind.USER, CallerKind.ROLE})


class Doors:
    """The direct ways into the roles of one account; `closed` gathers whom they do not let in after all."""

    def __init__(
        self,
        view: AccountView,
        others: Mapping[AccountId, AccountView],
        known: Mapping[AccountId, KnownAccount],
    ) -> None:
        self._owner = view.account
        self._known = known
        foreign = (other for account, other in others.items() if account != view.account)
        self._accessors = {other.account: _Accessor(other) for other in foreign}
        self.closed: list[Closed] = []

    def into(self, role: RoleView) -> Iterator[Path]:
        """One path for each foreign principal of `role`, and one for whoever cannot be told."""
        by_principal: dict[str, list[TrustEntry]] = {}
        for entry in role.foreign:
            by_principal.setdefault(entry.principal.text, []).append(entry)
        found = (path for entries in by_principal.values() for path in self._by(entries, role))
        # A user who is named, and whose account is trusted as well, is one principal.
        once = {path.principal: path for path in found}
        yield from once.values()
        doubts = trust_doubts(role)
        if doubts and "" not in once:
            yield self._path(role, _perhaps(doubts), principal="", account=None)

    def _by(self, entries: Sequence[TrustEntry], role: RoleView) -> Iterator[Path]:
        """The paths of one principal as the trust policy writes it."""
        entry = entries[0]
        caller = entered_by(entry)
        accessor = self._accessors.get(AccountId(entry.principal.account or ""))
        if caller is None or accessor is None or caller.kind not in _WITH_POLICIES:
            yield self._as_written(role, entries, _trusted(role, entries, caller))
        elif entry.principal.form is PrincipalForm.ROOT:
            yield from self._of_account(role, entries, accessor)
        else:
            yield from self._of_named(role, entries, accessor, caller)

    def _of_account(
        self, role: RoleView, entries: Sequence[TrustEntry], accessor: _Accessor
    ) -> Iterator[Path]:
        """The users and roles of a trusted account that may use the trust."""
        asking = [(holder, accessor.asks(holder, role)) for holder in accessor.able]
        found = [(holder, asked) for holder, asked in asking if asked.standing is not Standing.DENIED]
        alike = None if _tells_apart(role) or not found else _trusted(role, entries, entered_by(entries[0]))
        for holder, asked in found:
            trusted = alike or _trusted(role, entries, caller_of(holder, accessor.account))
            yield self._of_holder(role, entries, holder, trusted.then(asked), accessor.account)
        if accessor.unread:
            hop = _trusted(role, entries, entered_by(entries[0])).then(_perhaps(accessor.unread))
            yield self._as_written(role, entries, hop, scanned=True)
        elif not found:
            self._close(role, entries[0].principal.text, accessor.account, NOBODY_THERE)

    def _of_named(
        self, role: RoleView, entries: Sequence[TrustEntry], accessor: _Accessor, caller: AssumeCaller
    ) -> Iterator[Path]:
        """The user or role that is named, if it may use the trust."""
        holder, doubts = accessor.named(caller.kind, entries[0].principal.name)
        if holder is None and doubts:
            hop = _trusted(role, entries, caller).then(_perhaps(doubts))
            yield self._as_written(role, entries, hop, scanned=True)
            return
        asked = None if holder is None else _unless_unread(accessor.asks(holder, role))
        if holder is None or asked is None:
            self._close(role, caller.arn, accessor.account, NOT_THERE if holder is None else NO_GRANT)
        else:
            trusted = _trusted(role, entries, caller_of(holder, accessor.account))
            yield self._of_holder(role, entries, holder, trusted.then(asked), accessor.account)

    def _of_holder(
        self, role: RoleView, entries: Sequence[TrustEntry], holder: Holder, hop: Hop, account: AccountId
    ) -> Path:
        """The path of a user or role whose own policies let it ask."""
        return self._path(
            role,
            hop,
            principal=caller_of(holder, account).arn,
            account=account,
            ways=ways_in(role, entries),
            scanned=True,
        )

    def _as_written(
        self, role: RoleView, entries: Sequence[TrustEntry], hop: Hop, *, scanned: bool = False
    ) -> Path:
        principal = entries[0].principal
        return self._path(
            role,
            hop,
            principal=principal.text,
            account=None if principal.account is None else AccountId(principal.account),
            ways=ways_in(role, entries),
            scanned=scanned,
        )

    def _path(
        self,
        role: RoleView,
        hop: Hop,
        *,
        principal: str,
        account: AccountId | None,
        ways: tuple[WayIn, ...] = (),
        scanned: bool = False,
    ) -> Path:
        partner = None if account is None else self._known.get(account)
        return Path(
            owner=self._owner,
            principal=principal,
            account=account,
            partner="" if partner is None else partner.name,
            relation=Relation.UNKNOWN if partner is None else partner.relation,
            roles=(role.name,),
            ways=ways,
            certainty=certainty_of(hop.standing),
            only_if=hop.only_if,
            unless=hop.unless,
            doubts=hop.doubts,
            accessor_scanned=scanned,
            statements=hop.statements,
        )

    def _close(self, role: RoleView, principal: str, account: AccountId, because: str) -> None:
        self.closed.append(Closed(role=role.name, principal=principal, account=account, because=because))


class _Accessor:
    """The users and roles of another scanned account."""

    def __init__(self, view: AccountView) -> None:
        self.account = view.account
        self.able = able(view)
        """Those that may hold `sts:AssumeRole`, by what was read."""
        self._granted: dict[tuple[tuple[SourcedPolicy, ...], str], Grant] = {}
        self._users: dict[str, Holder] = {user.name: user for user in view.users}
        self._roles: dict[str, Holder] = {role.name: role for role in view.roles}
        gaps = view.snapshot.gaps_in(Subject.USERS, Subject.ROLES, Subject.GROUPS)
        self._not_listed = tuple(
            f"{gap.subject.value} of account `{view.account}`: {gap.because}" for gap in gaps if not gap.name
        )
        holders: tuple[Holder, ...] = (*view.users, *view.roles)
        unread = dict.fromkeys(why for holder in holders for why in holder.unread)
        self.unread = _first_of((*self._not_listed, *(f"account `{view.account}`: {why}" for why in unread)))
        """In words, why others there may hold it."""

    def named(self, kind: CallerKind, name: str) -> tuple[Holder | None, tuple[str, ...]]:
        """The user or role of this name; where there is none, why there may be one after all."""
        holders = self._users if kind is CallerKind.USER else self._roles
        if name in holders:
            return holders[name], ()
        alike = sorted(other for other in holders if fold(other) == fold(name))
        doubts = (f"the account has `{other}`, and whether case counts is not documented" for other in alike)
        return None, (*doubts, *self._not_listed)

    def asks(self, holder: Holder, role: RoleView) -> Hop:
        """What the holder's own policies say to assuming `role`; who holds the same policies shares the work."""
        key = (holder.policies, role.role.arn)
        if key not in self._granted:
            self._granted[key] = granted(holder, role.role.arn, account=self.account)
        return answered(holder, self._granted[key], account=self.account)


def _tells_apart(role: RoleView) -> bool:
    """Whether it matters to the trust policy which user or role of an account asks."""
    return any(entry.principal.form not in _ALL_ALIKE for entry in role.entries)


def _trusted(role: RoleView, entries: Sequence[TrustEntry], caller: AssumeCaller | None) -> Hop:
    """What the trust policy says to `caller`, whom `entries` name, or may name."""
    hop = None if caller is None else let_in(role, caller)
    return by_entries(role, entries) if hop is None or hop.standing is Standing.DENIED else hop


def _unless_unread(asked: Hop) -> Hop | None:
    """None for a refusal; what was not read makes of a refusal a doubt."""
    if asked.standing is not Standing.DENIED:
        return asked
    return _perhaps(asked.doubts) if asked.doubts else None


def _perhaps(doubts: tuple[str, ...]) -> Hop:
    return Hop(standing=Standing.UNCERTAIN, doubts=doubts)


def _first_of(texts: Sequence[str]) -> tuple[str, ...]:
    rest = len(texts) - _MOST_UNREAD
    return tuple(texts) if rest <= 0 else (*texts[:_MOST_UNREAD], f"and {rest} more")
