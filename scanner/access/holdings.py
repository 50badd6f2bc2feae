"""Who holds which policies: attachments and effective versions, brought together once.

Each distinct text is parsed once, however often it is attached. What a policy allows is
decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.access.gaps import GapIndex
from scanner.model.finding import Evidence
from scanner.model.policy import Attachment, Policy, PolicyRef, PrincipalKind
from scanner.model.snapshot import Snapshot, Subject
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyDocument, PolicyType


@dataclass(frozen=True, slots=True)
class Held:
    """The policies that count for one principal, and what of them is missing."""

    policies: tuple[SourcedPolicy, ...]
    """Effective versions, parsed; both scopes, told apart by `resource_group`."""
    basis: tuple[Evidence, ...]
    """What `policies` was read from: the evidence of a PASS."""
    unread: tuple[str, ...]
    """In words, what could not be read; empty when nothing is missing."""


@dataclass(frozen=True, slots=True)
class _Effective:
    """A policy's effective version, ready to be judged."""

    document: PolicyDocument
    version: str
    evidence: Evidence


class Holdings:
    """Answers what is attached to a principal of one snapshot."""

    def __init__(self, snapshot: Snapshot, gaps: GapIndex) -> None:
        self._gaps = gaps
        self._stored = {policy.ref: policy for policy in snapshot.policies}
        self._attached: dict[tuple[PrincipalKind, str], list[Attachment]] = {}
        for attachment in snapshot.attachments:
            holder = (attachment.principal_kind, attachment.principal)
            self._attached.setdefault(holder, []).append(attachment)
        self._groups_of: dict[str, list[str]] = {}
        for group in snapshot.groups:
            for member in group.members or ():
                self._groups_of.setdefault(member, []).append(group.name)
        self._groups_unread = tuple(self._unread_groups(snapshot))
        self._effective: dict[PolicyRef, _Effective | str] = {}
        self._sourced: dict[tuple[PolicyRef, str | None], SourcedPolicy] = {}
        self._parsed: dict[str, PolicyDocument] = {}

    def attachments(self, kind: PrincipalKind, name: str) -> tuple[Attachment, ...]:
        """What is attached to the principal itself."""
        return tuple(self._attached.get((kind, name), ()))

    def held(self, kind: PrincipalKind, name: str) -> Held:
        """What the attachments of the principal itself come to."""
        attachments = self.attachments(kind, name)
        effective = [(a, self._effective_version(a.policy)) for a in attachments]
        unread = (
            *self._unread_attachments(kind, name),
            *(missing for _, missing in effective if isinstance(missing, str)),
        )
        read = [(a, found) for a, found in effective if isinstance(found, _Effective)]
        basis = tuple(found.evidence for _, found in read)
        if not attachments and not unread:
            nothing = f"no policy is attached to {kind.value} `{name}`"
            basis = (Evidence(source="attachments", excerpt=nothing),)
        return Held(tuple(self._source(a, found) for a, found in read), basis, unread)

    def held_by_user(self, name: str) -> Held:
        """What counts for a user: its own policies and those of its groups."""
        parts = [self.held(PrincipalKind.USER, name)]
        parts += [self.held(PrincipalKind.GROUP, group) for group in self._groups_of.get(name, ())]
        own = {(p.label, p.resource_group): p for part in parts for p in part.policies}
        return Held(
            tuple(own.values()),
            tuple(dict.fromkeys(evidence for part in parts for evidence in part.basis)),
            (*_once(words for part in parts for words in part.unread), *self._groups_unread),
        )

    def _unread_attachments(self, kind: PrincipalKind, name: str) -> Iterable[str]:
        why = self._gaps.why(Subject.ATTACHMENTS, name)
        if why is not None:
            yield f"the policies attached to {kind.value} `{name}`: {why}"
        why = self._gaps.why(Subject.RESOURCE_GROUP_ATTACHMENTS, name)
        if why is not None:
            yield f"what is attached to {kind.value} `{name}` in resource groups: {why}"

    def _unread_groups(self, snapshot: Snapshot) -> Iterable[str]:
        """Why a user may be in more groups than the snapshot shows."""
        why = self._gaps.why(Subject.GROUPS)
        if why is not None:
            yield f"the groups of the account: {why}"
        for group in snapshot.groups:
            if group.members is None:
                why = self._gaps.why(Subject.GROUP_MEMBERS, group.name) or "not read"
                yield f"the members of group `{group.name}`: {why}"

    def _source(self, attachment: Attachment, effective: _Effective) -> SourcedPolicy:
        key = (attachment.policy, attachment.resource_group)
        if key not in self._sourced:
            self._sourced[key] = SourcedPolicy(
                document=effective.document,
                label=str(attachment.policy),
                version=effective.version,
                resource_group=attachment.resource_group,
            )
        return self._sourced[key]

    def _effective_version(self, ref: PolicyRef) -> _Effective | str:
        """The effective version, or in words why it is not known."""
        if ref not in self._effective:
            self._effective[ref] = self._read(ref, self._stored.get(ref))
        return self._effective[ref]

    def _read(self, ref: PolicyRef, stored: Policy | None) -> _Effective | str:
        """A failed read of the policy counts even where a text of it came another way."""
        refused = self._gaps.why(Subject.POLICY, str(ref))
        version = None if stored is None else stored.effective
        if refused is not None or version is None or version.document is None:
            why = refused or self._gaps.why(Subject.POLICY_VERSIONS, str(ref)) or "not read"
            return f"policy `{ref}`: {why}"
        text = version.document.text
        if text not in self._parsed:
            self._parsed[text] = parse(text, type=PolicyType.PERMISSION)
        digest = version.document.digest
        evidence = Evidence(source=str(ref), version=version.version_id, path="$", digest=digest)
        return _Effective(self._parsed[text], version.version_id, evidence)


def _once(words: Iterable[str]) -> Sequence[str]:
    return tuple(dict.fromkeys(words))
