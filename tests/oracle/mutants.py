"""Break the engine in a copy, one line at a time, and see that the tests notice.

    python -m tests.oracle.mutants [NAME ...]

Each mutant is a change of the source in a temporary copy; the working tree is never touched. One that no
test notices survives, and the run fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
POLICY: Final = "scanner/policy/"
COPIED: Final = ("scanner", "tests/policy", "tests/oracle", "tests/benchmarks")
SUITE: Final = (
    "tests/policy/test_compare_laws.py",
    "tests/policy/test_pattern.py",
    "tests/policy/test_condition.py",
    "tests/policy/test_evaluate.py",
    "tests/policy/test_assume.py",
    "tests/oracle/test_judges.py",
    "tests/oracle/test_brute_force.py",
    "tests/oracle/test_differential.py",
)
"""What a mutant must get past to survive, the fastest first."""
LIMIT_S: Final = 900
TEST_FAILED: Final = 1
"""What pytest exits with when a test failed; other codes mean that the tests could not run."""

_LAWS: Final = "tests/policy/test_compare_laws.py"
_SMALL: Final = "tests/oracle/test_brute_force.py"
_SWAPPED: Final = '.translate({42: "?", 63: "*"})'


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One line of the engine, and what stands there instead."""

    name: str
    path: str
    """Under `scanner/policy/`."""
    line: str
    instead: str
    seen_by: tuple[str, ...] = ()
    """A few tests of which one notices it, for the mutants that the ordinary suite tries."""


MUTANTS: Final = (
    Mutant(
        name="dropped Deny when a request is decided",
        path="gates.py",
        line="return not self.denies and bool(self.allows or self.may_allow)",
        instead="return bool(self.allows or self.may_allow)",
    ),
    Mutant(
        name="dropped Deny of the old side",
        path="comparing/foci.py",
        line="for scope in (*side.gates, side.account):",
        instead="for scope in side.gates:",
        seen_by=(
            f"{_LAWS}::test_an_answer_comes_with_what_it_rests_on",
            f"{_SMALL}::test_policies_of_a_few_statements[mixed]",
        ),
    ),
    Mutant(
        name="dropped Deny of the new side",
        path="comparing/foci.py",
        line="yield Focus((*passes, piece), (*denials, *side.account.denies))",
        instead="yield Focus((*passes, piece), denials)",
    ),
    Mutant(
        name="swapped wildcards when a request is decided",
        path="pattern.py",
        line='head, *rest = pattern.split("*")',
        instead=f'head, *rest = pattern{_SWAPPED}.split("*")',
    ),
    Mutant(
        name="swapped wildcards when texts are searched",
        path="comparing/tracks.py",
        line="for character in pattern:",
        instead=f"for character in pattern{_SWAPPED}:",
        seen_by=(f"{_SMALL}::test_policies_of_a_few_statements[actions]",),
    ),
    Mutant(
        name="ignored condition when a request is decided",
        path="statements.py",
        line="condition = _conditions(self.statement.conditions, asked) if self.statement.conditions else APPLIES",
        instead="condition = APPLIES",
    ),
    Mutant(
        name="ignored condition when policies are compared",
        path="comparing/tables.py",
        line="found += dict.fromkeys(Key(fold(condition.key)) for condition in piece.conditions)",
        instead="pass",
        seen_by=(f"{_SMALL}::test_policies_of_a_few_statements[conditions on a bool]",),
    ),
    Mutant(
        name="merged scopes when a request is decided",
        path="evaluate.py",
        line="whole = [policy for policy in policies if policy.resource_group is None]",
        instead="whole = list(policies)",
    ),
    Mutant(
        name="merged scopes when policies are compared",
        path="comparing/foci.py",
        line="account=Scope.of([p for p in policies.account if p.resource_group is None]),",
        instead="account=Scope.of(policies.account),",
        seen_by=(f"{_LAWS}::test_an_allow_of_the_account_beats_a_deny_of_a_resource_group",),
    ),
    Mutant(
        name="account scope not asked before a Deny of a resource group",
        path="comparing/foci.py",
        line="yield Focus((piece,), side.account.allows)",
        instead="yield Focus((piece,), ())",
    ),
    Mutant(
        name="dropped session policy when a request is decided",
        path="evaluate.py",
        line="if session is not None:\n        decisions.append(rule(Gate.SESSION, (session,), asked).decision())\n    decisions.append(_identity(account, asked))",
        instead="decisions.append(_identity(account, asked))",
    ),
    Mutant(
        name="dropped session policy when policies are compared",
        path="comparing/foci.py",
        line="if policies.session is not None:",
        instead="if policies.session is None and policies.session is not None:",
    ),
    Mutant(
        name="one level of the directory for all",
        path="comparing/foci.py",
        line="levels.setdefault(policy.level, []).append(policy)",
        instead='levels.setdefault("", []).append(policy)',
    ),
    Mutant(
        name="negated operator inverted",
        path="condition.py",
        line="none_of_them = opposite(any_of(held))",
        instead="none_of_them = any_of(held)",
    ),
    Mutant(
        name="absent key the other way round",
        path="condition.py",
        line="return ConditionResult(truth_of(readings.negated_absent_met))",
        instead="return ConditionResult(truth_of(not readings.negated_absent_met))",
    ),
    Mutant(
        name="absent keys not thought of",
        path="comparing/domains.py",
        line="return [*_present(family, fitting, wanted, budget), ABSENT_VALUE]",
        instead="return [*_present(family, fitting, wanted, budget)]",
    ),
    Mutant(
        name="numbers between two not thought of",
        path="comparing/domains.py",
        line="sorted({points[0] - 1, *points, *between, points[-1] + 1})",
        instead="sorted({points[0] - 1, *points, points[-1] + 1})",
    ),
    Mutant(
        name="case counts where it is not to",
        path="comparing/domains.py",
        line="folded=test is Test.EQUAL_IGNORING_CASE",
        instead="folded=False",
    ),
    Mutant(
        name="a witness that is not decided",
        path="comparing/settle.py",
        line="if new.outcome is not Outcome.ALLOWED or old.outcome is not Outcome.DENIED:",
        instead="if new.outcome is old.outcome is None:",
    ),
    Mutant(
        name="too much to search taken for no new access",
        path="comparing/settle.py",
        line="found = today = _Verdict(Answer.UNKNOWN, doubts=(_most_involved(self._case.policies),))",
        instead="found = today = _NO",
    ),
    Mutant(
        name="actions outside the catalogue not searched",
        path="comparing/settle.py",
        line="if hit is None and not today and not self._question.actions.complete:",
        instead="if hit is None and left and not today and not self._question.actions.complete:",
    ),
    Mutant(
        name="one reading taken for all",
        path="comparing/settle.py",
        line="for readings in (*near, *all_readings(questions)):",
        instead="for readings in (first,):",
    ),
    Mutant(
        name="principals ignored",
        path="comparing/tables.py",
        line="if piece.principals is not None:",
        instead="if piece.principals == ():",
    ),
    Mutant(
        name="nobody thought of whom a wildcard may mean",
        path="comparing/callers.py",
        line="yield from _meant(principal, others)",
        instead="return",
    ),
    Mutant(
        name="NotAction read as Action",
        path="comparing/pieces.py",
        line="return tuple(map(fold, words.items)), statement.not_actions is not None",
        instead="return tuple(map(fold, words.items)), False",
    ),
    Mutant(
        name="any action counts as one of today's",
        path="comparing/tables.py",
        line="return known_bits() if self.mode.today else self.question.actions.all",
        instead="return self.question.actions.all",
    ),
    Mutant(
        name="case of resources folded",
        path="comparing/resources.py",
        line="if self._readings.case_counts is False:",
        instead="if self._readings.case_counts is not None:",
    ),
    Mutant(
        name="wildcards that never stand for colons",
        path="comparing/resources.py",
        line="both = self._readings.crosses_colon and not (sure and self._undecided)",
        instead="both = False",
    ),
    Mutant(
        name="the empty region of RAM is not `*`",
        path="comparing/resources.py",
        line='return _Part(("",), None, also=STAR)',
        instead='return _Part(("",), None)',
    ),
    Mutant(
        name="the request on `*` not thought of",
        path="comparing/resources.py",
        line="if shape is ANY_RESOURCE and self._star(hit, avoid):",
        instead="if shape is not shape:",
    ),
)
"""Every mutant."""


def tree_with(mutant: Mutant | None, folder: Path) -> None:
    """Copy what the tests need into `folder`, with the mutant's line changed.

    Raises:
        ValueError: the line does not stand in its file exactly once.
    """
    ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
    for path in COPIED:
        shutil.copytree(ROOT / path, folder / path, ignore=ignored)
    for path in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py"):
        shutil.copy(ROOT / path, folder / path)
    if mutant is None:
        return
    target = folder / POLICY / mutant.path
    text = target.read_text(encoding="utf-8")
    if text.count(mutant.line) != 1:
        raise ValueError(f"`{mutant.line}` does not stand exactly once in `{mutant.path}`")
    target.write_text(text.replace(mutant.line, mutant.instead), encoding="utf-8")


def exit_of(mutant: Mutant | None, tests: Iterable[str]) -> int:
    """What pytest exits with on a copy with the mutant; a run that does not end counts as a failed test."""
    with tempfile.TemporaryDirectory(prefix="crossrole-mutant-") as name:
        folder = Path(name)
        tree_with(mutant, folder)
        shared = os.environ.get("CROSSROLE_SHARED") or str(ROOT.parent / "shared")
        environment = {**os.environ, "PYTHONPATH": name, "CROSSROLE_SHARED": shared}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "--rootdir", name, *tests]
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return TEST_FAILED
        return done.returncode


def main(names: Sequence[str]) -> int:
    """Exit code 1 where a mutant survives, 2 where the tests do not pass without one."""
    if exit_of(None, SUITE) != 0:
        print("the tests do not pass on an unchanged copy")
        return 2
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    with ThreadPoolExecutor(2) as pool:
        exits = pool.map(lambda mutant: exit_of(mutant, SUITE), chosen)
        survivors = 0
        for mutant, code in zip(chosen, exits, strict=True):
            caught = code == TEST_FAILED
            survivors += not caught
            print(f"{'caught  ' if caught else 'SURVIVED'}  {mutant.name}", flush=True)
    print(f"{len(chosen)} mutants, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
