"""A small world with everything a report can show, made of model values only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from reports.input import ReportInput, RuleText
from scanner.model.broker import Instance, Series
from scanner.model.delegation import Delegation, Relation, WayIn
from scanner.model.document import Document
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.finding import Confidence, Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.ids import AccountId, role_arn
from scanner.model.policy import Attachment, Policy, PolicyKind, PolicyRef, PolicyVersion, PrincipalKind
from scanner.model.role import Role, Tag
from scanner.model.snapshot import ApiCalls, Coverage, Gap, Snapshot, Subject

OWNER: Final = AccountId("1000000000000001")
PARTNER: Final = AccountId("2000000000000002")
VENDOR: Final = AccountId("3000000000000003")
STRANGER: Final = AccountId("4000000000000004")
NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
EXTERNAL_ID: Final = "k7Qz-93vTf_2mXw8RbLp0"

PARTNERS: Final = {PARTNER: "Enterprise B", VENDOR: "Northwind Messaging"}

HOSTILE: Final = (
    "<script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "\"><svg onload=document.title='taken'>",
    "javascript:document.title='taken'",
    "</style><style>body{display:none}</style>",
    "]]><script>document.title='taken'</script>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "admin\u202e\u2066gpj.elor\u2069\u200b\ufeff",
    "bell\x07 escape\x1b[31m null\x00 line\nbreak",
    "W" * 64,
    "=cmd()|' /C calc'!A0",
    "a`b`c``d | e",
    "\ud800 lone",
    "Ünïcödé 角色名称 דלת",
    "e" + "\u0301" * 40,
)
"""Names that try to run, to hide, or to break the page."""


def trust(*principals: str, external_id: str = "") -> Document:
    """A trust policy in the usual form."""
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": list(principals)},
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return Document(json.dumps({"Version": "1", "Statement": [statement]}))


def grant(actions: Sequence[str], resources: Sequence[str]) -> Document:
    """A permission policy with one statement."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return Document(json.dumps({"Version": "1", "Statement": [statement]}))


def role(name: str, document: Document | None, *, session: int = 3600, linked: bool = False) -> Role:
    """A role as the scan keeps it."""
    return Role(
        name=name,
        role_id="300000000000000001",
        arn=role_arn(OWNER, name),
        description=f"Access for {name}",
        created=datetime(2025, 6, 2, 8, tzinfo=UTC),
        updated=datetime(2026, 1, 14, 9, tzinfo=UTC),
        max_session_seconds=session,
        tags=(Tag("team", "messaging"),),
        service_linked=linked,
        trust=document,
    )


def policy(name: str, document: Document | None, *, kind: PolicyKind = PolicyKind.CUSTOM) -> Policy:
    """A policy with its default version."""
    version = PolicyVersion(version_id="v3", is_default=True, created=NOON, document=document)
    old = PolicyVersion(version_id="v2", is_default=False, created=NOON, document=None)
    return Policy(
        ref=PolicyRef(kind, name),
        default_version="v3",
        updated=datetime(2026, 2, 1, tzinfo=UTC),
        versions=(version, old),
    )


def attached(
    role_name: str, policy_name: str, *, kind: PolicyKind = PolicyKind.CUSTOM, group: str | None = None
) -> Attachment:
    """A policy on a role."""
    return Attachment(
        policy=PolicyRef(kind, policy_name),
        principal_kind=PrincipalKind.ROLE,
        principal=role_name,
        resource_group=group,
        attached=datetime(2025, 6, 2, tzinfo=UTC),
    )


def delegation(
    role_name: str,
    account: AccountId | None,
    principal: str = "",
    *,
    session: int = 3600,
    policies: tuple[str, ...] = (),
    external_id: bool | None = False,
    conditions: tuple[str, ...] = (),
) -> Delegation:
    """A way in for `account`, or for `principal` where no account is named."""
    return Delegation(
        owner=OWNER,
        role=role_name,
        principal=principal or f"acs:ram::{account}:root",
        principal_account=account,
        partner=PARTNERS.get(account, "") if account else "",
        relation=Relation.PARTNER if account in PARTNERS else Relation.UNKNOWN,
        ways=(WayIn.STS, WayIn.CONSOLE),
        external_id_required=external_id,
        conditions=conditions,
        max_session_seconds=session,
        policies=policies,
        trust_path="$.Statement[0]",
    )


def finding(
    rule: str,
    subject: str,
    message: str,
    *,
    verdict: Verdict = Verdict.FAIL,
    severity: Severity = Severity.HIGH,
    kind: SubjectKind = SubjectKind.ROLE,
    evidence: tuple[Evidence, ...] = (),
    gaps: tuple[str, ...] = (),
) -> Finding:
    """One verdict."""
    return Finding(
        rule=rule,
        verdict=verdict,
        severity=severity,
        account=OWNER,
        subject_kind=kind,
        subject=subject,
        message=message,
        evidence=evidence,
        because_of_gaps=gaps,
    )


def rule(title: str, severity: Severity, *, inferred: bool = False) -> RuleText:
    """The texts of a rule."""
    return RuleText(
        title=title,
        severity=severity,
        why="Whoever is let in can do more than the contract says. Nobody in your account sees it happen, because the calls come from theirs.",
        cli="aliyun ram UpdateRole --RoleName orders-sync \\\n  --NewAssumeRolePolicyDocument file://trust.json",
        console="RAM console, Identities, Roles: open the role, tab Trust Policy, Edit; name the users or roles that need it instead of the account.",
        terraform='resource "alicloud_ram_role" "orders_sync" {\n  assume_role_policy_document = data.alicloud_ram_policy_document.trust.document\n}',
        reference="https://www.alibabacloud.com/help/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role",
        confidence=Confidence.INFERRED if inferred else Confidence.DOCUMENTED,
    )


RULES: Final = {
    "grants-everything": rule("A role that outsiders may assume grants everything", Severity.CRITICAL),
    "trust-allows-unknown-account": rule(
        "A role trusts an account that the settings do not name", Severity.HIGH
    ),
    "external-id-missing": rule("A partner may assume a role without an external id", Severity.MEDIUM),
    "session-too-long": rule("Sessions may last longer than an hour", Severity.LOW),
    "resource-matches-nothing": rule(
        "A statement names a resource that does not exist", Severity.INFO, inferred=True
    ),
    "trail-not-logging": rule("No trail records who assumes roles", Severity.HIGH),
    "policy-not-understood": rule("A policy cannot be understood", Severity.MEDIUM),
}

TRUST_ORDERS: Final = trust(f"acs:ram::{PARTNER}:root", external_id=EXTERNAL_ID)
TRUST_VENDOR: Final = trust(f"acs:ram::{VENDOR}:role/ops", f"acs:ram::{VENDOR}:user/lena")
TRUST_STRANGER: Final = trust(f"acs:ram::{STRANGER}:root")
EVERYTHING: Final = grant(["*"], ["*"])
ORDERS: Final = grant(
    ["rocketmq:GetTopic", "mq:SUB"],
    [
        f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-cn-orders01/topic/orders",
        f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-cn-orders01/consumergroup/GID_sync",
    ],
)
LEGACY: Final = grant(["mq:PUB", "mq:SUB"], [f"acs:mq:cn-hangzhou:{OWNER}:MQ_INST_1000_legacy%payments"])


def small() -> ReportInput:
    """An account with every kind of thing in a report, and one thing wrong at each severity."""
    roles = (
        role("billing-export", trust(f"acs:ram::{OWNER}:root")),
        role("half-read", None),
        role("legacy-payments", TRUST_STRANGER, session=43_200),
        role("orders-sync", TRUST_ORDERS),
        role("partner-admin", TRUST_ORDERS),
        role("vendor-monitoring", TRUST_VENDOR, session=7_200),
        role("AliyunServiceRoleForRMQ", Document("{}"), linked=True),
    )
    system = PolicyKind.SYSTEM
    policies = (
        policy("everything", EVERYTHING),
        policy("legacy-payments-use", LEGACY),
        policy("orders-consume", ORDERS),
        policy("unread-policy", None),
        policy(
            "AliyunMQReadOnlyAccess",
            grant(["mq:Get*", "mq:List*", "rocketmq:Get*", "rocketmq:List*"], ["*"]),
            kind=system,
        ),
    )
    snapshot = Snapshot(
        account=OWNER,
        taken=NOON,
        profile="enterprise-a",
        regions=("cn-hangzhou", "cn-shanghai"),
        roles=roles,
        policies=policies,
        attachments=(
            attached("legacy-payments", "legacy-payments-use"),
            attached("orders-sync", "orders-consume"),
            attached("partner-admin", "everything"),
            attached("partner-admin", "orders-consume", group="rg-acfmorders"),
            attached("vendor-monitoring", "AliyunMQReadOnlyAccess", kind=system),
            attached("vendor-monitoring", "unread-policy"),
        ),
        instances=(Instance(series=Series.V5, instance_id="rmq-cn-orders01", region="cn-hangzhou"),),
        gaps=(
            _gap(Subject.ROLE, "half-read", "ram:GetRole"),
            _gap(Subject.POLICY, "Custom:unread-policy", "ram:GetPolicy"),
            Gap(
                subject=Subject.TRAILS,
                name="",
                because=CloudFault(
                    kind=FaultKind.SERVER,
                    api="actiontrail:DescribeTrails",
                    code="InternalError",
                    message="Try again later.",
                ),
            ),
        ),
        coverage=(
            Coverage(subject=Subject.ROLES, expected=1, read=1, unread=0),
            Coverage(subject=Subject.ROLE, expected=7, read=6, unread=1),
            Coverage(subject=Subject.POLICY, expected=5, read=4, unread=1),
            Coverage(subject=Subject.TRAILS, expected=None, read=0, unread=1),
        ),
        calls=(
            ApiCalls(api="ram:GetRole", calls=9, throttled=1, failed=2),
            ApiCalls(api="ram:ListRoles", calls=1),
            ApiCalls(api="actiontrail:DescribeTrails", calls=6, failed=6),
        ),
    )
    return ReportInput(
        snapshots=(snapshot,),
        findings=_small_findings(),
        delegations=(
            delegation(
                "orders-sync",
                PARTNER,
                external_id=True,
                conditions=("`sts:ExternalId` must equal ***",),
                policies=("Custom:orders-consume",),
            ),
            delegation(
                "partner-admin",
                PARTNER,
                external_id=True,
                conditions=("`sts:ExternalId` must equal ***",),
                policies=("Custom:everything", "Custom:orders-consume @ rg-acfmorders"),
            ),
            delegation(
                "vendor-monitoring",
                VENDOR,
                f"acs:ram::{VENDOR}:role/ops",
                session=7200,
                policies=("System:AliyunMQReadOnlyAccess", "Custom:unread-policy"),
            ),
            delegation(
                "vendor-monitoring",
                VENDOR,
                f"acs:ram::{VENDOR}:user/lena",
                session=7200,
                policies=("System:AliyunMQReadOnlyAccess", "Custom:unread-policy"),
            ),
            delegation(
                "legacy-payments",
                STRANGER,
                session=43200,
                policies=("Custom:legacy-payments-use",),
                external_id=None,
            ),
        ),
        rules=RULES,
        generated=datetime(2026, 3, 1, 12, 5, tzinfo=UTC),
        version="0.1.0",
    )


def _small_findings() -> tuple[Finding, ...]:
    digest = TRUST_STRANGER.digest
    everything = Evidence(
        source="Custom:everything",
        version="v3",
        path="$.Statement[0]",
        excerpt='{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}',
        digest=EVERYTHING.digest,
    )
    stranger = Evidence(
        source="trust policy",
        path="$.Statement[0].Principal.RAM[0]",
        excerpt=f"acs:ram::{STRANGER}:root",
        digest=digest,
    )
    external = Evidence(
        source="trust policy",
        path="$.Statement[0].Condition.StringEquals.sts:ExternalId",
        excerpt=EXTERNAL_ID,
        digest=TRUST_ORDERS.digest,
    )
    whole = Evidence(
        source="trust policy", path="$.Statement[0]", excerpt=TRUST_ORDERS.text, digest=TRUST_ORDERS.digest
    )
    return (
        finding(
            "grants-everything",
            "partner-admin",
            "role `partner-admin` lets Enterprise B do anything in this account",
            severity=Severity.CRITICAL,
            evidence=(everything, whole),
        ),
        finding(
            "trust-allows-unknown-account",
            "legacy-payments",
            f"role `legacy-payments` may be assumed by account `{STRANGER}`, which the settings do not name",
            evidence=(stranger,),
        ),
        finding(
            "external-id-missing",
            "vendor-monitoring",
            "role `vendor-monitoring` may be assumed by Northwind Messaging without an external id",
            severity=Severity.MEDIUM,
        ),
        finding(
            "external-id-missing",
            "orders-sync",
            "role `orders-sync` asks for an external id",
            verdict=Verdict.PASS,
            evidence=(external,),
        ),
        finding(
            "session-too-long",
            "vendor-monitoring",
            "sessions of role `vendor-monitoring` may last 2 hours",
            severity=Severity.LOW,
        ),
        finding(
            "resource-matches-nothing",
            "legacy-payments",
            "the policies of role `legacy-payments` name an instance that does not exist",
            severity=Severity.INFO,
        ),
        finding(
            "trail-not-logging",
            OWNER,
            "it is not known whether a trail records who assumes roles",
            verdict=Verdict.UNKNOWN,
            kind=SubjectKind.ACCOUNT,
            gaps=("trails: `actiontrail:DescribeTrails` failed with InternalError",),
        ),
        finding(
            "policy-not-understood",
            "vendor-monitoring",
            "one policy of role `vendor-monitoring` could not be read",
            verdict=Verdict.UNKNOWN,
            severity=Severity.MEDIUM,
            gaps=("policy `Custom:unread-policy`: missing `ram:GetPolicy`",),
        ),
        finding(
            "trust-allows-unknown-account",
            "half-read",
            "it is not known who may assume role `half-read`",
            verdict=Verdict.UNKNOWN,
            gaps=("role `half-read`: missing `ram:GetRole`",),
        ),
        finding(
            "session-too-long",
            "orders-sync",
            "sessions of role `orders-sync` end after an hour",
            verdict=Verdict.PASS,
            severity=Severity.LOW,
        ),
    )


def _gap(subject: Subject, name: str, permission: str) -> Gap:
    fault = CloudFault(
        kind=FaultKind.DENIED, api=permission, code="NoPermission", status=403, missing_permission=permission
    )
    return Gap(subject=subject, name=name, because=fault)


def crowded(delegated: int, *, others: int = 0, documents: int = 0) -> ReportInput:
    """An account with many delegated roles: shared policies, and large ones of their own for `documents` of them."""
    accounts = [AccountId(f"{5_000_000_000_000_000 + 7 * n}") for n in range(max(delegated // 6, 1))]
    names = [f"partner-role-{n:04d}" for n in range(delegated)]
    trusts = [trust(f"acs:ram::{accounts[n % len(accounts)]}:root") for n in range(delegated)]
    roles = [role(name, document) for name, document in zip(names, trusts, strict=True)]
    roles += [role(f"own-role-{n:04d}", trust(f"acs:ram::{OWNER}:root")) for n in range(others)]
    shared = [policy(f"shared-{n}", grant(["rocketmq:*"], [_instance(n)])) for n in range(30)]
    own = [policy(f"large-{n:04d}", _large(n)) for n in range(documents)]
    attachments = [attached(name, f"shared-{n * 7 % 30}") for n, name in enumerate(names)]
    attachments += [attached(names[n % delegated], f"large-{n:04d}") for n in range(documents)]
    severities = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
    findings = [
        finding(
            rule_id,
            name,
            f"role `{name}` fails `{rule_id}`",
            severity=severities[(n + k) % len(severities)],
            evidence=(
                Evidence(
                    source="trust policy",
                    path="$.Statement[0]",
                    excerpt=trusts[n].text,
                    digest=trusts[n].digest,
                ),
            ),
        )
        for n, name in enumerate(names)
        for k, rule_id in enumerate(RULES)
        if (n + k) % 3
    ]
    return ReportInput(
        snapshots=(
            Snapshot(
                account=OWNER,
                taken=NOON,
                roles=tuple(roles),
                policies=tuple(shared + own),
                attachments=tuple(attachments),
            ),
        ),
        findings=tuple(findings),
        delegations=tuple(
            delegation(name, accounts[n % len(accounts)], policies=(f"Custom:shared-{n * 7 % 30}",))
            for n, name in enumerate(names)
        ),
        rules=RULES,
        generated=NOON,
        version="0.1.0",
    )


def hostile() -> ReportInput:
    """An account in which every name, text and document was written by an attacker."""
    roles = tuple(
        Role(
            name=name,
            role_id=name,
            arn=name,
            description=name,
            tags=(Tag(name, name),),
            trust=Document(name),
            max_session_seconds=1,
        )
        for name in HOSTILE
    )
    documents = {
        name: grant([name], [f"acs:rocketmq:{name}:{name}:instance/{name}/topic/{name}"]) for name in HOSTILE
    }
    gap = CloudFault(
        kind=FaultKind.DENIED,
        api=HOSTILE[0],
        code=HOSTILE[1],
        message=HOSTILE[4],
        missing_permission=HOSTILE[2],
    )
    snapshot = Snapshot(
        account=AccountId(HOSTILE[0]),
        taken=NOON,
        profile=HOSTILE[2],
        regions=HOSTILE,
        local_cloud=True,
        roles=roles,
        policies=tuple(policy(name, document) for name, document in documents.items()),
        attachments=tuple(attached(name, name, group=name) for name in HOSTILE),
        gaps=tuple(Gap(subject=Subject.POLICY, name=name, because=gap) for name in HOSTILE),
        calls=tuple(ApiCalls(api=name, calls=1) for name in HOSTILE),
    )
    return ReportInput(
        snapshots=(snapshot,),
        findings=tuple(_hostile_finding(name, verdict) for name in HOSTILE for verdict in Verdict),
        delegations=tuple(
            Delegation(
                owner=snapshot.account,
                role=name,
                principal=name,
                principal_account=AccountId(name),
                partner=name,
                relation=Relation.UNKNOWN,
                ways=(),
                external_id_required=None,
                conditions=HOSTILE,
                max_session_seconds=None,
                policies=HOSTILE,
                trust_path=name,
            )
            for name in HOSTILE
        ),
        rules={
            name: RuleText(
                title=name,
                severity=Severity.HIGH,
                why=name,
                cli=name,
                console=name,
                terraform=name,
                reference=name,
            )
            for name in HOSTILE
        },
        generated=NOON,
        version=HOSTILE[0],
        title=HOSTILE[0],
    )


def _hostile_finding(name: str, verdict: Verdict) -> Finding:
    return Finding(
        rule=name,
        verdict=verdict,
        severity=Severity.HIGH,
        account=AccountId(HOSTILE[0]),
        subject_kind=SubjectKind.ROLE,
        subject=name,
        message=name,
        evidence=(Evidence(source=name, version=name, path=name, excerpt=name, digest=name),),
        because_of_gaps=HOSTILE,
    )


def _instance(number: int) -> str:
    return f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-cn-{number:08d}/topic/*"


def _large(number: int) -> Document:
    topics = [
        f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-cn-{number:08d}/topic/topic-{n:03d}"
        for n in range(70)
    ]
    return grant(["rocketmq:GetTopic", "rocketmq:ListTopics"], topics)
