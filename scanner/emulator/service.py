"""What one operation of the local cloud is, what its handler is given, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from scanner.emulator.state import Account, LocalWorld, SessionToken

ISO: Final = "%Y-%m-%dT%H:%M:%SZ"
"""How RAM, STS and ActionTrail print times."""


class Refusal(Exception):  # noqa: N818 - it is what the service answers, not a fault of ours
    """The service's own error answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who signed a request. For an anonymous operation there is none."""

    account: Account
    kind: str
    """`root`, `user` or `role`."""
    name: str
    """User or role name; empty for root."""
    key_id: str
    session: SessionToken | None = None

    @property
    def arn(self) -> str:
        """As GetCallerIdentity prints it."""
        account = self.account.account_id
        match self.kind:
            case "root":
                return f"acs:ram::{account}:root"
            case "user":
                return f"acs:ram::{account}:user/{self.name}"
            case _:
                session = self.session.session_name if self.session else ""
                return f"acs:ram::{account}:assumed-role/{self.name}/{session}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request that a handler answers."""

    world: LocalWorld
    caller: Caller | None
    params: Mapping[str, str]
    """Query parameters, decoded; for ROA also the path parameters, by their name in the path."""
    body: Mapping[str, Any]
    """The JSON body; empty where there was none."""
    region: str
    request_id: str
    now: datetime
    source_ip: str

    @property
    def account(self) -> Account:
        """The account of the caller: what it works on."""
        assert self.caller is not None
        return self.caller.account

    @property
    def stamp(self) -> str:
        """The time of the call as the services print it."""
        return self.now.strftime(ISO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of one service.

    `handler` returns the answer without `RequestId`, or raises `Refusal`. `resources` gives the
    resource names to authorize `action` on: all must be allowed. Where the service's table says
    `*`, it is `("*",)`.
    """

    service: str
    """The name in ActionTrail events and in `api-contract`: `Ram`, `Sts`, `RocketMQ`, `Ons`, ..."""
    version: str
    name: str
    action: str
    """The RAM action; empty for an operation that needs no permission."""
    handler: Callable[[Call], Mapping[str, Any]]
    resources: Callable[[Call], Sequence[str]]
    write: bool = False
    method: str = "POST"
    path: str = "/"
    """For ROA: with `{name}` for path parameters, as the service documents it."""
    anonymous: bool = False
    quota: float | None = None
    """Calls per second and account; None is no limit of its own."""
