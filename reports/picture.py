"""The picture: outside parties -> roles -> resources, as places to draw.

Many things are drawn as one: what goes beyond the limits below becomes a node that says
how many it stands for. The drawing itself is a template; nothing here is markup.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from reports.index import Index, RoleKey
from reports.layout import COLUMNS, WIDTH, Place, arrange, curve
from reports.partners import Partner, partner_of
from reports.targets import Target, TargetKind, TargetReader
from reports.words import Capped, capped, count
from scanner.model.finding import Severity

PARTNERS: Final = 14
ROLES: Final = 24
TARGETS: Final = 18
FEWER_TARGETS: Final = 9
"""How many resources are drawn one by one where there would be too many lines."""
NAMES_IN_GROUP: Final = 12
DENSE: Final = 70
"""Lines beyond which they are drawn faintly."""

HEADINGS: Final = ("Who may enter", "Roles", "What their policies name")
_NOWHERE: Final = Place(0, 0, 0)


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
    place: Place = _NOWHERE


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
    dense: bool
    """Whether there are so many lines that they have to be drawn faintly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What there is to draw, before anything is drawn together."""

    index: Index
    parts: Mapping[RoleKey, str]
    parties: Mapping[RoleKey, frozenset[Partner]]
    targets: Mapping[RoleKey, frozenset[Target]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Roles that are drawn as one: the same parties, resources and worst finding."""

    keys: tuple[RoleKey, ...]
    parties: frozenset[int]
    targets: frozenset[int]


def draw(index: Index, parts: Mapping[RoleKey, str]) -> Picture:
    """The picture of all delegated roles in `index`."""
    reader = TargetReader()
    scene = _Scene(
        index=index,
        parts=parts,
        parties={key: frozenset(map(partner_of, found)) for key, found in index.delegated.items()},
        targets={key: reader.of_role(index.account(key[0]), key[1]) for key in index.delegated},
    )
    picture = _drawn(scene, targets=TARGETS)
    return _drawn(scene, targets=FEWER_TARGETS) if picture.dense else picture


def _drawn(scene: _Scene, *, targets: int) -> Picture:
    """The picture with at most about `targets` boxes on the right."""
    left, party_nodes = _party_nodes(scene.parties)
    right, target_nodes = _target_nodes(scene.targets, targets)
    groups = _groups(
        scene.index,
        {key: frozenset(left[p] for p in found) for key, found in scene.parties.items()},
        {key: frozenset(right[t] for t in found) for key, found in scene.targets.items()},
    )
    role_nodes = tuple(_role_node(group, scene.index, scene.parts) for group in groups)
    layout = arrange(
        left=len(party_nodes),
        right=len(target_nodes),
        to_left=[group.parties for group in groups],
        to_right=[group.targets for group in groups],
    )
    columns = tuple(
        tuple(replace(node, place=place) for node, place in zip(nodes, places, strict=True))
        for nodes, places in zip((party_nodes, role_nodes, target_nodes), layout.columns, strict=True)
    )
    lines = tuple(_lines(groups, columns))
    return Picture(
        width=WIDTH,
        height=layout.height,
        columns=tuple((x, heading) for (x, _), heading in zip(COLUMNS, HEADINGS, strict=True)),
        nodes=tuple(node for column in columns for node in column),
        lines=lines,
        readings=tuple(
            Reading(
                role=node,
                parties=tuple(party_nodes[i].label for i in sorted(group.parties)),
                targets=tuple(target_nodes[i].label for i in sorted(group.targets)),
            )
            for node, group in zip(role_nodes, groups, strict=True)
        ),
        description=_description(scene),
        aggregated=any(node.names.shown for column in columns for node in column),
        dense=len(lines) > DENSE,
    )


def _party_nodes(parties: Mapping[RoleKey, Iterable[Partner]]) -> tuple[dict[Partner, int], tuple[Node, ...]]:
    roles = Counter(p for found in parties.values() for p in found)
    ordered = sorted(roles, key=lambda p: (p.known, -roles[p], p))
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


def _target_nodes(
    targets: Mapping[RoleKey, Iterable[Target]], limit: int
) -> tuple[dict[Target, int], tuple[Node, ...]]:
    roles = Counter(t for found in targets.values() for t in found)
    ordered = sorted(roles, key=lambda t: (_rank(t), -roles[t], t.order))
    shown = capped(ordered, limit)
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
        rest = ordered[limit:]
        nodes.append(
            Node(
                label=f"{len(rest):,} more resources",
                note="drawn together",
                names=capped((f"{t.name} ({t.kind.value})" for t in rest), NAMES_IN_GROUP),
            )
        )
    return {t: min(i, len(nodes) - 1) for i, t in enumerate(ordered)}, tuple(nodes)


def _rank(target: Target) -> int:
    """What is drawn by itself first: the broad grants, then instances, then the rest."""
    match target.kind:
        case TargetKind.EVERYTHING | TargetKind.ALL_5X | TargetKind.ALL_4X | TargetKind.UNREAD:
            return 0
        case TargetKind.INSTANCE_5X | TargetKind.INSTANCE_4X:
            return 1
        case TargetKind.NAME_4X | TargetKind.OTHER:
            return 2
        case _:
            assert_never(target.kind)


def _groups(
    index: Index,
    parties: Mapping[RoleKey, frozenset[int]],
    targets: Mapping[RoleKey, frozenset[int]],
) -> tuple[_Group, ...]:
    """One group a role where there is room, else the finest grouping that fits."""
    grouping: Callable[[RoleKey], Hashable]
    for grouping in (
        lambda key: key,
        lambda key: (parties[key], targets[key], index.worst_of.get(key), index.undetermined(key)),
        lambda key: (parties[key], index.worst_of.get(key)),
        lambda key: parties[key],
    ):
        alike: dict[Hashable, list[RoleKey]] = defaultdict(list)
        for key in index.delegated:
            alike[grouping(key)].append(key)
        if len(alike) <= ROLES:
            break
    groups = tuple(
        _Group(
            keys=tuple(keys),
            parties=parties[keys[0]],
            targets=frozenset().union(*(targets[key] for key in keys)),
        )
        for keys in alike.values()
    )
    return groups if len(groups) <= ROLES else (*groups[: ROLES - 1], _merged(groups[ROLES - 1 :]))


def _merged(groups: Iterable[_Group]) -> _Group:
    every = tuple(groups)
    return _Group(
        keys=tuple(key for group in every for key in group.keys),
        parties=frozenset().union(*(group.parties for group in every)),
        targets=frozenset().union(*(group.targets for group in every)),
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


def _lines(groups: Sequence[_Group], columns: Sequence[Sequence[Node]]) -> Iterable[Line]:
    parties, roles, targets = columns
    for role, group in zip(roles, groups, strict=True):
        for party in sorted(group.parties):
            yield Line(path=curve(parties[party].place, role.place), severity=role.severity, doubtful=False)
        for number in sorted(group.targets):
            target = targets[number]
            yield Line(path=curve(role.place, target.place), severity=role.severity, doubtful=target.doubtful)


def _description(scene: _Scene) -> str:
    parties = frozenset().union(*scene.parties.values())
    targets = frozenset().union(*scene.targets.values())
    return (
        f"{count(len(parties), 'outside party', 'outside parties')} may enter "
        f"{count(len(scene.parties), 'role')}, whose policies name "
        f"{count(len(targets), 'resource or service', 'resources or services')}."
    )
