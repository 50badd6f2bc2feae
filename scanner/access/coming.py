"""Resources that may be created later, as far as policies are about them.

Every pattern stands for made-up names that it covers, one for each form of resource name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from scanner.access.atoms import Aim
from scanner.access.candidates import resource_to_come
from scanner.access.patternindex import parts_of
from scanner.access.resources import SERVICE_OF, Resource
from scanner.access.shelf import HEAD_PARTS
from scanner.access.slots import slots
from scanner.model.broker import Series
from scanner.model.ids import AccountId, Arn
from scanner.policy.catalogue import ResourceType
from scanner.policy.pattern import fold, is_pattern


@dataclass(frozen=True, slots=True)
class ToCome:
    """One made-up resource."""

    number: int
    service: str
    form: str
    name: str
    group: str | None
    """The resource group that it would be in; None where that is not known."""


class Coming:
    """The made-up resources of every pattern."""

    def __init__(
        self,
        account: AccountId,
        *,
        groups: Mapping[str, str | None],
        is_there: Callable[[str, str], bool],
    ) -> None:
        self._account = account
        self._is_there = is_there
        """Whether something of a service exists by now under a name, or under it in another region."""
        self._groups = dict(groups)
        """The resource group of each existing instance, by its id."""
        self._found: dict[Aim, tuple[ToCome, ...]] = {}
        self._numbers: dict[tuple[str, str | None], int] = {}
        self._about: dict[str, set[Aim]] = {}

    def of(self, aim: Aim) -> tuple[ToCome, ...]:
        """What a pattern covers of what may be created."""
        if aim not in self._found:
            self._found[aim] = tuple(self._make_up(aim))
        return self._found[aim]

    def appeared(self, resource: Resource) -> frozenset[str]:
        """Know that a resource is there; gives the patterns to which that makes a difference."""
        if resource.type is ResourceType.INSTANCE:
            self._groups[resource.instance_id] = resource.resource_group
        return self._touched(resource)

    def vanished(self, resource: Resource) -> frozenset[str]:
        """Know that a resource is gone; as `appeared`."""
        if resource.type is ResourceType.INSTANCE:
            self._groups.pop(resource.instance_id, None)
        return self._touched(resource)

    def _touched(self, resource: Resource) -> frozenset[str]:
        keys = [parts_of(resource.arn)[1]]
        if resource.type is ResourceType.INSTANCE:
            keys.append(resource.instance_id)
        touched = {aim for key in keys for aim in self._about.get(key, ())}
        for aim in touched:
            self._found.pop(aim, None)
        return frozenset(pattern for pattern, _ in touched)

    def _make_up(self, aim: Aim) -> Iterator[ToCome]:
        pattern, limit = aim
        for service, forms in _forms().items():
            if not may_be_about(pattern, service):
                continue
            rest = parts_of(pattern)[1]
            if not is_pattern(rest) and self._is_there(service, pattern):
                # All that it can name is there.
                self._about.setdefault(rest, set()).add(aim)
                continue
            for form in forms:
                name = self._name(pattern, service, form)
                if name is None:
                    continue
                for key in (parts_of(name)[1], _instance(name)):
                    self._about.setdefault(key, set()).add(aim)
                if not self._is_there(service, name):
                    group = self._group(name, service, limit)
                    number = self._numbers.setdefault((name, group), len(self._numbers))
                    yield ToCome(number, service, form, name, group)

    def _name(self, pattern: str, service: str, form: str) -> str | None:
        if not _fits_form(pattern, service, form):
            return None
        return resource_to_come(pattern, form, account=self._account)

    def _group(self, name: str, service: str, limited: str | None) -> str | None:
        """As `Resources.group_to_come`: whether other services honour resource groups is not known."""
        if service != SERVICE_OF[Series.V5]:
            return None
        instance = _instance(name)
        return self._groups.get(instance, limited) if instance else limited


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    """The forms of resource names, by service."""
    found: dict[str, dict[str, None]] = {}
    for slot in slots().to_come:
        found.setdefault(slot.service, {})[slot.form] = None
    return {service: tuple(forms) for service, forms in found.items()}


def _fits_form(pattern: str, service: str, form: str) -> bool:
    """Whether what a pattern spells out after the account could be a name of a form."""
    separator = "%" if service == SERVICE_OF[Series.V4] else "/"
    more = form.count(separator) - pattern.count(separator)
    if more < 0 or (more and not is_pattern(parts_of(pattern)[1])):
        return False
    parts = pattern.split(":", HEAD_PARTS)
    if len(parts) <= HEAD_PARTS:
        return True
    start = fold(parts[HEAD_PARTS]).partition("*")[0].partition("?")[0]
    *whole, last = start.split(separator)
    moulds = fold(parts_of(form)[1]).split(separator)
    fits = all(mould.startswith("{") or mould == text for text, mould in zip(whole, moulds, strict=False))
    mould = moulds[len(whole)]
    return fits and mould.startswith(("{", last))


def may_be_about(pattern: str, service: str) -> bool:
    """Whether a pattern that spells a service out spells this one."""
    start, colon, rest = pattern.partition(":")
    named, second, _ = rest.partition(":")
    spelt = colon and second and not is_pattern(start) and not is_pattern(named)
    return not spelt or fold(named) == service


def _instance(name: str) -> str:
    """The instance that a name of the 5.x series is about; empty where there is none."""
    parts = Arn.parse(name)
    if parts is None or parts.service != SERVICE_OF[Series.V5]:
        return ""
    return next(iter(parts.relative.split("/")[1:2]), "")
