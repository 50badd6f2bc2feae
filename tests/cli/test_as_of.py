"""Commands that read the store can be asked about an earlier time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scanner.model.ids import AccountId
from scanner.model.snapshot import Snapshot
from tests.cli.runner import within
from tests.cli.shelf import Keep, keep
from tests.rules import worlds as w

__all__ = ["keep"]


def on(day: int, role: str, *, account: AccountId = w.OWNER, hour: int = 12) -> Snapshot:
    made = w.snapshot(account=account, roles=[w.role(role, trust=w.trusting(w.STRANGER), account=account)])
    return replace(made, taken=datetime(2026, 3, day, hour, tzinfo=UTC))


def names(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    done = within(capsys, "roles", "--json", *words)
    assert done.code == 0, done.err
    return [value["role"] for value in done.json()]


@pytest.fixture
def march(keep: Keep) -> None:
    """The owner scanned on the 1st and twice on the 5th, the partner on the 3rd."""
    keep(on(1, "first"), on(5, "second"), on(5, "third", hour=20), on(3, "theirs", account=w.PARTNER))


@pytest.mark.usefixtures("march")
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-01", ["first"]),
        ("2026-03-04", ["first", "theirs"]),
        ("2026-03-05", ["third", "theirs"]),
        ("2026-03-05T12:00", ["second", "theirs"]),
        ("2026-03-05T12:00:00+08:00", ["first", "theirs"]),
        ("2026-03-05T11:59:59Z", ["first", "theirs"]),
        ("2030-01-01", ["third", "theirs"]),
    ],
)
def test_each_accounts_latest_scan_at_that_time_is_read(
    moment: str, expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert names(capsys, "--as-of", moment) == expected


@pytest.mark.usefixtures("march")
def test_a_time_before_every_scan_has_nothing_in_scope(capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "role", "first", "--as-of", "2026-02-28")

    assert done.code == 3
    assert "no scan was taken by 2026-02-28T23:59:59+00:00" in done.err
    assert "the oldest one was taken at 2026-03-01T12:00:00+00:00" in done.err


@pytest.mark.usefixtures("march")
def test_the_oldest_scan_is_that_of_the_account_that_is_asked_about(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = within(capsys, "findings", "--as-of", "2026-03-02", "--account", w.PARTNER)

    assert done.code == 3
    assert "the oldest one was taken at 2026-03-03T12:00:00+00:00" in done.err


@pytest.mark.usefixtures("march")
@pytest.mark.parametrize("wrong", ["yesterday", "2026-02-30", "2026", "", "5", "2026-03-01T25:00"])
def test_what_is_no_time_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        within(capsys, "roles", "--as-of", wrong)

    assert ended.value.code == 2
    assert "neither a date like 2026-03-01" in capsys.readouterr().err


@pytest.mark.usefixtures("march")
def test_a_scan_and_a_time_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        within(capsys, "roles", "--scan", "1", "--as-of", "2026-03-01")

    assert ended.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
