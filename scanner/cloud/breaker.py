"""Decide when an API at a host is not worth asking any more.

Without this, a thousand reads of an API that is down would each wait out all their attempts. A
single answer, given even to a probe, makes the API usable again.
"""

from __future__ import annotations

import threading
from typing import Final

from scanner.model.fault import CloudFault

GIVEN_UP_AFTER: Final = 5
"""So many reads in a row that failed after all their attempts make an API unusable."""
PROBES_EVERY: Final = 50
"""Of the reads of an unusable API, one in so many is still sent, once."""


class Breaker:
    """The state of one API at one host."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._turned_away = 0
        self._last: CloudFault | None = None

    def unusable(self) -> CloudFault | None:
        """The fault to report instead of trying again; None while the API is usable."""
        with self._lock:
            return self._last if self._in_a_row >= GIVEN_UP_AFTER else None

    def turned_away(self) -> CloudFault | None:
        """As `unusable`, for a new read; None also for a read that is to probe."""
        fault = self.unusable()
        if fault is None:
            return None
        with self._lock:
            self._turned_away += 1
            return None if self._turned_away % PROBES_EVERY == 0 else fault

    def answered(self) -> None:
        """The API gave an answer, be it a refusal."""
        with self._lock:
            self._in_a_row = 0

    def exhausted(self, fault: CloudFault) -> None:
        """A read failed after all its attempts."""
        with self._lock:
            self._in_a_row += 1
            self._last = fault
