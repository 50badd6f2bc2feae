"""The picture of who reaches what: true to the matrix, readable at any size, and honest about what it folds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.html import render_html
from reports.index import Index
from reports.input import ReportInput
from reports.matrix import MOST_ROWS, MatrixPicture, Row, draw_matrices
from reports.matrix_columns import MOST_COLUMNS, choose
from reports.matrix_json import ranges
from reports.matrix_marks import LETTERS, Extent, Reaches, Square, State, square
from reports.told import Told
from scanner.access.amounts import Stock, bits_of
from scanner.access.resources import Resource
from scanner.model.broker import Series
from scanner.model.ids import AccountId
from scanner.policy.catalogue import AccessClass, ResourceType
from tests.reports.page import page_of
from tests.reports.reaching import on, report_of, world
from tests.reports.sample import hostile, small
from tests.rules import worlds as w

PUBLISH: Final = AccessClass.PUBLISH


def drawn(report: ReportInput) -> MatrixPicture:
    index = Index.of(report)
    (picture,) = draw_matrices(report, index, told=Told(report, index), parts={})
    return picture


def rows(picture: MatrixPicture) -> Iterator[Row]:
    return (row for party in picture.parties for row in party.rows)


def letters(square: Square) -> str:
    """The marks of a square: `P` on all, `p` on some, `P~` under conditions, `P?` not known."""
    shapes = {State.ALL: "{}", State.SOME: "{}-", State.MAY: "{}~", State.OPEN: "{}?"}
    return " ".join(shapes[mark.state].format(mark.letter) for mark in square.marks if mark is not None)


def test_a_few_resources_are_told_apart_as_finely_as_the_rows_treat_them() -> None:
    picture = drawn(report_of(world([w.allow("rocketmq:GetMessageDetail", on=on("rmq-000", "/topic/t0"))])))
    assert [(head.instance, head.label) for head in picture.columns.heads] == [("rmq-000", "topic t0")]
    assert [letters(square) for row in rows(picture) for square in row.squares] == ["R"]
    assert "9 resources of 10 are not known to be reached" in picture.notes[0]


def test_resources_treated_alike_share_a_column_that_says_how_many_they_are() -> None:
    read = "rocketmq:GetMessageDetail"
    picture = drawn(report_of(world([w.allow(read, on=on("rmq-000", f"/topic/t{n}")) for n in range(3)])))
    assert [head.label for head in picture.columns.heads] == ["3 of 4 topics"]
    assert picture.columns.heads[0].names == ("t0", "t1", "t2")


def test_a_mark_tells_all_from_some_conditional_and_unknown() -> None:
    at_office = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
    odd = {"StringEqualsIfExists": {"acs:SourceVpc": "vpc-1"}}
    picture = drawn(
        report_of(
            world(
                [w.allow("rocketmq:VerifySendMessage", on=on("*"))],
                [w.allow("rocketmq:VerifySendMessage", on=on("*", "/topic/t0"))],
                [w.allow("rocketmq:VerifySendMessage", on=on("*"), when=at_office)],
                [w.allow("rocketmq:VerifySendMessage", on=on("*"), when=odd)],
                instances=20,
            )
        )
    )
    assert not picture.columns.wide
    told = {row.names.shown[0]: (letters(row.squares[0]), row.squares[0].title) for row in rows(picture)}
    assert told == {
        "r000": ("P", "publish: 4 topics"),
        "r001": ("P-", "publish: 1 of 4 topics"),
        "r002": ("P~", "publish: 4 topics (only from `10.0.0.0/8`)"),
        "r003": ("P?", "publish: 4 topics (not known)"),
    }


def test_what_may_be_created_and_what_is_not_a_resource_have_columns_of_their_own() -> None:
    picture = drawn(report_of(world([w.allow("rocketmq:GetMessageDetail", "ram:AttachPolicyToRole")])))
    (row,) = rows(picture)
    assert letters(row.account) == "E"
    assert letters(row.later) == "R"


def test_roles_that_reach_the_same_are_one_row() -> None:
    reads = [w.allow("rocketmq:GetMessageDetail", on=on("rmq-000", "/topic/*"))]
    picture = drawn(report_of(world(reads, reads, reads, [w.allow("rocketmq:GetInstanceAccount")])))
    assert [(row.number, row.names.shown) for row in rows(picture)] == [
        (1, ("r003",)),
        (3, ("r000", "r001", "r002")),
    ]


def test_a_row_of_which_not_everything_was_read_says_so_and_leaves_no_empty_square() -> None:
    report = report_of(
        world([w.allow("rocketmq:GetMessageDetail", on=on("rmq-000", "/topic/*"))], unread=True)
    )
    (row,) = rows(drawn(report))
    assert row.unread
    html = render_html(report).split('id="matrix"')[1].split("</section>")[0]
    assert "<td></td>" not in html


def test_a_role_that_grants_nothing_here_stays_in_the_picture() -> None:
    (row,) = rows(drawn(report_of(world([w.allow("oss:GetObject")]))))
    assert row.powerless
    assert "grants nothing here" in render_html(report_of(world([w.allow("oss:GetObject")])))


def test_a_way_through_another_role_is_a_row_that_names_it() -> None:
    inner = w.role("inner", trust=w.trusting(f"acs:ram::{w.OWNER}:role/door"))
    door = w.role("door", trust=w.trusting(w.PARTNER))
    step, use = w.policy("step", w.allow("sts:AssumeRole", on=inner.arn)), w.policy("use", w.allow("mq:PUB"))
    snapshot = w.snapshot(
        roles=[inner, door],
        policies=[step, use],
        attachments=[*w.attached(step, role="door"), *w.attached(use, role="inner")],
    )
    report = report_of(snapshot)
    assert {(row.names.shown[0], row.via) for row in rows(drawn(report))} == {("door", ""), ("inner", "door")}
    assert "Through other roles" in page_of(render_html(report)).text


def test_a_principal_that_its_own_account_does_not_let_in_is_said_to_be_trusted_in_vain() -> None:
    partner = replace(w.snapshot(account=w.PARTNER), account=w.PARTNER)
    report = report_of(world([w.allow("mq:PUB")]), partner)
    assert "Trusted in vain now: no user or role" in " ".join(page_of(render_html(report)).text.split())


@pytest.mark.parametrize("instances", [1, 12, 33, 200])
def test_there_are_never_more_columns_than_a_person_can_take_in(instances: int) -> None:
    policies = [[w.allow("rocketmq:*", on=on(f"rmq-{n:03d}", "*"))] for n in range(instances)]
    picture = drawn(report_of(world(*policies, instances=instances, topics=1)))
    assert picture.width <= MOST_COLUMNS + 2
    stood_for = sum(
        max(len(head.names), 1) for head in {h.instance: h for h in picture.columns.heads}.values()
    )
    assert stood_for == instances
    assert bool(picture.columns.folded) == (instances > MOST_COLUMNS)


def test_instances_that_every_row_treats_alike_share_a_column() -> None:
    policies = [[w.allow("rocketmq:GetInstance")], [w.allow("rocketmq:*", on=on("rmq-007*"))]]
    picture = drawn(report_of(world(*policies, instances=100)))
    assert [len(head.names) for head in picture.columns.heads] == [99, 0]
    assert "99 instances share a column with others" in picture.notes[0]


def test_more_rows_than_fit_are_counted() -> None:
    policies = [
        [w.allow("rocketmq:GetTopic", on=on("rmq-000", f"/topic/t{n}"))] for n in range(MOST_ROWS + 30)
    ]
    picture = drawn(report_of(world(*policies, instances=1, topics=MOST_ROWS + 30)))
    assert sum(1 for _ in rows(picture)) == MOST_ROWS
    assert any(note.startswith("30 roles more are in the list of delegations only") for note in picture.notes)


def test_every_letter_is_another() -> None:
    assert set(LETTERS) == set(AccessClass)
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_accounts_without_ways_in_have_no_picture() -> None:
    report = replace(small(), delegations=())
    assert "There is nothing to draw" in page_of(render_html(report)).text


def test_every_square_with_marks_has_its_words_and_every_picture_a_legend() -> None:
    for report in (small(), hostile()):
        page = page_of(render_html(report))
        squares = [e for e in page.elements if e.tag == "span" and e.attributes.get("role") == "img"]
        assert all(e.attributes["title"] for e in squares)
        assert not re.search(
            r"[\u202e\u2066\u200b\x00-\x09\x0b-\x1f]", "".join(e.attributes["title"] for e in squares)
        )


RESOURCES: Final = tuple(
    Resource(f"acs:rocketmq:r:1:instance/i{i}/topic/t{n}", ResourceType.TOPIC, Series.V5, f"i{i}", None)
    for i in range(3)
    for n in range(4)
)
BITS: Final = st.integers(0, (1 << len(RESOURCES)) - 1)


@st.composite
def reached(draw: st.DrawFn) -> Reaches:
    """Any reach of one class over these resources."""
    must, more, unknown = draw(BITS), draw(BITS), draw(BITS)
    extent = Extent(must=must, may=must | more, unknown=unknown & ~(must | more))
    return Reaches({PUBLISH: extent} if extent.touched else {}, extent.touched)


@given(st.lists(reached(), min_size=1, max_size=4))
def test_columns_split_what_is_reached_without_loss_or_overlap(found: list[Reaches]) -> None:
    columns = choose(Stock(RESOURCES), found)
    together = 0
    for head in columns.heads:
        assert not together & head.mask
        together |= head.mask
    touched = 0
    for row in found:
        touched |= row.touched
    assert touched & ~together == 0
    assert columns.untouched == len(RESOURCES) - touched.bit_count()


@given(reached(), BITS)
def test_a_square_says_what_the_matrix_says(row: Reaches, mask: int) -> None:
    stock = Stock(RESOURCES)
    (mark,) = square(row, mask, classes=(PUBLISH,), types=stock.of_type).marks
    extent = row.extents.get(PUBLISH, Extent())
    match None if mark is None else mark.state:
        case None:
            assert not extent.touched & mask
        case State.ALL:
            assert extent.must & mask == mask != 0
        case State.SOME:
            assert 0 != extent.must & mask != mask
        case State.MAY:
            assert not extent.must & mask
            assert extent.may & mask
        case State.OPEN:
            assert not extent.may & mask
            assert extent.unknown & mask


@given(st.integers(0, 1 << 70))
def test_ranges_name_every_bit_and_no_other(bits: int) -> None:
    places: list[int] = []
    for part in filter(None, ranges(bits).split(",")):
        first, _, last = part.partition("-")
        places += range(int(first), int(last or first) + 1)
    assert places == list(bits_of(bits))


def test_the_numbers_below_tell_conditions_too() -> None:
    when = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
    picture = drawn(
        report_of(world([w.allow("rocketmq:GetTopic", on=on("rmq-000", "/topic/t?"), when=when)]))
    )
    (row,) = rows(picture)
    assert row.numbers == (("4 topics, later ones (only from `10.0.0.0/8`)",),)


def test_two_accounts_have_two_pictures() -> None:
    first = world([w.allow("mq:PUB")])
    second = replace(first, account=AccountId("5000000000000005"))
    report = report_of(first, second)
    index = Index.of(report)
    pictures = list(draw_matrices(report, index, told=Told(report, index), parts={}))
    assert [picture.account for picture in pictures] == [w.OWNER, "5000000000000005"]
