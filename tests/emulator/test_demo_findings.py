"""The world demo, scanned and judged: every rule finds fault with something, and is content with something."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import pytest

from scanner.app.collect import collect
from scanner.app.scan import judge_all
from scanner.cloud.session import open_session
from scanner.emulator.server import LocalCloud
from scanner.model.delegation import KnownAccount, Relation
from scanner.model.finding import Finding, Verdict
from scanner.model.ids import AccountId
from scanner.model.settings import EndpointSettings, PacingSettings, ProfileSettings
from scanner.model.snapshot import Snapshot
from scanner.rules.registry import RULES
from tests.cloudfixture import running_cloud

OWNER = AccountId("1000000000000001")
KNOWN = {
    AccountId(account): KnownAccount(account=AccountId(account), name=name, relation=relation)
    for account, name, relation in (
        (OWNER, "Enterprise A", Relation.OWN),
        ("2000000000000002", "Enterprise B", Relation.PARTNER),
        ("3000000000000003", "Parcel Express", Relation.PARTNER),
        ("4000000000000004", "Insight Analytics", Relation.PARTNER),
    )
}


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


class Quiet:
    def expect(self, subject: str, count: int) -> None: ...

    def done(self, subject: str, count: int = 1) -> None: ...

    def note(self, message: str) -> None: ...


def scanned(cloud: LocalCloud, account: AccountId) -> Snapshot:
    digit = account[0]
    session = open_session(
        ProfileSettings(name=digit, access_key_id_env="KEY", access_key_secret_env="SECRET"),
        endpoints=EndpointSettings(everything=cloud.endpoint),
        pacing=PacingSettings(),
        environment={"KEY": f"LOCALKEYAUDIT{digit}", "SECRET": f"local-secret-audit-{digit}"},
    )
    return collect(session.reader(), clock=Noon(), progress=Quiet(), workers=8, local_cloud=True)


@pytest.fixture(scope="module")
def snapshots() -> tuple[Snapshot, ...]:
    with running_cloud("demo", quotas=False) as cloud:
        return tuple(scanned(cloud, account) for account in KNOWN)


@pytest.fixture(scope="module")
def findings(snapshots: tuple[Snapshot, ...]) -> tuple[Finding, ...]:
    judged = judge_all(snapshots, KNOWN)
    return tuple(finding for account in KNOWN for finding in judged[account])


def failing(findings: tuple[Finding, ...], rule: str) -> set[str]:
    return {each.subject for each in findings if each.rule == rule and each.verdict is Verdict.FAIL}


def test_the_auditor_may_read_all_that_a_scan_needs(snapshots: tuple[Snapshot, ...]) -> None:
    assert [gap for snapshot in snapshots for gap in snapshot.gaps] == []


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_every_rule_fails_something_and_passes_something(rule: str, findings: tuple[Finding, ...]) -> None:
    verdicts = defaultdict(set)
    for finding in findings:
        verdicts[finding.rule].add(finding.verdict)
    assert {Verdict.FAIL, Verdict.PASS} <= verdicts[rule]


@pytest.mark.parametrize(
    "role",
    [
        "b-orders-consumer",
        "b-refunds-producer",
        "b-trade-operations",
        "b-store-watch",
        "parcel-topics",
        "parcel-group-lag",
        "parcel-instance",
        "b-finance-reader",
        "insight-legacy-orders",
        "b-events-office",
    ],
)
def test_the_delegations_that_are_as_they_should_be_fail_nothing(
    role: str, findings: tuple[Finding, ...]
) -> None:
    assert [f.rule for f in findings if f.subject == role and f.verdict is Verdict.FAIL] == []


@pytest.mark.parametrize(
    ("rule", "roles"),
    [
        ("trust-names-missing-principal", {"b-departed", "b-returned"}),
        ("trust-principal-unsupported", {"open-house", "b-operators-pattern"}),
        ("trust-allows-foreign-service", {"parcel-functions"}),
        ("external-id-shared", {"parcel-publisher", "insight-subscriber"}),
        ("wrong-series", {"b-wrong-series"}),
        ("resource-matches-nothing", {"b-retired-instance"}),
        ("role-trusted-but-powerless", {"former-supplier"}),
        ("policy-not-understood", {"insight-odd-condition"}),
        ("dormant-version-is-broader", {"b-archive"}),
    ],
)
def test_the_mistakes_are_found_where_they_were_made(
    rule: str, roles: set[str], findings: tuple[Finding, ...]
) -> None:
    assert failing(findings, rule) == roles
