"""Every operation that the local cloud serves."""

from __future__ import annotations

from typing import Final

from scanner.emulator.service import Operation
from scanner.emulator.services import (
    actiontrail,
    ons,
    ram_attachments,
    ram_groups,
    ram_policies,
    ram_roles,
    ram_tags,
    ram_users,
    resourcemanager,
    rocketmq,
    sts,
)

ALL: Final[tuple[Operation, ...]] = (
    *sts.OPERATIONS,
    *actiontrail.OPERATIONS,
    *ram_roles.OPERATIONS,
    *ram_policies.OPERATIONS,
    *ram_attachments.OPERATIONS,
    *ram_users.OPERATIONS,
    *ram_groups.OPERATIONS,
    *ram_tags.OPERATIONS,
    *resourcemanager.OPERATIONS,
    *rocketmq.OPERATIONS,
    *ons.OPERATIONS,
)
