"""Exit codes."""

from __future__ import annotations

import pytest

from scanner.cli.exits import MEANINGS, Exit, exit_for, exit_for_error
from scanner.errors import CrossroleError, NothingInScopeError, SettingsError, StoreError, UsageError
from scanner.model.finding import Severity


@pytest.mark.parametrize(
    ("worst", "threshold", "complete", "expected"),
    [
        (None, Severity.LOW, True, Exit.OK),
        (None, Severity.LOW, False, Exit.INCOMPLETE),
        (Severity.INFO, Severity.LOW, True, Exit.OK),
        (Severity.LOW, Severity.LOW, True, Exit.LOW),
        (Severity.MEDIUM, Severity.LOW, False, Exit.MEDIUM),
        (Severity.HIGH, Severity.CRITICAL, True, Exit.OK),
        (Severity.HIGH, Severity.CRITICAL, False, Exit.INCOMPLETE),
        (Severity.CRITICAL, Severity.CRITICAL, False, Exit.CRITICAL),
    ],
)
def test_the_worst_finding_decides_and_then_whether_all_was_read(
    worst: Severity | None, threshold: Severity, *, complete: bool, expected: Exit
) -> None:
    assert exit_for(worst, threshold=threshold, complete=complete) is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UsageError("x"), Exit.USAGE),
        (SettingsError("x"), Exit.USAGE),
        (NothingInScopeError("x"), Exit.NOTHING_IN_SCOPE),
        (StoreError("x"), Exit.FAILED),
        (CrossroleError("x"), Exit.FAILED),
    ],
)
def test_each_kind_of_error_has_its_code(error: CrossroleError, expected: Exit) -> None:
    assert exit_for_error(error) is expected


def test_every_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Exit)
