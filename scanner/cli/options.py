"""Options that several commands share."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, time
from typing import Final

SEVERITIES: Final = ("low", "medium", "high", "critical")
_DATE_ALONE: Final = len("2026-03-01")


def add_common(parser: ArgumentParser) -> None:
    """Where the settings are, how loud to be, and the form of the output."""
    parser.add_argument(
        "--config", metavar="FILE", help="settings file (default: ./crossrole.toml where there is one)"
    )
    parser.add_argument(
        "--store",
        metavar="URL",
        help="where scans are kept: sqlite:///FILE or postgresql://... (with a password, use CROSSROLE_STORE)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.add_argument("--quiet", action="store_true", help="print no progress and no notes")
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="warning",
        help="how much to log on standard error (default: warning)",
    )


def add_choice_of_scan(parser: ArgumentParser) -> None:
    """Which stored scan to read."""
    parser.add_argument("--account", metavar="ID", help="only this account")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--scan", metavar="N", type=positive, help="the scan of this number (default: each account's latest)"
    )
    which.add_argument(
        "--as-of",
        metavar="TIME",
        type=moment,
        help="each account's latest scan at this time: a date, 2026-03-01, is its end; "
        "a moment, 2026-03-01T12:00, is in UTC unless it carries an offset",
    )


def add_threshold(parser: ArgumentParser) -> None:
    """What counts for the exit code."""
    parser.add_argument(
        "--threshold",
        choices=SEVERITIES,
        help="the mildest finding that changes the exit code (default: low)",
    )
    parser.add_argument(
        "--exit-zero", action="store_true", help="exit with 0 whatever was found or not readable"
    )


def positive(text: str) -> int:
    """`text` as a whole number over zero."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f"`{text}` is not a whole number over 0")
    return number


def moment(text: str) -> datetime:
    """`text` as a moment in UTC; a date alone is its last moment."""
    try:
        parsed = datetime.fromisoformat(text)
        if len(text) <= _DATE_ALONE:
            parsed = datetime.combine(parsed.date(), time.max)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(
            f"`{text}` is neither a date like 2026-03-01 nor a moment like 2026-03-01T12:00Z"
        ) from None
