"""How much of what exists a set of resources is, in words: `3 of 14 topics of instance `rmq-1``.

A set is a number whose bit i stands for the i-th resource. Counts are exact; names are told where
they are few. What may be created later is not counted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

from scanner.access.resources import Resource
from scanner.model.broker import Series
from scanner.model.ids import Arn
from scanner.model.text import shortened
from scanner.policy.catalogue import ResourceType

NAMED: Final = 3
"""How many resources are named before they are only counted."""
NAME_LIMIT: Final = 48
"""Characters of a name that a sentence shows."""
NOUNS: Final = {
    ResourceType.INSTANCE: "instance",
    ResourceType.TOPIC: "topic",
    ResourceType.GROUP: "group",
}


def quoted(name: str) -> str:
    """`name` between backticks, with what could end them or hide in them made visible."""
    shown = shortened(name, NAME_LIMIT).replace("`", "\\u0060")
    return f"`{shown}`"


def short_name(resource: Resource) -> str:
    """The name of an instance, topic or group without the account and the instance around it."""
    arn = Arn.parse(resource.arn)
    if resource.type is ResourceType.INSTANCE or arn is None:
        return resource.instance_id
    if arn.service == "rocketmq":
        return arn.relative.split("/", 3)[-1]
    return arn.relative.removeprefix(f"{resource.instance_id}%")


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)


def counted(number: int, noun: str) -> str:
    """`1 topic`, `14 topics`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def bits_of(number: int) -> Iterator[int]:
    """The positions of the bits that are set, in order."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


class Stock:
    """The existing resources, ready to be counted; every answer is kept."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self.resources = resources
        self._said: dict[int, str] = {}

    @cached_property
    def of_type(self) -> dict[ResourceType, int]:
        """The resources of each type."""
        return {type_: mask_of(i for i, r in enumerate(self.resources) if r.type is type_) for type_ in NOUNS}

    @cached_property
    def of_instance(self) -> dict[str, int]:
        """What is in each instance, the instance itself included, by instance id."""
        members: dict[str, list[int]] = {}
        for i, resource in enumerate(self.resources):
            members.setdefault(resource.instance_id, []).append(i)
        return {name: mask_of(found) for name, found in sorted(members.items())}

    def instances_of(self, bits: int) -> tuple[str, ...]:
        """The ids of the instances in which there is any of `bits`, sorted."""
        return tuple(name for name, mask in self.of_instance.items() if bits & mask)

    def around(self, bits: int) -> int:
        """Everything in the instances in which there is any of `bits`."""
        found = 0
        for mask in self.of_instance.values():
            if bits & mask:
                found |= mask
        return found

    def amount(self, bits: int) -> str:
        """What `bits` comes to, in words; empty for nothing."""
        if bits not in self._said:
            self._said[bits] = self._amount(bits)
        return self._said[bits]

    def _amount(self, bits: int) -> str:
        instances = bits & self.of_type[ResourceType.INSTANCE]
        if instances not in (0, bits) and bits == self.around(instances):
            return f"{self._instances(instances)} with everything in {_them(instances.bit_count())}"
        parts = [(type_, bits & mask) for type_, mask in self.of_type.items() if bits & mask]
        places = {self.instances_of(found) for _, found in parts}
        if len(places) == 1 and ResourceType.INSTANCE not in dict(parts):
            where = next(iter(places))
            return f"{listed([self._some(type_, found) for type_, found in parts])} {_place(where)}"
        return listed([self._in_place(type_, found) for type_, found in parts])

    def _in_place(self, type_: ResourceType, found: int) -> str:
        if type_ is ResourceType.INSTANCE:
            return self._instances(found)
        return f"{self._some(type_, found)} {_place(self.instances_of(found))}"

    def _some(self, type_: ResourceType, found: int) -> str:
        """Topics or groups, without where they are."""
        noun, number = NOUNS[type_], found.bit_count()
        there = (self.around(found) & self.of_type[type_]).bit_count()
        if number == there > 1:
            return _all(number, noun)
        if number <= NAMED:
            names = [quoted(short_name(self.resources[i])) for i in bits_of(found)]
            return f"{noun}{'' if number == 1 else 's'} {listed(names)}"
        return f"{number:,} of {counted(there, noun)}"

    def _instances(self, found: int) -> str:
        number, there = found.bit_count(), self.of_type[ResourceType.INSTANCE].bit_count()
        if number == there > 1:
            return _all(number, "instance")
        if number <= NAMED:
            return _named_instances([self.resources[i].instance_id for i in bits_of(found)])
        for series, mask in self._of_series.items():
            if found == mask & self.of_type[ResourceType.INSTANCE]:
                return f"all {number:,} instances of series {series.value}"
        return f"{number:,} of {counted(there, 'instance')}"

    @cached_property
    def _of_series(self) -> dict[Series, int]:
        return {
            series: mask_of(i for i, r in enumerate(self.resources) if r.series is series)
            for series in Series
        }


def _place(instances: Sequence[str]) -> str:
    if len(instances) == 1:
        return f"of {_named_instances(instances)}"
    return f"in {len(instances):,} instances"


def _all(number: int, noun: str) -> str:
    return f"both {noun}s" if number == 2 else f"all {number:,} {noun}s"  # noqa: PLR2004 - as one says it


def _them(number: int) -> str:
    return "it" if number == 1 else "them"


def _named_instances(names: Sequence[str]) -> str:
    return f"instance{'' if len(names) == 1 else 's'} {listed([quoted(name) for name in names])}"


def mask_of(positions: Iterable[int]) -> int:
    """The number with these bits set; linear in the highest of them."""
    places = list(positions)
    if not places:
        return 0
    digits = bytearray(max(places) // 8 + 1)
    for place in places:
        digits[place // 8] |= 1 << place % 8
    return int.from_bytes(digits, "little")
