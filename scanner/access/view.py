"""One account's snapshot, parsed and indexed for questions.

It decides nothing about danger; it answers what is trusted, granted and there, and
says where the snapshot cannot answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from scanner.access.gaps import GapIndex
from scanner.access.holdings import Held, Holdings
from scanner.access.resources import Resources
from scanner.model.broker import Instance
from scanner.model.finding import Evidence
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment, PrincipalKind
from scanner.model.role import Role
from scanner.model.snapshot import Snapshot, Subject
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import Effect, PolicyDocument, PolicyType, PrincipalForm
from scanner.policy.trust import TrustEntry, trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalView:
    """A user or group with every policy that counts for it; a user's include its groups'."""

    name: str
    kind: PrincipalKind
    policies: tuple[SourcedPolicy, ...]
    """Effective versions, parsed; both scopes, told apart by `resource_group`."""
    basis: tuple[Evidence, ...]
    """What `policies` was read from: the evidence of a PASS."""
    unread: tuple[str, ...]
    """In words, what of its permissions could not be read; empty when they are complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """A role with its trust policy taken apart and the policies attached to it."""

    role: Role
    trust: PolicyDocument | None
    trust_unread: str | None
    """In words, why `trust` is missing; None when it was read."""
    entries: tuple[TrustEntry, ...]
    foreign: tuple[TrustEntry, ...]
    """The entries that let in somebody outside the account, or somebody nobody can tell."""
    attachments: tuple[Attachment, ...]
    policies: tuple[SourcedPolicy, ...]
    """Effective versions, parsed; both scopes, told apart by `resource_group`."""
    basis: tuple[Evidence, ...]
    """What `policies` was read from: the evidence of a PASS."""
    unread: tuple[str, ...]
    """In words, what of its permissions could not be read; empty when they are complete."""

    @property
    def name(self) -> str:
        """The role's name."""
        return self.role.name

    @property
    def kind(self) -> PrincipalKind:
        """Always a role."""
        return PrincipalKind.ROLE


Holder = RoleView | PrincipalView
"""Whoever holds permissions."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AccountView:
    """One account, ready for questions; make it with `AccountView.of`."""

    snapshot: Snapshot
    roles: tuple[RoleView, ...]
    """Sorted by name."""
    users: tuple[PrincipalView, ...]
    """Sorted by name."""
    groups: tuple[PrincipalView, ...]
    """Sorted by name."""
    resources: Resources
    """The RocketMQ resources that the scan found, by resource name."""
    _roles: Mapping[str, RoleView] = field(repr=False)

    @staticmethod
    def of(snapshot: Snapshot) -> AccountView:
        """The view of `snapshot`; each distinct document is parsed once."""
        gaps = GapIndex(snapshot.gaps)
        holdings = Holdings(snapshot, gaps)
        roles = tuple(_RoleReader(snapshot.account, holdings, gaps).views(snapshot.roles))
        return AccountView(
            snapshot=snapshot,
            roles=roles,
            users=tuple(
                _principal_view(user.name, PrincipalKind.USER, holdings.held_by_user(user.name))
                for user in snapshot.users
            ),
            groups=tuple(
                _principal_view(
                    group.name, PrincipalKind.GROUP, holdings.held(PrincipalKind.GROUP, group.name)
                )
                for group in snapshot.groups
            ),
            resources=Resources(snapshot),
            _roles={view.name: view for view in roles},
        )

    @property
    def account(self) -> AccountId:
        """The account that was scanned."""
        return self.snapshot.account

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The RocketMQ instances of both series."""
        return self.snapshot.instances

    @property
    def roles_unread(self) -> str | None:
        """In words, why the list of roles is not complete; None when it is."""
        gaps = self.snapshot.gaps_in(Subject.ROLES)
        return f"the roles of the account: {gaps[0].because}" if gaps else None

    def role(self, name: str) -> RoleView | None:
        """The role called `name`, or None when the scan did not find it."""
        return self._roles.get(name)


class _RoleReader:
    """Makes views of roles; a trust policy that several roles share is taken apart once."""

    def __init__(self, account: AccountId, holdings: Holdings, gaps: GapIndex) -> None:
        self._account = account
        self._holdings = holdings
        self._gaps = gaps
        self._read_trust: Callable[[str], tuple[PolicyDocument, tuple[TrustEntry, ...]]] = cache(_read_trust)

    def views(self, roles: tuple[Role, ...]) -> list[RoleView]:
        return [self._view(role) for role in sorted(roles, key=lambda role: role.name)]

    def _view(self, role: Role) -> RoleView:
        document, entries = (None, ()) if role.trust is None else self._read_trust(role.trust.text)
        held = self._holdings.held(PrincipalKind.ROLE, role.name)
        return RoleView(
            role=role,
            trust=document,
            trust_unread=self._trust_unread(role),
            entries=entries,
            foreign=tuple(entry for entry in entries if is_foreign(entry, account=self._account)),
            attachments=self._holdings.attachments(PrincipalKind.ROLE, role.name),
            policies=held.policies,
            basis=held.basis,
            unread=held.unread,
        )

    def _trust_unread(self, role: Role) -> str | None:
        if role.trust is not None:
            return None
        return (
            f"the trust policy of role `{role.name}`: {self._gaps.why(Subject.ROLE, role.name) or 'not read'}"
        )


def is_foreign(entry: TrustEntry, *, account: AccountId) -> bool:
    """Whether a trust entry lets in somebody outside `account`, or somebody nobody can tell."""
    if entry.effect is not Effect.ALLOW:
        return False
    match entry.principal.form:
        case PrincipalForm.ANYONE | PrincipalForm.UNSUPPORTED:
            return True
        case PrincipalForm.SERVICE:
            return False
        case _:
            return entry.principal.account != account


def _read_trust(text: str) -> tuple[PolicyDocument, tuple[TrustEntry, ...]]:
    document = parse(text, type=PolicyType.TRUST)
    return document, trusted(document)


def _principal_view(name: str, kind: PrincipalKind, held: Held) -> PrincipalView:
    return PrincipalView(name=name, kind=kind, policies=held.policies, basis=held.basis, unread=held.unread)
