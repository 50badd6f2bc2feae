"""The local cloud as a server on this machine.

It carries requests to the gateway and answers back, and refuses to listen anywhere but on loopback.
It keeps no access log: query strings hold passwords.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from scanner.emulator.fault import FaultPlan
from scanner.emulator.gateway import CloudOptions, Gateway, real_time
from scanner.emulator.state import LocalWorld
from scanner.emulator.wire import Answer, Ending, Request
from scanner.errors import UsageError

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
LONGEST_LINE: Final = 256 * 1024
"""Policies travel in the query string, percent-encoded."""
BANNER: Final = {"x-crossrole-local-cloud": "1"}
_START_SECONDS: Final = 30.0


def _check_host(host: str) -> None:
    if host not in LOOPBACK:
        raise UsageError(
            f"the local cloud listens on this machine only, not on `{host}`",
            hint="use 127.0.0.1; its keys are published and its passwords travel in plain text",
        )


def split_region(path: str, regions: tuple[str, ...]) -> tuple[str, str]:
    """The region in front of a path, and the rest.

    One address serves all regions, so a client that wants a certain one uses
    `127.0.0.1:PORT/REGION` as its endpoint. The signature covers the path without it.
    """
    first, slash, rest = path.lstrip("/").partition("/")
    if first in regions:
        return first, f"{slash}{rest}" or "/"
    return "", path


class _Site:
    """Answers HTTP requests out of one gateway."""

    def __init__(self, world: LocalWorld, options: CloudOptions) -> None:
        self._regions = world.regions
        self._latency = options.latency_seconds
        self.gateway = Gateway(world, options)

    async def handle(self, raw: web.BaseRequest) -> web.StreamResponse:
        answer = self.gateway.answer(await self._request(raw))
        delay = self._latency + answer.delay_seconds
        if delay > 0:
            await asyncio.sleep(delay)
        return self._response(raw, answer)

    async def _request(self, raw: web.BaseRequest) -> Request:
        path, _, query = raw.raw_path.partition("?")
        region, path = split_region(path, self._regions)
        headers = {name.lower(): value for name, value in raw.headers.items()}
        if len(headers) != len(raw.headers):
            headers = {name: ",".join(sorted(raw.headers.getall(name))) for name in headers}
        return Request(
            method=raw.method,
            path=path,
            query=query,
            headers=headers,
            body=await raw.read() if raw.can_read_body else b"",
            source_ip=raw.remote or "127.0.0.1",
            region=region,
        )

    def _response(self, raw: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        headers = {
            **BANNER,
            "x-acs-request-id": answer.request_id,
            "Content-Type": answer.content_type,
            **answer.headers,
        }
        if answer.ending is Ending.RESET:
            _reset(raw)
        if answer.ending is Ending.CUT:
            _write_half(raw, answer, headers)
        return web.Response(status=answer.status, body=answer.body, headers=headers)


def _reset(raw: web.BaseRequest) -> None:
    transport = raw.transport
    if transport is None:
        return
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        # With no time to linger, closing sends a reset instead of an orderly end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _write_half(raw: web.BaseRequest, answer: Answer, headers: dict[str, str]) -> None:
    transport = raw.transport
    if transport is None:
        return
    lines = [f"HTTP/1.1 {answer.status} OK", f"Content-Length: {len(answer.body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines) + "\r\n\r\n"
    transport.write(head.encode() + answer.body[: len(answer.body) // 2])
    transport.close()


async def _listen(site: _Site, host: str, port: int) -> tuple[web.Server, asyncio.Server]:
    server = web.Server(
        site.handle,
        access_log=None,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
    )
    listening = await asyncio.get_running_loop().create_server(server, host, port, backlog=1024)
    return server, listening


def _endpoint(listening: asyncio.Server, host: str) -> str:
    port = listening.sockets[0].getsockname()[1]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class LocalCloud:
    """A local cloud in a thread of its own, for tests and rehearsals."""

    def __init__(
        self,
        world: LocalWorld,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        latency_seconds: float = 0.0,
        quotas: bool = True,
        faults: FaultPlan | None = None,
        propagation_seconds: float = 0.0,
        clock: Callable[[], datetime] = real_time,
        wall: Callable[[], datetime] = real_time,
        source_ip: str = "",
    ) -> None:
        """Prepare the cloud; `start` makes it listen.

        Raises:
            UsageError: `host` is not loopback.
        """
        _check_host(host)
        self.world = world
        self.faults = faults if faults is not None else FaultPlan()
        """The faults in force; add and remove them at any time."""
        self.endpoint = ""
        """Its address, once it has started: `http://127.0.0.1:PORT`."""
        options = CloudOptions(
            latency_seconds=latency_seconds,
            quotas=quotas,
            faults=self.faults,
            propagation_seconds=propagation_seconds,
            clock=clock,
            wall=wall,
            source_ip=source_ip,
        )
        self._site = _Site(world, options)
        self._host = host
        self._port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._problem: OSError | None = None

    @property
    def calls(self) -> Counter[str]:
        """How often each operation was called, by `service:Operation`, the service in lower case."""
        return self._site.gateway.calls

    def start(self) -> Self:
        """Listen, in a thread of its own; return when it does.

        Raises:
            OSError: the port is taken.
        """
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(ready)), name="local-cloud", daemon=True
        )
        self._thread.start()
        if not ready.wait(_START_SECONDS):
            raise TimeoutError("the local cloud did not start in time")
        if self._problem is not None:
            raise self._problem
        return self

    async def _run(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            server, listening = await _listen(self._site, self._host, self._port)
        except OSError as problem:
            self._problem = problem
            ready.set()
            return
        self.endpoint = _endpoint(listening, self._host)
        ready.set()
        await self._stopping.wait()
        listening.close()
        server.pre_shutdown()
        await server.shutdown(timeout=0.1)

    def stop(self) -> None:
        """Stop listening and close what is open."""
        if self._loop is not None and self._stopping is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed already
                self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread is not None:
            self._thread.join(_START_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve_forever(
    world: LocalWorld,
    options: CloudOptions,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve `world` in this thread until it is interrupted; `ready` is told the address.

    Raises:
        UsageError: `host` is not loopback.
        OSError: the port is taken.
    """
    _check_host(host)

    async def run() -> None:
        _, listening = await _listen(_Site(world, options), host, port)
        ready(_endpoint(listening, host))
        await listening.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())
