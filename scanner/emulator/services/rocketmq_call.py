"""What the operations of RocketMQ 5.x share: finding things, envelopes, pages, resource names.

An answer carries its own code and status beside the payload, and an instance exists only for calls
to its region.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from scanner.emulator.service import Call, Operation, Refusal
from scanner.emulator.services.parameters import numbered_page
from scanner.emulator.state import Instance5

SERVICE: Final = "RocketMQ"
VERSION: Final = "2022-08-01"
CALLS_A_SECOND: Final = 150.0
"""For each operation and account, as the vendor's flow control page has it."""

PAGE_LEAST: Final = 10
PAGE_MOST: Final = 200

Record = dict[str, Any]
Handler = Callable[[Call], Mapping[str, Any]]


def operation(name: str, method: str, path: str, handler: Handler, resource: str) -> Operation:
    """An operation whose permission is on `resource`, a path with `{parameter}` for path parameters."""
    return Operation(
        service=SERVICE,
        version=VERSION,
        name=name,
        action=f"rocketmq:{name}",
        handler=handler,
        resources=lambda call: (_arn(call, resource),),
        write=method != "GET",
        method=method,
        path=path,
        quota=CALLS_A_SECOND,
    )


def answer(payload: object) -> Mapping[str, Any]:
    """The envelope of a good answer."""
    return {
        "success": True,
        "code": "200",
        "httpStatusCode": 200,
        "message": "operation success.",
        "data": payload,
    }


def page_of(call: Call, items: Iterable[Any], *, most: int = PAGE_MOST) -> Mapping[str, Any]:
    """The envelope of one page; page sizes out of range are brought into it."""
    everything: Sequence[Any] = list(items)
    page, number, size = numbered_page(
        everything,
        number=call.params.get("pageNumber", ""),
        size=call.params.get("pageSize", ""),
        least=PAGE_LEAST,
        most=most,
        default=PAGE_LEAST,
    )
    return answer({"pageNumber": number, "pageSize": size, "totalCount": len(everything), "list": list(page)})


def instance_of(call: Call) -> Instance5:
    """The instance of the call, in the region of the call."""
    instance = call.account.instances5.get(call.params["instanceId"])
    if instance is None or instance.region != call.region:
        raise missing("Instance.NotFound", "The instance cannot be found.")
    return instance


def missing(code: str, because: str) -> Refusal:
    """The refusal of what is not there. That its HTTP status is 404 is inferred."""
    return Refusal(404, code, because)


def existed(code: str, because: str) -> Refusal:
    """The refusal to create again. The vendor lists no code for it, so code and status are inferred."""
    return Refusal(409, code, because)


def wrong(parameter: str) -> Refusal:
    """The refusal of a parameter; the vendor's samples name it `Invalid<Parameter>`."""
    name = parameter[0].upper() + parameter[1:]
    return Refusal(400, f"Invalid{name}", f"Parameter {parameter} is invalid.")


def text_in(body: Mapping[str, Any], name: str) -> str:
    """A text in the body; empty when it is not there.

    Raises:
        Refusal: it is something else.
    """
    value = body.get(name, "")
    if not isinstance(value, str):
        raise wrong(name)
    return value


def texts_in(body: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts in the body; empty when it is not there.

    Raises:
        Refusal: it is something else.
    """
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong(name)
    return list(value)


def part_of(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object in the body; empty when it is not there."""
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise wrong(name)
    return value


def networks(values: list[str], parameter: str) -> list[str]:
    """The same list, when every entry is an address or a CIDR."""
    for value in values:
        try:
            ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise wrong(parameter) from None
    return values


def joined(call: Call, name: str) -> list[str]:
    """A query parameter that is a list joined by commas."""
    return [item for item in call.params.get(name, "").split(",") if item]


def spaced_stamp(call: Call) -> str:
    """The time of the call as this service prints it."""
    return call.now.strftime("%Y-%m-%d %H:%M:%S")


def _arn(call: Call, resource: str) -> str:
    if resource == "*":
        return resource
    relative = resource.format_map(call.params) if "{" in resource else resource
    return f"acs:rocketmq:{call.region}:{call.account.account_id}:{relative}"
