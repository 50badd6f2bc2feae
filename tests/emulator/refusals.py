"""Calls that the local cloud's services refuse, and a world in which every limit is reached."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from scanner.emulator.services import (
    ons,
    ram_attachments,
    ram_groups,
    ram_mfa,
    ram_policies,
    ram_roles,
    ram_users,
)
from scanner.emulator.state import (
    AccessKey,
    Account,
    AttachmentKey,
    GroupRecord,
    Instance4,
    LocalWorld,
    LoginRecord,
    MfaDevice,
    PolicyRecord,
    RoleRecord,
    TrailRecord,
    UserRecord,
    VersionRecord,
)
from tests.cloudfixture import load
from tests.emulator.scenario import ACL, DOCUMENT, FIVE, FOUR, OWNER, PARTNER, TRUST, diagnostic_message

NO_SUCH = "no-such"
FULL = "full"
"""The name of everything that carries as much as it may."""
ROOT = ""
"""The account itself, as the owner of a key."""
FULL4 = f"MQ_INST_{OWNER}_BXfull01"
LONG = "x" * 7_000


@dataclass(frozen=True, kw_only=True)
class Refusing:
    """A call and how it is refused."""

    name: str
    status: int
    code: str
    query: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    caller: str = "admin"


def crowded_world() -> LocalWorld:
    """The world `tiny`, with nothing left to add in Enterprise A's account."""
    world = load("tiny")
    account = world.accounts[OWNER]
    _fill_with_policies(account)
    _fill_with_principals(account)
    account.roles["AliyunServiceRoleForRMQ"] = RoleRecord(
        "AliyunServiceRoleForRMQ", "1", TRUST, service_linked=True
    )
    account.instances4[FULL4] = Instance4(
        FULL4, "cn-hangzhou", groups={f"GID_{number}": {} for number in range(ons.GROUPS_MOST)}
    )
    account.keys["LOCALKEYROOT1"] = AccessKey("LOCALKEYROOT1", "local-secret-root-1", ROOT)
    for number in range(5):
        account.trails[f"trail-{number}"] = TrailRecord(f"trail-{number}", "cn-hangzhou")
    return world


def _fill_with_policies(account: Account) -> None:
    versions = {f"v{number}": VersionRecord(f"v{number}", DOCUMENT) for number in range(1, 6)}
    for number in range(ram_attachments.CUSTOM_MOST):
        _add_policy(account, f"held-{number}")
    for kind in ("user", "group", "role"):
        _add_policy(account, f"for-{kind}")
    account.policies[FULL] = PolicyRecord("Custom", FULL, "v1", versions, next_version=6)
    for number in count():
        if len(account.policies) >= ram_policies.POLICIES_MOST:
            return
        _add_policy(account, f"spare-{number}")


def _add_policy(account: Account, name: str) -> None:
    account.policies[name] = PolicyRecord("Custom", name, "v1", {"v1": VersionRecord("v1", DOCUMENT)})


def _fill_with_principals(account: Account) -> None:
    account.groups[FULL] = GroupRecord(FULL, "g-full", members={FULL: ""})
    account.users[FULL] = UserRecord(FULL, "u-full")
    account.roles[FULL] = RoleRecord(FULL, "r-full", TRUST)
    for number in range(ram_users.KEYS_MOST):
        account.keys[f"LOCALKEYFULL{number}"] = AccessKey(f"LOCALKEYFULL{number}", "secret", FULL)
    for number in range(ram_groups.GROUPS_MOST - len(account.groups)):
        members = {FULL: ""} if number < ram_groups.GROUPS_OF_A_USER_MOST - 1 else {}
        account.groups[f"group-{number}"] = GroupRecord(f"group-{number}", f"g-{number}", members=members)
    for number in range(ram_users.USERS_MOST - len(account.users)):
        account.users[f"user-{number}"] = UserRecord(f"user-{number}", f"u-{number}")
    for number in range(ram_roles.ROLES_MOST - len(account.roles)):
        account.roles[f"role-{number}"] = RoleRecord(f"role-{number}", f"r-{number}", TRUST)
    account.users["user-21"].login = LoginRecord(password="old-Password-1")
    account.users["admin"].login = LoginRecord(password="old-Password-1")
    for number in range(ram_mfa.DEVICES_MOST):
        serial = ram_mfa.mfa_serial(account, f"device-{number}")
        account.mfa_devices[serial] = MfaDevice(
            serial=serial, seed="A" * 32, user="" if number else "user-22"
        )
    account.alias = FULL
    for kind in ("user", "group", "role"):
        account.attachments[AttachmentKey("Custom", f"for-{kind}", kind, f"{kind}-20")] = ""
        for number in range(ram_attachments.CUSTOM_MOST):
            account.attachments[AttachmentKey("Custom", f"held-{number}", kind, FULL)] = ""


def _trusting(*principals: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": list(principals)}}
    return json.dumps({"Version": "1", "Statement": [statement]})


def _conditioned(operator: str) -> str:
    statement = {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": {operator: {"acs:SourceIp": "192.0.2.1"}},
    }
    return json.dumps({"Version": "1", "Statement": [statement]})


def _refusals() -> Iterator[Refusing]:
    yield from _roles()
    yield from _policies()
    yield from _attachments()
    yield from _users()
    yield from _logins()
    yield from _mfa()
    yield from _account_wide()
    yield from _groups()
    yield from _tags_and_pages()
    yield from _resource_manager()
    yield from _rocketmq()
    yield from _ons()
    yield from _sts_and_trails()


def _ram(name: str, status: int, code: str, **query: object) -> Refusing:
    return Refusing(name=f"Ram:{name}", status=status, code=code, query=query)


def _roles() -> Iterator[Refusing]:
    named = ("GetRole", "UpdateRole", "DeleteRole", "ListPoliciesForRole", "DeleteServiceLinkedRole")
    for name in named:
        yield _ram(name, 404, "EntityNotExist.Role", RoleName=NO_SUCH)
    for name in named[:4]:
        yield _ram(name, 400, "InvalidParameter.RoleName.InvalidChars", RoleName="a/b")
        yield _ram(name, 400, "InvalidParameter.RoleName.Length", RoleName="a" * 65)
    new = {"RoleName": "new", "AssumeRolePolicyDocument": TRUST}
    yield _ram("CreateRole", 400, "InvalidParameter.RoleName.InvalidChars", **new | {"RoleName": "a_b"})
    yield _ram("CreateRole", 400, "InvalidParameter.RoleName.Length", **new | {"RoleName": ""})
    yield _ram("CreateRole", 409, "EntityAlreadyExists.Role", **new | {"RoleName": FULL})
    yield _ram("CreateRole", 409, "LimitExceeded.Role", **new)
    yield _ram("CreateRole", 400, "InvalidParameter.Description.Length", **new, Description="x" * 1_025)
    for seconds in (3_599, 43_201, "long"):
        yield _ram(
            "CreateRole", 400, "InvalidParameter.MaxSessionDuration", **new, MaxSessionDuration=seconds
        )
    yield _ram("CreateRole", 400, "InvalidParameter.AllowConsoleLogin", **new, AllowConsoleLogin="maybe")
    yield _ram("CreateRole", 400, "InvalidParameter.Tag", **new, Tag="{}")
    yield _ram("CreateRole", 400, "InvalidParameter.AssumeRolePolicyDocument.Length", RoleName="new")
    for trust in (
        "no JSON",
        "[]",
        '{"Version": "2", "Statement": []}',
        '{"Version": "1", "Statement": {}}',
        _trusting(f"acs:ram::{PARTNER}:user/{NO_SUCH}"),
        _trusting(f"acs:ram::{OWNER}:role/{NO_SUCH}"),
        DOCUMENT,
    ):
        yield _ram(
            "CreateRole", 400, "MalformedPolicyDocument", RoleName="new", AssumeRolePolicyDocument=trust
        )
    yield _ram(
        "UpdateRole", 400, "MalformedPolicyDocument", RoleName=FULL, NewAssumeRolePolicyDocument="no JSON"
    )
    yield _ram(
        "UpdateRole",
        400,
        "InvalidParameter.NewAssumeRolePolicyDocument.Length",
        RoleName=FULL,
        NewAssumeRolePolicyDocument=LONG,
    )
    yield _ram(
        "UpdateRole", 400, "InvalidParameter.NewMaxSessionDuration", RoleName=FULL, NewMaxSessionDuration=1
    )
    yield _ram(
        "UpdateRole", 400, "InvalidParameter.NewDescription.Length", RoleName=FULL, NewDescription=LONG
    )
    yield _ram(
        "UpdateRole",
        400,
        "InvalidParameter.NewAllowConsoleLogin",
        RoleName=FULL,
        NewAllowConsoleLogin="maybe",
    )
    yield _ram("DeleteRole", 409, "DeleteConflict.Role.Policy", RoleName=FULL)
    for name in ("UpdateRole", "DeleteRole"):
        yield _ram(name, 403, "NoPermission", RoleName="AliyunServiceRoleForRMQ")
    linked = "CreateServiceLinkedRole"
    yield _ram(linked, 404, "EntityNotExist.Service", ServiceName="no.aliyuncs.com")
    yield _ram(linked, 409, "EntityAlreadyExists.Role", ServiceName="ons.aliyuncs.com")
    yield _ram(
        linked,
        400,
        "InvalidParameter.CustomSuffix.NotAllowed",
        ServiceName="ons.aliyuncs.com",
        CustomSuffix="two",
    )
    yield _ram(
        linked,
        400,
        "InvalidParameter.Description.Length",
        ServiceName="migration.rmq.aliyuncs.com",
        Description=LONG,
    )
    yield _ram("DeleteServiceLinkedRole", 404, "EntityNotExist.ServiceLinkedRole", RoleName=FULL)


def _policies() -> Iterator[Refusing]:
    typed = ("GetPolicy", "GetPolicyVersion", "ListPolicyVersions", "ListEntitiesForPolicy")
    for name in typed:
        query = {"PolicyType": "Custom", "PolicyName": NO_SUCH, "VersionId": "v1"}
        yield _ram(name, 404, "EntityNotExist.Policy", **query)
        yield _ram(name, 400, "InvalidParameter.PolicyType", **query | {"PolicyType": "Other"})
        yield _ram(name, 400, "InvalidParameter.PolicyName.InvalidChars", **query | {"PolicyName": "a b"})
        yield _ram(name, 400, "InvalidParameter.PolicyName.Length", **query | {"PolicyName": "a" * 129})
    yield _ram("ListPolicies", 400, "InvalidParameter.PolicyType", PolicyType="Other")
    new = {"PolicyName": "new", "PolicyDocument": DOCUMENT}
    yield _ram("CreatePolicy", 400, "InvalidParameter.PolicyName.InvalidChars", **new | {"PolicyName": "a.b"})
    yield _ram("CreatePolicy", 400, "InvalidParameter.PolicyName.Length", **new | {"PolicyName": ""})
    yield _ram(
        "CreatePolicy", 400, "InvalidParameter.PolicyDocument.Length", **new | {"PolicyDocument": LONG}
    )
    yield _ram("CreatePolicy", 400, "InvalidParameter.Description.Length", **new, Description=LONG)
    yield _ram("CreatePolicy", 400, "InvalidParameter.Tag", **new, Tag='[{"Value": "keyless"}]')
    yield _ram("CreatePolicy", 409, "EntityAlreadyExists.Policy", **new | {"PolicyName": FULL})
    yield _ram("CreatePolicy", 409, "LimitExceeded.Policy", **new)
    for document in (
        "no JSON",
        TRUST,
        '{"Version": "1", "Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]}',
        '{"Version": "1", "Statement": [{"Effect": "Allow", "Resource": "*"}]}',
        '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*"}]}',
        '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}]}',
        '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": [1], "Resource": "*"}]}',
        '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "NotResource": "*"}]}',
        _conditioned("StringEqualsIfExists"),
        _conditioned("Null"),
    ):
        yield _ram("CreatePolicy", 400, "MalformedPolicyDocument", **new | {"PolicyDocument": document})
    version = {"PolicyName": FULL, "PolicyDocument": DOCUMENT}
    name = "CreatePolicyVersion"
    yield _ram(name, 409, "LimitExceeded.Policy.Version", **version)
    yield _ram(name, 400, "InvalidParameter.RotateStrategy", **version, RotateStrategy="Other")
    yield _ram(name, 400, "InvalidParameter.SetAsDefault", **version, SetAsDefault="maybe")
    yield _ram(name, 400, "InvalidParameter.PolicyDocument.Length", **version | {"PolicyDocument": LONG})
    yield _ram(name, 400, "MalformedPolicyDocument", **version | {"PolicyDocument": "no JSON"})
    for name in ("SetDefaultPolicyVersion", "DeletePolicyVersion"):
        yield _ram(name, 404, "EntityNotExist.Policy.Version", PolicyName=FULL, VersionId="v9")
        yield _ram(name, 400, "InvalidParameter.VersionId.Format", PolicyName=FULL, VersionId="9")
    named = ("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy")
    for name in (*named, "UpdatePolicyDescription"):
        yield _ram(name, 404, "EntityNotExist.Policy", PolicyName=NO_SUCH)
        yield _ram(name, 400, "InvalidParameter.PolicyName.InvalidChars", PolicyName="a/b")
        yield _ram(name, 400, "InvalidParameter.PolicyName.Length", PolicyName="")
    custom = {"PolicyType": "Custom", "PolicyName": FULL}
    yield _ram("GetPolicyVersion", 404, "EntityNotExist.Policy.Version", **custom, VersionId="v9")
    yield _ram("GetPolicyVersion", 400, "InvalidParameter.VersionId.Format", **custom, VersionId="")
    yield _ram(
        "DeletePolicyVersion", 409, "DeleteConflict.Policy.Version.Default", PolicyName=FULL, VersionId="v1"
    )
    yield _ram("DeletePolicy", 409, "DeleteConflict.Policy.Version", PolicyName=FULL)
    yield _ram(
        "DeletePolicy", 400, "InvalidParameter.CascadingDelete", PolicyName=FULL, CascadingDelete="maybe"
    )
    for kind in ("User", "Group", "Role"):
        yield _ram("DeletePolicy", 409, f"DeleteConflict.Policy.{kind}", PolicyName=f"for-{kind.lower()}")
    name = "UpdatePolicyDescription"
    yield _ram(name, 400, "InvalidParameter.NewDescription.Length", PolicyName=FULL, NewDescription=LONG)


def _attachments() -> Iterator[Refusing]:
    spare = {"PolicyType": "Custom", "PolicyName": "spare-1"}
    held = {"PolicyType": "Custom", "PolicyName": "held-1"}
    for kind in ("User", "Group", "Role"):
        named = {f"{kind}Name": FULL}
        attach, detach = f"AttachPolicyTo{kind}", f"DetachPolicyFrom{kind}"
        yield _ram(attach, 409, f"EntityAlreadyExists.{kind}.Policy", **named, **held)
        yield _ram(attach, 409, f"LimitExceeded.{kind}.Policy", **named, **spare)
        yield _ram(detach, 404, f"EntityNotExist.{kind}.Policy", **named, **spare)
        for name in (attach, detach):
            yield _ram(name, 404, f"EntityNotExist.{kind}", **{f"{kind}Name": NO_SUCH}, **spare)
            yield _ram(
                name, 400, f"InvalidParameter.{kind}Name.InvalidChars", **{f"{kind}Name": "/"}, **spare
            )
            yield _ram(name, 400, f"InvalidParameter.{kind}Name.Length", **spare)
            yield _ram(name, 404, "EntityNotExist.Policy", **named, **spare | {"PolicyName": NO_SUCH})
            yield _ram(name, 400, "InvalidParameter.PolicyType", **named, **spare | {"PolicyType": ""})
            yield _ram(
                name, 400, "InvalidParameter.PolicyName.InvalidChars", **named, **spare | {"PolicyName": "?"}
            )
            yield _ram(name, 400, "InvalidParameter.PolicyName.Length", **named, **spare | {"PolicyName": ""})
            yield _ram(
                name, 404, "EntityNotExists.ResourceGroup", **named, **spare, ResourceGroupId="rg-none"
            )
    linked = {"RoleName": "AliyunServiceRoleForRMQ", **spare}
    for name in ("AttachPolicyToRole", "DetachPolicyFromRole"):
        yield _ram(name, 403, "NoPermission", **linked)


def _users() -> Iterator[Refusing]:
    named = ("GetUser", "UpdateUser", "DeleteUser", "ListPoliciesForUser", "ListGroupsForUser")
    for name in (*named, "CreateAccessKey", "ListAccessKeys"):
        yield _ram(name, 404, "EntityNotExist.User", UserName=NO_SUCH)
        yield _ram(name, 400, "InvalidParameter.UserName.InvalidChars", UserName="a b")
        yield _ram(name, 400, "InvalidParameter.UserName.Length", UserName="a" * 65)
    new = {"UserName": "new"}
    yield _ram("CreateUser", 400, "InvalidParameter.UserName.InvalidChars", UserName="a/b")
    yield _ram("CreateUser", 400, "InvalidParameter.UserName.Length")
    yield _ram("CreateUser", 409, "EntityAlreadyExists.User", UserName=FULL)
    yield _ram("CreateUser", 409, "LimitExceeded.User", **new)
    yield _ram("CreateUser", 400, "InvalidParameter.DisplayName.Length", **new, DisplayName="x" * 129)
    yield _ram("CreateUser", 400, "InvalidParameter.Comments.Length", **new, Comments="x" * 129)
    yield _ram("CreateUser", 400, "InvalidParameter.Email.Format", **new, Email="nowhere")
    yield _ram("CreateUser", 400, "InvalidParameter.MobilePhone.Format", **new, MobilePhone="by heart")
    old = {"UserName": FULL}
    yield _ram("UpdateUser", 409, "EntityAlreadyExists.User", **old, NewUserName="user-1")
    yield _ram("UpdateUser", 400, "InvalidParameter.NewUserName.InvalidChars", **old, NewUserName="a b")
    yield _ram("UpdateUser", 400, "InvalidParameter.NewUserName.Length", **old, NewUserName="a" * 65)
    yield _ram("UpdateUser", 400, "InvalidParameter.NewDisplayName.Length", **old, NewDisplayName="x" * 129)
    yield _ram("UpdateUser", 400, "InvalidParameter.NewComments.Length", **old, NewComments="x" * 129)
    yield _ram("UpdateUser", 400, "InvalidParameter.NewEmail.Format", **old, NewEmail="nowhere")
    yield _ram("UpdateUser", 400, "InvalidParameter.NewMobilePhone.Format", **old, NewMobilePhone="by heart")
    yield _ram("DeleteUser", 409, "DeleteConflict.User.Group", **old)
    yield _ram("DeleteUser", 409, "DeleteConflict.User.AccessKey", UserName="crossrole-auditor")
    yield _ram("DeleteUser", 409, "DeleteConflict.User.Policy", UserName="user-20")
    yield _ram("DeleteUser", 409, "DeleteConflict.User.LoginProfile", UserName="user-21")
    yield _ram("DeleteUser", 409, "DeleteConflict.User.MFADevice", UserName="user-22")
    yield _ram("CreateAccessKey", 409, "LimitExceeded.User.AccessKey", **old)
    key = {**old, "UserAccessKeyId": "LOCALKEYFULL0"}
    yield _ram("UpdateAccessKey", 400, "InvalidParameter.Status", **key, Status="Asleep")
    for name in ("UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed"):
        yield _ram(name, 404, "EntityNotExist.User.AccessKey", **key | {"UserAccessKeyId": "LOCALKEYAUDIT1"})
        yield _ram(name, 404, "EntityNotExist.User", **key | {"UserName": NO_SUCH})


def _logins() -> Iterator[Refusing]:
    strong = "a-Password-1"
    for name in ("CreateLoginProfile", "GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"):
        yield _ram(name, 404, "EntityNotExist.User", UserName=NO_SUCH, Password=strong)
        yield _ram(name, 400, "InvalidParameter.UserName.Length", Password=strong)
    for name in ("GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"):
        yield _ram(name, 404, "EntityNotExist.User.LoginProfile", UserName=FULL)
    held = {"UserName": "user-21"}
    create = "CreateLoginProfile"
    yield _ram(create, 409, "EntityAlreadyExists.User.LoginProfile", **held, Password=strong)
    for weak in ("", "short", "x" * 33):
        yield _ram(create, 400, "InvalidParameter.Password.TooWeak", UserName=FULL, Password=weak)
        yield _ram("UpdateLoginProfile", 400, "InvalidParameter.Password.TooWeak", **held, Password=weak)
        yield _ram(
            "ChangePassword",
            400,
            "InvalidParameter.NewPassword.TooWeak",
            OldPassword="old-Password-1",
            NewPassword=weak,
        )
    for field_name in ("PasswordResetRequired", "MFABindRequired"):
        yield _ram(
            "UpdateLoginProfile", 400, f"InvalidParameter.{field_name}", **held, **{field_name: "maybe"}
        )
    yield _ram(
        "ChangePassword",
        400,
        "InvalidParameter.OldPassword.Incorrect",
        OldPassword="forgotten",
        NewPassword=strong,
    )
    yield Refusing(name="Ram:ChangePassword", status=400, code="NotSupport.Account", caller=ROOT)


def _mfa() -> Iterator[Refusing]:
    bound, free = (f"acs:ram::{OWNER}:mfa/device-{number}" for number in (0, 1))
    codes = {"AuthenticationCode1": "000000", "AuthenticationCode2": "000000"}
    create = "CreateVirtualMFADevice"
    for name, fault in (("a b", "InvalidChars"), ("", "Length"), ("a" * 65, "Length")):
        code = f"InvalidParameter.VirtualMFADeviceName.{fault}"
        yield _ram(create, 400, code, VirtualMFADeviceName=name)
    yield _ram(create, 409, "EntityAlreadyExists.VirtualMFADevice", VirtualMFADeviceName="device-1")
    yield _ram(create, 409, "LimitExceeded.VirtualMFADevice", VirtualMFADeviceName="new")
    yield _ram("DeleteVirtualMFADevice", 404, "EntityNotExist.VirtualMFADevice", SerialNumber=NO_SUCH)
    yield _ram("DeleteVirtualMFADevice", 409, "DeleteConflict.VirtualMFADevice.User", SerialNumber=bound)
    bind = {"UserName": FULL, "SerialNumber": free, **codes}
    name = "BindMFADevice"
    for code in ("", "12345", "12345x"):
        yield _ram(
            name, 400, "InvalidParameter.AuthenticationCode.Format", **bind | {"AuthenticationCode1": code}
        )
    yield _ram(name, 403, "CheckAuthenticationCodeFail", **bind)
    yield _ram(name, 404, "EntityNotExist.VirtualMFADevice", **bind | {"SerialNumber": NO_SUCH})
    yield _ram(name, 409, "EntityAlreadyExists.User.MFADevice", **bind | {"UserName": "user-22"})
    yield _ram(name, 409, "EntityAlreadyExists.VirtualMFADevice.User", **bind | {"SerialNumber": bound})
    for name in ("BindMFADevice", "UnbindMFADevice", "GetUserMFAInfo"):
        yield _ram(name, 404, "EntityNotExist.User", **bind | {"UserName": NO_SUCH})
    for name in ("UnbindMFADevice", "GetUserMFAInfo"):
        yield _ram(name, 404, "EntityNotExist.User.MFADevice", UserName=FULL)


def _account_wide() -> Iterator[Refusing]:
    name = "SetAccountAlias"
    for alias, fault in (
        ("ab", "Length"),
        ("a" * 64, "Length"),
        ("a--b", "Format"),
        ("Enterprise", "Format"),
    ):
        yield _ram(name, 400, f"InvalidParameter.AccountAlias.{fault}", AccountAlias=alias)
    yield _ram(name, 409, "EntityAlreadyExists.AccountAlias", AccountAlias="another")
    for field_name, value in (
        ("MinimumPasswordLength", 7),
        ("MinimumPasswordLength", "long"),
        ("MaxPasswordAge", 1_096),
        ("PasswordReusePrevention", 25),
        ("MaxLoginAttemps", 33),
    ):
        code = f"InvalidParameter.{field_name}.Range"
        yield _ram("SetPasswordPolicy", 400, code, **{field_name: value})
    for field_name, value, fault in (
        ("LoginSessionDuration", 25, ".Range"),
        ("LoginNetworkMasks", "home", ""),
        ("AllowUserToChangePassword", "maybe", ""),
    ):
        code = f"InvalidParameter.{field_name}{fault}"
        yield _ram("SetSecurityPreference", 400, code, **{field_name: value})
    decode = "DecodeDiagnosticMessage"
    for text in ("", "?", "e30="):
        yield _ram(decode, 400, "NotSupport", EncodedDiagnosticMessage=text)
    foreign, old = diagnostic_message(PARTNER), diagnostic_message(issued=datetime(2026, 1, 1, tzinfo=UTC))
    yield _ram(decode, 404, "EntityNotExist", EncodedDiagnosticMessage=foreign)
    yield _ram(decode, 400, "EncodedMessageExpire", EncodedDiagnosticMessage=old)


def _groups() -> Iterator[Refusing]:
    named = ("GetGroup", "UpdateGroup", "DeleteGroup", "ListUsersForGroup", "ListPoliciesForGroup")
    for name in named:
        yield _ram(name, 404, "EntityNotExist.Group", GroupName=NO_SUCH)
        yield _ram(name, 400, "InvalidParameter.GroupName.InvalidChars", GroupName="a.b")
        yield _ram(name, 400, "InvalidParameter.GroupName.Length", GroupName="a" * 65)
    yield _ram("CreateGroup", 400, "InvalidParameter.GroupName.InvalidChars", GroupName="a b")
    yield _ram("CreateGroup", 400, "InvalidParameter.GroupName.Length")
    yield _ram("CreateGroup", 400, "InvalidParameter.Comments.Length", GroupName="new", Comments="x" * 129)
    yield _ram("CreateGroup", 409, "EntityAlreadyExists.Group", GroupName=FULL)
    yield _ram("CreateGroup", 409, "LimitExceeded.Group", GroupName="new")
    old = {"GroupName": FULL}
    yield _ram("UpdateGroup", 409, "EntityAlreadyExists.Group", **old, NewGroupName="group-1")
    yield _ram("UpdateGroup", 400, "InvalidParameter.NewGroupName.InvalidChars", **old, NewGroupName="a b")
    yield _ram("UpdateGroup", 400, "InvalidParameter.NewGroupName.Length", **old, NewGroupName="a" * 65)
    yield _ram("UpdateGroup", 400, "InvalidParameter.NewComments.Length", **old, NewComments="x" * 129)
    yield _ram("DeleteGroup", 409, "DeleteConflict.Group.User", **old)
    yield _ram("DeleteGroup", 409, "DeleteConflict.Group.Policy", GroupName="group-20")
    yield _ram("AddUserToGroup", 409, "EntityAlreadyExists.User.Group", **old, UserName=FULL)
    yield _ram("AddUserToGroup", 409, "LimitExceeded.User.Group", UserName=FULL, GroupName="group-20")
    yield _ram("RemoveUserFromGroup", 404, "EntityNotExist.User.Group", UserName=FULL, GroupName="group-20")
    for name in ("AddUserToGroup", "RemoveUserFromGroup"):
        yield _ram(name, 404, "EntityNotExist.User", **old, UserName=NO_SUCH)
        yield _ram(name, 404, "EntityNotExist.Group", UserName=FULL, GroupName=NO_SUCH)


def _tags_and_pages() -> Iterator[Refusing]:
    for name in ("ListRoles", "ListPolicies", "ListUsers", "ListGroups"):
        yield _ram(name, 400, "InvalidParameter.Marker", Marker="?")
        for items in (0, 1_001, "all"):
            yield _ram(name, 400, "InvalidParameter.MaxItems", MaxItems=items)
    yield _ram("ListUsersForGroup", 400, "InvalidParameter.Marker", GroupName=FULL, Marker="?")
    yield _ram("ListUsersForGroup", 400, "InvalidParameter.MaxItems", GroupName=FULL, MaxItems=0)
    yield _ram("ListTagResources", 400, "InvalidParameter.NextToken", ResourceType="role", NextToken="?")
    yield _ram("ListTagResources", 400, "InvalidParameter.PageSize", ResourceType="role", PageSize=101)
    yield _ram(
        "ListTagResources", 400, "InvalidParameter.ResourceNames", ResourceType="role", ResourceNames="x"
    )
    for name in ("TagResources", "UntagResources", "ListTagResources"):
        query = {"ResourceNames": [NO_SUCH], "Tag": [{"Key": "k", "Value": "v"}], "TagKeys": ["k"]}
        yield _ram(name, 404, "EntityNotExist.Role", ResourceType="role", **query)
        yield _ram(name, 404, "EntityNotExist.Policy", ResourceType="policy", **query)
        yield _ram(name, 400, "InvalidParameter.ResourceType", ResourceType="broker", **query)
    for name in ("TagResources", "UntagResources"):
        yield _ram(name, 400, "MissingParameter", ResourceType="role")
    many = [{"Key": f"k{number}", "Value": ""} for number in range(21)]
    yield _ram(
        "TagResources", 400, "InvalidParameter.Tag", ResourceType="role", ResourceNames=[FULL], Tag=many
    )
    yield _ram(
        "UntagResources", 400, "InvalidParameter.All", ResourceType="role", ResourceNames=[FULL], All="x"
    )


def _resource_manager() -> Iterator[Refusing]:
    good = {
        "PolicyType": "Custom",
        "PolicyName": "spare-1",
        "PrincipalType": "ServiceRole",
        "PrincipalName": "broker-ops",
        "ResourceGroupId": "rg-orders",
    }

    def refusing(name: str, status: int, code: str, **changes: object) -> Refusing:
        return Refusing(name=f"ResourceManager:{name}", status=status, code=code, query=good | changes)

    for name in ("AttachPolicy", "DetachPolicy", "ListPolicyAttachments"):
        yield refusing(name, 404, "EntityNotExist.Policy", PolicyName=NO_SUCH)
        yield refusing(name, 404, "EntityNotExists.ResourceGroup", ResourceGroupId="rg-none")
        yield refusing(name, 400, "InvalidParameter.PolicyType", PolicyType="Other")
    for name in ("AttachPolicy", "DetachPolicy"):
        yield refusing(name, 400, "InvalidParameter.PrincipalType", PrincipalType="Robot")
        yield refusing(name, 400, "MissingParameter", ResourceGroupId="")
        yield refusing(name, 404, "EntityNotExist.Role", PrincipalName=NO_SUCH)
        yield refusing(name, 404, "EntityNotExist.User", PrincipalType="IMSUser", PrincipalName=NO_SUCH)
        yield refusing(name, 404, "EntityNotExist.Group", PrincipalType="IMSGroup", PrincipalName=NO_SUCH)
        yield refusing(name, 400, "InvalidParameter.PolicyName.InvalidChars", PolicyName="a b")
        yield refusing(name, 400, "InvalidParameter.PolicyName.Length", PolicyName="")
        yield refusing(name, 403, "NoPermission", PrincipalName="AliyunServiceRoleForRMQ")
    for kind, word in (("User", "IMSUser"), ("Group", "IMSGroup"), ("Role", "ServiceRole")):
        whole = {"PrincipalType": word, "PrincipalName": FULL, "ResourceGroupId": OWNER}
        yield refusing("AttachPolicy", 409, f"LimitExceeded.{kind}.Policy", **whole)
        yield refusing(
            "AttachPolicy", 409, f"EntityAlreadyExists.{kind}.Policy", **whole, PolicyName="held-1"
        )
        yield refusing("DetachPolicy", 404, f"EntityNotExist.{kind}.Policy", **whole)


def _mq(
    name: str, status: int, code: str, /, body: Mapping[str, Any] | None = None, **query: object
) -> Refusing:
    return Refusing(
        name=f"RocketMQ:{name}", status=status, code=code, body=body, query={"instanceId": FIVE, **query}
    )


def _rocketmq() -> Iterator[Refusing]:
    for name in ("GetInstance", "UpdateInstance", "DeleteInstance", "ListTopics", "ListInstanceAccount"):
        yield _mq(name, 404, "Instance.NotFound", instanceId=NO_SUCH)
    for name in ("GetTopic", "UpdateTopic", "DeleteTopic"):
        yield _mq(name, 404, "Topic.NotFound", topicName=NO_SUCH)
    for name in ("GetConsumerGroup", "UpdateConsumerGroup", "DeleteConsumerGroup"):
        yield _mq(name, 404, "ConsumerGroup.NotFound", consumerGroupId=NO_SUCH)
    for name in ("UpdateInstanceAccount", "DeleteInstanceAccount", "GetInstanceAccount"):
        yield _mq(name, 404, "InstanceAccount.NotExisted", username=NO_SUCH)
    acl = {"username": "warehouse", "resourceType": "Topic", "resourceName": NO_SUCH}
    for name in ("GetInstanceAcl", "DeleteInstanceAcl"):
        yield _mq(name, 404, "InstanceAcl.NotExisted", None, **acl)
    yield from _rocketmq_instances()
    yield from _rocketmq_contents()
    yield from _rocketmq_access()


def _rocketmq_instances() -> Iterator[Refusing]:
    new = {"seriesCode": "standard", "subSeriesCode": "cluster_ha"}

    def creating(code: str, **changes: object) -> Refusing:
        return Refusing(name="RocketMQ:CreateInstance", status=400, code=code, body=new | changes)

    yield creating("InvalidSeriesCode", seriesCode="royal")
    yield creating("InvalidSubSeriesCode", subSeriesCode="")
    yield creating("InvalidInstanceName", instanceName=7)
    yield creating("InvalidTags", tags=["team"])
    yield creating("InvalidNetworkInfo", networkInfo=[])
    yield creating("InvalidIpWhitelist", networkInfo={"internetInfo": {"ipWhitelist": ["everywhere"]}})
    yield Refusing(name="RocketMQ:ListInstances", status=400, code="InvalidTags", query={"tags": "no JSON"})
    yield _mq("UpdateInstance", 400, "InvalidAclTypes", {"aclInfo": {"aclTypes": ["ram"]}})
    yield _mq("UpdateInstance", 400, "InvalidDefaultVpcAuthFree", {"aclInfo": {"defaultVpcAuthFree": "yes"}})


def _rocketmq_contents() -> Iterator[Refusing]:
    topic = {"messageType": "NORMAL"}
    yield _mq("CreateTopic", 409, "Topic.Existed", topic, topicName="shipments")
    yield _mq("CreateTopic", 400, "InvalidTopicName", topic, topicName="a b")
    yield _mq("CreateTopic", 400, "InvalidMessageType", {"messageType": "LOUD"}, topicName="new")
    yield _mq("UpdateTopic", 400, "InvalidRemark", {"remark": 1}, topicName="shipments")
    group = {"deliveryOrderType": "Orderly", "consumeRetryPolicy": {"retryPolicy": "DefaultRetryPolicy"}}
    create = "CreateConsumerGroup"
    yield _mq(create, 409, "ConsumerGroup.Existed", group, consumerGroupId="GID_shipments")
    yield _mq(create, 400, "InvalidConsumerGroupId", group, consumerGroupId="a b")
    yield _mq(
        create, 400, "InvalidDeliveryOrderType", group | {"deliveryOrderType": "Any"}, consumerGroupId="n"
    )
    yield _mq(create, 400, "InvalidRetryPolicy", group | {"consumeRetryPolicy": {}}, consumerGroupId="n")


def _rocketmq_access() -> Iterator[Refusing]:
    create = "CreateInstanceAccount"
    yield _mq(create, 409, "InstanceAccount.Existed", {"username": "warehouse", "password": "p"})
    yield _mq(create, 400, "InvalidUsername", {"password": "p"})
    yield _mq(create, 400, "InvalidPassword", {"username": "new"})
    yield _mq(
        "UpdateInstanceAccount", 400, "InvalidAccountStatus", username="warehouse", accountStatus="ASLEEP"
    )
    held = {**ACL, "actions": ["Sub"]}
    yield _mq("CreateInstanceAcl", 409, "InstanceAcl.Existed", held, username="warehouse")
    yield _mq("CreateInstanceAcl", 404, "InstanceAccount.NotExisted", held, username=NO_SUCH)
    yield _mq(
        "UpdateInstanceAcl", 404, "InstanceAcl.NotExisted", held | {"resourceName": "n"}, username="warehouse"
    )
    for field_name, value in (
        ("resourceType", "Queue"),
        ("resourceName", ""),
        ("decision", "Maybe"),
        ("actions", ["Shout"]),
        ("actions", "Sub"),
        ("ipWhitelists", ["everywhere"]),
    ):
        code = f"Invalid{field_name[0].upper()}{field_name[1:]}"
        yield _mq("CreateInstanceAcl", 400, code, held | {field_name: value}, username="warehouse")
    yield _mq("CreateInstanceIpWhitelist", 400, "InvalidIpWhitelists", {})
    yield _mq("DeleteInstanceIpWhitelist", 400, "InvalidIpWhitelists")
    for name in ("DeleteInstanceIpWhitelist", "GetInstanceIpWhitelist"):
        yield _mq(name, 404, "InstanceIpOrCidr.NotExisted", ipWhitelists="198.51.100.9")


def _ons() -> Iterator[Refusing]:
    def refusing(name: str, code: str, status: int = 400, **query: object) -> Refusing:
        query = {"InstanceId": FOUR, **query}
        return Refusing(name=f"Ons:{name}", status=status, code=code, query=query)

    for name in (
        "OnsInstanceBaseInfo",
        "OnsInstanceUpdate",
        "OnsInstanceDelete",
        "OnsTopicList",
        "OnsTopicCreate",
        "OnsTopicDelete",
        "OnsGroupList",
        "OnsGroupCreate",
        "OnsGroupDelete",
    ):
        yield refusing(name, "INSTANCE_NOT_FOUND", 404, InstanceId=NO_SUCH)
    yield refusing("OnsInstanceDelete", "INSTANCE_NOT_EMPTY")
    yield refusing("OnsInstanceCreate", "BIZ_FIELD_CHECK_INVALID")
    yield refusing("OnsInstanceUpdate", "BIZ_FIELD_CHECK_INVALID", Remark="x" * 129)
    yield refusing("OnsTopicCreate", "BIZ_TOPIC_EXISTED", Topic="orders", MessageType=0)
    yield refusing("OnsTopicCreate", "BIZ_FIELD_CHECK_INVALID", Topic="a b", MessageType=0)
    yield refusing("OnsTopicCreate", "BIZ_FIELD_CHECK_INVALID", Topic="new-topic", MessageType=3)
    yield refusing("OnsTopicDelete", "BIZ_TOPIC_NOT_FOUND", Topic=NO_SUCH)
    yield refusing("OnsGroupCreate", "BIZ_SUBSCRIPTION_EXISTED", GroupId="GID_payments")
    yield refusing("OnsGroupCreate", "BIZ_FIELD_CHECK_INVALID", GroupId="payments")
    yield refusing("OnsGroupCreate", "BIZ_FIELD_CHECK_INVALID", GroupId="GID_new", GroupType="udp")
    yield refusing("OnsGroupCreate", "Group.NumLimited", InstanceId=FULL4, GroupId="GID_new")
    yield refusing("OnsGroupDelete", "BIZ_SUBSCRIPTION_NOT_FOUND", GroupId="GID_none")


def _sts_and_trails() -> Iterator[Refusing]:
    role = f"acs:ram::{OWNER}:role/broker-ops"

    def assuming(status: int, code: str, **changes: object) -> Refusing:
        query = {"RoleArn": role, "RoleSessionName": "session", **changes}
        return Refusing(name="Sts:AssumeRole", status=status, code=code, query=query)

    yield assuming(404, "EntityNotExist.Role", RoleArn=f"{role}-gone")
    yield assuming(400, "InvalidParameter.RoleArn", RoleArn="broker-ops")
    yield assuming(400, "InvalidParameter.RoleSessionName", RoleSessionName="a b")
    yield assuming(400, "InvalidParameter.DurationSeconds", DurationSeconds=899)
    yield assuming(400, "InvalidParameter.ExternalId", ExternalId="?")
    yield assuming(400, "InvalidParameter.PolicySize", Policy=LONG)
    yield assuming(400, "InvalidParameter.PolicyGrammar", Policy="no JSON")
    yield assuming(403, "NoPermission", RoleArn=f"acs:ram::{OWNER}:role/orders-for-b")

    def trail(name: str, status: int, code: str, **query: object) -> Refusing:
        return Refusing(name=f"Actiontrail:{name}", status=status, code=code, query=query)

    for name in ("GetTrailStatus", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"):
        yield trail(name, 404, "TrailNotFoundException", Name=NO_SUCH, OssBucketName="b")
        yield trail(name, 400, "MissingParameter")
    bucket = {"OssBucketName": "b"}
    yield trail("CreateTrail", 400, "InvalidTrailNameException", Name="?", **bucket)
    yield trail("CreateTrail", 400, "TrailAlreadyExistsException", Name="audit-trail", **bucket)
    yield trail("CreateTrail", 403, "MaximumNumberOfTrailsExceededException", Name="another-one", **bucket)
    yield trail("LookupEvents", 400, "InvalidParameterCombination", StartTime="2026-01-01T00:00:00Z")

    yield trail("UpdateTrail", 400, "InvalidDeliveryConfigurationException", Name="trail-1", EventRW="Some")
    for changes, code in (
        ({"Direction": "SIDEWAYS"}, "InvalidQueryParameter"),
        ({"MaxResults": 51}, "InvalidQueryParameter"),
        ({"StartTime": "yesterday", "EndTime": "today"}, "InvalidParameterStartTime"),
        ({"StartTime": "2999-01-02T00:00:00Z", "EndTime": "2999-01-01T00:00:00Z"}, "InvalidParameterEndTime"),
    ):
        yield trail("LookupEvents", 400, code, **changes)


REFUSALS = tuple(_refusals())
