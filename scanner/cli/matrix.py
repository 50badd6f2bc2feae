"""`crossrole matrix`: who comes in from outside, against what they reach, class by class.

With `--json` it prints a list with one value for each account: `account`, `rows` (one for each role: `role`, `ways`,
`cells`, and `unread`), `closed` (who is trusted and cannot come in) and `unread`. A cell has `class`, `series` (null
for RAM), `must`, `may` and `unknown` as lists of ARNs (what is in `must` is in `may` too), the same for what may be
created as `must_to_come`, `may_to_come` and `unknown_to_come`, and `only_if` and `unless`. Cells that hold nothing
are left out.
"""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace, _SubParsersAction
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from scanner.access.entrance import Entrances, Path
    from scanner.access.matrix import Cell, Column, Matrix
    from scanner.access.view import AccountView
    from scanner.cli.asking import Estate
    from scanner.cli.console import Cell as Shown
    from scanner.policy.catalogue import AccessClass

LEGEND = (
    "2/5 t: so many of the topics that exist (i instances, g consumer groups), whatever the conditions; +1~ under "
    "conditions; +1? nobody can tell; * also what may be created later (*~ under conditions, *? nobody can tell)"
)


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "matrix",
        help="who comes in from outside, against what they reach",
        description="Show which roles let somebody in from outside, and what each reaches: how many instances, topics "
        "and groups, by class of action, whatever the conditions, under conditions, and where nobody can tell.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument("--role", metavar="NAME", help="only this role, even if nobody outside comes into it")
    parser.add_argument(
        "--class",
        dest="access",
        metavar="CLASS",
        type=_access_class,
        help="only this class of actions, such as `publish` or `read-messages`",
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the matrix of each account."""
    from scanner.cli.asking import load_estate
    from scanner.cli.console import print_json

    estate = load_estate(args)
    tables = [table for view in estate.views if (table := _table(view, estate, args)) is not None]
    if not tables:
        raise _no_such_role(args.role, estate)
    if args.json:
        print_json([_value(table) for table in tables])
    else:
        for table in tables:
            _print(table, quiet=args.quiet)
    return Exit.OK if all(table.is_complete for table in tables) else Exit.INCOMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What is shown of one account."""

    view: AccountView
    matrix: Matrix
    roles: tuple[str, ...]
    columns: tuple[Column, ...]
    entered: Entrances

    @property
    def unread(self) -> tuple[str, ...]:
        """In words, what was not read and may open further ways or hide resources."""
        return (*self.entered.unread, *self.view.resources.unread)

    @property
    def is_complete(self) -> bool:
        """Whether all of it could be read and decided."""
        cells = (cell for role in self.roles for _, cell in self.cells(role))
        return not self.unread and not any(
            (
                *(self.matrix.unread(role) for role in self.roles),
                *(cell.unknown or cell.unknown_to_come for cell in cells),
                *(path.doubts for role in self.roles for path in self.ways(role)),
            )
        )

    def ways(self, role: str) -> tuple[Path, ...]:
        """The ways into a role from outside."""
        return tuple(path for path in self.entered.paths if path.role == role)

    def cells(self, role: str) -> Iterator[tuple[Column, Cell]]:
        """What a role reaches; empty cells are left out."""
        for column in self.columns:
            cell = self.matrix.cell(role, column)
            if not cell.empty:
                yield column, cell


def _table(view: AccountView, estate: Estate, args: Namespace) -> _Table | None:
    """The part of an account's matrix that is asked for; None for an account without the role."""
    from scanner.access.matrix import COLUMNS, Matrix

    if args.role is not None and view.role(args.role) is None:
        return None
    entered = estate.entered(view)
    open_ones = {path.role for path in entered.paths}
    roles = (args.role,) if args.role is not None else tuple(sorted(open_ones))
    columns = tuple(column for column in COLUMNS if args.access in (None, column.access))
    return _Table(view=view, matrix=Matrix.of(view), roles=roles, columns=columns, entered=entered)


def _no_such_role(name: str, estate: Estate) -> Exception:
    from difflib import get_close_matches

    from scanner.errors import NothingInScopeError

    near = get_close_matches(name, [role.name for view in estate.views for role in view.roles])
    meant = " or ".join(f"`{other}`" for other in near)
    hint = f"did you mean {meant}?" if near else "`crossrole roles --all` lists the roles"
    return NothingInScopeError(f"no stored scan has a role `{name}`", hint=hint)


def _access_class(text: str) -> AccessClass:
    from scanner.policy.catalogue import AccessClass

    word = " ".join(text.lower().replace("-", " ").replace("_", " ").split())
    if word not in set(AccessClass):
        classes = ", ".join(access.replace(" ", "-") for access in AccessClass)
        raise ArgumentTypeError(f"`{text}` is no class of actions; they are {classes}")
    return AccessClass(word)


def _value(table: _Table) -> dict[str, Any]:
    from scanner.cli.asking import closed_value, path_value

    return {
        "account": table.view.account,
        "rows": [
            {
                "role": role,
                "ways": [path_value(path) for path in table.ways(role)],
                "cells": [_cell_value(table.matrix, column, cell) for column, cell in table.cells(role)],
                "unread": list(table.matrix.unread(role)),
            }
            for role in table.roles
        ],
        "closed": [closed_value(closed) for closed in table.entered.closed],
        "unread": list(table.unread),
    }


def _cell_value(matrix: Matrix, column: Column, cell: Cell) -> dict[str, Any]:
    return {
        "class": column.access.value,
        "series": column.series.value if column.series else None,
        **{
            name: [resource.arn for resource in matrix.named(bits)]
            for name, bits in (("must", cell.must), ("may", cell.may), ("unknown", cell.unknown))
        },
        "must_to_come": cell.must_to_come,
        "may_to_come": cell.may_to_come,
        "unknown_to_come": cell.unknown_to_come,
        "only_if": list(cell.only_if),
        "unless": list(cell.unless),
    }


def _print(table: _Table, *, quiet: bool) -> None:
    from scanner.cli.console import print_table, say

    say(f"Account {table.view.account}")
    if not table.roles:
        say("  nobody comes in from outside" + (", as far as could be read" if table.unread else ""))
    else:
        shown = tuple(dict.fromkeys(column.access for column in _filled(table)))
        rows = [row for role in table.roles for row in _rows(table, role, shown)]
        print_table(("role", "comes in", "series", *(access.value for access in shown)), rows)
        if not quiet:
            say(LEGEND)
    _print_terms(table)
    for role in table.roles:
        for words in table.matrix.unread(role):
            say(f"not known of role {role}: {words}")
    for words in table.unread:
        say(f"not known: {words}")
    say()


def _filled(table: _Table) -> list[Column]:
    """The columns in which any role has anything."""
    filled = {column for role in table.roles for column, _ in table.cells(role)}
    return [column for column in table.columns if column in filled]


def _print_terms(table: _Table) -> None:
    """On what hangs whatever is marked as conditional."""
    from scanner.access.cite import terms
    from scanner.cli.console import say

    heading = "Conditions"
    for role in table.roles:
        together: dict[str, list[str]] = {}
        for column, cell in table.cells(role):
            hangs = terms(only_if=cell.only_if, unless=cell.unless)
            if hangs:
                series = column.series.value if column.series else "RAM"
                together.setdefault(hangs, []).append(f"{column.access.value} ({series})")
        for hangs, of in together.items():
            if heading:
                say(heading)
                heading = ""
            say(f"  {role}: {', '.join(of)}: {hangs}")


def _rows(table: _Table, role: str, classes: Sequence[AccessClass]) -> Iterator[Sequence[Shown]]:
    """One row for each series in which the role reaches anything, and one all the same where there is none."""
    from scanner.model.broker import Series

    cells = dict(table.cells(role))
    first: tuple[Shown, ...] = (role, _ways(table, role))
    for series in (*Series, None):
        found = {column.access: (column, cell) for column, cell in cells.items() if column.series is series}
        if found:
            lines = (tuple(_lines(table.matrix, *found[a])) if a in found else "-" for a in classes)
            yield (*first, series.value if series else "RAM", *lines)
            first = ("", "")
    if not cells:
        nothing = "not known" if table.matrix.unread(role) else "-"
        yield (*first, nothing, *("" for _ in classes))


def _ways(table: _Table, role: str) -> Sequence[str]:
    from scanner.access.entrance import Certainty

    marks = {Certainty.CERTAIN: "", Certainty.CONDITIONAL: " ~", Certainty.UNCERTAIN: " ?"}
    lines = dict.fromkeys(f"{_who(path)}{marks[path.certainty]}" for path in table.ways(role))
    return tuple(lines) or "-"


def _who(path: Path) -> str:
    """A way in, as short as it can be told: whose, who, and through which roles."""
    home = f"acs:ram::{path.account}:"
    name = path.principal.removeprefix(home) if path.account else path.principal
    if name == "root":
        name = "whole account"
    whose = path.partner or (path.account if path.principal.startswith(home) else "")
    through = f" through {' > '.join(path.roles[:-1])}" if path.is_chain else ""
    return f"{whose}{': ' if whose else ''}{name or 'nobody can tell who'}{through}"


def _lines(matrix: Matrix, column: Column, cell: Cell) -> Iterator[str]:
    """What a cell holds, a line for each type of resource and one for what is to come."""
    from scanner.access.slots import asked_on

    for type_ in asked_on(column):
        of_type = matrix.mask(type_, column.series)
        must, may, unknown = (bits & of_type for bits in (cell.must, cell.may, cell.unknown))
        if may or unknown:
            more = f"+{(may & ~must).bit_count()}~" if may != must else ""
            doubt = f"+{unknown.bit_count()}?" if unknown else ""
            yield f"{must.bit_count()}{more}{doubt}/{of_type.bit_count()} {type_.value[0]}"
    if cell.must_to_come or cell.may_to_come or cell.unknown_to_come:
        yield "*" if cell.must_to_come else "*~" if cell.may_to_come else "*?"
