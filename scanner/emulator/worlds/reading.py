"""A world from its TOML form: accounts and what RAM and ActionTrail hold in them.

The form stands in the package's docstring. RocketMQ instances are read in `brokers`.
"""

from __future__ import annotations

import base64
import hashlib
import tomllib
from importlib import resources
from typing import Final

from scanner.emulator.services.ram_mfa import mfa_serial
from scanner.emulator.state import (
    AccessKey,
    Account,
    AttachmentKey,
    GroupRecord,
    LocalWorld,
    LoginRecord,
    MfaDevice,
    PolicyRecord,
    RoleRecord,
    TrailRecord,
    UserRecord,
    VersionRecord,
)
from scanner.emulator.worlds.brokers import read_instance4, read_instance5
from scanner.emulator.worlds.table import Table

CONSOLE_PASSWORD: Final = "local-Console-1"  # noqa: S105 - published, of make-believe users, and there is no console to use it on
"""The password of every user with a login profile; only ChangePassword ever asks for it."""

BEGINNING: Final = "2026-01-05T08:00:00Z"
"""The date of everything that has none of its own."""

KINDS: Final = frozenset({"System", "Custom"})


def world_of(table: Table) -> LocalWorld:
    """The world that `table` describes.

    Raises:
        SettingsError: something in it is wrong.
    """
    world = LocalWorld(name=table.text("name"), regions=table.texts("regions", ("cn-hangzhou",)))
    world.system_policies = system_policies()
    for each in table.tables("account"):
        account = _account(world, each)
        if account.account_id in world.accounts:
            each.wrong("this account is there twice")
        world.accounts[account.account_id] = account
        each.done()
    table.done()
    return world


def system_policies() -> dict[str, PolicyRecord]:
    """The system policies of every world."""
    text = resources.files("scanner.emulator").joinpath("system_policies.toml").read_text(encoding="utf-8")
    table = Table(tomllib.loads(text), "system_policies.toml")
    policies = {}
    for each in table.tables("policy"):
        version = each.text("version")
        policy = PolicyRecord(
            kind="System",
            name=each.text("name"),
            default_version=version,
            versions={version: VersionRecord(version, each.text("document"), each.text("updated"))},
            description=each.text("description"),
            created=each.text("created"),
            updated=each.text("updated"),
        )
        each.done()
        policies[policy.name] = policy
    return policies


def _account(world: LocalWorld, table: Table) -> Account:
    account = Account(
        account_id=table.text("id"),
        name=table.text("name", ""),
        resource_groups=set(table.texts("resource_groups")),
        control_policies=list(table.texts("control_policies")),
    )
    for each in table.tables("policy"):
        policy = _policy(each)
        account.policies[policy.name] = policy
    for each in table.tables("group"):
        _group(world, account, each)
    for each in table.tables("user"):
        _user(world, account, each)
    for each in table.tables("role"):
        _role(world, account, each)
    for each in table.tables("instance5"):
        five = read_instance5(each, BEGINNING)
        account.instances5[five.instance_id] = five
    for each in table.tables("instance4"):
        four = read_instance4(each, BEGINNING)
        account.instances4[four.instance_id] = four
    for each in table.tables("trail"):
        trail = _trail(each)
        account.trails[trail.name] = trail
    return account


def _policy(table: Table) -> PolicyRecord:
    if table.has("document") == table.has("versions"):
        table.wrong("a policy has either `document` or `versions`")
    documents = (table.text("document"),) if table.has("document") else table.texts("versions")
    created = table.text("created", BEGINNING)
    updated = table.text("updated", created)
    versions = {
        f"v{number}": VersionRecord(f"v{number}", text, created if number == 1 else updated)
        for number, text in enumerate(documents, 1)
    }
    default = table.text("default", f"v{len(documents)}")
    if default not in versions:
        table.wrong(f"there is no version `{default}` to be the default")
    policy = PolicyRecord(
        kind="Custom",
        name=table.text("name"),
        default_version=default,
        versions=versions,
        description=table.text("description", ""),
        created=created,
        updated=updated,
        next_version=len(documents) + 1,
        tags=table.mapping("tags"),
    )
    table.done()
    return policy


def _group(world: LocalWorld, account: Account, table: Table) -> None:
    created = table.text("created", BEGINNING)
    group = GroupRecord(
        name=table.text("name"),
        group_id=f"g-{world.next_id()}",
        comments=table.text("comments", ""),
        created=created,
        updated=created,
    )
    account.groups[group.name] = group
    _attach(world, account, table, "group", group.name)
    table.done()


def _user(world: LocalWorld, account: Account, table: Table) -> None:
    created = table.text("created", BEGINNING)
    user = UserRecord(
        name=table.text("name"),
        user_id=world.next_id(),
        display_name=table.text("display_name", ""),
        comments=table.text("comments", ""),
        email=table.text("email", ""),
        mobile=table.text("mobile", ""),
        created=created,
        updated=created,
    )
    account.users[user.name] = user
    for name in table.texts("groups"):
        if name not in account.groups:
            table.wrong(f"there is no group `{name}` in this account")
        account.groups[name].members[user.name] = created
    for each in table.tables("keys"):
        _key(world, account, user.name, each)
    _log_on(account, user, table)
    _attach(world, account, table, "user", user.name)
    table.done()


def _log_on(account: Account, user: UserRecord, table: Table) -> None:
    mfa = table.flag("mfa", default=False)
    if table.flag("console", default=False):
        user.login = LoginRecord(password=CONSOLE_PASSWORD, created=user.created, mfa_required=mfa)
    if mfa:
        serial = mfa_serial(account, user.name)
        # The seed comes from the name, so that two copies of one world are equal.
        seed = base64.b32encode(hashlib.sha256(serial.encode()).digest()[:20]).decode()
        account.mfa_devices[serial] = MfaDevice(
            serial=serial, seed=seed, user=user.name, activated=user.created
        )


def _key(world: LocalWorld, account: Account, user: str, table: Table) -> None:
    key = AccessKey(
        key_id=table.text("id"),
        secret=table.text("secret"),
        user=user,
        active=table.flag("active", default=True),
        created=table.text("created", BEGINNING),
    )
    if any(key.key_id in other.keys for other in (account, *world.accounts.values())):
        table.wrong("this key is there twice")
    account.keys[key.key_id] = key
    table.done()


def _role(world: LocalWorld, account: Account, table: Table) -> None:
    created = table.text("created", BEGINNING)
    role = RoleRecord(
        name=table.text("name"),
        role_id=world.next_id(),
        trust=table.text("trust"),
        description=table.text("description", ""),
        created=created,
        updated=table.text("updated", created),
        max_session=table.number("max_session", 3_600),
        tags=table.mapping("tags"),
        allow_console_login=table.flag("console_login", default=True),
        service_linked=table.flag("service_linked", default=False),
    )
    account.roles[role.name] = role
    _attach(world, account, table, "role", role.name)
    table.done()


def _attach(world: LocalWorld, account: Account, table: Table, kind: str, principal: str) -> None:
    for entry in table.texts("policies"):
        policy_kind, _, rest = entry.partition(":")
        name, _, resource_group = rest.partition("@")
        shelf = world.system_policies if policy_kind == "System" else account.policies
        if policy_kind not in KINDS or name not in shelf:
            table.wrong(f"there is no policy `{entry}`", hint="write it as `System:name` or `Custom:name`")
        if resource_group and resource_group not in account.resource_groups:
            table.wrong(f"there is no resource group `{resource_group}` in this account")
        key = AttachmentKey(policy_kind, name, kind, principal, resource_group)
        account.attachments[key] = BEGINNING


def _trail(table: Table) -> TrailRecord:
    created = table.text("created", BEGINNING)
    logging = table.flag("logging", default=True)
    trail = TrailRecord(
        name=table.text("name"),
        home_region=table.text("home_region", "cn-hangzhou"),
        event_rw=table.text("event_rw", "All"),
        trail_region=table.text("trail_region", "All"),
        logging=logging,
        created=created,
        updated=created,
        started=created if logging else "",
        oss_bucket=table.text("oss_bucket", ""),
        oss_prefix=table.text("oss_prefix", ""),
        sls_project_arn=table.text("sls_project_arn", ""),
    )
    table.done()
    return trail
