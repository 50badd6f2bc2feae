"""Comparisons of random and public policies agree with the solver; `make oracle` tries many more."""

from __future__ import annotations

import pytest

from tests.oracle.run import CORPUS, Report, corpus_size, examine

CHUNK = 40
TRIED = {"pair": 240, "set": 120, "trust": 80, "odd": 120, "odd-trust": 80, "long": 20}
"""How many of each kind are tried here."""
CHUNKS = [
    (kind, start, min(start + CHUNK, count))
    for kind, count in TRIED.items()
    for start in range(0, count, CHUNK)
]
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of public policies is not here")


def wrong(reports: list[Report]) -> list[Report]:
    return [report for report in reports if report.wrong]


@pytest.mark.parametrize(("kind", "start", "end"), CHUNKS)
def test_random_policies(kind: str, start: int, end: int) -> None:
    reports = [examine(kind, seed) for seed in range(start, end)]
    assert wrong(reports) == []
    assert sum(report.unanswered for report in reports) <= len(reports) // 10


@needs_corpus
@pytest.mark.parametrize("start", range(4))
def test_public_policies(start: int) -> None:
    assert (
        wrong([examine("corpus", number) for number in range(start * 4, corpus_size("permission"), 16)]) == []
    )


@needs_corpus
def test_public_trust_policies() -> None:
    assert wrong([examine("corpus-trust", number) for number in range(0, corpus_size("trust"), 3)]) == []


@pytest.mark.parametrize("kind", ["pair", "set", "trust"])
def test_random_policies_are_of_all_sorts(kind: str) -> None:
    answers = [examine(kind, seed).answer for seed in range(1_000, 1_030)]
    assert {"new access", "no new access"} <= set(answers)
