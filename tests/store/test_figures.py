"""The store's own measures on a large account: growth, time and memory, with room for slow machines."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

from scanner.store.open import SqlStore, open_store
from tests.store.worlds import large_findings, large_snapshot, snapshot


def test_a_large_account_is_saved_and_loaded_in_seconds(store: SqlStore) -> None:
    saved, findings = large_snapshot(), large_findings()
    began = time.perf_counter()
    number = store.save(saved, findings)
    stored = time.perf_counter()
    loaded, found = store.load(number), store.findings(number)
    read = time.perf_counter()
    assert (loaded, found) == (saved, findings)
    assert stored - began < 15
    assert read - stored < 6


def test_scans_that_change_nothing_add_little_to_the_file(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    findings = large_findings()
    with open_store(sqlite_url) as store:
        store.save(large_snapshot(), findings)
        before = file.stat().st_size
        for day in range(1, 4):
            store.save(large_snapshot(day=day), findings)
    growth = (file.stat().st_size - before) / before / 3
    assert growth < 0.002, f"each scan adds {growth:.2%}"


def test_saving_takes_little_memory_beside_the_scan_itself(sqlite_url: str) -> None:
    saved, findings = large_snapshot(), large_findings()
    with open_store(sqlite_url) as store:
        store.save(snapshot(), ())
        tracemalloc.start()
        try:
            store.save(saved, findings)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 60_000_000, f"{peak / 1e6:.0f} MB"
