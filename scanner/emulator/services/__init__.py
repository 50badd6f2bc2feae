"""Every operation that the local cloud serves."""

from __future__ import annotations

from typing import Final

from scanner.emulator.service import Operation
from scanner.emulator.services import (
    actiontrail,
    ons,
    ram_account,
    ram_attachments,
    ram_diagnosis,
    ram_groups,
    ram_logins,
    ram_mfa,
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
    *ram_logins.OPERATIONS,
    *ram_mfa.OPERATIONS,
    *ram_account.OPERATIONS,
    *ram_diagnosis.OPERATIONS,
    *ram_groups.OPERATIONS,
    *ram_tags.OPERATIONS,
    *resourcemanager.OPERATIONS,
    *rocketmq.OPERATIONS,
    *ons.OPERATIONS,
)
