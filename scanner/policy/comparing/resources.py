"""Resources that some pieces cover and others do not.

The parts of a name are independent of one another, so each is searched on its own: service, region and
account by the few texts that matter, the id by all texts at once. A RAM name has an empty region, which is
the same as `*` (see `scanner.policy.assumptions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

from scanner.policy.assumptions import Readings
from scanner.policy.comparing.budget import Budget
from scanner.policy.comparing.pieces import Piece
from scanner.policy.comparing.targets import Target, covers_star, targets
from scanner.policy.comparing.texts import ANY_TEXT, NO_COLON, find, kinds
from scanner.policy.comparing.tracks import WORD, Lane, apart, covers, is_name
from scanner.policy.pattern import fold, is_pattern, matches

STAR: Final = "*"
"""The resource of a request for a list."""
_SERVICE_SHAPE: Final = Lane(WORD)
_OPEN_SHAPE: Final = Lane("*", parts=True)
"""A region or account may be empty."""
_RAM: Final = "ram"


class Shape(NamedTuple):
    """What a resource must look like; the parts that are None may be anything."""

    service: str | None = None
    account: str | None = None
    id: Lane | None = None
    region_word: bool = False
    """Whether the region must be there."""
    account_word: bool = False


ANY_RESOURCE: Final = Shape()


class Resource(NamedTuple):
    """What a search for a resource came to."""

    name: str | None
    plain: bool
    """For None: whether no open question about case could change it."""


class Resources:
    """Searches resources under one set of readings, and remembers what it found."""

    def __init__(self, readings: Readings, *, colons: bool, budget: Budget, account: str = "") -> None:
        self._readings = readings
        self._colons = colons
        self._budget = budget
        self._account = account
        self._ids: dict[tuple[tuple[str, ...], frozenset[str], Lane], tuple[str | None, bool]] = {}

    def search(self, hit: Sequence[Piece], avoid: Sequence[Piece], shape: Shape = ANY_RESOURCE) -> Resource:
        """A resource that every piece of `hit` covers and none of `avoid` does."""
        avoided = [target for piece in avoid for target in self._targets(piece, sure=False)]
        self._budget.spend(len(avoided))
        plain = True
        for wanted in product(*(self._targets(piece, sure=True) for piece in hit)):
            self._budget.spend()
            found = self._named(tuple(dict.fromkeys(wanted)), avoided, shape)
            if found.name is not None:
                return found
            plain = plain and found.plain
        if shape is ANY_RESOURCE and self._star(hit, avoid):
            return Resource(STAR, plain)
        return Resource(None, plain)

    def _star(self, hit: Sequence[Piece], avoid: Sequence[Piece]) -> bool:
        return all(any(map(covers_star, piece.resources)) for piece in hit) and not any(
            covers_star(pattern) for piece in avoid for pattern in piece.resources
        )

    def _targets(self, piece: Piece, *, sure: bool) -> list[Target]:
        """What a piece covers, or only what it covers in every reading that is open."""
        texts = piece.resources
        if self._readings.case_counts is False:
            texts = tuple(map(fold, texts))
        elif not sure and self._undecided:
            texts = tuple(map(_with_small_scheme, texts))
        found = dict.fromkeys(target for text in texts for target in targets(text, colons=self._colons))
        both = self._readings.crosses_colon and not (sure and self._undecided)
        return [target for target in found if both or not target.crossing]

    @property
    def _undecided(self) -> bool:
        return self._readings.case_counts is None

    def _lane(self, pattern: str, *, avoid: bool) -> Lane:
        parts = self._colons and (not self._readings.crosses_colon or (self._undecided and not avoid))
        return Lane(pattern, folded=self._blind(avoid=avoid), parts=parts)

    def _blind(self, *, avoid: bool) -> bool:
        """Whether case does not count; where that is open, what is to be avoided is avoided in any case."""
        return self._readings.case_counts is False or (avoid and self._undecided)

    def _named(self, wanted: Sequence[Target], avoided: Sequence[Target], shape: Shape) -> Resource:
        near = [target for target in avoided if not _apart(target, wanted)]
        hard = [target for target in near if _covers_place(target, wanted)]
        if len(hard) == len(near):
            place = self._place(wanted, shape)
            return Resource(None, plain=False) if place is None else self._with_id(place, wanted, hard, shape)
        plain = True
        for place, left in self._places(wanted, near, shape):
            found = self._with_id(place, wanted, left, shape)
            if found.name is not None:
                return found
            # What is left may cover the place only where case does not count.
            plain = plain and found.plain and all(_covers_place(target, wanted) for target in left)
        return Resource(None, plain)

    def _with_id(
        self, place: str, wanted: Sequence[Target], avoided: Sequence[Target], shape: Shape
    ) -> Resource:
        hit = tuple(dict.fromkeys(target.id for target in wanted))
        avoid = frozenset(target.id for target in avoided)
        form = shape.id or (ANY_TEXT if self._colons else NO_COLON)
        key = (hit, avoid, form)
        if key not in self._ids:
            found = find(
                [self._lane(text, avoid=False) for text in hit],
                [self._lane(text, avoid=True) for text in sorted(avoid)],
                form,
                self._budget,
            )
            self._ids[key] = found.text, found.plain
        own, plain = self._ids[key]
        return Resource(None if own is None else f"acs:{place}:{own}", plain)

    def _place(self, wanted: Sequence[Target], shape: Shape) -> str | None:
        """Service, region and account that every target covers."""
        return next((place for place, _ in self._places(wanted, (), shape)), None)

    def _places(
        self, wanted: Sequence[Target], avoided: Sequence[Target], shape: Shape
    ) -> Iterator[tuple[str, list[Target]]]:
        """Services with regions and accounts, and what they leave to be avoided by the id."""
        services = [target.service for target in wanted]
        for service, left in self._parts(services, [(t.service, t) for t in avoided], self._services(shape)):
            regions = [target.region for target in wanted]
            for region, rest in self._parts(
                regions, [(t.region, t) for t in left], self._regions(service, shape)
            ):
                accounts = [target.account for target in wanted]
                about = [(t.account, t) for t in rest]
                for account, last in self._parts(accounts, about, self._accounts(shape)):
                    yield f"{service}:{region}:{account}", last

    def _services(self, shape: Shape) -> _Part:
        if shape.service is not None:
            return _Part((shape.service,), None)
        return _Part(("mq", "rocketmq", _RAM), _SERVICE_SHAPE)

    def _regions(self, service: str, shape: Shape) -> _Part:
        if service == _RAM:
            return _Part(("",), None, also=STAR)
        return _Part(("cn-hangzhou", "cn-shanghai"), _SERVICE_SHAPE if shape.region_word else _OPEN_SHAPE)

    def _accounts(self, shape: Shape) -> _Part:
        given = shape.account or self._account
        if given:
            return _Part((given,), None if shape.account else _OPEN_SHAPE)
        return _Part(("1000000000000001",), _SERVICE_SHAPE if shape.account_word else _OPEN_SHAPE)

    def _parts(
        self, wanted: Sequence[str], avoided: Sequence[tuple[str, Target]], part: _Part
    ) -> list[tuple[str, list[Target]]]:
        """Texts for one part, and the targets that each leaves; those that leave most are left out."""
        found: dict[tuple[int, ...], str] = {}
        for text in self._texts(wanted, [pattern for pattern, _ in avoided], part):
            if not all(self._covers(pattern, text, part, avoid=False) for pattern in wanted):
                continue
            left = tuple(
                index
                for index, (pattern, _) in enumerate(avoided)
                if self._covers(pattern, text, part, avoid=True)
            )
            found.setdefault(left, text)
        least = [left for left in found if not any(set(less) < set(left) for less in found)]
        return [(found[left], [avoided[index][1] for index in left]) for left in sorted(least, key=len)]

    def _texts(self, wanted: Sequence[str], avoided: Sequence[str], part: _Part) -> list[str]:
        """Texts that stand for all texts of a part, familiar ones first."""
        if part.shape is None:
            return list(part.familiar)
        literal = [text for text in wanted if not is_pattern(text)]
        if literal:
            return [text for text in literal[:1] if part.shape is _OPEN_SHAPE or is_name(text)]
        lanes = [self._lane(text, avoid=False) for text in dict.fromkeys(wanted)]
        lanes += [self._lane(text, avoid=True) for text in dict.fromkeys(avoided)]
        familiar = list(part.familiar)
        if not avoided and familiar and all(text == STAR for text in wanted):
            return familiar[:1]
        more = kinds(lanes, part.shape, self._budget)
        return [*familiar, *sorted(more, key=lambda text: (not text, len(text)))]

    def _covers(self, pattern: str, text: str, part: _Part, *, avoid: bool) -> bool:
        if matches(pattern, text, ignore_case=self._blind(avoid=avoid)):
            return True
        return part.also is not None and matches(pattern, part.also)


class _Part(NamedTuple):
    """The texts of one part of a name."""

    familiar: tuple[str, ...]
    """Those to show rather than others."""
    shape: Lane | None
    """The shape of all others; None where there are no others."""
    also: str | None = None
    """Another spelling, which a pattern may cover instead."""


def _with_small_scheme(text: str) -> str:
    """A pattern that may cover names in a scheme that it writes in capitals."""
    scheme, colon, rest = text.partition(":")
    return f"{fold(scheme)}{colon}{rest}"


def _apart(target: Target, wanted: Sequence[Target]) -> bool:
    """Whether a target surely covers nothing that all the wanted ones do."""
    return any(
        apart(target.id, other.id)
        or apart(target.service, other.service)
        or apart(target.account, other.account)
        or apart(target.region, other.region)
        for other in wanted
    )


def _covers_place(target: Target, wanted: Sequence[Target]) -> bool:
    """Whether a target surely covers service, region and account of all that the wanted ones do."""
    return (
        any(covers(target.service, other.service) for other in wanted)
        and any(covers(target.region, other.region) for other in wanted)
        and any(covers(target.account, other.account) for other in wanted)
    )
