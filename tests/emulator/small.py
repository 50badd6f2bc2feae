"""Small worlds for tests of the local cloud's core, and the official SDKs pointed at it."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from alibabacloud_actiontrail20200706.client import Client as ActionTrail
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.utils_models import Config

from scanner.emulator.server import LocalCloud
from scanner.emulator.state import (
    AccessKey,
    Account,
    AttachmentKey,
    GroupRecord,
    LocalWorld,
    PolicyRecord,
    RoleRecord,
    UserRecord,
    VersionRecord,
)
from tests.cloudfixture import Credentials, credentials_of

Sdk: TypeAlias = Any
"""A client, request or answer of the vendor's packages, which have no types."""

OWNER = "1000000000000001"
ACCESSOR = "2000000000000002"
STAMP = "2026-01-01T00:00:00Z"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "1", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str | list[str] = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(*principals: str, **more: object) -> str:
    return document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": list(principals)}, **more}
    )


class World:
    """Builds a world of two accounts, bit by bit."""

    def __init__(self) -> None:
        self.world = LocalWorld("small", regions=("cn-hangzhou", "cn-shanghai"))
        for account_id in (OWNER, ACCESSOR):
            self.world.accounts[account_id] = Account(account_id)

    def account(self, account_id: str) -> Account:
        return self.world.accounts[account_id]

    def user(self, account_id: str, name: str, *statements: dict[str, Any]) -> Credentials:
        account = self.account(account_id)
        account.users[name] = UserRecord(name, f"20{len(account.users):016d}")
        key = AccessKey(f"LOCALKEY{name.upper()}{account_id[0]}", f"secret-{name}", name)
        account.keys[key.key_id] = key
        if statements:
            self.attach(account_id, "user", name, f"{name}-own", *statements)
        return credentials_of(self.world, account_id, name)

    def root(self, account_id: str) -> Credentials:
        key = AccessKey(f"LOCALKEYROOT{account_id[0]}", "secret-root", "")
        self.account(account_id).keys[key.key_id] = key
        return Credentials(key.key_id, key.secret)

    def group(self, account_id: str, name: str, *members: str) -> None:
        self.account(account_id).groups[name] = GroupRecord(name, name, members=dict.fromkeys(members, STAMP))

    def role(self, account_id: str, name: str, trust_policy: str, *, max_session: int = 3600) -> str:
        account = self.account(account_id)
        account.roles[name] = RoleRecord(
            name, f"30{len(account.roles):016d}", trust_policy, max_session=max_session
        )
        return f"acs:ram::{account_id}:role/{name}"

    def attach(
        self, account_id: str, kind: str, name: str, policy: str, *statements: dict[str, Any], group: str = ""
    ) -> AttachmentKey:
        account = self.account(account_id)
        account.policies[policy] = PolicyRecord(
            "Custom", policy, "v1", {"v1": VersionRecord("v1", document(*statements))}
        )
        key = AttachmentKey("Custom", policy, kind, name, group)
        account.attachments[key] = STAMP
        return key


def _config(cloud: LocalCloud, key: Credentials) -> Config:
    return Config(
        access_key_id=key.key_id,
        access_key_secret=key.secret,
        security_token=key.token or None,
        endpoint=cloud.endpoint.removeprefix("http://"),
        protocol="http",
        region_id="cn-hangzhou",
    )


def sts(cloud: LocalCloud, key: Credentials) -> Sdk:
    return Sts(_config(cloud, key))


def ram(cloud: LocalCloud, key: Credentials) -> Sdk:
    return Ram(_config(cloud, key))


def trail(cloud: LocalCloud, key: Credentials) -> Sdk:
    return ActionTrail(_config(cloud, key))


def assume(cloud: LocalCloud, key: Credentials, role: str, **more: object) -> Credentials:
    request = sts_models.AssumeRoleRequest(role_arn=role, **{"role_session_name": "session", **more})
    found = sts(cloud, key).assume_role(request).body.credentials
    return Credentials(found.access_key_id, found.access_key_secret, found.security_token)
