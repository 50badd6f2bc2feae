"""The operations that the adapters name exist in the SDKs, and none of them is forbidden."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest

import scanner.cloud
from scanner.cloud.logsafe import import_sdk
from scanner.cloud.quotas import DOCUMENTED
from scanner.cloud.wire import SDKS, Gates, method_name

SCANNED = sorted(api for api in DOCUMENTED if api != "actiontrail:LookupEvents")


@pytest.mark.parametrize("api", SCANNED)
def test_each_api_is_an_operation_of_its_sdk(api: str) -> None:
    service, _, operation = api.partition(":")
    client = import_sdk(f"{SDKS[service]}.client").Client
    assert callable(getattr(client, f"{method_name(operation)}_with_options"))


def test_each_operation_asked_for_has_a_quota() -> None:
    # An operation without a row would go out unpaced.
    sources = Path(scanner.cloud.__file__).parent.glob("*.py")
    asked = {
        name
        for source in sources
        for name in re.findall(r'(?:\.ask|_pages)\(\s*"(\w+)"', source.read_text(encoding="utf-8"))
    }
    assert asked == {api.partition(":")[2] for api in SCANNED}


def test_no_adapter_names_the_operation_that_returns_a_password() -> None:
    # As a string or a method; prose may speak of it.
    sources = sorted(Path(scanner.cloud.__file__).parent.glob("*.py"))
    named = [
        path.name
        for path in sources
        if re.search("""["'.]get_?instance_?account""", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]

    assert len(sources) > 10
    assert named == []


def test_the_first_call_to_a_host_goes_alone() -> None:
    gates = Gates()
    under_way: list[int] = [0]
    most_at_first = []
    lock = threading.Lock()

    def operation() -> object:
        with lock:
            under_way[0] += 1
            most_at_first.append(under_way[0])
        time.sleep(0.02)
        with lock:
            under_way[0] -= 1
        return None

    threads = [threading.Thread(target=lambda: gates.through("h", operation)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # The second to begin saw nobody under way: the first had ended.
    assert most_at_first[:2] == [1, 1]
    assert max(most_at_first) > 1


def test_a_first_call_that_fails_opens_the_gate_as_well() -> None:
    gates = Gates()

    def fails() -> object:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the bare error of this test
        gates.through("h", fails)
    assert gates.through("h", lambda: 1) == 1
