"""Deleting old scans, and only what nothing else needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.errors import StoreError
from scanner.store.maintenance import Pruned, prune
from scanner.store.open import SqlStore, open_store
from tests.store.test_time import rows, spans_of
from tests.store.worlds import ACCESSOR, MORNING, finding, large_findings, policy, role, snapshot

MIDDLE = MORNING.replace(day=3)


def test_old_scans_go_with_what_only_they_held(store: SqlStore, store_url: str) -> None:
    old = snapshot(role("a", trust="1"), role("b", trust="2"), policies=(policy("p", "3"),))
    new = snapshot(role("a", trust="1"), day=5)
    store.save(old, [finding("a"), finding("b")])
    number = store.save(new, [finding("a")])
    assert prune(store_url, before=MIDDLE, keep=1) == Pruned(scans=1, facts=3, documents=2)
    assert [record.scan for record in store.scans()] == [number]
    assert (store.load(number), store.findings(number)) == (new, (finding("a"),))
    assert rows(store) == {"document": 1, "fact": 2, "fact_document": 1, "finding": 1, "span": 2}


def test_the_last_scans_of_each_account_stay_however_old(store: SqlStore, store_url: str) -> None:
    for day in range(3):
        store.save(snapshot(role("a"), day=day), ())
        store.save(snapshot(role("a"), account=ACCESSOR, day=day), ())
    assert prune(store_url, before=MORNING.replace(year=2100), keep=2).scans == 2
    assert len(store.scans(ACCESSOR)) == 2
    assert len(store.scans()) == 4


def test_nothing_old_means_nothing_deleted(store: SqlStore, store_url: str) -> None:
    store.save(snapshot(role("a"), day=5), ())
    assert prune(store_url, before=MIDDLE, keep=0) == Pruned(scans=0, facts=0, documents=0)


def test_numbers_are_not_used_again_after_everything_was_deleted(store: SqlStore, store_url: str) -> None:
    last = store.save(snapshot(role("a")), ())
    prune(store_url, before=MIDDLE, keep=0)
    assert set(rows(store).values()) == {0}
    again = store.save(snapshot(role("a")), ())
    assert again > last
    assert spans_of(store, "a") == [(again, None, None)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    scans=st.lists(st.tuples(st.integers(0, 9), st.sets(st.sampled_from("abcd"))), max_size=5),
    limit=st.integers(0, 9),
    keep=st.integers(0, 2),
)
def test_what_stays_is_as_it_was_in_whatever_order_scans_came(
    store: SqlStore, store_url: str, scans: list[tuple[int, set[str]]], limit: int, keep: int
) -> None:
    prune(store_url, before=snapshot(day=1_000).taken, keep=0)
    for day, names in scans:
        store.save(snapshot(*map(role, sorted(names)), day=day), ())
    before = {record.scan: store.load(record.scan) for record in store.scans()}
    prune(store_url, before=snapshot(day=limit).taken, keep=keep)
    after = {record.scan: store.load(record.scan) for record in store.scans()}
    assert after == {scan: before[scan] for scan in after}
    assert len(after) >= min(keep, len(before))
    following = snapshot(role("a"), role("c"), day=10)
    assert store.load(store.save(following, ())) == following


def test_a_file_becomes_smaller(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    with open_store(sqlite_url) as store:
        store.save(snapshot(), large_findings())
        store.save(snapshot(day=5), ())
    before = file.stat().st_size
    prune(sqlite_url, before=MIDDLE, keep=1)
    assert file.stat().st_size < before / 10


def test_a_store_that_is_not_there_is_not_made_for_pruning(sqlite_url: str) -> None:
    with pytest.raises(StoreError, match="holds no store yet"):
        prune(sqlite_url, before=MIDDLE, keep=1)
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()
