"""Values that stand for all values of a condition key.

For the conditions that a question has on one key there are finitely many ways to meet some and not
others. One value is made for each; what they make of a condition is for `scanner.policy.condition`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from typing import Final

from scanner.policy.comparing.budget import Budget
from scanner.policy.comparing.texts import ANY_TEXT, kinds
from scanner.policy.comparing.tracks import WORD, Lane
from scanner.policy.operators import OPERATORS, Family, Test, family_of
from scanner.policy.pattern import fold, is_pattern, without_variables
from scanner.policy.syntax import Condition
from scanner.policy.values import moment, network, number

ABSENT_VALUE: Final = None
"""Stands for a request that does not carry the key."""
_LITERAL: Final = str.maketrans({"*": "\ue000", "?": "\ue001", WORD: "\ue002"})
"""What stands for a wildcard that is none: everywhere but under `StringLike`."""
_KEPT: Final = str.maketrans({WORD: "\ue002"})
_BACK: Final = str.maketrans({"\ue000": "*", "\ue001": "?", "\ue002": WORD})
_FRESH: Final = ("some-value", "another-value", "q7", "zx", "8-j", "w.v")
_V4: Final = 1 << 32
_MAPPED: Final = 0xFFFF << 32
"""Where IPv6 has the IPv4 addresses."""
_FAMILIAR: Final = tuple(int(IPv4Address(text)) for text in ("203.0.113.7", "198.51.100.7", "10.0.0.7"))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UNITS: Final = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1_000, 1)
_FIRST_DAY: Final = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST_DAY: Final = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND


def family_on(conditions: Sequence[Condition]) -> Family | None:
    """What the values of the key are; None where the conditions on it are not of one documented family."""
    families = {OPERATORS[c.operator].family for c in conditions if c.operator in OPERATORS}
    known = family_of(conditions[0].key)
    if known is not None:
        return known
    return families.pop() if len(families) == 1 else None


def representatives(conditions: Sequence[Condition], budget: Budget) -> list[str | None]:
    """Values of one key, such that any value, or none, is treated by `conditions` like one of them."""
    family = family_on(conditions)
    fitting = [c for c in conditions if c.operator in OPERATORS and OPERATORS[c.operator].family is family]
    wanted = [value for condition in fitting for value in condition.values.items]
    return [*_present(family, fitting, wanted, budget), ABSENT_VALUE]


def _present(
    family: Family | None, conditions: Sequence[Condition], wanted: Sequence[str], budget: Budget
) -> list[str]:
    match family:
        case Family.NUMBER:
            return _numbers(wanted)
        case Family.DATE:
            return _moments(wanted)
        case Family.BOOL:
            return ["true", "false"]
        case Family.IP:
            return _addresses(wanted)
        case Family.STRING:
            return _texts(conditions, budget)
        case None:
            return [_FRESH[0]]


def _texts(conditions: Sequence[Condition], budget: Budget) -> list[str]:
    lanes: dict[Lane, None] = {}
    for condition in conditions:
        test = OPERATORS[condition.operator].test
        for value in condition.values.items:
            plain = value.translate(_KEPT) if test is Test.LIKE else value.translate(_LITERAL)
            lanes[Lane(without_variables(plain), folded=test is Test.EQUAL_IGNORING_CASE)] = None
    simple = _simple_texts(list(lanes))
    found = simple if simple is not None else kinds(list(lanes), ANY_TEXT, budget)
    return [text.translate(_BACK) for text in found]


def _simple_texts(lanes: Sequence[Lane]) -> list[str] | None:
    """The same without a search, where no pattern has a wildcard but `*` at its end; None otherwise."""
    exact = [lane.pattern for lane in lanes if not is_pattern(lane.pattern)]
    heads = [lane.pattern.removesuffix("*") for lane in lanes if is_pattern(lane.pattern)]
    if any(map(is_pattern, heads)) or len({lane.folded for lane in lanes}) > 1:
        return None
    found = list(filter(None, exact))
    for head in dict.fromkeys(("", *heads)):
        fresh = _fresh(head, exact, heads)
        if fresh is None:
            return None
        found.append(fresh)
    return list(dict.fromkeys(found))


def _fresh(head: str, exact: Sequence[str], heads: Sequence[str]) -> str | None:
    """A text that begins with `head`, with no longer one of `heads`, and is none of `exact`."""
    folded = {fold(text) for text in exact}
    for ending in _FRESH:
        text = head + ending
        longer = any(len(other) > len(head) and text.startswith(other) for other in heads)
        if not longer and fold(text) not in folded:
            return text
    return None


def _numbers(wanted: Iterable[str]) -> list[str]:
    points = sorted({point for point in map(number, wanted) if point is not None})
    if not points:
        return ["0"]
    between = [_number_between(low, high) for low, high in pairwise(points)]
    return [_decimal(p) for p in sorted({points[0] - 1, *points, *between, points[-1] + 1})]


def _number_between(low: Fraction, high: Fraction) -> Fraction:
    """A number between two, with few decimals."""
    scale = 1
    while (above := low * scale // 1 + 1) >= high * scale:
        scale *= 10
    return Fraction(above, scale)


def _decimal(value: Fraction) -> str:
    digits = 0
    scaled = value
    while scaled.denominator != 1:
        scaled *= 10
        digits += 1
    sign = "-" if scaled < 0 else ""
    text = str(abs(int(scaled))).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"


def _moments(wanted: Iterable[str]) -> list[str]:
    read = (moment(text) for text in wanted)
    points = sorted({(point - _EPOCH) // _MICROSECOND for point in read if point is not None})
    if not points:
        return ["2026-01-01T00:00:00Z"]
    spread = [max(points[0] - _UNITS[0], _FIRST_DAY), *points, min(points[-1] + _UNITS[0], _LAST_DAY)]
    between = [_moment_between(low, high) for low, high in pairwise(points) if high - low > 1]
    return [_moment_text(p) for p in sorted({*spread, *between})]


def _moment_between(low: int, high: int) -> int:
    units = (unit for unit in _UNITS if (low // unit + 1) * unit < high)
    unit = next(units)
    return (low // unit + 1) * unit


def _moment_text(microseconds: int) -> str:
    when = _EPOCH + timedelta(microseconds=microseconds)
    fraction = f".{when.microsecond:06d}" if when.microsecond else ""
    return f"{when.year:04d}-{when:%m-%dT%H:%M:%S}{fraction}Z"


def _addresses(wanted: Iterable[str]) -> list[str]:
    """One address for each stretch between the ends of ranges, of both versions."""
    edges4, edges6 = {0}, {0, _MAPPED, _MAPPED + _V4}
    # An IPv4 address in the clothes of an IPv6 one is no address of a request; see the table of assumptions.
    for text in wanted:
        inside = network(text)
        if inside is None:
            continue
        first, after = int(inside.network_address), int(inside.broadcast_address) + 1
        if inside.version == 4:  # noqa: PLR2004 - the version of the protocol
            edges4 |= {first, after}
        else:
            edges6 |= {first, after}
            edges4 |= {edge - _MAPPED for edge in (first, after) if 0 <= edge - _MAPPED <= _V4}
    v4 = (str(IPv4Address(point)) for point in _stretches(edges4, _V4))
    outside = (p for p in _stretches(edges6, 1 << 128) if not _MAPPED <= p < _MAPPED + _V4)
    return [*v4, *(str(IPv6Address(point)) for point in outside)]


def _stretches(edges: set[int], limit: int) -> list[int]:
    """An address in each stretch, familiar ones first."""
    ends = [*sorted(edge for edge in edges if edge < limit), limit]
    familiar = _FAMILIAR if limit == _V4 else ()
    found = [next((a for a in familiar if start <= a < end), start) for start, end in pairwise(ends)]
    return sorted(found, key=lambda address: address not in familiar)
