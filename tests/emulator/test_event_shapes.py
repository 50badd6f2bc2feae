"""Every call of every service is written down, in the fields and types that ActionTrail documents for its events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

import pytest

from tests.cloudfixture import Credentials, credentials_of, load, running_cloud
from tests.emulator.calling import OPERATIONS, Caller
from tests.emulator.contract import FILES, reference
from tests.emulator.scenario import NEVER_SUCCEED, OWNER, STEPS, Step, played
from tests.emulator.small import ACCESSOR, EVERYTHING, World, allow, assume, trust

Event: TypeAlias = Mapping[str, Any]
Check: TypeAlias = Callable[[Any], bool]


def text(value: object) -> bool:
    return isinstance(value, str)


def filled(value: object) -> bool:
    return isinstance(value, str) and value != ""


def truth(value: object) -> bool:
    return isinstance(value, bool)


def moment(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None


def table(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(name, str) for name in value)


def flat(value: object) -> bool:
    return isinstance(value, dict) and not any(isinstance(inner, dict | list) for inner in value.values())


def names_by_kind(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(names, list) and names and all(map(filled, names)) for names in value.values()
    )


def one_of(*allowed: object) -> Check:
    return lambda value: any(value == each and type(value) is type(each) for each in allowed)


ALWAYS: Final[Mapping[str, Check]] = {
    "eventId": filled,
    "eventVersion": one_of(1, "1"),
    "eventCategory": one_of("Management"),
    "eventType": one_of("ApiCall"),
    "eventName": filled,
    "eventSource": lambda value: text(value) and value.endswith(".aliyuncs.com"),
    "serviceName": one_of(*FILES),
    "eventTime": moment,
    "requestId": filled,
    "apiVersion": lambda value: text(value) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None,
    "acsRegion": filled,
    "isGlobal": truth,
    "eventRW": one_of("Read", "Write"),
    "requestParameters": flat,
    "requestParameterJson": text,
    "userIdentity": table,
    "sourceIpAddress": filled,
    "userAgent": text,
    "additionalEventData": table,
    "recipientAccountId": lambda value: text(value) and value.isdecimal(),
}
"""What every event of an API call has today, whatever the service."""

SOMETIMES: Final[Mapping[str, Check]] = {
    "responseElements": table,
    "referencedResources": names_by_kind,
    "resourceType": filled,
    "resourceName": filled,
    "vpcId": text,
    "errorCode": text,
    "errorMessage": text,
    "eventAttributes": table,
    "extend": text,
}
"""What some events have. Texts about an error are empty or absent when there was none."""

IDENTITY: Final[Mapping[str, Check]] = {
    "type": one_of(
        "root-account",
        "ram-user",
        "assumed-role",
        "system",
        "cloudsso-user",
        "saml-user",
        "oidc-user",
        "alibaba-cloud-account",
    ),
    "principalId": filled,
    "accountId": lambda value: text(value) and value.isdecimal(),
    "accessKeyId": filled,
    "userName": filled,
    "sessionContext": lambda value: (
        value.keys() == {"attributes"}
        and value["attributes"].keys() == {"creationDate", "mfaAuthenticated"}
        and moment(value["attributes"]["creationDate"])
        and value["attributes"]["mfaAuthenticated"] in {"true", "false"}
    ),
}


class Written(NamedTuple):
    """A step of the scenario and the events that it left."""

    step: Step
    events: list[Event]


@pytest.fixture(scope="module")
def written() -> list[Written]:
    """What each step of the scenario left in the log of its account."""
    world = load("tiny")
    log = world.accounts[OWNER].events
    found = []
    with running_cloud(world, quotas=False) as cloud:
        caller = Caller(cloud, credentials_of(world, OWNER, "admin"))
        log.clear()
        for step, _ in played(caller.ask):
            found.append(Written(step, list(log)))
            log.clear()
    return found


EACH_STEP = pytest.mark.parametrize(
    "number", range(len(STEPS)), ids=[f"{number}-{each.name}" for number, each in enumerate(STEPS)]
)


def test_the_steps_are_of_every_service_and_operation(written: list[Written]) -> None:
    names = {each.step.name for each in written}
    assert {name.partition(":")[0] for name in names} == set(FILES)
    assert names == OPERATIONS.keys() - NEVER_SUCCEED


@EACH_STEP
def test_every_call_leaves_one_event_that_names_it(number: int, written: list[Written]) -> None:
    step, events = written[number]
    operation = OPERATIONS[step.name]
    (event,) = events
    assert (event["serviceName"], event["eventName"]) == (operation.service, operation.name)
    assert event["apiVersion"] == operation.version
    assert event["eventRW"] == ("Write" if operation.write else "Read")
    assert event["recipientAccountId"] == OWNER
    assert event.get("errorCode", "") == event.get("errorMessage", "") == ""


@EACH_STEP
def test_every_event_has_the_documented_fields_in_the_documented_types(
    number: int, written: list[Written]
) -> None:
    (event,) = written[number].events
    assert ALWAYS.keys() <= event.keys() <= ALWAYS.keys() | SOMETIMES.keys()
    assert unlike(event, {**ALWAYS, **SOMETIMES}) == {}
    assert event["userIdentity"].keys() == IDENTITY.keys()
    assert unlike(event["userIdentity"], IDENTITY) == {}


@EACH_STEP
def test_what_an_event_says_twice_it_says_alike(number: int, written: list[Written]) -> None:
    (event,) = written[number].events
    assert json.loads(event["requestParameterJson"]) == event["requestParameters"]
    kinds, names = (event.get(key, "").split(";") for key in ("resourceType", "resourceName"))
    pairs = [
        (kind, name) for kind, named in event.get("referencedResources", {}).items() for name in named
    ] or [("", "")]
    assert sorted(zip(kinds, names, strict=True)) == sorted(pairs)


@EACH_STEP
def test_the_parameters_of_a_call_are_in_its_event(number: int, written: list[Written]) -> None:
    step, (event,) = written[number]
    parameters = event["requestParameters"]
    asked = {**step.query, **(step.body or {})}
    assert {name for name in asked if not any(_is_of(name, each) for each in parameters)} == set()
    assert event["requestParameters"]["AcsProduct"] == event["serviceName"]


def _is_of(name: str, parameter: str) -> bool:
    """Whether an event's parameter is `name`, or something inside it."""
    return parameter == name or parameter.startswith(f"{name}.")


def unlike(found: Event, documented: Mapping[str, Check]) -> dict[str, object]:
    """The fields whose values are not what is documented."""
    return {name: value for name, value in found.items() if not documented[name](value)}


def test_nested_parameters_are_numbered_and_joined_with_dots(written: list[Written]) -> None:
    made = next(each for each in written if each.step.name == "RocketMQ:CreateInstance")
    parameters = made.events[0]["requestParameters"]
    assert parameters["networkInfo.internetInfo.ipWhitelist.1"] == "192.0.2.0/24"
    assert parameters["tags.1.key"] == "team"


class Sample(NamedTuple):
    """A published record, and a call that leaves one like it."""

    file: str
    step: Step
    who: str = "admin"


_PARTNER = f"acs:ram::{OWNER}:role/partner"
_ASSUME = {
    "RoleArn": _PARTNER,
    "RoleSessionName": "alice",
    "DurationSeconds": 3600,
    "RegionId": "cn-hangzhou",
}
_POLICY = {"PolicyType": "Custom", "PolicyName": "app-deploy"}
_TRUST = trust(f"acs:ram::{ACCESSOR}:root")
_DOCUMENT = json.dumps({"Version": "1", "Statement": [EVERYTHING]})

SAMPLES = (
    Sample("01-assumerole-ram-user-same-account", Step("Sts:AssumeRole", _ASSUME)),
    Sample("02-assumerole-cross-account-caller-view.INFERRED", Step("Sts:AssumeRole", _ASSUME), "bob"),
    Sample(
        "11-apicall-under-assumed-role",
        Step(
            "Actiontrail:LookupEvents",
            {
                "LookupAttribute.1.Key": "EventRW",
                "LookupAttribute.1.Value": "Write",
                "RegionId": "cn-hangzhou",
            },
        ),
        "token",
    ),
    Sample(
        "20-ram-createrole.INFERRED",
        Step(
            "Ram:CreateRole",
            {"RoleName": "vendor", "AssumeRolePolicyDocument": _TRUST, "MaxSessionDuration": 3600},
        ),
    ),
    Sample(
        "21-ram-updaterole-trust.INFERRED",
        Step("Ram:UpdateRole", {"RoleName": "vendor", "NewAssumeRolePolicyDocument": _TRUST}),
    ),
    Sample("22-ram-deleterole.INFERRED", Step("Ram:DeleteRole", {"RoleName": "vendor"})),
    Sample(
        "23-ram-attachpolicytorole.INFERRED",
        Step("Ram:AttachPolicyToRole", {**_POLICY, "RoleName": "partner"}),
    ),
    Sample(
        "24-ram-createpolicyversion.INFERRED",
        Step(
            "Ram:CreatePolicyVersion",
            {"PolicyName": "app-deploy", "PolicyDocument": _DOCUMENT, "SetAsDefault": "true"},
        ),
    ),
    Sample(
        "25-resourcemanager-attachpolicy.INFERRED",
        Step(
            "ResourceManager:AttachPolicy",
            {
                **_POLICY,
                "PrincipalType": "ServiceRole",
                "PrincipalName": f"partner@role.{OWNER}.onaliyunservice.com",
                "ResourceGroupId": "rg-orders",
            },
        ),
    ),
    Sample("26-actiontrail-stoplogging.INFERRED", Step("Actiontrail:StopLogging", {"Name": "org-audit"})),
    Sample(
        "27-actiontrail-updatetrail",
        Step(
            "Actiontrail:UpdateTrail",
            {
                "Name": "org-audit",
                "EventRW": "Write",
                "TrailRegion": "All",
                "SlsProjectArn": f"acs:log:cn-hangzhou:{OWNER}:project/audit",
            },
        ),
        "root",
    ),
)

PREPARED = (
    Step("Ram:CreatePolicy", {"PolicyName": "app-deploy", "PolicyDocument": _DOCUMENT}),
    Step(
        "Actiontrail:CreateTrail",
        {"Name": "org-audit", "SlsProjectArn": f"acs:log:cn-hangzhou:{OWNER}:project/audit"},
    ),
)

NOT_TOLD = {"additionalEventData.CallerBid"}
"""Fields of samples that the local cloud leaves out: a number of the vendor's own, in some samples only."""

FIXED = (
    *("eventCategory", "eventType", "eventName", "eventRW", "isGlobal"),
    *("serviceName", "apiVersion", "resourceType"),
)
"""Fields whose value hangs on the operation alone, so that it must be the sample's."""


@pytest.fixture(scope="module")
def like_samples() -> Iterator[Mapping[str, Event]]:
    """The events that the calls of the samples left, by sample."""
    build = World()
    build.account(OWNER).resource_groups.add("rg-orders")
    keys = {
        "admin": build.user(OWNER, "admin", EVERYTHING),
        "bob": build.user(ACCESSOR, "bob", allow("sts:AssumeRole")),
        "root": build.root(OWNER),
    }
    build.role(OWNER, "partner", trust(f"acs:ram::{ACCESSOR}:root", f"acs:ram::{OWNER}:root"))
    build.attach(OWNER, "role", "partner", "partner", EVERYTHING)
    with running_cloud(build.world, quotas=False) as cloud:
        keys["token"] = assume(cloud, keys["bob"], _PARTNER)
        callers = {who: Caller(cloud, key) for who, key in keys.items()}
        for step in PREPARED:
            callers["admin"].ask(step.name, body=step.body, **step.query)
        found = {}
        # A role is deleted only after it was changed, and the samples are in no such order.
        for sample in sorted(SAMPLES, key=lambda each: each.step.name == "Ram:DeleteRole"):
            callers[sample.who].ask(sample.step.name, body=None, **sample.step.query)
            found[sample.file] = build.account(ACCESSOR if sample.who == "bob" else OWNER).events[-1]
        yield found


def published(file: str) -> Event:
    text_of_file = (reference("events") / f"{file}.json").read_text(encoding="utf-8")
    found: Event = json.loads(text_of_file)
    return found


def places(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each place in a record, and the JSON type of what is there."""
    kind = {dict: "object", list: "list", str: "text", bool: "truth", int: "number"}[type(value)]
    if path:
        yield path, kind
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, f"{path}.{name}" if path else name)
    if isinstance(value, list):
        for inner in value:
            yield from places(inner, f"{path}[]")


def shape(event: Event) -> dict[str, str]:
    """The places and types of an event, those inside its JSON text included."""
    inside = json.loads(event.get("requestParameterJson", "{}"))
    return dict(places(event)) | {f"requestParameterJson:{place}": kind for place, kind in places(inside)}


@pytest.mark.parametrize("file", [sample.file for sample in SAMPLES])
def test_an_event_has_the_fields_and_types_of_the_published_one(
    file: str, like_samples: Mapping[str, Event]
) -> None:
    theirs, ours = shape(published(file)), shape(like_samples[file])
    assert {place: ours[place] for place in theirs.keys() & ours.keys() if ours[place] != theirs[place]} == {}
    assert theirs.keys() - ours.keys() - NOT_TOLD == set()


@pytest.mark.parametrize("file", [sample.file for sample in SAMPLES])
def test_an_event_says_what_the_published_one_says_of_the_operation(
    file: str, like_samples: Mapping[str, Event]
) -> None:
    theirs, ours = published(file), like_samples[file]
    assert {name: ours.get(name) for name in FIXED} == {name: theirs.get(name) for name in FIXED}
    assert ours["userIdentity"]["type"] == theirs["userIdentity"]["type"]


def test_no_field_is_left_out_of_the_comparison_for_nothing() -> None:
    places_of_samples = [shape(published(sample.file)).keys() for sample in SAMPLES]
    assert set().union(*places_of_samples) >= NOT_TOLD


def test_a_refused_call_of_every_service_leaves_an_event_with_the_error() -> None:
    world = load("tiny")
    build = world.accounts[OWNER]
    key = credentials_of(world, OWNER, "admin")
    # The key stays and its user loses all that it may do.
    build.attachments.clear()
    with running_cloud(world, quotas=False) as cloud:
        caller = Caller(cloud, Credentials(key.key_id, key.secret))
        for name in REFUSED:
            build.events.clear()
            refused = caller.refusal(name, body=None, **REFUSED[name])
            (event,) = build.events
            assert (event["errorCode"], text(event["errorMessage"])) == (refused.code, True)
            assert (event["serviceName"], event["eventName"]) == tuple(name.split(":"))
            assert unlike(event, {**ALWAYS, **SOMETIMES}) == {}
            assert "responseElements" not in event


REFUSED: Mapping[str, Mapping[str, str]] = {
    "Sts:AssumeRole": {"RoleArn": f"acs:ram::{OWNER}:role/broker-ops", "RoleSessionName": "scenario"},
    "Ram:ListRoles": {},
    "ResourceManager:ListPolicyAttachments": {},
    "Actiontrail:DescribeTrails": {},
    "RocketMQ:ListInstances": {},
    "Ons:OnsInstanceInServiceList": {},
}
