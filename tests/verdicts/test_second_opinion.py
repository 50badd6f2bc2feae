"""The naive authorizer and the engine, asked the same thousands of questions. `make second-opinion` asks more."""

from __future__ import annotations

import pytest

from scanner.policy.assumptions import UNDECIDED, Readings
from scanner.policy.decision import Decision, Outcome
from tests.emulator.small import OWNER, World, allow
from tests.verdicts.both import Ask, Question, Tally, Who
from tests.verdicts.realistic_worlds import CORPUS
from tests.verdicts.second_opinion import UNKNOWN_AT_MOST, Kind, kinds, tally

PAIRS = {"adversarial requests": 18_000, "adversarial trust": 9_000}
REALISTIC_PAIRS = 5_000
SEED = 1_000_000


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name.replace(" ", "-"))
def test_both_decide_alike(kind: Kind) -> None:
    found = tally(kind, pairs=PAIRS.get(kind.name, REALISTIC_PAIRS), seed=SEED)
    assert found.disagreements == []
    assert 0 < found.allowed < found.pairs - found.unknown
    if kind.realistic:
        assert found.unknown_share < UNKNOWN_AT_MOST, found.why_unknown.most_common(3)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of public policies is not here")
def test_published_policies_are_among_the_questions() -> None:
    assert "published policies" in {kind.name for kind in kinds()}


class Contrary(Question):
    """A question whose engine says the opposite of what it should."""

    def engine(self, readings: Readings = UNDECIDED) -> Decision:
        found = super().engine(readings)
        opposite = Outcome.DENIED if found.outcome is Outcome.ALLOWED else Outcome.ALLOWED
        return Decision(outcome=opposite, reasons=())


@pytest.mark.parametrize("action", ["rocketmq:GetTopic", "rocketmq:DeleteTopic"])
def test_a_difference_is_found_and_told_in_full(action: str) -> None:
    build = World()
    build.attach(OWNER, "role", "r", "p", allow("rocketmq:Get*"))
    who = Who(world=build.world, account_id=OWNER, kind="role", name="r")
    found = Tally()
    found.count(Contrary(who=who, ask=Ask(action=action, resource="*", context={"acs:sourceip": "10.0.0.1"})))
    (told,) = found.disagreements
    assert action in told
    assert "rocketmq:Get*" in told
    assert "10.0.0.1" in told
