"""The SDKs print nothing, and loopback is reached without a proxy."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

from scanner.cloud.logsafe import drop_proxies, drop_wire_debugging, import_sdk
from scanner.cloud.wire import SDKS


def test_wire_debugging_is_taken_away_with_a_note() -> None:
    environment = {"DEBUG": "SDK", "OTHER": "1"}
    assert "DEBUG=sdk" in drop_wire_debugging(environment)
    assert environment == {"OTHER": "1"}


def test_another_kind_of_debugging_stays() -> None:
    environment = {"DEBUG": "1"}
    assert drop_wire_debugging(environment) == ""
    assert environment == {"DEBUG": "1"}


def test_proxies_are_taken_away_with_a_note_that_holds_no_password() -> None:
    environment = {"HTTP_PROXY": "http://u:hush@proxy", "https_proxy": "http://proxy", "NO_PROXY": "*"}
    note = drop_proxies(environment)
    assert "`HTTP_PROXY`" in note
    assert "hush" not in note
    assert environment == {"NO_PROXY": "*"}
    assert drop_proxies(environment) == ""


def test_no_log_handler_of_an_sdk_stays_after_import() -> None:
    for package in SDKS.values():
        import_sdk(f"{package}.client")
    import_sdk("alibabacloud_credentials.client")

    for name in ("darabonba-core", "alibabacloud-tea", "credentials"):
        logger = logging.getLogger(name)
        assert all(isinstance(handler, logging.NullHandler) for handler in logger.handlers)
        assert not logger.propagate


def test_importing_the_adapters_imports_no_sdk() -> None:
    code = (
        "import sys, scanner.cloud.session, scanner.app.collect\n"
        "print([m for m in sys.modules if m.startswith(('alibabacloud', 'Tea', 'darabonba', 'aiohttp', 'requests'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"
