"""Tries in a local cloud what a verdict says that a role can or cannot do.

The cloud's own authorizer answers. What is tried comes from the documents as plain JSON and from what exists, and
from none of the scanner's own reasoning about patterns: only the table of actions is shared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from ipaddress import ip_network
from itertools import islice, product
from typing import Any, Final, TypeAlias

from scanner.emulator.authorize import Judge
from scanner.emulator.reading import glob
from scanner.emulator.service import Caller
from scanner.emulator.state import Account, Instance5, LocalWorld
from scanner.policy.catalogue import AccessClass, by_class, find

Context: TypeAlias = Mapping[str, str]
"""Condition keys in lower case."""

FRESH: Final = "zq-fresh"
"""A name that nobody has and no pattern means."""
NOBODY: Final = "0000000000000000"
"""An account that nobody has."""
CONTEXTS: Final = 128
"""Contexts that are tried at most."""

_ACCOUNT_WIDE: Final = ""
_KINDS: Final = {"instance", "topic", "consumergroup", "role", "user", "group", "policy"}


@dataclass(frozen=True, slots=True)
class Request:
    """One action on everything that it is asked on at once."""

    action: str
    resources: tuple[str, ...]
    group: str = _ACCOUNT_WIDE
    """The resource group that an instance not yet there is put in."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of trying."""

    by_anybody: Request | None
    """Something that goes through whatever the conditions."""
    by_somebody: Request | None
    """Something that goes through under some conditions at least."""


@dataclass(slots=True)
class Cloud:
    """One account of a local cloud, asked through its authorizer."""

    world: LocalWorld
    account_id: str
    _judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        self._judge = Judge(self.world)

    @property
    def account(self) -> Account:
        return self.world.accounts[self.account_id]

    def allows(self, role: str, request: Request, context: Context) -> bool:
        """Whether a session of `role` gets through with it."""
        who = Caller(account=self.account, kind="role", name=role, key_id="STS.LOCALTRIAL")
        made = self._make_room(request)
        try:
            return all(
                self._judge.refuses(
                    who, account=self.account, action=request.action, resource=resource, context=context
                )
                is None
                for resource in request.resources
            )
        finally:
            for instance in made:
                del self.account.instances5[instance]

    def _make_room(self, request: Request) -> list[str]:
        """Put 5.x instances that do not exist where the request wants them."""
        made = []
        for resource in request.resources if request.group else ():
            found = re.match(r"acs:rocketmq:([^:]*):[^:]*:instance/([^/]+)", resource)
            if found and found[2] not in self.account.instances5:
                self.account.instances5[found[2]] = Instance5(
                    found[2], found[1], resource_group=request.group
                )
                made.append(found[2])
        return made

    def outcome(self, role: str, requests: Iterable[Request], contexts: Sequence[Context]) -> Outcome:
        """What `role` can do of any of `requests`; it ends with the first that anybody can."""
        somebody = None
        for request in requests:
            answers = [self.allows(role, request, context) for context in contexts]
            if all(answers):
                return Outcome(request, request)
            if any(answers):
                somebody = somebody or request
        return Outcome(None, somebody)

    def outcome_of_both(
        self, role: str, first: list[Request], second: list[Request], contexts: Sequence[Context]
    ) -> Outcome:
        """What `role` can do where it takes one of each, in the same context; no `second` is as good as one."""
        one = self.outcome(role, first, contexts)
        if not second or one.by_somebody is None:
            return one
        two = self.outcome(role, second, contexts)
        both = [
            context
            for context in contexts
            if self.outcome(role, first, [context]).by_anybody
            and self.outcome(role, second, [context]).by_anybody
        ]
        return Outcome(one.by_anybody if two.by_anybody else None, one.by_somebody if both else None)


class Carried:
    """The documents that a role carries, as JSON, and what they suggest to try."""

    def __init__(self, cloud: Cloud, role: str) -> None:
        self._cloud = cloud
        self._role = role

    @cached_property
    def statements(self) -> list[dict[str, Any]]:
        """Every statement of every attached policy that is JSON."""
        account = self._cloud.account
        texts = []
        for key in account.attachments:
            if (key.principal_kind, key.principal) == ("role", self._role):
                shelf = self._cloud.world.system_policies if key.policy_kind == "System" else account.policies
                policy = shelf[key.policy_name]
                texts.append(policy.versions[policy.default_version].document)
        return [statement for text in texts for statement in statements_of(text)]

    def speaks_of(self, action: str) -> bool:
        """Whether any Allow is about `action` at all; it spares trying the rest."""
        return any(
            any(glob(text.lower(), action.lower()) for text in _texts(s.get("Action", s.get("NotAction"))))
            != ("NotAction" in s)
            for s in self.statements
            if s.get("Effect") == "Allow"
        )

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The resource groups in which something is attached, and none."""
        keys = (key for key in self._cloud.account.attachments if key.principal == self._role)
        return tuple(dict.fromkeys((_ACCOUNT_WIDE, *(key.resource_group for key in keys))))

    @cached_property
    def contexts(self) -> list[Context]:
        return contexts_of(self.statements)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names that the resources of the statements suggest, wildcards filled in."""
        pieces: set[str] = set()
        for statement in self.statements:
            for pattern in _texts(statement.get("Resource", [])):
                pieces.update(re.split(r"[:/%]", pattern.split(":", 4)[-1]))
        filled = {re.sub(r"\?", "q", piece.replace("*", extra)) for piece in pieces for extra in ("", "x")}
        return tuple(sorted(name for name in filled - _KINDS if name and name not in {"*", "root"}))

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions of the cloud, one that it does not have, and those that resources name."""
        named = {
            re.sub(r"\?", "q", part.replace("*", ""))
            for statement in self.statements
            for pattern in _texts(statement.get("Resource", []))
            for part in pattern.split(":")[2:3]
        }
        return tuple(sorted({*self._cloud.world.regions, "some-region", *named} - {""}))


def statements_of(text: str) -> list[dict[str, Any]]:
    """The statements of a document, none of one that is not JSON."""
    try:
        listed: list[dict[str, Any]] = json.loads(text)["Statement"]
    except (ValueError, KeyError):
        return []
    return listed


def contexts_of(statements: Iterable[Mapping[str, Any]]) -> list[Context]:
    """Requests that meet and miss the conditions of `statements` in all ways, up to a number of them."""
    values: dict[str, set[str | None]] = {}
    for statement in statements:
        for operator, keys in statement.get("Condition", {}).items():
            for key, wanted in keys.items():
                found = values.setdefault(key.lower(), {None})
                for text in _texts(wanted):
                    found.update(_around(operator, text))
    # None, a key that the request does not carry, comes first.
    choices = [
        sorted(options, key=lambda value: (value is not None, value or "")) for options in values.values()
    ]
    return [
        {key: value for key, value in zip(values, chosen, strict=True) if value is not None}
        for chosen in islice(product(*choices), CONTEXTS)
    ]


def _around(operator: str, wanted: str) -> Iterator[str]:
    """Values that meet a condition, and values that do not."""
    if "IpAddress" in operator:
        yield str(ip_network(wanted, strict=False)[0])
        yield "203.0.113.99"
    elif "Bool" in operator:
        yield from ("true", "false")
    elif "Date" in operator:
        yield from (wanted, "1999-01-01T00:00:00Z", "2099-01-01T00:00:00Z")
    else:
        yield wanted.replace("*", "x").replace("?", "q")
        yield "something-else"


def _texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class Trials:
    """The requests worth trying with one role."""

    cloud: Cloud
    carried: Carried

    def of_classes(self, *classes: AccessClass) -> Iterator[Request]:
        """Every action of `classes` on everything that exists, or that the documents suggest."""
        for action in dict.fromkeys(entry.action for entry in by_class(*classes)):
            if self.carried.speaks_of(action):
                yield from self.of_action(action)

    def of_action(self, action: str) -> Iterator[Request]:
        for form in dict.fromkeys(form for entry in find(action) for form in entry.arn_forms):
            for name in self._filled(form):
                for group in self._groups(name):
                    yield Request(action, (name,), group)

    def _groups(self, name: str) -> tuple[str, ...]:
        """The resource groups that it may be in: only 5.x instances have one, and those that exist have theirs."""
        found = re.match(r"acs:rocketmq:[^:]*:[^:]*:instance/([^/]+)", name)
        made = found is not None and found[1] not in self.cloud.account.instances5
        return self.carried.groups if made else (_ACCOUNT_WIDE,)

    def on_names_that_nobody_has(self, action: str, form: str) -> Iterator[Request]:
        """`action` on something that only a pattern without a name in it can mean."""
        for region in self.carried.regions:
            text = form.replace("{region}", region).replace("{account}", self.cloud.account_id)
            for group in self.carried.groups:
                yield Request(action, (re.sub(r"\{\w+\}", FRESH, text),), group)

    def of_permissions(self) -> Iterator[tuple[list[Request], list[Request]]]:
        """Every change of permissions: what it may be asked on, and what it is asked on besides."""
        for action in dict.fromkeys(entry.action for entry in by_class(AccessClass.ESCALATE)):
            if action in {"sts:AssumeRole", "ram:PassRole"} or not self.carried.speaks_of(action):
                continue
            forms = list(dict.fromkeys(form for entry in find(action) for form in entry.arn_forms))
            second = ":group/" if action == "ram:AddUserToGroup" else ":policy/"
            parts = [[form for form in forms if (second in form) is besides] for besides in (False, True)]
            first, other = ([Request(action, (r,)) for f in part for r in self._filled(f)] for part in parts)
            yield (first, other) if first else (other, first)

    def _filled(self, form: str) -> Iterator[str]:
        text = form.replace("{account}", self.cloud.account_id)
        keys = re.findall(r"\{(\w+)\}", text)
        if "instance" in keys or "topic" in keys or ("group" in keys and ":mq:" in text):
            yield from self._of_broker(text, keys)
            return
        for name in self._ram_names(keys[0]) if keys else ("",):
            yield re.sub(r"\{\w+\}", name, text)

    def _ram_names(self, kind: str) -> tuple[str, ...]:
        account = self.cloud.account
        shelves: Mapping[str, Iterable[str]] = {
            "role": account.roles,
            "user": account.users,
            "group": account.groups,
            "policy": account.policies,
        }
        return tuple(dict.fromkeys((FRESH, *self.carried.names, *islice(shelves[kind], 5))))

    def _of_broker(self, form: str, keys: Sequence[str]) -> Iterator[str]:
        for region, instance, children in self._places(series5=":rocketmq:" in form):
            start = form.replace("{region}", region).replace("{instance}", instance)
            names = {*children, FRESH, *self.carried.names} if {"topic", "group"} & set(keys) else {""}
            for name in sorted(names):
                yield start.replace("{topic}", name).replace("{group}", name)

    def _places(self, *, series5: bool) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Region, name, and topics and groups of each instance, existing or suggested."""
        shelf = self.cloud.account.instances5 if series5 else self.cloud.account.instances4
        for name, instance in shelf.items():
            yield instance.region, name, (*islice(instance.topics, 2), *islice(instance.groups, 2))
        for region in self.carried.regions:
            for name in (FRESH, *self.carried.names):
                if name not in shelf:
                    yield region, name, ()


@cache
def administration(series: str) -> tuple[tuple[str, str], ...]:
    """The documented actions that administer, with a resource name each."""
    return tuple(
        (entry.action, entry.arn_forms[0])
        for entry in by_class(AccessClass.ADMINISTER)
        if entry.action.startswith(f"{series}:") and entry.evidence.value == "documented"
    )
