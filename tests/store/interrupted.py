"""Findings that let something happen in the middle of being saved.

Run as a module it saves a scan and stops halfway until it is killed, or saves many scans:

    python -m tests.store.interrupted stop URL
    python -m tests.store.interrupted save URL ACCOUNT COUNT
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Final, overload

from scanner.model.finding import Finding
from scanner.model.ids import AccountId
from scanner.store.open import open_store
from tests.store.worlds import finding, role, snapshot

HALFWAY: Final = 700
"""Past the first rows that were sent to the database."""


class Interrupted(Sequence[Finding]):
    """1,000 findings; sending the one halfway calls `happening` first."""

    def __init__(self, happening: Callable[[], None]) -> None:
        self._happening = happening
        self._looks = 0
        self._findings = tuple(finding(f"role-{number:04}") for number in range(1_000))

    def __len__(self) -> int:
        return len(self._findings)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        # All of them are looked at once before the first row is sent; it is the second look that counts.
        if index == HALFWAY:
            self._looks += 1
            if self._looks == 2:
                self._happening()
        return self._findings[index]


def _stop() -> None:
    print("halfway", flush=True)  # noqa: T201 - tells the test that waits for it
    time.sleep(600)


def _save_many(url: str, account: str, count: int) -> None:
    """Save scans that all differ, each as told by its number of roles."""
    with open_store(url) as store:
        for number in range(count):
            roles = [role(f"role-{n:02}", description=str(number % (n + 1))) for n in range(number % 7 + 1)]
            saved = snapshot(*roles, account=AccountId(account), profile=f"{number}", day=number)
            scan = store.save(saved, [finding(f"role-{n}", rule=f"r{number % 3}") for n in range(number)])
            assert store.load(scan) == saved


if __name__ == "__main__":
    if sys.argv[1] == "stop":
        with open_store(sys.argv[2]) as opened:
            opened.save(snapshot(role("new"), day=9), Interrupted(_stop))
    else:
        _save_many(sys.argv[2], sys.argv[3], int(sys.argv[4]))
