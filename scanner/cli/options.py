"""Options that several commands share."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Final

SEVERITIES: Final = ("low", "medium", "high", "critical")


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
    parser.add_argument(
        "--scan", metavar="N", type=positive, help="the scan of this number (default: each account's latest)"
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
