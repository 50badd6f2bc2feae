"""What a comparison of policies answers: whether one allows what the other does not, and a request that shows it.

The values only; `scanner.policy.compare` finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.policy.assumptions import Assumption
from scanner.policy.decision import AssumeCaller, Request, SourcedPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet:
    """The policies that decide for one identity, as `decide` takes them."""

    account: tuple[SourcedPolicy, ...]
    """The attached policies of both scopes."""
    session: SourcedPolicy | None = None
    control: tuple[SourcedPolicy, ...] | None = None


class Answer(StrEnum):
    """Whether the new policies allow a request that the old ones do not."""

    NO_NEW_ACCESS = "no new access"
    NEW_ACCESS = "new access"
    UNKNOWN = "unknown"
    """It hangs on what no page states, on what is not understood, or is too much to search; counts as new access."""


class Direction(StrEnum):
    """How a change turns what is allowed."""

    EQUAL = "equal"
    WIDER = "wider"
    NARROWER = "narrower"
    BOTH = "both"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One request that the new policies allow and the old ones do not.

    Its resource is one of the inventory, or has the form that its action is documented to be asked on, or else
    is one of the names with the shortest id to which the first statement that adds access leads.
    """

    request: Request
    """Its context names only the keys that matter; `ABSENT` is a key that must not be sent."""
    caller: AssumeCaller | None = None
    """Who asks, where trust policies are compared."""
    known_action: bool = True
    """Whether the action is in the catalogue; otherwise it stands for one that may be added."""
    exists: bool = False
    """Whether the resource is one of the inventory that was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why the answer is UNKNOWN: a place that is not understood, or an open question and its readings."""

    policy: str
    """The policy's label; empty where no single place is to blame."""
    path: str
    """JSON path inside it."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One direction of a change: what the new policies add."""

    answer: Answer
    """In the open world: any action that exists or may be added."""
    today: Answer
    """In the closed world: only actions of the catalogue."""
    witness: Witness | None = None
    """For NEW_ACCESS, a request that was decided with both; one of today's actions where there is one."""
    possible: Witness | None = None
    """For UNKNOWN, a request that may be new access: under one of the readings, or if what is not understood allows it."""
    doubts: tuple[Doubt, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    """The open questions on which the answer hangs: for UNKNOWN those of which the other side alone was seen to turn
    the answer; for NEW_ACCESS all that matter where the witness differs from reading to reading; otherwise none."""
    states: int = 0
    """How much of the search space was visited."""

    @property
    def widens(self) -> bool:
        """Whether this counts as new access: UNKNOWN does."""
        return self.answer is not Answer.NO_NEW_ACCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Both directions of a change."""

    wider: Comparison
    """What the new policies add."""
    narrower: Comparison
    """What the new policies take away."""

    @property
    def direction(self) -> Direction:
        """How the change turns what is allowed; UNKNOWN where either direction is."""
        answers = (self.wider.answer, self.narrower.answer)
        if Answer.UNKNOWN in answers:
            return Direction.UNKNOWN
        return {
            (Answer.NO_NEW_ACCESS, Answer.NO_NEW_ACCESS): Direction.EQUAL,
            (Answer.NEW_ACCESS, Answer.NO_NEW_ACCESS): Direction.WIDER,
            (Answer.NO_NEW_ACCESS, Answer.NEW_ACCESS): Direction.NARROWER,
            (Answer.NEW_ACCESS, Answer.NEW_ACCESS): Direction.BOTH,
        }[answers]
