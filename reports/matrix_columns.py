"""Which columns the matrix picture has, so that a person can take it in.

Few resources are told apart as finely as the rows treat them; more become one column an instance,
then one for instances alike, and what is reached least is folded into one. Nothing is left
out without a count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reports.matrix_marks import Reaches
from scanner.access.abilities import WORST_FIRST
from scanner.access.amounts import NOUNS, Stock, bits_of, short_name
from scanner.policy.catalogue import AccessClass, ResourceType

MOST_COLUMNS: Final = 32
MOST_BLOCKS: Final = 30
"""Sets of resources inside instances that are drawn by themselves."""
WIDE: Final = 900
"""Pixels that columns with a place for each letter may take together."""
_ACCOUNT_IN_ID: Final = re.compile(r"^MQ_INST_[0-9]+_")
_SLOT: Final = 16
_PADDING: Final = 13
_NARROWEST: Final = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One column: some resources."""

    instance: str
    """The instance, or the instances in a few words."""
    short: str
    """The same without what all instances of the account have in common."""
    label: str
    """What of the instance; empty for all of it."""
    names: tuple[str, ...]
    """What it stands for, when the label does not name it."""
    mask: int
    classes: tuple[AccessClass, ...]
    """The classes that any row has in it, the worst first."""

    @property
    def width(self) -> int:
        """Pixels that it takes with a place for each letter, about."""
        return max(len(self.classes) * _SLOT + _PADDING, _NARROWEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a picture and what was folded to get them."""

    heads: tuple[Head, ...]
    wide: bool
    """Whether there is room for a place for each letter."""
    untouched: int
    """Resources that no row reaches, which have no column."""
    folded: int
    """Instances in the last column, which stands for the rest."""
    alike: int
    """Instances that share a column with others because every row treats them the same."""


def choose(stock: Stock, rows: Sequence[Reaches]) -> Columns:
    """The finest columns for `rows` that fit."""
    touched = 0
    for row in rows:
        touched |= row.touched
    instances = stock.instances_of(touched)
    untouched = len(stock.resources) - touched.bit_count()
    blocks = _blocks(stock, rows, touched, instances)
    if blocks is not None:
        heads = tuple(_block_head(stock, mask, rows) for mask in blocks)
        if _fits(heads):
            return Columns(heads=heads, wide=True, untouched=untouched, folded=0, alike=0)
    found = [(name, stock.of_instance[name]) for name in instances]
    heads = tuple(_instance_head([name], mask, rows) for name, mask in found)
    if _fits(heads):
        return Columns(heads=heads, wide=True, untouched=untouched, folded=0, alike=0)
    return _narrow(found, rows, untouched, stock)


def _narrow(
    found: Sequence[tuple[str, int]], rows: Sequence[Reaches], untouched: int, stock: Stock
) -> Columns:
    groups = [[one] for one in found] if len(found) <= MOST_COLUMNS else _alike(found, rows, stock)
    alike = sum(len(group) for group in groups if len(group) > 1)
    folded: list[tuple[str, int]] = []
    if len(groups) > MOST_COLUMNS:
        groups.sort(key=lambda group: _importance(group, rows))
        folded = [one for group in groups[MOST_COLUMNS - 1 :] for one in group]
        groups = groups[: MOST_COLUMNS - 1]
    groups.sort(key=lambda group: group[0][0])
    heads = [_instance_head([name for name, _ in group], _union(group), rows) for group in groups]
    if folded:
        names = [name for name, _ in folded]
        heads.append(_instance_head(names, _union(folded), rows, rest=True))
    return Columns(heads=tuple(heads), wide=False, untouched=untouched, folded=len(folded), alike=alike)


def _fits(heads: Sequence[Head]) -> bool:
    return sum(head.width for head in heads) <= WIDE


def _blocks(
    stock: Stock, rows: Sequence[Reaches], touched: int, instances: Sequence[str]
) -> list[int] | None:
    """Resources of one instance and type that every row treats alike; None when there are too many sets."""
    if len(instances) > MOST_BLOCKS:
        return None
    starts = (
        stock.of_instance[name] & mask & touched for name in instances for mask in stock.of_type.values()
    )
    blocks = [start for start in starts if start]
    for bits in _distinctions(rows):
        if len(blocks) > MOST_BLOCKS:
            return None
        blocks = [part for block in blocks for part in (block & bits, block & ~bits) if part]
    return blocks if len(blocks) <= MOST_BLOCKS else None


def _distinctions(rows: Iterable[Reaches]) -> Iterable[int]:
    """Every set of resources that some row treats apart, each once."""
    return dict.fromkeys(
        bits
        for row in rows
        for extent in row.extents.values()
        for bits in (extent.must, extent.may, extent.unknown)
        if bits
    )


def _alike(
    found: Sequence[tuple[str, int]], rows: Sequence[Reaches], stock: Stock
) -> list[list[tuple[str, int]]]:
    """Instances in which every row has the same marks, together."""
    groups: dict[object, list[tuple[str, int]]] = {}
    sets = list(_distinctions(rows))
    for name, mask in found:
        key = tuple(_share(bits & mask, mask, stock.of_type) for bits in sets)
        groups.setdefault(key, []).append((name, mask))
    return list(groups.values())


def _share(bits: int, mask: int, types: Mapping[ResourceType, int]) -> tuple[int, ...]:
    """For each type whether none, some or all of it is in `bits`."""
    return tuple(
        0 if not bits & of_type else 2 if bits & of_type == mask & of_type else 1
        for of_type in types.values()
    )


def _importance(group: Sequence[tuple[str, int]], rows: Sequence[Reaches]) -> tuple[int, int, str]:
    """For sorting: what is worst reached, and by most rows, first."""
    mask = _union(group)
    classes = _classes(mask, rows)
    worst = WORST_FIRST.index(classes[0]) if classes else len(WORST_FIRST)
    return worst, -sum(bool(row.touched & mask) for row in rows), group[0][0]


def _union(group: Iterable[tuple[str, int]]) -> int:
    found = 0
    for _, mask in group:
        found |= mask
    return found


def _classes(mask: int, rows: Iterable[Reaches]) -> tuple[AccessClass, ...]:
    found = {
        access for row in rows if row.touched & mask for access, e in row.extents.items() if e.touched & mask
    }
    return tuple(access for access in WORST_FIRST if access in found)


def _block_head(stock: Stock, mask: int, rows: Sequence[Reaches]) -> Head:
    first = stock.resources[next(bits_of(mask))]
    number, there = mask.bit_count(), stock.of_instance[first.instance_id] & stock.of_type[first.type]
    noun = NOUNS[first.type]
    if first.type is ResourceType.INSTANCE:
        label = "itself"
    elif number == 1:
        label = f"{noun} {short_name(first)}"
    else:
        label = f"{number:,}{'' if mask == there else f' of {there.bit_count():,}'} {noun}s"
    return Head(
        instance=first.instance_id,
        short=_short(first.instance_id),
        label=label,
        names=tuple(short_name(stock.resources[i]) for i in bits_of(mask)) if number > 1 else (),
        mask=mask,
        classes=_classes(mask, rows),
    )


def _instance_head(names: Sequence[str], mask: int, rows: Sequence[Reaches], *, rest: bool = False) -> Head:
    several = f"{len(names):,} more instances" if rest else f"{_short(names[0])} and {len(names) - 1:,} alike"
    one = len(names) == 1 and not rest
    return Head(
        instance=names[0] if one else several,
        short=_short(names[0]) if one else several,
        label="",
        names=() if one else tuple(names),
        mask=mask,
        classes=_classes(mask, rows),
    )


def _short(instance: str) -> str:
    """A 4.x instance without the account that stands in the middle of its id."""
    return _ACCOUNT_IN_ID.sub("MQ…_", instance)
