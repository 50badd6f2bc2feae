"""What one scan after another leaves in the store."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from scanner.model.policy import PrincipalKind
from scanner.model.snapshot import Snapshot, Subject
from scanner.store import tables
from scanner.store.engine import reading
from scanner.store.open import SqlStore
from tests.store.worlds import finding, gap, policy, role, snapshot


def rows(store: SqlStore) -> dict[str, int]:
    """How many rows there are in the tables that must not grow for nothing."""
    lasting = (tables.document, tables.fact, tables.fact_document, tables.finding, tables.span)
    with reading(store._engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in lasting
        }


def spans_of(store: SqlStore, name: str) -> list[tuple[int, int | None, str | None]]:
    """First scan, last scan and ending of each span of the role `name`."""
    fact, span = tables.fact.c, tables.span.c
    query = (
        select(span.first_scan, span.last_scan, span.ending)
        .join_from(tables.span, tables.fact)
        .where(fact.name == name, fact.kind == "role")
        .order_by(span.first_scan)
    )
    with reading(store._engine) as connection:
        return [(first, last, ending) for first, last, ending in connection.execute(query)]


def test_a_scan_that_changes_nothing_adds_no_lasting_row(store: SqlStore) -> None:
    same = snapshot(role("a"), role("b"), policies=(policy("p", "{}", "[]"),), gaps=(gap(Subject.TRAILS),))
    store.save(same, [finding("a")])
    before = rows(store)
    store.save(replace(same, taken=same.taken.replace(day=2)), [finding("a")])
    assert rows(store) == before


def test_a_document_is_kept_once_whoever_refers_to_it(store: SqlStore) -> None:
    store.save(snapshot(role("a", trust="{}"), role("b", trust="{}"), policies=(policy("p", "{}"),)), ())
    assert rows(store)["document"] == 1


def test_what_a_complete_scan_no_longer_has_is_gone(store: SqlStore) -> None:
    first = store.save(snapshot(role("a"), role("b")), ())
    second = store.save(snapshot(role("b")), ())
    assert spans_of(store, "a") == [(first, first, "gone")]
    assert spans_of(store, "b") == [(first, None, None)]
    assert [r.name for r in store.load(second).roles] == ["b"]


def test_what_is_different_has_changed(store: SqlStore) -> None:
    first = store.save(snapshot(role("a", description="old")), ())
    second = store.save(snapshot(role("a", description="new")), ())
    assert spans_of(store, "a") == [(first, first, "changed"), (second, None, None)]


def test_what_an_incomplete_scan_does_not_have_is_not_called_gone(store: SqlStore) -> None:
    complete = snapshot(role("a"), role("b"))
    blind = snapshot(day=1, gaps=(gap(Subject.ROLES),))
    numbers = [store.save(one, ()) for one in (complete, blind, complete)]
    assert [store.load(number) for number in numbers] == [complete, blind, complete]
    assert spans_of(store, "a") == [(numbers[0], numbers[0], "unread"), (numbers[2], None, None)]


def test_a_role_whose_trust_policy_was_unreadable_has_not_changed(store: SqlStore) -> None:
    read = snapshot(role("a"))
    unread = snapshot(role("a", trust=None), gaps=(gap(Subject.ROLE, "a"),))
    numbers = [store.save(one, ()) for one in (read, unread)]
    assert spans_of(store, "a")[0] == (numbers[0], numbers[0], "unread")
    assert [store.load(number) for number in numbers] == [read, unread]


def test_a_gap_elsewhere_does_not_hide_that_a_role_is_gone(store: SqlStore) -> None:
    first = store.save(snapshot(role("a")), ())
    store.save(snapshot(gaps=(gap(Subject.TOPICS, "cn-hangzhou/rmq-1"),)), ())
    assert spans_of(store, "a") == [(first, first, "gone")]


def test_coming_back_unchanged_costs_a_span_and_no_second_copy(store: SqlStore) -> None:
    there: Snapshot = snapshot(role("a"))
    for one in (there, snapshot(), there, snapshot(), there):
        store.save(one, ())
    assert rows(store)["fact"] == 1
    assert len(spans_of(store, "a")) == 3


def test_one_new_role_among_many_touches_no_other(store: SqlStore) -> None:
    names = [f"role-{number:03}" for number in range(100)]
    store.save(snapshot(*map(role, names)), ())
    store.save(snapshot(*map(role, sorted([*names, "role-050-b", "a", "z"]))), ())
    assert rows(store)["span"] == 103


def test_names_and_verdicts_can_be_asked_for_in_sql(store: SqlStore) -> None:
    store.save(snapshot(role("mq-sync")), [finding("mq-sync", rule="session-too-long")])
    table = tables.finding.c
    with reading(store._engine) as connection:
        asked = connection.execute(
            select(table.rule, table.verdict, table.severity, table.subject_kind, table.subject)
        ).one()
        kinds = {tuple(row) for row in connection.execute(select(tables.fact.c.kind, tables.fact.c.name))}
    assert tuple(asked) == ("session-too-long", "fail", "high", PrincipalKind.ROLE.value, "mq-sync")
    assert ("role", "mq-sync") in kinds
