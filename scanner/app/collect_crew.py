"""Run many small jobs on several threads, sharing the threads fairly between lanes.

A lane is one kind of read. Lanes wait for their own quotas, so a lane with a thousand jobs due
must not hold every thread: the next job is always taken from the lane that has fewest running.
What the jobs do is not known here.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

Job = Callable[[], None]

_LOOK_UP_SECONDS: Final = 0.5
"""How often the thread that waits notices an interrupt that did not wake it."""


class Crew:
    """Threads that do jobs; jobs may hand in further jobs."""

    def __init__(self, workers: int) -> None:
        self._workers = max(1, workers)
        self._job_came = threading.Condition()
        self._busy = threading.Lock()
        self._due: dict[str, deque[Job]] = {}
        self._running: dict[str, int] = {}
        self._error: BaseException | None = None
        self._closed = False

    def hand_in(self, lane: str, job: Job) -> None:
        """Have `job` done when its turn comes."""
        with self._job_came:
            self._due.setdefault(lane, deque()).append(job)
            self._running.setdefault(lane, 0)
            self._job_came.notify()

    def work(self) -> None:
        """Return when every job is done, those handed in on the way included.

        Raises what a job raised; jobs that were not begun are then dropped. It can be interrupted:
        the threads end by themselves after the job they are at, and do not keep the process alive.
        """
        if self._is_over():
            return
        self._closed = False
        self._busy.acquire()
        threads = [
            threading.Thread(target=self._serve, name=f"crew-{number}", daemon=True)
            for number in range(self._workers)
        ]
        try:
            for thread in threads:
                thread.start()
            # A bare lock, because an interrupt in the middle of waiting for a condition would break that.
            while not self._busy.acquire(timeout=_LOOK_UP_SECONDS):
                pass
        finally:
            with self._job_came:
                self._closed = True
                self._due.clear()
                self._job_came.notify_all()
        self._busy.release()
        if self._error is not None:
            raise self._error
        for thread in threads:
            thread.join()

    def _is_over(self) -> bool:
        return self._error is not None or not (any(self._due.values()) or any(self._running.values()))

    def _serve(self) -> None:
        while (taken := self._take()) is not None:
            lane, job = taken
            try:
                job()
            except BaseException as error:  # noqa: BLE001 - carried to the thread that waits, which raises it
                self._error = error
            with self._job_came:
                self._running[lane] -= 1
                if self._is_over() and not self._closed:
                    self._closed = True
                    self._busy.release()

    def _take(self) -> tuple[str, Job] | None:
        with self._job_came:
            while not self._closed:
                waiting = [lane for lane, jobs in self._due.items() if jobs]
                if waiting:
                    lane = min(waiting, key=self._running.__getitem__)
                    self._running[lane] += 1
                    return lane, self._due[lane].popleft()
                self._job_came.wait()
            return None
