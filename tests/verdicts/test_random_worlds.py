"""Verdicts about small random accounts, tried in the local cloud."""

from __future__ import annotations

from hypothesis import Phase, given, note, settings

from scanner.rules.registry import RULES
from tests.rules.worlds import world
from tests.verdicts import admissions
from tests.verdicts import random_worlds as made
from tests.verdicts.permissions import TRIED, agrees

WORLDS = 3 * settings().max_examples
"""300 in a plain run; more when the profile of hypothesis says so."""
# A world is small already, and shrinking one that shows a difference would take minutes.
unshrunk = settings(max_examples=WORLDS, phases=[Phase.explicit, Phase.generate])
PERMISSION_RULES = [rule for rule in RULES if rule.id in TRIED]


@unshrunk
@given(made.specs)
def test_verdicts_about_permissions_hold(spec: made.Spec) -> None:
    note(made.in_words(spec))
    local, judged = made.local_world(spec), world(made.snapshot(spec))
    wrong = [
        text
        for rule in PERMISSION_RULES
        for finding in rule.judge(judged)
        if (text := agrees(local, finding))
    ]
    assert wrong == []


@unshrunk
@given(made.specs)
def test_verdicts_about_who_comes_in_hold(spec: made.Spec) -> None:
    note(made.in_words(spec))
    local, judged = made.local_world(spec), world(made.snapshot(spec))
    wrong = [
        text
        for rule in RULES
        if rule.id in admissions.RULES_TRIED
        for finding in rule.judge(judged)
        if (text := admissions.agrees(local, finding, judged.known))
    ]
    assert wrong == []
