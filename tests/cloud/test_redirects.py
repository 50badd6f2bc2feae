"""An answer cannot send the caller's token to another host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scanner.cloud.session import open_session
from scanner.errors import CloudError
from scanner.model.settings import EndpointSettings, PacingSettings, ProfileSettings


@contextmanager
def serving(location: str) -> Iterator[tuple[str, list[str]]]:
    """A host that redirects everything to `location`, and the paths it was asked for."""
    asked: list[str] = []

    class Redirecting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the name that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_redirect_is_not_followed_and_is_no_answer() -> None:
    profile = ProfileSettings(
        name="p", access_key_id_env="ID", access_key_secret_env="SECRET", security_token_env="TOKEN"
    )
    environment = {"ID": "STS.LOCALx", "SECRET": "s" * 20, "TOKEN": "t" * 40}
    with (
        serving("http://127.0.0.1:1/") as (elsewhere, stolen),
        serving(f"{elsewhere}/take") as (host, asked),
        pytest.raises(CloudError) as caught,
    ):
        open_session(
            profile,
            endpoints=EndpointSettings(everything=host),
            pacing=PacingSettings(attempts=1),
            environment=environment,
        )

    assert asked
    assert stolen == []
    assert caught.value.fault.api == "sts:GetCallerIdentity"
