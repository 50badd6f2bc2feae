"""What a word for an action, and a name of a resource, mean."""

from __future__ import annotations

import pytest

from scanner.access.targets import Target, Targets, asked, targets
from scanner.access.view import AccountView
from scanner.model.snapshot import Subject
from scanner.policy.catalogue import AccessClass, ResourceType
from tests.access import estates as e
from tests.rules import worlds as w

VIEW = w.view(e.owner({"ops": w.trusting(w.PARTNER)}, {}))


def meant(action: str, resource: str, view: AccountView = VIEW) -> Targets:
    return targets(resource, asked(action), view)


def only(action: str, resource: str) -> Target:
    (target,) = meant(action, resource).found
    return target


@pytest.mark.parametrize("text", ["read messages", "read-messages", "READ_MESSAGES", " Read  Messages "])
def test_a_class_is_known_however_it_is_written(text: str) -> None:
    question = asked(text)
    assert question.access is AccessClass.READ_MESSAGES
    assert "rocketmq:GetMessageDetail" in question.actions


def test_an_action_has_the_spelling_of_the_catalogue() -> None:
    assert asked("ROCKETMQ:gettopic").actions == ("rocketmq:GetTopic",)


def test_a_pattern_means_the_actions_that_it_covers() -> None:
    assert asked("rocketmq:Get*Account").actions == ("rocketmq:GetInstanceAccount",)


def test_a_misspelt_action_is_kept_and_near_ones_offered() -> None:
    question = asked("rocketmq:GetTopc")
    assert (question.actions, question.known) == (("rocketmq:GetTopc",), False)
    assert question.near[0] == "rocketmq:GetTopic"


@pytest.mark.parametrize("text", ["", "publsh", "rocketmq:", "x:nothing*", "rocketmq:Get Topic", "a:b:c"])
def test_a_word_that_is_no_action_means_none(text: str) -> None:
    assert asked(text).actions == ()


def test_near_classes_are_offered_too() -> None:
    assert asked("publsh").near == ("publish",)


@pytest.mark.parametrize("name", ["rmq-1/payments", "payments", "rmq-1%payments", e.topic_arn("payments")])
def test_a_topic_is_found_by_each_of_its_names(name: str) -> None:
    target = only(e.GET, name)
    assert (target.arn, target.type, target.exists) == (e.topic_arn("payments"), ResourceType.TOPIC, True)
    assert target.resource_group == "rg-1"


def test_a_name_that_means_several_resources_yields_them_all() -> None:
    assert {target.arn for target in meant(e.GET, "orders").found} == {
        e.topic_arn("orders"),
        e.topic_arn("orders", "rmq-2"),
    }


def test_a_pattern_of_names_yields_what_it_catches_of_the_kind_that_is_asked_on() -> None:
    found = meant(e.GET, "acs:rocketmq:*:*:instance/rmq-1*").found
    assert {target.arn for target in found} == {e.topic_arn("orders"), e.topic_arn("payments")}


def test_an_instance_stands_for_what_is_inside_where_that_is_asked_on() -> None:
    found = meant(e.GET, "rmq-1")
    assert {target.arn for target in found.found} == {e.topic_arn("orders"), e.topic_arn("payments")}
    assert "inside `rmq-1`" in found.note


def test_an_instance_is_found_by_its_display_name() -> None:
    assert only("rocketmq:GetInstance", "Shop").arn.endswith(":instance/rmq-1")


def test_a_listing_inside_an_instance_is_asked_on_its_own_name() -> None:
    assert only("rocketmq:ListTopics", "rmq-1").arn.endswith(":instance/rmq-1/topic/*")


def test_a_listing_of_instances_is_asked_on_all_of_them() -> None:
    found = meant("rocketmq:ListInstances", "rmq-1")
    assert found.found[0].arn.endswith(":instance/*")
    assert "not asked on single resources" in found.note


def test_a_name_of_the_4x_series_may_be_written_as_in_its_arn() -> None:
    assert only("mq:PUB", "MQ_INST_1%stock").arn == f"acs:mq:cn-hangzhou:{w.OWNER}:MQ_INST_1%stock"


def test_a_class_is_asked_about_the_actions_that_fit_the_resource() -> None:
    assert only("publish", "stock").actions == ("mq:PUB",)


def test_a_name_of_another_kind_is_told_apart_from_one_that_is_nowhere() -> None:
    assert (
        meant(e.GET, "GID_orders").note
        == "`GID_orders` is a group, and `rocketmq:GetTopic` is asked on: topic"
    )
    nowhere = meant(e.GET, "ordrs")
    assert (nowhere.found, nowhere.note, nowhere.near[0]) == ((), "", "rmq-1/orders")


def test_an_arn_that_is_not_there_is_asked_about_as_one_to_come() -> None:
    found = meant(e.GET, e.topic_arn("new"))
    assert not found.found[0].exists
    assert found.found[0].type is ResourceType.TOPIC
    assert "found no resource of this name" in found.note


def test_a_pattern_that_catches_nothing_is_asked_about_as_one_to_come() -> None:
    (target,) = meant(e.GET, "acs:rocketmq:*:*:instance/other*").found
    assert "instance/other" in target.arn
    assert not target.exists


def test_an_arn_of_another_account_is_not_guessed() -> None:
    found = meant(e.GET, "acs:rocketmq:cn-hangzhou:5:instance/x/topic/y")
    assert found.found == ()
    assert "is in account `5`" in found.note


def test_text_with_too_few_parts_is_no_arn() -> None:
    assert "has not five parts" in meant(e.GET, "acs:rocketmq").note


def test_everything_is_every_resource_that_is_asked_on() -> None:
    assert len(meant(e.GET, "*").found) == 3
    assert meant("ram:CreateUser", "*").found[0].arn == f"acs:ram::{w.OWNER}:user/some-user"


@pytest.mark.parametrize("name", ["ops", "role/ops"])
def test_a_role_is_a_resource_of_ram_actions(name: str) -> None:
    assert only("ram:AttachPolicyToRole", name).arn == e.role_arn("ops")


def test_a_role_that_is_not_there_is_none_and_near_ones_are_offered() -> None:
    assert meant("ram:AttachPolicyToRole", "role/opz").near == ("role/ops",)


def test_a_role_may_be_there_where_the_roles_were_not_listed() -> None:
    view = w.view(e.owner({}, {}, gaps=[w.gap(Subject.ROLES)]))
    assert meant("ram:AttachPolicyToRole", "role/opz", view).found[0].arn == e.role_arn("opz")


def test_a_name_that_no_action_is_asked_on_is_asked_about_with_an_unknown_one() -> None:
    assert only("rocketmq:GetTopc", "payments").actions == ("rocketmq:GetTopc",)
