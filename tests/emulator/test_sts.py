"""STS of the local cloud, through the official SDK and the official credentials package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from alibabacloud_credentials.client import Client as CredentialsClient
from alibabacloud_credentials.models import Config as CredentialsConfig
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_sts20150401 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from scanner.emulator.server import LocalCloud
from tests.cloudfixture import Credentials, running_cloud
from tests.emulator.small import (
    ACCESSOR,
    EVERYTHING,
    OWNER,
    Sdk,
    World,
    allow,
    assume,
    document,
    ram,
    sts,
    trust,
)

ROLE = f"acs:ram::{OWNER}:role/partner"


class Time:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class Scene:
    """Bob of the accessor may assume any role; the owner's role `partner` trusts the accessor."""

    def __init__(self) -> None:
        self.build = World()
        self.bob = self.build.user(ACCESSOR, "bob", allow("sts:AssumeRole"))
        self.build.role(OWNER, "partner", trust(f"acs:ram::{ACCESSOR}:root"), max_session=7200)
        self.build.attach(OWNER, "role", "partner", "partner", allow("ram:ListRoles"))
        self.time = Time()
        self.cloud = LocalCloud(self.build.world, clock=self.time)

    def sts(self, key: Credentials) -> Sdk:
        return sts(self.cloud, key)

    def refused(self, **more: object) -> str:
        return code_of(lambda: assume(self.cloud, self.bob, ROLE, **more))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(AlibabaCloudException) as raised:
        call()
    return str(raised.value.code)


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.cloud:
        yield made


def test_a_user_learns_who_it_is_without_any_permission(scene: Scene) -> None:
    key = scene.build.user(OWNER, "nobody")
    body = scene.sts(key).get_caller_identity().body
    assert (body.account_id, body.identity_type) == (OWNER, "RAMUser")
    assert body.arn == f"acs:ram::{OWNER}:user/nobody"
    assert body.user_id == body.principal_id == scene.build.account(OWNER).users["nobody"].user_id


def test_an_account_learns_who_it_is(scene: Scene) -> None:
    body = scene.sts(scene.build.root(OWNER)).get_caller_identity().body
    assert (body.identity_type, body.arn) == ("Account", f"acs:ram::{OWNER}:root")


def test_a_session_learns_who_it_is(scene: Scene) -> None:
    body = scene.sts(assume(scene.cloud, scene.bob, ROLE)).get_caller_identity().body
    assert (body.account_id, body.identity_type) == (OWNER, "AssumedRoleUser")
    assert body.arn == f"acs:ram::{OWNER}:assumed-role/partner/session"
    assert body.principal_id == f"{body.role_id}:session"


def test_a_role_of_another_account_is_assumed(scene: Scene) -> None:
    request = models.AssumeRoleRequest(role_arn=ROLE, role_session_name="s.1@x-y_z", duration_seconds=900)
    body = scene.sts(scene.bob).assume_role(request).body
    assert body.assumed_role_user.arn == f"{ROLE}/s.1@x-y_z"
    assert body.credentials.access_key_id.startswith("STS.LOCAL")
    expires = datetime.strptime(body.credentials.expiration, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(expires - scene.time.now - timedelta(seconds=900)) < timedelta(seconds=2)


def test_the_caller_needs_permission(scene: Scene) -> None:
    key = scene.build.user(ACCESSOR, "eve")
    with pytest.raises(AlibabaCloudException) as raised:
        assume(scene.cloud, key, ROLE)
    assert (raised.value.code, raised.value.status_code) == ("NoPermission", 403)
    detail = raised.value.access_denied_detail
    assert detail["AuthAction"] == "sts:AssumeRole"
    assert detail["AuthPrincipalType"] == "SubUser"
    assert detail["NoPermissionType"] == "ImplicitDeny"
    assert detail["PolicyType"] == "AccountLevelIdentityBasedPolicy"


def test_a_permission_for_one_role_is_for_that_role(scene: Scene) -> None:
    key = scene.build.user(ACCESSOR, "carl", allow("sts:AssumeRole", f"acs:ram:*:{OWNER}:role/partner"))
    scene.build.role(OWNER, "other", trust(f"acs:ram::{ACCESSOR}:root"))
    assert assume(scene.cloud, key, ROLE)
    assert code_of(lambda: assume(scene.cloud, key, f"acs:ram::{OWNER}:role/other")) == "NoPermission"


def test_the_role_must_trust_the_caller(scene: Scene) -> None:
    scene.build.account(OWNER).roles["partner"].trust = trust(f"acs:ram::{ACCESSOR}:user/alice")
    with pytest.raises(AlibabaCloudException) as raised:
        assume(scene.cloud, scene.bob, ROLE)
    assert raised.value.access_denied_detail["PolicyType"] == "AssumeRolePolicy"


def test_trust_in_the_own_account_does_not_replace_permission(scene: Scene) -> None:
    key = scene.build.user(OWNER, "ann")
    scene.build.account(OWNER).roles["partner"].trust = trust(f"acs:ram::{OWNER}:user/ann")
    assert code_of(lambda: assume(scene.cloud, key, ROLE)) == "NoPermission"


def test_an_external_id_is_checked(scene: Scene) -> None:
    scene.build.account(OWNER).roles["partner"].trust = trust(
        f"acs:ram::{ACCESSOR}:root", Condition={"StringEquals": {"sts:ExternalId": "shared-secret"}}
    )
    assert assume(scene.cloud, scene.bob, ROLE, external_id="shared-secret")
    assert scene.refused(external_id="guess") == "NoPermission"
    assert scene.refused() == "NoPermission"


def test_the_account_itself_cannot_assume_a_role(scene: Scene) -> None:
    key = scene.build.root(ACCESSOR)
    with pytest.raises(AlibabaCloudException, match="root account") as raised:
        assume(scene.cloud, key, ROLE)
    assert raised.value.code == "NoPermission"


def test_a_role_that_is_not_there_is_not_there(scene: Scene) -> None:
    for role in (f"acs:ram::{OWNER}:role/none", "acs:ram::9000000000000009:role/partner"):
        assert code_of(partial(assume, scene.cloud, scene.bob, role)) == "EntityNotExist.Role"


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ({"role_session_name": "x"}, "InvalidParameter.RoleSessionName"),
        ({"role_session_name": "a b"}, "InvalidParameter.RoleSessionName"),
        ({"role_session_name": "a" * 65}, "InvalidParameter.RoleSessionName"),
        ({"external_id": "a"}, "InvalidParameter.ExternalId"),
        ({"external_id": "no spaces"}, "InvalidParameter.ExternalId"),
        ({"duration_seconds": 899}, "InvalidParameter.DurationSeconds"),
        ({"duration_seconds": 7201}, "InvalidParameter.DurationSeconds"),
        ({"policy": "{"}, "InvalidParameter.PolicyGrammar"),
        (
            {"policy": '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*"}]}'},
            "InvalidParameter.PolicyGrammar",
        ),
        ({"policy": document(allow("a" * 2048))}, "InvalidParameter.PolicySize"),
        ({"role_arn": "nonsense"}, "InvalidParameter.RoleArn"),
        ({"role_arn": None}, "InvalidParameter.RoleArn"),
    ],
)
def test_wrong_parameters_are_refused_by_name(scene: Scene, parameter: dict[str, Any], code: str) -> None:
    request = models.AssumeRoleRequest(**{"role_arn": ROLE, "role_session_name": "session", **parameter})
    assert code_of(lambda: scene.sts(scene.bob).assume_role(request)) == code


def test_a_session_lasts_as_long_as_it_was_asked_for(scene: Scene) -> None:
    key = assume(scene.cloud, scene.bob, ROLE, duration_seconds=900)
    scene.time.now += timedelta(seconds=899)
    assert scene.sts(key).get_caller_identity()
    scene.time.now += timedelta(seconds=1)
    assert code_of(lambda: scene.sts(key).get_caller_identity()) == "InvalidSecurityToken.Expired"


def test_a_session_follows_the_permissions_of_its_role(scene: Scene) -> None:
    client = ram(scene.cloud, assume(scene.cloud, scene.bob, ROLE))
    assert client.list_roles(ram_models.ListRolesRequest()).body.roles.role
    scene.build.account(OWNER).attachments.clear()
    assert code_of(lambda: client.list_roles(ram_models.ListRolesRequest())) == "NoPermission"


def test_a_session_policy_narrows_the_session(scene: Scene) -> None:
    narrowed = assume(scene.cloud, scene.bob, ROLE, policy=document(allow("mq:*")))
    assert (
        code_of(lambda: ram(scene.cloud, narrowed).list_roles(ram_models.ListRolesRequest()))
        == "NoPermission"
    )


def test_deleting_the_role_ends_its_sessions_and_a_new_one_of_the_name_does_not_revive_them(
    scene: Scene,
) -> None:
    key = assume(scene.cloud, scene.bob, ROLE)
    roles = scene.build.account(OWNER).roles
    gone = roles.pop("partner")
    assert code_of(lambda: scene.sts(key).get_caller_identity()) == "InvalidSecurityToken.Expired"
    scene.build.role(OWNER, "partner", gone.trust)
    roles["partner"].role_id = "another"
    assert code_of(lambda: scene.sts(key).get_caller_identity()) == "InvalidSecurityToken.Expired"


def test_editing_the_trust_does_not_end_a_session(scene: Scene) -> None:
    key = assume(scene.cloud, scene.bob, ROLE)
    scene.build.account(OWNER).roles["partner"].trust = trust(f"acs:ram::{OWNER}:root")
    assert scene.sts(key).get_caller_identity()
    assert scene.refused() == "NoPermission"


def test_a_role_can_be_assumed_from_a_role(scene: Scene) -> None:
    first = assume(scene.cloud, scene.bob, ROLE)
    scene.build.attach(OWNER, "role", "partner", "hop", allow("sts:AssumeRole"))
    second = scene.build.role(ACCESSOR, "back", trust(ROLE))
    body = scene.sts(assume(scene.cloud, first, second)).get_caller_identity().body
    assert body.arn == f"acs:ram::{ACCESSOR}:assumed-role/back/session"


def test_keys_are_checked(scene: Scene) -> None:
    bob = scene.bob
    assert (
        code_of(lambda: scene.sts(Credentials("LOCALKEYNONE", "x")).get_caller_identity())
        == "InvalidAccessKeyId.NotFound"
    )
    assert (
        code_of(lambda: scene.sts(Credentials(bob.key_id, "wrong")).get_caller_identity())
        == "SignatureDoesNotMatch"
    )
    scene.build.account(ACCESSOR).keys[bob.key_id].active = False
    assert code_of(lambda: scene.sts(bob).get_caller_identity()) == "InvalidAccessKeyId.Inactive"


def test_tokens_are_checked(scene: Scene) -> None:
    key, other = (assume(scene.cloud, scene.bob, ROLE) for _ in range(2))

    def code(token: str) -> str:
        return code_of(lambda: scene.sts(key._replace(token=token)).get_caller_identity())

    assert code("") == "MissingSecurityToken"
    assert code("nonsense") == "InvalidSecurityToken.Malformed"
    assert code(other.token) == "InvalidSecurityToken.MismatchWithAccessKey"


def test_a_caller_with_a_wrong_clock_is_told_so(scene: Scene) -> None:
    late = LocalCloud(scene.build.world, wall=lambda: datetime.now(UTC) + timedelta(minutes=20))
    with late:
        assert code_of(lambda: sts(late, scene.bob).get_caller_identity()) == "InvalidTimeStamp.Expired"


def test_the_credentials_package_assumes_a_role_with_the_older_signature(scene: Scene) -> None:
    config = CredentialsConfig(
        type="ram_role_arn",
        access_key_id=scene.bob.key_id,
        access_key_secret=scene.bob.secret,
        role_arn=ROLE,
        role_session_name="package",
        sts_endpoint=scene.cloud.endpoint,
    )
    found = CredentialsClient(config).get_credential()
    key = Credentials(found.access_key_id, found.access_key_secret, found.security_token)
    assert scene.sts(key).get_caller_identity().body.arn.endswith("/partner/package")


def test_sign_in_through_a_provider_is_refused_because_there_is_none(scene: Scene) -> None:
    client = scene.sts(scene.bob)
    oidc = models.AssumeRoleWithOIDCRequest(
        oidcprovider_arn=f"acs:ram::{OWNER}:oidc-provider/p",
        oidctoken="t",
        role_arn=ROLE,
        role_session_name="sess",
    )
    saml = models.AssumeRoleWithSAMLRequest(
        samlprovider_arn=f"acs:ram::{OWNER}:saml-provider/p", samlassertion="a", role_arn=ROLE
    )
    assert code_of(lambda: client.assume_role_with_oidc(oidc)) == "EntityNotExist.OIDCProvider"
    assert code_of(lambda: client.assume_role_with_saml(saml)) == "EntityNotExist.SAMLProvider"


def test_a_condition_on_the_address_and_on_transport_is_met_by_the_real_request() -> None:
    build = World()
    somewhere = allow("ram:ListRoles", Condition={"IpAddress": {"acs:SourceIp": "203.0.113.0/24"}})
    secure = allow("ram:ListUsers", Condition={"Bool": {"acs:SecureTransport": "true"}})
    key = build.user(OWNER, "ann", somewhere, secure)
    with running_cloud(build.world) as near, running_cloud(build.world, source_ip="203.0.113.9") as far:
        assert code_of(lambda: ram(near, key).list_roles(ram_models.ListRolesRequest())) == "NoPermission"
        assert ram(far, key).list_roles(ram_models.ListRolesRequest()).body
        assert code_of(lambda: ram(far, key).list_users(ram_models.ListUsersRequest())) == "NoPermission"


def test_a_change_takes_effect_after_the_propagation_delay() -> None:
    build, time = World(), Time()
    admin = build.user(OWNER, "admin", EVERYTHING)
    bob = build.user(ACCESSOR, "bob", allow("sts:AssumeRole"))
    build.role(OWNER, "partner", trust(f"acs:ram::{ACCESSOR}:root"))
    with running_cloud(build.world, clock=time, propagation_seconds=10) as cloud:
        update = ram_models.UpdateRoleRequest(
            role_name="partner", new_assume_role_policy_document=trust(f"acs:ram::{OWNER}:root")
        )
        ram(cloud, admin).update_role(update)
        assert assume(cloud, bob, ROLE)
        time.now += timedelta(seconds=9)
        assert assume(cloud, bob, ROLE)
        time.now += timedelta(seconds=1)
        assert code_of(lambda: assume(cloud, bob, ROLE)) == "NoPermission"


def test_a_detached_policy_works_until_the_delay_is_over() -> None:
    build, time = World(), Time()
    admin = build.user(OWNER, "admin", EVERYTHING)
    ann = build.user(OWNER, "ann", allow("ram:ListUsers"))
    with running_cloud(build.world, clock=time, propagation_seconds=5) as cloud:
        detach = ram_models.DetachPolicyFromUserRequest(
            policy_type="Custom", policy_name="ann-own", user_name="ann"
        )
        ram(cloud, admin).detach_policy_from_user(detach)
        assert ram(cloud, ann).list_users(ram_models.ListUsersRequest()).body
        time.now += timedelta(seconds=5)
        assert code_of(lambda: ram(cloud, ann).list_users(ram_models.ListUsersRequest())) == "NoPermission"
