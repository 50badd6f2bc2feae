"""Open a session with one account: find its keys, assume a role if asked, and learn who we are.

Nothing is imported from an SDK before a session is opened.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from scanner.cloud.call import Caller
from scanner.cloud.credentials import AssumedRole, Keys, KeySource, SdkCredential, source_of
from scanner.cloud.endpoints import Endpoint, endpoint_of
from scanner.cloud.faults import hint_for
from scanner.cloud.logsafe import drop_proxies, drop_wire_debugging, import_sdk
from scanner.cloud.pacing import Pacer
from scanner.cloud.reader import SdkReader
from scanner.cloud.sts import Identity, assume_role, caller_identity
from scanner.cloud.wire import SDKS, Gates, Line, Wire
from scanner.errors import CloudError
from scanner.model.ids import AccountId, Secret
from scanner.model.settings import EndpointSettings, PacingSettings, ProfileSettings
from scanner.ports import CloudReader

_SHORT_SECRET: Final = 6
"""A value shorter than this is not searched for in messages: it would fit anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open session with one account."""

    identity: Identity
    local_cloud: bool
    """Whether an endpoint is on this machine."""
    notes: tuple[str, ...]
    """What was changed in the environment to keep the session safe, a sentence each."""
    _reader: SdkReader

    @property
    def account(self) -> AccountId:
        """The account, as GetCallerIdentity told it."""
        return self.identity.account

    def reader(self) -> CloudReader:
        """What reads the account; it may be used from several threads."""
        return self._reader


def open_session(
    profile: ProfileSettings,
    *,
    endpoints: EndpointSettings,
    pacing: PacingSettings,
    environment: MutableMapping[str, str] = os.environ,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Session:
    """A session with the account that the keys of `profile` belong to.

    Raises:
        CloudError: there are no keys, they are not valid, or the service cannot be reached.
        SettingsError: an endpoint or region is not written as it should be.
    """
    try:
        return _opened(profile, endpoints, pacing, environment=environment, now=now, sleep=sleep)
    except CloudError as error:
        fault, hint = error.fault, error.hint
    # Raised here and not above, so that no error of the SDK, which holds signed headers, is chained.
    raise CloudError(fault, hint=hint or hint_for(fault))


def _opened(
    profile: ProfileSettings,
    endpoints: EndpointSettings,
    pacing: PacingSettings,
    *,
    environment: MutableMapping[str, str],
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> Session:
    local = any(_endpoint(service, profile, endpoints).loopback for service in SDKS)
    notes = [drop_wire_debugging(environment), drop_proxies(environment) if local else ""]
    secrets = _Secrets(profile.external_id)
    caller = Caller(
        Pacer(pacing, now=now, sleep=sleep), attempts=pacing.attempts, sleep=sleep, redact=secrets.redact
    )
    gates = Gates()

    def wires(source: KeySource) -> Callable[[str, str], Wire]:
        line = Line(credential=SdkCredential(source), caller=caller, pacing=pacing, gates=gates)

        def open_wire(service: str, region: str) -> Wire:
            endpoint = endpoint_of(service, region=region, settings=endpoints)
            return Wire(service, endpoint=endpoint, region=region, line=line)

        return open_wire

    source: KeySource = _Watched(source_of(profile, environment), secrets)
    source.keys()
    if profile.role_arn:
        base = wires(source)("sts", profile.region)
        source = _Watched(_assuming(profile, base), secrets)
        source.keys()
    open_wire = wires(source)
    identity = caller_identity(open_wire("sts", profile.region))
    # Imported now and in this thread: later, many threads would wait for it, each with memory of its own.
    for package in SDKS.values():
        import_sdk(f"{package}.client")
    return Session(
        identity=identity,
        local_cloud=local,
        notes=tuple(note for note in notes if note),
        _reader=SdkReader(identity.account, region=profile.region, caller=caller, open_wire=open_wire),
    )


def _endpoint(service: str, profile: ProfileSettings, endpoints: EndpointSettings) -> Endpoint:
    return endpoint_of(service, region=profile.region, settings=endpoints)


def _assuming(profile: ProfileSettings, wire: Wire) -> AssumedRole:
    def assume() -> Keys:
        return assume_role(
            wire,
            role_arn=profile.role_arn,
            session_name=profile.role_session_name,
            external_id=profile.external_id,
        )

    return AssumedRole(assume, now=lambda: datetime.now(UTC))


class _Secrets:
    """The secret values of a session, to be taken out of whatever a service writes back."""

    def __init__(self, external_id: Secret | None) -> None:
        self._values: frozenset[str] = frozenset()
        self.add(external_id)

    def add(self, secret: Secret | None) -> None:
        value = "" if secret is None else secret.reveal()
        if len(value) >= _SHORT_SECRET and value not in self._values:
            self._values |= {value}

    def redact(self, text: str) -> str:
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, "***")
        return text


class _Watched:
    """A key source whose secrets are remembered for redaction."""

    def __init__(self, source: KeySource, secrets: _Secrets) -> None:
        self._source = source
        self._secrets = secrets

    def keys(self) -> Keys:
        keys = self._source.keys()
        self._secrets.add(keys.access_key_secret)
        self._secrets.add(keys.security_token)
        return keys
