"""Several processes and threads at one store."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scanner.errors import StoreError
from scanner.model.snapshot import Snapshot
from scanner.store.maintenance import prune
from scanner.store.open import SqlStore, open_store
from scanner.store.schema import Standing, upgrade
from tests.store.interrupted import Interrupted
from tests.store.worlds import ACCESSOR, MORNING, OWNER, role, snapshot

PROJECT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.interrupted", *arguments]
    return subprocess.Popen(command, cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_processes_that_scan_at_once_all_end_stored(store: SqlStore, store_url: str) -> None:
    accounts = (OWNER, OWNER, ACCESSOR)
    processes = [start("save", store_url, account, "8") for account in accounts]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    records = store.scans()
    assert len(records) == 24
    assert len(store.scans(ACCESSOR)) == 8
    for record in records:
        loaded = store.load(record.scan)
        assert (loaded.account, loaded.profile) == (record.account, record.profile)
        assert len(loaded.roles) == int(loaded.profile) % 7 + 1
        assert len(store.findings(record.scan)) == int(loaded.profile)


def test_threads_may_share_a_store(store: SqlStore) -> None:
    saved = [snapshot(role(f"role-{number}"), day=number) for number in range(12)]

    def save_and_load(one: Snapshot) -> Snapshot:
        return store.load(store.save(one, ()))

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(save_and_load, saved)) == saved


def test_two_commands_that_create_a_store_at_once_do_no_harm(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        states = list(threads.map(upgrade, [empty_url] * 4))
    assert {state.state for state in states} == {Standing.CURRENT}
    with open_store(empty_url) as store:
        assert store.scans() == ()


def test_pruning_while_others_save_leaves_their_scans_whole(store: SqlStore, store_url: str) -> None:
    process = start("save", store_url, OWNER, "15")
    while process.poll() is None:
        prune(store_url, before=MORNING.replace(year=2100), keep=3)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    for record in store.scans():
        loaded = store.load(record.scan)
        assert len(loaded.roles) == int(loaded.profile) % 7 + 1


def test_a_reader_sees_no_half_of_a_scan(store: SqlStore, store_url: str) -> None:
    before = store.save(snapshot(role("a")), ())
    seen: list[int] = []

    def look() -> None:
        with open_store(store_url, create=False, wait_seconds=1) as other:
            seen.extend(record.scan for record in other.scans())

    store.save(snapshot(role("b"), day=1), Interrupted(look))
    assert seen == [before]


def test_a_store_that_stays_locked_is_named_as_such(store: SqlStore, store_url: str) -> None:
    caught: list[StoreError] = []

    def try_too() -> None:
        locked = pytest.raises(StoreError, match="it is locked; nothing of this scan is stored")
        with open_store(store_url, create=False, wait_seconds=0.2) as other, locked as error:
            other.save(snapshot(), ())
        caught.append(error.value)

    number = store.save(snapshot(role("first")), Interrupted(try_too))
    assert [record.scan for record in store.scans()] == [number]
    assert "wait until it has ended" in caught[0].hint


@pytest.mark.postgres
def test_on_postgres_another_account_need_not_wait(postgres_url: str) -> None:
    def save_other() -> None:
        with open_store(postgres_url, wait_seconds=0.2) as other:
            other.save(snapshot(role("theirs"), account=ACCESSOR), ())

    with open_store(postgres_url) as store:
        store.save(snapshot(role("ours")), Interrupted(save_other))
        assert len(store.scans()) == 2
