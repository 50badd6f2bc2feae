"""What a verdict says about a role of the world demo is tried in the local cloud, and must come out so.

The scan reads the world through the official SDKs. A FAIL must mean that a request goes through, whatever
the conditions or, where the finding names conditions, under some; a PASS that none of those tried does.
"""

from __future__ import annotations

import pytest

from scanner.app.scan import judge_all
from scanner.emulator.state import LocalWorld
from scanner.model.finding import Finding, Verdict
from tests.cloudfixture import load, running_cloud
from tests.emulator.test_demo_findings import KNOWN, scanned
from tests.verdicts import admissions
from tests.verdicts.permissions import TRIED, agrees


@pytest.fixture(scope="module")
def world() -> LocalWorld:
    return load("demo")


@pytest.fixture(scope="module")
def findings(world: LocalWorld) -> tuple[Finding, ...]:
    with running_cloud(world, quotas=False) as cloud:
        snapshots = [scanned(cloud, account) for account in KNOWN]
    judged = judge_all(snapshots, KNOWN)
    return tuple(finding for account in KNOWN for finding in judged[account])


@pytest.mark.parametrize("rule", TRIED)
def test_a_verdict_about_permissions_holds(
    rule: str, world: LocalWorld, findings: tuple[Finding, ...]
) -> None:
    wrong = [text for f in findings if f.rule == rule and (text := agrees(world, f))]
    assert wrong == []


@pytest.mark.parametrize("rule", admissions.RULES_TRIED)
def test_a_verdict_about_who_comes_in_holds(
    rule: str, world: LocalWorld, findings: tuple[Finding, ...]
) -> None:
    wrong = [text for f in findings if f.rule == rule and (text := admissions.agrees(world, f, KNOWN))]
    assert wrong == []


def test_each_rule_that_is_tried_both_fails_and_passes_something(findings: tuple[Finding, ...]) -> None:
    said = {(f.rule, f.verdict) for f in findings}
    for rule in (*TRIED, *admissions.RULES_TRIED):
        assert {(rule, Verdict.FAIL), (rule, Verdict.PASS)} <= said
