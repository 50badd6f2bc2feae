"""Dormant versions: what a policy would allow if another of its versions became the default one.

Only the default version of a policy takes effect, and one call, `ram:SetDefaultPolicyVersion`, makes another
one the default. A version is held against the default one by what they allow, with the policy taken by itself and
attached to the whole account: what else a role carries is left out. Where a document was not read, or the two
cannot be compared for certain, that is said and nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

from scanner.access.admission import trust_doubts
from scanner.access.gains import Gains, Inventory
from scanner.access.gaps import GapIndex
from scanner.access.grants import Grant, Standing, grant, offered
from scanner.access.view import AccountView, RoleView
from scanner.model.policy import Attachment, Policy, PolicyKind, PolicyRef, PolicyVersion, PrincipalKind
from scanner.model.snapshot import Subject
from scanner.policy.catalogue import ResourceType
from scanner.policy.compare import compare
from scanner.policy.comparison import Answer, Change, Comparison, Direction, PolicySet, Witness
from scanner.policy.comparison_words import doubt_words
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyDocument, PolicyType

_Texts: TypeAlias = tuple[str, str]

SWITCH: Final = "ram:SetDefaultPolicyVersion"
_TELLING: Final = (ResourceType.TOPIC, ResourceType.GROUP, ResourceType.INSTANCE)
_EXAMPLES: Final = 64
"""How many resources that are newly reached are offered to the comparison as examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DormantVersion:
    """A version that is not the default one, held against it."""

    version: PolicyVersion
    source: SourcedPolicy | None
    """Its document; None where it was not read."""
    unread: str
    """In words, why it could not be compared; empty where it was."""
    comparison: Comparison | None
    """What it allows and the default version does not; None where it could not be compared."""

    @property
    def broader(self) -> bool:
        """Whether it allows what the default version does not, for certain."""
        return self.comparison is not None and self.comparison.answer is Answer.NEW_ACCESS

    @property
    def unknown(self) -> bool:
        """Whether it may be broader and nobody can tell."""
        return self.comparison is None or self.comparison.answer is Answer.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a version would open if it became the default one."""

    witness: Witness | None
    """A request that it allows and the default version does not; where that is not certain, one that may be so."""
    gains: Gains
    """What it newly reaches of what exists; nothing where it is not broader for certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switcher:
    """A role that others may assume, and that may, or perhaps may, choose the policy's default version."""

    role: str
    grant: Grant

    @property
    def certain(self) -> bool:
        """Whether it may, under conditions at least."""
        return self.grant.standing.grants


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedPolicy:
    """A custom policy with all its versions."""

    policy: Policy
    default: SourcedPolicy | None
    """The default version's document; None where it was not read."""
    dormant: tuple[DormantVersion, ...]
    """The other versions, oldest first."""
    unread: str
    """In words, why there may be versions that are not here; empty where all were listed."""
    roles: tuple[str, ...]
    """The roles that carry it and that others may assume."""
    holders: tuple[Attachment, ...]
    """Everything that it is attached to."""
    switchers: tuple[Switcher, ...]

    @property
    def ref(self) -> PolicyRef:
        """What names it."""
        return self.policy.ref

    @property
    def broader(self) -> tuple[DormantVersion, ...]:
        """The versions that allow what the default one does not."""
        return tuple(version for version in self.dormant if version.broader)

    @property
    def doubts(self) -> tuple[str, ...]:
        """In words, what keeps open whether a version is broader."""
        own = (self.unread,) if self.unread else ()
        return (*own, *(_why(self.ref, version) for version in self.dormant if version.unknown))


class Versions:
    """The custom policies of an account with their versions; two texts are compared once."""

    def __init__(self, view: AccountView) -> None:
        self._view = view
        self._gaps = GapIndex(view.snapshot.gaps)
        self._found: dict[PolicyRef, VersionedPolicy] = {}
        self._compared: dict[_Texts, Comparison] = {}
        self._openings: dict[_Texts, Opening] = {}

    def every(self) -> Iterator[VersionedPolicy]:
        """Every custom policy: those of roles that others may assume first, then by name."""
        found = [self.of(policy) for _, policy in sorted(self._custom.items())]
        yield from sorted(found, key=lambda one: not one.roles)

    def named(self, ref: PolicyRef) -> VersionedPolicy | None:
        """The custom policy `ref`; None where it was not read, or is no custom policy."""
        policy = self._custom.get(ref)
        return None if policy is None else self.of(policy)

    def of(self, policy: Policy) -> VersionedPolicy:
        """The policy with its versions compared."""
        if policy.ref not in self._found:
            self._found[policy.ref] = self._versioned(policy)
        return self._found[policy.ref]

    def direction(self, version: DormantVersion, of: VersionedPolicy) -> Direction:
        """What the version allows against the default one."""
        if version.comparison is None or version.source is None or of.default is None:
            return Direction.UNKNOWN
        lost = self._compare(of.default, version.source)
        return Change(wider=version.comparison, narrower=lost).direction

    def opening(self, version: DormantVersion, of: VersionedPolicy) -> Opening:
        """What the version would open, with an example that exists where there is one."""
        comparison = version.comparison
        if comparison is None or version.source is None or of.default is None:
            return Opening(witness=None, gains=Gains())
        if not version.broader:
            return Opening(witness=comparison.possible, gains=Gains())
        texts = _texts(version.source, of.default)
        if texts not in self._openings:
            self._openings[texts] = self._opened(version.source, of.default, comparison)
        return self._openings[texts]

    def unread(self, ref: PolicyRef) -> str:
        """In words, why the versions of `ref` are not all known; empty where they are."""
        why = self._gaps.why(Subject.POLICY_VERSIONS, str(ref))
        return "" if why is None else f"the versions of policy `{ref}`: {why}"

    def _versioned(self, policy: Policy) -> VersionedPolicy:
        default = _sourced(policy, policy.effective)
        holders = self._holders.get(policy.ref, ())
        delegated = {role.name for role in self._delegated}
        return VersionedPolicy(
            policy=policy,
            default=default,
            dormant=tuple(self._dormant(policy, v, default) for v in policy.versions if not v.is_default),
            unread=self.unread(policy.ref),
            roles=tuple(dict.fromkeys(a.principal for a in holders if _carried_by(a, delegated))),
            holders=tuple(holders),
            switchers=tuple(self._switchers(policy.ref)) if len(policy.versions) > 1 else (),
        )

    def _dormant(
        self, policy: Policy, version: PolicyVersion, default: SourcedPolicy | None
    ) -> DormantVersion:
        source = _sourced(policy, version)
        if source is None or default is None:
            which = "the default version" if default is None else f"version {version.version_id}"
            why = self._gaps.why(Subject.POLICY_VERSIONS, str(policy.ref)) or "not read"
            unread = f"{which} of policy `{policy.ref}`: {why}"
            return DormantVersion(version=version, source=source, unread=unread, comparison=None)
        comparison = self._compare(source, default)
        return DormantVersion(version=version, source=source, unread="", comparison=comparison)

    def _compare(self, new: SourcedPolicy, old: SourcedPolicy) -> Comparison:
        texts = _texts(new, old)
        if texts not in self._compared:
            self._compared[texts] = compare(_alone(new), _alone(old), account=self._view.account)
        return self._compared[texts]

    def _opened(self, new: SourcedPolicy, old: SourcedPolicy, comparison: Comparison) -> Opening:
        gained = self._inventory.gains(new, old)
        if not gained.resources:
            return Opening(witness=comparison.witness, gains=gained)
        # Once more, so that the example is something that exists: a topic says more than what is around it.
        telling = min(gained.by_type, key=_TELLING.index)
        names = [resource.arn for resource in gained.resources if resource.type is telling][:_EXAMPLES]
        shown = compare(_alone(new), _alone(old), account=self._view.account, inventory=names)
        return Opening(witness=shown.witness, gains=gained)

    def _switchers(self, ref: PolicyRef) -> Iterator[Switcher]:
        resource = f"acs:ram::{self._view.account}:policy/{ref.name}"
        for role in self._offered_to_switch:
            found = grant(role, action=SWITCH, resource=resource)
            if found.standing is not Standing.DENIED:
                yield Switcher(role=role.name, grant=found)

    @cached_property
    def _inventory(self) -> Inventory:
        return Inventory(self._view.resources)

    @cached_property
    def _offered_to_switch(self) -> tuple[RoleView, ...]:
        """The roles that others may assume and that an Allow statement may let switch something."""
        return tuple(role for role in self._delegated if SWITCH in offered(role))

    @cached_property
    def _custom(self) -> Mapping[PolicyRef, Policy]:
        policies = self._view.snapshot.policies
        return {policy.ref: policy for policy in policies if policy.ref.kind is PolicyKind.CUSTOM}

    @cached_property
    def _holders(self) -> Mapping[PolicyRef, Sequence[Attachment]]:
        found: dict[PolicyRef, list[Attachment]] = {}
        for attachment in self._view.snapshot.attachments:
            found.setdefault(attachment.policy, []).append(attachment)
        return found

    @cached_property
    def _delegated(self) -> tuple[RoleView, ...]:
        """The roles that somebody outside may assume, or of which nobody can tell."""
        return tuple(role for role in self._view.roles if role.foreign or trust_doubts(role))


def _sourced(policy: Policy, version: PolicyVersion | None) -> SourcedPolicy | None:
    if version is None or version.document is None:
        return None
    document = _parsed(version.document.text)
    return SourcedPolicy(document=document, label=str(policy.ref), version=version.version_id)


@lru_cache(maxsize=8_192)
def _parsed(text: str) -> PolicyDocument:
    return parse(text, type=PolicyType.PERMISSION)


def _texts(new: SourcedPolicy, old: SourcedPolicy) -> _Texts:
    return new.document.text, old.document.text


def _alone(policy: SourcedPolicy) -> PolicySet:
    return PolicySet(account=(policy,))


def _carried_by(attachment: Attachment, roles: Collection[str]) -> bool:
    return attachment.principal_kind is PrincipalKind.ROLE and attachment.principal in roles


def _why(ref: PolicyRef, version: DormantVersion) -> str:
    if version.comparison is None:
        return version.unread
    why = "; ".join(doubt_words(version.comparison)) or "too much to compare"
    return f"version {version.version.version_id} of policy `{ref}`: {why}"
