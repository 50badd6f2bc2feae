"""Which spans end and begin: the laws of `arrange`, on sequences of any kind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.store.arrange import STEP, Held, arrange

_facts = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"e"]), max_size=12)


def follow(held: list[Held], wanted: list[bytes]) -> list[Held]:
    """The spans that hold after the arrangement was written, in their order."""
    plan = arrange(held, wanted)
    staying = [span for span in held if span not in plan.ended]
    begun = [Held(wanted[one.index], one.position) for one in plan.begun]
    return sorted(staying + begun, key=lambda span: span.position)


@given(st.lists(_facts, max_size=6))
def test_after_any_history_the_wanted_facts_hold_in_their_order(history: list[list[bytes]]) -> None:
    held: list[Held] = []
    for wanted in history:
        held = follow(held, wanted)
        assert [span.fact for span in held] == wanted
        assert len({span.position for span in held}) == len(held)


@given(_facts)
def test_the_same_again_changes_nothing(wanted: list[bytes]) -> None:
    plan = arrange(follow([], wanted), wanted)
    assert (plan.ended, plan.begun) == ((), ())


@given(st.lists(st.integers(0, 50), unique=True).map(sorted), st.integers(0, 50))
def test_removing_one_ends_one_span_and_begins_none(numbers: list[int], index: int) -> None:
    facts = [str(number).encode() for number in numbers]
    held = follow([], facts)
    fewer = facts[:index] + facts[index + 1 :]
    plan = arrange(held, fewer)
    assert len(plan.ended) == len(facts) - len(fewer)
    assert plan.begun == ()


def test_moving_one_from_the_end_to_the_front_moves_only_that_one() -> None:
    held = follow([], [b"a", b"b", b"c", b"d"])
    plan = arrange(held, [b"d", b"a", b"b", b"c"])
    assert [span.fact for span in plan.ended] == [b"d"]
    assert [one.index for one in plan.begun] == [0]


def test_a_place_without_room_left_is_numbered_afresh() -> None:
    held = [Held(b"a", 7), Held(b"b", 8)]
    plan = arrange(held, [b"a", b"x", b"b"])
    assert plan.ended == tuple(held)
    assert [one.position for one in plan.begun] == [0, STEP, 2 * STEP]


def test_inserting_at_the_same_place_again_and_again_stays_in_order() -> None:
    wanted = [b"first", b"last"]
    held = follow([], wanted)
    for number in range(100):
        wanted.insert(1, str(number).encode())
        held = follow(held, wanted)
        assert [span.fact for span in held] == wanted
