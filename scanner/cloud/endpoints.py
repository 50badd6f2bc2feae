"""Decide where each service is called.

An endpoint is always given to the SDK: the SDKs' own tables hold entries that do not work.
The names of regional endpoints follow the vendor's pattern; that a service is offered in a
region is for `ListRegions` to say, not for this module.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from scanner.errors import SettingsError
from scanner.model.settings import EndpointSettings

_CENTRAL: Final = {"ram": "ram.aliyuncs.com", "resourcemanager": "resourcemanager.aliyuncs.com"}
_REGIONAL: Final = frozenset({"sts", "actiontrail", "rocketmq", "ons"})
_REGION: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one service is: protocol, and host with the port where there is one."""

    protocol: str
    host: str
    set_by_user: bool = False
    """Whether the settings name it: one address may then stand for every region."""

    @property
    def loopback(self) -> bool:
        """Whether it is on this machine: the local cloud."""
        name = urlsplit(f"//{self.host}").hostname or ""
        if name == "localhost":
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.protocol}://{self.host}"


def endpoint_of(service: str, *, region: str, settings: EndpointSettings) -> Endpoint:
    """The endpoint of `service` for `region`: the one the settings name, or the vendor's.

    Raises:
        SettingsError: an endpoint or a region is not written as it should be.
    """
    named = settings.services.get(service) or settings.everything
    if named:
        return parse_endpoint(named)
    if service in _CENTRAL:
        return Endpoint("https", _CENTRAL[service])
    if service not in _REGIONAL:
        raise SettingsError(f"no endpoint is known for service `{service}`")
    if _REGION.fullmatch(region) is None:
        raise SettingsError(f"`{region}` is not the name of a region", hint="write it as in `cn-hangzhou`")
    return Endpoint("https", f"{service}.{region}.aliyuncs.com")


def parse_endpoint(text: str) -> Endpoint:
    """The endpoint written as `http(s)://host[:port]`.

    Raises:
        SettingsError: it is written in another way.
    """
    hint = "write it as `https://host` or `http://host:port`, without a path"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"`{_shown(text)}` is not an endpoint", hint=hint) from error
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment and not parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or not bare:
        raise SettingsError(f"`{_shown(text)}` is not an endpoint", hint=hint)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Endpoint(parts.scheme, host if port is None else f"{host}:{port}", set_by_user=True)


def _shown(text: str) -> str:
    # What stands before an `@` may be a password.
    return text.rpartition("@")[2]
