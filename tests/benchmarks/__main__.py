"""Measure the engine, the access matrix and a scan, the last on world `full`, and print the figures as a table.

The letters are of two lists: first those of the engine and the matrix, then those of a scan.

The local cloud runs in its own process with 20 ms latency. Each figure stands beside its target; nothing
is asserted. Figures move with the machine; ratios in one run are what to compare.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.engine import measure_comparisons, measure_decisions, measure_import
from tests.benchmarks.figure import Figure
from tests.benchmarks.matrix import measure_matrix

ABOUT_DOCUMENTS = {
    "can-change-own-permissions",
    "chains-to-any-role",
    "dormant-version-is-broader",
    "grants-everything",
    "grants-whole-rocketmq",
    "instance-password-readable",
    "network-can-be-opened",
    "policy-not-understood",
    "prefix-matches-several-instances",
    "publish-or-subscribe-on-everything",
    "read-only-role-reads-messages",
    "resource-matches-nothing",
    "wrong-series",
}
"""Rules whose verdict needs the documents of permission policies."""
LATENCY_MS = 20
THREADS = 32
_QUIET_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("ALIBABA_CLOUD_", "CROSSROLE_")) and not name.lower().endswith("_proxy")
}


@dataclass(frozen=True)
class Run:
    """One finished process."""

    code: int
    seconds: float
    peak_mb: float
    output: str


def run(command: list[str], environment: dict[str, str]) -> Run:
    """Run a process to its end and account for it."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return Run(process.returncode, seconds, usage.ru_maxrss / 1024, output.read())


@contextmanager
def cloud(*options: str) -> Iterator[dict[str, str]]:
    """A local cloud in its own process; yields the environment that points at it."""
    command = [sys.executable, "-m", "scanner", "cloud", "--world", "full", *options]
    process = subprocess.Popen(
        command, env=_QUIET_ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        environment = dict(_QUIET_ENVIRONMENT)
        for line in process.stdout:
            name, _, value = line.removeprefix("export ").strip().partition("=")
            if line.startswith("export "):
                environment[name] = value
            if name == "CROSSROLE_ENDPOINT":
                break
        yield environment
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def settings_file(folder: Path, *, paced: bool) -> Path:
    """Settings for a scan, with the quotas as documented or with none."""
    from scanner.cloud.quotas import DOCUMENTED  # noqa: PLC0415 - the table only

    rates = "" if paced else "[pacing.rates]\n" + "".join(f'"{api}" = 0\n' for api in DOCUMENTED)
    path = folder / f"{'paced' if paced else 'unpaced'}.toml"
    path.write_text(f"[pacing]\nworkers = {THREADS}\n{rates}", encoding="utf-8")
    return path


def scan(folder: Path, environment: dict[str, str], *, paced: bool, store: str) -> Run:
    """One `crossrole scan` into `store`."""
    config = settings_file(folder, paced=paced)
    command = [sys.executable, "-m", "scanner", "scan", "--quiet", "--json", "--config", str(config)]
    return run([*command, "--store", f"sqlite:///{folder / store}"], environment)


def measure_throughput(folder: Path) -> Iterator[Figure]:
    """(a) SDK calls per second with quotas off."""
    with cloud("--latency-ms", str(LATENCY_MS), "--no-quotas") as environment:
        rates = []
        for _ in range(3):
            done = run([sys.executable, "-m", "tests.benchmarks.reading", str(THREADS)], environment)
            measured = json.loads(done.output)
            rates.append(measured["calls"] / measured["seconds"])
    yield Figure(
        f"(a) SDK calls a second, quotas off, {THREADS} threads",
        f"{statistics.median(rates):.0f} (median of {len(rates)}: {min(rates):.0f} to {max(rates):.0f})",
        "at least 700",
    )


def measure_scan(folder: Path) -> Iterator[Figure]:
    """(b) wall time under quotas, (c) memory, (d) growth of an unchanged second scan."""
    from scanner.cloud.quotas import DOCUMENTED  # noqa: PLC0415 - the table only

    with cloud("--latency-ms", str(LATENCY_MS)) as environment:
        reading = run([sys.executable, "-m", "tests.benchmarks.reading", str(THREADS), "paced"], environment)
        measured = json.loads(reading.output)
        api, bound = max(
            ((api, calls / DOCUMENTED[api]) for api, calls in measured["by_api"].items()),
            key=lambda row: row[1],
        )
        yield Figure(
            f"(b) reading under quotas / bound ({measured['by_api'][api]} {api} = {bound:.1f} s)",
            f"{measured['seconds'] / bound:.2f} ({measured['seconds']:.1f} s)",
            "at most 1.15",
        )
        yield Figure("(b) throttled calls, retried", str(measured["throttled"]), "none surfaced")
        yield Figure("(b) gaps", str(measured["gaps"]), "0")
        first = scan(folder, environment, paced=True, store="full.db")
        size = (folder / "full.db").stat().st_size
        yield Figure(
            "(b) whole command: wall / bound",
            f"{first.seconds / bound:.2f} ({first.seconds:.1f} s)",
            "for information",
        )
        yield Figure("(c) peak memory of the scan", f"{first.peak_mb:.0f} MB", "at most 200 MB")
        second = scan(folder, environment, paced=True, store="full.db")
        grown = (folder / "full.db").stat().st_size - size
        yield Figure(
            "(d) growth of the store by an unchanged scan",
            f"{100 * grown / size:.2f} % ({grown / 1024:.0f} of {size / 1024:.0f} KB), exit {second.code}",
            "at most 2 %",
        )


def measure_start(_folder: Path) -> Iterator[Figure]:
    """(e) how long `crossrole --help` takes."""
    command = shutil.which("crossrole", path=str(Path(sys.executable).parent)) or "crossrole"
    ratios = []
    for _ in range(15):
        bare = run([sys.executable, "-c", "pass"], _QUIET_ENVIRONMENT).seconds
        ratios.append(run([command, "--help"], _QUIET_ENVIRONMENT).seconds / bare)
    yield Figure("(e) crossrole --help / bare interpreter", f"{statistics.median(ratios):.1f}", "at most 6")


def measure_throttled(folder: Path) -> Iterator[Figure]:
    """Under 100 % throttling of policy documents no verdict that needs them may be PASS."""
    faults = ["--fault", "ram:GetPolicy=throttle", "--fault", "ram:GetPolicyVersion=throttle"]
    with cloud("--no-quotas", *faults) as environment:
        path = settings_file(folder, paced=False)
        path.write_text(path.read_text(encoding="utf-8").replace("[pacing]\n", "[pacing]\nattempts = 2\n"))
        command = [sys.executable, "-m", "scanner", "scan", "--quiet", "--json", "--config", str(path)]
        done = run([*command, "--store", f"sqlite:///{folder / 'throttled.db'}"], environment)
        answer = json.loads(done.output)
        store = f"sqlite:///{folder / 'throttled.db'}"
        passing = [
            sys.executable,
            "-m",
            "scanner",
            "findings",
            "--verdict",
            "pass",
            "--json",
            "--store",
            store,
        ]
        passed = {finding["rule"] for finding in json.loads(run(passing, environment).output)}
    unknown = sum(f["verdict"] == "unknown" for a in answer["accounts"] for f in a["findings"])
    yield Figure(
        "documents throttled: rules about permissions that PASS", str(len(passed & ABOUT_DOCUMENTS)), "0"
    )
    yield Figure("documents throttled: exit code", str(done.code), "4 or worse")
    yield Figure("documents throttled: UNKNOWN verdicts", str(unknown), "all that need them")


def measure_demo(folder: Path) -> Iterator[Figure]:
    """How long the demo takes."""
    command = [sys.executable, "-m", "scanner", "demo", "--quiet", "--output", str(folder / "demo")]
    done = run(command, _QUIET_ENVIRONMENT)
    yield Figure("the demo, from start to report", f"{done.seconds:.1f} s, exit {done.code}", "under 20 s")


MEASURES: tuple[Callable[[Path], Iterator[Figure]], ...] = (
    measure_comparisons,
    measure_decisions,
    measure_matrix,
    measure_import,
    measure_start,
    measure_demo,
    measure_throughput,
    measure_scan,
    measure_throttled,
)


def main() -> None:
    """Measure and print."""
    print(f"{'what':<70} {'measured':<45} target", flush=True)
    with tempfile.TemporaryDirectory(prefix="crossrole-bench-") as folder:
        for measure in MEASURES:
            for figure in measure(Path(folder)):
                print(f"{figure.what:<70} {figure.measured:<45} {figure.target}", flush=True)


if __name__ == "__main__":
    main()
