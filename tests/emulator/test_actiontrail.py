"""Trails and the look-up of events, through the official SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alibabacloud_actiontrail20200706 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from tests.cloudfixture import running_cloud
from tests.emulator.small import EVERYTHING, OWNER, Sdk, World, trail

ISO = "%Y-%m-%dT%H:%M:%SZ"
NOW = datetime.now(UTC).replace(microsecond=0)


def event(number: int, minutes_ago: float = 0, **more: object) -> dict[str, Any]:
    return {
        "eventId": f"e{number:04d}",
        "eventTime": (NOW - timedelta(minutes=minutes_ago)).strftime(ISO),
        "eventName": "AssumeRole",
        "serviceName": "Sts",
        "eventRW": "Write",
        "userIdentity": {"userName": "alice", "accessKeyId": "K"},
        **more,
    }


@pytest.fixture
def build() -> World:
    return World()


@pytest.fixture
def client(build: World) -> Iterator[Sdk]:
    key = build.user(OWNER, "admin", EVERYTHING)
    with running_cloud(build.world, quotas=False) as cloud:
        yield trail(cloud, key)


def look(client: Sdk, *attributes: tuple[str, str], **more: object) -> Sdk:
    wanted = [models.LookupEventsRequestLookupAttribute(key=key, value=value) for key, value in attributes]
    return client.lookup_events(models.LookupEventsRequest(lookup_attribute=wanted or None, **more)).body


def ids(body: Sdk) -> list[str]:
    return [event["eventId"] for event in body.events]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(AlibabaCloudException) as raised:
        call()
    return str(raised.value.code)


def test_the_newest_events_come_first(build: World, client: Sdk) -> None:
    build.account(OWNER).events.extend([event(1, 3), event(2, 2), event(3, 1)])
    assert ids(look(client)) == ["e0003", "e0002", "e0001"]


def test_the_oldest_come_first_when_asked_for(build: World, client: Sdk) -> None:
    build.account(OWNER).events.extend([event(1, 3), event(2, 2)])
    assert ids(look(client, ("EventName", "AssumeRole"), direction="FORWARD")) == ["e0001", "e0002"]


def test_pages_show_every_event_once_while_new_ones_arrive(build: World, client: Sdk) -> None:
    build.account(OWNER).events.extend(event(number, 300 - number) for number in range(120))
    found: list[str] = []
    token = None
    while True:
        body = look(client, ("EventName", "AssumeRole"), max_results="50", next_token=token)
        assert len(body.events) <= 50
        found += ids(body)
        token = body.next_token
        build.account(OWNER).events.append(event(9000 + len(found)))
        if token is None:
            break
    assert found == [f"e{number:04d}" for number in range(119, -1, -1)]


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        (("EventName", "CreateRole"), ["e0002"]),
        (("EventName", "createrole"), []),
        (("ServiceName", "Ram"), ["e0002"]),
        (("EventRW", "Read"), ["e0003"]),
        (("User", "bob"), ["e0003"]),
        (("EventAccessKeyId", "K"), ["e0002", "e0001"]),
        (("EventId", "e0001"), ["e0001"]),
        (("RoleName", "partner"), ["e0001"]),
        (("ResourceName", "second"), ["e0002"]),
        (("ResourceType", "ACS::RAM::Role"), ["e0002"]),
        (("SensitiveAction", "true"), ["e0003"]),
        (("SourceIpAddress", "203.0.113.1"), ["e0003"]),
    ],
)
def test_events_are_found_by_attribute(
    build: World, client: Sdk, attribute: tuple[str, str], expected: list[str]
) -> None:
    build.account(OWNER).events.extend(
        [
            event(1, 3, requestParameters={"RoleArn": f"acs:ram::{OWNER}:role/partner"}),
            event(
                2,
                2,
                eventName="CreateRole",
                serviceName="Ram",
                resourceType="ACS::RAM::Policy;ACS::RAM::Role",
                resourceName="first;second",
            ),
            event(
                3,
                1,
                eventRW="Read",
                userIdentity={"userName": "bob", "accessKeyId": "L"},
                eventAttributes={"SensitiveAction": "true"},
                sourceIpAddress="203.0.113.1",
            ),
        ]
    )
    window = {"start_time": (NOW - timedelta(hours=1)).strftime(ISO), "end_time": NOW.strftime(ISO)}
    found = [name for name in ids(look(client, attribute, **window)) if name.startswith("e0")]
    assert found == expected


def test_two_attributes_must_both_fit_and_a_third_is_ignored(build: World, client: Sdk) -> None:
    build.account(OWNER).events.extend([event(1, 2), event(2, 1, eventRW="Read")])
    both = [("EventName", "AssumeRole"), ("EventRW", "Read")]
    assert ids(look(client, *both)) == ["e0002"]
    assert ids(look(client, *both, ("EventId", "e0001"))) == ["e0002"]


def test_of_one_attribute_named_twice_the_second_counts(build: World, client: Sdk) -> None:
    build.account(OWNER).events.extend([event(1, 2), event(2, 1, eventName="CreateRole")])
    assert ids(look(client, ("EventName", "AssumeRole"), ("EventName", "CreateRole"))) == ["e0002"]


def test_the_window_is_seven_days_unless_told(build: World, client: Sdk) -> None:
    build.account(OWNER).events.extend([event(1, 8 * 24 * 60), event(2, 6 * 24 * 60)])
    assert ids(look(client)) == ["e0002"]
    start = (NOW - timedelta(days=89)).strftime(ISO)
    end = (NOW - timedelta(days=1)).strftime(ISO)
    body = look(client, start_time=start, end_time=end)
    assert ids(body) == ["e0002", "e0001"]
    assert (body.start_time, body.end_time) == (start, end)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"start_time": "2026-01-01T00:00:00Z"}, "InvalidParameterCombination"),
        ({"start_time": "today", "end_time": NOW.strftime(ISO)}, "InvalidParameterStartTime"),
        (
            {"start_time": (NOW - timedelta(days=91)).strftime(ISO), "end_time": NOW.strftime(ISO)},
            "InvalidParameterStartTime",
        ),
        ({"start_time": NOW.strftime(ISO), "end_time": "today"}, "InvalidParameterEndTime"),
        (
            {"start_time": NOW.strftime(ISO), "end_time": (NOW - timedelta(days=1)).strftime(ISO)},
            "InvalidParameterEndTime",
        ),
        ({"max_results": "51"}, "InvalidQueryParameter"),
        ({"max_results": "0"}, "InvalidQueryParameter"),
        ({"max_results": "many"}, "InvalidQueryParameter"),
        ({"direction": "SIDEWAYS"}, "InvalidQueryParameter"),
        ({"next_token": "nonsense"}, "InvalidQueryParameter"),
        ({"next_token": "bnVsbA=="}, "InvalidQueryParameter"),
        ({"next_token": "WzEsIDIsIDMsIHRydWUsIDVd"}, "InvalidQueryParameter"),
        ({"max_results": "9" * 5_000}, "InvalidQueryParameter"),
    ],
)
def test_a_wrong_question_is_refused(client: Sdk, request_: dict[str, str], code: str) -> None:
    assert code_of(lambda: look(client, **request_)) == code


def test_an_unknown_attribute_is_refused(client: Sdk) -> None:
    assert code_of(lambda: look(client, ("Colour", "red"))) == "InvalidQueryParameter"


def test_a_token_goes_with_the_question_it_came_from(build: World, client: Sdk) -> None:
    build.account(OWNER).events.extend([event(1, 2), event(2, 1)])
    token = look(client, ("EventName", "AssumeRole"), max_results="1").next_token
    assert code_of(lambda: look(client, ("EventRW", "Write"), next_token=token)) == "InvalidQueryParameter"


NAME = "audit-trail"


def create(client: Sdk, name: str = NAME, **more: object) -> Sdk:
    settings = {"oss_bucket_name": "bucket", "event_rw": "All", **more}
    return client.create_trail(models.CreateTrailRequest(name=name, **settings)).body


def described(client: Sdk) -> Sdk:
    (found,) = client.describe_trails(models.DescribeTrailsRequest()).body.trail_list
    return found


def test_a_new_trail_does_not_log_until_told(client: Sdk) -> None:
    body = create(client)
    assert (body.name, body.event_rw, body.trail_region) == (NAME, "All", "All")
    assert described(client).status == "Fresh"
    client.start_logging(models.StartLoggingRequest(name=NAME))
    assert described(client).status == "Enable"
    status = client.get_trail_status(models.GetTrailStatusRequest(name=NAME)).body
    assert (status.is_logging, status.oss_bucket_status) == (True, True)
    client.stop_logging(models.StopLoggingRequest(name=NAME))
    assert described(client).status == "Disable"
    assert not client.get_trail_status(models.GetTrailStatusRequest(name=NAME)).body.is_logging


def test_a_trail_is_changed_and_deleted(client: Sdk) -> None:
    create(client)
    project = f"acs:log:cn-hangzhou:{OWNER}:project/audit"
    client.update_trail(models.UpdateTrailRequest(name=NAME, event_rw="Write", sls_project_arn=project))
    found = described(client)
    assert (found.event_rw, found.sls_project_arn, found.oss_bucket_name) == ("Write", project, "bucket")
    client.delete_trail(models.DeleteTrailRequest(name=NAME))
    assert client.describe_trails(models.DescribeTrailsRequest()).body.trail_list == []


def test_trails_are_found_by_name(client: Sdk) -> None:
    create(client)
    create(client, "other-trail")
    request = models.DescribeTrailsRequest(name_list="other-trail")
    assert [found.name for found in client.describe_trails(request).body.trail_list] == ["other-trail"]


def test_what_cannot_be_a_trail_is_refused(client: Sdk) -> None:
    create(client)
    assert code_of(lambda: create(client)) == "TrailAlreadyExistsException"
    assert code_of(lambda: create(client, "x")) == "InvalidTrailNameException"
    assert (
        code_of(lambda: create(client, "no-target", oss_bucket_name=None))
        == "InvalidDeliveryConfigurationException"
    )
    assert code_of(lambda: create(client, "odd-trail", event_rw="Some")) == "InvalidQueryParameter"
    for number in range(4):
        create(client, f"trail-{number}")
    assert code_of(lambda: create(client, "trail-5")) == "MaximumNumberOfTrailsExceededException"


def test_a_trail_that_is_not_there_is_not_there(client: Sdk) -> None:
    for call in (
        lambda: client.get_trail_status(models.GetTrailStatusRequest(name="none-there")),
        lambda: client.start_logging(models.StartLoggingRequest(name="none-there")),
        lambda: client.stop_logging(models.StopLoggingRequest(name="none-there")),
        lambda: client.update_trail(models.UpdateTrailRequest(name="none-there")),
        lambda: client.delete_trail(models.DeleteTrailRequest(name="none-there")),
    ):
        assert code_of(call) == "TrailNotFoundException"
