"""Keep the SDKs from printing secrets, and from sending loopback calls through a proxy.

Both are decided by process-wide state that the SDKs read on their own: environment variables, and
log handlers that they attach when imported. So this module changes that state, and says so.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import MutableMapping
from types import ModuleType
from typing import Final

_LOGGERS: Final = ("darabonba-core", "alibabacloud-tea", "credentials", "apscheduler")
_PROXIES: Final = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")


def drop_wire_debugging(environment: MutableMapping[str, str]) -> str:
    """A note when `DEBUG=sdk` was set; it is taken away, because it prints credentials."""
    if environment.get("DEBUG", "").lower() != "sdk":
        return ""
    del environment["DEBUG"]
    return "ignored `DEBUG=sdk`: it makes the vendor's SDK print credentials"


def drop_proxies(environment: MutableMapping[str, str]) -> str:
    """A note when proxies were set; they are taken away for this process.

    For endpoints on loopback only: the SDK sends those through a proxy too, and knows no `NO_PROXY`.
    """
    dropped = [name for name in _PROXIES if environment.pop(name, "")]
    if not dropped:
        return ""
    return f"ignored {', '.join(f'`{name}`' for name in dropped)}: an endpoint is on this machine"


def import_sdk(name: str) -> ModuleType:
    """The module `name` of an SDK, with the log handlers taken away that importing it attaches."""
    module = importlib.import_module(name)
    silence()
    return module


def silence() -> None:
    """Take the SDKs' log handlers away; what they log may hold keys and signatures."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.setLevel(logging.CRITICAL)
        logger.propagate = False
