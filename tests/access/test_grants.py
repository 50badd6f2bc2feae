"""One request of one principal, where conditions and resource groups are open."""

from __future__ import annotations

from scanner.access.grants import Standing, grant
from scanner.access.view import PrincipalView
from scanner.model.policy import PrincipalKind
from scanner.policy.decision import SourcedPolicy
from tests.policy.documents import allow, deny, policy

INSIDE = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
TOPIC = "acs:rocketmq:cn-hangzhou:1000000000000001:instance/rmq-1/topic/orders"


def standing(*policies: SourcedPolicy) -> Standing:
    holder = PrincipalView(name="r", kind=PrincipalKind.ROLE, policies=policies, basis=(), unread=())
    return grant(holder, action="rocketmq:GetTopic", resource=TOPIC).standing


def test_a_deny_in_one_group_takes_back_nothing_of_another() -> None:
    allowed = policy(allow("rocketmq:*", Condition=INSIDE), label="Custom:a", group="rg-1")
    denied = deny("rocketmq:*", Condition=INSIDE)

    assert standing(allowed, policy(denied, label="Custom:d", group="rg-2")) is Standing.CONDITIONAL
    assert standing(allowed, policy(denied, label="Custom:d", group="rg-1")) is Standing.DENIED
