"""What one policy reaches and another does not, against each resource asked by itself."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from scanner.access.gains import Gains, Inventory
from scanner.access.grants import Standing, grant
from scanner.access.resources import Resource
from scanner.access.view import PrincipalView
from scanner.model.broker import Series
from scanner.model.policy import PrincipalKind
from scanner.policy.catalogue import ResourceType, catalogue
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyType
from tests.rules import worlds as w

VIEW = w.view(
    w.snapshot(
        instances=[w.instance("rmq-1"), w.instance("rmq-10"), w.instance("MQ_1", series=Series.V4)],
        topics=[
            *(w.topic(instance, name) for instance in ("rmq-1", "rmq-10") for name in ("orders", "pay")),
            w.topic("MQ_1", "orders", series=Series.V4),
        ],
        consumer_groups=[w.consumer_group("rmq-1", "GID_a")],
    )
)
EVERYTHING = VIEW.resources.caught_by("*")
INVENTORY = Inventory(VIEW.resources)

ACTIONS = ("*", "rocketmq:*", "rocketmq:GetTopic", "rocketmq:UpdateInstance", "mq:*", "mq:PUB", "*:Get*")
RESOURCES = (
    *("*", "acs:rocketmq:*", "acs:rocketmq:*:*:instance/rmq-1*", "acs:rocketmq:*:*:instance/rmq-1/*"),
    *("acs:rocketmq:*:*:instance/rmq-1", "acs:*orders", "acs:mq:*:*:MQ_1%*", "acs:rocketmq:*:*:*/topic/PAY"),
    "acs:rocketmq:*:*:instance/${x}/topic/orders",
)
CONDITIONS = (None, None, {"Bool": {"acs:SecureTransport": "true"}}, {"Null": {"acs:SourceVpc": "true"}})

statements = st.builds(
    lambda make, actions, on, when: make(*actions, on=on, when=when),
    st.sampled_from([w.allow, w.allow, w.deny]),
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2),
    st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
    st.sampled_from(CONDITIONS),
)
policies = st.lists(statements, min_size=1, max_size=3)


def sourced(listed: Sequence[w.Body]) -> SourcedPolicy:
    return SourcedPolicy(
        document=parse(w.document(*listed), type=PolicyType.PERMISSION), label="Custom:p", version="v1"
    )


def standings(policy: SourcedPolicy, resource: Resource) -> dict[str, Standing]:
    """What somebody who carries nothing else gets of each action that is asked on such a resource."""
    holder = PrincipalView(name="", kind=PrincipalKind.ROLE, policies=(policy,), basis=(), unread=())
    mark = {
        ResourceType.TOPIC: "{topic}",
        ResourceType.GROUP: "{group}",
        ResourceType.INSTANCE: "{instance}",
    }[resource.type]
    return {
        entry.action: grant(holder, action=entry.action, resource=resource.arn).standing
        for entry in catalogue()
        if entry.series is resource.series and any(_names(form, mark) for form in entry.arn_forms)
    }


def _names(form: str, mark: str) -> bool:
    """Whether `mark` is the innermost thing that the form leaves open."""
    return mark in form and not (mark == "{instance}" and ("{topic}" in form or "{group}" in form))


def gains(new: Sequence[w.Body], old: Sequence[w.Body]) -> Gains:
    return INVENTORY.gains(sourced(new), sourced(old))


@given(policies, policies)
def test_it_is_what_asking_resource_by_resource_gives(new: Sequence[w.Body], old: Sequence[w.Body]) -> None:
    free = {Standing.DENIED: 0, Standing.CONDITIONAL: 1, Standing.ALLOWED: 2}
    expected = []
    for resource in EVERYTHING:
        now, before = standings(sourced(new), resource), standings(sourced(old), resource)
        pairs = [(now[action], before[action]) for action in now]
        if any(free[a] > free[b] for a, b in pairs if Standing.UNCERTAIN not in (a, b)):
            expected.append(resource.arn)
    assert [resource.arn for resource in gains(new, old).resources] == sorted(expected)


@given(policies)
def test_a_policy_gains_nothing_over_itself(policy: Sequence[w.Body]) -> None:
    assert gains(policy, policy) == Gains()


def test_no_gain_has_no_words() -> None:
    assert Gains().words == ""
    assert gains([w.allow("*")], [w.deny("*")]).words == "3 instances, 5 topics and 1 consumer group"
