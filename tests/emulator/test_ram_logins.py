"""Login profiles, MFA devices and what else hangs on users or the account, through the official SDKs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from alibabacloud_ram20150501 import models
from alibabacloud_rocketmq20220801 import models as mq_models
from alibabacloud_rocketmq20220801.client import Client as RocketMQ
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from scanner.emulator.server import LocalCloud
from scanner.emulator.services.ram_logins import meets
from scanner.emulator.services.ram_mfa import STEP_SECONDS, code_at
from scanner.emulator.state import Account, Instance5, PasswordPolicy
from scanner.emulator.worlds import load_world
from scanner.emulator.worlds.reading import CONSOLE_PASSWORD
from tests.cloudfixture import credentials_of, running_cloud
from tests.emulator.small import EVERYTHING, OWNER, Sdk, World, _config, allow, deny, ram, sts

PASSWORD = "dora-Password-1"
NEW_PASSWORD = "dora-Password-2"
SAMPLE_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The seed of the test values in RFC 6238."""


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def build() -> World:
    build = World()
    build.user(OWNER, "admin", EVERYTHING)
    build.user(OWNER, "dora", allow("ram:ChangePassword"))
    return build


@pytest.fixture
def cloud(build: World, clock: Clock) -> Iterator[LocalCloud]:
    with running_cloud(build.world, quotas=False, clock=clock) as cloud:
        yield cloud


@pytest.fixture
def client(build: World, cloud: LocalCloud) -> Sdk:
    return ram(cloud, credentials_of(build.world, OWNER, "admin"))


@pytest.fixture
def dora(build: World, cloud: LocalCloud) -> Sdk:
    return ram(cloud, credentials_of(build.world, OWNER, "dora"))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(AlibabaCloudException) as raised:
        call()
    return str(raised.value.code)


def log_on(client: Sdk, **more: object) -> Sdk:
    request = models.CreateLoginProfileRequest(user_name="dora", password=PASSWORD, **more)
    return client.create_login_profile(request).body.login_profile


def profile(client: Sdk) -> Sdk:
    return client.get_login_profile(models.GetLoginProfileRequest(user_name="dora")).body.login_profile


def change(dora: Sdk, old: str, new: str) -> Sdk:
    return dora.change_password(models.ChangePasswordRequest(old_password=old, new_password=new))


def bound(client: Sdk, clock: Clock, name: str = "phone", *, minutes_old: int = 0) -> str:
    request = models.CreateVirtualMFADeviceRequest(virtual_mfadevice_name=name)
    device = client.create_virtual_mfadevice(request).body.virtual_mfadevice
    step = int(clock.now.timestamp()) // STEP_SECONDS - 2 * minutes_old
    seed = device.base_32string_seed
    client.bind_mfadevice(
        models.BindMFADeviceRequest(
            user_name="dora",
            serial_number=device.serial_number,
            authentication_code_1=code_at(seed, step),
            authentication_code_2=code_at(seed, step + 1),
        )
    )
    return str(device.serial_number)


def devices(client: Sdk) -> list[tuple[str, str | None]]:
    listed = client.list_virtual_mfadevices().body.virtual_mfadevices.virtual_mfadevice
    return [(each.serial_number, each.user.user_name if each.user else None) for each in listed]


def delete_dora(client: Sdk) -> Sdk:
    return client.delete_user(models.DeleteUserRequest(user_name="dora"))


def test_a_login_profile_comes_back_as_it_was_made_and_changed(client: Sdk) -> None:
    made = log_on(client, password_reset_required=True)
    assert (made.user_name, made.password_reset_required, made.mfabind_required) == ("dora", True, False)
    client.update_login_profile(models.UpdateLoginProfileRequest(user_name="dora", mfabind_required=True))
    found = profile(client)
    assert (found.create_date, found.password_reset_required, found.mfabind_required) == (
        made.create_date,
        True,
        True,
    )
    client.delete_login_profile(models.DeleteLoginProfileRequest(user_name="dora"))
    assert code_of(lambda: profile(client)) == "EntityNotExist.User.LoginProfile"


def test_users_change_their_own_password_and_only_with_the_old_one(client: Sdk, dora: Sdk) -> None:
    assert code_of(lambda: change(dora, PASSWORD, NEW_PASSWORD)) == "EntityNotExist.User.LoginProfile"
    log_on(client, password_reset_required=True)
    assert code_of(lambda: change(dora, "guessed", NEW_PASSWORD)) == "InvalidParameter.OldPassword.Incorrect"
    change(dora, PASSWORD, NEW_PASSWORD)
    assert profile(client).password_reset_required is False
    assert code_of(lambda: change(dora, PASSWORD, PASSWORD)) == "InvalidParameter.OldPassword.Incorrect"


def test_an_account_may_keep_users_from_changing_their_password(client: Sdk, dora: Sdk) -> None:
    log_on(client)
    request = models.SetSecurityPreferenceRequest(allow_user_to_change_password=False)
    client.set_security_preference(request)
    assert code_of(lambda: change(dora, PASSWORD, NEW_PASSWORD)) == "NoPermission"


def test_the_password_policy_rules_new_passwords(client: Sdk) -> None:
    client.set_password_policy(
        models.SetPasswordPolicyRequest(minimum_password_length=14, require_symbols=True)
    )
    shown = client.get_password_policy().body.password_policy
    assert (shown.minimum_password_length, shown.require_symbols, shown.require_numbers) == (14, True, False)
    log_on(client)
    weak = models.UpdateLoginProfileRequest(user_name="dora", password="longEnoughButPlain")
    assert code_of(lambda: client.update_login_profile(weak)) == "InvalidParameter.Password.TooWeak"


@pytest.mark.parametrize(
    ("policy", "weak", "strong"),
    [
        (PasswordPolicy(minimum_length=9), "12345678", "123456789"),
        (PasswordPolicy(lowercase=True), "PASSWORD", "PASSWORd"),
        (PasswordPolicy(uppercase=True), "password", "passworD"),
        (PasswordPolicy(numbers=True), "password", "passw0rd"),
        (PasswordPolicy(symbols=True), "password", "pass-word"),
        (PasswordPolicy(), "x" * 33, "x" * 32),
    ],
)
def test_each_rule_for_passwords_counts(policy: PasswordPolicy, weak: str, strong: str) -> None:
    assert not meets(policy, weak)
    assert meets(policy, strong)


def test_no_password_seed_or_code_is_written_down(
    build: World, cloud: LocalCloud, client: Sdk, dora: Sdk, clock: Clock
) -> None:
    log_on(client)
    change(dora, PASSWORD, NEW_PASSWORD)
    code_of(lambda: change(dora, "a-wrong-Password", NEW_PASSWORD))
    client.update_login_profile(models.UpdateLoginProfileRequest(user_name="dora", password=PASSWORD))
    serial = bound(client, clock)
    account = build.account(OWNER)
    text = json.dumps(list(account.events))
    for secret in (PASSWORD, NEW_PASSWORD, "a-wrong-Password", account.mfa_devices[serial].seed):
        assert secret not in text
        assert secret not in repr(account)
    binding = next(event for event in account.events if event["eventName"] == "BindMFADevice")
    assert binding["requestParameters"]["AuthenticationCode1"] == "********"


def test_an_event_tells_which_rules_of_passwords_changed(build: World, client: Sdk) -> None:
    client.set_password_policy(models.SetPasswordPolicyRequest(minimum_password_length=14))
    event = build.account(OWNER).events[-1]
    assert event["requestParameters"]["MinimumPasswordLength"] == "14"
    assert event["responseElements"]["PasswordPolicy"]["MinimumPasswordLength"] == 14


def test_a_user_with_a_login_profile_or_a_device_cannot_be_deleted(
    build: World, client: Sdk, clock: Clock
) -> None:
    build.account(OWNER).keys.pop("LOCALKEYDORA1")
    log_on(client)
    assert code_of(lambda: delete_dora(client)) == "DeleteConflict.User.LoginProfile"
    client.delete_login_profile(models.DeleteLoginProfileRequest(user_name="dora"))
    serial = bound(client, clock)
    assert code_of(lambda: delete_dora(client)) == "DeleteConflict.User.MFADevice"
    gone = client.unbind_mfadevice(models.UnbindMFADeviceRequest(user_name="dora")).body.mfadevice
    assert gone.serial_number == serial
    assert code_of(lambda: delete_dora(client)) == "DeleteConflict.User.Policy"


def test_a_device_is_bound_with_two_codes_and_deleted_once_nobody_is_bound_to_it(
    client: Sdk, clock: Clock
) -> None:
    serial = bound(client, clock)
    assert serial == f"acs:ram::{OWNER}:mfa/phone"
    info = client.get_user_mfainfo(models.GetUserMFAInfoRequest(user_name="dora")).body.mfadevice
    assert (info.serial_number, info.type) == (serial, "VMFA")
    assert devices(client) == [(serial, "dora")]
    delete = models.DeleteVirtualMFADeviceRequest(serial_number=serial)
    assert code_of(lambda: client.delete_virtual_mfadevice(delete)) == "DeleteConflict.VirtualMFADevice.User"
    client.unbind_mfadevice(models.UnbindMFADeviceRequest(user_name="dora"))
    assert devices(client) == [(serial, None)]
    client.delete_virtual_mfadevice(delete)
    assert devices(client) == []


def test_codes_that_are_some_minutes_old_do_not_bind(client: Sdk, clock: Clock) -> None:
    assert code_of(lambda: bound(client, clock, minutes_old=5)) == "CheckAuthenticationCodeFail"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SAMPLE_SEED, seconds // STEP_SECONDS) == code


def test_a_user_takes_login_profile_and_device_along_to_a_new_name(client: Sdk, clock: Clock) -> None:
    log_on(client, mfabind_required=True)
    serial = bound(client, clock)
    client.update_user(models.UpdateUserRequest(user_name="dora", new_user_name="dorothy"))
    request = models.GetLoginProfileRequest(user_name="dorothy")
    assert client.get_login_profile(request).body.login_profile.mfabind_required is True
    assert devices(client) == [(serial, "dorothy")]


def test_a_key_tells_when_it_was_last_used(client: Sdk, dora: Sdk, clock: Clock) -> None:
    request = models.GetAccessKeyLastUsedRequest(user_name="dora", user_access_key_id="LOCALKEYDORA1")

    def last_used() -> str:
        return str(client.get_access_key_last_used(request).body.access_key_last_used.last_used_date)

    assert last_used() == ""
    used = clock.now
    code_of(lambda: profile(dora))
    clock.now += timedelta(hours=3)
    assert last_used() == used.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_alias_is_set_once_and_taken_for_all_accounts(
    build: World, cloud: LocalCloud, client: Sdk
) -> None:
    assert client.get_account_alias().body.account_alias == OWNER
    client.set_account_alias(models.SetAccountAliasRequest(account_alias="enterprise-a"))
    assert client.get_account_alias().body.account_alias == "enterprise-a"
    build.user("2000000000000002", "admin", EVERYTHING)
    other = ram(cloud, credentials_of(build.world, "2000000000000002", "admin"))
    same = models.SetAccountAliasRequest(account_alias="enterprise-a")
    assert code_of(lambda: other.set_account_alias(same)) == "EntityAlreadyExists.AccountAlias"
    client.clear_account_alias()
    other.set_account_alias(same)
    assert client.get_account_alias().body.account_alias == OWNER


def refused_message(call: Callable[[], object]) -> str:
    with pytest.raises(AlibabaCloudException) as raised:
        call()
    return str(raised.value.access_denied_detail["EncodedDiagnosticMessage"])


def decode(client: Sdk, message: str) -> Sdk:
    request = models.DecodeDiagnosticMessageRequest(encoded_diagnostic_message=message)
    return client.decode_diagnostic_message(request).body.decoded_diagnostic_message


def test_a_refusal_s_message_tells_which_policy_denied(
    build: World, cloud: LocalCloud, client: Sdk, clock: Clock
) -> None:
    build.user(OWNER, "eve", EVERYTHING)
    build.group(OWNER, "kept-out", "eve")
    build.attach(OWNER, "group", "kept-out", "no-roles", deny("ram:ListRoles"))
    eve = ram(cloud, credentials_of(build.world, OWNER, "eve"))
    message = refused_message(lambda: eve.list_roles(models.ListRolesRequest()))
    found = decode(client, message)
    assert (found.auth_action, found.auth_resource) == ("ram:ListRoles", f"acs:ram::{OWNER}:role/*")
    assert (found.explicit_deny, found.no_permission_policy_type) == (True, "AccountLevelIdentityBasedPolicy")
    assert found.auth_principal.auth_principal_type == "SubUser"
    assert found.auth_principal.auth_principal_display_name == build.account(OWNER).users["eve"].user_id
    (policy,) = found.matched_policies
    assert (policy.policy_identifier, policy.policy_version, policy.policy_type) == (
        "no-roles",
        "v1",
        "Custom",
    )
    assert (policy.attached_entity_type, policy.attached_scope, policy.effect) == (
        "RamGroup",
        "Account",
        "Deny",
    )
    conditions = {each.condition_key: each.condition_values for each in found.auth_conditions}
    assert conditions["acs:SourceIp"] == ["127.0.0.1"]
    clock.now += timedelta(hours=25)
    assert code_of(lambda: decode(client, message)) == "EncodedMessageExpire"


def test_a_message_without_a_deny_names_no_policy_and_no_external_id(
    build: World, cloud: LocalCloud, client: Sdk
) -> None:
    role = build.role(OWNER, "r", json.dumps({"Version": "1", "Statement": []}))
    key = credentials_of(build.world, OWNER, "dora")
    request = {"role_arn": role, "role_session_name": "session", "external_id": "between-us"}
    caller = sts(cloud, key)
    message = refused_message(lambda: caller.assume_role(sts_models.AssumeRoleRequest(**request)))
    found = decode(client, message)
    assert (found.explicit_deny, found.matched_policies) == (False, [])
    assert "between-us" not in str(found.to_map())


def test_a_message_is_decoded_in_its_own_account_only(build: World, cloud: LocalCloud, dora: Sdk) -> None:
    message = refused_message(lambda: dora.list_roles(models.ListRolesRequest()))
    build.user("2000000000000002", "admin", EVERYTHING)
    other = ram(cloud, credentials_of(build.world, "2000000000000002", "admin"))
    assert code_of(lambda: decode(other, message)) == "EntityNotExist"


def test_reading_login_profiles_of_one_user_is_authorized_on_that_user(
    build: World, cloud: LocalCloud
) -> None:
    key = build.user(OWNER, "reader", allow("ram:Get*", f"acs:ram:*:{OWNER}:user/admin"))
    reader = ram(cloud, key)
    assert code_of(lambda: profile(reader)) == "NoPermission"
    request = models.GetLoginProfileRequest(user_name="admin")
    assert code_of(lambda: reader.get_login_profile(request)) == "EntityNotExist.User.LoginProfile"


def tagged(key: str, value: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {key: value}}


def test_tags_of_roles_and_policies_decide_who_may_see_them(build: World, cloud: LocalCloud) -> None:
    account = build.account(OWNER)
    for name, team in (("ours", "trade"), ("theirs", "law")):
        build.role(OWNER, name, "{}")
        account.roles[name].tags["Team"] = team
        build.attach(OWNER, "role", name, f"{name}-policy", EVERYTHING)
        account.policies[f"{name}-policy"].tags["Team"] = team
    key = build.user(OWNER, "trader", allow("ram:Get*", Condition=tagged("acs:ResourceTag/Team", "trade")))
    trader = ram(cloud, key)
    trader.get_role(models.GetRoleRequest(role_name="ours"))
    assert code_of(lambda: trader.get_role(models.GetRoleRequest(role_name="theirs"))) == "NoPermission"
    ours, theirs = (
        models.GetPolicyRequest(policy_name=f"{name}-policy", policy_type="Custom")
        for name in ("ours", "theirs")
    )
    trader.get_policy(ours)
    assert code_of(lambda: trader.get_policy(theirs)) == "NoPermission"


def test_tags_of_instances_decide_who_may_see_them(build: World, cloud: LocalCloud) -> None:
    for name, team in (("rmq-cn-ours", "trade"), ("rmq-cn-theirs", "law")):
        build.account(OWNER).instances5[name] = Instance5(name, "cn-hangzhou", tags={"team": team})
    statement = allow("rocketmq:GetInstance", Condition=tagged("acs:ResourceTag/team", "trade"))
    client = RocketMQ(_config(cloud, build.user(OWNER, "trader", statement)))
    assert client.get_instance("rmq-cn-ours").body.data.instance_id == "rmq-cn-ours"
    assert code_of(lambda: client.get_instance("rmq-cn-theirs")) == "NoPermission"


def test_tags_that_are_sent_decide_what_may_be_created(build: World, cloud: LocalCloud) -> None:
    statement = allow(
        ["ram:CreatePolicy", "rocketmq:CreateInstance"], Condition=tagged("acs:RequestTag/team", "trade")
    )
    key = build.user(OWNER, "trader", statement)
    document = json.dumps({"Version": "1", "Statement": [EVERYTHING]})

    def create(team: str) -> Sdk:
        tag = [models.CreatePolicyRequestTag(key="team", value=team)]
        return ram(cloud, key).create_policy(
            models.CreatePolicyRequest(policy_name="new", policy_document=document, tag=tag)
        )

    def instance(team: str) -> Sdk:
        tags = [mq_models.CreateInstanceRequestTags(key="team", value=team)]
        return RocketMQ(_config(cloud, key)).create_instance(
            mq_models.CreateInstanceRequest(series_code="standard", sub_series_code="cluster_ha", tags=tags)
        )

    for make in (create, instance):
        assert code_of(lambda make=make: make("law")) == "NoPermission"  # type: ignore[misc]
        make("trade")


def demo_account(account: str) -> Account:
    return load_world("demo").accounts[account]


def test_the_console_users_of_the_world_demo_have_login_profiles_and_devices() -> None:
    carol = demo_account("2000000000000002").users["carol"]
    assert carol.login is not None
    assert (carol.login.password, carol.login.mfa_required) == (CONSOLE_PASSWORD, True)
    assert [device.user for device in demo_account("2000000000000002").mfa_devices.values()] == ["carol"]
    assert demo_account(OWNER).users["deploy-bot"].login is None


def test_a_change_takes_its_time_where_a_delay_is_asked_for(build: World, clock: Clock) -> None:
    with running_cloud(build.world, quotas=False, clock=clock, propagation_seconds=20) as cloud:
        client = ram(cloud, credentials_of(build.world, OWNER, "admin"))
        log_on(client)
        serial = bound(client, clock)
        assert code_of(lambda: profile(client)) == "EntityNotExist.User.LoginProfile"
        assert devices(client) == []
        clock.now += timedelta(seconds=21)
        assert profile(client).user_name == "dora"
        assert devices(client) == [(serial, "dora")]
