"""Turn reads into jobs: what succeeds is kept, what fails becomes a gap.

A denied read gets one second attempt after everything else, because the service is seen to deny
at random for a while after bursts. Where every read of a kind was denied, a single one is tried
again for all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from scanner.app.collect_crew import Crew, Job
from scanner.app.collect_ledger import Ledger
from scanner.errors import CloudError
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.snapshot import Subject
from scanner.ports import CloudReader

T = TypeVar("T")

PAUSE_SECONDS: Final = 2.0
"""How long second attempts wait, where other reads of the same kind were allowed."""


@dataclass(frozen=True, slots=True)
class _Postponed:
    """A denied read."""

    again: Job
    give_up: Job


def _nothing() -> None:
    """What happens where nothing is asked for."""


class Reading:
    """The reads of one scan: those due, those that were denied once."""

    def __init__(self, reader: CloudReader, *, crew: Crew, ledger: Ledger) -> None:
        self.reader = reader
        self.ledger = ledger
        self._crew = crew
        self._lock = threading.Lock()
        self._allowed: set[str] = set()
        self._postponed: dict[str, list[_Postponed]] = {}

    def single(
        self,
        subject: Subject,
        name: str,
        read: Callable[[], T],
        *,
        keep: Callable[[T], None],
        lane: str = "",
    ) -> None:
        """Have one thing read and kept."""

        def attempt() -> None:
            keep(read())
            self.ledger.read(subject)

        self.ledger.due(subject)
        self._start(
            lane or subject.value,
            attempt,
            give_up=lambda fault: self.ledger.missed(subject, name, fault),
        )

    def listing(
        self,
        subject: Subject,
        name: str,
        pages: Callable[[], Iterator[Sequence[T]]],
        *,
        keep: Callable[[Sequence[T]], int],
        hides: tuple[Subject, ...] = (),
        complete: Job = _nothing,
        failed: Job = _nothing,
        lane: str = "",
    ) -> None:
        """Have a listing read; `keep` takes each page and tells how many of its entries are new.

        `complete` is called after the last page, `failed` at every failure, the first of two included.
        """

        def attempt() -> None:
            for page in pages():
                new = keep(page)
                self.ledger.due(subject, new)
                self.ledger.read(subject, new)
            complete()

        self._start(
            lane or subject.value,
            attempt,
            give_up=lambda fault: self.ledger.cut_short(subject, name, fault, hides=hides),
            failed=failed,
        )

    def work(self) -> None:
        """Return when everything due was read or given up."""
        self._crew.work()
        while self._postponed:
            self._second_round()

    def _start(
        self, lane: str, attempt: Job, *, give_up: Callable[[CloudFault], None], failed: Job = _nothing
    ) -> None:
        def first() -> None:
            fault = self._try(lane, attempt)
            if fault is None:
                return
            if fault.kind is FaultKind.DENIED:
                self._postpone(lane, _Postponed(second, lambda: give_up(fault)))
            else:
                give_up(fault)
            failed()

        def second() -> None:
            fault = self._try(lane, attempt)
            if fault is not None:
                give_up(fault)
                failed()

        self._crew.hand_in(lane, first)

    def _try(self, lane: str, attempt: Job) -> CloudFault | None:
        try:
            attempt()
        except CloudError as error:
            return error.fault
        with self._lock:
            self._allowed.add(lane)
        return None

    def _postpone(self, lane: str, postponed: _Postponed) -> None:
        with self._lock:
            self._postponed.setdefault(lane, []).append(postponed)

    def _second_round(self) -> None:
        postponed, self._postponed = self._postponed, {}
        in_a_burst = {lane for lane in postponed if lane in self._allowed}
        if in_a_burst:
            self.reader.pause(PAUSE_SECONDS)
        for lane, entries in postponed.items():
            for entry in entries if lane in in_a_burst else entries[:1]:
                self._crew.hand_in(lane, entry.again)
        self._crew.work()
        for lane, entries in postponed.items():
            for entry in [] if lane in in_a_burst else entries[1:]:
                if lane in self._allowed:
                    self._crew.hand_in(lane, entry.again)
                else:
                    entry.give_up()
        self._crew.work()
