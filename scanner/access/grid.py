"""The access matrix as it is kept: policies, attachments and resources can change one by one.

A change costs what it touches. A policy that is edited has its own rows made anew; a resource that comes
or goes is put into its atom. Rows that a change left behind are made anew when they are next read.
Patterns that no policy has any more still tell resources apart, which costs room and changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from scanner.access.atoms import Aim, Atoms, Described, Named
from scanner.access.bearing import Bearing, Universe, bear
from scanner.access.catchers import Catchers
from scanner.access.clauses import Clause, clauses
from scanner.access.coming import Coming, ToCome, may_be_about
from scanner.access.patternindex import parts_of
from scanner.access.resources import SERVICE_OF, Resource
from scanner.access.rows import Row, Terms, row_of, terms
from scanner.access.slots import Column, slots
from scanner.model.broker import Series
from scanner.model.ids import AccountId
from scanner.policy.catalogue import ResourceType
from scanner.policy.decision import SourcedPolicy
from scanner.policy.syntax import Effect, PolicyDocument

Held: TypeAlias = tuple[str, str]
"""A policy by its label, and the resource group that it is attached in; empty is the whole account."""

Holding: TypeAlias = tuple[Held, ...]
"""Everything that one principal holds, sorted."""


class Grid:
    """Roles by what they hold, resources by their atoms, and the rows that come of it."""

    def __init__(
        self,
        *,
        account: AccountId,
        resources: Iterable[Resource],
        holders: Mapping[str, Iterable[SourcedPolicy]],
    ) -> None:
        self._resources: list[Resource | None] = list(resources)
        self._documents: dict[str, PolicyDocument] = {}
        self._clauses: dict[str, tuple[Clause, ...]] = {}
        self._holdings: dict[str, Holding] = {}
        self._rows_with: dict[Held, dict[Holding, None]] = {}
        self._held: dict[str, dict[Held, None]] = {}
        """A policy in each way in which it is held."""
        self._bearings: dict[Held, list[Bearing | None]] = {}
        """In each universe; None where it has changed."""
        self._rows: dict[Holding, tuple[Row, tuple[Bearing, ...]]] = {}
        self._holding: dict[str, dict[Held, None]] = {}
        """The policies that hold a pattern."""
        self._placed: dict[int, ToCome] = {}
        """The made-up resources that are in their universe, by number."""
        self._ready: set[Held] = set()
        """The policies whose patterns are known and whose made-up resources are placed."""
        for role, policies in holders.items():
            self._holdings[role] = self._read(policies)
        aims = tuple(dict.fromkeys(aim for held in self._rows_with for aim in self._aims(held)))
        self._catchers = Catchers(dict.fromkeys(pattern for pattern, _ in aims))
        self._universes = (*self._build_existing(aims), *self._build_to_come(account, aims))

    @property
    def resources(self) -> tuple[Resource | None, ...]:
        """By number; None for one that is gone."""
        return tuple(self._resources)

    @property
    def atoms(self) -> int:
        """How many sets of existing resources that no pattern tells apart there are."""
        return sum(u.atoms.everything.bit_count() for u in self._universes if not u.to_come)

    def rows_with(self, label: str) -> int:
        """How many rows a policy is in."""
        return len({holding for held in self._held.get(label, ()) for holding in self._rows_with[held]})

    def row(self, role: str) -> Row:
        """What a role's policies come to.

        Raises:
            KeyError: there is no such role.
        """
        return self._row(self._holdings[role])

    def terms(self, role: str, column: Column) -> Terms:
        """On what it hangs, in words, where something in a column is allowed under conditions only."""
        row = self.row(role)
        return terms(column, row, self._rows[self._holdings[role]][1], self._universes)

    def fill(self) -> None:
        """Make every row now."""
        for holding in dict.fromkeys(self._holdings.values()):
            self._row(holding)

    def resource_bits(self, service: str, atoms: int) -> int:
        """The resources of some atoms, as bits by number."""
        found = bytearray(len(self._resources) // 8 + 1)
        for number in self._existing[service].atoms.numbers(atoms):
            found[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(found, "little")

    def edit(self, label: str, document: PolicyDocument) -> None:
        """Put another document in the place of a policy's, and make the rows of its holders anew."""
        self._documents[label] = document
        self._clauses[label] = tuple(clauses(document))
        attached = self._held.get(label, {})
        for held in attached:
            self._bearings.pop(held, None)
            self._ready.discard(held)
        for holding in dict.fromkeys(holding for held in attached for holding in self._rows_with[held]):
            self._row(holding)

    def attach(self, role: str, policies: Iterable[SourcedPolicy]) -> None:
        """Let a role, be it a new one, hold these policies and no others; documents that differ are edits."""
        policies = tuple(policies)
        for policy in policies:
            if self._documents.get(policy.label) != policy.document:
                self.edit(policy.label, policy.document)
        before = self._holdings.get(role)
        self._holdings[role] = self._read(policies)
        if before is not None and before not in self._holdings.values():
            self._drop(before)
        self._row(self._holdings[role])

    def add(self, resource: Resource) -> None:
        """Take in a resource that was created."""
        number = len(self._resources)
        self._resources.append(resource)
        universe = self._existing[SERVICE_OF[resource.series]]
        self._outdate(universe, universe.atoms.add(resource.arn, number))
        self._note_touched(self._coming.appeared(resource))

    def remove(self, resource: Resource) -> None:
        """Leave out a resource that was deleted.

        Raises:
            KeyError: it is not there.
        """
        atoms = self._existing[SERVICE_OF[resource.series]].atoms
        called = atoms.called(parts_of(resource.arn)[1])
        number = next((number for number in called if self._resources[number] == resource), None)
        if number is None:
            raise KeyError(resource.arn)
        atoms.remove(resource.arn, number)
        self._resources[number] = None
        self._note_touched(self._coming.vanished(resource))

    def _row(self, holding: Holding) -> Row:
        for held in holding:
            if held not in self._ready:
                self._ready.add(held)
                self._learn(held)
                self._place(held)
        bearings = tuple(part for held in holding for part in self._bearing(held) if not part.empty)
        stored = self._rows.get(holding)
        if stored is None or stored[1] != bearings:
            stored = self._rows[holding] = (row_of(bearings, self._universes), bearings)
        return stored[0]

    def _bearing(self, held: Held) -> Iterator[Bearing]:
        """What a policy bears on by now, universe by universe."""
        label, group = held
        parts = self._bearings.get(held)
        if parts is None:
            parts = self._bearings[held] = [None] * len(self._universes)
            for pattern, _ in self._aims(held):
                self._holding.setdefault(pattern, {})[held] = None
        for universe in self._universes:
            part = parts[universe.number]
            if part is None:
                part = bear(self._clauses[label], group or None, universe, self._coming)
                parts[universe.number] = part
            yield part

    def _outdate(self, universe: Universe, born: Iterable[frozenset[str]]) -> None:
        """Have every policy read again that bears on a new atom; given are the patterns that cover it."""
        for pattern in frozenset().union(*born):
            for held in self._holding.get(pattern, ()):
                if held in self._bearings:
                    self._bearings[held][universe.number] = None

    def _read(self, policies: Iterable[SourcedPolicy]) -> Holding:
        """The policies as what somebody holds."""
        for policy in policies:
            if policy.label not in self._documents:
                self._documents[policy.label] = policy.document
                self._clauses[policy.label] = tuple(clauses(policy.document))
        holding = tuple(sorted({(policy.label, policy.resource_group or "") for policy in policies}))
        for held in holding:
            self._rows_with.setdefault(held, {})[holding] = None
            self._held.setdefault(held[0], {})[held] = None
        return holding

    def _drop(self, holding: Holding) -> None:
        """Forget a row that nobody has any more."""
        self._rows.pop(holding, None)
        for held in holding:
            self._rows_with[held].pop(holding, None)

    def _learn(self, held: Held) -> None:
        """Tell resources apart by the patterns of a policy."""
        for aim in dict.fromkeys(self._aims(held)):
            self._catchers.add(aim[0])
            for universe in self._universes:
                if may_be_about(aim[0], universe.service):
                    self._outdate(universe, universe.atoms.learn(aim))

    def _place(self, held: Held) -> None:
        """Put the made-up resources of a policy into their universe."""
        for one in self._to_come(held):
            if one.number not in self._placed:
                self._placed[one.number] = one
                universe = next(u for u in self._universes if u.to_come and u.service == one.service)
                self._outdate(universe, universe.atoms.add(one.name, one.number))

    def _aims(self, held: Held) -> Iterator[Aim]:
        label, group = held
        for clause in self._clauses[label]:
            for pattern in clause.patterns:
                yield pattern, group or None

    def _to_come(self, held: Held) -> Iterator[ToCome]:
        label, group = held
        for clause in self._clauses[label]:
            if clause.effect is not Effect.DENY:
                for pattern in clause.patterns:
                    yield from self._coming.of((pattern, group or None))

    def _note_touched(self, patterns: frozenset[str]) -> None:
        if patterns:
            self._ready.clear()
            for universe in self._universes:
                self._outdate(universe, [patterns])

    def _build_existing(self, aims: Sequence[Aim]) -> Iterator[Universe]:
        self._existing: dict[str, Universe] = {}
        for number, (series, service) in enumerate(SERVICE_OF.items()):
            about = [aim for aim in aims if may_be_about(aim[0], service)]
            atoms = Atoms(self._called(series), about, describe=self._describe, catchers=self._catchers)
            universe = Universe.of(number, service, atoms, slots().existing, to_come=False)
            self._existing[service] = universe
            yield universe

    def _build_to_come(self, account: AccountId, aims: Sequence[Aim]) -> Iterator[Universe]:
        instances = (r for r in self._resources if r is not None and r.type is ResourceType.INSTANCE)
        groups = {instance.instance_id: instance.resource_group for instance in instances}
        self._coming = Coming(account, groups=groups, is_there=self._is_there)
        for held in self._rows_with:
            self._placed.update((one.number, one) for one in self._to_come(held))
        self._ready.update(self._rows_with)
        named: dict[str, list[Named]] = {slot.service: [] for slot in slots().to_come}
        for one in self._placed.values():
            named[one.service].append((one.name, one.number))
        for number, (service, made_up) in enumerate(named.items(), start=len(self._existing)):
            about = [aim for aim in aims if may_be_about(aim[0], service)]
            atoms = Atoms(made_up, about, describe=self._describe_to_come, catchers=self._catchers)
            yield Universe.of(number, service, atoms, slots().to_come, to_come=True)

    def _called(self, series: Series) -> Iterator[Named]:
        for number, resource in enumerate(self._resources):
            if resource is not None and resource.series is series:
                yield resource.arn, number

    def _is_there(self, service: str, name: str) -> bool:
        """Whether something exists under a name, or under it in another region.

        Only names that do not hold their instance's can be given again elsewhere.
        """
        if service not in self._existing:
            return False
        called = self._existing[service].atoms.called(parts_of(name)[1])
        found = (self._resources[number] for number in called)
        return any(r is not None and (r.arn == name or r.instance_id in r.arn) for r in found)

    def _describe(self, number: int) -> Described:
        resource = self._resources[number]
        assert resource is not None, "atoms have no resources that are gone"
        return str(resource.type), resource.resource_group

    def _describe_to_come(self, number: int) -> Described:
        return "", self._placed[number].group
