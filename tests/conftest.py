"""What every test needs: no proxies, no metadata service, no credentials of whoever runs them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# The vendor's packages read the environment when they are imported, so this comes before any test module.
_PREFIXES = ("ALIBABA_CLOUD_", "CROSSROLE_")
_PROXIES = {"http_proxy", "https_proxy", "all_proxy"}
_KEPT = {"CROSSROLE_SHARED", "CROSSROLE_CHROMIUM", "CROSSROLE_REQUIRE_BROWSER"}
for _name in set(os.environ) - _KEPT:
    if _name.lower() in _PROXIES or _name.startswith(_PREFIXES):
        del os.environ[_name]
os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"
os.environ.setdefault("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
os.environ["HOME"] = tempfile.mkdtemp(prefix="crossrole-home-")

from hypothesis import HealthCheck as _HealthCheck  # noqa: E402 - after the environment is clean
from hypothesis import settings as _hypothesis  # noqa: E402 - after the environment is clean

# A machine that is busy draws examples slowly; that says nothing about the code.
_SLOW = (_HealthCheck.too_slow,)
_hypothesis.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=100, suppress_health_check=_SLOW
)
_hypothesis.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=_SLOW)
_hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
