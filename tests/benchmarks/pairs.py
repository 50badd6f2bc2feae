"""Seeded random policies in the shape of RAM's, and edits of them: what the comparison is measured and judged on.

Everything is raw JSON text, so that nothing of the engine stands between the generator and whoever reads it.
The same seed gives the same policies.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Final, TypeAlias

Body: TypeAlias = dict[str, Any]
"""One statement as JSON, whose values are texts, lists and objects."""

OWNER: Final = "1000000000000001"
PARTNER: Final = "2000000000000002"
OTHER: Final = "3000000000000003"
ROLE: Final = f"acs:ram::{OWNER}:role/orders"
GROUPS: Final = ("rg-shop", "rg-bank")

_NAMES: Final = {
    "rocketmq": [
        "ListTopics",
        "ListInstances",
        "GetTopic",
        "GetInstanceAccount",
        "GetMessageDetail",
        "CreateTopic",
        "DeleteTopic",
        "UpdateInstance",
        "VerifySendMessage",
        "ResetConsumeOffset",
        "ListConsumerGroups",
        "GetInstance",
    ],
    "mq": [
        "PUB",
        "SUB",
        "QueryTopic",
        "ListTopic",
        "CreateTopic",
        "DeleteTopic",
        "ResetConsumerOffset",
        "QueryInstanceBaseInfo",
    ],
    "ram": [
        "GetRole",
        "ListRoles",
        "UpdateRole",
        "AttachPolicyToRole",
        "CreatePolicyVersion",
        "SetDefaultPolicyVersion",
    ],
    "sts": ["AssumeRole"],
}
_SERVICES: Final = ("rocketmq", "rocketmq", "rocketmq", "mq", "mq", "ram", "sts")
_INSTANCES: Final = ("rmq-cn-a1", "rmq-cn-a12", "rmq-cn-b2")
_OLD_INSTANCES: Final = ("MQ_INST_1_AAA", "MQ_INST_1_AAB")
_TOPICS: Final = ("orders", "orders-eu", "invoices", "GID_orders", "refunds")
_ROLES: Final = ("orders", "orders-reader", "ops")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSet:
    """The documents that decide for one identity, as texts."""

    account: tuple[tuple[str, str | None], ...]
    """Attached policies, each with the resource group it is limited to; None is the whole account."""
    session: str | None = None
    control: tuple[tuple[str, str], ...] | None = None
    """Control policies, each with the level of the directory it is attached to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two policies, or trust policies, to compare."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPair:
    """Two sets of policies to compare."""

    old: RawSet
    new: RawSet


def text_of(statements: Sequence[Body]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "1", "Statement": list(statements)})


def pair(seed: int, *, fewest: int = 1, most: int = 6) -> Pair:
    """Two permission policies; `new` is mostly an edit of `old`."""
    rng = Random(seed)
    old = [statement(rng) for _ in range(rng.randint(fewest, most))]
    if rng.random() < 0.15:
        new = [statement(rng) for _ in range(rng.randint(fewest, most))]
    else:
        new = edited(rng, old, statement, edits=rng.choice((1, 1, 1, 2, 2, 3)))
    return Pair(old=text_of(old), new=text_of(new))


def odd_pair(seed: int) -> Pair:
    """As `pair`, with something in it that no page documents."""
    rng = Random(seed)
    old = [statement(rng) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.7:
        _make_odd(rng, old)
    new = edited(rng, old, statement, edits=rng.choice((1, 1, 2)))
    if rng.random() < 0.5:
        _make_odd(rng, new)
    return Pair(old=text_of(old), new=text_of(new))


def _make_odd(rng: Random, statements: list[Body]) -> None:
    """Put something that is not documented into one of `statements`."""
    body = rng.choice(statements)
    choice = rng.randrange(8)
    if choice == 0:
        body["Resource"] = "acs:mq:*:*:${acs:user}*"
    elif choice == 1:
        body["Action"] = ["mq:PUB", "${which}:Get*"]
        body.pop("NotAction", None)
    elif choice == 2:
        body["NotResource"] = "acs:mq:*:*:orders"
    else:
        operator, key, values = _ODD_CONDITIONS[rng.randrange(len(_ODD_CONDITIONS))]
        body.setdefault("Condition", {}).setdefault(operator, {})[key] = values


def set_pair(seed: int) -> SetPair:
    """Two sets with several policies, both scopes, sessions and control policies; one is an edit of the other."""
    rng = Random(seed)
    old = _Set.random(rng)
    new = deepcopy(old)
    for _ in range(rng.choice((1, 1, 2))):
        new.edit(rng)
    before, after = old.raw(), new.raw()
    return SetPair(old=before, new=after) if rng.random() < 0.7 else SetPair(old=after, new=before)


def trust_pair(seed: int) -> Pair:
    """Two trust policies; `new` is mostly an edit of `old`."""
    rng = Random(seed)
    old = [trust_statement(rng) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.2:
        new = [trust_statement(rng) for _ in range(rng.randint(1, 4))]
    else:
        new = edited(rng, old, trust_statement, edits=rng.choice((1, 1, 2)))
    return Pair(old=text_of(old), new=text_of(new))


def odd_trust_pair(seed: int) -> Pair:
    """As `trust_pair`, with something in it that no page documents."""
    rng = Random(seed)
    old = [trust_statement(rng) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.6:
        _make_odd_trust(rng, old)
    new = edited(rng, old, trust_statement, edits=1)
    if rng.random() < 0.6:
        _make_odd_trust(rng, new)
    return Pair(old=text_of(old), new=text_of(new))


def _make_odd_trust(rng: Random, statements: list[Body]) -> None:
    """Put a principal or an element that is not documented into one of `statements`."""
    body = rng.choice(statements)
    choice = rng.random()
    if choice < 0.75:
        body["Principal"] = rng.choice(_ODD_PRINCIPALS)
    elif choice < 0.85:
        body["Resource"] = "*"
    else:
        operator, key, values = rng.choice(_ODD_CONDITIONS)
        body.setdefault("Condition", {}).setdefault(operator, {})[key] = values


class _Set:
    """A set while it is being made and edited."""

    def __init__(
        self,
        account: list[tuple[list[Body], str | None]],
        session: list[Body] | None,
        control: list[tuple[list[Body], str]] | None,
    ) -> None:
        self.account, self.session, self.control = account, session, control

    @staticmethod
    def random(rng: Random) -> _Set:
        groups = [rng.choice((None, None, *GROUPS)) for _ in range(rng.randint(1, 3))]
        levels = rng.choice((["root"], ["root", "member"], ["root", "root"], []))
        return _Set(
            [(_few(rng), group) for group in groups],
            _few(rng) if rng.random() < 0.4 else None,
            [(_wide(rng), level) for level in levels] if rng.random() < 0.4 else None,
        )

    def edit(self, rng: Random) -> None:
        """Change one thing: a document, an attachment, or a gate."""
        choice = rng.random()
        if choice < 0.6:
            documents = [body for body, _ in self.account]
            documents += [body for body, _ in self.control or ()]
            documents += [self.session] if self.session is not None else []
            chosen = rng.choice(documents) if documents else []
            chosen[:] = edited(rng, chosen, statement, edits=1) if chosen else _few(rng)
        elif choice < 0.75:
            self.account.append((_few(rng), rng.choice((None, *GROUPS))))
        elif choice < 0.85 and self.account:
            at = rng.randrange(len(self.account))
            self.account[at] = (self.account[at][0], rng.choice((None, *GROUPS)))
        elif choice < 0.93:
            self.session = None if self.session is not None else _few(rng)
        elif self.control is None:
            self.control = [(_wide(rng), "root")]
        else:
            self.control.append((_wide(rng), rng.choice(("root", "folder"))))

    def raw(self) -> RawSet:
        """The set as texts."""
        return RawSet(
            account=tuple((text_of(body), group) for body, group in self.account),
            session=None if self.session is None else text_of(self.session),
            control=None if self.control is None else tuple((text_of(b), level) for b, level in self.control),
        )


def _few(rng: Random) -> list[Body]:
    return [statement(rng) for _ in range(rng.randint(1, 3))]


def _wide(rng: Random) -> list[Body]:
    """A control policy: mostly everything, less a few things."""
    everything: Body = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denied = [{**statement(rng), "Effect": "Deny"} for _ in range(rng.randint(0, 2))]
    return [everything, *denied] if rng.random() < 0.8 else _few(rng)


def statement(rng: Random) -> Body:
    """One statement of a permission policy."""
    service = rng.choice(_SERVICES)
    body: Body = {"Effect": "Allow" if rng.random() < 0.78 else "Deny"}
    element = "NotAction" if rng.random() < 0.07 else "Action"
    body[element] = _one_or_more(rng, lambda: _action(rng, service))
    body["Resource"] = _one_or_more(rng, lambda: _resource(rng, service))
    if rng.random() < 0.35:
        body["Condition"] = condition(rng)
    return body


def trust_statement(rng: Random) -> Body:
    """One statement of a trust policy."""
    groups = rng.sample(("RAM", "Service", "Federated"), rng.choice((1, 1, 1, 2)))
    principal = {group: _one_or_more(rng, partial(_principal, rng, group)) for group in groups}
    body: Body = {
        "Effect": "Allow" if rng.random() < 0.85 else "Deny",
        "Action": rng.choice(
            ("sts:AssumeRole", "sts:AssumeRole", ["sts:AssumeRole"], "sts:*", "STS:assumerole")
        ),
        "Principal": principal,
    }
    if rng.random() < 0.5:
        body["Condition"] = condition(rng, keys=_TRUST_KEYS)
    return body


def _one_or_more(rng: Random, one: Callable[[], str]) -> str | list[str]:
    count = rng.choice((1, 1, 1, 2, 2, 3, 4))
    found = list(dict.fromkeys(one() for _ in range(count)))
    return found[0] if len(found) == 1 and rng.random() < 0.6 else found


def _action(rng: Random, service: str) -> str:
    name = rng.choice(_NAMES[service])
    choice = rng.random()
    if choice < 0.45:
        text = f"{service}:{name}"
    elif choice < 0.72:
        text = f"{service}:{name[: rng.randint(1, 6)]}*"
    elif choice < 0.84:
        text = f"{service}:*"
    elif choice < 0.88:
        text = "*"
    elif choice < 0.95:
        text = rng.choice(
            (f"*:{name[:4]}*", f"{service}:*{name[-5:]}*", f"{service}:*{name[-5:]}", f"*{service[1:]}:*")
        )
    else:
        at = rng.randrange(len(name))
        text = f"{service}:{name[:at]}?{name[at + 1 :]}"
    return rng.choice((text.lower(), text.upper())) if rng.random() < 0.04 else text


def _resource(rng: Random, service: str) -> str:
    text = _resource_pattern(rng, service)
    if rng.random() >= 0.03:
        return text
    # Now and then somebody writes a part in capitals.
    parts = text.split(":")
    at = rng.randrange(len(parts))
    return ":".join((*parts[:at], parts[at].upper(), *parts[at + 1 :]))


def _resource_pattern(rng: Random, service: str) -> str:
    if rng.random() < 0.12:
        return "*"
    exact = _exact_resource(rng, service)
    choice = rng.random()
    if choice < 0.35:
        return exact
    if choice < 0.65:
        head, colon, name = exact.rpartition(":")
        return f"{head}{colon}{name[: rng.randint(0, len(name))]}*"
    if choice < 0.78:
        return _infix(rng, exact)
    if choice < 0.86:
        at = rng.randrange(exact.rindex(":") + 1, len(exact))
        return f"{exact[:at]}?{exact[at + 1 :]}"
    topic = rng.choice(_TOPICS)
    return rng.choice(
        (
            f"acs:{service}:*:*:*",
            f"acs:{service}:*",
            f"acs:*:*:*:*{topic}*",
            f"*{topic}",
            f"acs:{service}:*:*:*{topic}*",
        )
    )


def _exact_resource(rng: Random, service: str) -> str:
    region, account = rng.choice(("*", "*", "cn-hangzhou")), rng.choice(("*", "*", OWNER))
    topic = rng.choice(_TOPICS)
    if service == "rocketmq":
        child = rng.choice(("", f"/topic/{topic}", f"/topic/{topic}", f"/consumergroup/{topic}"))
        return f"acs:rocketmq:{region}:{account}:instance/{rng.choice(_INSTANCES)}{child}"
    if service == "mq":
        name = rng.choice((f"{rng.choice(_OLD_INSTANCES)}%{topic}", topic, rng.choice(_OLD_INSTANCES)))
        return f"acs:mq:{region}:{account}:{name}"
    return f"acs:ram:{rng.choice(('', '*'))}:{rng.choice((OWNER, PARTNER, '*'))}:role/{rng.choice(_ROLES)}"


def _infix(rng: Random, exact: str) -> str:
    head, colon, name = exact.rpartition(":")
    start = rng.randint(0, max(0, len(name) - 3))
    end = min(len(name), start + rng.randint(1, 6))
    return rng.choice(
        (
            f"{head}{colon}*{name[start:end]}*",
            f"{head}{colon}{name[:start]}*{name[end:]}",
            f"{head}{colon}*{name[start:]}",
        )
    )


_TEXT: Final = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
)
_ORDERS: Final = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "acs:SourceIp": ("IpAddress", "IpAddress", "NotIpAddress"),
    "acs:SecureTransport": ("Bool",),
    "acs:MFAPresent": ("Bool",),
    "acs:CurrentTime": tuple(f"Date{order}" for order in _ORDERS),
    "acs:SourceVpc": _TEXT,
    "acs:ResourceTag/team": _TEXT,
    "acs:PrincipalARN": _TEXT,
    "sts:ExternalId": _TEXT,
    "ecs:count": tuple(f"Numeric{order}" for order in _ORDERS),
}
_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "acs:SourceIp": (
        "10.0.0.0/8",
        "10.1.0.0/16",
        "10.1.2.3",
        "192.168.0.0/16",
        "203.0.113.0/24",
        "2001:db8::/32",
        "2001:db8:1::/48",
    ),
    "acs:SecureTransport": ("true", "false"),
    "acs:MFAPresent": ("true", "false"),
    "acs:CurrentTime": (
        "2026-01-01T00:00:00Z",
        "2026-06-01T08:00:00+08:00",
        "2026-06-01T00:00:00Z",
        "2027-01-01T00:00:00Z",
    ),
    "acs:SourceVpc": ("vpc-1", "vpc-2", "VPC-1", "vpc-*", "vpc-?"),
    "acs:ResourceTag/team": ("ops", "dev", "Ops", "o*", "*"),
    "acs:PrincipalARN": (
        f"acs:ram:*:*:role/{_ROLES[0]}",
        "acs:ram:*:*:role/o*",
        f"acs:ram::{OWNER}:user/bob",
    ),
    "sts:ExternalId": ("red-1", "red-2", "RED-1", "red-*", "*"),
    "ecs:count": ("1", "1.0", "2", "2.5", "10", "-3"),
}
_KEYS: Final = tuple(key for key in _OPERATORS if key != "sts:ExternalId")
_TRUST_KEYS: Final = (
    "sts:ExternalId",
    "sts:ExternalId",
    "sts:ExternalId",
    "acs:SourceIp",
    "acs:MFAPresent",
    "acs:CurrentTime",
)

_ODD_PRINCIPALS: Final[tuple[Any, ...]] = (
    "*",
    {"RAM": "*"},
    {"Service": "*"},
    {"Federated": "*"},
    {"RAM": f"acs:ram::{PARTNER}:role/s*"},
    {"RAM": [f"acs:ram::{PARTNER}:user/b?b", f"acs:ram::{OTHER}:root"]},
    {"RAM": "acs:ram::2*:root"},
    {"RAM": f"acs:ram::{PARTNER}:user/BOB"},
    {"RAM": f"acs:ram:*:{PARTNER}:user/bob"},
    {"RAM": PARTNER},
    {"Federated": "acs:ram::200000000000****:saml-provider/idp"},
    {"Federated": f"acs:ram::{PARTNER}:*/idp"},
    {"Service": "*.aliyuncs.com"},
    {"Service": "2*@ecs.aliyuncs.com"},
    {"Service": "ecs"},
    {"AWS": f"acs:ram::{PARTNER}:root"},
    {"RAM": []},
)

_ODD_CONDITIONS: Final[tuple[tuple[str, str, str | list[str]], ...]] = (
    ("StringEqualsIfExists", "acs:SourceVpc", "vpc-1"),
    ("Null", "acs:SourceVpc", "true"),
    ("StringLike", "acs:SourceIp", "10.*"),
    ("StringEquals", "acs:SourceVpc", "${acs:vpc}"),
    ("StringEquals", "acs:SourceVpc", []),
    ("IpAddress", "acs:SourceIp", "10.0.0.1/8"),
    ("IpAddress", "acs:SourceIp", ["::/0", "203.0.113.0/24"]),
    ("DateLessThan", "acs:CurrentTime", "tomorrow"),
    ("StringEquals", "ecs:count", "1"),
    ("NumericLessThan", "ecs:count", "many"),
    ("Bool", "acs:MFAPresent", "True"),
)


def condition(rng: Random, *, keys: Sequence[str] = _KEYS) -> Body:
    """A `Condition` of one or two keys."""
    found: Body = {}
    for _ in range(rng.choice((1, 1, 1, 2))):
        key = rng.choice(keys)
        values = list(dict.fromkeys(rng.choice(_VALUES[key]) for _ in range(rng.choice((1, 1, 1, 2, 3)))))
        written = key.lower() if rng.random() < 0.03 else key
        scalar = len(values) == 1 and rng.random() < 0.6
        found.setdefault(rng.choice(_OPERATORS[key]), {})[written] = values[0] if scalar else values
    return found


def _principal(rng: Random, group: str) -> str:
    account = rng.choice((PARTNER, PARTNER, OTHER, OWNER))
    if group == "Service":
        service = rng.choice(("ecs.aliyuncs.com", "log.aliyuncs.com"))
        return service if rng.random() < 0.7 else f"{account}@{service}"
    if group == "Federated":
        return f"acs:ram::{account}:{rng.choice(('saml-provider/idp', 'oidc-provider/ack'))}"
    return f"acs:ram::{account}:{rng.choice(('root', 'root', 'user/bob', 'user/eve', 'role/sync'))}"


def edited(rng: Random, old: Sequence[Body], make: Callable[[Random], Body], *, edits: int) -> list[Body]:
    """`old` after some of the edits that people make."""
    new = deepcopy(list(old))
    for _ in range(edits):
        rng.choice(_EDITS)(rng, new, make)
    return new


def _add(rng: Random, new: list[Body], make: Callable[[Random], Body]) -> None:
    new.insert(rng.randint(0, len(new)), make(rng))


def _remove(rng: Random, new: list[Body], make: Callable[[Random], Body]) -> None:
    if len(new) > 1:
        del new[rng.randrange(len(new))]
    else:
        _add(rng, new, make)


def _reorder(rng: Random, new: list[Body], make: Callable[[Random], Body]) -> None:
    del make
    rng.shuffle(new)


def _split(rng: Random, new: list[Body], make: Callable[[Random], Body]) -> None:
    """Write a statement with several actions as one statement for each."""
    del make
    body = rng.choice(new)
    actions = body.get("Action")
    if isinstance(actions, list):
        new.remove(body)
        new += [{**deepcopy(body), "Action": action} for action in actions]


def _rewrite(rng: Random, new: list[Body], make: Callable[[Random], Body]) -> None:
    """Take over one element from a fresh statement."""
    body, fresh = rng.choice(new), make(rng)
    element = rng.choice(
        [name for name in fresh if name not in {"Effect", "Principal"} or rng.random() < 0.3]
    )
    if element in {"Action", "NotAction"}:
        body.pop("Action", None)
        body.pop("NotAction", None)
    body[element] = fresh[element]


def _widen(rng: Random, new: list[Body], make: Callable[[Random], Body]) -> None:
    """Shorten a pattern to a prefix, or write one more beside it."""
    body, fresh = rng.choice(new), make(rng)
    element = rng.choice([name for name in ("Action", "NotAction", "Resource") if name in body] or [""])
    if not element:
        return
    texts = body[element] if isinstance(body[element], list) else [body[element]]
    at = rng.randrange(len(texts))
    stem = texts[at].rstrip("*")
    if rng.random() < 0.6 and len(stem) > 4:
        body[element] = [*texts[:at], f"{stem[: rng.randint(len(stem) // 2, len(stem))]}*", *texts[at + 1 :]]
    else:
        more = fresh.get(element, texts[at])
        body[element] = [*texts, *(more if isinstance(more, list) else [more])]


def _narrow(rng: Random, new: list[Body], make: Callable[[Random], Body]) -> None:
    """Drop one of several actions or resources."""
    del make
    body = rng.choice(new)
    for element in ("Resource", "Action"):
        texts = body.get(element)
        if isinstance(texts, list) and len(texts) > 1:
            del texts[rng.randrange(len(texts))]
            return


def _recondition(rng: Random, new: list[Body], make: Callable[[Random], Body]) -> None:
    """Drop a condition, or take one from a fresh statement."""
    body = rng.choice(new)
    if "Condition" in body:
        del body["Condition"]
        return
    fresh = next((c for c in (make(rng).get("Condition") for _ in range(20)) if c is not None), None)
    if fresh is not None:
        body["Condition"] = fresh


_EDITS: Final = (
    _add,
    _remove,
    _reorder,
    _split,
    _rewrite,
    _widen,
    _widen,
    _narrow,
    _recondition,
    _recondition,
)
