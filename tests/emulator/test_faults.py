"""Scripted faults, as the official SDK meets them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from alibabacloud_ram20150501 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from darabonba.exceptions import UnretryableException

from scanner.emulator.fault import Fault, FaultKind, FaultPlan, parse_fault
from scanner.emulator.server import LocalCloud
from scanner.emulator.services import ALL
from scanner.errors import UsageError
from tests.emulator.small import EVERYTHING, OWNER, Sdk, World, ram, trust

GET_ROLE = next(operation for operation in ALL if operation.name == "GetRole")
LIST_ROLES = next(operation for operation in ALL if operation.name == "ListRoles")


class Scene:
    def __init__(self) -> None:
        self.build = World()
        key = self.build.user(OWNER, "admin", EVERYTHING)
        for name in ("one", "two", "three"):
            self.build.role(OWNER, name, trust(f"acs:ram::{OWNER}:root"))
        self.cloud = LocalCloud(self.build.world)
        self.cloud.start()
        self.ram = ram(self.cloud, key)

    def get(self) -> Sdk:
        return self.ram.get_role(models.GetRoleRequest(role_name="one"))

    def list(self, **more: object) -> Sdk:
        return self.ram.list_roles(models.ListRolesRequest(**more))

    def create(self) -> Sdk:
        return self.ram.create_role(
            models.CreateRoleRequest(
                role_name="new", assume_role_policy_document=trust(f"acs:ram::{OWNER}:root")
            )
        )


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.cloud.stop()


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("throttle", 400, "Throttling.User"),
        ("error", 500, "InternalError"),
        ("unavailable", 503, "ServiceUnavailable"),
        ("no-permission", 403, "NoPermission"),
    ],
)
def test_an_error_answer_is_the_service_s_own(scene: Scene, kind: str, status: int, code: str) -> None:
    scene.cloud.faults.add(f"ram:GetRole={kind},times=1")
    with pytest.raises(AlibabaCloudException) as raised:
        scene.get()
    assert (raised.value.status_code, raised.value.code) == (status, code)
    assert scene.get().body.role.role_name == "one"


def test_an_html_page_has_no_code(scene: Scene) -> None:
    scene.cloud.faults.add("ram:GetRole=html")
    with pytest.raises(UnretryableException, match="Failed to parse"):
        scene.get()


@pytest.mark.parametrize("kind", ["reset", "cut"])
def test_a_broken_connection_is_an_error(scene: Scene, kind: str) -> None:
    scene.cloud.faults.add(f"ram:GetRole={kind},times=1")
    with pytest.raises(UnretryableException):
        scene.get()
    assert scene.get().body.role.role_name == "one"


def test_a_reset_before_the_work_leaves_nothing_done(scene: Scene) -> None:
    scene.cloud.faults.add("ram:CreateRole=reset")
    with pytest.raises(UnretryableException):
        scene.create()
    assert "new" not in scene.build.account(OWNER).roles


def test_a_lost_answer_leaves_the_work_done(scene: Scene) -> None:
    scene.cloud.faults.add("ram:CreateRole=lost")
    with pytest.raises(UnretryableException):
        scene.create()
    assert "new" in scene.build.account(OWNER).roles
    assert scene.build.account(OWNER).events[-1]["eventName"] == "CreateRole"


def test_a_truncated_page_says_there_is_more_and_not_where(scene: Scene) -> None:
    scene.cloud.faults.add("ram:ListRoles=truncated")
    body = scene.list().body
    assert body.is_truncated
    assert body.marker is None


def test_a_repeated_marker_leads_to_the_same_place_again(scene: Scene) -> None:
    scene.cloud.faults.add("ram:ListRoles=repeated-marker")
    first, second = scene.list(max_items=1).body, scene.list(max_items=1).body
    assert first.is_truncated
    assert first.marker == second.marker


def test_a_field_of_the_wrong_type_makes_the_sdk_lose_the_body(scene: Scene) -> None:
    scene.cloud.faults.add("ram:GetRole=wrong-type")
    assert scene.get().body is None


def test_a_slow_answer_comes_late(scene: Scene) -> None:
    scene.cloud.faults.add("ram:GetRole=slow,seconds=0.3")
    begun = time.monotonic()
    assert scene.get().body.role.role_name == "one"
    assert time.monotonic() - begun >= 0.3


def test_a_fault_waits_strikes_and_ends(scene: Scene) -> None:
    scene.cloud.faults.add("ram:GetRole=throttle,after=1,times=1")
    assert scene.get()
    with pytest.raises(AlibabaCloudException):
        scene.get()
    assert scene.get()


def test_faults_are_taken_back_while_the_cloud_runs(scene: Scene) -> None:
    fault = scene.cloud.faults.add("ram:*=throttle")
    with pytest.raises(AlibabaCloudException):
        scene.list()
    scene.cloud.faults.remove(fault)
    assert scene.list()
    scene.cloud.faults.add("*:List*=throttle")
    assert scene.get()
    scene.cloud.faults.clear()
    assert scene.list()


def test_half_of_the_calls_means_about_half_and_the_same_ones_every_time() -> None:
    def struck(seed: int) -> list[bool]:
        plan = FaultPlan.of("ram:GetRole=throttle:0.5", seed=seed)
        return [plan.strike(GET_ROLE) is not None for _ in range(200)]

    assert 70 < sum(struck(1)) < 130
    assert struck(1) == struck(1)
    assert struck(1) != struck(2)


def test_a_fault_is_for_its_operation_only() -> None:
    plan = FaultPlan.of(Fault(service="ram", operation="GetRole", kind=FaultKind.RESET))
    assert plan.strike(LIST_ROLES) is None
    assert plan.strike(GET_ROLE) is not None


def test_the_command_line_form_is_read() -> None:
    assert parse_fault("Ram:Get*=slow:0.25,times=3,after=2,seconds=1.5") == Fault(
        service="ram",
        operation="Get*",
        kind=FaultKind.SLOW,
        probability=0.25,
        times=3,
        after=2,
        seconds=1.5,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ram",
        "ram:GetRole",
        "ram=throttle",
        ":x=throttle",
        "ram:GetRole=explode",
        "ram:GetRole=throttle:2",
        "ram:GetRole=throttle:x",
        "ram:GetRole=throttle,often=1",
        "ram:GetRole=throttle,times=x",
    ],
)
def test_what_is_no_fault_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_fault(text)
    assert "throttle" in raised.value.hint
