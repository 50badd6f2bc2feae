"""Why somebody may or may not do one action to one resource, way by way and gate by gate.

Control policies and session policies are not part of a scan: they can only take away. Where the answer rests on a
question that the vendor's pages leave open, the question is named with what each of its readings makes of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scanner.access.anatomy import GateView, Look
from scanner.access.doors import NO_GRANT
from scanner.access.entrance import Certainty, Closed, Path
from scanner.access.grants import Standing
from scanner.access.hops import Hop, let_in
from scanner.access.people import People, caller_named
from scanner.access.stages import Stage, Stages, Way, together
from scanner.access.targets import Target
from scanner.access.view import AccountView, RoleView
from scanner.model.delegation import KnownAccount, Relation
from scanner.model.ids import AccountId
from scanner.policy.assumptions import OPEN_QUESTIONS, Assumption, all_readings, row_of, side_of, words_of
from scanner.policy.decision import Context, Outcome

_ORDER: Final = (Standing.ALLOWED, Standing.CONDITIONAL, Standing.UNCERTAIN, Standing.DENIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call on the way."""

    what: str
    """In words: `user ann of account 2 assumes role ops`."""
    hop: Hop
    """Whether it succeeds, and on which terms."""
    gates: tuple[GateView, ...]
    note: str
    """What was left out of the question; empty where nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question that the vendor's pages leave open, and on which the answer rests."""

    assumption: Assumption
    question: str
    sides: tuple[tuple[str, Outcome], ...]
    """Each reading, and what it makes of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One way, explained."""

    path: Path
    standing: Standing
    """What all steps come to."""
    hop: Hop
    """All steps together, with the terms."""
    steps: tuple[Step, ...]
    missing: tuple[str, ...]
    """For DENIED, in words: what refuses, and what would have to be there."""
    questions: tuple[OpenQuestion, ...]


class Explainer:
    """Explains the ways of somebody to one request; make one for each question."""

    def __init__(
        self,
        view: AccountView,
        *,
        others: Mapping[AccountId, AccountView],
        action: str,
        target: Target,
        context: Context,
        who: str,
        known: Mapping[AccountId, KnownAccount],
    ) -> None:
        self._view = view
        self._known = known
        self._named = caller_named(who)
        self._stages = Stages(
            view=view, others=others, action=action, target=target, context=context, named=self._named
        )

    def ways(self, people: People) -> list[Way]:
        """Every way of these people, the ones that come furthest first."""
        ways = [Way(path=path) for path in people.paths]
        ways += [self._shut(closed) for closed in people.closed]
        covered = {way.path.role for way in ways if not way.path.is_chain}
        ways += [way for way in self._untried() if way.path.role not in covered]
        if self._stages.assumed is not None:
            ways = self._into(self._stages.assumed, ways)
        return sorted(ways, key=lambda way: (*self._rank(way), way.path.principal, way.path.roles))

    def explain(self, way: Way) -> Explained:
        """One way, gate by gate."""
        stages = self._stages.of(way)
        whole = together(stages)
        steps = tuple(
            Step(
                what=stage.what,
                hop=stage.hop,
                gates=tuple(gate for check in stage.checks for gate in check.gates()),
                note=stage.note,
            )
            for stage in stages
        )
        return Explained(
            path=way.path,
            standing=whole.standing,
            hop=whole,
            steps=steps,
            missing=tuple(_missing(steps)) if whole.standing is Standing.DENIED else (),
            questions=() if way.shut else tuple(_open_questions(stages)),
        )

    def _rank(self, way: Way) -> tuple[int, int, int, int]:
        """By what it comes to; of those that are refused, by how little refuses them and what they would lead to."""
        stages = self._stages.of(way)
        standings = [stage.hop.standing for stage in stages]
        whole = _ORDER.index(together(stages).standing)
        return whole, standings.count(Standing.DENIED), _ORDER.index(standings[-1]), len(way.path.roles)

    def _untried(self) -> Iterator[Way]:
        """The roles that trust whom the question names, who is not known to hold what it takes to ask."""
        caller = self._named
        if caller is None or caller.account == self._view.account:
            return
        for role in self._view.roles:
            if role.foreign and let_in(role, caller).standing is not Standing.DENIED:
                account = AccountId(caller.account)
                yield Way(path=self._path(role, principal=caller.arn, account=account))

    def _into(self, role: RoleView, ways: Sequence[Way]) -> list[Way]:
        """Of these ways those into `role`; where there is none, the same people before a door that is not theirs."""
        found = [way for way in ways if way.path.role == role.name]
        if found:
            return found
        own = [way.path for way in ways if way.path.starts_inside and not way.path.is_chain]
        inside = [Way(path=replace(path, roles=(*path.roles, role.name))) for path in own]
        strangers = {way.path.principal: way.path for way in ways if not way.path.starts_inside}
        paths = [
            replace(path, roles=(role.name,), doubts=()) for path in strangers.values() if path.principal
        ]
        if self._named is not None and self._named.account != self._view.account:
            paths = [self._path(role, principal=self._named.arn, account=AccountId(self._named.account))]
        return [*inside, *(Way(path=path) for path in paths)]

    def _shut(self, closed: Closed) -> Way:
        """The way of somebody who is trusted in vain; whoever lacks the grant is explained by their policies."""
        role = self._view.role(closed.role)
        assert role is not None, "who is closed out was trusted by a role of the account"
        path = self._path(role, principal=closed.principal, account=closed.account)
        return Way(path=path, shut="" if closed.because == NO_GRANT else closed.because)

    def _path(self, role: RoleView, *, principal: str, account: AccountId) -> Path:
        partner = self._known.get(account)
        return Path(
            owner=self._view.account,
            principal=principal,
            account=account,
            partner="" if partner is None else partner.name,
            relation=Relation.UNKNOWN if partner is None else partner.relation,
            roles=(role.name,),
            ways=(),
            certainty=Certainty.UNCERTAIN,
        )


def _missing(steps: Sequence[Step]) -> Iterator[str]:
    """What refuses in each step that is refused, and what nearly would not have."""
    for step in steps:
        if step.hop.standing is not Standing.DENIED:
            continue
        refusing = [gate for gate in step.gates if gate.outcome is Outcome.DENIED]
        for gate in refusing:
            yield f"{step.what}: {_refusal(gate)}"
        if not refusing and step.note:
            yield f"{step.what}: {step.note}"


def _refusal(gate: GateView) -> str:
    if gate.decisive:
        return f"{gate.name}: an explicit Deny, {_places(gate.decisive)}"
    if gate.almost:
        said = "; ".join(f"{look.says} ({_place(look)})" for look in gate.almost)
        return f"{gate.name}: {gate.note}; {said}"
    return f"{gate.name}: {gate.note}"


def _places(looks: Iterable[Look]) -> str:
    return ", ".join(map(_place, looks))


def _place(look: Look) -> str:
    return " ".join(part for part in (look.place.source, look.place.version, look.place.path) if part)


def _open_questions(stages: Sequence[Stage]) -> Iterator[OpenQuestion]:
    """The questions whose readings make different answers."""
    checks = [check for stage in stages for check in stage.checks]
    outcomes = {readings: _all(check.outcome(readings) for check in checks) for readings in all_readings()}
    for assumption in OPEN_QUESTIONS:
        flipped = {readings: outcomes[side_of(readings, assumption, other=True)] for readings in outcomes}
        if any(outcomes[readings] is not flipped[readings] for readings in outcomes):
            row = row_of(assumption)
            taken: dict[str, set[Outcome]] = {words: set() for words in row.readings}
            for readings, outcome in outcomes.items():
                (words,) = words_of(readings, [assumption])
                taken[words.removeprefix(f"{assumption.value}: ")].add(outcome)
            sides = tuple((words, _common(seen)) for words, seen in taken.items())
            yield OpenQuestion(assumption=assumption, question=row.question, sides=sides)


def _all(outcomes: Iterable[Outcome]) -> Outcome:
    """Every check must allow."""
    seen = set(outcomes)
    if Outcome.DENIED in seen:
        return Outcome.DENIED
    return Outcome.UNKNOWN if Outcome.UNKNOWN in seen else Outcome.ALLOWED


def _common(outcomes: set[Outcome]) -> Outcome:
    """The outcome that all have; UNKNOWN where they differ."""
    return next(iter(outcomes)) if len(outcomes) == 1 else Outcome.UNKNOWN
