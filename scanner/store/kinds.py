"""Which values of a snapshot the store keeps as facts, and under which names they are found.

`told_by` names the reads that say whether such a thing is there and what it is like. When one of
them left a gap, a thing that is missing from the scan is unread, not gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from scanner.model.broker import AclRule, ConsumerGroup, Instance, InstanceAccount, Topic
from scanner.model.document import Document
from scanner.model.finding import Finding
from scanner.model.policy import Attachment, Policy
from scanner.model.role import Role
from scanner.model.snapshot import Gap, Snapshot, Subject
from scanner.model.trail import Trail
from scanner.model.user import Group, User

T = TypeVar("T")

LONGEST_NAME: Final = 200
"""Characters of a name that can be searched for; the value itself is kept in full.

PostgreSQL refuses an index entry over 2,704 bytes, and an escaped character takes five.
"""

Place: TypeAlias = tuple[str, str]
"""What a thing belongs to (empty for the account), and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[T]):
    """One kind of thing."""

    name: str
    type: type[T]
    find: Callable[[T], Place]
    told_by: tuple[Subject, ...]
    documents: Callable[[T], tuple[Document, ...]] | None = None
    """The policy texts that a thing refers to, for a kind that does."""

    def place(self, item: T) -> Place:
        """Where `item` is found, cut to what can be searched for."""
        within, name = self.find(item)
        return within[:LONGEST_NAME], name[:LONGEST_NAME]

    def documents_of(self, items: Iterable[T]) -> Iterator[Document]:
        """The policy texts that `items` refer to, as often as they do."""
        if self.documents is not None:
            for item in items:
                yield from self.documents(item)

    def unread_in(self, snapshot: Snapshot) -> bool:
        """Whether the scan could not read all of this kind."""
        return any(gap.subject in self.told_by for gap in snapshot.gaps)


def _of_instance(thing: Topic | ConsumerGroup | InstanceAccount | AclRule) -> str:
    return f"{thing.region}/{thing.instance_id}"


def _attachment(attachment: Attachment) -> Place:
    return f"{attachment.principal_kind.value}/{attachment.principal}", str(attachment.policy)


def _trust(role: Role) -> tuple[Document, ...]:
    return () if role.trust is None else (role.trust,)


def _texts(policy: Policy) -> tuple[Document, ...]:
    return tuple(version.document for version in policy.versions if version.document is not None)


ROLES: Final = Kind(
    name="role",
    type=Role,
    find=lambda role: ("", role.name),
    told_by=(Subject.ROLES, Subject.ROLE),
    documents=_trust,
)
POLICIES: Final = Kind(
    name="policy",
    type=Policy,
    find=lambda policy: ("", str(policy.ref)),
    told_by=(Subject.POLICIES, Subject.POLICY, Subject.POLICY_VERSIONS),
    documents=_texts,
)
ATTACHMENTS: Final = Kind(
    name="attachment",
    type=Attachment,
    find=_attachment,
    told_by=(Subject.ATTACHMENTS, Subject.RESOURCE_GROUP_ATTACHMENTS),
)
USERS: Final = Kind(name="user", type=User, find=lambda user: ("", user.name), told_by=(Subject.USERS,))
GROUPS: Final = Kind(
    name="group",
    type=Group,
    find=lambda group: ("", group.name),
    told_by=(Subject.GROUPS, Subject.GROUP_MEMBERS),
)

_INSTANCES: Final = (Subject.REGIONS, Subject.INSTANCES, Subject.INSTANCE)

INSTANCES: Final = Kind(
    name="instance",
    type=Instance,
    find=lambda instance: (instance.region, instance.instance_id),
    told_by=(*_INSTANCES, Subject.IP_WHITELIST),
)
TOPICS: Final = Kind(
    name="topic",
    type=Topic,
    find=lambda topic: (_of_instance(topic), topic.name),
    told_by=(*_INSTANCES, Subject.TOPICS),
)
CONSUMER_GROUPS: Final = Kind(
    name="consumer group",
    type=ConsumerGroup,
    find=lambda group: (_of_instance(group), group.name),
    told_by=(*_INSTANCES, Subject.CONSUMER_GROUPS),
)
INSTANCE_ACCOUNTS: Final = Kind(
    name="instance account",
    type=InstanceAccount,
    find=lambda account: (_of_instance(account), account.username),
    told_by=(*_INSTANCES, Subject.INSTANCE_ACCOUNTS),
)
ACLS: Final = Kind(
    name="acl rule",
    type=AclRule,
    find=lambda rule: (_of_instance(rule), f"{rule.username} {rule.resource_type} {rule.resource_name}"),
    told_by=(*_INSTANCES, Subject.ACLS),
)
TRAILS: Final = Kind(
    name="trail",
    type=Trail,
    find=lambda trail: (trail.home_region, trail.name),
    told_by=(Subject.TRAILS, Subject.TRAIL_STATUS),
)
GAPS: Final = Kind(name="gap", type=Gap, find=lambda gap: (gap.subject.value, gap.name), told_by=())
FINDINGS: Final = Kind(
    name="finding",
    type=Finding,
    find=lambda finding: (finding.rule, f"{finding.subject_kind.value} {finding.subject}"),
    # A rule may look at anything, so any gap may be why it no longer says what it said.
    told_by=tuple(Subject),
)
