"""Measure the policy engine: comparisons, the same ones with a solver, decisions, and the import.

`python -m tests.benchmarks.engine` prints the figures. Documents are parsed before the clock starts, for the solver
they are text; what was prepared for a document is forgotten before each measurement, and of three runs the fastest
counts, without garbage collection as `timeit` does, so that other work on the machine does not.
"""

from __future__ import annotations

import gc
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from scanner.policy.assumptions import Assumption, Readings, all_readings
from scanner.policy.compare import compare
from scanner.policy.comparing.pieces import pieces
from scanner.policy.comparison import PolicySet
from scanner.policy.decision import Context, Request, SourcedPolicy
from scanner.policy.evaluate import decide
from scanner.policy.parse import parse
from scanner.policy.statements import concerning, prepared
from scanner.policy.syntax import PolicyType
from tests.benchmarks.figure import Figure
from tests.benchmarks.pairs import Pair, RawSet, pair

SHORT: Final = 300
LONG: Final = 200
RUNS: Final = 3
FIRST: Final = 700_000
"""The first seed; no test uses these."""
DECISIONS: Final = 50_000
_READINGS: Final = Readings(
    negated_none_of=True, negated_absent_met=True, crosses_colon=True, case_counts=True
)
_IMPORT: Final = "import time; start = time.perf_counter(); import scanner.policy.compare; print(time.perf_counter() - start)"


@dataclass(frozen=True)
class Timed:
    """Milliseconds, one for each pair, and how often each answer came."""

    times: Sequence[float]
    answers: Counter[str]

    @property
    def words(self) -> str:
        """Median, ninetieth percentile and maximum."""
        ordered = sorted(self.times)
        high = ordered[len(ordered) * 9 // 10]
        return f"{statistics.median(ordered):.2f} / {high:.2f} / {ordered[-1]:.1f} ms"


def _policies(text: str) -> PolicySet:
    document = parse(text, type=PolicyType.PERMISSION)
    return PolicySet(account=(SourcedPolicy(document=document, label="Custom:bench", version="v1"),))


def _forget() -> None:
    for cache in (pieces, prepared, concerning):
        cache.cache_clear()


def _fastest(work: Callable[[], str]) -> tuple[float, str]:
    """Milliseconds of the fastest run, and what it answered."""
    times = []
    answer = ""
    gc.disable()
    for _ in range(RUNS):
        _forget()
        started = time.perf_counter()
        answer = work()
        times.append((time.perf_counter() - started) * 1_000)
    gc.enable()
    return min(times), answer


def _answer(new: PolicySet, old: PolicySet) -> str:
    return compare(new, old).answer.value


def _compared(pairs: Sequence[Pair]) -> Timed:
    found = []
    for one in pairs:
        new, old = _policies(one.new), _policies(one.old)
        found.append(_fastest(partial(_answer, new, old)))
    return Timed([spent for spent, _ in found], Counter(answer for _, answer in found))


def _solved(pairs: Sequence[Pair], readings_of: Callable[[Pair], Sequence[Readings]]) -> Timed:
    """The same with the solver, in one world, asked once for each reading."""
    from tests.oracle.smt import new_access  # noqa: PLC0415 - the solver is heavy to import

    def answer(one: Pair) -> str:
        new, old = RawSet(account=((one.new, None),)), RawSet(account=((one.old, None),))
        return [type(new_access(new, old, readings)).__name__ for readings in readings_of(one)][-1]

    found = [_fastest(partial(answer, one)) for one in pairs]
    return Timed([spent for spent, _ in found], Counter(answer for _, answer in found))


def _every_reading(one: Pair) -> Sequence[Readings]:
    """Every reading of the open questions that a pair raises, all of which an answer of crossrole is for."""
    text = one.new + one.old
    names = re.findall(r'"acs:[^"]*:[^"]*"', text)
    letters = set("".join(names))
    questions = []
    if any(re.findall(r'Not[A-Z][A-Za-z]*": \{"[^"]*": \[', text)):
        questions.append(Assumption.NEGATED_SEVERAL_VALUES)
    if re.search(r'"(String|Numeric|Date)?Not(Equals|Like|Ip)', text):
        questions.append(Assumption.NEGATED_ABSENT_KEY)
    if any(name.count(":") < 4 for name in names):
        questions.append(Assumption.WILDCARD_OVER_COLON)
    if any(letter.isupper() and letter.lower() in letters for letter in letters):
        questions.append(Assumption.RESOURCE_CASE)
    return list(all_readings(questions))


def measure_comparisons(_folder: Path) -> Iterator[Figure]:
    """(a) and (b)."""
    _compared([pair(seed) for seed in range(FIRST - 50, FIRST)])
    gc.collect()
    gc.freeze()
    short = [pair(seed) for seed in range(FIRST, FIRST + SHORT)]
    ours = _compared(short)
    answers = ", ".join(f"{count} {answer}" for answer, count in sorted(ours.answers.items()))
    yield Figure(f"(a) comparing {SHORT} pairs of 1-6 statements: {answers}", "", "")
    yield Figure("(a) median / 90 % / maximum", ours.words, "at most 0.5 / - / 15 ms")
    middle = statistics.median(ours.times)
    once = _solved(short, lambda _: [_READINGS])
    yield Figure("(a) cvc5, asked for one reading", once.words, "for information")
    yield Figure(
        "(a) the same / crossrole, by median", f"{statistics.median(once.times) / middle:.0f}", "at least 25"
    )
    every = _solved(short, _every_reading)
    yield Figure("(a) cvc5, asked for every reading that the answer is for", every.words, "for information")
    yield Figure(
        "(a) the same / crossrole, by median", f"{statistics.median(every.times) / middle:.0f}", "at least 25"
    )
    long = [pair(seed, fewest=20, most=20) for seed in range(FIRST, FIRST + LONG)]
    yield Figure(
        f"(b) {LONG} pairs of 20 statements, median / 90 % / maximum",
        _compared(long).words,
        "at most 5 ms / - / -",
    )


def measure_decisions(_folder: Path) -> Iterator[Figure]:
    """(c) decisions a second."""
    statements = [
        {
            "Effect": "Allow",
            "Action": ["rocketmq:Get*", "rocketmq:List*"],
            "Resource": "acs:rocketmq:*:*:instance/rmq-1*",
        },
        {
            "Effect": "Allow",
            "Action": "mq:PUB",
            "Resource": ["acs:mq:*:*:MQ_INST_1%orders*", "acs:mq:*:*:MQ_INST_1"],
        },
        {"Effect": "Allow", "Action": "mq:SUB", "Resource": "acs:mq:*:*:MQ_INST_1%*"},
        {"Effect": "Deny", "Action": "rocketmq:GetInstanceAccount", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "rocketmq:*",
            "Resource": "*",
            "Condition": {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}},
        },
        {
            "Effect": "Deny",
            "Action": "mq:*",
            "Resource": "*",
            "Condition": {"Bool": {"acs:SecureTransport": "false"}},
        },
    ]
    policies = _policies(json.dumps({"Version": "1", "Statement": statements})).account
    known = {"acs:SourceIp": frozenset({"10.1.2.3"}), "acs:SecureTransport": frozenset({"true"})}
    context = Context(known=known, complete=True)
    requests = [
        Request(action=action, resource=resource, context=context)
        for action in (
            "rocketmq:GetTopic",
            "rocketmq:CreateTopic",
            "mq:PUB",
            "mq:SUB",
            "rocketmq:GetInstanceAccount",
        )
        for resource in (
            "acs:rocketmq:cn-hangzhou:1000000000000001:instance/rmq-1/topic/orders",
            "acs:mq:cn-hangzhou:1000000000000001:MQ_INST_1%orders-new",
        )
    ]
    rates = []
    for _ in range(RUNS):
        started = time.perf_counter()
        for _ in range(DECISIONS // len(requests)):
            for request in requests:
                decide(request, account=policies)
        rates.append(DECISIONS / (time.perf_counter() - started))
    yield Figure("(c) decisions a second, 6 statements", f"{max(rates):,.0f}", "at least 50,000")


def measure_import(_folder: Path) -> Iterator[Figure]:
    """(g) the import of the engine."""
    times = [
        float(
            subprocess.run([sys.executable, "-c", _IMPORT], capture_output=True, check=True, text=True).stdout
        )
        for _ in range(15)
    ]
    yield Figure("(g) import of the engine", f"{statistics.median(times) * 1_000:.0f} ms", "at most 40 ms")


def main() -> None:
    """Measure everything here and print it."""
    for measure in (measure_comparisons, measure_decisions, measure_import):
        for figure in measure(Path()):
            print(f"{figure.what:<70} {figure.measured:<45} {figure.target}", flush=True)


if __name__ == "__main__":
    main()
