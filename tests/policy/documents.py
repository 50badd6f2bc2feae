"""Policy documents for tests: small builders, and strategies for hypothesis."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from hypothesis import strategies as st

from scanner.policy.decision import Context, Request, SourcedPolicy
from scanner.policy.operators import OPERATORS
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyDocument, PolicyType

Body = Mapping[str, object]

OWNER: Final = "1000000000000001"
PARTNER: Final = "2000000000000002"
ROLE: Final = f"acs:ram::{OWNER}:role/orders"


def document(*statements: object, type: PolicyType = PolicyType.PERMISSION) -> PolicyDocument:  # noqa: A002
    """A parsed policy of these statements."""
    return parse(json.dumps({"Version": "1", "Statement": list(statements)}), type=type)


def policy(*statements: object, label: str = "Custom:test", group: str | None = None) -> SourcedPolicy:
    """A permission policy of these statements, attached to the account or to a resource group."""
    return SourcedPolicy(document=document(*statements), label=label, version="v1", resource_group=group)


def control(*statements: object, level: str = "") -> SourcedPolicy:
    """A control policy of these statements, attached at a level of the directory."""
    parsed = document(*statements, type=PolicyType.CONTROL)
    return SourcedPolicy(document=parsed, label="control", version="v1", level=level)


def trust(*statements: object) -> SourcedPolicy:
    """A trust policy of these statements."""
    return SourcedPolicy(document=document(*statements, type=PolicyType.TRUST), label="trust policy")


def allow(action: object, resource: object = "*", **more: object) -> Body:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: object, resource: object = "*", **more: object) -> Body:
    """A Deny statement."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trusting(principal: object, **more: object) -> Body:
    """An Allow statement of a trust policy."""
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}


def context(known: Mapping[str, str | Sequence[str]] | None = None, *, complete: bool = True) -> Context:
    """A context of these keys; an empty list is a key that the request does not carry."""
    values = {
        key: frozenset((value,) if isinstance(value, str) else value) for key, value in (known or {}).items()
    }
    return Context(known=values, complete=complete)


def request(
    action: str,
    resource: str = "*",
    *,
    known: Mapping[str, str | Sequence[str]] | None = None,
    complete: bool = True,
    group: str | None = None,
) -> Request:
    """A request with these condition keys."""
    return Request(
        action=action,
        resource=resource,
        context=context(known, complete=complete),
        resource_group=group,
    )


ACTIONS: Final = ("mq:PUB", "mq:SUB", "rocketmq:ListTopics")
RESOURCES: Final = ("acs:mq:*:1:a%x", "acs:mq:*:1:b%x", "acs:ram::1:role/a", "acs:RAM::1:role/A")
KEYS: Final = (
    "acs:SourceIp",
    "acs:MFAPresent",
    "acs:SourceVpc",
    "ecs:tag/team",
    "acs:CurrentTime",
    "ecs:count",
)
VALUES: Final = {
    "acs:SourceIp": ("10.0.0.1", "192.168.1.9", "::1", "::ffff:10.0.0.1", "not an address"),
    "acs:MFAPresent": ("true", "false", "True"),
    "acs:SourceVpc": ("vpc-1", "vpc-2", "VPC-1"),
    "ecs:tag/team": ("ops", "dev", "*", ""),
    "acs:CurrentTime": ("2026-03-01T12:00:00Z", "2026-03-01T20:00:00+08:00", "2026-03-01"),
    "ecs:count": ("1", "1.0", "-2", "1e9", "many"),
}
POLICY_VALUES: Final = (
    "10.0.0.0/8",
    "10.0.0.1/8",
    "192.168.1.9",
    "vpc-*",
    "op?",
    "${acs:user}",
    "2026-01-01T00:00:00Z",
)

_action_patterns = st.sampled_from(
    (*ACTIONS, "*", "mq:*", "MQ:pub", "*:List*", "mq:?UB", "${x}:PUB", "ram:Get*")
)
_resource_patterns = st.sampled_from(
    (*RESOURCES, "*", "acs:mq:*:*:a*", "acs:ram:*:1:role/*", "acs:mq:*:1:${y}", "acs:*:*:*:?%x")
)


def _one_or_several(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str | list[str]]:
    return texts | st.lists(texts, min_size=0, max_size=3)


def conditions() -> st.SearchStrategy[dict[str, dict[str, str | list[str]]]]:
    """`Condition` elements, mostly sensible, some with an unknown operator or odd values."""
    operators = st.sampled_from((*OPERATORS, "StringEqualsIfExists", "Null"))
    every_value = [*POLICY_VALUES, *(value for values in VALUES.values() for value in values)]
    values = _one_or_several(st.sampled_from(every_value))
    keys = st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=2)
    return st.dictionaries(operators, keys, max_size=2)


def statements(*, effects: Sequence[str] = ("Allow", "Deny")) -> st.SearchStrategy[Body]:
    """Statements over a small world, so that they meet each other and the requests often."""
    named = st.sampled_from(("Action", "NotAction"))
    return st.builds(
        lambda effect, which, actions, resources, condition, extra: {
            "Effect": effect,
            which: actions,
            "Resource": resources,
            **({"Condition": condition} if condition is not None else {}),
            **extra,
        },
        st.sampled_from(effects),
        named,
        _one_or_several(_action_patterns),
        _one_or_several(_resource_patterns),
        st.none() | conditions(),
        st.sampled_from(({}, {}, {}, {}, {"NotResource": "*"}, {"Sid": "s"}, {"Action": "mq:SUB"})),
    )


def contexts() -> st.SearchStrategy[Context]:
    """Contexts over the same keys, complete or not, with keys absent, once or several times."""
    known = st.fixed_dictionaries(
        {}, optional={key: st.frozensets(st.sampled_from(VALUES[key]), max_size=2) for key in KEYS}
    )
    return st.builds(lambda k, c: Context(known=k, complete=c), known, st.booleans())


def requests() -> st.SearchStrategy[Request]:
    """Requests over the same small world."""
    return st.builds(
        lambda action, resource, keys, group: Request(
            action=action, resource=resource, context=keys, resource_group=group
        ),
        st.sampled_from(ACTIONS),
        st.sampled_from(RESOURCES),
        contexts(),
        st.sampled_from((None, "rg-1", "rg-2")),
    )


def policies(*, effects: Sequence[str] = ("Allow", "Deny")) -> st.SearchStrategy[SourcedPolicy]:
    """Attached permission policies of both scopes."""
    return st.builds(
        lambda bodies, group: policy(*bodies, group=group),
        st.lists(statements(effects=effects), max_size=3),
        st.sampled_from((None, None, "rg-1", "rg-2")),
    )
