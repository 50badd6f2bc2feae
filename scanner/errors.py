"""The errors that crossrole raises on purpose; everything else is a bug.

An error says that the command cannot do what was asked. What merely could not be
read is a `Gap` in the snapshot, not an error.
"""

from __future__ import annotations

from scanner.model.fault import CloudFault


class CrossroleError(Exception):
    """A command cannot do what was asked.

    `message` is lower-case prose with user data in backticks and no full stop;
    `hint` says what to do about it.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CrossroleError):
    """The command line is wrong."""


class SettingsError(CrossroleError):
    """A settings file or variable is wrong."""


class NothingInScopeError(CrossroleError):
    """There is nothing to work on: no scan stored, no role of that name."""


class StoreError(CrossroleError):
    """The store cannot be opened, read or written."""


class CloudError(CrossroleError):
    """A call to the cloud failed for good, after the retries that were due."""

    def __init__(self, fault: CloudFault, *, hint: str = "") -> None:
        super().__init__(str(fault), hint=hint)
        self.fault = fault
