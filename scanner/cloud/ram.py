"""Read roles, policies, users and groups from RAM."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from scanner.cloud.body import Body
from scanner.cloud.faults import malformed
from scanner.cloud.paging import MarkedPage, by_marker
from scanner.cloud.wire import Wire
from scanner.model.document import Document
from scanner.model.policy import Attachment, Policy, PolicyKind, PolicyRef, PolicyVersion, PrincipalKind
from scanner.model.role import Role, Tag
from scanner.model.user import Group, User

T = TypeVar("T")

_MOST: Final = 1000
"""Entries in a page, as the service allows."""
_MOST_GROUPS: Final = 100
_NO_DOCUMENT: Final = frozenset({"", "N/A"})
"""What stands where a document is left out."""
_SERVICE_LINKED: Final = "AliyunServiceRoleFor"


class Ram:
    """The reads of RAM that a scan needs."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def roles(self) -> Iterator[Sequence[Role]]:
        """Pages of roles."""
        return self._pages("ListRoles", "Roles", "Role", parse=_role, max_items=_MOST)

    def role(self, name: str) -> Role:
        """A role with its trust policy."""
        body = self._wire.ask("GetRole", role_name=name).inner("Role")
        _check_name(body, "RoleName", name)
        role = _role(body)
        if role.trust is None:
            raise malformed(body.api, "the trust policy is empty")
        return role

    def custom_policies(self) -> Iterator[Sequence[Policy]]:
        """Pages of custom policies."""
        return self._pages(
            "ListPolicies", "Policies", "Policy", parse=_policy, max_items=_MOST, policy_type="Custom"
        )

    def policy(self, ref: PolicyRef) -> Policy:
        """A policy with its default version."""
        body = self._wire.ask("GetPolicy", policy_name=ref.name, policy_type=ref.kind.value)
        policy = _policy(body.inner("Policy"))
        _check_name(body.inner("Policy"), "PolicyName", ref.name)
        version = _version(body.inner("DefaultPolicyVersion"), is_default=True)
        if version.document is None:
            version = self.policy_version(ref, version.version_id, is_default=True)
        return Policy(
            ref=ref,
            default_version=version.version_id,
            description=policy.description,
            created=policy.created,
            updated=policy.updated,
            attachment_count=policy.attachment_count,
            versions=(version,),
        )

    def policy_versions(self, ref: PolicyRef) -> Sequence[PolicyVersion]:
        """All versions of a policy, which the service gives without paging."""
        body = self._wire.ask("ListPolicyVersions", policy_name=ref.name, policy_type=ref.kind.value)
        return [_version(entry) for entry in body.inner("PolicyVersions").objects("PolicyVersion")]

    def policy_version(self, ref: PolicyRef, version_id: str, *, is_default: bool = False) -> PolicyVersion:
        """One version of a policy."""
        body = self._wire.ask(
            "GetPolicyVersion", policy_name=ref.name, policy_type=ref.kind.value, version_id=version_id
        )
        version = _version(body.inner("PolicyVersion"), is_default=is_default or None)
        if version.document is None:
            raise malformed(body.api, "the document is empty")
        return version

    def attachments_of(self, kind: PrincipalKind, principal: str) -> Sequence[Attachment]:
        """The account-wide attachments of one principal, which the service gives without paging."""
        match kind:
            case PrincipalKind.ROLE:
                body = self._wire.ask("ListPoliciesForRole", role_name=principal)
            case PrincipalKind.USER:
                body = self._wire.ask("ListPoliciesForUser", user_name=principal)
            case PrincipalKind.GROUP:
                body = self._wire.ask("ListPoliciesForGroup", group_name=principal)
        return [
            Attachment(
                policy=policy_ref(entry),
                principal_kind=kind,
                principal=principal,
                attached=entry.time("AttachDate"),
            )
            for entry in body.inner("Policies").objects("Policy")
        ]

    def users(self) -> Iterator[Sequence[User]]:
        """Pages of users."""
        return self._pages("ListUsers", "Users", "User", parse=_user, max_items=_MOST)

    def groups(self) -> Iterator[Sequence[Group]]:
        """Pages of groups."""
        return self._pages("ListGroups", "Groups", "Group", parse=_group, max_items=_MOST_GROUPS)

    def members(self, group: str) -> Iterator[Sequence[str]]:
        """Pages of the user names in a group."""
        return self._pages(
            "ListUsersForGroup",
            "Users",
            "User",
            parse=lambda entry: entry.text("UserName"),
            max_items=_MOST,
            group_name=group,
        )

    def _pages(
        self, operation: str, outer: str, inner: str, *, parse: Callable[[Body], T], **fields: object
    ) -> Iterator[Sequence[T]]:
        def read(marker: str | None) -> MarkedPage[T]:
            body = self._wire.ask(operation, marker=marker, **fields)
            return MarkedPage(
                items=[parse(entry) for entry in body.inner(outer).objects(inner)],
                truncated=body.flag("IsTruncated"),
                marker=body.text_or("Marker"),
            )

        return by_marker(read, api=f"ram:{operation}")


def policy_ref(body: Body) -> PolicyRef:
    """What names the policy of an entry.

    Raises:
        CloudError: it is of a kind that the vendor does not document.
    """
    kind = body.text("PolicyType")
    if kind not in ("System", "Custom"):
        raise malformed(body.api, "`PolicyType` is neither `System` nor `Custom`")
    return PolicyRef(PolicyKind(kind), body.text("PolicyName"))


def _check_name(body: Body, field: str, asked: str) -> None:
    # Names are compared without regard to case by the service (inferred), so this does the same.
    if body.text(field).lower() != asked.lower():
        raise malformed(body.api, f"`{field}` is another than the one asked for")


def _role(body: Body) -> Role:
    trust = body.text_or("AssumeRolePolicyDocument")
    return Role(
        name=body.text("RoleName"),
        role_id=body.text_or("RoleId"),
        arn=body.text_or("Arn"),
        description=body.text_or("Description"),
        created=body.time("CreateDate"),
        updated=body.time("UpdateDate"),
        max_session_seconds=body.number_or_none("MaxSessionDuration"),
        tags=_tags(body.inner_or_empty("Tags")),
        allow_console_login=body.flag_or_none("AllowConsoleLogin"),
        service_linked=_service_linked(body),
        trust=Document(trust) if trust else None,
    )


def _service_linked(body: Body) -> bool | None:
    told = body.flag_or_none("IsServiceLinkedRole")
    # Older answers leave the mark out; the prefix is reserved for service-linked roles.
    return True if told is None and body.text("RoleName").startswith(_SERVICE_LINKED) else told


def _tags(body: Body) -> tuple[Tag, ...]:
    found = body.objects_or_empty("Tag")
    return tuple(sorted(Tag(entry.text("TagKey"), entry.text_or("TagValue")) for entry in found))


def _policy(body: Body) -> Policy:
    return Policy(
        ref=policy_ref(body),
        default_version=body.text_or("DefaultVersion") or None,
        description=body.text_or("Description"),
        created=body.time("CreateDate"),
        updated=body.time("UpdateDate"),
        attachment_count=body.number_or_none("AttachmentCount"),
    )


def _version(body: Body, *, is_default: bool | None = None) -> PolicyVersion:
    text = body.text_or("PolicyDocument")
    return PolicyVersion(
        version_id=body.text("VersionId"),
        is_default=body.flag("IsDefaultVersion") if is_default is None else is_default,
        created=body.time("CreateDate"),
        document=None if text in _NO_DOCUMENT else Document(text),
    )


def _user(body: Body) -> User:
    return User(
        name=body.text("UserName"),
        user_id=body.text_or("UserId"),
        display_name=body.text_or("DisplayName"),
        created=body.time("CreateDate"),
        updated=body.time("UpdateDate"),
    )


def _group(body: Body) -> Group:
    return Group(name=body.text("GroupName"), group_id=body.text_or("GroupId"))
