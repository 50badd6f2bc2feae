"""How a role is read from an answer of RAM."""

from __future__ import annotations

import pytest

from scanner.cloud.body import Body
from scanner.cloud.ram import _role


@pytest.mark.parametrize(
    ("name", "told", "expected"),
    [
        ("orders", True, True),
        ("orders", False, False),
        ("orders", None, None),
        ("AliyunServiceRoleForRMQ", None, True),
        ("AliyunServiceRoleForRMQ", False, False),
    ],
)
def test_a_service_linked_role_is_told_by_its_mark_and_without_one_by_its_reserved_name(
    name: str, *, told: bool | None, expected: bool | None
) -> None:
    body = Body.of({"RoleName": name, "IsServiceLinkedRole": told}, api="ram:GetRole")

    assert _role(body).service_linked is expected
