"""The world `full`: an account at the service's limits, generated, the same each time.

1,000 roles, 1,500 custom policies, 20 instances of each series with 20,000 topics and groups in all, beside
a partner with 200 users and two vendors. Every value follows from its number; there is no chance in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib import resources
from typing import Final

from scanner.emulator.state import (
    AccessKey,
    Account,
    AttachmentKey,
    GroupRecord,
    Instance4,
    Instance5,
    LocalWorld,
    PolicyRecord,
    RoleRecord,
    TrailRecord,
    UserRecord,
    VersionRecord,
)
from scanner.emulator.worlds.brokers import group4, group5, milliseconds, topic4, topic5
from scanner.emulator.worlds.reading import BEGINNING, system_policies

OWNER: Final = "1000000000000001"
PARTNER: Final = "2000000000000002"
VENDORS: Final = ("3000000000000003", "4000000000000004")
REGIONS: Final = ("cn-hangzhou", "cn-shanghai", "cn-beijing")

ROLES: Final = 1_000
POLICIES: Final = 1_500
INSTANCES: Final = 20
"""Of each series."""
TOPICS_EACH: Final = 250
GROUPS_EACH: Final = 250
OWNER_USERS: Final = 100
PARTNER_USERS: Final = 200
GROUPS: Final = 30
LONGEST: Final = 6_144

USERS_MADE: Final = "2024-06-01T08:00:00Z"
"""Before every role, because a trust policy can only name who exists."""

_DOMAINS: Final = ("orders", "payments", "stock", "shipping", "members", "pricing", "invoices", "returns")
_STEPS: Final = ("created", "paid", "packed", "sent", "closed", "failed", "retried", "archived")
_SIDES: Final = ("eu", "cn-north", "cn-east", "sea", "web", "shop", "app", "partner", "batch", "edge")
_MESSAGE_TYPES: Final = ("NORMAL", "FIFO", "DELAY", "TRANSACTION")
_SYSTEM: Final = ("AliyunMQReadOnlyAccess", "AliyunMQPubOnlyAccess", "AliyunMQSubOnlyAccess")


def full_world() -> LocalWorld:
    """A fresh copy of the world."""
    world = LocalWorld(name="full", regions=REGIONS, system_policies=system_policies())
    for account_id, name in (
        (OWNER, "Enterprise A"),
        (PARTNER, "Enterprise B"),
        (VENDORS[0], "Parcel Express"),
        (VENDORS[1], "Insight Analytics"),
    ):
        account = Account(account_id=account_id, name=name)
        account.trails["audit-trail"] = TrailRecord(
            name="audit-trail",
            home_region=REGIONS[0],
            logging=True,
            created=BEGINNING,
            updated=BEGINNING,
            started=BEGINNING,
            oss_bucket=f"audit-{account_id}",
        )
        world.accounts[account_id] = account
        _staff(world, account)
    _fill_owner(world, world.accounts[OWNER])
    _fill_partner(world, world.accounts[PARTNER])
    return world


def _staff(world: LocalWorld, account: Account) -> None:
    digit = account.account_id[0]
    text = resources.files(__package__).joinpath("crossrole-audit.json").read_text(encoding="utf-8").strip()
    _policy(account, "crossrole-audit", text)
    for user, key in (("admin", "ADMIN"), ("crossrole-auditor", "AUDIT")):
        _user(world, account, user)
        key_id, secret = f"LOCALKEY{key}{digit}", f"local-secret-{key.lower()}-{digit}"
        account.keys[key_id] = AccessKey(key_id=key_id, secret=secret, user=user, created=BEGINNING)
    _attach(account, AttachmentKey("System", "AdministratorAccess", "user", "admin"))
    _attach(account, AttachmentKey("Custom", "crossrole-audit", "user", "crossrole-auditor"))


def _fill_owner(world: LocalWorld, account: Account) -> None:
    account.resource_groups.update(f"rg-{domain}" for domain in _DOMAINS)
    for number in range(INSTANCES):
        _instance5(account, number)
        _instance4(account, number)
    for number in range(POLICIES - len(account.policies)):
        _policy(account, _policy_name(number), _document(number))
    for number in range(ROLES):
        _role(world, account, number)
    for number in range(OWNER_USERS):
        _user(world, account, f"a-{_DOMAINS[number % 8]}-{number:03d}")
    _fill_groups(world, account)


def _fill_groups(world: LocalWorld, account: Account) -> None:
    users = [user for user in account.users if user.startswith("a-")]
    for number in range(GROUPS):
        group = GroupRecord(
            name=f"team-{_DOMAINS[number % 8]}-{number:02d}",
            group_id=f"g-{world.next_id()}",
            created=BEGINNING,
            updated=BEGINNING,
            members=dict.fromkeys(users[number::GROUPS], BEGINNING),
        )
        account.groups[group.name] = group
        _attach(account, AttachmentKey("System", _SYSTEM[number % 3], "group", group.name))


def _fill_partner(world: LocalWorld, account: Account) -> None:
    for number in range(PARTNER_USERS):
        name = _partner_user(number)
        _user(world, account, name)
        targets = [
            f"acs:ram::{OWNER}:role/{_role_name(role)}" for role in range(number, ROLES, PARTNER_USERS)
        ]
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": targets}
        _policy(account, f"assume-{name}", _dump([statement]))
        _attach(account, AttachmentKey("Custom", f"assume-{name}", "user", name))


def _role(world: LocalWorld, account: Account, number: int) -> None:
    role = RoleRecord(
        name=_role_name(number),
        role_id=world.next_id(),
        trust=_trust(number),
        description=f"{_DOMAINS[number % 8].capitalize()} for {_SIDES[number % 10]}, number {number}",
        created=_date(number),
        updated=_date(number),
        max_session=43_200 if number % 50 == 0 else 3_600,
        tags={"domain": _DOMAINS[number % 8], "owner": f"team-{number % GROUPS:02d}"},
    )
    account.roles[role.name] = role
    for step in range(1 + number % 4):
        name = _policy_name((number * 3 + step * 401) % (POLICIES - 1))
        group = f"rg-{_DOMAINS[number % 8]}" if number % 10 == 1 else ""
        _attach(account, AttachmentKey("Custom", name, "role", role.name, group))
    if number % 3 == 0:
        _attach(account, AttachmentKey("System", _SYSTEM[number // 3 % 3], "role", role.name))


def _trust(number: int) -> str:
    """Most roles let in one user of the partner; one in ten has another kind of principal."""
    match number % 20:
        case 0:
            principal: dict[str, list[str]] = {"RAM": [f"acs:ram::{PARTNER}:root"]}
        case 5:
            principal = {"RAM": [f"acs:ram::{VENDORS[number // 20 % 2]}:root"]}
        case 10:
            principal = {"Service": ["ecs.aliyuncs.com"]}
        case 15:
            principal = {"RAM": [f"acs:ram::{OWNER}:root"]}
        case _:
            user = _partner_user(number % PARTNER_USERS)
            principal = {"RAM": [f"acs:ram::{PARTNER}:user/{user}"]}
    statement: dict[str, object] = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    if number % 20 not in {0, 10, 15}:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": _token(f"external id {number}")}}
    return _dump([statement])


def _document(number: int) -> str:
    """About half are of everyday size; one in twenty is as long as the service allows."""
    if number % 20 == 0:
        text = _dump(_statements(number, _fitting(number)))
        return text + " " * (LONGEST - len(text))
    topics = (1, 3, 6, 9, 12, 15, 2, 4, 20, 30)[number % 10]
    return _dump(_statements(number, topics))


def _fitting(number: int) -> int:
    """How many topics a document can name before it is too long."""
    one, two = (len(_dump(_statements(number, count))) for count in (1, 2))
    return (LONGEST - one) // (two - one) - 1


def _statements(number: int, topics: int) -> list[object]:
    """A grant on one instance: topics by name, with one of its groups."""
    index = number % INSTANCES
    names = [_topic_name(index, (number * 7 + step) % TOPICS_EACH) for step in range(topics)]
    group = _group_name(index, number % GROUPS_EACH)
    if number % 2:
        instance = f"acs:mq:*:{OWNER}:{_instance4_id(index)}"
        granted = [f"{instance}%{name}" for name in (*names, group)]
        return [
            {"Effect": "Allow", "Action": ["mq:QueryInstanceBaseInfo"], "Resource": [instance]},
            {"Effect": "Allow", "Action": ["mq:PUB", "mq:SUB"], "Resource": granted},
        ]
    instance = f"acs:rocketmq:*:{OWNER}:instance/{_instance5_id(index)}"
    granted = [f"{instance}/topic/{name}" for name in names] + [f"{instance}/consumergroup/{group}"]
    return [
        {"Effect": "Allow", "Action": ["rocketmq:GetInstance"], "Resource": [instance]},
        {
            "Effect": "Allow",
            "Action": ["rocketmq:GetTopic", "rocketmq:UpdateTopic", "rocketmq:GetConsumerGroup"],
            "Resource": granted,
        },
    ]


def _instance5(account: Account, number: int) -> None:
    created = "2025-03-01 02:00:00"
    instance = Instance5(
        instance_id=_instance5_id(number),
        region=REGIONS[number % 3],
        name=f"{_DOMAINS[number % 8]}-{number:02d}",
        created=created,
        updated=created,
        resource_group=f"rg-{_DOMAINS[number % 8]}",
        vpc_auth_free=number % 2 == 0,
        internet=number % 5 == 0,
        tags={"domain": _DOMAINS[number % 8]},
    )
    for step in range(TOPICS_EACH):
        name = _topic_name(number, step)
        instance.topics[name] = topic5(name, _MESSAGE_TYPES[step % 4], created)
    for step in range(GROUPS_EACH):
        name = _group_name(number, step)
        instance.groups[name] = group5(name, created)
    username = f"default{number:02d}"
    instance.accounts[username] = {
        "username": username,
        "password": f"local-password-{number:02d}",
        "accountType": "DEFAULT",
        "accountStatus": "ENABLE",
        "remark": "",
    }
    account.instances5[instance.instance_id] = instance


def _instance4(account: Account, number: int) -> None:
    created = milliseconds(BEGINNING)
    instance = Instance4(
        instance_id=_instance4_id(number),
        region=REGIONS[number % 3],
        name=f"{_DOMAINS[number % 8]}-4x-{number:02d}",
        type=2,
        created_ms=created,
        tags={"domain": _DOMAINS[number % 8]},
    )
    for step in range(TOPICS_EACH):
        name = _topic_name(number, step)
        instance.topics[name] = topic4(name, 0, created)
    for step in range(GROUPS_EACH):
        name = _group_name(number, step)
        instance.groups[name] = group4(name, created)
    account.instances4[instance.instance_id] = instance


def _policy(account: Account, name: str, document: str) -> None:
    account.policies[name] = PolicyRecord(
        kind="Custom",
        name=name,
        default_version="v1",
        versions={"v1": VersionRecord("v1", document, BEGINNING)},
        created=BEGINNING,
        updated=BEGINNING,
    )


def _user(world: LocalWorld, account: Account, name: str) -> None:
    account.users[name] = UserRecord(
        name=name,
        user_id=world.next_id(),
        display_name=name.replace("-", " ").capitalize(),
        created=USERS_MADE,
        updated=USERS_MADE,
    )


def _attach(account: Account, key: AttachmentKey) -> None:
    account.attachments[key] = BEGINNING


def _role_name(number: int) -> str:
    return f"{_SIDES[number % 10]}-{_DOMAINS[number % 8]}-{number:04d}"


def _policy_name(number: int) -> str:
    return f"mq-{_DOMAINS[number % 8]}-{_STEPS[number // 8 % 8]}-{number:04d}"


def _partner_user(number: int) -> str:
    return f"b-{_SIDES[number % 10]}-{number:03d}"


def _instance5_id(number: int) -> str:
    return f"rmq-cn-{_token(f'five {number}').lower().replace('_', 'x').replace('-', 'y')[:11]}"


def _instance4_id(number: int) -> str:
    return f"MQ_INST_{OWNER}_BX{_token(f'four {number}').replace('_', 'x').replace('-', 'y')[:6]}"


def _topic_name(instance: int, number: int) -> str:
    side = _SIDES[(instance + number) % 10]
    return f"{_DOMAINS[number % 8]}-{_STEPS[number // 8 % 8]}-{side}-{number:03d}"


def _group_name(instance: int, number: int) -> str:
    return f"GID_{_DOMAINS[number % 8]}_{_SIDES[(instance + number) % 10].replace('-', '_')}_{number:03d}"


def _date(number: int) -> str:
    return f"2025-{1 + number % 12:02d}-{1 + number % 28:02d}T{number % 24:02d}:00:00Z"


def _token(text: str) -> str:
    """22 characters that look random and follow from `text`."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(digits[byte % 64] for byte in hashlib.sha256(text.encode()).digest()[:22])


def _dump(statements: Sequence[object]) -> str:
    return json.dumps({"Version": "1", "Statement": statements}, indent=2)
