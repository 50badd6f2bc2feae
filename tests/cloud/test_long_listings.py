"""Listings of very many pages, over HTTP and through the official SDK: read to their end, and not kept."""

from __future__ import annotations

import gc
import tracemalloc
from collections import deque

import pytest

from scanner.errors import CloudError
from scanner.model.broker import Instance, Series
from scanner.model.fault import FaultKind
from scanner.model.role import Role
from tests.cloud.manypages import ManyPages
from tests.cloud.opening import OWNER, auditor, opened
from tests.cloudfixture import Credentials, load, running_cloud

NOBODY = Credentials("LOCALKEYNOBODY", "local-secret-nobody")
FIVE = "rmq-cn-tiny00001"
ADDRESSES = 30_000
MOST_KEPT_BYTES = 1_000_000


def living(kind: type) -> int:
    """How many values of `kind` there are in the process, rubbish aside."""
    gc.collect()
    return sum(type(each) is kind for each in gc.get_objects())


def test_hundreds_of_pages_of_the_local_cloud_are_read_to_the_end_and_not_kept() -> None:
    world = load("tiny")
    account = world.accounts[OWNER]
    kept = account.instances5[FIVE]
    kept.whitelist[:] = [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(ADDRESSES)]
    wanted = iter(list(kept.whitelist))
    with running_cloud(world, quotas=False) as cloud:
        reader = opened(cloud.endpoint, auditor()).reader()
        pages = reader.ip_whitelist(
            Instance(series=Series.V5, instance_id=FIVE, region="cn-hangzhou", name="logistics")
        )
        count = 1
        assert list(next(pages)) == [next(wanted) for _ in range(100)]
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            for page in pages:
                count += 1
                assert list(page) == [next(wanted) for _ in page]
                # The cloud in this process writes every call down, which is not what is measured.
                account.events.clear()
            after, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (count, next(wanted, None)) == (ADDRESSES // 100, None)
        assert cloud.calls["rocketmq:ListInstanceIpWhitelist"] == count
    assert after - before < MOST_KEPT_BYTES


def test_ten_thousand_pages_are_read_to_the_end_and_not_kept() -> None:
    before = living(Role)
    most = 0
    with ManyPages(10_000) as service:
        count = 0
        for (role,) in opened(service.endpoint, NOBODY).reader().roles():
            assert role.name == f"role-{count}"
            count += 1
            if count % 2_500 == 0:
                most = max(most, living(Role) - before)
        assert count == service.asked == 10_000
    # The one in hand, and a page on its way.
    assert 1 <= most <= 2


def test_pages_that_go_round_in_a_circle_end_with_an_error() -> None:
    with ManyPages(0, turn=500) as service:
        pages = opened(service.endpoint, NOBODY).reader().roles()
        with pytest.raises(CloudError, match="repeats a marker") as caught:
            deque(pages, maxlen=0)
        assert caught.value.fault.kind is FaultKind.MALFORMED
        assert service.asked == 501


def test_a_listing_whose_every_page_repeats_the_last_ends_with_an_error() -> None:
    with running_cloud("tiny", quotas=False) as cloud:
        cloud.faults.add("ram:ListRoles=repeated-marker")
        with pytest.raises(CloudError, match="repeats a marker"):
            list(opened(cloud.endpoint, auditor()).reader().roles())
        assert cloud.calls["ram:ListRoles"] == 2
