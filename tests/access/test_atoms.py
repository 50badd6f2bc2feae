"""Atoms: what a pattern covers is told exactly, however patterns and resources came in."""

from __future__ import annotations

from typing import Final, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from scanner.access.atoms import Aim, Atoms, Described
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
_LIMITS: Final = (None, None, "rg-1")
_DESCRIBED: Final[tuple[Described, ...]] = (
    ("topic", None),
    ("topic", "rg-1"),
    ("topic", "rg-2"),
    ("group", "rg-1"),
)

Resource: TypeAlias = tuple[str, Described]
_RESOURCES = st.tuples(_NAMES, st.sampled_from(_DESCRIBED))
_AIMS: st.SearchStrategy[Aim] = st.tuples(_PATTERNS, st.sampled_from(_LIMITS))


class World:
    """Atoms, and beside them the resources that they are made of."""

    def __init__(self, resources: list[Resource], aims: list[Aim]) -> None:
        self.resources = dict(enumerate(resources))
        self.aims = list(aims)
        self.catchers = Catchers(pattern for pattern, _ in aims)
        self.atoms = Atoms(
            [(name, number) for number, (name, _) in self.resources.items()],
            aims,
            describe=lambda number: self.resources[number][1],
            catchers=self.catchers,
        )

    def add(self, resource: Resource) -> None:
        number = len(self.resources)
        self.resources[number] = resource
        self.atoms.add(resource[0], number)

    def learn(self, aim: Aim) -> None:
        self.aims.append(aim)
        self.catchers.add(aim[0])
        self.atoms.learn(aim)

    def said(self, aim: Aim, truth: Truth) -> list[int]:
        return [
            number
            for number, (name, (_, group)) in self.resources.items()
            if truth_of(aim[0], name) is truth and (aim[1] is None or group in (None, aim[1]))
        ]

    def check(self) -> None:
        for aim in self.aims:
            assert sorted(self.atoms.numbers(self.atoms.sure(aim))) == self.said(aim, Truth.TRUE)
            assert sorted(self.atoms.numbers(self.atoms.perhaps(aim))) == self.said(aim, Truth.UNKNOWN)
        for mark, atoms in self.atoms.marks.items():
            assert sorted(self.atoms.numbers(atoms)) == [
                number
                for number, (_, (type_, group)) in self.resources.items()
                if mark == (type_, group is not None)
            ]
        inhabited = 0
        for number, (name, _) in self.resources.items():
            inhabited |= self.atoms.atom_of(name, number)
            assert number in set(self.atoms.numbers(self.atoms.atom_of(name, number)))
        assert self.atoms.everything == inhabited


def truth_of(pattern: str, name: str) -> Truth:
    (statement,) = prepared(document(allow("*", pattern))).statements
    return statement.applies(Asked(Request(action="mq:PUB", resource=name))).truth


@given(st.lists(_RESOURCES, max_size=10), st.lists(_AIMS, max_size=6))
def test_a_pattern_covers_what_its_statement_applies_to(resources: list[Resource], aims: list[Aim]) -> None:
    World(resources, aims).check()


@given(
    st.lists(_RESOURCES, max_size=8),
    st.lists(_AIMS, max_size=4),
    st.lists(_RESOURCES, max_size=6),
    st.lists(_AIMS, max_size=4),
    st.data(),
)
def test_patterns_and_resources_that_come_later_count_as_if_they_had_been_there(
    resources: list[Resource], aims: list[Aim], more: list[Resource], later: list[Aim], data: st.DataObject
) -> None:
    world = World(resources, aims)
    for learn, at in data.draw(
        st.permutations([(True, n) for n in range(len(later))] + [(False, n) for n in range(len(more))])
    ):
        if learn:
            world.learn(later[at])
        else:
            world.add(more[at])
    for number in data.draw(st.sets(st.sampled_from(range(len(world.resources))))) if world.resources else ():
        name, _ = world.resources[number]
        world.atoms.remove(name, number)
        del world.resources[number]
    world.check()


def test_resources_that_no_pattern_tells_apart_are_one_atom() -> None:
    world = World([(f"acs:mq:r:1:a{i}", _DESCRIBED[0]) for i in range(100)], [("acs:mq:*:*:a*", None)])
    assert world.atoms.everything == 1
    seventh = ("acs:mq:*:*:a7", None)
    assert world.atoms.learn(seventh) == [frozenset({"acs:mq:*:*:a*", "acs:mq:*:*:a7"})]
    assert world.atoms.learn(seventh) == []
    assert world.atoms.everything == 3


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
        sure = truth_of(pattern, name)
        assert found.get(pattern) == {Truth.TRUE: True, Truth.UNKNOWN: False, Truth.FALSE: None}[sure]
