"""Decide when the next call to an API may leave, so that its quota is never asked for more.

Each API has a lane with evenly spaced slots: a bucket of tokens that holds hardly more than
one, because a burst is what a quota counted in seconds punishes. A throttled call halves the
lane's rate; it grows back by a tenth of the full rate in each second. One pacer serves one account.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from scanner.cloud.quotas import QUOTAS
from scanner.model.settings import PacingSettings

RECOVERY: Final = 0.1
"""The part of the full rate that a slowed lane regains in a second."""
SLOWEST: Final = 0.05
"""The part of the full rate below which a lane is never slowed."""
_SLACK_IN_BURSTS: Final = 0.5
"""How much of the unused share of a quota may go into catching up after a pause."""
_ONE_SLOWDOWN_SECONDS: Final = 1.0
"""Calls already under way when a lane was slowed do not slow it again."""


@dataclass(slots=True)
class _Lane:
    full: float
    burst: float
    rate: float
    next_slot: float
    updated: float
    slowed: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, now: float) -> float:
        """Take the next slot; the seconds to wait for it."""
        with self.lock:
            self._recover(now)
            interval = 1.0 / self.rate
            slot = max(self.next_slot, now - self.burst * interval)
            self.next_slot = slot + interval
            return max(0.0, slot - now)

    def slow_down(self, now: float) -> None:
        with self.lock:
            if now - self.slowed < _ONE_SLOWDOWN_SECONDS:
                return
            self._recover(now)
            self.slowed = now
            self.rate = max(self.rate / 2, self.full * SLOWEST)

    def _recover(self, now: float) -> None:
        regained = self.full * RECOVERY * (now - self.updated)
        self.rate = min(self.full, self.rate + max(0.0, regained))
        self.updated = now


class Pacer:
    """Tells callers to wait for their turn, API by API."""

    def __init__(
        self,
        settings: PacingSettings,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], None],
        quotas: Mapping[str, float] = QUOTAS,
    ) -> None:
        self._settings = settings
        self._now = now
        self._sleep = sleep
        self._quotas = quotas
        self._lanes: dict[str, _Lane | None] = {}
        self._lock = threading.Lock()

    def wait(self, api: str) -> None:
        """Return when a call to `api` may leave."""
        lane = self._lane(api)
        if lane is None:
            return
        delay = lane.reserve(self._now())
        if delay > 0:
            self._sleep(delay)

    def slow_down(self, api: str) -> None:
        """The service throttled a call to `api`."""
        lane = self._lane(api)
        if lane is not None:
            lane.slow_down(self._now())

    def rate(self, api: str) -> float | None:
        """Calls per second that `api` may have now; None is no limit."""
        lane = self._lane(api)
        return None if lane is None else lane.rate

    def _lane(self, api: str) -> _Lane | None:
        with self._lock:
            if api not in self._lanes:
                self._lanes[api] = self._new_lane(api)
            return self._lanes[api]

    def _new_lane(self, api: str) -> _Lane | None:
        # A rate from the settings is taken as it is; of a documented quota, only the share.
        rate = self._settings.rates.get(api)
        burst = 0.0
        if rate is None:
            quota = self._quotas.get(api, 0.0)
            rate = quota * self._settings.share
            burst = (quota - rate) * _SLACK_IN_BURSTS
        if rate <= 0:
            return None
        now = self._now()
        return _Lane(full=rate, burst=burst, rate=rate, next_slot=now, updated=now)
