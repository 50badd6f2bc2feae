"""An examination tries every kind of read on one of each, and says what a scan would lack."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.app.examine import Examination, examine
from scanner.model.broker import BrokerRegion
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.ids import AccountId
from scanner.model.snapshot import Subject
from tests.app.fakereader import BOTH, DENIED, DOWN, OWNER, FakeReader


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


class Quiet:
    def expect(self, subject: str, count: int) -> None: ...

    def done(self, subject: str, count: int = 1) -> None: ...

    def note(self, message: str) -> None:
        raise AssertionError(message)


def examined(reader: FakeReader, *, regions: tuple[str, ...] = ()) -> Examination:
    return examine(reader, clock=StoppedClock(), progress=Quiet(), workers=2, regions=regions)


def denied(permission: str) -> CloudFault:
    return CloudFault(
        kind=FaultKind.DENIED, api=permission, code="NoPermission", missing_permission=permission
    )


def test_an_account_where_all_can_be_read_lacks_nothing() -> None:
    reader = FakeReader()
    found = examined(reader)

    assert found.account == AccountId(OWNER)
    assert found.gaps == ()
    assert found.missing_permissions == ()
    assert found.calls == reader.calls()


def test_only_the_first_of_everything_is_asked_for() -> None:
    reader = FakeReader(role_names=tuple(f"role-{number}" for number in range(50)))
    examined(reader)

    assert [name for method, name in reader.asked if method == "role"] == ["role-0"]
    for method, most in (("policy", 2), ("topics", 2), ("trail_status", 1)):
        assert 0 < sum(n for (asked, _), n in reader.asked.items() if asked == method) <= most, method


def test_the_end_of_a_listing_is_not_waited_for() -> None:
    assert examined(FakeReader().fails("roles", "", DOWN)).gaps == ()


def test_every_region_is_tried() -> None:
    reader = FakeReader(
        regions=(BrokerRegion(name="cn-a", series=BOTH), BrokerRegion(name="cn-b", series=BOTH))
    )
    examined(reader)

    assert {name.split()[0] for method, name in reader.asked if method == "instances"} == {"cn-a", "cn-b"}


def test_only_the_regions_that_are_named_are_tried() -> None:
    reader = FakeReader(
        regions=(BrokerRegion(name="cn-a", series=BOTH), BrokerRegion(name="cn-b", series=BOTH))
    )
    examined(reader, regions=("cn-b",))

    assert {name.split()[0] for method, name in reader.asked if method == "instances"} == {"cn-b"}


def test_missing_permissions_are_named_once_and_in_order() -> None:
    reader = FakeReader().fails("role", "*", denied("ram:GetRole"))
    reader.fails("topics", "*", denied("rocketmq:ListTopics"))
    reader.fails("trails", "", denied("actiontrail:DescribeTrails"))

    assert examined(reader).missing_permissions == (
        "actiontrail:DescribeTrails",
        "ram:GetRole",
        "rocketmq:ListTopics",
    )


def test_another_failure_is_a_gap_and_no_missing_permission() -> None:
    found = examined(FakeReader().fails("trails", "", DOWN))

    assert [gap.subject for gap in found.gaps] == [Subject.TRAILS]
    assert found.missing_permissions == ()


def test_a_denial_that_names_no_permission_is_still_a_gap() -> None:
    silent = CloudFault(kind=FaultKind.DENIED, api=DENIED.api, code="NoPermission")
    found = examined(FakeReader().fails("users", "", silent))

    assert [gap.subject for gap in found.gaps] == [Subject.USERS]
    assert found.missing_permissions == ()
