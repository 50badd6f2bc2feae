"""Read roles, policies, attachments, users and groups, each as soon as it is known to be there."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scanner.app.collect_reading import Reading
from scanner.model.document import Document
from scanner.model.policy import Attachment, Policy, PolicyRef, PolicyVersion, PrincipalKind
from scanner.model.role import Role
from scanner.model.snapshot import Subject
from scanner.model.user import Group, User

_AttachmentKey = tuple[PolicyRef, PrincipalKind, str, str | None]


@dataclass(slots=True)
class _Found:
    """What has been read so far. Each entry is written once, by one thread."""

    roles: dict[str, Role] = field(default_factory=dict)
    details: dict[str, Role] = field(default_factory=dict)
    listed: dict[PolicyRef, Policy] = field(default_factory=dict)
    defaults: dict[PolicyRef, Policy] = field(default_factory=dict)
    versions: dict[PolicyRef, Sequence[PolicyVersion]] = field(default_factory=dict)
    documents: dict[tuple[PolicyRef, str], Document | None] = field(default_factory=dict)
    attachments: dict[_AttachmentKey, Attachment] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    whole_groups: set[str] = field(default_factory=set)


class Identities:
    """Reads the RAM side of one account."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._reader = reading.reader
        self._found = _Found()
        self._lock = threading.Lock()
        self._wanted: set[PolicyRef] = set()
        self._asked: set[tuple[PrincipalKind, str]] = set()
        self._bulk_failed = False
        self._bulk_whole = False

    def start(self) -> None:
        """Hand in the listings; what they tell of is handed in as it comes."""
        reader = self._reader
        versions = (Subject.POLICY, Subject.POLICY_VERSIONS)
        self._reading.listing(Subject.ROLES, "", reader.roles, keep=self._keep_roles, hides=(Subject.ROLE,))
        self._reading.listing(
            Subject.POLICIES, "", reader.custom_policies, keep=self._keep_policies, hides=versions
        )
        self._reading.listing(
            Subject.RESOURCE_GROUP_ATTACHMENTS,
            "",
            reader.attachments,
            keep=self._keep_all_attachments,
            complete=self._bulk_is_whole,
            failed=self._ask_each_principal,
        )
        self._reading.listing(Subject.USERS, "", reader.users, keep=self._keep_users)
        self._reading.listing(
            Subject.GROUPS, "", reader.groups, keep=self._keep_groups, hides=(Subject.GROUP_MEMBERS,)
        )

    def finish(self) -> None:
        """Settle, after the last read, what came by two ways."""
        if self._bulk_whole and self._bulk_failed:
            # The bulk listing came at its second attempt, so that no principal's own list is missed.
            self._reading.ledger.withdraw(Subject.ATTACHMENTS)

    def roles(self) -> tuple[Role, ...]:
        """The roles, sorted; in full where they were read in full."""
        return tuple(self._found.details.get(name, role) for name, role in sorted(self._found.roles.items()))

    def policies(self) -> tuple[Policy, ...]:
        """The policies, sorted, with the versions that were read."""
        return tuple(self._policy(ref) for ref in sorted(self._wanted))

    def attachments(self) -> tuple[Attachment, ...]:
        """The attachments of both scopes, sorted."""
        return tuple(sorted(self._found.attachments.values(), key=_attachment_order))

    def users(self) -> tuple[User, ...]:
        """The users, sorted."""
        return tuple(user for _, user in sorted(self._found.users.items()))

    def groups(self) -> tuple[Group, ...]:
        """The groups, sorted, with their members where those were read."""
        whole = self._found.whole_groups
        return tuple(
            replace(group, members=tuple(sorted(self._found.members.get(name, ()))))
            if name in whole
            else group
            for name, group in sorted(self._found.groups.items())
        )

    def _keep_roles(self, page: Sequence[Role]) -> int:
        new = [role for role in page if role.name not in self._found.roles]
        for role in new:
            self._found.roles[role.name] = role
            self._read_role(role)
            self._ask_principal_when_needed(PrincipalKind.ROLE, role.name)
        return len(new)

    def _read_role(self, listed: Role) -> None:
        def keep(role: Role) -> None:
            # Only the listing has the tags.
            self._found.details[listed.name] = replace(role, name=listed.name, tags=listed.tags)

        self._reading.single(Subject.ROLE, listed.name, lambda: self._reader.role(listed.name), keep=keep)

    def _keep_policies(self, page: Sequence[Policy]) -> int:
        new = [policy for policy in page if policy.ref not in self._found.listed]
        for policy in new:
            self._found.listed[policy.ref] = policy
            self._want(policy.ref)
        return len(new)

    def _want(self, ref: PolicyRef) -> None:
        with self._lock:
            if ref in self._wanted:
                return
            self._wanted.add(ref)

        def keep_default(policy: Policy) -> None:
            self._found.defaults[ref] = policy

        def keep_versions(versions: Sequence[PolicyVersion]) -> None:
            self._found.versions[ref] = versions
            for version in versions:
                if version.document is None and not version.is_default:
                    self._read_left_out(ref, version.version_id)

        self._reading.single(Subject.POLICY, str(ref), lambda: self._reader.policy(ref), keep=keep_default)
        self._reading.single(
            Subject.POLICY_VERSIONS,
            str(ref),
            lambda: self._reader.policy_versions(ref),
            keep=keep_versions,
        )

    def _read_left_out(self, ref: PolicyRef, version_id: str) -> None:
        def keep(version: PolicyVersion) -> None:
            self._found.documents[ref, version_id] = version.document

        self._reading.single(
            Subject.POLICY_VERSIONS,
            str(ref),
            lambda: self._reader.policy_version(ref, version_id),
            keep=keep,
            lane="policy version",
        )

    def _keep_all_attachments(self, page: Sequence[Attachment]) -> int:
        wide = self._keep_attachments([a for a in page if a.resource_group is None])
        self._reading.ledger.due(Subject.ATTACHMENTS, wide)
        self._reading.ledger.read(Subject.ATTACHMENTS, wide)
        return self._keep_attachments([a for a in page if a.resource_group is not None])

    def _keep_attachments(self, attachments: Sequence[Attachment]) -> int:
        new = 0
        for attachment in attachments:
            key = (
                attachment.policy,
                attachment.principal_kind,
                attachment.principal,
                attachment.resource_group,
            )
            with self._lock:
                new += key not in self._found.attachments
                self._found.attachments[key] = attachment
            self._want(attachment.policy)
        return new

    def _bulk_is_whole(self) -> None:
        self._bulk_whole = True

    def _ask_each_principal(self) -> None:
        with self._lock:
            self._bulk_failed = True
        for kind, names in (
            (PrincipalKind.ROLE, self._found.roles),
            (PrincipalKind.USER, self._found.users),
            (PrincipalKind.GROUP, self._found.groups),
        ):
            for name in list(names):
                self._ask_principal_when_needed(kind, name)

    def _ask_principal_when_needed(self, kind: PrincipalKind, name: str) -> None:
        with self._lock:
            if not self._bulk_failed or (kind, name) in self._asked:
                return
            self._asked.add((kind, name))

        def keep(page: Sequence[Attachment]) -> int:
            return self._keep_attachments(page)

        self._reading.listing(
            Subject.ATTACHMENTS,
            name,
            lambda: iter([self._reader.attachments_of(kind, name)]),
            keep=keep,
            hides=(Subject.POLICY, Subject.POLICY_VERSIONS),
            lane=f"attachments of a {kind.value}",
        )

    def _keep_users(self, page: Sequence[User]) -> int:
        new = [user for user in page if user.name not in self._found.users]
        for user in new:
            self._found.users[user.name] = user
            self._ask_principal_when_needed(PrincipalKind.USER, user.name)
        return len(new)

    def _keep_groups(self, page: Sequence[Group]) -> int:
        new = [group for group in page if group.name not in self._found.groups]
        for group in new:
            self._found.groups[group.name] = group
            self._read_members(group.name)
            self._ask_principal_when_needed(PrincipalKind.GROUP, group.name)
        return len(new)

    def _read_members(self, group: str) -> None:
        members = self._found.members.setdefault(group, set())

        def keep(page: Sequence[str]) -> int:
            before = len(members)
            members.update(page)
            return len(members) - before

        self._reading.listing(
            Subject.GROUP_MEMBERS,
            group,
            lambda: self._reader.members(group),
            keep=keep,
            complete=lambda: self._found.whole_groups.add(group),
        )

    def _policy(self, ref: PolicyRef) -> Policy:
        default = self._found.defaults.get(ref)
        listed = self._found.listed.get(ref) or Policy(ref=ref, default_version=None)
        others = [self._filled(ref, version) for version in self._found.versions.get(ref, ())]
        if default is None:
            # GetPolicy alone tells the default document. Without its answer that document counts as
            # unread, although the list of versions may have shown it.
            unread = [replace(v, document=None) if v.is_default else v for v in others]
            flagged = next((v.version_id for v in others if v.is_default), None)
            return replace(
                listed, default_version=listed.default_version or flagged, versions=_in_order(unread)
            )
        effective = default.versions[0]
        rest = [replace(v, is_default=False) for v in others if v.version_id != effective.version_id]
        return replace(default, ref=ref, versions=_in_order([effective, *rest]))

    def _filled(self, ref: PolicyRef, version: PolicyVersion) -> PolicyVersion:
        if version.document is not None:
            return version
        return replace(version, document=self._found.documents.get((ref, version.version_id)))


def _in_order(versions: Sequence[PolicyVersion]) -> tuple[PolicyVersion, ...]:
    return tuple(sorted(versions, key=lambda v: (len(v.version_id), v.version_id)))


def _attachment_order(attachment: Attachment) -> tuple[str, str, PolicyRef, str]:
    return (
        attachment.principal_kind.value,
        attachment.principal,
        attachment.policy,
        attachment.resource_group or "",
    )
