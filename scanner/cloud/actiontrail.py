"""Read the trails of an account and whether they are logging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scanner.cloud.body import Body
from scanner.cloud.wire import Wire
from scanner.model.trail import Trail

_TARGETS = (("oss", "OssBucketName"), ("sls", "SlsProjectArn"), ("maxcompute", "MaxComputeProjectArn"))


def trails(wire: Wire) -> Sequence[Trail]:
    """All trails, those of other home regions and of the organisation included."""
    body = wire.ask("DescribeTrails", include_shadow_trails=True, include_organization_trail=True)
    return [_trail(entry) for entry in body.objects("TrailList")]


def trail_status(wire: Wire, trail: Trail) -> Trail:
    """`trail` with its status; `wire` must lead to its home region."""
    organization = True if trail.is_organization else None
    body = wire.ask("GetTrailStatus", name=trail.name, is_organization_trail=organization)
    return replace(
        trail,
        is_logging=body.flag("IsLogging"),
        delivery_error=body.text_or("LatestDeliveryError") or body.text_or("LatestDeliveryLogServiceError"),
    )


def _trail(body: Body) -> Trail:
    return Trail(
        name=body.text("Name"),
        home_region=body.text_or("HomeRegion"),
        trail_region=body.text_or("TrailRegion"),
        event_rw=body.text_or("EventRW"),
        status=body.text_or("Status"),
        is_organization=body.flag_or_none("IsOrganizationTrail") is True,
        targets=tuple(f"{kind}:{value}" for kind, field in _TARGETS if (value := body.text_or(field))),
    )
