"""Whatever is saved comes back equal, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.errors import NothingInScopeError
from scanner.model.finding import Finding
from scanner.model.ids import AccountId
from scanner.model.snapshot import Snapshot, Subject
from scanner.store.open import SqlStore
from tests.store.anything import any_of
from tests.store.worlds import ACCESSOR, MORNING, OWNER, finding, gap, policy, role, snapshot

NASTY = "\x00 \x1a0000 \ud800\udfff \ud83d\ude00 😀 \u202e <b> =cmd() \\u0000 %s :x '\" \r\n \x7f\ufffe"


@settings(
    max_examples=15,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(
    scans=st.lists(
        st.tuples(any_of(Snapshot), st.lists(any_of(Finding), max_size=3).map(tuple)), min_size=1, max_size=3
    )
)
def test_any_scans_come_back_as_they_were(
    store: SqlStore, scans: list[tuple[Snapshot, tuple[Finding, ...]]]
) -> None:
    # They pile up in one store over the examples, in a few accounts, which is the point.
    numbers = [store.save(snapshot, findings) for snapshot, findings in scans]
    for number, (saved, findings) in zip(numbers, scans, strict=True):
        assert store.load(number) == saved
        assert store.findings(number) == findings


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    histories=st.lists(
        st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), max_size=8), min_size=2, max_size=4
    )
)
def test_order_and_repetition_survive_any_history(store: SqlStore, histories: list[list[str]]) -> None:
    saved = [snapshot(*map(role, names)) for names in histories]
    numbers = [store.save(one, ()) for one in saved]
    assert [store.load(number) for number in numbers] == saved


def test_the_worst_text_survives_everywhere(store: SqlStore) -> None:
    saved = snapshot(
        role(NASTY, trust=NASTY, description=NASTY),
        policies=(policy(NASTY, NASTY, None),),
        profile=NASTY,
        regions=(NASTY,),
        gaps=(gap(Subject.ROLE, NASTY),),
    )
    findings = (finding(NASTY),)
    number = store.save(saved, findings)
    assert store.load(number) == saved
    assert store.findings(number) == findings
    assert store.scans()[0].profile == NASTY


def test_a_name_of_any_length_is_kept(store: SqlStore) -> None:
    saved = snapshot(role("\ud800" * 20_000), role("x" * 20_000 + "1"), role("x" * 20_000 + "2"))
    number = store.save(saved, [finding("\x00" * 20_000)])
    assert store.load(number) == saved


def test_a_moment_in_another_time_zone_is_the_same_moment(store: SqlStore) -> None:
    taken = datetime(2026, 3, 1, 14, 30, 0, 123_456, tzinfo=timezone(timedelta(hours=8)))
    saved = Snapshot(account=OWNER, taken=taken)
    number = store.save(saved, ())
    assert store.load(number) == saved
    assert store.scans()[0].taken == taken


def test_accounts_do_not_mix(store: SqlStore) -> None:
    owner = snapshot(role("same"), role("only-here"))
    accessor = snapshot(role("same"), account=ACCESSOR)
    numbers = [store.save(owner, [finding("same")]), store.save(accessor, ())]
    assert [store.load(number) for number in numbers] == [owner, accessor]
    assert store.findings(numbers[1]) == ()


def test_scans_are_listed_newest_first_and_by_account(store: SqlStore) -> None:
    first = store.save(snapshot(role("a"), day=0), ())
    late = store.save(snapshot(role("a"), role("b"), day=2, gaps=(gap(Subject.ROLE, "c"),)), ())
    between = store.save(snapshot(account=ACCESSOR, day=1), ())
    assert [record.scan for record in store.scans()] == [late, between, first]
    assert [record.scan for record in store.scans(ACCESSOR)] == [between]
    newest = store.latest(OWNER)
    assert newest is not None
    assert (newest.scan, newest.roles, newest.gaps, newest.complete) == (late, 2, 1, False)
    assert newest.taken == MORNING + timedelta(days=2)
    assert store.latest(AccountId("3000000000000003")) is None


@pytest.mark.parametrize("scan", [0, -1, 2**62])
def test_a_scan_that_is_not_stored_is_nothing_in_scope(store: SqlStore, scan: int) -> None:
    with pytest.raises(NothingInScopeError, match=f"no scan {scan} is stored"):
        store.load(scan)
    with pytest.raises(NothingInScopeError):
        store.findings(scan)
