"""Atoms: what a pattern covers is told exactly, however patterns and resources came in."""

from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from scanner.access.atoms import Atoms, Entry, Mark
from scanner.access.catchers import Catchers
from scanner.policy.decision import Request, Truth
from scanner.policy.statements import Asked, prepared
from tests.policy.documents import allow, document

_NAMES = st.one_of(
    st.builds("acs:mq:{}:1:{}".format, st.sampled_from(["r", "s"]), st.text("aAb%", min_size=1, max_size=4)),
    st.builds("acs:ram:{}:1:role/{}".format, st.sampled_from(["", "*"]), st.text("aA", max_size=2)),
)
_PATTERNS = st.one_of(
    st.builds(
        "acs:{}:{}:*:{}".format,
        st.sampled_from(["mq", "*"]),
        st.sampled_from("rs*"),
        st.text("aAb%*?", max_size=4),
    ),
    st.sampled_from(["*", "acs:ram::1:role/*", "acs:mq:*:1:${x}", "acs:mq:*:1:${x}b", "acs:ram:*:*:role/a"]),
)
_MARKS: Final[tuple[Mark, ...]] = (("topic", None), ("topic", "rg-1"), ("group", "rg-1"))
_MEMBERS = st.lists(st.tuples(_NAMES, st.sampled_from(_MARKS)), max_size=10)


def entries(members: list[tuple[str, Mark]]) -> list[Entry]:
    return [(number, name, mark) for number, (name, mark) in enumerate(members)]


def truth(pattern: str, name: str) -> Truth:
    (statement,) = prepared(document(allow("*", pattern))).statements
    return statement.applies(Asked(Request(action="mq:PUB", resource=name))).truth


def check(atoms: Atoms, members: list[Entry], patterns: list[str]) -> None:
    for pattern in patterns:
        said = {number: truth(pattern, name) for number, name, _ in members}
        assert sorted(atoms.numbers(atoms.sure(pattern))) == [n for n in said if said[n] is Truth.TRUE]
        assert sorted(atoms.numbers(atoms.perhaps(pattern))) == [n for n in said if said[n] is Truth.UNKNOWN]
    for mark in _MARKS:
        assert sorted(atoms.numbers(atoms.marks.get(mark, 0))) == [n for n, _, m in members if m == mark]
    for number, name, _ in members:
        assert number in set(atoms.numbers(atoms.atom_of(number, name)))


@given(_MEMBERS, st.lists(_PATTERNS, max_size=6))
def test_a_pattern_covers_what_its_statement_applies_to(
    members: list[tuple[str, Mark]], patterns: list[str]
) -> None:
    check(Atoms(entries(members), patterns, Catchers(patterns)), entries(members), patterns)


@given(_MEMBERS, st.lists(_PATTERNS, max_size=4), _MEMBERS, st.lists(_PATTERNS, max_size=4), st.data())
def test_patterns_and_resources_that_come_later_count_as_if_they_had_been_there(
    members: list[tuple[str, Mark]],
    patterns: list[str],
    more: list[tuple[str, Mark]],
    later: list[str],
    data: st.DataObject,
) -> None:
    catchers = Catchers(patterns)
    atoms = Atoms(entries(members), patterns, catchers)
    now = entries(members)
    steps: list[tuple[str, Mark] | str] = data.draw(st.permutations([*more, *later]))
    for step in steps:
        if isinstance(step, str):
            catchers.add(step)
            atoms.learn(step)
        else:
            number = len(now)
            name, mark = step
            atoms.add(number, name, mark)
            now.append((number, name, mark))
    gone = data.draw(st.sets(st.sampled_from(now))) if now else set()
    for number, name, _ in gone:
        atoms.remove(number, name)
    check(atoms, [entry for entry in now if entry not in gone], [*patterns, *later])


def test_resources_that_no_pattern_tells_apart_are_one_atom() -> None:
    members: list[Entry] = [(i, f"acs:mq:r:1:a{i}", _MARKS[0]) for i in range(100)]
    atoms = Atoms(members, ["acs:mq:*:*:a*"], Catchers([]))
    assert atoms.everything == 1
    assert atoms.learn("acs:mq:*:*:a7") == [frozenset({"acs:mq:*:*:a*", "acs:mq:*:*:a7"})]
    assert atoms.learn("acs:mq:*:*:a7") == []
    assert atoms.everything == 3


@given(st.lists(_PATTERNS, max_size=8), st.lists(_PATTERNS, max_size=3), _NAMES)
def test_the_patterns_that_catch_a_name_are_those_that_cover_it(
    patterns: list[str], later: list[str], name: str
) -> None:
    catchers = Catchers(patterns)
    list(catchers.catching(name))
    for pattern in later:
        catchers.add(pattern)
    found = dict(catchers.catching(name))
    for pattern in (*patterns, *later):
        sure = truth(pattern, name)
        assert found.get(pattern) == {Truth.TRUE: True, Truth.UNKNOWN: False, Truth.FALSE: None}[sure]
