"""A scan can be interrupted while it waits for the service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tests.cloud.opening import auditor
from tests.cloudfixture import env_of, running_cloud

_SCAN = """
from tests.cloud.opening import *
from scanner.cloud.session import open_session
import os
session = open_session(
    ProfileSettings(name="p"),
    endpoints=EndpointSettings(everything=os.environ["CROSSROLE_ENDPOINT"]),
    pacing=PacingSettings(read_timeout_seconds=600.0),
)
class Telling(Quiet):
    def expect(self, subject, count):
        if subject == Subject.ROLE:
            print("begun", flush=True)
collect(session.reader(), clock=StoppedClock(), progress=Telling(), workers=8)
"""


def test_an_interrupt_ends_a_scan_although_the_service_does_not_answer() -> None:
    with running_cloud("tiny") as cloud:
        cloud.faults.add("ram:GetPolicy=slow,seconds=600")
        cloud.faults.add("ram:GetRole=slow,seconds=600")
        environment = {**os.environ, **env_of(cloud, auditor())}
        with subprocess.Popen(
            [sys.executable, "-c", _SCAN],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            try:
                assert process.stdout.readline() == "begun\n"
                process.send_signal(signal.SIGINT)
                # The answers are ten minutes away; ending at all within this time is the point.
                _, errors = process.communicate(timeout=60)
            finally:
                process.kill()
    assert "KeyboardInterrupt" in errors
    assert process.returncode != 0
