"""Keep the SDKs from giving secrets away: by printing, through a proxy, or to a host that an answer names.

All three are decided by process-wide state of the SDKs: environment variables, log handlers that they attach
when imported, and the HTTP session that they make. So this module changes that state, and says so.
"""

from __future__ import annotations

import importlib
import logging
import sys
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
    """The module `name` of an SDK, made safe: without its log handlers, and following no redirect."""
    module = importlib.import_module(name)
    silence()
    stay_at_the_host()
    return module


def stay_at_the_host() -> None:
    """Let the SDKs' HTTP sessions follow no redirect.

    No API redirects. A followed one would carry the session token to whatever host the answer names.
    """
    core = sys.modules.get("darabonba.core")
    if core is None or getattr(core.Session, "stays_at_the_host", False):
        return

    class StayingSession(core.Session):  # type: ignore[misc, name-defined]  # the vendor's package has no types
        """The SDK's session; a redirect is an answer like any other."""

        stays_at_the_host = True

        def get_redirect_target(self, resp: object) -> None:
            """Nowhere."""

    core.Session = StayingSession  # type: ignore[attr-defined]  # as above


def silence() -> None:
    """Take the SDKs' log handlers away; what they log may hold keys and signatures."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.setLevel(logging.CRITICAL)
        logger.propagate = False
