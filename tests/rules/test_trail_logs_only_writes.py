from __future__ import annotations

from scanner.model.finding import Severity, Verdict
from scanner.model.snapshot import Subject
from scanner.rules.trail_logs_only_writes import RULE
from tests.rules.worlds import OWNER, gap, judged, snapshot, trail, verdicts, world


def test_writes_only_fail() -> None:
    finding = judged(RULE, world(snapshot(trails=[trail(event_rw="Write")])))[OWNER]
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.MEDIUM
    assert "EventRW Write" in finding.evidence[0].excerpt


def test_reads_only_fail_worse() -> None:
    finding = judged(RULE, world(snapshot(trails=[trail(event_rw="Read")])))[OWNER]
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.HIGH


def test_all_events_pass() -> None:
    assert verdicts(RULE, world(snapshot(trails=[trail()]))) == {OWNER: Verdict.PASS}


def test_one_trail_of_reads_and_one_of_writes_pass() -> None:
    trails = [trail("reads", event_rw="Read"), trail("writes", event_rw="Write")]
    assert verdicts(RULE, world(snapshot(trails=trails))) == {OWNER: Verdict.PASS}


def test_a_trail_of_all_events_that_is_off_does_not_count() -> None:
    trails = [trail("all", logging=False), trail("writes", event_rw="Write")]
    assert verdicts(RULE, world(snapshot(trails=trails))) == {OWNER: Verdict.FAIL}


def test_without_a_working_trail_the_other_rule_speaks() -> None:
    assert verdicts(RULE, world(snapshot())) == {OWNER: Verdict.NOT_APPLICABLE}


def test_a_kind_of_events_that_is_not_documented_is_unknown() -> None:
    assert verdicts(RULE, world(snapshot(trails=[trail(event_rw="")]))) == {OWNER: Verdict.UNKNOWN}


def test_trails_that_were_not_read_are_unknown() -> None:
    owner = snapshot(gaps=[gap(Subject.TRAILS, api="actiontrail:DescribeTrails")])
    assert verdicts(RULE, world(owner)) == {OWNER: Verdict.UNKNOWN}


def test_a_status_that_was_not_read_is_unknown_unless_another_trail_has_all() -> None:
    unread = trail("maybe", logging=None)
    assert verdicts(RULE, world(snapshot(trails=[unread]))) == {OWNER: Verdict.UNKNOWN}
    assert verdicts(RULE, world(snapshot(trails=[unread, trail()]))) == {OWNER: Verdict.PASS}
