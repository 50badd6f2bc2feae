"""Lint of resources: names that are not written as the service names its resources."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.arn_forms import LONGEST, example_of, forms_of_service, meets, parts_of
from scanner.policy.catalogue import catalogue
from scanner.policy.lint import lint
from scanner.policy.pattern import matches
from scanner.policy.remark import Remark
from scanner.policy.syntax import Weight
from tests.policy.documents import allow, document

R, M = "acs:rocketmq:*:*:", "acs:mq:*:*:"


def remarks(action: object, resource: object) -> list[Remark]:
    return [problem for problem in lint(document(allow(action, resource))) if isinstance(problem, Remark)]


@pytest.mark.parametrize(
    ("resource", "code", "instead"),
    [
        (f"{R}topic/x", "wrong-form", f"{R}instance/INSTANCE/topic/x"),
        (f"{R}rmq-1", "wrong-form", f"{R}instance/rmq-1"),
        (f"{R}rmq-1%x", "wrong-form", f"{R}instance/rmq-1/topic/x"),
        (f"{R}instance/rmq-1/group/g", "wrong-form", f"{R}instance/rmq-1/consumergroup/g"),
        (f"{R}instance/rmq-1/topic/a/b", "wrong-form", ""),
        (f"{R}instance/rmq-1/consumerGroup/g", "odd-resource-case", f"{R}instance/rmq-1/consumergroup/g"),
        (f"{R}Instance/rmq-1", "odd-resource-case", f"{R}instance/rmq-1"),
        ("acs:RocketMQ:*:*:instance/rmq-1", "odd-resource-case", f"{R}instance/rmq-1"),
        ("acs:rocektmq:*:*:instance/rmq-1", "unknown-service", f"{R}instance/rmq-1"),
        ("acs:rocketmq:cn-hangzhou:instance", "parts-missing", "acs:rocketmq:cn-hangzhou:*:instance"),
        ("acs:rocketmq:*:instance/rmq-1", "parts-missing", f"{R}instance/rmq-1"),
        ("acs:rocketmq:*", "wildcard-for-colon", f"{R}*"),
        (
            "acs:rocketmq:CN-Hangzhou:*:instance/rmq-1",
            "odd-region",
            "acs:rocketmq:cn-hangzhou:*:instance/rmq-1",
        ),
        ("acs:rocketmq:hangzhou:*:instance/rmq-1", "odd-region", ""),
        ("acs:rocketmq::*:instance/rmq-1", "odd-region", f"{R}instance/rmq-1"),
        ("acs:rocketmq:*:my-account:instance/rmq-1", "odd-account", ""),
        ("acs:rocketmq:*::instance/rmq-1", "odd-account", ""),
    ],
)
def test_a_name_of_5_that_is_written_otherwise_is_corrected(resource: str, code: str, instead: str) -> None:
    (found,) = remarks("rocketmq:*", resource)
    assert (found.code, found.path, found.instead) == (code, "$.Statement[0].Resource", instead)


@pytest.mark.parametrize(
    ("resource", "code", "instead"),
    [
        (f"{M}MQ_INST_1/orders", "wrong-form", f"{M}MQ_INST_1%orders"),
        (f"{M}MQ_INST_1:orders", "wrong-form", f"{M}MQ_INST_1%orders"),
        (f"{M}instance/MQ_INST_1/topic/orders", "wrong-form", f"{M}MQ_INST_1%orders"),
        ("acs:ons:*:*:MQ_INST_1%orders", "unknown-service", f"{M}MQ_INST_1%orders"),
    ],
)
def test_a_name_of_4_that_is_written_otherwise_is_corrected(resource: str, code: str, instead: str) -> None:
    (found,) = remarks("mq:*", resource)
    assert (found.code, found.instead) == (code, instead)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("rocketmq:*", f"{R}instance/rmq-1"),
        ("rocketmq:*", f"{R}instance/rmq-1/*"),
        ("rocketmq:*", f"{R}instance/*/topic/orders-*"),
        ("rocketmq:*", f"{R}*/*"),
        ("rocketmq:*", "acs:rocketmq:cn-*:1000000000000001:instance/*"),
        ("rocketmq:CreateInstance", f"{R}Instance/*"),
        ("mq:*", f"{M}MQ_INST_1"),
        ("mq:*", f"{M}MQ_INST_1%*"),
        ("mq:*", "acs:mq:mq-internet-access:*:orders"),
        ("mq:*", f"{M}post-cn-1/GID_a/*"),
        ("sts:AssumeRole", "acs:ram::1000000000000001:role/x"),
        ("ram:AttachPolicyToRole", ["acs:ram:*:*:role/x", "acs:ram:*:system:policy/ReadOnlyAccess"]),
        ("oss:GetObject", "acs:oss:bucket"),
        ("odps:*", "acs:odps:*:projects/x"),
        ("rocketmq:*", "*"),
        ("rocketmq:*", "acs:*"),
        ("rocketmq:*", f"{R}instance/${{name}}/groups/x"),
    ],
)
def test_a_name_as_the_service_writes_it_is_left_alone(action: str, resource: object) -> None:
    assert remarks(action, resource) == []


@pytest.mark.parametrize(
    ("action", "resource", "instead"),
    [
        ("rocketmq:*", f"{R}instance/rmq-1*", f"`{R}instance/rmq-1` and `{R}instance/rmq-1/*`"),
        ("rocketmq:*", f"{R}instance/rmq-1/topic/orders*", f"`{R}instance/rmq-1/topic/orders`"),
        ("mq:*", f"{M}MQ_INST_1*", f"`{M}MQ_INST_1` and `{M}MQ_INST_1%*`"),
        ("mq:*", f"{M}MQ_INST_1%orders*", f"`{M}MQ_INST_1%orders`"),
        ("sts:*", "acs:ram::1000000000000001:role/ops*", "`acs:ram::1000000000000001:role/ops`"),
    ],
)
def test_a_prefix_without_separator_is_noted(action: str, resource: str, instead: str) -> None:
    (found,) = remarks(action, resource)
    assert (found.code, found.weight) == ("open-prefix", Weight.NOTE)
    assert found.instead.startswith(instead)


@pytest.mark.parametrize(
    ("action", "resource", "code", "weight"),
    [
        ("mq:PUB", f"{R}instance/rmq-1/topic/x", "wrong-series", Weight.WARNING),
        ("rocketmq:GetTopic", f"{M}MQ_INST_1%x", "wrong-series", Weight.WARNING),
        ("sts:AssumeRole", f"{R}instance/rmq-1", "service-mismatch", Weight.WARNING),
        (
            "rocketmq:GetInstanceAccount",
            f"{R}instance/rmq-1/topic/x",
            "resource-fits-no-action",
            Weight.WARNING,
        ),
        ("rocketmq:GetTopic", f"{R}instance/rmq-1", "resource-fits-no-action", Weight.NOTE),
        ("mq:CreateInstance", f"{M}MQ_INST_1", "resource-fits-no-action", Weight.WARNING),
        ("sts:AssumeRole", "acs:ram:*:*:user/x", "action-never-asked-here", Weight.WARNING),
        ("ram:UpdateRole", "acs:ram:*:*:user/x", "action-never-asked-here", Weight.NOTE),
    ],
)
def test_an_action_that_is_never_asked_on_the_resource_is_named(
    action: str, resource: str, code: str, weight: Weight
) -> None:
    (found,) = remarks(action, resource)
    assert (found.code, found.weight) == (code, weight)


def test_one_action_of_several_that_no_resource_is_for_is_named() -> None:
    (found,) = remarks(["rocketmq:GetTopic", "rocketmq:ListInstances"], f"{R}instance/rmq-1/topic/x")
    assert (found.code, found.path) == ("action-never-asked-here", "$.Statement[0].Action[1]")
    assert found.instead == f"{R}instance/*"


def test_both_series_may_stand_in_one_statement() -> None:
    assert remarks(["rocketmq:GetTopic", "mq:PUB"], [f"{R}instance/rmq-1/topic/x", f"{M}MQ_INST_1%x"]) == []


def test_every_action_meets_the_resources_that_the_catalogue_says() -> None:
    for entry in catalogue():
        for form in entry.arn_forms:
            assert meets(example_of(form), form), form
            assert meets("*", form)
            assert meets(f"acs:{parts_of(form)[1]}:*:*:*", form)


@pytest.mark.parametrize(
    ("pattern", "form", "expected"),
    [
        (f"{R}instance/a", "acs:rocketmq:{region}:{account}:instance/{instance}", True),
        (f"{R}instance/", "acs:rocketmq:{region}:{account}:instance/{instance}", False),
        (f"{R}instance/a/topic/b", "acs:rocketmq:{region}:{account}:instance/{instance}", False),
        (f"{R}instance/*/b", "acs:rocketmq:{region}:{account}:instance/{instance}/topic/{topic}", True),
        (f"{R}instance/*/b", "acs:rocketmq:{region}:{account}:instance/{instance}", False),
        (f"{R}instance/?", "acs:rocketmq:{region}:{account}:instance/*", True),
        (f"{R}instance/a", "acs:rocketmq:{region}:{account}:instance/*", False),
        (f"{M}a%b", "acs:mq:{region}:{account}:{instance}", False),
        (f"{M}a%b%c", "acs:mq:{region}:{account}:{instance}%{topic}", True),
        ("acs:*:x", "acs:mq:{region}:{account}:{instance}", True),
        ("acs:m", "acs:mq:{region}:{account}:{instance}", False),
        (f"{R}{'?' * (LONGEST + 1)}", "acs:rocketmq:{region}:{account}:instance/{instance}", True),
    ],
)
def test_a_placeholder_stands_for_one_name(pattern: str, form: str, expected: bool) -> None:
    assert meets(pattern, form) is expected


@given(
    st.text("ab/*?nistceopu", min_size=1, max_size=12),
    st.sampled_from(forms_of_service("rocketmq")),
    st.data(),
)
def test_a_pattern_that_covers_some_resource_of_a_form_meets_it(
    pattern: str, form: str, data: st.DataObject
) -> None:
    name = st.text("abxy", min_size=1, max_size=3)
    text = form
    for placeholder in ("region", "account", "instance", "topic", "group"):
        text = text.replace(f"{{{placeholder}}}", data.draw(name))
    if matches(f"{R}{pattern}", text):
        assert meets(f"{R}{pattern}", form)
    assert meets(text, form)
