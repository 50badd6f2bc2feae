"""How far a scan has come, on standard error.

On a terminal: counts and the time left, redrawn in place. Elsewhere: a plain line every few seconds.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from scanner.model.text import visible_block

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from scanner.ports import Progress

_SECONDS_BETWEEN_LINES: Final = 5.0


class Silent:
    """Shows nothing."""

    def expect(self, subject: str, count: int) -> None:
        """Nothing is shown."""

    def done(self, subject: str, count: int = 1) -> None:
        """Nothing is shown."""

    def note(self, message: str) -> None:
        """Nothing is shown."""


class Lines:
    """A plain line with the counts every few seconds, for logs and pipes."""

    def __init__(self, *, every: float = _SECONDS_BETWEEN_LINES) -> None:
        self._every = every
        self._next = time.monotonic() + every
        self._expected: dict[str, int] = {}
        self._read: dict[str, int] = {}
        self._lock = threading.Lock()

    def expect(self, subject: str, count: int) -> None:
        """Count what is due."""
        with self._lock:
            self._expected[subject] = self._expected.get(subject, 0) + count

    def done(self, subject: str, count: int = 1) -> None:
        """Count what was read, and print a line when one is due."""
        with self._lock:
            self._read[subject] = self._read.get(subject, 0) + count
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + self._every
            line = self._line()
        print(line, file=sys.stderr, flush=True)

    def note(self, message: str) -> None:
        """Print `message`."""
        print(visible_block(message), file=sys.stderr, flush=True)

    def finish(self) -> None:
        """Print the last counts."""
        if self._expected or self._read:
            print(self._line(), file=sys.stderr, flush=True)

    def _line(self) -> str:
        subjects = sorted(self._expected.keys() | self._read.keys())
        counts = (f"{s} {self._read.get(s, 0)}/{self._expected.get(s, 0)}" for s in subjects)
        return "read " + ", ".join(counts)


class Terminal:
    """Bars with counts and the time left."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._expected: dict[str, int] = {}
        self._lock = threading.Lock()

    def expect(self, subject: str, count: int) -> None:
        """Make room for `count` more."""
        with self._lock:
            self._expected[subject] = self._expected.get(subject, 0) + count
            self._bars.update(self._task(subject), total=self._expected[subject])

    def done(self, subject: str, count: int = 1) -> None:
        """Move the bar."""
        with self._lock:
            self._bars.update(self._task(subject), advance=count)

    def note(self, message: str) -> None:
        """Print `message` above the bars."""
        from rich.text import Text

        self._bars.console.print(Text(visible_block(message)))

    def _task(self, subject: str) -> TaskID:
        if subject not in self._tasks:
            self._tasks[subject] = self._bars.add_task(subject, total=self._expected.get(subject))
        return self._tasks[subject]


@contextmanager
def watch(*, quiet: bool) -> Iterator[Progress]:
    """Progress in the form that suits where standard error goes."""
    if quiet:
        yield Silent()
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield Terminal(bars)
    else:
        lines = Lines()
        yield lines
        lines.finish()


def _bars() -> Bars:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(stderr=True, markup=False, highlight=False),
        transient=True,
    )
