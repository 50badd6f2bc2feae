"""A headless Chromium to open reports in, spoken to over its DevTools protocol.

It is told what to open and how large to be, and it tells what the page asked the network
for, which dialogs it opened and what it wrote to the console.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self, cast

import aiohttp

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--hide-scrollbars",
    "--remote-debugging-address=127.0.0.1",
    "--remote-debugging-port=0",
)
START_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 60.0

Json = dict[str, object]


def find_chromium() -> str | None:
    """The path of a Chromium: `CROSSROLE_CHROMIUM`, or one on the search path."""
    chosen = os.environ.get("CROSSROLE_CHROMIUM", "")
    return chosen or next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass(slots=True)
class Seen:
    """What a page did since it was opened."""

    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)


class Chromium:
    """A running browser with one page. Use it as a context manager."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._runner = asyncio.Runner()
        self._folder = tempfile.mkdtemp(prefix="crossrole-chromium-")
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._session = ""
        self._loaded = asyncio.Event()
        self.seen = Seen()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [self._path, *FLAGS, f"--user-data-dir={self._folder}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._folder},
        )
        try:
            self._runner.run(self._connect(self._address()))
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._disconnect())
        self._end()

    def show(
        self,
        page: str,
        *,
        width: int = 1280,
        height: int = 900,
        phone: bool = False,
        dark: bool = False,
        paper: bool = False,
    ) -> None:
        """Open the text `page` as a file, in a window of that size and scheme."""
        file = Path(self._folder) / f"page-{next(self._numbers)}.html"
        file.write_text(page, encoding="utf-8")
        self.seen = Seen()
        self._runner.run(
            self._show(file.as_uri(), width=width, height=height, phone=phone, dark=dark, paper=paper)
        )

    def ask(self, expression: str) -> object:
        """The value of a JavaScript expression, asked from outside the page's own rules."""
        answer = self._run("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return cast("Json", answer["result"]).get("value")

    def screenshot(self, *, whole: bool = True) -> bytes:
        """A PNG of the page."""
        answer = self._run("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(str(answer["data"]))

    def pdf(self) -> bytes:
        """The page as printed."""
        answer = self._run("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(str(answer["data"]))

    def _run(self, method: str, **parameters: object) -> Json:
        return self._runner.run(self._call(method, parameters))

    def _address(self) -> str:
        """Where the browser listens; it writes that into its folder."""
        file = Path(self._folder) / "DevToolsActivePort"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if file.exists() and len(lines := file.read_text(encoding="utf-8").splitlines()) > 1:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        self._end()
        message = f"`{self._path}` did not start: exit status {self._process.returncode}"
        raise RuntimeError(message)

    def _end(self) -> None:
        self._runner.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _connect(self, address: str) -> None:
        self._client = aiohttp.ClientSession()
        self._socket = await self._client.ws_connect(address, max_msg_size=0)
        self._reading = asyncio.create_task(self._read())
        target = await self._call("Target.createTarget", {"url": "about:blank"})
        attached = await self._call(
            "Target.attachToTarget", {"targetId": target["targetId"], "flatten": True}
        )
        self._session = str(attached["sessionId"])
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self._call(f"{domain}.enable", {})

    async def _disconnect(self) -> None:
        await self._socket.close()
        await self._reading
        await self._client.close()

    async def _show(self, url: str, *, width: int, height: int, phone: bool, dark: bool, paper: bool) -> None:
        await self._call(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self._call(
            "Emulation.setEmulatedMedia", {"media": "print" if paper else "", "features": [scheme]}
        )
        self._loaded.clear()
        await self._call("Page.navigate", {"url": url})
        await asyncio.wait_for(self._loaded.wait(), ANSWER_SECONDS)

    async def _call(self, method: str, parameters: Mapping[str, object]) -> Json:
        number = next(self._numbers)
        message: Json = {"id": number, "method": method, "params": dict(parameters)}
        if self._session:
            message["sessionId"] = self._session
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(message)
        return await asyncio.wait_for(self._answers[number], ANSWER_SECONDS)

    async def _read(self) -> None:
        async for frame in self._socket:
            message = cast("Json", frame.json())
            if (number := message.get("id")) is not None:
                future = self._answers.pop(cast("int", number))
                if "error" in message:
                    future.set_exception(RuntimeError(str(message["error"])))
                else:
                    future.set_result(cast("Json", message["result"]))
            else:
                await self._note(str(message["method"]), cast("Json", message["params"]))

    async def _note(self, method: str, what: Json) -> None:
        match method:
            case "Page.loadEventFired":
                self._loaded.set()
            case "Network.requestWillBeSent":
                self.seen.requests.append(str(cast("Json", what["request"])["url"]))
            case "Page.javascriptDialogOpening":
                self.seen.dialogs.append(str(what["message"]))
                answer = {
                    "id": next(self._numbers),
                    "method": "Page.handleJavaScriptDialog",
                    "params": {"accept": False},
                }
                self._answers[cast("int", answer["id"])] = asyncio.get_running_loop().create_future()
                await self._socket.send_json({**answer, "sessionId": self._session})
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled":
                self.seen.console.append(str(what))
            case "Log.entryAdded":
                self.seen.console.append(str(cast("Json", what["entry"])["text"]))
            case _:
                pass  # Other events do not matter here.
