"""Read one account in a process of its own and print how that went, as JSON."""

from __future__ import annotations

import json
import os
import sys
import time

from scanner.app.collect import collect
from scanner.cli.progress import Silent
from scanner.cloud.quotas import DOCUMENTED
from scanner.cloud.session import open_session
from scanner.model.settings import EndpointSettings, PacingSettings, ProfileSettings
from scanner.wiring import SystemClock


def main() -> None:
    """Read the account that the environment points at."""
    threads = int(sys.argv[1])
    rates = {} if sys.argv[2:] == ["paced"] else dict.fromkeys(DOCUMENTED, 0.0)
    session = open_session(
        ProfileSettings(name="bench"),
        endpoints=EndpointSettings(everything=os.environ["CROSSROLE_ENDPOINT"]),
        pacing=PacingSettings(workers=threads, rates=rates),
    )
    started = time.perf_counter()
    snapshot = collect(session.reader(), clock=SystemClock(), progress=Silent(), workers=threads)
    seconds = time.perf_counter() - started
    json.dump(
        {
            "seconds": seconds,
            "calls": sum(row.calls for row in snapshot.calls),
            "throttled": sum(row.throttled for row in snapshot.calls),
            "by_api": {row.api: row.calls for row in snapshot.calls},
            "gaps": len(snapshot.gaps),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
