"""The roles, users, groups and policies of an account as things that calls are made on, and who holds which policy.

Whether anybody may make those calls is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

from scanner.access.alike import Thing
from scanner.access.view import AccountView, Holder
from scanner.model.ids import AccountId, role_arn, user_arn
from scanner.model.policy import Attachment, Policy, PolicyKind, PolicyRef, PrincipalKind

ADMINISTRATOR: Final = PolicyRef(PolicyKind.SYSTEM, "AdministratorAccess")
"""The system policy that allows everything; it is there in every account, attached or not."""


class Kind(StrEnum):
    """What a call about permissions is made on."""

    ROLE = "role"
    USER = "user"
    GROUP = "group"
    POLICY = "policy"

    @staticmethod
    def of(resource: str) -> Kind | None:
        """The kind that a resource name, or the form of one, tells; None for any other."""
        word = resource.rpartition(":")[2].partition("/")[0]
        return Kind(word) if word in set(Kind) else None


class Identity(NamedTuple):
    """A user, group or role of the account."""

    kind: PrincipalKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind.value} `{self.name}`"


NAMES: Final = 3
"""How many names a phrase lists before it counts the rest."""
_PLURALS: Final = {
    Kind.ROLE: "roles",
    Kind.USER: "users",
    Kind.GROUP: "groups",
    Kind.POLICY: "policies",
}


def named(kind: Kind, names: Sequence[str]) -> str:
    """Things by name: ``role `a` ``, or ``roles `a`, `b` and 3 more``."""
    return listed(kind.value, _PLURALS[kind], names)


def listed(one: str, several: str, names: Sequence[str]) -> str:
    """`names` after the word for them, the first few by name."""
    if len(names) == 1:
        return f"{one} `{names[0]}`"
    shown = ", ".join(f"`{name}`" for name in names[:NAMES])
    rest = len(names) - NAMES
    return f"{several} {shown}" + (f" and {rest} more" if rest > 0 else "")


class Identities:
    """Answers what there is to make calls on."""

    def __init__(self, view: AccountView) -> None:
        self._view = view

    @property
    def account(self) -> AccountId:
        """The account that they are of."""
        return self._view.account

    @property
    def view(self) -> AccountView:
        """The account itself."""
        return self._view

    def holder(self, identity: Identity) -> Holder | None:
        """The identity with its permissions, or None when the scan did not find it."""
        return self._holders.get(identity)

    @cached_property
    def _holders(self) -> Mapping[Identity, Holder]:
        view = self._view
        everybody: tuple[Holder, ...] = (*view.roles, *view.users, *view.groups)
        return {Identity(one.kind, one.name): one for one in everybody}

    @cached_property
    def things(self) -> Mapping[Kind, Sequence[Thing]]:
        """All that exist, by name; policies are named as `Custom:orders`. Service-linked roles cannot be changed."""
        view = self._view
        return {
            Kind.ROLE: [self._role(role.name) for role in view.roles if not role.role.service_linked],
            Kind.USER: [Thing(user.name, user_arn(view.account, user.name)) for user in view.users],
            Kind.GROUP: [
                Thing(group.name, f"acs:ram::{view.account}:group/{group.name}") for group in view.groups
            ],
            Kind.POLICY: [Thing(str(ref), self.policy_arn(ref)) for ref in self._policies],
        }

    def exists(self, kind: Kind, arn: str) -> bool:
        """Whether one of `things` has this resource name."""
        return arn in self._arns[kind]

    @cached_property
    def _arns(self) -> Mapping[Kind, frozenset[str]]:
        return {kind: frozenset(thing.arn for thing in things) for kind, things in self.things.items()}

    @cached_property
    def custom_policies(self) -> Sequence[Thing]:
        """The policies that can be changed."""
        return [
            Thing(str(ref), self.policy_arn(ref)) for ref in self._policies if ref.kind is PolicyKind.CUSTOM
        ]

    @cached_property
    def _policies(self) -> Sequence[PolicyRef]:
        snapshot = self._view.snapshot
        read = {policy.ref for policy in snapshot.policies}
        return sorted(read | {a.policy for a in snapshot.attachments} | {ADMINISTRATOR})

    def _role(self, name: str) -> Thing:
        return Thing(name, role_arn(self.account, name))

    def policy_arn(self, ref: PolicyRef) -> str:
        """The resource name of a policy."""
        account = "system" if ref.kind is PolicyKind.SYSTEM else self.account
        return f"acs:ram::{account}:policy/{ref.name}"

    def attachments(self, identity: Identity) -> tuple[Attachment, ...]:
        """What counts for the identity: its own attachments and, for a user, those of its groups."""
        own = [*self._attached.get(identity, ())]
        for group in self.groups_of(identity):
            own += self._attached.get(group, ())
        return tuple(own)

    def policy(self, ref: PolicyRef) -> Policy | None:
        """The policy with its versions, or None when it was not read."""
        return self._stored.get(ref)

    @cached_property
    def _stored(self) -> Mapping[PolicyRef, Policy]:
        return {policy.ref: policy for policy in self._view.snapshot.policies}

    def members(self, identity: Identity) -> tuple[Identity, ...]:
        """The users in a group, as far as they were read."""
        if identity.kind is not PrincipalKind.GROUP:
            return ()
        return tuple(Identity(PrincipalKind.USER, name) for name in self._members.get(identity.name, ()))

    @cached_property
    def _members(self) -> Mapping[str, tuple[str, ...]]:
        return {group.name: group.members or () for group in self._view.snapshot.groups}

    def holders_of(self, policy: PolicyRef) -> tuple[Attachment, ...]:
        """The attachments of one policy."""
        return tuple(self._by_policy.get(policy, ()))

    @cached_property
    def _attached(self) -> Mapping[Identity, list[Attachment]]:
        found: dict[Identity, list[Attachment]] = {}
        for attachment in self._view.snapshot.attachments:
            found.setdefault(Identity(attachment.principal_kind, attachment.principal), []).append(attachment)
        return found

    @cached_property
    def _by_policy(self) -> Mapping[PolicyRef, list[Attachment]]:
        found: dict[PolicyRef, list[Attachment]] = {}
        for attachment in self._view.snapshot.attachments:
            found.setdefault(attachment.policy, []).append(attachment)
        return found

    def groups_of(self, identity: Identity) -> tuple[Identity, ...]:
        """The groups of a user, as far as their members were read."""
        if identity.kind is not PrincipalKind.USER:
            return ()
        return tuple(Identity(PrincipalKind.GROUP, name) for name in self._memberships.get(identity.name, ()))

    @cached_property
    def _memberships(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for group in self._view.snapshot.groups:
            for member in group.members or ():
                found.setdefault(member, []).append(group.name)
        return found

    def own(self, identity: Identity) -> Mapping[Kind, Sequence[str]]:
        """What of which a change changes what the identity may do: itself, its groups, its own custom policies."""
        custom = (a.policy for a in self.attachments(identity) if a.policy.kind is PolicyKind.CUSTOM)
        found: dict[Kind, list[str]] = {Kind.POLICY: list(dict.fromkeys(map(str, custom)))}
        for one in (identity, *self.groups_of(identity)):
            found.setdefault(Kind(one.kind.value), []).append(one.name)
        return found


def permissions_of(holder: Holder) -> tuple[int, ...]:
    """The same for all holders of one account view who hold the same policies."""
    return tuple(map(id, holder.policies))
