"""The product series of ApsaraMQ for RocketMQ."""

from __future__ import annotations

from enum import StrEnum


class Series(StrEnum):
    """The product series; they have different APIs, RAM codes and resource names."""

    V4 = "4.x"
    V5 = "5.x"
