"""Answer one request of the local cloud, from finding the operation to writing the event.

The order is the gateway's: operation, signature, scripted faults, flow control, authorization, work,
event. Nothing here touches a socket; `server` does. It is called from one thread.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from scanner.emulator import errors, events, fault
from scanner.emulator.authorize import Judge
from scanner.emulator.context import context_of, resource_tags
from scanner.emulator.diagnosis import denied_detail
from scanner.emulator.dispatch import Directory, Found
from scanner.emulator.errors import AccessDenied
from scanner.emulator.fault import BEFORE_THE_WORK, Fault, FaultKind, FaultPlan
from scanner.emulator.identity import Gate
from scanner.emulator.propagation import Propagation
from scanner.emulator.quota import Quotas
from scanner.emulator.service import Call, Caller, Operation, Refusal
from scanner.emulator.services import ALL
from scanner.emulator.state import LocalWorld
from scanner.emulator.wire import Answer, Request

DELAYED: Final = frozenset({"Ram", "ResourceManager"})
"""Services whose changes take effect late when a propagation delay is asked for."""


def real_time() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudOptions:
    """How a local cloud behaves."""

    latency_seconds: float = 0.0
    quotas: bool = True
    faults: FaultPlan = field(default_factory=FaultPlan)
    propagation_seconds: float = 0.0
    clock: Callable[[], datetime] = real_time
    """The world's time: for events, tokens and dates."""
    wall: Callable[[], datetime] = real_time
    """What signatures are checked against; the callers' clocks are real, whatever the world's is."""
    source_ip: str = ""
    """Where all calls seem to come from; empty is where they do."""


class Gateway:
    """The whole cloud behind its address."""

    def __init__(self, world: LocalWorld, options: CloudOptions) -> None:
        self._world = world
        self._options = options
        self._directory = Directory(ALL)
        self._gate = Gate(world, wall=options.wall)
        self._judge = Judge(world)
        self._quotas = Quotas()
        self._propagation = Propagation(options.propagation_seconds)
        self.calls: Counter[str] = Counter()
        """Calls by `service:Operation`, the service in lower case; refused ones count as well."""

    def answer(self, request: Request) -> Answer:
        """What the cloud says to `request`."""
        request_id = str(uuid.uuid4()).upper()
        with self._world.lock:
            try:
                found = self._directory.find(request)
                self.calls[f"{found.operation.service.lower()}:{found.operation.name}"] += 1
                caller = self._caller(request, found.operation)
                return self._answer(request, found, caller, request_id)
            except Refusal as refusal:
                return refused(request, refusal, request_id)

    def _caller(self, request: Request, operation: Operation) -> Caller | None:
        caller = self._gate.caller_of(request, now=self._options.clock())
        if caller is None and not operation.anonymous:
            raise errors.unsigned()
        return caller

    def _answer(self, request: Request, found: Found, caller: Caller | None, request_id: str) -> Answer:
        operation = found.operation
        struck = self._options.faults.strike(operation)
        if struck is not None and struck.kind in BEFORE_THE_WORK:
            refusal = fault.refusal_for(struck)
            if refusal is None:
                return fault.damaged(_good(operation, {}, request_id), struck)
            # A scripted refusal of permission is written down like a real one.
            if struck.kind is not FaultKind.NO_PERMISSION:
                raise refusal
        self._check_flow(operation, caller)
        call = self._call(request, found, caller, request_id)
        content = self._work(request, operation, call, struck)
        answer = _good(operation, fault.spoil(content, struck) if struck else content, request_id)
        return fault.damaged(answer, struck) if struck else answer

    def _check_flow(self, operation: Operation, caller: Caller | None) -> None:
        if not self._options.quotas or caller is None:
            return
        if not self._quotas.allows(caller.account.account_id, operation, time.monotonic()):
            raise errors.throttled()

    def _call(self, request: Request, found: Found, caller: Caller | None, request_id: str) -> Call:
        now = self._options.clock()
        world = self._world
        if self._propagation.is_on and not self._changes_ram(found.operation):
            world = self._propagation.effective_world(world, now)
            if caller is not None:
                caller = replace(caller, account=world.accounts[caller.account.account_id])
        params = {**request.params, **found.path_params}
        region = params.get("RegionId") or request.headers.get("x-acs-region-id") or request.region
        return Call(
            world=world,
            caller=caller,
            params=params,
            body=_json_body(request),
            region=region or world.regions[0],
            request_id=request_id,
            now=now,
            source_ip=self._options.source_ip or request.source_ip,
        )

    @staticmethod
    def _changes_ram(operation: Operation) -> bool:
        return operation.write and operation.service in DELAYED

    def _work(
        self, request: Request, operation: Operation, call: Call, struck: Fault | None
    ) -> Mapping[str, Any]:
        content: Mapping[str, Any] | None = None
        refusal: Refusal | None = None
        try:
            if struck is not None and struck.kind is FaultKind.NO_PERMISSION:
                raise AccessDenied
            self._check_permission(operation, call)
            if call.caller is not None and self._changes_ram(operation):
                self._propagation.about_to_change(call.account, call.now)
            content = operation.handler(call)
        except Refusal as refused_with:
            refusal = refused_with
            raise
        finally:
            if content is not None or refusal is not None:
                events.record(
                    events.Happened(
                        operation=operation,
                        call=call,
                        user_agent=request.headers.get("user-agent", ""),
                        host=request.headers.get("host", ""),
                        content=content,
                        refusal=refusal,
                    )
                )
        return content

    def _check_permission(self, operation: Operation, call: Call) -> None:
        caller = call.caller
        if not operation.action or caller is None or caller.kind == "root":
            return
        account = self._propagation.effective(self._world.accounts[caller.account.account_id], call.now)
        context = context_of(call, caller)
        # An operation without a resource of its own is judged on all of them, never on none.
        for resource in operation.resources(call) or ("*",):
            judged = {**context, **resource_tags(account, resource)}
            denial = self._judge.refuses(
                caller, account=account, action=operation.action, resource=resource, context=judged
            )
            if denial is not None:
                raise AccessDenied(denied_detail(denial, caller, context=judged))


def _json_body(request: Request) -> Mapping[str, Any]:
    if not request.body or "json" not in request.headers.get("content-type", ""):
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise errors.wrong_body() from None
    if not isinstance(body, dict):
        raise errors.wrong_body()
    return body


def _good(operation: Operation, content: Mapping[str, Any], request_id: str) -> Answer:
    name = "RequestId" if operation.path == "/" else "requestId"
    return Answer(status=200, body=fault.as_json({name: request_id, **content}), request_id=request_id)


def refused(request: Request, refusal: Refusal, request_id: str) -> Answer:
    """The service's error answer."""
    content: dict[str, Any] = {
        "RequestId": request_id,
        "HostId": request.headers.get("host", ""),
        "Code": refusal.code,
        "Message": refusal.message,
        "Recommend": "",
    }
    if isinstance(refusal, AccessDenied) and refusal.detail is not None:
        content["AccessDeniedDetail"] = dict(refusal.detail)
    return Answer(status=refusal.status, body=fault.as_json(content), request_id=request_id)
