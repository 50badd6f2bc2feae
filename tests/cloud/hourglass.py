"""A clock that moves only when somebody sleeps."""

from __future__ import annotations


class Hourglass:
    """Stands for the monotonic clock and for sleeping."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
