"""Find the operation that a request means.

RPC services tell version and operation in two headers, or in the query for unsigned and V1 calls.
ROA services tell the version in a header and the operation by method and path. Whether the caller
may do it is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from scanner.emulator import errors
from scanner.emulator.service import Operation
from scanner.emulator.wire import Request

_PARAMETER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Found:
    """The operation, and the parameters that stood in the path."""

    operation: Operation
    path_params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Route:
    operation: Operation
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, operation: Operation) -> _Route:
        pattern = _PARAMETER.sub(lambda match: f"(?P<{match[1]}>[^/]+)", operation.path)
        return cls(operation, re.compile(pattern))


class Directory:
    """All operations of the cloud, ready to be found."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._rpc: dict[tuple[str, str], Operation] = {}
        self._roa: dict[str, list[_Route]] = {}
        self._versions: set[str] = set()
        for operation in operations:
            self._versions.add(operation.version)
            if operation.path == "/":
                key = (operation.version, operation.name)
                assert key not in self._rpc, f"{key} is claimed twice"
                self._rpc[key] = operation
            else:
                self._roa.setdefault(operation.version, []).append(_Route.of(operation))
        for routes in self._roa.values():
            # A path written out goes before one with a parameter in its place.
            routes.sort(key=lambda route: route.operation.path.count("{"))

    def find(self, request: Request) -> Found:
        """The operation that `request` means.

        Raises:
            Refusal: there is none.
        """
        params = request.params
        version = request.headers.get("x-acs-version") or params.get("Version", "")
        if version not in self._versions:
            raise errors.unknown_version()
        if version in self._roa:
            return self._by_path(version, request)
        name = request.headers.get("x-acs-action") or params.get("Action", "")
        operation = self._rpc.get((version, name))
        if operation is None or request.path not in {"", "/"}:
            raise errors.unknown_operation()
        # An RPC operation is documented with POST and takes GET as well; a few take GET alone.
        if request.method not in {"GET", operation.method}:
            raise errors.wrong_method()
        return Found(operation, {})

    def _by_path(self, version: str, request: Request) -> Found:
        matched = False
        for route in self._roa[version]:
            match = route.pattern.fullmatch(request.path)
            if match is None:
                continue
            matched = True
            if route.operation.method == request.method:
                path_params = {name: unquote(value) for name, value in match.groupdict().items()}
                return Found(route.operation, path_params)
        raise errors.wrong_method() if matched else errors.unknown_operation()
