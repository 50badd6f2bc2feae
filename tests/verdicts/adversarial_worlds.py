"""Random accounts made to find a difference between two readings of the policy language, and questions to them.

Every operator, wildcards anywhere, NotAction, Deny, both scopes, session and control policies, every form of a
principal, and values at the edges of what is documented. A seed makes the same questions each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final, TypeAlias

from scanner.emulator.reading import OPERATORS
from scanner.emulator.state import Instance5
from tests.emulator.small import ACCESSOR, EVERYTHING, OWNER, World
from tests.verdicts.both import ASSUME_ROLE, Ask, Levels, Question, Who

Statement: TypeAlias = dict[str, Any]

ASKED_EACH: Final = 12
"""Questions to each world."""

_ACTIONS: Final = (
    *("rocketmq:GetTopic", "rocketmq:ListTopics", "rocketmq:GetInstanceAccount", "rocketmq:UpdateInstance"),
    *("mq:PUB", "mq:SUB", "mq:QueryInstanceBaseInfo", "mq:OnsTopicStatus"),
    *("ram:GetRole", "ram:AttachPolicyToRole", "ram:CreatePolicyVersion", ASSUME_ROLE, "oss:PutObject"),
)
_ACTION_PATTERNS: Final = (
    *("*", "*:*", "*:*:*", "rocketmq:*", "rocketmq:Get*", "ROCKETMQ:gettopic", "roc*:?etTopic", "mq:?UB"),
    *("mq:*", "m*q:*B", "*:Get*", "ram:*", "ram:?etRole", "ram:*Policy*", "sts:*", "STS:assumeROLE"),
    *("rocketmq", "rocketmq:", ":*", "?*:*", "*e*T*", "rocketmq:**Topic", "oss:*", "*Role", "", "??:???"),
    *("roc\u212aetmq:GetTopic", "rocketmq:[G]etTopic", "rocketmq:Get.*", "rocketmq:GetTopic\n", "mq:P*U*B*"),
)
_RESOURCES: Final = (
    f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-1",
    f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-1/topic/orders",
    f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-2/topic/Orders",
    f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-10/consumergroup/GID_a",
    f"acs:mq:*:{OWNER}:MQ_1",
    f"acs:mq:cn-hangzhou:{OWNER}:MQ_1%orders",
    f"acs:mq:cn-hangzhou:{OWNER}:MQ_1%GID_a",
    f"acs:ram::{OWNER}:role/r",
    f"acs:ram:*:{OWNER}:role/r",
    f"acs:ram:*:{OWNER}:policy/p",
    "acs:ram:*:system:policy/AliyunMQFullAccess",
    f"acs:oss:oss-cn-hangzhou:{OWNER}:bucket/a:b",
    "*",
)
_RESOURCE_PATTERNS: Final = (
    *("*", "*", "*", "acs:*", "acs:*:*:*:*", "acs:rocketmq:*", "acs:rocketmq:*:*:*", "acs:mq:*:*:*", "?*"),
    *("acs:rocketmq:*:*:instance/*", "acs:rocketmq:*:*:instance/rmq-1*", "acs:rocketmq:*:*:*/topic/*"),
    *("acs:rocketmq:cn-*:*:instance/rmq-?/*", "acs:rocketmq:*:*:instance/rmq-1/topic/ord*s", "acs:*orders"),
    *("acs:rocketmq:*:*:Instance/*", "acs:rocketmq:*:*:instance/rmq-2/topic/orders", "*/topic/[o]rders"),
    *("acs:mq:*:*:MQ_1%*", "acs:mq:*:*:MQ_?", "acs:mq:*:*:*%orders", "acs:mq:*:*:mq_1%orders", "acs:mq:?:*"),
    *("acs:ram::*:role/*", "acs:ram:*:*:role/?", "acs:ram:*:*:*", f"acs:ram::{OWNER}:*", "acs:ram:*"),
    *("acs:*::*:role/r", f"acs:ram:?:{OWNER}:role/r", "acs:ram:cn-hangzhou:*:role/r", f"acs:*:{OWNER}:*"),
    *("acs:ram:*:system:policy/*", "acs:oss:*:*:*", "acs:oss:*:*:bucket/*:b", "acs:r*", "", "*:*:*:*:*:*"),
    *("acs:ram:", "acs:ram::", "acs:rocketmq:*:*:instance/${acs:x}", "ACS:ROCKETMQ:*", "*\n", "***"),
)

_TEXTS: Final = (
    *(
        "prod",
        "Prod",
        "PROD",
        "pro",
        "prod ",
        "p*d",
        "p?od",
        "*",
        "?",
        "",
        "stage",
        "Größe",
        "GRÖSSE",
        "größe",
    ),
    *("\u212a", "k", "prod\n", "${x}", "p${x}d", "[p]rod", "0", "true", "2026-03-01T00:00:00Z", "10.0.0.1"),
)
_NUMBERS: Final = (
    *("0", "1", "1.0", "01", "-1", "+1", "-0", "0.1", "0.10", "0.30000000000000004", "0.3", "10", "1e1"),
    *("9007199254740993", "9007199254740992", "1_0", " 1", "", "one", "inf", "nan", "0x1", "\u0661", "1."),
)
_MOMENTS: Final = (
    *("2026-03-01T00:00:00Z", "2026-03-01T08:00:00+08:00", "2026-03-01T00:00:01Z", "2026-02-28T23:59:59Z"),
    *("2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.5Z", "2026-03-01T00:00:00", "2026-03-01", "20260301"),
    *("2026-03-01T00:00Z", "2026-13-01T00:00:00Z", "", "now", "2099-01-01T00:00:00Z", "2026-03-01 00:00:00Z"),
)
_BOOLS: Final = ("true", "false", "true", "false", "True", "FALSE", "1", "", "yes")
_ADDRESSES: Final = (
    "10.0.0.1",
    "10.0.0.1",
    "192.0.2.7",
    "203.0.113.255",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "x",
)
_NETWORKS: Final = (
    *("10.0.0.0/8", "10.0.0.1", "10.0.0.1/32", "10.0.0.1/8", "192.0.2.0/24", "0.0.0.0/0", "192.0.2.128/25"),
    *(
        "2001:db8::/32",
        "::/0",
        "::ffff:10.0.0.0/104",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/33",
        "10.0.0",
        "",
        "::1",
    ),
)

_FAMILIES: Final = {"S": "text", "N": "number", "D": "date", "B": "bool", "I": "ip"}
_KEYS: Final = {
    "text": (
        *(
            "acs:PrincipalARN",
            "acs:principalarn",
            "acs:SourceVpc",
            "acs:ResourceTag/env",
            "acs:RequestTag/env",
        ),
        *("sts:ExternalId", "acs:UserAgent", "oss:Prefix"),
    ),
    "number": ("oss:MaxKeys", "kms:Days"),
    "date": ("acs:CurrentTime", "acs:CURRENTTIME", "oss:When"),
    "bool": ("acs:SecureTransport", "acs:MFAPresent", "rds:Encrypted"),
    "ip": ("acs:SourceIp", "acs:VpcSourceIp", "acs:sourceip"),
}
_WANTED: Final = {
    "text": _TEXTS,
    "number": _NUMBERS,
    "date": _MOMENTS,
    "bool": _BOOLS,
    "ip": _NETWORKS,
}
_GIVEN: Final = {**_WANTED, "ip": _ADDRESSES}
_OPERATOR_NAMES: Final = tuple(sorted(OPERATORS))


def _family(operator: str) -> str:
    return "ip" if "IpAddress" in operator else _FAMILIES[operator[0]]


def _some(chance: Random, options: Sequence[str], most: int) -> str | list[str]:
    if chance.random() < 0.3:
        return chance.choice(options)
    return [chance.choice(options) for _ in range(chance.randint(1, most))]


def _condition(chance: Random) -> Statement:
    found: Statement = {}
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        operator = chance.choice(_OPERATOR_NAMES)
        family = _family(operator)
        keys = _KEYS[family if chance.random() < 0.97 else chance.choice(tuple(_KEYS))]
        values = _some(chance, _WANTED[family][:4] if chance.random() < 0.4 else _WANTED[family], 3)
        found.setdefault(operator, {})[chance.choice(keys)] = values
    return found


def statement(chance: Random) -> Statement:
    """A statement of a permission, session or control policy."""
    if chance.random() < 0.2:
        # About everything, so that it hangs on its conditions alone.
        effect = chance.choice(("Allow", "Allow", "Deny"))
        return {"Effect": effect, "Action": "*", "Resource": "*", "Condition": _condition(chance)}
    named = "NotAction" if chance.random() < 0.15 else "Action"
    found: Statement = {
        "Effect": chance.choice(("Allow", "Allow", "Allow", "Deny")),
        named: _some(chance, _ACTION_PATTERNS if chance.random() < 0.8 else _ACTIONS, 3),
        "Resource": _some(chance, _RESOURCE_PATTERNS if chance.random() < 0.8 else _RESOURCES, 3),
    }
    if chance.random() < 0.4:
        found["Condition"] = _condition(chance)
    if chance.random() < 0.05:
        found["Sid"] = "One"
    return found


def _odd_document(chance: Random) -> str:
    """A document that the service would not have stored, or that is not documented to be one."""
    one = statement(chance)
    match chance.randrange(12):
        case 0:
            one["Condition"] = {"StringEqualsIfExists": {"acs:SourceVpc": "vpc-1"}}
        case 1:
            del one["Resource"]
        case 2:
            one["NotResource"] = one.pop("Resource")
        case 3:
            one["Effect"] = "Permit"
        case 4:
            one["Action"] = one["NotAction"] = "*"
        case 5:
            one["Principal"] = {"RAM": f"acs:ram::{OWNER}:root"}
        case 6:
            one["Condition"] = {"Null": {"acs:SourceVpc": "true"}}
        case 7:
            return json.dumps({"Version": "2", "Statement": [one]})
        case 8:
            return json.dumps({"Version": "1", "Statement": [one]})[:-2]
        case 9:
            return json.dumps({"Version": "1", "Statement": []})
        case 10:
            one["NotAction" if "NotAction" in one else "Action"] = []
        case _:
            one["Condition"] = {"Bool": {"acs:SecureTransport": [True]}}
    return json.dumps({"Version": "1", "Statement": [one]})


def document(chance: Random) -> str:
    """A permission, session or control policy."""
    if chance.random() < 0.03:
        return _odd_document(chance)
    count = chance.choice((1, 1, 2, 3, 4))
    return json.dumps({"Version": "1", "Statement": [statement(chance) for _ in range(count)]})


def _open(chance: Random) -> str:
    """A document that mostly lets everything through, so that what stands behind it is asked too."""
    more = [statement(chance)] if chance.random() < 0.6 else []
    return json.dumps({"Version": "1", "Statement": [EVERYTHING, *more]})


def _context(chance: Random) -> dict[str, str]:
    return {
        key.lower(): chance.choice(_GIVEN[family])
        for family, keys in _KEYS.items()
        for key in keys
        if chance.random() < 0.8
    }


def _resource(chance: Random, texts: Sequence[str]) -> str:
    """A resource of the pool, or what a pattern of the documents becomes with its wildcards filled."""
    patterns = [
        found for text in texts for found in _patterns(text) if found.count(":") >= 4 and "$" not in found
    ]
    if not patterns or chance.random() < 0.6:
        return chance.choice(_RESOURCES)
    pattern = chance.choice(patterns)
    filler = chance.choice(("", "x", "a/b", OWNER, "orders"))
    return pattern.replace("*", filler).replace("?", "q")


def _patterns(text: str) -> Iterator[str]:
    try:
        listed = json.loads(text)["Statement"]
    except (ValueError, KeyError):
        return
    for one in listed:
        found = one.get("Resource", [])
        yield from [found] if isinstance(found, str) else found


def _account(chance: Random) -> World:
    build = World()
    account = build.account(OWNER)
    for name, group in (("rmq-1", "rg-1"), ("rmq-2", "rg-2"), ("rmq-10", "")):
        account.instances5[name] = Instance5(name, "cn-hangzhou", resource_group=group)
    if chance.random() < 0.25:
        account.control_policies.extend(document(chance) for _ in range(chance.randint(1, 3)))
    return build


def _group_of(resource: str) -> str:
    if resource.startswith("acs:rocketmq:"):
        for name, group in (("rmq-1", "rg-1"), ("rmq-2", "rg-2")):
            if (
                f":instance/{name}" == resource[-len(f":instance/{name}") :]
                or f":instance/{name}/" in resource
            ):
                return group
    return ""


def _attach(build: World, chance: Random, account_id: str, *, kind: str, name: str, most: int) -> list[str]:
    texts = []
    for number in range(chance.randint(1, most)):
        group = chance.choice(("", "", "rg-1", "rg-2"))
        build.attach(account_id, kind, name, f"p{number}", EVERYTHING, group=group)
        texts.append(document(chance))
        build.account(account_id).policies[f"p{number}"].versions["v1"].document = texts[-1]
    return texts


def _levels(chance: Random) -> Levels | None:
    """Levels where FullAliyunAccess may be missing; one without any document allows nothing."""
    if chance.random() < 0.85:
        return None
    return tuple(
        tuple(chance.choice((_open, _open, document))(chance) for _ in range(chance.choice((1, 1, 1, 2))))
        for _ in range(chance.randint(1, 3))
    )


def requests(seed: int) -> Iterator[Question]:
    """Questions to one random world about what a role may do."""
    chance = Random(f"requests {seed}")
    build = _account(chance)
    texts = _attach(build, chance, OWNER, kind="role", name="r", most=4)
    session = chance.choice((_open, document))(chance) if chance.random() < 0.25 else None
    levels = None if build.account(OWNER).control_policies else _levels(chance)
    who = Who(world=build.world, account_id=OWNER, kind="role", name="r", session=session, levels=levels)
    for _ in range(ASKED_EACH):
        resource = _resource(chance, texts)
        ask = Ask(
            action=chance.choice(_ACTIONS),
            resource=resource,
            context=_context(chance),
            group=_group_of(resource),
        )
        yield Question(who=who, ask=ask)


_PRINCIPALS: Final = (
    *(f"acs:ram::{ACCESSOR}:root", f"acs:ram:*:{ACCESSOR}:root", f"acs:ram::{OWNER}:root"),
    *(f"acs:ram::{ACCESSOR}:user/bob", f"acs:ram::{ACCESSOR}:user/Bob", f"acs:ram::{ACCESSOR}:user/eve"),
    *(f"acs:ram::{ACCESSOR}:role/bob", f"acs:ram:*:{ACCESSOR}:role/bob", f"acs:ram::{OWNER}:role/r"),
    *(f"acs:ram::{ACCESSOR}:user/*", f"acs:ram::{ACCESSOR}:role/b?b", "*", "acs:ram::*:root", ACCESSOR, ""),
    *(
        f"acs:ram::{ACCESSOR}:user/bob/x",
        f"acs:ram:cn-hangzhou:{ACCESSOR}:root",
        f"acs:ram::{ACCESSOR}:group/g",
    ),
    f"acs:ram::{ACCESSOR}:assumed-role/bob/at-work",
)
_SERVICES: Final = ("ecs.aliyuncs.com", f"{ACCESSOR}@fc.aliyuncs.com", "*", "bob")
_PROVIDERS: Final = (f"acs:ram::{ACCESSOR}:saml-provider/bob", f"acs:ram::{ACCESSOR}:oidc-provider/bob", "*")
_TRUST_ACTIONS: Final = (
    *((ASSUME_ROLE,) * 6),
    *("sts:*", "*", "STS:assumerole", "sts:Assume*", "sts:AssumeRoleWithSAML", "sts:?ssumeRole", "ram:*"),
)


def trust_statement(chance: Random) -> Statement:
    """A statement of a trust policy."""
    principal: Any = {"RAM": _some(chance, _PRINCIPALS[:9] if chance.random() < 0.8 else _PRINCIPALS, 3)}
    if chance.random() < 0.1:
        principal["Service"] = _some(chance, _SERVICES, 2)
    if chance.random() < 0.1:
        principal["Federated"] = _some(chance, _PROVIDERS, 2)
    if chance.random() < 0.03:
        principal = "*"
    found: Statement = {
        "Effect": chance.choice(("Allow", "Allow", "Allow", "Deny")),
        "Action": _some(chance, _TRUST_ACTIONS, 2),
        "Principal": principal,
    }
    if chance.random() < 0.5:
        found["Condition"] = _condition(chance)
    return found


def _trust(chance: Random) -> str:
    listed = [trust_statement(chance) for _ in range(chance.choice((1, 1, 2, 3)))]
    return json.dumps({"Version": "1", "Statement": listed})


_CALLERS: Final = (("user", "bob"), ("user", "bob"), ("user", "eve"), ("role", "bob"), ("root", ""))


def assumptions(seed: int) -> Iterator[Question]:
    """Questions to one random world about who may assume a role."""
    chance = Random(f"assumptions {seed}")
    build = _account(chance)
    for kind, name in (("user", "bob"), ("user", "eve"), ("role", "bob")):
        _attach(build, chance, ACCESSOR, kind=kind, name=name, most=2)
        if chance.random() < 0.6:
            number = f"open-{kind}-{name}"
            build.attach(ACCESSOR, kind, name, number, EVERYTHING)
    session = _open(chance) if chance.random() < 0.2 else None
    trusts = [_trust(chance) for _ in range(4)]
    for _ in range(ASKED_EACH):
        kind, name = chance.choice(_CALLERS)
        who = Who(
            world=build.world,
            account_id=ACCESSOR,
            kind=kind,
            name=name,
            session=session if kind == "role" else None,
        )
        role = chance.choice(
            (f"acs:ram::{OWNER}:role/r", f"acs:ram::{OWNER}:role/r", f"acs:ram:*:{OWNER}:role/R")
        )
        ask = Ask(action=ASSUME_ROLE, resource=role, context=_context(chance))
        yield Question(who=who, ask=ask, trust=chance.choice(trusts))
