"""No quota is asked for more than it gives."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.cloud.pacing import Pacer
from scanner.model.settings import PacingSettings
from tests.cloud.hourglass import Hourglass

QUOTAS = {"ram:GetRole": 100.0, "ons:OnsTopicList": 10.0}


def pacer(glass: Hourglass, settings: PacingSettings | None = None) -> Pacer:
    return Pacer(settings or PacingSettings(), now=glass.now, sleep=glass.sleep, quotas=QUOTAS)


def times(glass: Hourglass, paced: Pacer, api: str, count: int) -> list[float]:
    made = []
    for _ in range(count):
        paced.wait(api)
        made.append(glass.time)
    return made


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(start <= other < start + 1.0 for other in moments) for start in moments)


def test_a_lane_gives_its_share_of_the_quota_and_no_more() -> None:
    glass = Hourglass()
    moments = times(glass, pacer(glass), "ram:GetRole", 951)

    assert moments[-1] - moments[0] == pytest.approx(950 / 95, rel=0.01)
    assert most_in_a_second(moments) <= 100


@given(st.lists(st.floats(min_value=0.0, max_value=3.0), min_size=1, max_size=60))
def test_no_second_holds_more_calls_than_the_quota_whatever_the_pauses(pauses: list[float]) -> None:
    glass = Hourglass()
    paced = pacer(glass)
    moments = []
    for pause in pauses:
        glass.time += pause
        moments.extend(times(glass, paced, "ons:OnsTopicList", 5))

    assert most_in_a_second(moments) <= 10


def test_apis_do_not_wait_for_each_other() -> None:
    glass = Hourglass()
    paced = pacer(glass)
    times(glass, paced, "ons:OnsTopicList", 50)
    before = glass.time
    paced.wait("ram:GetRole")

    assert glass.time == before


def test_an_api_without_a_quota_is_not_paced() -> None:
    glass = Hourglass()
    times(glass, pacer(glass), "made:Up", 1000)

    assert glass.slept == []


def test_settings_replace_a_quota() -> None:
    glass = Hourglass()
    moments = times(glass, pacer(glass, PacingSettings(rates={"ram:GetRole": 2.0})), "ram:GetRole", 11)

    assert moments[-1] - moments[0] == pytest.approx(5.0)


def test_a_rate_of_nought_is_no_limit() -> None:
    glass = Hourglass()
    times(glass, pacer(glass, PacingSettings(rates={"ram:GetRole": 0.0})), "ram:GetRole", 1000)

    assert glass.slept == []


def test_throttling_halves_the_rate_and_it_recovers_bit_by_bit() -> None:
    glass = Hourglass()
    paced = pacer(glass)
    paced.wait("ram:GetRole")
    paced.slow_down("ram:GetRole")
    assert paced.rate("ram:GetRole") == pytest.approx(47.5)

    glass.time += 2.0
    paced.wait("ram:GetRole")
    assert paced.rate("ram:GetRole") == pytest.approx(47.5 + 2 * 9.5)

    glass.time += 60.0
    paced.wait("ram:GetRole")
    assert paced.rate("ram:GetRole") == pytest.approx(95.0)


def test_calls_that_were_under_way_together_slow_a_lane_once() -> None:
    glass = Hourglass()
    paced = pacer(glass)
    for _ in range(30):
        paced.slow_down("ram:GetRole")

    assert paced.rate("ram:GetRole") == pytest.approx(47.5)


def test_a_lane_never_comes_to_a_stop() -> None:
    glass = Hourglass()
    paced = pacer(glass)
    for _ in range(200):
        paced.slow_down("ram:GetRole")
        glass.time += 1.0

    rate = paced.rate("ram:GetRole")
    assert rate is not None
    assert rate >= 95.0 * 0.05


def test_threads_share_one_lane() -> None:
    asked: list[float] = []
    paced = Pacer(PacingSettings(), now=lambda: 0.0, sleep=asked.append, quotas=QUOTAS)

    def hundred_calls() -> None:
        for _ in range(100):
            paced.wait("ram:GetRole")

    threads = [threading.Thread(target=hundred_calls) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # With a clock that stands still, every call but the first gets a slot of its own further away.
    assert len(set(asked)) == len(asked) == 799
    assert max(asked) == pytest.approx(799 / 95)


@pytest.mark.parametrize(
    ("api", "quota"),
    [
        ("ram:GetRole", 100),
        ("ram:UpdateRole", 20),
        ("ram:AttachPolicyToRole", 10),
        ("ram:DetachPolicyFromRole", 10),
        ("sts:AssumeRole", 100),
        ("rocketmq:ListTopics", 150),
        ("ons:OnsTopicList", 10),
        ("ons:OnsInstanceInServiceList", 50),
        ("actiontrail:LookupEvents", 2),
    ],
)
def test_the_pace_of_an_api_is_its_documented_quota(api: str, quota: float) -> None:
    pacer = Pacer(PacingSettings(share=1.0), now=lambda: 0.0, sleep=lambda _: None)

    assert pacer.rate(api) == quota
