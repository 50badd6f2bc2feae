"""LookupEvents: find events of the last 90 days, by time and by up to two attributes.

Like the service it keeps the first two attributes, and of one named twice the second. Which pairs of
attributes the service takes is not known, so every pair works here.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from scanner.emulator.service import ISO, Call, Refusal

HORIZON: Final = timedelta(days=90)
DEFAULT_WINDOW: Final = timedelta(days=7)
MOST_RESULTS: Final = 50
_NUMBER: Final = re.compile(r"[0-9]{1,4}")
DEFAULT_RESULTS: Final = 20
"""Inferred: the vendor names the limits, not the default."""
ATTRIBUTES_USED: Final = 2

Event = Mapping[str, Any]


def _identity(name: str) -> Callable[[Event], str]:
    return lambda event: str(event.get("userIdentity", {}).get(name, ""))


def _field(name: str) -> Callable[[Event], str]:
    return lambda event: str(event.get(name, ""))


def _role_name(event: Event) -> str:
    parameters = event.get("requestParameters", {})
    arn = str(parameters.get("RoleArn", ""))
    return str(parameters.get("RoleName", "")) or arn.rpartition(":role/")[2]


def _sensitive(event: Event) -> str:
    return str(event.get("eventAttributes", {}).get("SensitiveAction", "false"))


ATTRIBUTES: Final[Mapping[str, Callable[[Event], str]]] = {
    "ServiceName": _field("serviceName"),
    "EventName": _field("eventName"),
    "User": _identity("userName"),
    "EventId": _field("eventId"),
    "ResourceType": _field("resourceType"),
    "ResourceName": _field("resourceName"),
    "EventRW": _field("eventRW"),
    "EventAccessKeyId": _identity("accessKeyId"),
    "SensitiveAction": _sensitive,
    "SourceIpAddress": _field("sourceIpAddress"),
    "EventType": _field("eventType"),
    "RoleName": _role_name,
}
_LISTS: Final = frozenset({"ResourceType", "ResourceName"})
"""Attributes whose field holds several values joined with `;`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    start: str
    end: str
    forward: bool
    attributes: tuple[tuple[str, str], ...]

    def takes(self, event: Event) -> bool:
        if not self.start <= str(event["eventTime"]) <= self.end:
            return False
        return all(self._has(event, name, value) for name, value in self.attributes)

    @staticmethod
    def _has(event: Event, name: str, value: str) -> bool:
        found = ATTRIBUTES[name](event)
        return value in found.split(";") if name in _LISTS else found == value


def lookup_events(call: Call) -> Mapping[str, Any]:
    """One page of events."""
    window = _window(call)
    last: str | None = None
    query = _query(call, window)
    token = call.params.get("NextToken")
    if token:
        last, first_window = _opened(token, query, asked=bool(call.params.get("StartTime")))
        query = _query(call, first_window)
    found = _matching(call, query)
    begin = _after(found, last)
    size = _page_size(call)
    page = found[begin : begin + size]
    answer: dict[str, Any] = {"StartTime": query.start, "EndTime": query.end, "Events": page}
    if begin + size < len(found):
        answer["NextToken"] = _sealed(str(page[-1]["eventId"]), query)
    return answer


def _matching(call: Call, query: _Query) -> list[Event]:
    found: list[Event] = [event for event in call.account.events if query.takes(event)]
    found.sort(key=lambda event: str(event["eventTime"]))
    return found if query.forward else found[::-1]


def _after(found: list[Event], last: str | None) -> int:
    if last is None:
        return 0
    for index, event in enumerate(found):
        if event["eventId"] == last:
            return index + 1
    # The event has left the log meanwhile, so the place is lost.
    raise _wrong_token()


def _query(call: Call, window: tuple[str, str]) -> _Query:
    direction = call.params.get("Direction", "BACKWARD")
    if direction not in {"FORWARD", "BACKWARD"}:
        raise Refusal(400, "InvalidQueryParameter", "The parameter Direction is invalid.")
    start, end = window
    return _Query(start=start, end=end, forward=direction == "FORWARD", attributes=_attributes(call))


def _attributes(call: Call) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    number = 1
    while f"LookupAttribute.{number}.Key" in call.params:
        key = call.params[f"LookupAttribute.{number}.Key"]
        if key not in ATTRIBUTES:
            raise Refusal(400, "InvalidQueryParameter", "The specified lookup attribute is invalid.")
        if key in found or len(found) < ATTRIBUTES_USED:
            found[key] = call.params.get(f"LookupAttribute.{number}.Value", "")
        number += 1
    return tuple(found.items())


def _page_size(call: Call) -> int:
    text = call.params.get("MaxResults", str(DEFAULT_RESULTS))
    size = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= size <= MOST_RESULTS:
        raise Refusal(400, "InvalidQueryParameter", "The parameter MaxResults is invalid.")
    return size


def _window(call: Call) -> tuple[str, str]:
    start, end = call.params.get("StartTime"), call.params.get("EndTime")
    if not start and not end:
        return (call.now - DEFAULT_WINDOW).strftime(ISO), call.stamp
    if not start or not end:
        raise Refusal(
            400, "InvalidParameterCombination", "StartTime and EndTime must be specified at the same time."
        )
    first, last = _moment(start, "InvalidParameterStartTime"), _moment(end, "InvalidParameterEndTime")
    if first < call.now.astimezone(UTC) - HORIZON - timedelta(minutes=1):
        raise Refusal(400, "InvalidParameterStartTime", "The StartTime is earlier than 90 days ago.")
    if last < first:
        raise Refusal(400, "InvalidParameterEndTime", "The EndTime is earlier than the StartTime.")
    return start, end


def _moment(text: str, code: str) -> datetime:
    try:
        return datetime.strptime(text, ISO).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(400, code, "The specified time is not well formatted.") from None


def _wrong_token() -> Refusal:
    return Refusal(400, "InvalidQueryParameter", "The parameter NextToken is invalid.")


def _sealed(last: str, query: _Query) -> str:
    content = [last, query.start, query.end, query.forward, list(query.attributes)]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def _opened(token: str, query: _Query, *, asked: bool) -> tuple[str, tuple[str, str]]:
    """The last event of the page before, and the window of the first page.

    All other parameters must be those of the page before.
    """
    try:
        last, start, end, forward, attributes = json.loads(base64.urlsafe_b64decode(token))
        pairs = [tuple(pair) for pair in attributes]
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise _wrong_token() from None
    same = forward == query.forward and pairs == list(query.attributes)
    if not same or (asked and (start, end) != (query.start, query.end)):
        raise _wrong_token()
    return str(last), (str(start), str(end))
