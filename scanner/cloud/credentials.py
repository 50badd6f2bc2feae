"""Find the keys of a profile, without ever showing them.

Order and sources are the official ones: the vendor's default chain, or a named profile of the
aliyun command, or environment variables that the settings name. A role is assumed through the STS
SDK and not through the credentials package, which signs in an older way and over HTTPS only.
What the vendor's package says about a failure is not repeated: it may hold signed URLs.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from scanner.cloud.logsafe import import_sdk
from scanner.errors import CloudError
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.ids import Secret
from scanner.model.settings import ProfileSettings

API: Final = "credentials"
"""What faults of this module name as the API that failed."""
EARLY: Final = timedelta(minutes=5)
"""Keys of an assumed role are renewed this long before they expire."""
_ANY_SOURCE: Final = "set `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, or name a profile with --profile"
_SOURCES: Final = "environment variables, OIDC, `~/.aliyun/config.json`, `~/.alibabacloud/credentials.ini`"


@dataclass(frozen=True, slots=True)
class Keys:
    """An AccessKey pair, with a token when it belongs to a session."""

    access_key_id: str
    access_key_secret: Secret
    security_token: Secret | None = None
    expires: datetime | None = None


class KeySource(Protocol):
    """Gives keys, fresh ones when the last have become old."""

    def keys(self) -> Keys:
        """Keys to sign the next request with.

        Raises:
            CloudError: there are none.
        """


class NamedVariables:
    """Keys from the environment variables that a profile names."""

    def __init__(self, profile: ProfileSettings, environment: Mapping[str, str]) -> None:
        self._profile = profile
        self._environment = environment

    def keys(self) -> Keys:
        """The keys that the variables hold now."""
        profile = self._profile
        token = self._environment.get(profile.security_token_env, "") if profile.security_token_env else ""
        return Keys(
            self._variable(profile.access_key_id_env, "access_key_id_env"),
            Secret(self._variable(profile.access_key_secret_env, "access_key_secret_env")),
            Secret(token) if token else None,
        )

    def _variable(self, name: str, setting: str) -> str:
        if not name:
            raise no_credentials(
                f"profile `{self._profile.name}` does not set `{setting}`",
                hint=f"name in `{setting}` the environment variable that holds it",
            )
        value = self._environment.get(name, "")
        if not value:
            raise no_credentials(
                f"the environment variable `{name}` is not set",
                hint=f"set `{name}`, which the settings of profile `{self._profile.name}` name in `{setting}`",
            )
        return value


class VendorChain:
    """Keys from the vendor's credentials package: its default chain, or a profile of the aliyun command."""

    def __init__(self, cli_profile: str = "", *, config_file: Path | None = None) -> None:
        self._cli_profile = cli_profile
        self._lock = threading.Lock()
        # The package prints failures, with signed URLs, on handlers that importing it attaches.
        clients = import_sdk("alibabacloud_credentials.client")
        self._errors = import_sdk("alibabacloud_credentials.exceptions").CredentialException
        if cli_profile:
            file = config_file or Path.home() / ".aliyun" / "config.json"
            check_cli_profile(cli_profile, file)
            provider = import_sdk("alibabacloud_credentials.provider").CLIProfileCredentialsProvider
            self._client = clients.Client(
                provider=provider(profile_name=cli_profile, profile_file=str(file)),
            )
        else:
            self._client = clients.Client()

    def keys(self) -> Keys:
        """The keys that the chain gives now; it renews temporary ones by itself."""
        # The package's providers are not all safe for several threads.
        with self._lock:
            found = self._found()
        if not found.access_key_id or not found.access_key_secret:
            raise no_credentials(self._nothing(), hint=self._hint())
        token = found.security_token
        return Keys(
            str(found.access_key_id),
            Secret(str(found.access_key_secret)),
            Secret(str(token)) if token else None,
        )

    def _found(self) -> _Found:
        problem: str
        try:
            found: _Found = self._client.get_credential()
        except (self._errors, ValueError):
            problem = self._nothing()
        except OSError:
            problem = f"{self._nothing()}: a service that gives them cannot be reached"
        else:
            return found
        # Raised here and not above, so that the vendor's error and its URLs are not chained to ours.
        raise no_credentials(problem, hint=self._hint())

    def _hint(self) -> str:
        return _profile_hint(self._cli_profile) if self._cli_profile else ""

    def _nothing(self) -> str:
        if self._cli_profile:
            return f"the aliyun profile `{self._cli_profile}` gives no credentials"
        return f"no credentials found in {_SOURCES}, nor from an ECS instance role"


class AssumedRole:
    """Keys of a role that is assumed with other keys, renewed before they expire."""

    def __init__(self, assume: Callable[[], Keys], *, now: Callable[[], datetime]) -> None:
        self._assume = assume
        self._now = now
        self._lock = threading.Lock()
        self._keys: Keys | None = None

    def keys(self) -> Keys:
        """The keys of the present session, or of a new one."""
        with self._lock:
            if self._keys is None or self._is_old(self._keys):
                self._keys = self._assume()
            return self._keys

    def _is_old(self, keys: Keys) -> bool:
        return keys.expires is not None and self._now() + EARLY >= keys.expires


class _Found(Protocol):
    """The vendor's credential model."""

    access_key_id: str | None
    access_key_secret: str | None
    security_token: str | None


class SdkCredential:
    """A key source in the form that the SDK's clients ask for."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._model = import_sdk("alibabacloud_credentials.models").CredentialModel

    def get_credential(self) -> object:
        """The SDK's own model of the present keys."""
        keys = self._source.keys()
        token = keys.security_token
        return self._model(
            access_key_id=keys.access_key_id,
            access_key_secret=keys.access_key_secret.reveal(),
            security_token=None if token is None else token.reveal(),
            type="access_key" if token is None else "sts",
            provider_name="static_ak" if token is None else "static_sts",
        )


def source_of(profile: ProfileSettings, environment: Mapping[str, str]) -> KeySource:
    """Where the keys of `profile` come from, before any role is assumed.

    Raises:
        CloudError: the profile names a source that is not there.
    """
    if profile.access_key_id_env or profile.access_key_secret_env:
        return NamedVariables(profile, environment)
    return VendorChain(profile.cli_profile)


def check_cli_profile(name: str, file: Path) -> None:
    """Return when the configuration of the aliyun command has a profile of that name.

    Raises:
        CloudError: it has not, or cannot be read.
    """
    shown = "~/.aliyun/config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise no_credentials(
            f"there is no `{shown}` to take profile `{name}` from", hint=_profile_hint(name)
        ) from None
    except (OSError, ValueError):
        raise no_credentials(f"`{shown}` cannot be read", hint=_profile_hint(name)) from None
    profiles = config.get("profiles") if isinstance(config, dict) else None
    names = [p.get("name") for p in profiles if isinstance(p, dict)] if isinstance(profiles, list) else []
    if name not in names:
        raise no_credentials(f"`{shown}` has no profile `{name}`", hint=_profile_hint(name))


def no_credentials(message: str, *, hint: str = "") -> CloudError:
    """The error for keys that are not there."""
    fault = CloudFault(kind=FaultKind.CREDENTIALS, api=API, message=message)
    return CloudError(fault, hint=hint or _ANY_SOURCE)


def _profile_hint(name: str) -> str:
    return f"`aliyun configure --profile {name}` makes one; `aliyun configure list` shows those there are"
