"""The matrix, made for sets of resources, says what asking about every request says."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.access.candidates import resource_to_come
from scanner.access.grants import Grant, Standing, grant
from scanner.access.matrix import COLUMNS, Cell, Column, Matrix
from scanner.access.reach import reach
from scanner.access.resources import Kind
from scanner.access.view import AccountView, RoleView
from scanner.model.ids import Arn
from scanner.model.snapshot import Snapshot
from scanner.policy.catalogue import by_class
from scanner.policy.syntax import Effect
from tests.access.random_holders import CONDITIONS, account, accounts, holdings
from tests.rules import worlds as w


@dataclass(frozen=True)
class Answers:
    """What `grant` says of each request of one cell."""

    existing: list[list[Grant]]
    """By resource."""
    to_come: list[list[Grant]]
    """By made-up resource."""

    def words(self, must: int) -> set[str]:
        listed = [one for at, found in enumerate(self.existing) if not must >> at & 1 for one in found]
        listed += [one for found in self.to_come for one in found]
        open_ones = [one for one in listed if one.standing is Standing.CONDITIONAL]
        return {words for one in open_ones for words in (*one.only_if, *one.unless)}


def bits(found: list[list[Grant]], *standings: Standing) -> int:
    return sum(
        1 << number for number, grants in enumerate(found) if any(one.standing in standings for one in grants)
    )


def forms_of(column: Column) -> list[tuple[str, str]]:
    entries = [entry for entry in by_class(column.access) if entry.series is column.series]
    return list(dict.fromkeys((entry.action, form) for entry in entries for form in entry.arn_forms))


def answers(view: AccountView, role: RoleView, column: Column, matrix: Matrix) -> Answers:
    entries = [entry for entry in by_class(column.access) if entry.series is column.series]
    asked = {
        (kind.type, entry.action)
        for entry in entries
        for form in entry.arn_forms
        if (kind := Kind.of("*", form, entry)) is not None
    }
    existing = [
        [
            grant(role, action=action, resource=resource.arn, resource_group=resource.resource_group)
            for type_, action in sorted(asked)
            if (type_, column.series) == (resource.type, resource.series)
        ]
        for resource in matrix.resources
    ]
    later = [
        [
            grant(role, action=action, resource=name, resource_group=group)
            for action, asked_on in forms_of(column)
            if asked_on == form
        ]
        for name, group, form in made_up(view, role, column, matrix)
    ]
    return Answers(existing, later)


def made_up(
    view: AccountView, role: RoleView, column: Column, matrix: Matrix
) -> set[tuple[str, str | None, str]]:
    """Every name that an Allow of the role covers, with its group and form, and that nothing has."""
    relative = {relative_of(r.arn) for r in matrix.resources if r.instance_id in r.arn}
    found = set()
    for policy in role.policies:
        document = policy.document
        patterns = {
            pattern
            for statement in document.statements
            if statement.effect is not Effect.DENY
            for pattern in (
                *(statement.resources.items if statement.resources else ()),
                *(["*"] if statement.unsupported or statement.resources is None else ()),
            )
        }
        for pattern in {"*"} if document.unsupported else patterns:
            for _, form in forms_of(column):
                name = resource_to_come(pattern, form, account=view.account)
                if name is None or view.resources.exists(name) or relative_of(name) in relative:
                    continue
                group = view.resources.group_to_come(name, limited=policy.resource_group)
                found.add((name, group, form))
    return found


def relative_of(name: str) -> tuple[str, str]:
    parts = Arn.parse(name)
    assert parts is not None
    return (parts.service, parts.relative)


def expected(found: Answers) -> Cell:
    granting = (Standing.ALLOWED, Standing.CONDITIONAL)
    may, may_to_come = bits(found.existing, *granting), bits(found.to_come, *granting)
    return Cell(
        must=bits(found.existing, Standing.ALLOWED),
        may=may,
        unknown=bits(found.existing, Standing.UNCERTAIN) & ~may,
        must_to_come=bool(bits(found.to_come, Standing.ALLOWED)),
        may_to_come=bool(may_to_come),
        unknown_to_come=bool(bits(found.to_come, Standing.UNCERTAIN) & ~may_to_come),
    )


def without_words(cell: Cell) -> Cell:
    return Cell(
        must=cell.must,
        may=cell.may,
        unknown=cell.unknown,
        must_to_come=cell.must_to_come,
        may_to_come=cell.may_to_come,
        unknown_to_come=cell.unknown_to_come,
    )


def check(snapshot: Snapshot) -> None:
    """Every cell of every role is what asking about each request comes to."""
    view = AccountView.of(snapshot)
    matrix = Matrix.of(view)
    for role in view.roles:
        for column in COLUMNS:
            found, cell = answers(view, role, column, matrix), matrix.cell(role.name, column)
            assert without_words(cell) == expected(found), (role.name, column)
            assert {*cell.only_if, *cell.unless} <= found.words(cell.must)
            if cell.may != cell.must:
                assert cell.only_if or cell.unless


MFA, OFFICE = CONDITIONS[:2]
GET, READ = "rocketmq:GetTopic", "rocketmq:Get*"
TELLING: dict[str, list[tuple[list[w.Body], str | None]]] = {
    "a Deny in a group does not take back an Allow on the account": [
        ([w.allow(READ, when=MFA)], None),
        ([w.deny(READ, when=MFA)], "rg-1"),
    ],
    "a Deny in a group takes back an Allow in it": [
        ([w.allow(READ, when=MFA), w.deny(READ, when=MFA)], "rg-1")
    ],
    "a sure Deny in a group ends what is allowed there": [
        ([w.allow(READ, when=MFA), w.deny(READ)], "rg-1"),
        ([w.allow(GET, when=OFFICE)], None),
    ],
    "a Deny of the account ends one action and leaves the others to the group": [
        ([w.deny(GET)], None),
        ([w.allow("rocketmq:*")], "rg-1"),
    ],
    "an Allow of the account ends one action and leaves the others to the group": [
        ([w.allow(GET)], None),
        ([w.allow("rocketmq:*", when=OFFICE), w.deny("rocketmq:*", when=MFA)], "rg-1"),
    ],
    "two groups that would both allow": [([w.allow(READ)], "rg-1"), ([w.allow(READ, when=MFA)], "rg-2")],
    "two groups of which one denies": [([w.allow(READ)], "rg-1"), ([w.allow(READ), w.deny(READ)], "rg-2")],
    "doubt in one group": [([w.allow(READ, when=CONDITIONS[3])], "rg-1"), ([w.deny(READ)], "rg-2")],
    "a doubtful Deny beside an Allow": [([w.allow(READ), w.deny(GET, when=CONDITIONS[3])], None)],
    "all actions but a variable's": [
        ([{"Effect": "Allow", "NotAction": "rocketmq:${x}", "Resource": "*"}], None),
    ],
    "all actions but some, denied": [
        (
            [w.allow("*"), {"Effect": "Deny", "NotAction": ["rocketmq:Get*", "mq:${x}"], "Resource": "*"}],
            None,
        ),
    ],
    "a Deny for fewer actions with the same condition": [
        ([w.allow("rocketmq:*", when=MFA), w.deny(GET, when=MFA)], None),
    ],
}
"""What each holding shows: statements, and the resource group that they are attached in."""


@pytest.mark.parametrize("groups", [(None,) * 4, ("rg-1", "rg-2", "rg-3", None)], ids=["unknown", "known"])
@pytest.mark.parametrize("attached", TELLING.values(), ids=TELLING)
def test_a_telling_holding_is_what_asking_about_each_request_comes_to(
    attached: list[tuple[list[w.Body], str | None]], groups: tuple[str | None, ...]
) -> None:
    check(account([[(w.document(*statements), group) for statements, group in attached]], groups))


@settings(max_examples=40)
@given(accounts(st.lists(holdings(), min_size=1, max_size=2)))
def test_every_cell_is_what_asking_about_each_request_comes_to(snapshot: Snapshot) -> None:
    check(snapshot)


@settings(max_examples=20)
@given(accounts(st.lists(holdings(), min_size=1, max_size=1)))
def test_whatever_reach_finds_to_come_the_matrix_has_too(snapshot: Snapshot) -> None:
    view = AccountView.of(snapshot)
    matrix = Matrix.of(view)
    there = {relative_of(r.arn) for r in matrix.resources if r.instance_id in r.arn}
    for role in view.roles:
        for column in COLUMNS:
            actions = sorted({action for action, _ in forms_of(column)})
            reached = [one for one in reach(role, actions, view) if not one.existing]
            standings = {one.standing for one in reached if relative_of(one.resource) not in there}
            cell = matrix.cell(role.name, column)
            assert cell.must_to_come or Standing.ALLOWED not in standings
            assert cell.may_to_come or not any(standing.grants for standing in standings)
            assert cell.unknown_to_come or cell.may_to_come or Standing.UNCERTAIN not in standings
