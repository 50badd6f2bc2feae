"""Make one read call: wait for its turn, try again where that can help, count everything.

Only reads come here, so trying again is always safe. The SDK's own retry stays off. Whether a
denied read deserves a second, later attempt is for the use case to say.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from scanner.cloud.body import Body
from scanner.cloud.breaker import Breaker
from scanner.cloud.faults import Failure, failure_of, refused
from scanner.cloud.logsafe import import_sdk
from scanner.cloud.pacing import Pacer
from scanner.errors import CloudError
from scanner.model.fault import FaultKind
from scanner.model.snapshot import ApiCalls

FIRST_BACKOFF_SECONDS: Final = 0.2
LONGEST_BACKOFF_SECONDS: Final = 4.0
LONGEST_ASKED_WAIT_SECONDS: Final = 30.0
"""A service may ask to wait this long, and no longer."""
ATTEMPTS_AT_A_SILENT_HOST: Final = 2
"""How often a host is tried that has never answered: its name or the network is likely wrong."""
THROTTLED_ATTEMPTS_FACTOR: Final = 2
"""Throttling passes, so it is given more attempts than a fault."""

Redact = Callable[[str], str]
"""Takes the session's secrets out of a text."""


@dataclass(slots=True)
class _Tally:
    calls: int = 0
    throttled: int = 0
    failed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, failure: Failure | None) -> None:
        with self.lock:
            self.calls += 1
            if failure is None:
                return
            if failure.fault.kind is FaultKind.THROTTLED:
                self.throttled += 1
            else:
                self.failed += 1


class Caller:
    """Makes read calls of one account; from several threads at once."""

    def __init__(
        self,
        pacer: Pacer,
        *,
        attempts: int,
        sleep: Callable[[float], None],
        redact: Redact,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._pacer = pacer
        self._attempts = max(1, attempts)
        self._redact = redact
        self._jitter = jitter
        self._lock = threading.Lock()
        self._tallies: dict[str, _Tally] = {}
        self._breakers: dict[tuple[str, str], Breaker] = {}
        self._answered: set[str] = set()
        self._sdk_error: type[Exception] = import_sdk("Tea.exceptions").TeaException
        self.sleep = sleep

    def call(self, api: str, *, host: str, operation: Callable[[], object]) -> Body:
        """The body that `operation` answers with.

        Raises:
            CloudError: the read failed for good.
        """
        with self._lock:
            tally = self._tallies.setdefault(api, _Tally())
            breaker = self._breakers.setdefault((api, host), Breaker())
        if (fault := breaker.turned_away()) is not None:
            raise CloudError(fault)
        for attempt in range(1, self._attempts * THROTTLED_ATTEMPTS_FACTOR + 1):
            self._pacer.wait(api)
            outcome = self._outcome(api, host=host, operation=operation)
            if isinstance(outcome, Body):
                tally.count(None)
                self._note_answer(host, breaker)
                return outcome
            tally.count(outcome)
            self._judge(outcome, attempt=attempt, host=host, breaker=breaker)
            if outcome.fault.kind is FaultKind.THROTTLED:
                self._pacer.slow_down(api)
            self.sleep(self._backoff(outcome, attempt))
        raise AssertionError(api)

    def counts(self) -> tuple[ApiCalls, ...]:
        """What was called, sorted by API."""
        with self._lock:
            tallies = sorted(self._tallies.items())
        return tuple(
            ApiCalls(api=api, calls=tally.calls, throttled=tally.throttled, failed=tally.failed)
            for api, tally in tallies
            if tally.calls
        )

    def _outcome(self, api: str, *, host: str, operation: Callable[[], object]) -> Body | Failure:
        try:
            answer = operation()
        except self._sdk_error as error:
            return failure_of(error, api=api, host=host, redact=self._redact)
        try:
            body = Body.of(answer, api=api)
            # Of the services read here only the broker says `success`; false comes with its own code.
            told = body.flag_or_none("success")
        except CloudError as error:
            return Failure(fault=error.fault, again=False)
        return refused(body.fields, api=api, redact=self._redact) if told is False else body

    def _judge(self, failure: Failure, *, attempt: int, host: str, breaker: Breaker) -> None:
        """Return when another attempt is due.

        Raises:
            CloudError: the read failed for good.
        """
        if not failure.again:
            self._note_answer(host, breaker)
            raise CloudError(failure.fault)
        allowed = self._allowed(failure, host=host)
        if failure.fault.kind is not FaultKind.UNREACHABLE:
            self._answered.add(host)
        if attempt >= allowed:
            breaker.exhausted(failure.fault)
            raise CloudError(failure.fault)
        if breaker.unusable() is not None:
            raise CloudError(failure.fault)

    def _note_answer(self, host: str, breaker: Breaker) -> None:
        self._answered.add(host)
        breaker.answered()

    def _allowed(self, failure: Failure, *, host: str) -> int:
        match failure.fault.kind:
            case FaultKind.THROTTLED:
                return self._attempts * THROTTLED_ATTEMPTS_FACTOR
            case FaultKind.UNREACHABLE if host not in self._answered:
                return min(self._attempts, ATTEMPTS_AT_A_SILENT_HOST)
            case _:
                return self._attempts

    def _backoff(self, failure: Failure, attempt: int) -> float:
        if failure.wait_seconds > 0:
            return min(failure.wait_seconds, LONGEST_ASKED_WAIT_SECONDS) * (1 + self._jitter() / 4)
        longest: float = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** (attempt - 1))
        return longest * (0.5 + self._jitter() / 2)
