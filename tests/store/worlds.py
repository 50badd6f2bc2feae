"""Snapshots to store: a small one to change bit by bit, and one of a large account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scanner.model.broker import ConsumerGroup, Instance, Series, Topic
from scanner.model.document import Document
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment, Policy, PolicyKind, PolicyRef, PolicyVersion, PrincipalKind
from scanner.model.role import Role, Tag
from scanner.model.snapshot import ApiCalls, Coverage, Gap, Snapshot, Subject

OWNER = AccountId("1000000000000001")
ACCESSOR = AccountId("2000000000000002")
MORNING = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)

_FILL = '{"Effect":"Allow","Action":["mq:PUB","mq:SUB"],"Resource":["acs:mq:*:*:MQ_INST_%d%%topic-%d"]},'


def role(name: str, *, trust: str | None = '{"Version":"1"}', description: str = "") -> Role:
    return Role(
        name=name,
        role_id=f"id-{name}",
        arn=f"acs:ram::{OWNER}:role/{name}",
        description=description,
        trust=None if trust is None else Document(trust),
    )


def policy(name: str, *texts: str | None) -> Policy:
    """A custom policy with a version for each text, of which the last is in force."""
    versions = tuple(
        PolicyVersion(
            version_id=f"v{number}",
            is_default=number == len(texts),
            created=MORNING,
            document=None if text is None else Document(text),
        )
        for number, text in enumerate(texts, start=1)
    )
    return Policy(ref=PolicyRef(PolicyKind.CUSTOM, name), default_version=f"v{len(texts)}", versions=versions)


def finding(subject: str, *, rule: str = "grants-everything", verdict: Verdict = Verdict.FAIL) -> Finding:
    return Finding(
        rule=rule,
        verdict=verdict,
        severity=Severity.HIGH,
        account=OWNER,
        subject_kind=SubjectKind.ROLE,
        subject=subject,
        message=f"the role `{subject}` may do everything in the account",
        evidence=(Evidence(source="Custom:all", version="v1", path="$.Statement[0]", excerpt='"*"'),),
    )


def gap(subject: Subject, name: str = "") -> Gap:
    fault = CloudFault(kind=FaultKind.DENIED, api="ram:ListRoles", missing_permission="ram:ListRoles")
    return Gap(subject=subject, name=name, because=fault)


def snapshot(*roles: Role, account: AccountId = OWNER, day: int = 0, **parts: object) -> Snapshot:
    return Snapshot(account=account, taken=MORNING + timedelta(days=day), roles=roles, **parts)  # type: ignore[arg-type] # the parts are the snapshot's own fields


def large_snapshot(*, day: int = 0) -> Snapshot:
    """1,000 roles, 1,500 policies, 2,500 attachments, 40 instances, 20,000 topics and groups."""
    instances = tuple(
        Instance(series=series, instance_id=f"rmq-cn-{series[0]}{number:03}", region="cn-hangzhou")
        for series in Series
        for number in range(20)
    )
    return Snapshot(
        account=OWNER,
        taken=MORNING + timedelta(days=day),
        profile="owner",
        regions=("cn-hangzhou", "cn-shanghai"),
        roles=tuple(_large_role(number) for number in range(1_000)),
        policies=tuple(policy(f"policy-{number:04}", _large_text(number)) for number in range(1_500)),
        attachments=tuple(_large_attachment(number) for number in range(2_500)),
        instances=instances,
        topics=tuple(
            Topic(
                series=instance.series,
                region=instance.region,
                instance_id=instance.instance_id,
                name=f"topic-of-orders-{number:04}",
                message_type="NORMAL",
            )
            for instance in instances
            for number in range(250)
        ),
        consumer_groups=tuple(
            ConsumerGroup(
                series=instance.series,
                region=instance.region,
                instance_id=instance.instance_id,
                name=f"GID_orders_{number:04}",
            )
            for instance in instances
            for number in range(250)
        ),
        coverage=tuple(
            Coverage(subject=subject, expected=1_000, read=1_000, unread=0) for subject in Subject
        ),
        calls=tuple(ApiCalls(api=f"ram:Operation{number}", calls=1_000 + day) for number in range(25)),
    )


def large_findings() -> tuple[Finding, ...]:
    return tuple(
        finding(f"partner-role-{role_number:04}", rule=f"rule-number-{rule}", verdict=Verdict.PASS)
        for rule in range(10)
        for role_number in range(1_000)
    )


def _large_role(number: int) -> Role:
    principal = f"acs:ram::{3_000_000_000_000_000 + number % 40}:root"
    return Role(
        name=f"partner-role-{number:04}",
        role_id=f"3{number:017}",
        arn=f"acs:ram::{OWNER}:role/partner-role-{number:04}",
        description="Lets a partner publish orders",
        created=MORNING,
        updated=MORNING,
        max_session_seconds=3_600,
        tags=(Tag("team", f"team-{number % 7}"),),
        service_linked=False,
        trust=Document(
            '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
            f'"Principal":{{"RAM":["{principal}"]}}}}]}}'
        ),
    )


def _large_text(number: int) -> str:
    statements = "".join(_FILL % (number, statement) for statement in range(number % 12 + 1))
    return f'{{"Version":"1","Statement":[{statements[:-1]}]}}'


def _large_attachment(number: int) -> Attachment:
    return Attachment(
        policy=PolicyRef(PolicyKind.CUSTOM, f"policy-{number % 1_500:04}"),
        principal_kind=PrincipalKind.ROLE,
        principal=f"partner-role-{number // 5 * 2 + number % 5 % 2:04}",
        attached=MORNING,
    )
