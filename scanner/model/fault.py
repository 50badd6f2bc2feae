"""Why a call to the cloud failed, as a value that can be stored and printed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What a failed call means for the caller."""

    DENIED = "denied"
    THROTTLED = "throttled"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    """The service says that the request itself is wrong."""
    CREDENTIALS = "credentials"
    CLOCK = "clock"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"
    """The answer is not what the API promises: not JSON, a wrong type, a truncated listing."""
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFault:
    """One failed call. It never holds a secret."""

    kind: FaultKind
    api: str
    """`ram:GetRole` and so on."""
    code: str = ""
    """The service's own error code, when there was one."""
    message: str = ""
    status: int | None = None
    request_id: str = ""
    missing_permission: str | None = None
    """The RAM action that the caller lacks, when `kind` is DENIED."""

    def __str__(self) -> str:
        if self.missing_permission is not None:
            return f"missing `{self.missing_permission}`"
        if self.kind is FaultKind.CREDENTIALS and not self.code:
            return self.message
        return f"{self.api}: {self.code or self.kind.value}" + (f" ({self.message})" if self.message else "")
