"""The catalogue holds every operation, and calls a write a write."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scanner.model.broker import Series
from scanner.policy.catalogue import AccessClass, Known, ResourceType, by_class, catalogue, expand, find

INSPECTIONS = {
    "CreateInstanceInspection",
    "DeleteInstanceInspection",
    "GetInstanceInspection",
    "GetInstanceInspectionReport",
    "GetInstanceInspectionRun",
    "ListInspectionTemplates",
    "ListInstanceInspectionResources",
    "ListInstanceInspectionRuns",
    "ListInstanceInspections",
    "RunInstanceInspection",
    "UpdateInstanceInspection",
}


def newer(api: str) -> bool:
    return api in INSPECTIONS or "AgentConversation" in api


def apis(series: Series) -> set[str]:
    return {
        entry.api for entry in catalogue() if entry.series is series and entry.api and not newer(entry.api)
    }


def contract(name: str) -> set[str]:
    shared = Path(os.environ.get("CROSSROLE_SHARED", Path(__file__).parents[3] / "shared"))
    path = shared / "reference" / "api-contract" / name
    if not path.exists():
        pytest.skip(f"the vendor's API description {name} is not here")
    operations = json.loads(path.read_text(encoding="utf-8"))["operations"]
    return set(operations)


def test_it_holds_the_69_operations_of_5x() -> None:
    assert len(apis(Series.V5)) == 69


def test_it_holds_the_40_operations_of_4x() -> None:
    assert len(apis(Series.V4)) == 40


def test_it_holds_the_operations_that_are_newer_than_the_published_metadata() -> None:
    found = {entry.api for entry in catalogue() if newer(entry.api)}
    assert found >= INSPECTIONS
    assert {"CreateAgentConversation", "SendAgentConversationMessage"} <= found
    assert all(entry.evidence is Known.INFERRED for entry in catalogue() if newer(entry.api))


@pytest.mark.parametrize(
    ("series", "name"), [(Series.V5, "rocketmq-2022-08-01.json"), (Series.V4, "ons-2019-02-14.json")]
)
def test_its_operations_are_those_of_the_vendor(series: Series, name: str) -> None:
    assert apis(series) == contract(name)


@pytest.mark.parametrize(
    ("action", "access"), [("mq:PUB", AccessClass.PUBLISH), ("mq:SUB", AccessClass.SUBSCRIBE)]
)
def test_it_holds_what_a_messaging_client_asks_for(action: str, access: AccessClass) -> None:
    asked = [entry for entry in find(action) if not entry.api]
    assert [entry.access for entry in asked] == [access]


@pytest.mark.parametrize(
    ("api", "access"),
    [
        ("OnsConsumerResetOffset", AccessClass.ADMINISTER),
        ("OnsDLQMessageResendById", AccessClass.PUBLISH),
        ("OnsMessagePush", AccessClass.SUBSCRIBE),
        ("UntagResources", AccessClass.ADMINISTER),
        ("GetInstanceAccount", AccessClass.OBTAIN_CREDENTIALS),
        ("AssumeRole", AccessClass.ESCALATE),
    ],
)
def test_what_the_vendor_calls_a_read_and_is_none_is_called_what_it_is(api: str, access: AccessClass) -> None:
    assert {entry.access for entry in catalogue() if entry.api == api} == {access}


def test_what_the_vendor_calls_an_update_and_opens_more_is_called_what_it_is() -> None:
    assert {e.api for e in by_class(AccessClass.OPEN_NETWORK)} == {
        "UpdateInstance",
        "CreateInstanceIpWhitelist",
        "DeleteInstanceIpWhitelist",
    }
    assert find("rocketmq:VerifySendMessage")[0].access is AccessClass.PUBLISH


def test_no_write_of_the_vendor_is_called_a_read() -> None:
    writes = {"create", "update", "delete", "write"}
    assert [e.action for e in catalogue() if e.level in writes and e.access.reads] == []


def test_message_bodies_and_passwords_are_not_called_metadata() -> None:
    metadata = {entry.action for entry in by_class(AccessClass.READ_METADATA)}
    secret = {"GetMessageDetail", "ListMessages", "GetTrace", "ListTraces", "GetInstanceAccount"}
    assert metadata.isdisjoint({f"rocketmq:{api}" for api in secret})
    assert metadata.isdisjoint(
        {"mq:QueryMessage", "mq:QueryMessageDetail", "mq:QueryDLQMessage", "mq:QueryTrace"}
    )


def test_several_operations_can_ask_for_one_action() -> None:
    assert {e.api for e in find("mq:QueryInstanceBaseInfo")} == {
        "OnsInstanceBaseInfo",
        "OnsInstanceInServiceList",
    }


def test_an_action_is_found_whatever_its_case_and_an_unknown_one_is_not() -> None:
    assert find("MQ:pub") == find("mq:PUB") != ()
    assert find("mq:Teleport") == ()


def test_a_pattern_covers_the_actions_of_the_catalogue_that_it_matches() -> None:
    assert expand("rocketmq:*InstanceIpWhitelist") == (
        "rocketmq:CreateInstanceIpWhitelist",
        "rocketmq:DeleteInstanceIpWhitelist",
        "rocketmq:GetInstanceIpWhitelist",
        "rocketmq:ListInstanceIpWhitelist",
    )
    assert set(expand("*")) == {entry.action for entry in catalogue()}


def test_resource_names_are_those_of_the_series() -> None:
    for entry in catalogue():
        codes = {Series.V4: "acs:mq:", Series.V5: "acs:rocketmq:", None: "acs:ram:"}
        assert all(form.startswith(codes[entry.series]) for form in entry.arn_forms), entry.action


def test_a_4x_topic_has_a_name_with_and_without_its_instance() -> None:
    (entry,) = find("mq:PUB")
    assert entry.arn_forms == (
        "acs:mq:{region}:{account}:{instance}%{topic}",
        "acs:mq:{region}:{account}:{topic}",
    )


def test_a_resource_type_fits_the_resource_names() -> None:
    marks = {ResourceType.TOPIC: "{topic}", ResourceType.GROUP: "{group}"}
    for entry in catalogue():
        mark = marks.get(entry.resource_type)
        assert mark is None or all(mark in form or form.endswith("/*") for form in entry.arn_forms), (
            entry.action
        )


def test_what_the_vendor_does_not_name_is_marked_as_inferred_and_says_so() -> None:
    by_api = {entry.api: entry for entry in catalogue() if entry.series is Series.V4}
    for api in ("OnsRegionList", "OpenOnsService", "OnsTrendTopicInputTps"):
        assert by_api[api].evidence is Known.INFERRED
        assert "not documented" in by_api[api].note
