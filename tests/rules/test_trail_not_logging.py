from __future__ import annotations

from scanner.model.finding import Severity, SubjectKind, Verdict
from scanner.model.snapshot import Subject
from scanner.rules.trail_not_logging import RULE
from tests.rules.worlds import OWNER, gap, judged, snapshot, trail, verdicts, world


def test_no_trail_at_all_fails() -> None:
    finding = judged(RULE, world(snapshot()))[OWNER]
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.HIGH
    assert finding.subject_kind is SubjectKind.ACCOUNT
    assert "there is no trail" in finding.message


def test_a_trail_that_is_off_fails() -> None:
    finding = judged(RULE, world(snapshot(trails=[trail(logging=False)])))[OWNER]
    assert finding.verdict is Verdict.FAIL
    assert "`audit` is switched off" in finding.message


def test_a_trail_that_delivers_to_nowhere_fails() -> None:
    assert verdicts(RULE, world(snapshot(trails=[trail(targets=())]))) == {OWNER: Verdict.FAIL}


def test_a_trail_whose_delivery_fails_is_no_trail() -> None:
    broken = trail(delivery_error="the bucket does not exist")
    finding = judged(RULE, world(snapshot(trails=[broken])))[OWNER]
    assert finding.verdict is Verdict.FAIL
    assert "fails to deliver" in finding.message


def test_a_working_trail_of_all_regions_passes_whatever_else_is_off() -> None:
    trails = [trail("audit"), trail("old", logging=False), trail("new", logging=None)]
    assert verdicts(RULE, world(snapshot(trails=trails))) == {OWNER: Verdict.PASS}


def test_some_regions_fail_less_badly() -> None:
    trails = [trail("a", trail_region="cn-hangzhou"), trail("b", trail_region="cn-beijing")]

    finding = judged(RULE, world(snapshot(trails=trails)))[OWNER]

    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.MEDIUM
    assert "`cn-beijing`, `cn-hangzhou`" in finding.message


def test_regions_that_were_not_told_are_unknown() -> None:
    assert verdicts(RULE, world(snapshot(trails=[trail(trail_region="")]))) == {OWNER: Verdict.UNKNOWN}


def test_a_list_of_trails_that_was_not_read_is_unknown() -> None:
    owner = snapshot(gaps=[gap(Subject.TRAILS, api="actiontrail:DescribeTrails")])

    finding = judged(RULE, world(owner))[OWNER]

    assert finding.verdict is Verdict.UNKNOWN
    assert "actiontrail:DescribeTrails" in finding.because_of_gaps[0]


def test_a_status_that_was_not_read_is_unknown() -> None:
    owner = snapshot(
        trails=[trail(logging=None)],
        gaps=[gap(Subject.TRAIL_STATUS, "audit", api="actiontrail:GetTrailStatus")],
    )

    finding = judged(RULE, world(owner))[OWNER]

    assert finding.verdict is Verdict.UNKNOWN
    assert "actiontrail:GetTrailStatus" in finding.because_of_gaps[0]
