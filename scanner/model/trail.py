"""ActionTrail trails and whether they are logging."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A trail as `DescribeTrails` and `GetTrailStatus` describe it."""

    name: str
    home_region: str
    trail_region: str = ""
    event_rw: str = ""
    """`All`, `Write` or `Read`."""
    status: str = ""
    is_organization: bool = False
    is_logging: bool | None = None
    """None when `GetTrailStatus` could not be read."""
    delivery_error: str = ""
    targets: tuple[str, ...] = ()
    """Where events are delivered: `oss:<bucket>`, `sls:<project arn>`, `maxcompute:<project arn>`."""
