"""RocketMQ 5.x (API RocketMQ 2022-08-01): instances, what is in them, and who comes into them."""

from __future__ import annotations

from typing import Final

from scanner.emulator.services import rocketmq_access, rocketmq_instances, rocketmq_topics

OPERATIONS: Final = (
    *rocketmq_instances.OPERATIONS,
    *rocketmq_topics.OPERATIONS,
    *rocketmq_access.OPERATIONS,
)
