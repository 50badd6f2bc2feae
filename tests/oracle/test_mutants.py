"""The tests notice an engine that is broken; `make mutants` tries more ways to break it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.mutants import MUTANTS, TEST_FAILED, Mutant, exit_of, tree_with

TRIED_HERE = [mutant for mutant in MUTANTS if mutant.seen_by]


@pytest.mark.parametrize("mutant", TRIED_HERE, ids=lambda mutant: mutant.name)
def test_a_broken_engine_is_noticed(mutant: Mutant) -> None:
    assert exit_of(mutant, mutant.seen_by) == TEST_FAILED


def test_the_same_tests_pass_on_an_unchanged_copy() -> None:
    assert exit_of(None, sorted({test for mutant in TRIED_HERE for test in mutant.seen_by})) == 0


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_mutant_changes_a_line_that_is_there(mutant: Mutant, tmp_path: Path) -> None:
    tree_with(mutant, tmp_path)
