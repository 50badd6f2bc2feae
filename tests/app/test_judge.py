from __future__ import annotations

from collections.abc import Iterator

import pytest

from scanner.app.judge import in_order, judge, summarise, undecided, worst
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.model.snapshot import Subject
from scanner.rules.base import Remedy, Rule, World
from tests.rules.worlds import (
    GOOD_EXTERNAL_ID,
    OWNER,
    PARTNER,
    STRANGER,
    external_id,
    gap,
    role,
    snapshot,
    trail,
    trusting,
    world,
)

NOWHERE = Remedy(cli="", console="", terraform="")


def finding(
    rule: str = "a-rule",
    subject: str = "orders",
    verdict: Verdict = Verdict.FAIL,
    severity: Severity = Severity.HIGH,
) -> Finding:
    return Finding(
        rule=rule,
        verdict=verdict,
        severity=severity,
        account=OWNER,
        subject_kind=SubjectKind.ROLE,
        subject=subject,
        message="",
    )


def saying(*findings: Finding) -> Rule:
    """A rule that says `findings` about every account."""

    def judge_it(_world: World) -> Iterator[Finding]:
        yield from findings

    return Rule(
        id="a-rule",
        title="",
        severity=Severity.HIGH,
        subject=SubjectKind.ROLE,
        why="",
        remedy=NOWHERE,
        reference="",
        judge=judge_it,
    )


def test_findings_come_most_severe_first_then_by_rule_and_subject() -> None:
    mild = finding("a", severity=Severity.LOW)
    second = finding("b", "orders")
    first = finding("b", "billing")
    zero = finding("a", "orders")

    assert judge(world(snapshot()), [saying(mild, second), saying(first, zero)]) == (
        zero,
        first,
        second,
        mild,
    )


def test_the_order_of_rules_does_not_matter() -> None:
    findings = [finding(r, s, severity=v) for r in "ab" for s in "xy" for v in Severity]
    assert in_order(findings) == in_order(reversed(findings))


def test_the_same_account_is_judged_the_same() -> None:
    owner = snapshot(
        roles=[role("b", trust=trusting(PARTNER)), role("a", trust=trusting(STRANGER, "*"))], trails=[trail()]
    )
    assert judge(world(owner)) == judge(world(owner))


def test_a_bug_in_a_rule_is_no_verdict() -> None:
    def broken(_world: World) -> Iterator[Finding]:
        yield finding()
        raise ZeroDivisionError

    rule = Rule(
        id="broken",
        title="",
        severity=Severity.LOW,
        subject=SubjectKind.ROLE,
        why="",
        remedy=NOWHERE,
        reference="",
        judge=broken,
    )
    with pytest.raises(ZeroDivisionError):
        judge(world(snapshot()), [rule])


def test_only_failures_count_for_the_worst() -> None:
    assert worst([]) is None
    assert worst([finding(verdict=Verdict.UNKNOWN, severity=Severity.CRITICAL)]) is None
    assert worst([finding(verdict=Verdict.PASS), finding(severity=Severity.LOW)]) is Severity.LOW
    assert worst([finding(severity=s) for s in Severity]) is Severity.CRITICAL


def test_the_summary_counts_each_verdict_and_severity() -> None:
    summary = summarise(
        [
            finding(),
            finding(severity=Severity.LOW),
            finding(verdict=Verdict.UNKNOWN),
            finding(verdict=Verdict.PASS),
            finding(verdict=Verdict.PASS, severity=Severity.LOW),
        ]
    )
    assert dict(summary.by_verdict) == {
        Verdict.PASS: 2,
        Verdict.FAIL: 2,
        Verdict.UNKNOWN: 1,
        Verdict.NOT_APPLICABLE: 0,
    }
    assert {s: n for s, n in summary.failed.items() if n} == {Severity.HIGH: 1, Severity.LOW: 1}
    assert {s: n for s, n in summary.unknown.items() if n} == {Severity.HIGH: 1}


def test_an_account_is_judged_with_the_others_in_sight() -> None:
    trust = trusting(f"acs:ram::{PARTNER}:user/alice", when=external_id(GOOD_EXTERNAL_ID))
    owner = snapshot(roles=[role("orders", trust=trust)])

    findings = judge(world(owner, others=[snapshot(account=PARTNER)]))

    gone = next(f for f in findings if f.rule == "trust-names-missing-principal")
    assert gone.verdict is Verdict.FAIL
    assert {f.account for f in findings} == {OWNER}


def test_an_account_that_could_not_be_read_at_all_passes_nothing() -> None:
    owner = snapshot(gaps=[gap(subject, api=f"x:{subject.name}") for subject in Subject])
    found = judge(world(owner))
    assert found
    assert {f.verdict for f in found} == {Verdict.UNKNOWN}


def test_no_subject_is_judged_twice_by_one_rule() -> None:
    owner = snapshot(
        roles=[
            role("a", trust=trusting(STRANGER, "*", service=f"{PARTNER}@fc.aliyuncs.com")),
            role("b", trust=None),
        ],
        gaps=[gap(Subject.ROLES), gap(Subject.USERS), gap(Subject.GROUPS)],
    )
    found = judge(world(owner))
    assert len({f.fingerprint for f in found}) == len(found)


def test_something_undecided_at_the_threshold_is_told_from_something_milder() -> None:
    unknown = finding("grants-everything", verdict=Verdict.UNKNOWN, severity=Severity.HIGH)

    assert undecided([unknown], threshold=Severity.HIGH)
    assert not undecided([unknown], threshold=Severity.CRITICAL)
    elsewhere = finding("trust-names-missing-principal", verdict=Verdict.UNKNOWN, severity=Severity.HIGH)
    assert not undecided([elsewhere], threshold=Severity.LOW)
