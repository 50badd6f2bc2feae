"""A service that lists roles on pages of one, as many as it is told or without end, for tests of long listings."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from tests.cloud.opening import OWNER

_WHO = {
    "AccountId": OWNER,
    "Arn": f"acs:ram::{OWNER}:user/auditor",
    "IdentityType": "RAMUser",
    "RequestId": "1",
}


class ManyPages:
    """Answers ListRoles with page after page; after `turn` pages, without end, it begins again."""

    def __init__(self, pages: int, *, turn: int = 0) -> None:
        self.asked = 0
        self.endpoint = ""
        self._pages = pages
        self._turn = turn
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._talks: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        assert self._stopping is not None
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for writer in self._talks.values():
            writer.close()
        await asyncio.gather(*(task for task in self._talks if task is not None))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks[asyncio.current_task()] = writer
        # An HTTP library would take most of the time that ten thousand pages take.
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                body = json.dumps(self._answer(head)).encode()
                length = f"Content-Length: {len(body)}\r\n\r\n".encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + length + body)
        writer.close()
        await writer.wait_closed()

    def _answer(self, head: str) -> Mapping[str, object]:
        if "GetCallerIdentity" in head:
            return _WHO
        self.asked += 1
        query = head.split(" ", 2)[1].partition("?")[2]
        number = int(parse_qs(query).get("Marker", ["0"])[0])
        following = (number + 1) % self._turn if self._turn else number + 1
        more = bool(self._turn) or following < self._pages
        role = {
            "RoleName": f"role-{number}",
            "RoleId": str(number),
            "Arn": f"acs:ram::{OWNER}:role/role-{number}",
        }
        return {
            "RequestId": "1",
            "Roles": {"Role": [role]},
            "IsTruncated": more,
            **({"Marker": str(following)} if more else {}),
        }
