"""Reads are tried again where that can help, and given up where it cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner.cloud.breaker import GIVEN_UP_AFTER, PROBES_EVERY
from scanner.cloud.call import LONGEST_ASKED_WAIT_SECONDS, Caller
from scanner.cloud.logsafe import import_sdk
from scanner.cloud.pacing import Pacer
from scanner.errors import CloudError
from scanner.model.fault import FaultKind
from scanner.model.settings import PacingSettings
from tests.cloud.hourglass import Hourglass

exceptions = import_sdk("alibabacloud_tea_openapi.exceptions")
core = import_sdk("darabonba.exceptions")
tea = import_sdk("Tea.exceptions")

GOOD = {"RequestId": "1"}


def refusal(code: str, status: int) -> Exception:
    error: Exception = exceptions.ClientException(status_code=status, code=code, data={"Code": code})
    return error


THROTTLED = refusal("Throttling.User", 400)
BUSY = refusal("ServiceUnavailable", 503)
DENIED = refusal("NoPermission", 403)
UNREACHABLE: Exception = tea.UnretryableException(None, core.RetryError("Connection refused"))
PAGE: Exception = tea.UnretryableException(None, RuntimeError("Failed to parse <html>"))


class Service:
    """Answers with what it was given, the last answer for ever."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self) -> object:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def caller(glass: Hourglass, *, attempts: int = 4, jitter: Callable[[], float] = lambda: 1.0) -> Caller:
    settings = PacingSettings(rates={"ram:GetRole": 0.0})
    pacer = Pacer(settings, now=glass.now, sleep=glass.sleep)
    return Caller(pacer, attempts=attempts, sleep=glass.sleep, redact=lambda text: text, jitter=jitter)


def fault_kind(made: Caller, service: Service, *, host: str = "h") -> FaultKind:
    with pytest.raises(CloudError) as caught:
        made.call("ram:GetRole", host=host, operation=service)
    return caught.value.fault.kind


@pytest.mark.parametrize("passing", [THROTTLED, BUSY, PAGE])
def test_what_passes_is_waited_out(passing: Exception) -> None:
    glass = Hourglass()
    service = Service(passing, passing, GOOD)

    assert caller(glass).call("ram:GetRole", host="h", operation=service).fields == GOOD
    assert service.asked == 3
    assert glass.slept == [pytest.approx(0.2), pytest.approx(0.4)]


def test_waiting_is_scattered_so_that_callers_do_not_come_back_together() -> None:
    glass = Hourglass()
    caller(glass, jitter=lambda: 0.0).call("ram:GetRole", host="h", operation=Service(THROTTLED, GOOD))

    assert glass.slept == [pytest.approx(0.1)]


def test_a_refusal_is_not_tried_again() -> None:
    service = Service(DENIED)
    assert fault_kind(caller(Hourglass()), service) is FaultKind.DENIED
    assert service.asked == 1


def test_a_body_that_is_no_object_is_not_tried_again() -> None:
    service = Service([])
    assert fault_kind(caller(Hourglass()), service) is FaultKind.MALFORMED
    assert service.asked == 1


def test_an_answer_of_no_success_is_a_fault_although_its_status_is_200() -> None:
    service = Service({"success": False, "code": "Instance.NotFound", "httpStatusCode": 404})
    assert fault_kind(caller(Hourglass()), service) is FaultKind.NOT_FOUND


def test_an_answer_of_no_success_may_be_throttling_and_pass() -> None:
    slow = {"success": False, "code": "Throttling.User", "httpStatusCode": 429}
    good = {"success": True, "data": {}}
    assert caller(Hourglass()).call("ram:GetRole", host="h", operation=Service(slow, good)).fields == good


def test_a_success_that_is_no_truth_value_is_a_fault() -> None:
    assert fault_kind(caller(Hourglass()), Service({"success": "yes"})) is FaultKind.MALFORMED


def test_attempts_end_and_throttling_gets_more_of_them() -> None:
    busy, throttled = Service(BUSY), Service(THROTTLED)
    assert fault_kind(caller(Hourglass(), attempts=3), busy) is FaultKind.SERVER
    assert fault_kind(caller(Hourglass(), attempts=3), throttled) is FaultKind.THROTTLED
    assert (busy.asked, throttled.asked) == (3, 6)


def test_a_host_that_never_answered_is_given_up_soon() -> None:
    made = caller(Hourglass())
    silent = Service(UNREACHABLE)
    assert fault_kind(made, silent) is FaultKind.UNREACHABLE
    assert silent.asked == 2

    made.call("ram:GetRole", host="h", operation=Service(GOOD))
    broken = Service(UNREACHABLE)
    assert fault_kind(made, broken) is FaultKind.UNREACHABLE
    assert broken.asked == 4


def test_the_wait_that_the_service_asks_for_is_granted_within_reason() -> None:
    glass = Hourglass()
    error = exceptions.ThrottlingException(status_code=429, code="Throttling", retry_after=3_000, data={})
    caller(glass, jitter=lambda: 0.0).call("ram:GetRole", host="h", operation=Service(error, GOOD))
    error = exceptions.ThrottlingException(status_code=429, code="Throttling", retry_after=9_999_999, data={})
    caller(glass, jitter=lambda: 0.0).call("ram:GetRole", host="h", operation=Service(error, GOOD))

    assert glass.slept == [3.0, LONGEST_ASKED_WAIT_SECONDS]


def test_an_api_that_is_down_is_not_asked_for_every_read() -> None:
    made = caller(Hourglass(), attempts=2)
    service = Service(BUSY)
    for _ in range(1_000):
        assert fault_kind(made, service) is FaultKind.SERVER

    probes = (1_000 - GIVEN_UP_AFTER) // PROBES_EVERY
    assert service.asked == GIVEN_UP_AFTER * 2 + probes


def test_one_answer_makes_an_api_usable_again() -> None:
    made = caller(Hourglass(), attempts=1)
    for _ in range(GIVEN_UP_AFTER):
        fault_kind(made, Service(BUSY))
    back = Service(GOOD)
    for _ in range(PROBES_EVERY - 1):
        fault_kind(made, back)
    assert back.asked == 0
    for _ in range(10):
        made.call("ram:GetRole", host="h", operation=back)

    assert back.asked == 10


def test_an_api_down_in_one_region_is_asked_in_another() -> None:
    made = caller(Hourglass(), attempts=1)
    for _ in range(50):
        fault_kind(made, Service(UNREACHABLE), host="ons.cn-a.aliyuncs.com")

    assert made.call("ram:GetRole", host="ons.cn-b.aliyuncs.com", operation=Service(GOOD)).fields == GOOD


def test_a_denied_read_does_not_make_an_api_unusable() -> None:
    made = caller(Hourglass())
    service = Service(DENIED)
    for _ in range(100):
        fault_kind(made, service)

    assert service.asked == 100


def test_every_call_is_counted() -> None:
    made = caller(Hourglass())
    made.call("ram:GetRole", host="h", operation=Service(THROTTLED, BUSY, GOOD))
    fault_kind(made, Service(DENIED))
    (counted,) = made.counts()

    assert (counted.api, counted.calls, counted.throttled, counted.failed) == ("ram:GetRole", 4, 1, 2)


def test_no_error_of_the_sdk_is_chained_to_ours() -> None:
    with pytest.raises(CloudError) as caught:
        caller(Hourglass()).call("ram:GetRole", host="h", operation=Service(DENIED))

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
