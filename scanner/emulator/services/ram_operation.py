"""How RAM's operations are declared: name, permission and quota follow one pattern.

The quotas are those of the vendor's flow control pages: calls per second and account, for each API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from scanner.emulator.service import Call, Operation

SERVICE: Final = "Ram"
VERSION: Final = "2015-05-01"

READS_A_SECOND: Final = 100.0
WRITES_A_SECOND: Final = 20.0
ATTACHMENTS_A_SECOND: Final = 10.0
DECODINGS_A_SECOND: Final = 10.0

Handler = Callable[[Call], Mapping[str, Any]]
Resources = Callable[[Call], Sequence[str]]


def reading(name: str, handler: Handler, resources: Resources, *, quota: float = READS_A_SECOND) -> Operation:
    """An operation that changes nothing."""
    return _operation(name, handler, resources, quota=quota, write=False)


def writing(name: str, handler: Handler, resources: Resources) -> Operation:
    """An operation that creates, changes or deletes."""
    return _operation(name, handler, resources, quota=WRITES_A_SECOND, write=True)


def attaching(name: str, handler: Handler, resources: Resources) -> Operation:
    """An operation on attachments or memberships, which have a smaller quota."""
    return _operation(name, handler, resources, quota=ATTACHMENTS_A_SECOND, write=True)


def _operation(name: str, handler: Handler, resources: Resources, *, quota: float, write: bool) -> Operation:
    return Operation(
        service=SERVICE,
        version=VERSION,
        name=name,
        action=f"ram:{name}",
        handler=handler,
        resources=resources,
        write=write,
        quota=quota,
    )
