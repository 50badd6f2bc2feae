"""RAM and ResourceManager in the local cloud, through the official SDKs: what sticks, what conflicts, who may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from alibabacloud_ram20150501 import models
from alibabacloud_resourcemanager20200331 import models as rm_models
from alibabacloud_resourcemanager20200331.client import Client as ResourceManager
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from scanner.emulator.server import LocalCloud
from tests.cloudfixture import credentials_of, running_cloud
from tests.emulator.scenario import DOCUMENT, TRUST
from tests.emulator.small import (
    ACCESSOR,
    EVERYTHING,
    OWNER,
    Sdk,
    World,
    _config,
    allow,
    assume,
    deny,
    ram,
    sts,
)

ROTATE = "DeleteOldestNonDefaultVersionWhenLimitExceeded"


@pytest.fixture
def build() -> World:
    world = World()
    world.account(ACCESSOR).users.clear()
    world.user(ACCESSOR, "alice", allow("sts:AssumeRole"))
    world.account(OWNER).resource_groups.add("rg-orders")
    return world


@pytest.fixture
def cloud(build: World) -> Iterator[LocalCloud]:
    build.user(OWNER, "admin", EVERYTHING)
    with running_cloud(build.world, quotas=False) as cloud:
        yield cloud


@pytest.fixture
def client(build: World, cloud: LocalCloud) -> Sdk:
    return ram(cloud, credentials_of(build.world, OWNER, "admin"))


@pytest.fixture
def manager(build: World, cloud: LocalCloud) -> Sdk:
    return ResourceManager(_config(cloud, credentials_of(build.world, OWNER, "admin")))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(AlibabaCloudException) as raised:
        call()
    return str(raised.value.code)


def new_role(client: Sdk, name: str = "orders", **more: object) -> Sdk:
    request = models.CreateRoleRequest(role_name=name, assume_role_policy_document=TRUST, **more)
    return client.create_role(request).body.role


def new_policy(client: Sdk, name: str = "orders-read", document: str = DOCUMENT, **more: object) -> Sdk:
    return client.create_policy(
        models.CreatePolicyRequest(policy_name=name, policy_document=document, **more)
    ).body.policy


def attach(client: Sdk, role: str = "orders", policy: str = "orders-read", **more: object) -> Sdk:
    return client.attach_policy_to_role(
        models.AttachPolicyToRoleRequest(policy_type="Custom", policy_name=policy, role_name=role, **more)
    )


def policies_of(client: Sdk, role: str = "orders") -> list[str]:
    body = client.list_policies_for_role(models.ListPoliciesForRoleRequest(role_name=role)).body
    return [policy.policy_name for policy in body.policies.policy]


def test_a_role_comes_back_as_it_was_made(client: Sdk) -> None:
    tag = [models.CreateRoleRequestTag(key="team", value="trade")]
    made = new_role(client, description="Orders", max_session_duration=7200, tag=tag)
    role = client.get_role(models.GetRoleRequest(role_name="orders")).body.role
    assert role.arn == f"acs:ram::{OWNER}:role/orders"
    assert (role.role_id, role.description, role.max_session_duration) == (made.role_id, "Orders", 7200)
    assert role.assume_role_policy_document == TRUST
    (listed,) = client.list_roles(models.ListRolesRequest()).body.roles.role
    assert [(each.tag_key, each.tag_value) for each in listed.tags.tag] == [("team", "trade")]
    assert not hasattr(listed, "assume_role_policy_document")


def test_a_role_keeps_what_an_update_does_not_name(client: Sdk) -> None:
    new_role(client, description="Orders", max_session_duration=7200)
    client.update_role(models.UpdateRoleRequest(role_name="orders", new_allow_console_login=False))
    role = client.get_role(models.GetRoleRequest(role_name="orders")).body.role
    assert (role.description, role.max_session_duration, role.allow_console_login) == ("Orders", 7200, False)


def test_pages_of_roles_are_complete_and_survive_a_deletion_on_the_way(client: Sdk) -> None:
    for number in range(7):
        new_role(client, f"role-{number}")
    seen, marker = [], None
    while True:
        body = client.list_roles(models.ListRolesRequest(max_items=3, marker=marker)).body
        seen += [role.role_name for role in body.roles.role]
        if not body.is_truncated:
            assert body.marker is None
            break
        marker = body.marker
        client.delete_role(models.DeleteRoleRequest(role_name=seen[0]))
        seen.pop(0)
    assert seen == ["role-2", "role-3", "role-4", "role-5", "role-6"]


def test_roles_and_policies_are_listed_by_tag(client: Sdk) -> None:
    new_role(client, "plain")
    new_role(client, "tagged", tag=[models.CreateRoleRequestTag(key="team", value="trade")])
    asked = models.ListRolesRequest(tag=[models.ListRolesRequestTag(key="team", value="trade")])
    assert [role.role_name for role in client.list_roles(asked).body.roles.role] == ["tagged"]


def test_a_policy_of_6144_characters_works_and_one_more_does_not(client: Sdk) -> None:
    padded = DOCUMENT + " " * (6_144 - len(DOCUMENT))
    new_policy(client, document=padded)
    body = client.get_policy(models.GetPolicyRequest(policy_name="orders-read", policy_type="Custom")).body
    assert body.default_policy_version.policy_document == padded
    assert (
        code_of(lambda: new_policy(client, "longer", padded + " "))
        == "InvalidParameter.PolicyDocument.Length"
    )


def test_a_policy_in_chinese_counts_characters(client: Sdk) -> None:
    statement = {"Effect": "Allow", "Action": "mq:ListTopic", "Resource": "acs:mq:*:*:" + "订" * 2_000}
    text = json.dumps({"Version": "1", "Statement": [statement]}, ensure_ascii=False)
    new_policy(client, document=text)
    body = client.get_policy(models.GetPolicyRequest(policy_name="orders-read", policy_type="Custom")).body
    assert body.default_policy_version.policy_document == text


def new_version(client: Sdk, **more: object) -> Sdk:
    request = models.CreatePolicyVersionRequest(policy_name="orders-read", policy_document=DOCUMENT, **more)
    return client.create_policy_version(request).body.policy_version


def versions_of(client: Sdk) -> dict[str, bool]:
    request = models.ListPolicyVersionsRequest(policy_name="orders-read", policy_type="Custom")
    body = client.list_policy_versions(request).body
    return {each.version_id: each.is_default_version for each in body.policy_versions.policy_version}


def test_a_new_version_is_the_default_only_when_asked(client: Sdk) -> None:
    new_policy(client)
    assert not new_version(client).is_default_version
    assert new_version(client, set_as_default=True).is_default_version
    assert versions_of(client) == {"v1": False, "v2": False, "v3": True}


def test_the_sixth_version_pushes_out_the_oldest_that_is_not_the_default(client: Sdk) -> None:
    new_policy(client)
    for _ in range(4):
        new_version(client)
    assert code_of(lambda: new_version(client)) == "LimitExceeded.Policy.Version"
    new_version(client, rotate_strategy=ROTATE)
    assert versions_of(client) == {"v1": True, "v3": False, "v4": False, "v5": False, "v6": False}


def test_version_numbers_are_never_used_again(client: Sdk) -> None:
    new_policy(client)
    new_version(client)
    client.delete_policy_version(
        models.DeletePolicyVersionRequest(policy_name="orders-read", version_id="v2")
    )
    assert new_version(client).version_id == "v3"


def test_a_policy_with_old_versions_goes_only_with_cascading_deletion(client: Sdk) -> None:
    new_policy(client)
    new_version(client)
    request = models.DeletePolicyRequest(policy_name="orders-read")
    assert code_of(lambda: client.delete_policy(request)) == "DeleteConflict.Policy.Version"
    client.delete_policy(models.DeletePolicyRequest(policy_name="orders-read", cascading_delete=True))
    gone = models.GetPolicyRequest(policy_name="orders-read", policy_type="Custom")
    assert code_of(lambda: client.get_policy(gone)) == "EntityNotExist.Policy"


def test_an_attached_policy_and_its_role_cannot_go_before_it_is_detached(client: Sdk) -> None:
    new_role(client)
    new_policy(client)
    attach(client)
    delete_role = models.DeleteRoleRequest(role_name="orders")
    delete_policy = models.DeletePolicyRequest(policy_name="orders-read")
    assert code_of(lambda: client.delete_role(delete_role)) == "DeleteConflict.Role.Policy"
    assert code_of(lambda: client.delete_policy(delete_policy)) == "DeleteConflict.Policy.Role"
    client.detach_policy_from_role(
        models.DetachPolicyFromRoleRequest(
            policy_type="Custom", policy_name="orders-read", role_name="orders"
        )
    )
    client.delete_role(delete_role)
    client.delete_policy(delete_policy)


def test_a_role_carries_ten_custom_policies_in_each_scope(client: Sdk) -> None:
    new_role(client)
    for number in range(11):
        new_policy(client, f"p-{number}")
    for number in range(10):
        attach(client, policy=f"p-{number}")
    assert code_of(lambda: attach(client, policy="p-10")) == "LimitExceeded.Role.Policy"
    attach(client, policy="p-10", resource_group_id="rg-orders")


def test_only_resource_manager_shows_what_is_attached_in_a_resource_group(client: Sdk, manager: Sdk) -> None:
    new_role(client)
    new_policy(client)
    attach(client, resource_group_id="rg-orders")
    assert policies_of(client) == []
    request = rm_models.ListPolicyAttachmentsRequest(principal_type="ServiceRole")
    (found,) = manager.list_policy_attachments(request).body.policy_attachments.policy_attachment
    assert (found.policy_name, found.resource_group_id) == ("orders-read", "rg-orders")
    assert found.principal_name == f"orders@role.{OWNER}.onaliyunservice.com"


def test_attachments_come_in_pages_of_at_most_a_hundred(client: Sdk, manager: Sdk) -> None:
    for number in range(3):
        new_policy(client, f"p-{number}")
    new_role(client)
    for number in range(3):
        attach(client, policy=f"p-{number}")
    names = []
    for page in (1, 2, 3):
        request = rm_models.ListPolicyAttachmentsRequest(page_number=page, page_size=2)
        body = manager.list_policy_attachments(request).body
        assert (body.page_number, body.page_size, body.total_count) == (page, 2, 4)
        names += [each.policy_name for each in body.policy_attachments.policy_attachment]
    assert names == ["p-0", "p-1", "p-2", "admin-own"]
    wide = rm_models.ListPolicyAttachmentsRequest(page_size=1_000)
    assert manager.list_policy_attachments(wide).body.page_size == 100


def test_the_policies_count_where_they_are_attached(client: Sdk) -> None:
    new_policy(client)
    new_role(client)
    attach(client)
    body = client.list_policies(models.ListPoliciesRequest(policy_type="Custom")).body
    counts = {policy.policy_name: policy.attachment_count for policy in body.policies.policy}
    assert counts["orders-read"] == 1
    request = models.ListEntitiesForPolicyRequest(policy_name="orders-read", policy_type="Custom")
    assert [role.role_name for role in client.list_entities_for_policy(request).body.roles.role] == ["orders"]


def test_attaching_needs_permission_on_the_role_and_on_the_policy(
    build: World, cloud: LocalCloud, client: Sdk
) -> None:
    new_role(client)
    new_policy(client)
    on_role = allow("ram:AttachPolicyToRole", f"acs:ram:*:{OWNER}:role/orders")
    on_policy = allow("ram:AttachPolicyToRole", f"acs:ram:*:{OWNER}:policy/orders-read")
    half = ram(cloud, build.user(OWNER, "half", on_role))
    whole = ram(cloud, build.user(OWNER, "whole", on_role, on_policy))
    assert code_of(lambda: attach(half)) == "NoPermission"
    attach(whole)
    assert policies_of(client) == ["orders-read"]


def test_a_system_policy_is_authorized_under_the_account_word_system(build: World, cloud: LocalCloud) -> None:
    key = build.user(OWNER, "reader", allow("ram:GetPolicy", "acs:ram:*:system:policy/*"))
    reader = ram(cloud, key)
    system = models.GetPolicyRequest(policy_name="nothing", policy_type="System")
    custom = models.GetPolicyRequest(policy_name="nothing", policy_type="Custom")
    assert code_of(lambda: reader.get_policy(system)) == "EntityNotExist.Policy"
    assert code_of(lambda: reader.get_policy(custom)) == "NoPermission"


def test_changing_a_custom_policy_cannot_be_authorized_as_a_system_policy(
    build: World, cloud: LocalCloud, client: Sdk
) -> None:
    new_policy(client)
    key = build.user(OWNER, "sly", allow("ram:*"), deny("ram:*", f"acs:ram:*:{OWNER}:*"))
    request = models.DeletePolicyRequest(policy_name="orders-read")
    assert code_of(lambda: ram(cloud, key).delete_policy(request)) == "NoPermission"


def test_a_deny_on_one_role_leaves_the_others(build: World, cloud: LocalCloud, client: Sdk) -> None:
    new_role(client, "open")
    new_role(client, "closed")
    shut = deny("ram:GetRole", f"acs:ram:*:{OWNER}:role/closed")
    reader = ram(cloud, build.user(OWNER, "reader", allow("ram:Get*"), shut))
    reader.get_role(models.GetRoleRequest(role_name="open"))
    assert code_of(lambda: reader.get_role(models.GetRoleRequest(role_name="closed"))) == "NoPermission"


def test_tokens_die_with_their_role_and_a_new_role_of_that_name_has_another_id(
    build: World, cloud: LocalCloud, client: Sdk
) -> None:
    first = new_role(client)
    key = assume(cloud, credentials_of(build.world, ACCESSOR, "alice"), first.arn)
    assert sts(cloud, key).get_caller_identity().body.role_id == first.role_id
    client.delete_role(models.DeleteRoleRequest(role_name="orders"))
    second = new_role(client)
    assert second.role_id != first.role_id
    assert code_of(lambda: sts(cloud, key).get_caller_identity()).startswith("InvalidSecurityToken")


def test_a_user_takes_groups_keys_and_policies_along_to_a_new_name(build: World, client: Sdk) -> None:
    build.user(OWNER, "old", allow("mq:ListTopic"))
    build.group(OWNER, "team", "old")
    client.update_user(models.UpdateUserRequest(user_name="old", new_user_name="new"))
    groups = client.list_groups_for_user(models.ListGroupsForUserRequest(user_name="new")).body.groups.group
    keys = client.list_access_keys(models.ListAccessKeysRequest(user_name="new")).body.access_keys.access_key
    held = client.list_policies_for_user(models.ListPoliciesForUserRequest(user_name="new")).body
    assert [group.group_name for group in groups] == ["team"]
    assert [key.access_key_id for key in keys] == ["LOCALKEYOLD1"]
    assert [policy.policy_name for policy in held.policies.policy] == ["old-own"]
    assert code_of(lambda: client.get_user(models.GetUserRequest(user_name="old"))) == "EntityNotExist.User"


def test_a_new_key_works_until_it_is_disabled(cloud: LocalCloud, client: Sdk) -> None:
    client.create_user(models.CreateUserRequest(user_name="dora"))
    made = client.create_access_key(models.CreateAccessKeyRequest(user_name="dora")).body.access_key
    key = type(credentials_of(cloud.world, OWNER, "admin"))(made.access_key_id, made.access_key_secret)
    assert sts(cloud, key).get_caller_identity().body.arn == f"acs:ram::{OWNER}:user/dora"
    client.update_access_key(
        models.UpdateAccessKeyRequest(
            user_name="dora", user_access_key_id=made.access_key_id, status="Inactive"
        )
    )
    assert code_of(lambda: sts(cloud, key).get_caller_identity()) == "InvalidAccessKeyId.Inactive"


def test_a_group_that_gets_another_name_keeps_its_policies(build: World, client: Sdk) -> None:
    build.group(OWNER, "team", "admin")
    build.attach(OWNER, "group", "team", "team-own", allow("mq:ListTopic"))
    client.update_group(models.UpdateGroupRequest(group_name="team", new_group_name="crew"))
    held = client.list_policies_for_group(models.ListPoliciesForGroupRequest(group_name="crew")).body
    assert [policy.policy_name for policy in held.policies.policy] == ["team-own"]


def test_groups_come_a_hundred_to_a_page_at_most(build: World, client: Sdk) -> None:
    for number in range(120):
        build.group(OWNER, f"team-{number:03d}")
    body = client.list_groups(models.ListGroupsRequest(max_items=1_000)).body
    assert (len(body.groups.group), body.is_truncated) == (100, True)


def test_tags_are_set_listed_in_pages_and_removed(client: Sdk) -> None:
    new_role(client)
    tags = [models.TagResourcesRequestTag(key=f"k{number}", value="v") for number in range(3)]
    named = {"resource_type": "role", "resource_names": ["orders"]}
    client.tag_resources(models.TagResourcesRequest(tag=tags, **named))
    first = client.list_tag_resources(models.ListTagResourcesRequest(page_size=2, **named)).body
    second = client.list_tag_resources(
        models.ListTagResourcesRequest(page_size=2, next_token=first.next_token, **named)
    ).body
    assert [each.tag_key for each in (*first.tag_resources, *second.tag_resources)] == ["k0", "k1", "k2"]
    client.untag_resources(models.UntagResourcesRequest(all=True, **named))
    assert client.list_tag_resources(models.ListTagResourcesRequest(**named)).body.tag_resources == []


def test_a_trust_policy_cannot_name_a_user_that_is_not_there(build: World, client: Sdk) -> None:
    del build.account(ACCESSOR).users["alice"]
    assert code_of(lambda: new_role(client)) == "MalformedPolicyDocument"


def test_a_trust_policy_may_name_an_account_that_is_not_in_this_world(client: Sdk) -> None:
    elsewhere = TRUST.replace(ACCESSOR, "9000000000000009")
    request = models.CreateRoleRequest(role_name="far", assume_role_policy_document=elsewhere)
    assert client.create_role(request).body.role.role_name == "far"


def test_a_service_linked_role_is_made_and_removed_by_its_own_operations(client: Sdk) -> None:
    request = models.CreateServiceLinkedRoleRequest(service_name="ons.aliyuncs.com")
    role = client.create_service_linked_role(request).body.role
    assert (role.role_name, role.is_service_linked_role) == ("AliyunServiceRoleForRMQ", True)
    delete = models.DeleteRoleRequest(role_name=role.role_name)
    assert code_of(lambda: client.delete_role(delete)) == "NoPermission"
    client.delete_service_linked_role(models.DeleteServiceLinkedRoleRequest(role_name=role.role_name))
    gone = models.GetRoleRequest(role_name=role.role_name)
    assert code_of(lambda: client.get_role(gone)) == "EntityNotExist.Role"
