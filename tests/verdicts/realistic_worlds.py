"""Questions to accounts as they are found: the local cloud's own worlds, and accounts made of published policies.

Requests are those that the services' tables have, on resources that exist and on some that may be created,
with the condition keys that the service sends. A seed makes the same questions each time.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

from scanner.emulator.context import resource_tags
from scanner.emulator.reading import glob
from scanner.emulator.state import Account, AttachmentKey, Instance4, Instance5, LocalWorld
from scanner.emulator.worlds import load_world
from scanner.policy.catalogue import catalogue, find
from tests.emulator.small import ACCESSOR, EVERYTHING, OWNER, World
from tests.verdicts.both import ASSUME_ROLE, Ask, Question, Who

Statement: TypeAlias = dict[str, Any]

ROOT: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = Path(os.environ.get("CROSSROLE_SHARED") or ROOT.parent / "shared") / "corpus"

ASKED_EACH: Final = 12
TO_COME: Final = "zq-new"
"""The name of what does not exist yet."""

_ADDRESSES: Final = ("10.1.2.3", "192.0.2.7", "203.0.113.9", "198.51.100.20", "2001:db8::7")
_MOMENTS: Final = ("2026-03-01T09:30:00Z", "2025-11-05T22:00:00Z", "2027-01-01T00:00:00Z")
_ACTIONS: Final = tuple(dict.fromkeys(entry.action for entry in catalogue()))


@dataclass(frozen=True, slots=True)
class _Shipped:
    """One of the local cloud's worlds, its attachments sorted by principal."""

    world: LocalWorld
    carriers: tuple[tuple[str, str, str], ...]
    """Account, kind and name of everybody who carries a policy."""
    carried: dict[tuple[str, str, str], list[AttachmentKey]]
    roles: tuple[tuple[str, str], ...]
    """Account and name of every role."""


@cache
def _shipped(name: str) -> _Shipped:
    world = load_world(name)
    carried: dict[tuple[str, str, str], list[AttachmentKey]] = defaultdict(list)
    for account_id, account in world.accounts.items():
        for key in account.attachments:
            for kind, holder in _holders(account, key):
                carried[account_id, kind, holder].append(key)
    roles = ((account_id, role) for account_id, account in world.accounts.items() for role in account.roles)
    return _Shipped(world, tuple(carried), dict(carried), tuple(roles))


def _holders(account: Account, key: AttachmentKey) -> Iterator[tuple[str, str]]:
    if key.principal_kind != "group":
        yield key.principal_kind, key.principal
    elif key.principal in account.groups:
        for user in account.groups[key.principal].members:
            yield "user", user


def shipped(seed: int, *, name: str) -> Iterator[Question]:
    """Questions to principals of the world called `name`."""
    chance = Random(f"{name} {seed}")
    found = _shipped(name)
    for _ in range(ASKED_EACH):
        if chance.random() < 0.2:
            yield _wish(chance, found)
            continue
        account_id, kind, holder = chance.choice(found.carriers)
        who = _who(found, account_id, kind, holder)
        yield Question(who=who, ask=_ask(chance, who, _documents(who)))


def _who(found: _Shipped, account_id: str, kind: str, holder: str) -> Who:
    return Who(
        world=found.world,
        account_id=account_id,
        kind=kind,
        name=holder,
        carried=found.carried.get((account_id, kind, holder), []),
    )


def _documents(who: Who) -> list[Statement]:
    return [statement for policy in who.policies for statement in _statements(policy.document.text)]


def _statements(text: str) -> list[Statement]:
    try:
        listed = json.loads(text)["Statement"]
    except (ValueError, KeyError):
        return []
    return listed if isinstance(listed, list) else [listed]


def _wish(chance: Random, found: _Shipped) -> Question:
    """Somebody who wants one of the roles; mostly somebody whom its trust policy names."""
    owner, role = chance.choice(found.roles)
    trust = found.world.accounts[owner].roles[role].trust
    account_id, kind, name = _caller(chance, trust, found.world.accounts)
    if account_id not in found.world.accounts:
        account_id, kind, name = chance.choice(found.carriers)
    who = _who(found, account_id, kind, name)
    context = _context(chance, who, "")
    ids = re.findall(r'"sts:ExternalId":\s*\[?\s*"([^"]*)"', trust)
    if chance.random() < 0.8:
        context["sts:externalid"] = chance.choice(ids or ["one-of-ours"])
    ask = Ask(action=ASSUME_ROLE, resource=f"acs:ram::{owner}:role/{role}", context=context)
    return Question(who=who, ask=ask, trust=trust)


def _caller(chance: Random, trust: str, accounts: Sequence[str] | dict[str, Account]) -> tuple[str, str, str]:
    named = re.findall(r"acs:ram:[^:]*:(\d+):(root|user/[^\"/]+|role/[^\"/]+)", trust)
    account_id, whom = chance.choice(named or [(ACCESSOR, "user/admin")])
    if whom == "root":
        known = accounts.get(account_id) if isinstance(accounts, dict) else None
        return account_id, "user", chance.choice(sorted(known.users)) if known and known.users else "anybody"
    kind, _, name = whom.partition("/")
    return account_id, kind, name


def _ask(chance: Random, who: Who, documents: Sequence[Statement]) -> Ask:
    action = _action(chance, documents)
    resource, group = _resource(chance, who, action, documents)
    return Ask(
        action=action, resource=resource, context=_context(chance, who, resource, documents), group=group
    )


def _action(chance: Random, documents: Sequence[Statement]) -> str:
    """Any action of the table, or one that the documents are about."""
    patterns = [text for one in documents for text in _texts(one.get("Action", one.get("NotAction")))]
    if not patterns or chance.random() < 0.3:
        return chance.choice(_ACTIONS)
    pattern = chance.choice(patterns)
    meant = [action for action in _ACTIONS if glob(pattern.lower(), action.lower())]
    return chance.choice(meant) if meant else pattern.replace("*", "Any").replace("?", "x")


def _texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []


def _resource(
    chance: Random, who: Who, action: str, documents: Sequence[Statement]
) -> tuple[str, str | None]:
    """A resource that the action is asked on, and its group as far as a scan would know it."""
    forms = [form for entry in find(action) for form in entry.arn_forms]
    if not forms:
        patterns = [text for one in documents for text in _texts(one.get("Resource"))]
        pattern = chance.choice(patterns or ["*"])
        return pattern.replace("*", TO_COME).replace("?", "x") if ":" in pattern else pattern, ""
    text = chance.choice(forms).replace("{account}", who.account_id)
    if ":rocketmq:" in text or ":mq:" in text:
        return _broker(chance, who.account, text)
    named = [
        found
        for one in documents
        for pattern in _texts(one.get("Resource"))
        for found in re.findall(r"(?:role|user|group|policy)/([\w.@-]+)$", pattern)
    ]
    return re.sub(r"\{\w+\}", chance.choice([TO_COME, *named, *list(who.account.roles)[:3]]), text), ""


def _broker(chance: Random, account: Account, form: str) -> tuple[str, str | None]:
    """An instance, topic or group that exists, or one to come in an instance or with it."""
    five = ":rocketmq:" in form
    shelf: list[Instance4 | Instance5] = list(account.instances5.values() if five else ())
    shelf += () if five else account.instances4.values()
    if not shelf or chance.random() < 0.15:
        text = form.replace("{region}", "cn-hangzhou")
        return re.sub(r"\{\w+\}", TO_COME, text), None
    instance = chance.choice(shelf)
    text = form.replace("{region}", instance.region).replace("{instance}", instance.instance_id)
    text = text.replace("{topic}", chance.choice([TO_COME, *instance.topics, *instance.topics]))
    text = text.replace("{group}", chance.choice([TO_COME, *instance.groups, *instance.groups]))
    group = instance.resource_group if isinstance(instance, Instance5) else None
    return re.sub(r"\{\w+\}", TO_COME, text), group if "{instance}" in form else None


def _context(chance: Random, who: Who, resource: str, documents: Sequence[Statement] = ()) -> dict[str, str]:
    """What the service sends: no `acs:MFAPresent` with an AccessKey, tags where there are some."""
    found = {
        "acs:sourceip": chance.choice(_ADDRESSES),
        "acs:currenttime": chance.choice(_MOMENTS),
        "acs:securetransport": chance.choice(("true", "true", "true", "false")),
        "acs:principalarn": f"acs:ram::{who.account_id}:{who.kind}/{who.name}",
        **resource_tags(who.account, resource),
    }
    if chance.random() < 0.2:
        found["acs:mfapresent"] = chance.choice(("true", "false"))
    for one in documents:
        for operator, keys in one.get("Condition", {}).items():
            for key, wanted in keys.items():
                if "like" in operator.lower() or "equals" in operator.lower():
                    given = chance.choice([*_texts(wanted), "something-else"])
                    found.setdefault(key.lower(), given.replace("*", "x").replace("?", "q"))
    return found


@cache
def _published(kind: str) -> tuple[str, ...]:
    """The corpus' documents of one kind, templates filled in as the tools that own them do."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((CORPUS / kind).glob("*.json")))
    return tuple(
        re.sub(r"(\d)\*{2,}", r"\g<1>00000000", re.sub(r"\$\{[^}]*\}", "filled-in", text)) for text in texts
    )


def published(seed: int) -> Iterator[Question]:
    """Questions to a role that carries published policies and trusts as a published trust policy says."""
    chance = Random(f"published {seed}")
    build = World()
    account = build.account(OWNER)
    account.instances5["rmq-cn-1"] = Instance5(
        "rmq-cn-1", "cn-hangzhou", resource_group="rg-1", topics={"orders": {}}, groups={"GID_a": {}}
    )
    account.instances4["MQ_INST_1"] = Instance4("MQ_INST_1", "cn-hangzhou", topics={"orders": {}})
    for number in range(chance.randint(1, 3)):
        group = "rg-1" if chance.random() < 0.15 else ""
        build.attach(OWNER, "role", "r", f"p{number}", EVERYTHING, group=group)
        account.policies[f"p{number}"].versions["v1"].document = chance.choice(_published("permission"))
    who = Who(world=build.world, account_id=OWNER, kind="role", name="r")
    documents = _documents(who)
    for _ in range(ASKED_EACH - 2):
        yield Question(who=who, ask=_ask(chance, who, documents))
    trust = chance.choice(_published("trust"))
    for _ in range(2):
        account_id, kind, name = _caller(chance, trust, {})
        build.world.accounts.setdefault(account_id, type(account)(account_id))
        build.attach(account_id, kind, name, "assume", EVERYTHING)
        caller = Who(world=build.world, account_id=account_id, kind=kind, name=name)
        context = _context(chance, caller, "", _statements(trust))
        ask = Ask(action=ASSUME_ROLE, resource=f"acs:ram::{OWNER}:role/r", context=context)
        yield Question(who=caller, ask=ask, trust=trust)
