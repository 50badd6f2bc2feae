"""Speak to one service at one endpoint through its official SDK.

The named operations of the SDK's synchronous client build, sign and send each request. Its answer is
taken before the SDK turns it into a model, because the models hide wrong types: see `body`.
An SDK is imported when the first client of its service is made.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from scanner.cloud.body import Body
from scanner.cloud.call import Caller
from scanner.cloud.endpoints import Endpoint
from scanner.cloud.logsafe import import_sdk
from scanner.model.settings import PacingSettings

SDKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ram": "alibabacloud_ram20150501",
        "sts": "alibabacloud_sts20150401",
        "resourcemanager": "alibabacloud_resourcemanager20200331",
        "rocketmq": "alibabacloud_rocketmq20220801",
        "ons": "alibabacloud_ons20190214",
        "actiontrail": "alibabacloud_actiontrail20200706",
    }
)
"""The SDK package of each service that a scan reads."""

_CONNECTIONS: Final = 64
"""Idle connections kept to one host; the SDK's default of 40 is too few for many workers."""
_INNER_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


class Credential(Protocol):
    """What the SDK asks for keys before each request."""

    def get_credential(self) -> object:
        """The SDK's own credential model."""


@dataclass(frozen=True, slots=True)
class Line:
    """How every service of one session is reached: keys, timeouts, and the caller that paces."""

    credential: Credential
    caller: Caller
    pacing: PacingSettings
    gates: Gates


class Gates:
    """Lets the first call to a host finish before others start.

    The SDK makes its connection pool without a lock: threads that start together make one each.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Locks that a thread may take twice: a first call may need keys, and those another call.
        self._locks: dict[str, threading.RLock] = {}
        self._open: set[str] = set()

    def through(self, host: str, operation: Callable[[], object]) -> object:
        """What `operation` returns, run alone when it is the first for `host`."""
        if host in self._open:
            return operation()
        with self._lock:
            gate = self._locks.setdefault(host, threading.RLock())
        with gate:
            if host not in self._open:
                try:
                    return operation()
                finally:
                    self._open.add(host)
        return operation()


class Wire:
    """One service at one endpoint."""

    def __init__(self, service: str, *, endpoint: Endpoint, region: str, line: Line) -> None:
        package = SDKS[service]
        self._service = service
        self._host = endpoint.host
        self._line = line
        self._models = import_sdk(f"{package}.models")
        self._answers = threading.local()
        self._client = self._new_client(package, endpoint=endpoint, region=region)
        self._runtime = import_sdk("darabonba.runtime").RuntimeOptions

    def ask(self, operation: str, *path: str, **fields: object) -> Body:
        """The answer of `operation`, with `fields` in the SDK's own spelling.

        `path` are the parts of the path, for services that have them there.

        Raises:
            CloudError: the read failed for good.
        """
        # Operations without parameters have no request model.
        model = getattr(self._models, f"{operation}Request", None)
        arguments: list[object] = [*path]
        if model is not None:
            arguments.append(model(**fields))
        if self._service == "rocketmq":
            arguments.append({})
        method = getattr(self._client, f"{method_name(operation)}_with_options")

        def send() -> object:
            self._answers.body = None
            method(*arguments, self._runtime())
            return self._answers.body

        return self._line.caller.call(
            f"{self._service}:{operation}",
            host=self._host,
            operation=lambda: self._line.gates.through(self._host, send),
        )

    def _new_client(self, package: str, *, endpoint: Endpoint, region: str) -> Any:  # noqa: ANN401 - the SDK has no types
        answers = self._answers
        vendor: Any = import_sdk(f"{package}.client").Client

        class Recording(vendor):  # type: ignore[misc]  # the SDK has no types
            """The SDK's client, which remembers the body of its last answer for each thread."""

            def call_api(self, params: object, request: object, runtime: object) -> dict[str, object]:
                answer: dict[str, object] = super().call_api(params, request, runtime)
                # Taken out, so that the SDK builds no models that nobody looks at.
                answers.body = answer.pop("body", None)
                return answer

        settings = import_sdk("alibabacloud_tea_openapi.utils_models")
        # An address of the user's own does not tell the region by its name, so a header does.
        headers = {"x-acs-region-id": region} if endpoint.set_by_user else {}
        config = settings.Config(
            credential=self._line.credential,
            endpoint=endpoint.host,
            protocol=endpoint.protocol,
            region_id=region,
            connect_timeout=int(self._line.pacing.connect_timeout_seconds * 1000),
            read_timeout=int(self._line.pacing.read_timeout_seconds * 1000),
            max_idle_conns=max(_CONNECTIONS, self._line.pacing.workers),
            user_agent="crossrole",
            global_parameters=settings.GlobalParameters(headers=headers),
        )
        return Recording(config)


def method_name(operation: str) -> str:
    """The SDK's name for an operation: `GetRole` is `get_role`."""
    return _INNER_CAPITAL.sub("_", operation).lower()
