"""From the foci of a comparison to its answer.

First it looks for a request that shows new access whatever is open; then, where something is open, it
takes every reading in turn; then it lets what is not understood come out either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from scanner.policy.assumptions import UNDECIDED, Assumption, Readings, all_readings, row_of, side_of
from scanner.policy.comparing.budget import Budget, TooMuchError
from scanner.policy.comparing.callers import callers_of
from scanner.policy.comparing.cover import Way, ways
from scanner.policy.comparing.domains import family_on
from scanner.policy.comparing.foci import Focus, Side, capital_scheme, foci, mixed_case
from scanner.policy.comparing.inventory import RESOURCE, InventoryTables
from scanner.policy.comparing.pieces import Piece
from scanner.policy.comparing.resources import Resources
from scanner.policy.comparing.tables import Mode, Question, QuestionTables
from scanner.policy.comparing.targets import SEPARATORS, is_everything, targets
from scanner.policy.comparing.witness import Hit, kinds_of_resources, witness_of
from scanner.policy.comparison import Answer, Comparison, Doubt, Witness
from scanner.policy.decision import Decision, Outcome, SourcedPolicy
from scanner.policy.operators import OPERATORS
from scanner.policy.pattern import fold

TOO_MUCH: Final = (
    "the policies are too involved to be compared within the cap of states; most wildcards stand here"
)
TWO_FAMILIES: Final = "the same key stands under operators of two families"
OPEN: Final = "what is not understood here may come out either way"

Judge: TypeAlias = Callable[[Witness, Readings], tuple[Decision, Decision]]
"""What the new and the old side decide about a request."""


class WitnessDoesNotReplayError(Exception):
    """A request that was found to show new access does not when it is decided: a bug, not a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One direction of a comparison."""

    new: Side
    old: Side
    policies: Sequence[SourcedPolicy]
    judge: Judge
    inventory: Sequence[str] = ()
    account: str = ""
    role: str = ""
    """For trust policies the role; empty where permissions are compared."""

    @property
    def about_trust(self) -> bool:
        """Whether callers are compared, and not resources."""
        return self.role != ""

    def question(self) -> Question:
        """What the pieces of both sides raise."""
        pieces = [*self.new.pieces(), *self.old.pieces()]
        if not self.about_trust:
            return Question.of(pieces)
        principals = [principal for piece in pieces for principal in piece.principals or ()]
        return Question.of(pieces, callers=callers_of(principals), role=self.role)


class _Verdict(NamedTuple):
    """The answer in one world, or under one reading."""

    answer: Answer
    witness: Witness | None = None
    doubts: tuple[Doubt, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


_NO: Final = _Verdict(Answer.NO_NEW_ACCESS)


class Settling:
    """Answers one case."""

    def __init__(self, case: Case, *, cap: int) -> None:
        self._case = case
        self._budget = Budget(cap)
        self._tables: dict[Mode, QuestionTables] = {}
        self._found: dict[tuple[bool, bool | None], Resources] = {}

    @cached_property
    def _question(self) -> Question:
        return self._case.question()

    @cached_property
    def _colons(self) -> bool:
        """Whether names with colons in their id are thought of."""
        return any(text.count(":") > SEPARATORS for p in self._question.pieces for text in p.resources)

    def answer(self) -> Comparison:
        """The answer; UNKNOWN where the cap was passed."""
        try:
            found, today = self._both_worlds()
        except TooMuchError:
            found = today = _Verdict(Answer.UNKNOWN, doubts=(_most_involved(self._case.policies),))
        return Comparison(
            answer=found.answer,
            today=today.answer,
            witness=found.witness if found.answer is Answer.NEW_ACCESS else None,
            possible=found.witness if found.answer is Answer.UNKNOWN else None,
            doubts=found.doubts,
            assumptions=found.assumptions,
            states=self._budget.spent,
        )

    def _both_worlds(self) -> tuple[_Verdict, _Verdict]:
        pending = list(foci(self._case.new, self._case.old, self._budget))
        if not pending:
            return _NO, _NO
        found = self._settle(pending, today=False)
        if found.answer is Answer.NO_NEW_ACCESS or self._case.about_trust:
            return found, found
        if found.answer is Answer.NEW_ACCESS and found.witness is not None and found.witness.known_action:
            return found, found
        today = self._settle(pending, today=True)
        if today.answer is Answer.NEW_ACCESS:
            return today, today
        if found.answer is Answer.NEW_ACCESS:
            # What is open about today's actions is told beside a witness of an action that may be added.
            found = found._replace(doubts=today.doubts)
        return found, today

    def _settle(self, pending: Sequence[Focus], *, today: bool) -> _Verdict:
        """The answer in the open world, or in today's."""
        mode = Mode(UNDECIDED, free=False, today=today)
        hit, left = self._hit(pending, mode)
        # NOTE: a focus that is closed for the actions tried first may be open for others, so none is asked for here.
        if hit is None and not today and not self._question.actions.complete:
            self._question.actions.complete_with(self._budget)
            self._tables.clear()
            hit, left = self._hit(pending, mode)
        if hit is not None:
            return _Verdict(Answer.NEW_ACCESS, self._existing(pending, mode) or hit)
        return self._by_reading(left, today=today) if left else _NO

    def _hit(self, pending: Sequence[Focus], mode: Mode) -> tuple[Witness | None, list[Focus]]:
        """A witness, decided with both sides; without one, the foci that are open in some other mode."""
        tables = self._tables_in(mode)
        resources = self._resources(mode.readings)
        left: list[Focus] = []
        for focus in pending:
            plain = True
            for way in ways(focus.hit, focus.avoid, tables, self._budget):
                name, closed = _resource(focus, way, resources)
                if name is not None:
                    witness = witness_of(Hit(focus, way, name), tables, resources)
                    return (witness if mode.free else self._replayed(witness, mode.readings)), []
                plain = plain and closed
            if not self._closed_for_good(focus, tables, plain=plain):
                left.append(focus)
        return None, left

    def _tables_in(self, mode: Mode) -> QuestionTables:
        """The tables of a mode; how resource names are read makes no difference to them."""
        readings = replace(mode.readings, crosses_colon=True, case_counts=None)
        mode = mode._replace(readings=readings)
        if mode not in self._tables:
            self._tables[mode] = QuestionTables(self._question, mode, self._budget)
        return self._tables[mode]

    def _resources(self, readings: Readings) -> Resources | None:
        if self._case.about_trust:
            return None
        key = (readings.crosses_colon, readings.case_counts)
        if key not in self._found:
            account = self._case.account
            made = Resources(readings, colons=self._colons, budget=self._budget, account=account)
            self._found[key] = made
        return self._found[key]

    def _closed_for_good(self, focus: Focus, tables: QuestionTables, *, plain: bool) -> bool:
        """Whether a focus without a hit has none in any other reading, whatever is open."""
        pieces = (*focus.hit, *focus.avoid)
        if not all(map(tables.settled, pieces)):
            return False
        if self._colons or any(map(self._crosses, pieces)) or capital_scheme(pieces):
            return False
        return plain or not mixed_case(pieces)

    def _crosses(self, piece: Piece) -> bool:
        """Whether some pattern of it only fits if a wildcard stands for a colon."""
        return any(
            text.count(":") < SEPARATORS and not is_everything(text) and bool(targets(text, colons=False))
            for text in piece.resources
        )

    def _replayed(self, witness: Witness, readings: Readings) -> Witness:
        new, old = self._case.judge(witness, readings)
        if new.outcome is not Outcome.ALLOWED or old.outcome is not Outcome.DENIED:
            raise WitnessDoesNotReplayError(f"new: {new}, old: {old}, for {witness} under {readings}")
        return witness

    def _existing(self, pending: Sequence[Focus], mode: Mode) -> Witness | None:
        """A witness on a resource of the inventory."""
        tables = self._tables_in(mode._replace(today=True))
        for kind, arns in kinds_of_resources(self._case.inventory).items():
            there = InventoryTables(tables, kind, arns)
            for focus in pending:
                for way in ways(focus.hit, focus.avoid, there, self._budget):
                    if not way.left:
                        return self._replayed(_on_existing(focus, way, tables, there), mode.readings)
        return None

    def _by_reading(self, left: Sequence[Focus], *, today: bool) -> _Verdict:
        """The answer where something is open: first with one question at a time on its other side, then with all."""
        questions = tuple(self._questions(left))
        first = next(all_readings(questions))
        near = [first, *(side_of(first, question, other=True) for question in questions)]
        verdicts: dict[Readings, _Verdict] = {}
        for readings in (*near, *all_readings(questions)):
            if readings not in verdicts:
                if len(verdicts) == len(near) and len({v.answer for v in verdicts.values()}) > 1:
                    break
                verdicts[readings] = self._under(left, readings, today=today)
        answers = {verdict.answer for verdict in verdicts.values()}
        if answers == {Answer.NO_NEW_ACCESS}:
            return _NO
        if answers == {Answer.NEW_ACCESS}:
            return verdicts[first]._replace(assumptions=questions)
        return _disagreeing(verdicts, questions)

    def _questions(self, left: Sequence[Focus]) -> Iterator[Assumption]:
        """The open questions on which the foci may hang."""
        pieces = {piece.key: piece for focus in left for piece in (*focus.hit, *focus.avoid)}.values()
        negated = [
            condition
            for piece in pieces
            for condition in piece.conditions
            if condition.operator in OPERATORS and OPERATORS[condition.operator].negated
        ]
        if any(len(set(condition.values.items)) > 1 for condition in negated):
            yield Assumption.NEGATED_SEVERAL_VALUES
        if negated:
            yield Assumption.NEGATED_ABSENT_KEY
        if self._case.about_trust:
            return
        if self._colons or any(map(self._crosses, pieces)):
            yield Assumption.WILDCARD_OVER_COLON
        if mixed_case(tuple(pieces)):
            yield Assumption.RESOURCE_CASE

    def _under(self, left: Sequence[Focus], readings: Readings, *, today: bool) -> _Verdict:
        """The answer under one reading of everything that is open."""
        mode = Mode(readings, free=False, today=today)
        hit, _ = self._hit(left, mode)
        if hit is not None:
            return _Verdict(Answer.NEW_ACCESS, hit)
        tables = self._tables_in(mode)
        pieces = {piece.key: piece for focus in left for piece in (*focus.hit, *focus.avoid)}.values()
        if all(map(tables.settled, pieces)):
            return _NO
        possible, _ = self._hit(left, mode._replace(free=True))
        if possible is None:
            return _NO
        return _Verdict(Answer.UNKNOWN, possible, tuple(dict.fromkeys(self._doubts(possible, readings))))

    def _doubts(self, possible: Witness, readings: Readings) -> Iterator[Doubt]:
        """What is not understood about a request."""
        found = [
            Doubt(policy=reason.policy, path=reason.path, why=reason.note or OPEN)
            for decision in self._case.judge(possible, readings)
            for reason in decision.reasons
            if reason.outcome is Outcome.UNKNOWN
        ]
        yield from found or self._mixed_families() or [Doubt(policy="", path="", why=OPEN)]

    def _mixed_families(self) -> list[Doubt]:
        conditions = self._question.conditions
        mixed = {key for key, on_key in conditions.items() if family_on(on_key) is None}
        return [
            Doubt(policy=policy.label, path=condition.path, why=TWO_FAMILIES)
            for policy in self._case.policies
            for statement in policy.document.statements
            for condition in statement.conditions
            if fold(condition.key) in mixed
        ]


def _most_involved(policies: Sequence[SourcedPolicy]) -> Doubt:
    """Why a search was given up, with the place of the text that holds the most wildcards."""
    places = [
        (text.count("*") + text.count("?"), policy.label, words.item_path(index))
        for policy in policies
        for statement in policy.document.statements
        for words in (statement.resources, statement.actions, *(c.values for c in statement.conditions))
        if words is not None
        for index, text in enumerate(words.items)
    ]
    _, label, path = max(places, default=(0, "", ""))
    return Doubt(policy=label, path=path, why=TOO_MUCH)


def _resource(focus: Focus, way: Way, resources: Resources | None) -> tuple[str | None, bool]:
    """A resource that is left to be found; where policies have none, empty if nothing is left to avoid."""
    if resources is None:
        return (None if way.left else ""), True
    found = resources.search(focus.hit, way.left)
    return found.name, found.plain


def _on_existing(focus: Focus, way: Way, tables: QuestionTables, there: InventoryTables) -> Witness:
    bits = way.choices.get(RESOURCE, there.all_values(RESOURCE))
    arn = there.arns[(bits & -bits).bit_length() - 1]
    return replace(witness_of(Hit(focus, way, arn), tables, None), exists=True)


def _disagreeing(verdicts: Mapping[Readings, _Verdict], questions: Sequence[Assumption]) -> _Verdict:
    """UNKNOWN, with the questions whose sides make a difference."""
    deciding = tuple(q for q in questions if _decides(q, verdicts))
    doubts: dict[Doubt, None] = {}
    for question in deciding:
        row = row_of(question)
        why = f"{row.question} No page says: {' or '.join(row.readings)}."
        doubts[Doubt(policy="", path="", why=why)] = None
    for verdict in verdicts.values():
        doubts |= dict.fromkeys(verdict.doubts)
    possible = next((v.witness for v in verdicts.values() if v.witness is not None), None)
    return _Verdict(Answer.UNKNOWN, possible, tuple(doubts), deciding)


def _decides(question: Assumption, verdicts: Mapping[Readings, _Verdict]) -> bool:
    """Whether the answer changes with the side that is taken of one question."""
    return any(
        (there := verdicts.get(side_of(readings, question, other=True))) is not None
        and there.answer is not verdict.answer
        for readings, verdict in verdicts.items()
    )
