"""The picture: outside parties -> roles -> resources, as places to draw.

Many things are drawn as one: what goes beyond the limits below becomes a node that says
how many it stands for. The drawing itself is a template; nothing here is markup.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from reports.index import Index, RoleKey
from reports.partners import Partner, partner_of
from reports.targets import Target, TargetKind, TargetReader
from reports.words import Capped, capped, count
from scanner.model.finding import Severity

PARTNERS: Final = 14
ROLES: Final = 24
TARGETS: Final = 18
NAMES_IN_GROUP: Final = 12

WIDTH: Final = 1080
_TOP: Final = 40
_ROW: Final = 56
_BOX: Final = 44
_COLUMNS: Final = ((0, 270), (400, 280), (810, 270))
"""Left edge and width of each column."""
_SWEEPS: Final = 3

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One box."""

    label: str
    note: str
    part: str = ""
    """The anchor it leads to."""
    severity: Severity | None = None
    doubtful: bool = False
    names: Capped[str] = field(default_factory=lambda: Capped((), 0))
    """What it stands for, when that is more than one thing."""
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = _BOX


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One connection."""

    path: str
    severity: Severity | None
    doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One row of the picture in words."""

    role: Node
    parties: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What to draw, and the same in words."""

    width: int
    height: int
    columns: tuple[tuple[int, str], ...]
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    readings: tuple[Reading, ...]
    description: str
    aggregated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Roles that are drawn as one: the same parties, resources and worst finding."""

    keys: tuple[RoleKey, ...]
    parties: frozenset[int]
    targets: frozenset[int]


def draw(index: Index, parts: Mapping[RoleKey, str]) -> Picture:
    """The picture of all delegated roles in `index`."""
    reader = TargetReader()
    parties = {key: frozenset(map(partner_of, found)) for key, found in index.delegated.items()}
    targets = {key: reader.of_role(index.account(key[0]), key[1]) for key in index.delegated}
    left, party_nodes = _party_nodes(parties)
    right, target_nodes = _target_nodes(targets)
    groups = _groups(
        index,
        {key: frozenset(left[p] for p in found) for key, found in parties.items()},
        {key: frozenset(right[t] for t in found) for key, found in targets.items()},
    )
    role_nodes = tuple(_role_node(group, index, parts) for group in groups)
    columns = _arranged(party_nodes, role_nodes, target_nodes, groups)
    tallest = max(map(len, columns), default=0)
    return Picture(
        width=WIDTH,
        height=_TOP + max(tallest, 1) * _ROW,
        columns=tuple(
            zip((x for x, _ in _COLUMNS), ("Who may enter", "Roles", "What their policies name"), strict=True)
        ),
        nodes=tuple(node for column in columns for node in column.values()),
        lines=tuple(_lines(groups, columns)),
        readings=tuple(
            Reading(
                role=node,
                parties=tuple(party_nodes[i].label for i in sorted(group.parties)),
                targets=tuple(target_nodes[i].label for i in sorted(group.targets)),
            )
            for node, group in zip(role_nodes, groups, strict=True)
        ),
        description=_description(index, parties, targets),
        aggregated=any(node.names.shown for column in columns for node in column.values()),
    )


def _party_nodes(parties: Mapping[RoleKey, Iterable[Partner]]) -> tuple[dict[Partner, int], tuple[Node, ...]]:
    roles = Counter(p for found in parties.values() for p in found)
    ordered = sorted(roles, key=lambda p: (-roles[p], p))
    shown = capped(ordered, PARTNERS)
    nodes = [
        Node(
            label=p.name or p.identity,
            note=p.identity if p.name else count(roles[p], "role") if p.known else "not in the settings",
            doubtful=not p.known,
        )
        for p in shown.shown
    ]
    if shown.more:
        rest = ordered[PARTNERS:]
        nodes.append(
            Node(
                label=f"{len(rest):,} more parties",
                note="drawn together",
                names=capped((p.label for p in rest), NAMES_IN_GROUP),
            )
        )
    return {p: min(i, len(nodes) - 1) for i, p in enumerate(ordered)}, tuple(nodes)


def _target_nodes(targets: Mapping[RoleKey, Iterable[Target]]) -> tuple[dict[Target, int], tuple[Node, ...]]:
    roles = Counter(t for found in targets.values() for t in found)
    ordered = sorted(roles, key=lambda t: (t.kind in _DRAWN_LAST, -roles[t], t.order))
    shown = capped(ordered, TARGETS)
    nodes = [
        Node(
            label=t.name,
            note=t.kind.value,
            severity=Severity.CRITICAL if t.kind is TargetKind.EVERYTHING else None,
            doubtful=t.kind is TargetKind.UNREAD,
        )
        for t in shown.shown
    ]
    if shown.more:
        rest = ordered[TARGETS:]
        nodes.append(
            Node(
                label=f"{len(rest):,} more resources",
                note="drawn together",
                names=capped((f"{t.name} ({t.kind.value})" for t in rest), NAMES_IN_GROUP),
            )
        )
    return {t: min(i, len(nodes) - 1) for i, t in enumerate(ordered)}, tuple(nodes)


_DRAWN_LAST: Final = frozenset({TargetKind.OTHER, TargetKind.NAME_4X})


def _groups(
    index: Index,
    parties: Mapping[RoleKey, frozenset[int]],
    targets: Mapping[RoleKey, frozenset[int]],
) -> tuple[_Group, ...]:
    alone = tuple(_Group(keys=(key,), parties=parties[key], targets=targets[key]) for key in index.delegated)
    if len(alone) <= ROLES:
        return alone
    alike: dict[Hashable, list[RoleKey]] = defaultdict(list)
    for key in index.delegated:
        alike[parties[key], targets[key], index.worst_of.get(key), index.undetermined(key)].append(key)
    groups = tuple(
        _Group(keys=tuple(keys), parties=parties[keys[0]], targets=targets[keys[0]])
        for keys in alike.values()
    )
    if len(groups) <= ROLES:
        return groups
    rest = groups[ROLES - 1 :]
    return (
        *groups[: ROLES - 1],
        _Group(
            keys=tuple(key for group in rest for key in group.keys),
            parties=frozenset().union(*(group.parties for group in rest)),
            targets=frozenset().union(*(group.targets for group in rest)),
        ),
    )


def _role_node(group: _Group, index: Index, parts: Mapping[RoleKey, str]) -> Node:
    severity = max(
        (s for key in group.keys if (s := index.worst_of.get(key)) is not None),
        key=lambda s: s.rank,
        default=None,
    )
    doubtful = any(map(index.undetermined, group.keys))
    note = severity.value if severity is not None else "not determined" if doubtful else "no check failed"
    if not group.targets:
        note += " · grants nothing"
    if len(group.keys) == 1:
        key = group.keys[0]
        return Node(label=key[1], note=note, part=parts.get(key, ""), severity=severity, doubtful=doubtful)
    return Node(
        label=f"{len(group.keys):,} roles",
        note=f"worst: {note}" if severity is not None else note,
        severity=severity,
        doubtful=doubtful,
        names=capped((name for _, name in group.keys), NAMES_IN_GROUP),
    )


def _arranged(
    parties: tuple[Node, ...], roles: tuple[Node, ...], targets: tuple[Node, ...], groups: tuple[_Group, ...]
) -> tuple[dict[int, Node], dict[int, Node], dict[int, Node]]:
    """The nodes in their places, each column in an order that crosses few lines."""
    left, middle, right = list(range(len(parties))), list(range(len(roles))), list(range(len(targets)))
    for _ in range(_SWEEPS):
        middle = _by_neighbours(
            middle,
            {i: g.parties for i, g in enumerate(groups)},
            left,
            then={i: g.targets for i, g in enumerate(groups)},
            then_order=right,
        )
        left = _by_neighbours(left, _reversed(g.parties for g in groups), middle)
        right = _by_neighbours(right, _reversed(g.targets for g in groups), middle)
    rows = max(len(left), len(middle), len(right), 1)
    return (
        _placed(parties, left, column=0, rows=rows),
        _placed(roles, middle, column=1, rows=rows),
        _placed(targets, right, column=2, rows=rows),
    )


def _by_neighbours(
    order: list[int],
    neighbours: Mapping[int, frozenset[int]],
    positions: list[int],
    *,
    then: Mapping[int, frozenset[int]] | None = None,
    then_order: list[int] | None = None,
) -> list[int]:
    """`order` sorted by the mean position of each node's neighbours; ties by `then`, then as they were."""
    place = {node: i for i, node in enumerate(positions)}
    second = {node: i for i, node in enumerate(then_order or ())}

    def mean(found: frozenset[int], where: Mapping[int, int]) -> float:
        return sum(where[n] for n in found) / len(found) if found else float(len(where))

    return sorted(
        order,
        key=lambda node: (
            mean(neighbours.get(node, frozenset()), place),
            mean((then or {}).get(node, frozenset()), second),
        ),
    )


def _reversed(links: Iterable[frozenset[int]]) -> dict[int, frozenset[int]]:
    back: dict[int, set[int]] = defaultdict(set)
    for i, found in enumerate(links):
        for node in found:
            back[node].add(i)
    return {node: frozenset(found) for node, found in back.items()}


def _placed(nodes: tuple[Node, ...], order: list[int], *, column: int, rows: int) -> dict[int, Node]:
    x, width = _COLUMNS[column]
    slack = (rows - len(order)) * _ROW
    gap = slack // (len(order) + 1) if order else 0
    return {
        node: replace(nodes[node], x=x, width=width, y=_TOP + gap * (place + 1) + place * _ROW)
        for place, node in enumerate(order)
    }


def _lines(
    groups: tuple[_Group, ...], columns: tuple[dict[int, Node], dict[int, Node], dict[int, Node]]
) -> Iterable[Line]:
    parties, roles, targets = columns
    for i, group in enumerate(groups):
        role = roles[i]
        for party in sorted(group.parties):
            yield _line(parties[party], role, role, doubtful=False)
        for target in sorted(group.targets):
            yield _line(role, targets[target], role, doubtful=targets[target].doubtful)


def _line(start: Node, end: Node, role: Node, *, doubtful: bool) -> Line:
    x0, y0 = start.x + start.width, start.y + start.height // 2
    x1, y1 = end.x, end.y + end.height // 2
    bend = (x1 - x0) // 2
    return Line(
        path=f"M{x0} {y0}C{x0 + bend} {y0} {x1 - bend} {y1} {x1} {y1}",
        severity=role.severity,
        doubtful=doubtful,
    )


def _description(
    index: Index, parties: Mapping[RoleKey, frozenset[Partner]], targets: Mapping[RoleKey, frozenset[Target]]
) -> str:
    every_party = frozenset().union(*parties.values())
    every_target = frozenset().union(*targets.values())
    return (
        f"{count(len(every_party), 'outside party', 'outside parties')} may enter "
        f"{count(len(index.delegated), 'role')}, whose policies name "
        f"{count(len(every_target), 'resource or service', 'resources or services')}."
    )
