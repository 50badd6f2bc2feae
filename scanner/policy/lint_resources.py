"""Resource names of RocketMQ and RAM that are not written as the service names its resources.

Each resource is looked at by itself; whether the actions of its statement are ever asked on it is
`scanner.policy.lint_meeting`. Names of other services are not judged: their forms are not in the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scanner.model.ids import is_account_id
from scanner.policy.arn_forms import PARTS, forms_of_service, meets, parts_of
from scanner.policy.lint_actions import rocketmq_code
from scanner.policy.pattern import fold, has_variable, is_pattern
from scanner.policy.positions import shown
from scanner.policy.remark import Remark, does_nothing, items, remark
from scanner.policy.syntax import Statement, Weight

ROCKETMQ: Final = ("mq", "rocketmq")
SERVICES: Final = (*ROCKETMQ, "ram")
"""The services whose resource names are known."""
BAD_FORM: Final = frozenset({"unknown-service", "parts-missing", "wrong-form", "odd-resource-case"})
"""Codes of remarks after which nothing more is worth saying about a resource."""

_REGION: Final = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+")
_PART_OF_REGION: Final = re.compile(r"[a-z0-9*?-]*")
_PART_OF_ACCOUNT: Final = re.compile(r"[0-9*?]*")
_WORDS: Final = {
    "instances": "instance",
    "topics": "topic",
    "group": "consumergroup",
    "groups": "consumergroup",
    "consumergroups": "consumergroup",
    "consumer-group": "consumergroup",
    "consumer-groups": "consumergroup",
    "consumer_group": "consumergroup",
}
"""What stands, folded, where the service has another word."""
_NAME: Final = "a resource name, `acs:SERVICE:REGION:ACCOUNT:NAME`"
_INSIDE: Final = ("topic", "consumergroup")
_MQTT: Final = ("post-", "mqtt", "onsmqtt")
"""How ids of MQTT begin, whose resources have the code `mq` and names of their own, with a `/`."""
_INSTANCES_OF_4: Final = ("MQ_INST_", "rmq-")
"""How ids of 4.x instances begin in the vendor's pages."""
_SEPARATORS: Final = re.compile(r"[/:]+")


def resources(statement: Statement) -> Iterator[Remark]:
    """What is odd about the resources of one statement."""
    for path, text in items(statement.resources):
        if not has_variable(text) and text.startswith("acs:"):
            yield from resource(text, path, statement)


def resource(text: str, path: str, statement: Statement) -> Iterator[Remark]:
    """What is odd about one resource."""
    parts = parts_of(text)
    service = parts[1]
    code = rocketmq_code(service)
    if code is not None:
        what = f"no service is known to have the code {shown(service)}, so this {does_nothing(statement)}; "
        rest = "RocketMQ is `mq` in 4.x and `rocketmq` in 5.x"
        yield remark("unknown-service", path, what + rest, instead=":".join(("acs", code, *parts[2:])))
    elif fold(service) in SERVICES and fold(service) != service:
        yield _odd_case(text, ":".join(("acs", fold(service), *parts[2:])), path)
    elif service in SERVICES and len(parts) < PARTS:
        yield from _too_few_parts(text, path, statement)
    elif service in SERVICES:
        yield from _region_and_account(parts, path)
        yield from _form(text, path, statement) if service in ROCKETMQ else ()
        yield from _prefix(parts, path)


def _odd_case(text: str, better: str, path: str) -> Remark:
    what = f"{shown(text)} names something only if case does not count in resource names, which is not documented"
    return remark("odd-resource-case", path, what, instead=better)


def _too_few_parts(text: str, path: str, statement: Statement) -> Iterator[Remark]:
    *front, rest = parts_of(text)
    better = ":".join((*front, *["*"] * (PARTS - 1 - len(front)), rest))
    if not is_pattern(text):
        what = f"{shown(text)} has fewer parts than {_NAME}, so this {does_nothing(statement)}"
        yield remark("parts-missing", path, what, instead=better)
        return
    what = (
        f"{shown(text)} has fewer parts than {_NAME}; whether a wildcard stands for a colon is not documented"
    )
    if rest.strip("*"):
        yield remark("parts-missing", path, what, instead=better)
    else:
        yield remark("wildcard-for-colon", path, what, weight=Weight.NOTE, instead=better)


def _region_and_account(parts: list[str], path: str) -> Iterator[Remark]:
    _, service, region, account, _ = parts
    wild = _PART_OF_REGION.fullmatch(region) and is_pattern(region)
    if not wild and not _REGION.fullmatch(region) and not (service == "ram" and not region):
        what = f"{shown(region)} is no region, such as `cn-hangzhou`" if region else "the region is empty"
        better = fold(region) if _REGION.fullmatch(fold(region)) else "" if region else "*"
        instead = ":".join((*parts[:2], better, *parts[3:])) if better else ""
        yield remark("odd-region", path, what, instead=instead)
    wild = _PART_OF_ACCOUNT.fullmatch(account) and is_pattern(account)
    if not wild and not is_account_id(account) and not (service == "ram" and account == "system"):
        what = (
            f"{shown(account)} is no account id, which has digits only" if account else "the account is empty"
        )
        # A `*` would be understood, but for some actions it means the resources of other accounts too.
        yield remark("odd-account", path, what)


def _form(text: str, path: str, statement: Statement) -> Iterator[Remark]:
    """A name that no action of the service is asked on, whatever the statement's actions are."""
    parts = parts_of(text)
    service, relative = parts[1], parts[-1]
    forms = forms_of_service(service)
    if any(meets(text, form) for form in forms) or (service == "mq" and relative.startswith(_MQTT)):
        return
    better = _repaired(service, relative)
    fixed = ":".join((*parts[:-1], better))
    instead = fixed if any(meets(fixed, form) for form in forms) else ""
    if any(meets(text, form, ignore_case=True) for form in forms):
        yield _odd_case(text, instead, path)
        return
    what = f"{shown(relative)} is no name that the service gives its resources, so this {does_nothing(statement)}; "
    yield remark("wrong-form", path, what + _FORMS[service], instead=instead)


_FORMS: Final = {
    "rocketmq": "names are `instance/ID`, `instance/ID/topic/NAME` and `instance/ID/consumergroup/NAME`",
    "mq": "names are `ID`, `ID%NAME` for a topic or group, and `NAME` in an instance without name space",
}


def _repaired(service: str, relative: str) -> str:
    """The name that was likely meant."""
    steps = [step for step in _SEPARATORS.split(relative) if step]
    words = [
        _WORDS.get(fold(step), fold(step) if fold(step) in {*_INSIDE, "instance"} else step) for step in steps
    ]
    if service == "mq":
        return "%".join(word for word in words if word not in {*_INSIDE, "instance"})
    if words[:1] and words[0] in _INSIDE:
        return "/".join(("instance", "INSTANCE", *words))
    if "%" in relative:
        instance, _, name = relative.partition("%")
        return f"instance/{instance}/topic/{name}"
    return "/".join(words if words[:1] == ["instance"] else ["instance", *words])


def _prefix(parts: list[str], path: str) -> Iterator[Remark]:
    """A name cut off before the `*` without a separator, which catches what is merely longer as well."""
    service, relative = parts[1], parts[-1]
    for start, name in open_names(service, relative):
        head = ":".join(parts[:-1]) + ":" + start
        what = (
            f"`*` right behind {shown(name)} catches every name that begins so, such as {shown(name + '2')}"
        )
        if start == "instance/" or name.startswith(_INSTANCES_OF_4):
            separator = "%" if service == "mq" else "/"
            instead = f"`{head}{name}` and `{head}{name}{separator}*`, to name one instance and what is in it"
        else:
            instead = f"`{head}{name}` for this one, or a separator before the `*`"
        yield remark("open-prefix", path, what, weight=Weight.NOTE, instead=instead)


def open_names(service: str, relative: str) -> Iterator[tuple[str, str]]:
    """Names that go over into a `*` without a separator, and what stands before each."""
    separator = "%" if service == "mq" else "/"
    start = ""
    for step in relative.split(separator):
        name = step.removesuffix("*")
        if name != step and name[-1:].isalnum() and not is_pattern(name) and (start or service == "mq"):
            yield start, name
        start += step + separator
