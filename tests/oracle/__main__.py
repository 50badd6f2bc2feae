"""Hold comparisons of random and public policies against the judges until all are done, or until stopped.

    python -m tests.oracle --pairs 20000 --seed 0 --jobs 2

Each random pair is made from a seed that is printed, so that a run can go on where another ended.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice

from tests.oracle.run import RANDOM, Report, corpus_size, examine

SHOWN_EVERY = 1_000
BATCH = 200


def main() -> int:
    """Exit code 1 where a judge disagrees."""
    arguments = _arguments()
    tally: Counter[str] = Counter()
    wrong = 0
    started = time.monotonic()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        todo = _todo(arguments)
        while batch := list(islice(todo, BATCH)):
            for report in pool.map(_examine, batch, chunksize=4):
                tally["pairs"] += 1
                tally[report.answer] += 1
                tally["requests tried"] += report.requests
                tally["without an answer of the solver"] += bool(report.unanswered)
                wrong += bool(report.wrong)
                _show(report)
                if tally["pairs"] % SHOWN_EVERY == 0:
                    _show_tally(tally, wrong, time.monotonic() - started, f"up to seed {report.number}")
    _show_tally(tally, wrong, time.monotonic() - started, "done")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--pairs", type=int, default=20_000, help="how many random pairs; 0 is until stopped")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes (default 2)")
    parser.add_argument(
        "--kind", help="only pairs of this kind", choices=sorted({*RANDOM, "corpus", "corpus-trust"})
    )
    return parser.parse_args()


def _todo(arguments: argparse.Namespace) -> Iterator[tuple[str, int]]:
    for kind, which in (("corpus", "permission"), ("corpus-trust", "trust")):
        if arguments.kind in {None, kind}:
            yield from ((kind, number) for number in range(corpus_size(which)))
    if arguments.kind in {"corpus", "corpus-trust"}:
        return
    kinds = (arguments.kind,) if arguments.kind else RANDOM
    last = arguments.seed + arguments.pairs
    for seed in range(arguments.seed, last) if arguments.pairs else count(arguments.seed):
        yield kinds[seed % len(kinds)], seed


def _examine(task: tuple[str, int]) -> Report:
    return examine(*task)


def _show(report: Report) -> None:
    if report.wrong:
        print(f"\n{report.kind} {report.number}", *report.wrong, sep="\n  ")
        print(f"  smallest: {report.smallest}", flush=True)


def _show_tally(tally: Counter[str], wrong: int, seconds: float, where: str) -> None:
    figures = ", ".join(f"{name} {number:,}" for name, number in sorted(tally.items()))
    print(f"{where}: {figures}, disagreements {wrong:,}, {seconds:,.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
