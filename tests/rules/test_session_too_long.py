from __future__ import annotations

import pytest

from scanner.model.finding import Severity, Verdict
from scanner.rules.session_too_long import RULE
from tests.rules.worlds import OWNER, PARTNER, judged, role, snapshot, trusting, verdicts, world


@pytest.mark.parametrize(
    ("seconds", "severity"),
    [(3_601, Severity.MEDIUM), (43_199, Severity.MEDIUM), (43_200, Severity.HIGH)],
)
def test_more_than_an_hour_fails(seconds: int, severity: Severity) -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(PARTNER), max_session_seconds=seconds)])

    finding = judged(RULE, world(owner))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert finding.severity is severity
    assert finding.evidence[0].excerpt == str(seconds)


def test_an_hour_passes() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(PARTNER), max_session_seconds=3_600)])
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.PASS}


def test_a_length_that_was_not_read_is_unknown() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(PARTNER), max_session_seconds=None)])
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.UNKNOWN}


def test_a_role_for_the_account_itself_may_be_as_long_as_it_likes() -> None:
    owner = snapshot(roles=[role("inside", trust=trusting(OWNER), max_session_seconds=43_200)])
    assert verdicts(RULE, world(owner)) == {}


def test_it_is_told_once_however_many_principals_come_in() -> None:
    trust = trusting(PARTNER, f"acs:ram::{PARTNER}:user/alice")
    owner = snapshot(roles=[role("orders", trust=trust, max_session_seconds=7_200)])
    finding = judged(RULE, world(owner))["orders"]
    assert len(finding.evidence) == 1
    assert finding.message.count("7,200") == 1
