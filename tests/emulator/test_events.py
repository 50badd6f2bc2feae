"""What the local cloud writes down about each call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_actiontrail20200706 import models as trail_models
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from scanner.emulator.server import LocalCloud
from tests.cloudfixture import Credentials
from tests.emulator.small import ACCESSOR, EVERYTHING, OWNER, World, allow, assume, ram, trail, trust

ROLE = f"acs:ram::{OWNER}:role/partner"


class Scene:
    def __init__(self) -> None:
        self.build = World()
        self.admin = self.build.user(OWNER, "admin", EVERYTHING)
        self.bob = self.build.user(ACCESSOR, "bob", allow("sts:AssumeRole"))
        self.build.role(OWNER, "partner", trust(f"acs:ram::{ACCESSOR}:root", f"acs:ram::{OWNER}:root"))
        self.build.attach(OWNER, "role", "partner", "partner", EVERYTHING)
        self.cloud = LocalCloud(self.build.world)

    def last(self, account: str = OWNER) -> dict[str, Any]:
        return self.build.account(account).events[-1]


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.cloud:
        yield made


def test_a_cross_account_assumption_is_written_down_on_both_sides(scene: Scene) -> None:
    key = assume(scene.cloud, scene.bob, ROLE, external_id="visible", duration_seconds=900)
    mine, theirs = scene.last(ACCESSOR), scene.last(OWNER)
    assert mine["eventId"] == theirs["eventId"]
    assert mine["recipientAccountId"] == ACCESSOR
    assert mine["userIdentity"]["type"] == "ram-user"
    assert mine["userIdentity"]["userName"] == "bob"
    assert mine["userIdentity"]["accessKeyId"] == scene.bob.key_id
    assert mine["requestParameters"]["RoleArn"] == ROLE
    assert mine["requestParameters"]["ExternalId"] == "visible"
    assert mine["requestParameters"]["DurationSeconds"] == 900
    assert json.loads(mine["requestParameterJson"]) == mine["requestParameters"]
    assert mine["responseElements"]["Credentials"]["AccessKeyId"] == key.key_id
    assert mine["referencedResources"] == {"ACS::RAM::AccessKey": [key.key_id]}
    assert mine["errorCode"] == ""
    assert theirs["recipientAccountId"] == OWNER
    assert theirs["userIdentity"] == {
        "type": "alibaba-cloud-account",
        "accountId": ACCESSOR,
        "principalId": ACCESSOR,
    }


def test_in_one_account_the_answer_is_written_in_camel_case_and_once(scene: Scene) -> None:
    before = len(scene.build.account(OWNER).events)
    assume(scene.cloud, scene.admin, ROLE, role_session_name="169074")
    event = scene.last()
    assert len(scene.build.account(OWNER).events) == before + 1
    assert event["responseElements"]["assumedRoleUser"]["arn"] == f"{ROLE}/169074"
    assert event["requestParameters"]["RoleSessionName"] == 169074


def test_no_secret_is_written_down(scene: Scene) -> None:
    key = assume(scene.cloud, scene.bob, ROLE)
    ram(scene.cloud, scene.admin).create_user(ram_models.CreateUserRequest(user_name="new"))
    made = ram(scene.cloud, scene.admin).create_access_key(ram_models.CreateAccessKeyRequest(user_name="new"))
    text = json.dumps([list(account.events) for account in scene.build.world.accounts.values()])
    for secret in (key.secret, key.token, made.body.access_key.access_key_secret, scene.bob.secret):
        assert secret not in text


def test_a_refused_assumption_is_written_down_for_the_caller_only(scene: Scene) -> None:
    eve = scene.build.user(ACCESSOR, "eve")
    before = len(scene.build.account(OWNER).events)
    with pytest.raises(AlibabaCloudException):
        assume(scene.cloud, eve, ROLE)
    event = scene.last(ACCESSOR)
    assert (event["eventName"], event["errorCode"]) == ("AssumeRole", "NoPermission")
    assert event["errorMessage"]
    assert "responseElements" not in event
    assert len(scene.build.account(OWNER).events) == before


def test_calls_with_a_token_tell_who_plays_the_role(scene: Scene) -> None:
    key = assume(scene.cloud, scene.bob, ROLE)
    ram(scene.cloud, key).get_role(ram_models.GetRoleRequest(role_name="partner"))
    event = scene.last()
    who = event["userIdentity"]
    assert (who["type"], who["accountId"], who["accessKeyId"]) == ("assumed-role", OWNER, key.key_id)
    assert who["userName"] == "partner:session"
    assert who["principalId"].endswith(":session")
    assert event["requestParameters"]["stsTokenPlayerUid"] == ACCESSOR
    assert event["requestParameters"]["stsTokenPrincipalName"] == "partner:session"
    trail(scene.cloud, key).describe_trails(trail_models.DescribeTrailsRequest())
    assert scene.last()["requestParameters"]["stsTokenPlayerUid"] == int(ACCESSOR)
    assert scene.last()["requestParameters"]["stsTokenPrincipalName"] == "partner/session"


def test_a_change_names_what_it_changed(scene: Scene) -> None:
    new = trust(f"acs:ram::{ACCESSOR}:user/bob")
    ram(scene.cloud, scene.admin).update_role(
        ram_models.UpdateRoleRequest(role_name="partner", new_assume_role_policy_document=new)
    )
    event = scene.last()
    assert (event["serviceName"], event["eventName"], event["eventRW"]) == ("Ram", "UpdateRole", "Write")
    assert event["requestParameters"]["NewAssumeRolePolicyDocument"] == new
    assert event["referencedResources"] == {"ACS::RAM::Role": ["partner"]}


def test_several_resources_are_joined_in_step(scene: Scene) -> None:
    ram(scene.cloud, scene.admin).attach_policy_to_role(
        ram_models.AttachPolicyToRoleRequest(
            policy_type="Custom", policy_name="admin-own", role_name="partner"
        )
    )
    event = scene.last()
    assert event["resourceType"] == "ACS::RAM::Policy;ACS::RAM::Role"
    assert event["resourceName"] == "admin-own;partner"


def test_the_root_of_an_account_is_named_so(scene: Scene) -> None:
    ram(scene.cloud, scene.build.root(OWNER)).list_roles(ram_models.ListRolesRequest())
    who = scene.last()["userIdentity"]
    assert (who["type"], who["principalId"], who["userName"]) == ("root-account", OWNER, "root")


def test_a_read_is_a_read_and_keeps_no_answer(scene: Scene) -> None:
    ram(scene.cloud, scene.admin).list_roles(ram_models.ListRolesRequest())
    event = scene.last()
    assert event["eventRW"] == "Read"
    assert "responseElements" not in event


def test_a_call_with_an_unknown_key_is_nobody_s_event(scene: Scene) -> None:
    with pytest.raises(AlibabaCloudException):
        ram(scene.cloud, Credentials("LOCALKEYNONE", "x")).list_roles(ram_models.ListRolesRequest())
    assert not any(account.events for account in scene.build.world.accounts.values())
