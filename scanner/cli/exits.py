"""Exit codes: what a command's end means to the program that called it."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.errors import CrossroleError
    from scanner.model.finding import Severity


class Exit(IntEnum):
    """The codes; the README lists them in words."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING_IN_SCOPE = 3
    INCOMPLETE = 4
    LOW = 11
    MEDIUM = 12
    HIGH = 13
    CRITICAL = 14
    INTERRUPTED = 130


MEANINGS: dict[Exit, str] = {
    Exit.OK: "complete, and nothing found at or above the threshold",
    Exit.FAILED: "failed: the command could not do what was asked",
    Exit.USAGE: "the command line or the settings are wrong",
    Exit.NOTHING_IN_SCOPE: "nothing in scope: no stored scan, no role of that name",
    Exit.INCOMPLETE: "nothing found, but something could not be read or decided",
    Exit.LOW: "the worst finding is low",
    Exit.MEDIUM: "the worst finding is medium",
    Exit.HIGH: "the worst finding is high",
    Exit.CRITICAL: "the worst finding is critical",
    Exit.INTERRUPTED: "interrupted by Ctrl-C",
}


def exit_for(worst: Severity | None, *, threshold: Severity, complete: bool) -> Exit:
    """The code for a judged scan: its worst finding, else whether all could be read and decided."""
    if worst is not None and worst.name in Exit.__members__ and worst.rank >= threshold.rank:
        return Exit[worst.name]
    return Exit.OK if complete else Exit.INCOMPLETE


def exit_for_error(error: CrossroleError) -> Exit:
    """The code for an error that ends a command."""
    from scanner.errors import NothingInScopeError, SettingsError, UsageError

    match error:
        case UsageError() | SettingsError():
            return Exit.USAGE
        case NothingInScopeError():
            return Exit.NOTHING_IN_SCOPE
        case _:
            return Exit.FAILED
