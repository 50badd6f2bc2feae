"""Small accounts, written in one expression, for tests of rules and of what they stand on.

Nothing here is checked: a test may build an account that the service would refuse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from scanner.access.view import AccountView
from scanner.model.broker import ConsumerGroup, Instance, InstanceAccount, Series, Topic
from scanner.model.delegation import KnownAccount, Relation
from scanner.model.document import Document
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.finding import Finding, Verdict
from scanner.model.ids import AccountId
from scanner.model.policy import (
    Attachment,
    Policy,
    PolicyKind,
    PolicyRef,
    PolicyVersion,
    PrincipalKind,
)
from scanner.model.role import Role
from scanner.model.snapshot import Gap, Snapshot, Subject
from scanner.model.trail import Trail
from scanner.model.user import Group, User
from scanner.rules.base import Rule, World

OWNER: Final = AccountId("1000000000000001")
PARTNER: Final = AccountId("2000000000000002")
SISTER: Final = AccountId("3000000000000003")
STRANGER: Final = AccountId("9000000000000009")

KNOWN: Final = (
    KnownAccount(account=OWNER, name="Enterprise A", relation=Relation.OWN),
    KnownAccount(account=PARTNER, name="Enterprise B", relation=Relation.PARTNER),
    KnownAccount(account=SISTER, name="A's logistics", relation=Relation.ORGANISATION),
)
"""What the settings name, unless a test says otherwise; `STRANGER` is not among them."""

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)

GOOD_EXTERNAL_ID: Final = "k7Qz-93vTf_2mXw8RbLp0"

Body = Mapping[str, object]
"""A statement as JSON will have it."""
Texts = str | Sequence[str]


def allow(*actions: str, on: Texts = "*", when: Body | None = None) -> Body:
    """An Allow statement of a permission policy."""
    return _statement("Allow", {"Action": list(actions), "Resource": _plain(on)}, when)


def deny(*actions: str, on: Texts = "*", when: Body | None = None) -> Body:
    """A Deny statement of a permission policy."""
    return _statement("Deny", {"Action": list(actions), "Resource": _plain(on)}, when)


def trusting(
    *ram: str,
    service: Texts = (),
    federated: Texts = (),
    when: Body | None = None,
    effect: str = "Allow",
) -> Body:
    """A statement of a trust policy; `ram` are ARNs, or account ids for whole accounts."""
    principal: dict[str, object] = {}
    if ram:
        principal["RAM"] = [root(text) if text.isdigit() else text for text in ram]
    if service:
        principal["Service"] = _list(service)
    if federated:
        principal["Federated"] = _list(federated)
    return _statement(effect, {"Action": "sts:AssumeRole", "Principal": principal}, when)


def external_id(*values: str, operator: str = "StringEquals") -> Body:
    """A condition block that asks for one of `values` as external id."""
    return {operator: {"sts:ExternalId": list(values)}}


def document(*statements: Body) -> str:
    """The text of a document."""
    return json.dumps({"Version": "1", "Statement": list(statements)})


def root(account: str) -> str:
    """The principal that is a whole account."""
    return f"acs:ram::{account}:root"


def role(
    name: str,
    *,
    trust: str | Body | Sequence[Body] | None,
    account: AccountId = OWNER,
    max_session_seconds: int | None = 3600,
    service_linked: bool | None = False,
    allow_console_login: bool | None = None,
) -> Role:
    """A role; `trust` is a text, one statement, several, or None where it could not be read."""
    return Role(
        name=name,
        role_id=f"id-of-{name}",
        arn=f"acs:ram::{account}:role/{name}",
        max_session_seconds=max_session_seconds,
        service_linked=service_linked,
        allow_console_login=allow_console_login,
        trust=_document(trust),
    )


def policy(
    name: str,
    *statements: Body,
    kind: PolicyKind = PolicyKind.CUSTOM,
    text: str | None = None,
    unread: bool = False,
    version: str = "v1",
) -> Policy:
    """A policy with one version, made of `statements` or of `text`; its text is missing when `unread`."""
    stored = None if unread else Document(text if text is not None else document(*statements))
    only = PolicyVersion(version_id=version, is_default=True, created=None, document=stored)
    return Policy(ref=PolicyRef(kind, name), default_version=version, versions=(only,))


def attached(
    *policies: Policy | PolicyRef | str,
    role: str = "",
    user: str = "",
    group: str = "",
    resource_group: str | None = None,
) -> tuple[Attachment, ...]:
    """Attachments of `policies` to one principal; a text names a custom policy."""
    kind = PrincipalKind.ROLE if role else PrincipalKind.USER if user else PrincipalKind.GROUP
    return tuple(
        Attachment(
            policy=_ref(item),
            principal_kind=kind,
            principal=role or user or group,
            resource_group=resource_group,
        )
        for item in policies
    )


def user(name: str) -> User:
    """A RAM user."""
    return User(name=name, user_id=f"id-of-{name}")


def group(name: str, *members: str, unread: bool = False) -> Group:
    """A RAM user group; its members are missing when `unread`."""
    return Group(name=name, members=None if unread else tuple(sorted(members)))


def instance(instance_id: str, *, series: Series = Series.V5, region: str = "cn-hangzhou") -> Instance:
    """A RocketMQ instance; one of the 4.x series keeps its names apart from other instances'."""
    return Instance(
        series=series,
        instance_id=instance_id,
        region=region,
        namespaced=True if series is Series.V4 else None,
    )


def topic(instance_id: str, name: str, *, series: Series = Series.V5, region: str = "cn-hangzhou") -> Topic:
    """A topic of an instance."""
    return Topic(series=series, region=region, instance_id=instance_id, name=name)


def consumer_group(
    instance_id: str, name: str, *, series: Series = Series.V5, region: str = "cn-hangzhou"
) -> ConsumerGroup:
    """A consumer group of an instance."""
    return ConsumerGroup(series=series, region=region, instance_id=instance_id, name=name)


def trail(
    name: str = "audit",
    *,
    logging: bool | None = True,
    event_rw: str = "All",
    trail_region: str = "All",
    targets: Sequence[str] = ("oss:audit-bucket",),
    delivery_error: str = "",
) -> Trail:
    """An ActionTrail trail that records everything, unless told otherwise."""
    return Trail(
        name=name,
        home_region="cn-hangzhou",
        trail_region=trail_region,
        event_rw=event_rw,
        status="Enable",
        is_logging=logging,
        delivery_error=delivery_error,
        targets=tuple(targets),
    )


def gap(
    subject: Subject, name: str = "", *, api: str = "ram:GetRole", kind: FaultKind = FaultKind.DENIED
) -> Gap:
    """Something that could not be read, for want of the permission named as `api` unless `kind` differs."""
    missing = api if kind is FaultKind.DENIED else None
    return Gap(subject=subject, name=name, because=CloudFault(kind=kind, api=api, missing_permission=missing))


def snapshot(
    *,
    account: AccountId = OWNER,
    roles: Iterable[Role] = (),
    policies: Iterable[Policy] = (),
    attachments: Iterable[Attachment] = (),
    users: Iterable[User] = (),
    groups: Iterable[Group] = (),
    instances: Iterable[Instance] = (),
    topics: Iterable[Topic] = (),
    consumer_groups: Iterable[ConsumerGroup] = (),
    instance_accounts: Iterable[InstanceAccount] = (),
    trails: Iterable[Trail] = (),
    gaps: Iterable[Gap] = (),
) -> Snapshot:
    """One account, sorted as a scan sorts it."""
    return Snapshot(
        account=account,
        taken=NOON,
        roles=tuple(sorted(roles, key=lambda r: r.name)),
        policies=tuple(sorted(policies, key=lambda p: p.ref)),
        attachments=tuple(
            sorted(
                attachments,
                key=lambda a: (a.principal_kind.value, a.principal, a.policy, a.resource_group or ""),
            )
        ),
        users=tuple(sorted(users, key=lambda u: u.name)),
        groups=tuple(sorted(groups, key=lambda g: g.name)),
        instances=tuple(sorted(instances, key=lambda i: (i.region, i.instance_id))),
        topics=tuple(sorted(topics, key=lambda t: (t.region, t.instance_id, t.name))),
        consumer_groups=tuple(sorted(consumer_groups, key=lambda g: (g.region, g.instance_id, g.name))),
        instance_accounts=tuple(
            sorted(instance_accounts, key=lambda a: (a.region, a.instance_id, a.username))
        ),
        trails=tuple(sorted(trails, key=lambda t: t.name)),
        gaps=tuple(gaps),
    )


def view(account: Snapshot) -> AccountView:
    """The snapshot, ready for questions."""
    return AccountView.of(account)


def world(
    judged: Snapshot | AccountView,
    *,
    others: Iterable[Snapshot | AccountView] = (),
    known: Iterable[KnownAccount] = KNOWN,
) -> World:
    """What a rule is given: the account to judge, the other scanned ones, and what the settings name."""
    views = [_view(other) for other in others]
    return World(
        view=_view(judged),
        others={other.account: other for other in views},
        known={entry.account: entry for entry in known},
    )


def judged(rule: Rule, of: World) -> dict[str, Finding]:
    """What `rule` says, by subject; a rule says one thing about each."""
    findings = list(rule.judge(of))
    by_subject = {finding.subject: finding for finding in findings}
    assert len(by_subject) == len(findings), "a subject was judged twice"
    return by_subject


def verdicts(rule: Rule, of: World) -> dict[str, Verdict]:
    """The verdicts of `rule`, by subject."""
    return {subject: finding.verdict for subject, finding in judged(rule, of).items()}


def _view(account: Snapshot | AccountView) -> AccountView:
    return view(account) if isinstance(account, Snapshot) else account


def _statement(effect: str, parts: dict[str, object], when: Body | None) -> Body:
    condition: dict[str, object] = {} if when is None else {"Condition": when}
    return {"Effect": effect, **parts, **condition}


def _document(trust: str | Body | Sequence[Body] | None) -> Document | None:
    if trust is None:
        return None
    if isinstance(trust, str):
        return Document(trust)
    if isinstance(trust, Mapping):
        return Document(document(trust))
    return Document(document(*trust))


def _ref(item: Policy | PolicyRef | str) -> PolicyRef:
    if isinstance(item, Policy):
        return item.ref
    return item if isinstance(item, PolicyRef) else PolicyRef(PolicyKind.CUSTOM, item)


def _plain(texts: Texts) -> object:
    return texts if isinstance(texts, str) else list(texts)


def _list(texts: Texts) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)
