"""Every operation that the local cloud serves."""

from __future__ import annotations

from typing import Final

from scanner.emulator.service import Operation
from scanner.emulator.services import actiontrail, sts

ALL: Final[tuple[Operation, ...]] = (*sts.OPERATIONS, *actiontrail.OPERATIONS)
