"""The store's own measures on a large account: growth, time and memory, with room for slow machines."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import replace

from sqlalchemy import text

from scanner.store.encoding import encode
from scanner.store.engine import reading
from scanner.store.open import SqlStore, open_store
from tests.store.worlds import large_findings, large_snapshot, snapshot


def size(store: SqlStore) -> int:
    """Bytes on the disk."""
    address = store._address
    if address.file is not None:
        return address.file.stat().st_size
    with reading(store._engine) as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def test_a_large_account_takes_seconds_and_an_unchanged_scan_takes_no_space(store: SqlStore) -> None:
    saved, findings = large_snapshot(), large_findings()
    began = time.perf_counter()
    number = store.save(saved, findings)
    stored = time.perf_counter()
    loaded, found = store.load(number), store.findings(number)
    read = time.perf_counter()
    assert (loaded, found) == (saved, findings)
    assert stored - began < 15
    assert read - stored < 6

    before = size(store)
    for minute in range(3):
        store.save(replace(saved, taken=saved.taken.replace(minute=minute)), findings)
    growth = (size(store) - before) / before / 3
    assert growth < 0.002, f"each scan adds {growth:.2%}"


def test_saving_takes_little_memory_beside_the_scan_itself(sqlite_url: str) -> None:
    findings = large_findings()
    written = sum(len(encode(finding)) for finding in findings)
    with open_store(sqlite_url) as store:
        store.save(snapshot(), ())
        tracemalloc.start()
        try:
            store.save(snapshot(), findings)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < written + 2_000_000, f"{peak / 1e6:.1f} MB for {written / 1e6:.1f} MB of text"
