"""ActionTrail: trails, and looking up the events of the last 90 days.

Delivery to a store is not simulated; a trail only has a status. Where the vendor's pages
contradict each other (the default of EventRW) the API description of the operation is followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from scanner.emulator.service import Call, Operation, Refusal
from scanner.emulator.services.lookup import lookup_events
from scanner.emulator.state import TrailRecord

VERSION: Final = "2020-07-06"
TRAILS_PER_REGION: Final = 5
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{5,35}")
_EVENT_RW: Final = frozenset({"All", "Read", "Write"})


def _trail(call: Call) -> TrailRecord:
    trail = call.account.trails.get(_name(call))
    if trail is None:
        raise Refusal(404, "TrailNotFoundException", "The specified trail does not exist.")
    return trail


def _name(call: Call) -> str:
    name = call.params.get("Name")
    if not name:
        raise Refusal(400, "MissingParameter", "Name is mandatory for this action.")
    return name


def _writing_role(call: Call) -> str:
    return f"acs:ram::{call.account.account_id}:role/aliyunserviceroleforactiontrail"


def _described(call: Call, trail: TrailRecord) -> dict[str, Any]:
    account = call.account.account_id
    found: dict[str, Any] = {
        "Name": trail.name,
        "HomeRegion": trail.home_region,
        "TrailRegion": trail.trail_region,
        "Region": trail.home_region,
        "EventRW": trail.event_rw,
        "Status": _status(trail),
        "IsOrganizationTrail": False,
        "CreateTime": trail.created,
        "UpdateTime": trail.updated,
        "StartLoggingTime": trail.started,
        "StopLoggingTime": trail.stopped,
        "TrailArn": f"acs:actiontrail:{trail.home_region}:{account}:trail/{trail.name}",
    }
    if trail.oss_bucket:
        found["OssBucketLocation"] = f"oss-{trail.home_region}"
    return found | _targets(call, trail)


def _status(trail: TrailRecord) -> str:
    if trail.logging:
        return "Enable"
    return "Disable" if trail.stopped else "Fresh"


def _targets(call: Call, trail: TrailRecord) -> dict[str, str]:
    found: dict[str, str] = {}
    if trail.oss_bucket:
        found["OssBucketName"] = trail.oss_bucket
        found["OssWriteRoleArn"] = _writing_role(call)
    if trail.oss_prefix:
        found["OssKeyPrefix"] = trail.oss_prefix
    if trail.sls_project_arn:
        found["SlsProjectArn"] = trail.sls_project_arn
        found["SlsWriteRoleArn"] = _writing_role(call)
    return found


def describe_trails(call: Call) -> Mapping[str, Any]:
    """The trails of the account, or those of a list of names."""
    wanted = {name.strip() for name in call.params.get("NameList", "").split(",") if name.strip()}
    trails = [trail for trail in call.account.trails.values() if not wanted or trail.name in wanted]
    return {"TrailList": [_described(call, trail) for trail in sorted(trails, key=lambda trail: trail.name)]}


def get_trail_status(call: Call) -> Mapping[str, Any]:
    """Whether a trail is logging, and since when."""
    trail = _trail(call)
    delivered = call.stamp if trail.logging else trail.stopped
    return {
        "IsLogging": trail.logging,
        "StartLoggingTime": trail.started,
        "StopLoggingTime": trail.stopped,
        "LatestDeliveryTime": delivered,
        "LatestDeliveryError": "",
        "LatestDeliveryLogServiceTime": delivered if trail.sls_project_arn else "",
        "LatestDeliveryLogServiceError": "",
        "OssBucketStatus": bool(trail.oss_bucket),
        "SlsLogStoreStatus": bool(trail.sls_project_arn),
    }


def _settings(call: Call, trail: TrailRecord) -> Mapping[str, Any]:
    return {
        "Name": trail.name,
        "HomeRegion": trail.home_region,
        "TrailRegion": trail.trail_region,
        "EventRW": trail.event_rw,
        **_targets(call, trail),
    }


def create_trail(call: Call) -> Mapping[str, Any]:
    """A new trail, which does not log until it is told to."""
    name = _name(call)
    trails = call.account.trails
    # A world may hold a trail of a name that could not be made, so this comes first.
    if name in trails:
        raise Refusal(400, "TrailAlreadyExistsException", "The specified trail already exists.")
    if _NAME.fullmatch(name) is None:
        raise Refusal(400, "InvalidTrailNameException", "The specified trail name is invalid.")
    if sum(trail.home_region == call.region for trail in trails.values()) >= TRAILS_PER_REGION:
        raise Refusal(
            403, "MaximumNumberOfTrailsExceededException", "The number of trails exceeds the limit."
        )
    trail = TrailRecord(name=name, home_region=call.region, created=call.stamp, updated=call.stamp)
    _apply(call, trail)
    if not trail.oss_bucket and not trail.sls_project_arn:
        raise _no_target()
    trails[name] = trail
    return _settings(call, trail)


def update_trail(call: Call) -> Mapping[str, Any]:
    """A trail with other settings; what the call does not name stays."""
    trail = _trail(call)
    _apply(call, trail)
    trail.updated = call.stamp
    return _settings(call, trail)


def _no_target() -> Refusal:
    return Refusal(
        400, "InvalidDeliveryConfigurationException", "At least one delivery destination must be specified."
    )


def _apply(call: Call, trail: TrailRecord) -> None:
    event_rw = call.params.get("EventRW", trail.event_rw)
    if event_rw not in _EVENT_RW:
        raise Refusal(
            400, _WRONG_SETTING[call.account.trails.get(trail.name) is trail], "EventRW is invalid."
        )
    trail.event_rw = event_rw
    trail.trail_region = call.params.get("TrailRegion", trail.trail_region)
    trail.oss_bucket = call.params.get("OssBucketName", trail.oss_bucket)
    trail.oss_prefix = call.params.get("OssKeyPrefix", trail.oss_prefix)
    trail.sls_project_arn = call.params.get("SlsProjectArn", trail.sls_project_arn)


_WRONG_SETTING: Final = {False: "InvalidQueryParameter", True: "InvalidDeliveryConfigurationException"}
"""UpdateTrail does not list InvalidQueryParameter, CreateTrail does; by whether the trail exists."""


def delete_trail(call: Call) -> Mapping[str, Any]:
    """Nothing; the trail is gone."""
    del call.account.trails[_trail(call).name]
    return {}


def start_logging(call: Call) -> Mapping[str, Any]:
    """Nothing; the trail logs."""
    trail = _trail(call)
    trail.logging = True
    trail.started = call.stamp
    return {}


def stop_logging(call: Call) -> Mapping[str, Any]:
    """Nothing; the trail no longer logs."""
    trail = _trail(call)
    trail.logging = False
    trail.stopped = call.stamp
    return {}


def _everything(_: Call) -> Sequence[str]:
    return ("*",)


def _all_trails(call: Call) -> Sequence[str]:
    return (f"acs:actiontrail:{call.region}:{call.account.account_id}:trail/*",)


def _this_trail(call: Call) -> Sequence[str]:
    return (f"acs:actiontrail:{call.region}:{call.account.account_id}:trail/{call.params.get('Name', '')}",)


READS_A_SECOND: Final = 100.0
WRITES_A_SECOND: Final = 5.0
# The API description says 10, the page on limits says 2; a client that keeps to 2 suits both.
LOOKUPS_A_SECOND: Final = 2.0


def _operation(
    name: str,
    handler: Callable[[Call], Mapping[str, Any]],
    resources: Callable[[Call], Sequence[str]],
    *,
    quota: float,
    write: bool = False,
    method: str = "POST",
) -> Operation:
    return Operation(
        service="Actiontrail",
        version=VERSION,
        name=name,
        action=f"actiontrail:{name}",
        handler=handler,
        resources=resources,
        write=write,
        method=method,
        quota=quota,
    )


_writing = partial(_operation, quota=WRITES_A_SECOND, write=True)

OPERATIONS: Final = (
    _operation("LookupEvents", lookup_events, _everything, quota=LOOKUPS_A_SECOND),
    _operation("DescribeTrails", describe_trails, _all_trails, quota=READS_A_SECOND),
    _operation("GetTrailStatus", get_trail_status, _this_trail, quota=READS_A_SECOND),
    _writing("CreateTrail", create_trail, _all_trails),
    _writing("UpdateTrail", update_trail, _this_trail),
    _writing("DeleteTrail", delete_trail, _this_trail),
    _writing("StartLogging", start_logging, _this_trail),
    _writing("StopLogging", stop_logging, _this_trail, method="GET"),
)
