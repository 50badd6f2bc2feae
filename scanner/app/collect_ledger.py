"""Count what is due, read and unread, and keep the gaps. What a gap means is judged elsewhere."""

from __future__ import annotations

import threading
from collections import Counter

from scanner.model.fault import CloudFault
from scanner.model.snapshot import Coverage, Gap, Subject
from scanner.ports import Progress


class Ledger:
    """The coverage of one scan while it runs; several threads write to it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._due: Counter[Subject] = Counter()
        self._read: Counter[Subject] = Counter()
        self._unread: Counter[Subject] = Counter()
        self._untold: set[Subject] = set()
        self._gaps: list[Gap] = []

    def due(self, subject: Subject, count: int = 1) -> None:
        """`count` more of `subject` are there to be read."""
        with self._lock:
            self._due[subject] += count
        self._progress.expect(subject.value, count)

    def read(self, subject: Subject, count: int = 1) -> None:
        """`count` of what was due were read."""
        with self._lock:
            self._read[subject] += count
        self._progress.done(subject.value, count)

    def missed(self, subject: Subject, name: str, fault: CloudFault) -> None:
        """One of what was due cannot be read."""
        self._add_gap(Gap(subject=subject, name=name, because=fault))
        self._progress.done(subject.value)

    def cut_short(
        self, subject: Subject, name: str, fault: CloudFault, *, hides: tuple[Subject, ...] = ()
    ) -> None:
        """A listing cannot be read to its end, so nobody knows how many there are, nor of what it `hides`."""
        self._add_gap(Gap(subject=subject, name=name, because=fault))
        with self._lock:
            self._untold.update((subject, *hides))

    def withdraw(self, subject: Subject) -> None:
        """What could not be read of `subject` has come by another way."""
        with self._lock:
            self._gaps = [gap for gap in self._gaps if gap.subject is not subject]
            self._unread[subject] = 0
            self._untold.discard(subject)
            self._due[subject] = self._read[subject]

    def gaps(self) -> tuple[Gap, ...]:
        """The gaps, sorted."""
        with self._lock:
            return tuple(sorted(set(self._gaps), key=_order))

    def coverage(self) -> tuple[Coverage, ...]:
        """One row for each subject, in the order of `Subject`."""
        with self._lock:
            return tuple(
                Coverage(
                    subject=subject,
                    expected=None if subject in self._untold else self._due[subject],
                    read=self._read[subject],
                    unread=self._unread[subject],
                )
                for subject in Subject
            )

    def _add_gap(self, gap: Gap) -> None:
        with self._lock:
            self._gaps.append(gap)
            self._unread[gap.subject] += 1


def _order(gap: Gap) -> tuple[str, str, str, str, str]:
    fault = gap.because
    return (gap.subject.value, gap.name, fault.api, fault.code, fault.message)
