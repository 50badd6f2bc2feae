"""Count calls against the documented limit of each operation, per account.

The vendor gives calls per second. How it counts is not published; here every account has, for every
operation, a bucket of one second's worth that fills up evenly (inferred). What a refused call
gets as an answer is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.emulator.service import Operation


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Quotas:
    """Lets calls through until the limit is reached. It is not safe for several threads."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}

    def allows(self, account_id: str, operation: Operation, now: float) -> bool:
        """Whether one more call is within the limit; if so, it is counted. `now` is in seconds."""
        rate = operation.quota
        if rate is None:
            return True
        size = max(1.0, rate)
        bucket = self._buckets.setdefault(
            (account_id, operation.service, operation.name), _Bucket(left=size, at=now)
        )
        bucket.left = min(size, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.left < 1.0:
            return False
        bucket.left -= 1.0
        return True
