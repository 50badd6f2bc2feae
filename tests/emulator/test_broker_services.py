"""RocketMQ of both series in the local cloud, through the official SDKs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from alibabacloud_ons20190214 import models as ons_models
from alibabacloud_ons20190214.client import Client as Ons
from alibabacloud_rocketmq20220801 import models
from alibabacloud_rocketmq20220801.client import Client as RocketMQ
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config, GlobalParameters

from scanner.emulator.server import LocalCloud
from scanner.emulator.state import Instance4, Instance5
from scanner.emulator.worlds.brokers import group4, group5, topic4, topic5
from tests.cloudfixture import Credentials, running_cloud
from tests.emulator.small import EVERYTHING, OWNER, STAMP, Sdk, World, allow

HANGZHOU, SHANGHAI = "cn-hangzhou", "cn-shanghai"
FIVE, FOUR = "rmq-cn-five", "MQ_INST_1_BXfour"


@pytest.fixture
def build() -> World:
    build = World()
    account = build.account(OWNER)
    account.instances5[FIVE] = Instance5(
        FIVE,
        HANGZHOU,
        topics={
            f"topic-{number:03d}": topic5(f"topic-{number:03d}", "NORMAL", STAMP) for number in range(250)
        },
        groups={f"GID_{number:03d}": group5(f"GID_{number:03d}", STAMP) for number in range(120)},
        accounts={
            "root": {
                "username": "root",
                "password": "in clear",
                "accountType": "DEFAULT",
                "accountStatus": "ENABLE",
                "remark": "",
            }
        },
    )
    account.instances5["rmq-cn-east"] = Instance5("rmq-cn-east", SHANGHAI)
    account.instances4[FOUR] = Instance4(
        FOUR, HANGZHOU, topics={"orders": topic4("orders", 0, 1)}, groups={"GID_b": group4("GID_b", 1)}
    )
    account.instances4["MQ_INST_1_BXeast"] = Instance4("MQ_INST_1_BXeast", SHANGHAI, namespaced=False)
    return build


@pytest.fixture
def cloud(build: World) -> Iterator[LocalCloud]:
    with running_cloud(build.world, quotas=False) as cloud:
        yield cloud


@pytest.fixture
def admin(build: World) -> Credentials:
    return build.user(OWNER, "admin", EVERYTHING)


def config(cloud: LocalCloud, key: Credentials, region: str) -> Config:
    return Config(
        access_key_id=key.key_id,
        access_key_secret=key.secret,
        endpoint=cloud.endpoint.removeprefix("http://"),
        protocol="http",
        region_id=region,
        global_parameters=GlobalParameters(headers={"x-acs-region-id": region}),
    )


def five(cloud: LocalCloud, key: Credentials, region: str = HANGZHOU) -> Sdk:
    return RocketMQ(config(cloud, key, region))


def four(cloud: LocalCloud, key: Credentials, region: str = HANGZHOU) -> Sdk:
    return Ons(config(cloud, key, region))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(AlibabaCloudException) as raised:
        call()
    return str(raised.value.code)


@pytest.mark.parametrize(("region", "instance"), [(HANGZHOU, FIVE), (SHANGHAI, "rmq-cn-east")])
def test_a_region_has_its_own_instances_only(
    cloud: LocalCloud, admin: Credentials, region: str, instance: str
) -> None:
    client = five(cloud, admin, region)
    listed = client.list_instances(models.ListInstancesRequest()).body.data.list
    assert [(each.instance_id, each.region_id) for each in listed] == [(instance, region)]
    old = four(cloud, admin, region).ons_instance_in_service_list(
        ons_models.OnsInstanceInServiceListRequest()
    )
    assert len(old.body.data.instance_vo) == 1


def test_an_instance_is_not_found_from_another_region(cloud: LocalCloud, admin: Credentials) -> None:
    assert code_of(lambda: five(cloud, admin, SHANGHAI).get_instance(FIVE)) == "Instance.NotFound"


def test_the_regions_of_the_world_are_listed_for_both_series(cloud: LocalCloud, admin: Credentials) -> None:
    assert [each.region_id for each in five(cloud, admin).list_regions().body.data] == [HANGZHOU, SHANGHAI]
    old = four(cloud, admin).ons_region_list().body.data.region_do
    assert [each.ons_region_id for each in old] == [HANGZHOU, SHANGHAI]


@pytest.mark.parametrize(("asked", "used"), [(None, 10), (1, 10), (100, 100), (1_000, 200)])
def test_page_sizes_are_brought_into_their_range(
    cloud: LocalCloud, admin: Credentials, asked: int | None, used: int
) -> None:
    data = five(cloud, admin).list_topics(FIVE, models.ListTopicsRequest(page_size=asked)).body.data
    assert (data.page_size, len(data.list), data.total_count) == (used, min(used, 250), 250)


def test_pages_of_groups_add_up(cloud: LocalCloud, admin: Credentials) -> None:
    client = five(cloud, admin)
    names = []
    for page in (1, 2):
        request = models.ListConsumerGroupsRequest(page_number=page, page_size=100)
        names += [
            each.consumer_group_id for each in client.list_consumer_groups(FIVE, request).body.data.list
        ]
    assert names == [f"GID_{number:03d}" for number in range(120)]


def test_topics_and_groups_are_made_changed_and_removed(cloud: LocalCloud, admin: Credentials) -> None:
    client = five(cloud, admin)
    client.create_topic(FIVE, "new", models.CreateTopicRequest(message_type="FIFO"))
    client.update_topic(FIVE, "new", models.UpdateTopicRequest(remark="in order"))
    topic = client.get_topic(FIVE, "new").body.data
    assert (topic.message_type, topic.remark, topic.instance_id) == ("FIFO", "in order", FIVE)
    client.delete_topic(FIVE, "new")
    assert code_of(lambda: client.get_topic(FIVE, "new")) == "Topic.NotFound"


def test_opening_an_instance_shows_in_it(cloud: LocalCloud, admin: Credentials) -> None:
    client = five(cloud, admin)
    request = models.CreateInstanceRequest(
        series_code="standard",
        sub_series_code="cluster_ha",
        network_info=models.CreateInstanceRequestNetworkInfo(
            internet_info=models.CreateInstanceRequestNetworkInfoInternetInfo(internet_spec="enable")
        ),
    )
    instance_id = client.create_instance(request).body.data
    update = models.UpdateInstanceRequest(
        acl_info=models.UpdateInstanceRequestAclInfo(acl_types=["apache_acl"], default_vpc_auth_free=False),
        network_info=models.UpdateInstanceRequestNetworkInfo(
            internet_info=models.UpdateInstanceRequestNetworkInfoInternetInfo(ip_whitelist=["192.0.2.0/24"])
        ),
    )
    client.update_instance(instance_id, update)
    data = client.get_instance(instance_id).body.data
    kinds = [each.endpoint_type for each in data.network_info.endpoints]
    assert kinds == ["TCP_VPC", "TCP_INTERNET"]
    assert data.network_info.internet_info.ip_whitelist == ["192.0.2.0/24"]
    assert (data.acl_info.acl_types, data.acl_info.default_vpc_auth_free) == (["apache_acl"], False)


def test_a_list_of_accounts_hides_passwords_and_one_account_shows_its_own(
    cloud: LocalCloud, admin: Credentials
) -> None:
    client = five(cloud, admin)
    (listed,) = client.list_instance_account(FIVE, models.ListInstanceAccountRequest()).body.data.list
    assert "in clear" not in str(listed.to_map())
    account = client.get_instance_account(FIVE, models.GetInstanceAccountRequest()).body.data
    assert (account.username, account.password) == ("root", "in clear")


def test_reading_a_password_needs_its_own_permission(build: World, cloud: LocalCloud) -> None:
    key = build.user(OWNER, "lister", allow("rocketmq:List*"))
    client = five(cloud, key)
    client.list_instance_account(FIVE, models.ListInstanceAccountRequest())
    request = models.GetInstanceAccountRequest(username="root")
    assert code_of(lambda: client.get_instance_account(FIVE, request)) == "NoPermission"


def test_acl_rules_and_accounts_go_together(cloud: LocalCloud, admin: Credentials) -> None:
    client = five(cloud, admin)
    client.create_instance_account(
        FIVE, models.CreateInstanceAccountRequest(username="guest", password="guest-password")
    )
    client.create_instance_acl(
        FIVE,
        "guest",
        models.CreateInstanceAclRequest(
            resource_type="Topic", resource_name="topic-001", decision="Allow", actions=["Pub", "Sub"]
        ),
    )
    (rule,) = client.list_instance_acl(FIVE, models.ListInstanceAclRequest()).body.data.list
    assert (rule.username, rule.resource_name, rule.actions) == ("guest", "topic-001", ["Pub", "Sub"])
    client.delete_instance_account(FIVE, "guest")
    assert client.list_instance_acl(FIVE, models.ListInstanceAclRequest()).body.data.list == []


def test_the_whitelist_grows_and_shrinks(cloud: LocalCloud, admin: Credentials) -> None:
    client = five(cloud, admin)
    entries = ["192.0.2.1", "198.51.100.0/24"]
    client.create_instance_ip_whitelist(FIVE, models.CreateInstanceIpWhitelistRequest(ip_whitelists=entries))
    client.create_instance_ip_whitelist(FIVE, models.CreateInstanceIpWhitelistRequest(ip_whitelists=entries))
    listed = client.list_instance_ip_whitelist(FIVE, models.ListInstanceIpWhitelistRequest()).body.data
    assert listed.list == entries
    client.delete_instance_ip_whitelist(
        FIVE, models.DeleteInstanceIpWhitelistRequest(ip_whitelists=entries[:1])
    )
    left = client.get_instance_ip_whitelist(FIVE, models.GetInstanceIpWhitelistRequest()).body.data
    assert left.ip_whitelists == entries[1:]


def test_a_grant_on_one_topic_is_a_grant_on_that_topic_only(build: World, cloud: LocalCloud) -> None:
    arn = f"acs:rocketmq:*:{OWNER}:instance/{FIVE}/topic/topic-001"
    client = five(cloud, build.user(OWNER, "narrow", allow("rocketmq:GetTopic", arn)))
    assert client.get_topic(FIVE, "topic-001").body.data.topic_name == "topic-001"
    assert code_of(lambda: client.get_topic(FIVE, "topic-002")) == "NoPermission"


def test_4x_topics_are_named_after_their_instance_where_it_has_a_name_space(
    build: World, cloud: LocalCloud
) -> None:
    key = build.user(
        OWNER, "narrow", allow("mq:CreateTopic", [f"acs:mq:*:*:{FOUR}%new-*", "acs:mq:*:*:plain"])
    )
    create = ons_models.OnsTopicCreateRequest

    def make(region: str, instance: str, topic: str) -> None:
        request = create(instance_id=instance, topic=topic, message_type=0)
        four(cloud, key, region).ons_topic_create(request)

    make(HANGZHOU, FOUR, "new-one")
    make(SHANGHAI, "MQ_INST_1_BXeast", "plain")
    assert code_of(lambda: make(HANGZHOU, FOUR, "plain")) == "NoPermission"


def test_4x_instances_are_made_filled_and_emptied(cloud: LocalCloud, admin: Credentials) -> None:
    client = four(cloud, admin)
    made = client.ons_instance_create(ons_models.OnsInstanceCreateRequest(instance_name="new")).body.data
    group = ons_models.OnsGroupCreateRequest(instance_id=made.instance_id, group_id="GID_new")
    client.ons_group_create(group)
    delete = ons_models.OnsInstanceDeleteRequest(instance_id=made.instance_id)
    assert code_of(lambda: client.ons_instance_delete(delete)) == "INSTANCE_NOT_EMPTY"
    client.ons_group_delete(
        ons_models.OnsGroupDeleteRequest(instance_id=made.instance_id, group_id="GID_new")
    )
    client.ons_instance_delete(delete)


def test_4x_lists_show_everything_at_once(cloud: LocalCloud, admin: Credentials) -> None:
    client = four(cloud, admin)
    topics = client.ons_topic_list(ons_models.OnsTopicListRequest(instance_id=FOUR)).body.data.publish_info_do
    groups = client.ons_group_list(
        ons_models.OnsGroupListRequest(instance_id=FOUR)
    ).body.data.subscribe_info_do
    assert [(each.topic, each.owner) for each in topics] == [("orders", OWNER)]
    assert [each.group_id for each in groups] == ["GID_b"]
