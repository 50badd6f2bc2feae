"""Measure the access matrix of a large account, each figure in a process of its own.

`python -m tests.benchmarks.matrix` prints the figures. Sampled cells are held against `grant`, which decides one
request at a time.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from scanner.access.grants import Standing, grant
from scanner.access.grid import Grid
from scanner.access.patternindex import PatternIndex
from scanner.access.resources import SERVICE_OF, Resource
from scanner.access.slots import COLUMNS, Column, asked_on, slots
from scanner.access.view import PrincipalView
from scanner.model.policy import PrincipalKind
from scanner.policy.catalogue import by_class
from scanner.policy.decision import SourcedPolicy
from scanner.policy.pattern import ResourceMatch, resource_matches
from scanner.policy.syntax import PolicyDocument
from tests.benchmarks.bigaccount import ACCOUNT, BigAccount, Maker
from tests.benchmarks.figure import Figure

RESOURCES: Final = 200_000
PATTERNS: Final = 1_000
POLICIES: Final = 2_000
PRINCIPALS: Final = 10_000
SAMPLES: Final = 3_000
EDITS: Final = 300
SEED: Final = 11

Measured = dict[str, float]


def measure_matrix(_folder: Path) -> Iterator[Figure]:
    """(d) patterns against names, (e) the whole matrix, (f) an edit."""
    index, whole, edits = (_in_a_process(what) for what in ("index", "whole", "edits"))
    yield Figure(
        f"(d) {PATTERNS:,} patterns x {RESOURCES:,} names",
        f"{index['patterns'] + index['build']:.2f} s, {index['build']:.2f} s of it for the index",
        "at most 1 s",
    )
    yield Figure("(d) wrong answers, of 20,000 sampled", f"{index['wrong']:.0f}", "0")
    yield Figure(
        f"(e) {PRINCIPALS:,} principals x {len(COLUMNS)} columns x {RESOURCES:,} resources",
        f"{whole['seconds']:.1f} s ({whole['rows']:.0f} rows, {whole['atoms']:.0f} atoms)",
        "at most 5 s",
    )
    yield Figure(
        "(e) peak memory, the account and all included", f"{whole['peak_mb']:.0f} MB", "at most 350 MB"
    )
    yield Figure(f"(e) wrong cells, of {SAMPLES:,} sampled", f"{whole['wrong']:.0f}", "0")
    yield Figure(
        f"(f) a policy edit, {EDITS} of them",
        f"median {edits['median']:.1f} ms, 99 % {edits['high']:.0f} ms ({edits['rows']:.0f} rows at the median)",
        "median at most 5 ms",
    )
    yield Figure(
        "(f) a new topic",
        f"median {edits['topic']:.2f} ms, 99 % {edits['topic_high']:.1f} ms",
        "for information",
    )
    yield Figure(f"(f) wrong cells afterwards, of {SAMPLES:,} sampled", f"{edits['wrong']:.0f}", "0")


def _in_a_process(what: str) -> Measured:
    command = [sys.executable, "-m", "tests.benchmarks.matrix", what]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: Measured = json.loads(done.stdout)
    return measured


def _index() -> Measured:
    maker = Maker(SEED)
    resources = maker.resources(RESOURCES)
    names = [one.arn for one in resources]
    patterns = [maker.pattern(resources) for _ in range(PATTERNS)]
    started = time.perf_counter()
    index = PatternIndex(names)
    built = time.perf_counter()
    found = [index.sure(pattern) for pattern in patterns]
    ended = time.perf_counter()
    rng = random.Random(SEED)
    wrong = 0
    for _ in range(20_000):
        which, at = rng.randrange(PATTERNS), rng.randrange(RESOURCES)
        covers = resource_matches(patterns[which], index.names[at]) is ResourceMatch.YES
        wrong += covers is not bool(found[which] >> at & 1)
    return {"build": built - started, "patterns": ended - built, "wrong": wrong}


def _account() -> tuple[Maker, BigAccount]:
    maker = Maker(SEED)
    return maker, maker.account(resources=RESOURCES, policies=POLICIES, principals=PRINCIPALS)


def _whole() -> Measured:
    _, account = _account()
    gc.collect()
    started = time.perf_counter()
    grid = Grid(account=ACCOUNT, resources=account.resources, holders=account.holders)
    grid.fill()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "peak_mb": peak,
        "rows": len(set(map(_held, account.holders.values()))),
        "atoms": grid.atoms,
        "wrong": _wrong(grid, account.resources, account.holders),
    }


def _held(policies: tuple[SourcedPolicy, ...]) -> frozenset[tuple[str, str | None]]:
    return frozenset((policy.label, policy.resource_group) for policy in policies)


def _edits() -> Measured:
    maker, account = _account()
    holders: dict[str, tuple[SourcedPolicy, ...]] = dict(account.holders)
    grid = Grid(account=ACCOUNT, resources=account.resources, holders=holders)
    grid.fill()
    rng = random.Random(SEED)
    edits, rows, topics, edited = [], [], [], {}
    for _ in range(EDITS):
        label, document = rng.choice(account.policies).label, maker.document(account.resources)
        edited[label] = document
        rows.append(grid.rows_with(label))
        edits.append(_timed(lambda label=label, document=document: grid.edit(label, document)))  # type: ignore[misc]
    there = list(account.resources)
    for one in maker.more(200, account.resources):
        there.append(one)
        topics.append(_timed(lambda one=one: grid.add(one)))  # type: ignore[misc]
    after = {role: tuple(_edited(policy, edited) for policy in held) for role, held in holders.items()}
    return {
        "median": statistics.median(edits),
        "high": statistics.quantiles(edits, n=100)[98],
        "rows": statistics.median(rows),
        "topic": statistics.median(topics),
        "topic_high": statistics.quantiles(topics, n=100)[98],
        "wrong": _wrong(grid, tuple(there), after),
    }


def _timed(work: Callable[[], None]) -> float:
    """How many milliseconds it takes."""
    started = time.perf_counter()
    work()
    return 1_000 * (time.perf_counter() - started)


def _edited(policy: SourcedPolicy, edited: Mapping[str, PolicyDocument]) -> SourcedPolicy:
    return SourcedPolicy(
        document=edited.get(policy.label, policy.document),
        label=policy.label,
        version=policy.version,
        resource_group=policy.resource_group,
    )


def sampled_wrong(account: BigAccount, *, samples: int) -> int:
    """How many sampled cells of an account are wrong."""
    grid = Grid(account=ACCOUNT, resources=account.resources, holders=account.holders)
    return _wrong(grid, account.resources, account.holders, samples)


def _wrong(
    grid: Grid,
    resources: tuple[Resource, ...],
    holders: Mapping[str, tuple[SourcedPolicy, ...]],
    samples: int = SAMPLES,
) -> int:
    """How many sampled cells say of a resource what asking about each action does not say.

    Most resources are nothing to most roles, so half of the sample is of what the role's row has.
    """
    rng = random.Random(SEED)
    roles, columns = sorted(holders), [column for column in COLUMNS if asked_on(column)]
    wrong = checked = 0
    while checked < samples:
        role, column = rng.choice(roles), rng.choice(columns)
        bits = _bits(grid, role, column)
        numbers = [rng.randrange(len(resources))]
        numbers += [rng.choice(_ones(bits[1]))] if bits[1] else []
        for number in numbers:
            one = resources[number]
            if one.series is column.series and one.type in asked_on(column):
                checked += 1
                said = tuple(bool(of >> number & 1) for of in bits)
                wrong += said != _asked(holders[role], column, one)
    return wrong


def _ones(bits: int) -> list[int]:
    return [at for at, bit in enumerate(reversed(f"{bits:b}")) if bit == "1"]


def _bits(grid: Grid, role: str, column: Column) -> tuple[int, int, int]:
    """What is allowed for sure, under conditions, and nobody knows, as bits of resources."""
    row = grid.row(role)
    assert column.series is not None
    service = SERVICE_OF[column.series]
    found = []
    for bits in (row.must, row.may, row.unknown):
        atoms = 0
        for slot in slots().existing:
            if slot.column == column:
                atoms |= bits.get(slot.number, 0)
        found.append(grid.resource_bits(service, atoms))
    return found[0], found[1], found[2] & ~found[1]


def _asked(policies: tuple[SourcedPolicy, ...], column: Column, one: Resource) -> tuple[bool, bool, bool]:
    """The same for one resource, action by action."""
    holder = PrincipalView(name="r", kind=PrincipalKind.ROLE, policies=policies, basis=(), unread=())
    marks = {"topic": "{topic}", "group": "{group}"}
    mark = marks.get(one.type.value, "{instance}")
    standings = set()
    for entry in by_class(column.access):
        forms = [form for form in entry.arn_forms if mark in form]
        forms = [
            form for form in forms if mark != "{instance}" or not ("{topic}" in form or "{group}" in form)
        ]
        if entry.series is column.series and forms:
            found = grant(holder, action=entry.action, resource=one.arn, resource_group=one.resource_group)
            standings.add(found.standing)
    may = bool(standings & {Standing.ALLOWED, Standing.CONDITIONAL})
    return Standing.ALLOWED in standings, may, Standing.UNCERTAIN in standings and not may


def main() -> None:
    """Measure one thing and print it as JSON, or everything as a table."""
    parts = {"index": _index, "whole": _whole, "edits": _edits}
    if sys.argv[1:]:
        json.dump(parts[sys.argv[1]](), sys.stdout)
        return
    for figure in measure_matrix(Path()):
        print(f"{figure.what:<70} {figure.measured:<60} {figure.target}", flush=True)


if __name__ == "__main__":
    main()
