"""The access matrix as a picture: who comes in, on one side; what they reach, on the other.

A row stands for a role and the party that comes into it, or for several roles of one party that reach
the same. What was folded to keep the picture readable is counted beside it. The drawing is a
template; nothing here is markup.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from reports.index import Index, RoleKey
from reports.input import ReportInput
from reports.matrix_columns import Columns, Head, choose
from reports.matrix_marks import LABELS, Mark, Reaches, Square, State, flags, numbers, square
from reports.partners import Partner, partner_of
from reports.told import AccountAccess, Told
from reports.words import Capped, capped, count, listed
from scanner.access.abilities import WORST_FIRST
from scanner.access.entrance import Path
from scanner.model.delegation import Delegation, Relation
from scanner.policy.catalogue import AccessClass

MOST_ROWS: Final = 220
NAMES_IN_ROW: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One role, or several alike, of one party."""

    names: Capped[str]
    number: int
    part: str
    """The anchor of the role's part; empty where there are several roles or no part."""
    via: str
    """The roles passed through before; empty for a direct way in."""
    principals: Capped[str]
    """Whom the trust policy names, where that is not the whole account."""
    doubtful: bool
    """Whether it is not certain that anybody comes in."""
    unread: bool
    """Whether part of what it grants was not read: then nothing that is missing is a no."""
    account: Square
    squares: tuple[Square, ...]
    later: Square
    numbers: tuple[tuple[str, ...], ...]
    """A cell for each class of the picture."""
    powerless: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The rows of one outside party."""

    partner: Partner
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """What a letter stands for."""

    mark: Mark
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPicture:
    """The picture of one account."""

    account: str
    columns: Columns
    spans: tuple[tuple[Head, int], ...]
    """The instances, each with the number of its columns."""
    account_classes: tuple[AccessClass, ...]
    later_classes: tuple[AccessClass, ...]
    classes: tuple[AccessClass, ...]
    """Every class that occurs, the worst first."""
    parties: tuple[Party, ...]
    legend: tuple[Legend, ...]
    notes: tuple[str, ...]
    """What is folded or left out."""
    description: str

    @property
    def width(self) -> int:
        """How many columns there are, the row's name aside."""
        return len(self.columns.heads) + bool(self.account_classes) + bool(self.later_classes)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One role as one party enters it."""

    partner: Partner
    role: str
    via: str
    principal: str
    doubtful: bool
    reached: Reaches
    unread: bool

    @property
    def alike(self) -> Hashable:
        """Entries of which this is the same are drawn as one."""
        return tuple(self.reached.extents.items()), self.unread, self.doubtful, bool(self.via)


def draw_matrices(
    report: ReportInput, index: Index, *, told: Told, parts: Mapping[RoleKey, str]
) -> Iterator[MatrixPicture]:
    """A picture for each scanned account into which somebody comes from outside."""
    for account in index.accounts:
        access = told.account(account.snapshot.account)
        if access is not None:
            picture = draw_matrix(access, index, told=told, chains=report.chains, parts=parts)
            if picture.parties:
                yield picture


def draw_matrix(
    access: AccountAccess, index: Index, *, told: Told, chains: Sequence[Path], parts: Mapping[RoleKey, str]
) -> MatrixPicture:
    """The picture of everybody who comes into the account of `access` from outside."""
    entries = _entries(access, index, told, chains)
    grouped = _grouped(entries)
    shown = capped(grouped, MOST_ROWS)
    rows = [group[0].reached for group in shown.shown]
    columns = choose(access.stock, rows)
    picture = _Drawing(access, columns, rows, parts)
    parties = tuple(
        Party(partner=partner, rows=tuple(picture.row(group) for group in groups))
        for partner, groups in groupby(shown.shown, key=lambda group: group[0].partner)
    )
    return MatrixPicture(
        account=access.account,
        columns=columns,
        spans=_spans(columns.heads),
        account_classes=picture.account_classes,
        later_classes=picture.later_classes,
        classes=picture.classes,
        parties=parties,
        legend=tuple(
            Legend(mark=Mark(access_class, State.ALL), label=LABELS[access_class])
            for access_class in picture.classes
        ),
        notes=tuple(_notes(access, columns, grouped, shown)),
        description=_description(entries, access),
    )


class _Drawing:
    """What all rows of one picture share."""

    def __init__(
        self, access: AccountAccess, columns: Columns, rows: Sequence[Reaches], parts: Mapping[RoleKey, str]
    ) -> None:
        self._access = access
        self._columns = columns
        self._parts = parts
        self._types = access.stock.of_type
        extents = [extent for row in rows for extent in row.extents.items()]
        self.classes = _in_order(access for access, _ in extents)
        self.account_classes = _in_order(access for access, e in extents if e.account is not None)
        self.later_classes = _in_order(access for access, e in extents if e.later is not None)

    def row(self, group: Sequence[_Entry]) -> Row:
        """The row of entries that are alike."""
        first = group[0]
        reached = first.reached
        roles = list(dict.fromkeys(entry.role for entry in group))
        principals = dict.fromkeys(entry.principal for entry in group if entry.principal)
        return Row(
            names=capped(roles, NAMES_IN_ROW),
            number=len(roles),
            part=self._parts.get((self._access.account, roles[0]), "") if len(roles) == 1 else "",
            via=first.via if len(roles) == 1 else "other roles" if first.via else "",
            principals=capped(principals, 2),
            doubtful=first.doubtful,
            unread=first.unread,
            account=flags(reached, self.account_classes, account=True),
            squares=tuple(
                square(reached, head.mask, classes=head.classes, types=self._types)
                for head in self._columns.heads
            ),
            later=flags(reached, self.later_classes, account=False),
            numbers=tuple(numbers(reached, access, self._types) for access in self.classes),
            powerless=not reached.extents,
        )


def _entries(access: AccountAccess, index: Index, told: Told, chains: Sequence[Path]) -> tuple[_Entry, ...]:
    """Every role of the account as every party enters it, the worst first, parties together."""
    found: dict[tuple[object, ...], _Entry] = {}
    for (owner, role), delegations in index.delegated.items():
        if owner == access.account and access.has(role):
            for delegation in delegations:
                entry = _entry(access, delegation, partner_of(delegation), told, via="")
                found[entry.partner, entry.principal, role] = entry
    for path in chains:
        if path.owner == access.account and access.has(path.role):
            entry = _entry(access, path, _partner(path), told, via=" and ".join(path.roles[:-1]))
            found[entry.partner, entry.principal, path.roles] = entry
    worst: dict[Partner, int] = {}
    for entry in found.values():
        worst[entry.partner] = min(entry.reached.worst, worst.get(entry.partner, len(WORST_FIRST)))
    return tuple(
        sorted(
            found.values(),
            key=lambda e: (
                worst[e.partner],
                e.partner,
                e.reached.worst,
                -e.reached.touched.bit_count(),
                e.via,
                e.role,
                e.principal,
            ),
        )
    )


def _entry(
    access: AccountAccess, way: Delegation | Path, partner: Partner, told: Told, *, via: str
) -> _Entry:
    whole = way.principal.endswith(":root") or way.principal == partner.identity
    return _Entry(
        partner=partner,
        role=way.role,
        via=via,
        principal="" if whole else way.principal.rpartition(":")[2] or way.principal,
        doubtful=told.is_doubtful(way),
        reached=access.reaches(way.role),
        unread=bool(access.matrix.unread(way.role)),
    )


def _partner(path: Path) -> Partner:
    return Partner(
        name=path.partner,
        identity=path.account or path.principal,
        known=path.relation is not Relation.UNKNOWN,
    )


def _grouped(entries: Sequence[_Entry]) -> list[list[_Entry]]:
    """Entries of one party that are alike, together; one party's groups stand beside each other."""
    groups: list[list[_Entry]] = []
    for _, own in groupby(entries, key=lambda entry: entry.partner):
        alike: dict[Hashable, list[_Entry]] = {}
        for entry in own:
            alike.setdefault(entry.alike, []).append(entry)
        groups += alike.values()
    return groups


def _in_order(classes: Iterable[AccessClass]) -> tuple[AccessClass, ...]:
    found = set(classes)
    return tuple(access for access in WORST_FIRST if access in found)


def _spans(heads: Sequence[Head]) -> tuple[tuple[Head, int], ...]:
    grouped = (list(own) for _, own in groupby(heads, key=lambda head: head.instance))
    return tuple((own[0], len(own)) for own in grouped)


def _notes(
    access: AccountAccess, columns: Columns, grouped: Sequence[Sequence[_Entry]], shown: Capped[list[_Entry]]
) -> Iterable[str]:
    if columns.alike:
        yield f"{count(columns.alike, 'instance')} share a column with others, because every row has the same in them."
    if columns.folded:
        yield f"The last column stands for the {count(columns.folded, 'instance')} that are reached least, taken together."
    if columns.untouched:
        reached_by_nobody = (
            "is not known to be reached" if columns.untouched == 1 else "are not known to be reached"
        )
        yield f"{count(columns.untouched, 'resource')} of {len(access.stock.resources):,} {reached_by_nobody} by anybody here, and {'has' if columns.untouched == 1 else 'have'} no column."
    if shown.more:
        left = sum(len({entry.role for entry in group}) for group in grouped[len(shown.shown) :])
        yield f"{count(left, 'role')} more {'is' if left == 1 else 'are'} in the list of delegations only."
    unread = access.view.resources.unread
    if unread:
        yield f"Not everything in the account could be read, so there may be more: {listed(list(capped(unread, 3).shown))}."


def _description(entries: Sequence[_Entry], access: AccountAccess) -> str:
    parties = {entry.partner for entry in entries}
    roles = {entry.role for entry in entries}
    there = len(access.stock.of_instance)
    return (
        f"{count(len(parties), 'outside party', 'outside parties')} through {count(len(roles), 'role')}, "
        f"against {count(len(access.stock.resources), 'resource')} in {count(there, 'instance')}."
    )
