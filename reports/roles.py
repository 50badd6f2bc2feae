"""The part of the page about each delegated role: who is let in, what is granted, what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reports.anchors import anchor
from reports.documents import DocumentView, Shelf
from reports.findings import FindingDesk, FindingView
from reports.index import AccountIndex, Index, RoleKey
from reports.input import ReportInput
from reports.limits import (
    CHAIN_ROWS,
    DETAILED_ROLES,
    EXCERPT_CHARACTERS,
    OTHER_ROLES,
    PARTS_CHARACTERS,
    POLICIES_PER_ROW,
    TAGS_PER_ROLE,
)
from reports.partners import Partner, external_id_words, partner_of, principal_words, relation_words
from reports.told import Told
from reports.words import Capped, capped, day, duration
from scanner.model.delegation import Delegation
from scanner.model.finding import Severity, Verdict
from scanner.model.policy import Attachment, PolicyVersion
from scanner.model.role import Role
from scanner.model.snapshot import Gap, Subject
from scanner.policy.syntax import PolicyType

_FRAME: Final = 2_500
_ROW: Final = 450
"""What the frame of a part and a row in it take in markup, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationView:
    """One principal that a role lets in, as a row of a table."""

    owner: str
    role: str
    part: str
    """The anchor of the role's part; empty when the page has none."""
    partner: Partner
    relation: str
    principal: str
    principal_kind: str
    principal_name: str
    """Empty for a whole account."""
    ways: tuple[str, ...]
    external_id: str
    session: str
    conditions: tuple[str, ...]
    policies: Capped[str]
    trust_path: str
    worst: Severity | None
    undetermined: bool
    sentence: str
    closed: str
    """Why nobody uses it now, although the role trusts them; empty where somebody may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """One way in through other roles first."""

    roles: tuple[str, ...]
    part: str
    """The anchor of the last role's part; empty when the page has none."""
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """One policy attached to a role."""

    kind: str
    name: str
    version: str
    scope: str
    attached: str
    updated: str
    other_versions: int
    unread: str
    """Why the document is not here; empty when it is."""
    document: DocumentView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePart:
    """Everything the page says about one delegated role."""

    anchor: str
    account: str
    name: str
    worst: Severity | None
    undetermined: bool
    facts: tuple[tuple[str, str], ...]
    delegations: tuple[DelegationView, ...]
    trust: DocumentView | None
    trust_unread: str
    grants: tuple[GrantView, ...]
    unread: tuple[str, ...]
    """What of its permissions could not be read."""
    failed: tuple[FindingView, ...]
    unknown: tuple[FindingView, ...]
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRoles:
    """The roles of one account that have no part of their own."""

    account: str
    total: int
    names: Capped[str]
    service_linked: int
    trust_unread: Capped[str]
    """Roles of which it is not known who may assume them."""


def part_anchors(index: Index) -> dict[RoleKey, str]:
    """The anchors of the roles that the page describes in full: the worst ones, as many as it has room for."""
    anchors: dict[RoleKey, str] = {}
    room = PARTS_CHARACTERS
    for key in capped(index.delegated, DETAILED_ROLES).shown:
        room -= _weight(key, index)
        if room < 0 and anchors:
            break
        anchors[key] = anchor("role", *key)
    return anchors


def _weight(key: RoleKey, index: Index) -> int:
    """About how many characters the part of a role takes, its documents apart."""
    account = index.account(key[0])
    shown = (f for f in index.by_role.get(key, ()) if f.verdict in {Verdict.FAIL, Verdict.UNKNOWN})
    evidence = sum(
        _ROW + len(f.message) + sum(_ROW + min(len(e.excerpt), EXCERPT_CHARACTERS) for e in f.evidence)
        for f in shown
    )
    rows = len(index.delegated[key]) + (
        len(account.attachments.get(key[1], ())) if account is not None else 0
    )
    return _FRAME + evidence + 2 * _ROW * rows


def chain_views(report: ReportInput, *, parts: dict[RoleKey, str], told: Told) -> Capped[ChainView]:
    """The ways in through other roles, those into roles with a part of their own first."""
    ordered = sorted(
        report.chains, key=lambda p: ((p.owner, p.role) not in parts, p.owner, p.role, p.roles, p.principal)
    )
    return capped(ordered, CHAIN_ROWS).map(
        lambda path: ChainView(
            roles=path.roles, part=parts.get((path.owner, path.role), ""), sentence=told.sentence(path)
        )
    )


def delegation_view(
    delegation: Delegation, *, index: Index, parts: dict[RoleKey, str], told: Told
) -> DelegationView:
    """The row of one delegation."""
    key = (delegation.owner, delegation.role)
    kind, name = principal_words(delegation)
    return DelegationView(
        owner=delegation.owner,
        role=delegation.role,
        part=parts.get(key, ""),
        partner=partner_of(delegation),
        relation=relation_words(delegation.relation),
        principal=delegation.principal,
        principal_kind=kind,
        principal_name=name,
        ways=tuple(way.value for way in delegation.ways),
        external_id=external_id_words(required=delegation.external_id_required),
        session=duration(delegation.max_session_seconds),
        conditions=delegation.conditions,
        policies=capped(delegation.policies, POLICIES_PER_ROW),
        trust_path=delegation.trust_path,
        worst=index.worst_of.get(key),
        undetermined=index.undetermined(key),
        sentence=told.sentence(delegation),
        closed=told.closed(delegation),
    )


def role_part(
    key: RoleKey, *, index: Index, parts: dict[RoleKey, str], desk: FindingDesk, shelf: Shelf, told: Told
) -> RolePart:
    """The part about the role `key`; documents are laid out on `shelf` in the order of the page."""
    account_id, name = key
    account = index.account(account_id)
    role = account.roles.get(name) if account is not None else None
    findings = index.by_role.get(key, ())
    trust = role.trust if role is not None else None
    return RolePart(
        anchor=parts[key],
        account=account_id,
        name=name,
        worst=index.worst_of.get(key),
        undetermined=index.undetermined(key),
        facts=_facts(role) if role is not None else (),
        delegations=tuple(
            delegation_view(d, index=index, parts=parts, told=told) for d in index.delegated[key]
        ),
        trust=shelf.lay(trust, kind=PolicyType.TRUST) if trust is not None else None,
        trust_unread="" if trust is not None else _why(account, name, Subject.ROLE, Subject.ROLES),
        grants=_grants(account, name, shelf),
        unread=_unread(account, name),
        failed=tuple(desk.view(f) for f in findings if f.verdict is Verdict.FAIL),
        unknown=tuple(desk.view(f) for f in findings if f.verdict is Verdict.UNKNOWN),
        passed=sum(f.verdict is Verdict.PASS for f in findings),
    )


def other_roles(account: AccountIndex, index: Index) -> OtherRoles:
    """The roles of `account` that nobody outside is known to be let into."""
    own = account.snapshot.account
    others = [r for name, r in sorted(account.roles.items()) if (own, name) not in index.delegated]
    return OtherRoles(
        account=own,
        total=len(others),
        names=capped((r.name for r in others if not r.service_linked and r.trust is not None), OTHER_ROLES),
        service_linked=sum(bool(r.service_linked) for r in others),
        trust_unread=capped((r.name for r in others if r.trust is None), OTHER_ROLES),
    )


def _facts(role: Role) -> tuple[tuple[str, str], ...]:
    tags = capped((f"{tag.key}={tag.value}" for tag in role.tags), TAGS_PER_ROLE)
    more = f" and {tags.more} more" if tags.more else ""
    facts = (
        ("ARN", role.arn),
        ("Description", role.description),
        ("Created", day(role.created)),
        ("Changed", day(role.updated)),
        ("Longest session", duration(role.max_session_seconds)),
        ("Tags", ", ".join(tags.shown) + more),
    )
    return tuple((label, value) for label, value in facts if value)


def _grants(account: AccountIndex | None, role: str, shelf: Shelf) -> tuple[GrantView, ...]:
    if account is None:
        return ()
    attached = sorted(account.attachments.get(role, ()), key=lambda a: (a.policy, a.resource_group or ""))
    return tuple(_grant(account, attachment, shelf) for attachment in attached)


def _grant(account: AccountIndex, attachment: Attachment, shelf: Shelf) -> GrantView:
    policy = account.policies.get(attachment.policy)
    effective = policy.effective if policy is not None else None
    document = effective.document if effective is not None else None
    return GrantView(
        kind=attachment.policy.kind.value,
        name=attachment.policy.name,
        version=_version(effective),
        scope=f"resource group {attachment.resource_group}" if attachment.resource_group else "whole account",
        attached=day(attachment.attached),
        updated=day(policy.updated if policy is not None else None),
        other_versions=sum(not v.is_default for v in policy.versions) if policy is not None else 0,
        unread="" if document is not None else _policy_unread(account, attachment),
        document=shelf.lay(document, kind=PolicyType.PERMISSION) if document is not None else None,
    )


def _version(version: PolicyVersion | None) -> str:
    return version.version_id if version is not None else ""


def _policy_unread(account: AccountIndex, attachment: Attachment) -> str:
    return _why(account, str(attachment.policy), Subject.POLICY, Subject.POLICY_VERSIONS, Subject.POLICIES)


def _unread(account: AccountIndex | None, role: str) -> tuple[str, ...]:
    if account is None:
        return ("The account of this role was not scanned.",)
    listings = (Subject.ATTACHMENTS, Subject.RESOURCE_GROUP_ATTACHMENTS)
    return tuple(
        f"{gap.subject.value[0].upper()}{gap.subject.value[1:]} could not be read: {gap_reason(gap)}."
        for gap in account.snapshot.gaps_in(*listings, name=role)
    )


def gap_reason(gap: Gap) -> str:
    """Why something could not be read, in a few words."""
    return str(gap.because)


def _why(account: AccountIndex | None, name: str, *subjects: Subject) -> str:
    if account is None:
        return "the account was not scanned"
    gaps = account.snapshot.gaps_in(*subjects, name=name)
    return "; ".join(sorted({gap_reason(gap) for gap in gaps})) or "it is not in this scan"
