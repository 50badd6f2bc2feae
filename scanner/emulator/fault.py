"""Faults that the local cloud shows on purpose, scripted for each operation.

It decides which fault a call meets and what that does to the answer. It does not send anything.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from scanner.emulator import errors
from scanner.emulator.service import Operation, Refusal
from scanner.emulator.wire import Answer, Ending
from scanner.errors import UsageError

SLOW_SECONDS: Final = 12.0
"""Longer than the ten seconds that the SDKs wait."""
HTML_PAGE: Final = (
    b"<html><head><title>503 Service Temporarily Unavailable</title></head><body></body></html>"
)


class FaultKind(StrEnum):
    """What goes wrong. The value is how the command line names it."""

    THROTTLE = "throttle"
    ERROR = "error"
    """500 with the service's own JSON."""
    UNAVAILABLE = "unavailable"
    """503 with the service's own JSON."""
    HTML = "html"
    """503 with a page that some proxy made."""
    RESET = "reset"
    """The connection is reset, and nothing was done."""
    LOST = "lost"
    """The connection is reset after the work was done."""
    NO_PERMISSION = "no-permission"
    SLOW = "slow"
    """The answer comes, but late."""
    CUT = "cut"
    """The connection closes half-way through the body."""
    TRUNCATED = "truncated"
    """The page says that there is more and does not say where."""
    REPEATED_MARKER = "repeated-marker"
    """Every page says that the next one begins at the same place."""
    WRONG_TYPE = "wrong-type"
    """A field of the body has another type than the service's schema says."""


BEFORE_THE_WORK: Final = frozenset(
    {
        FaultKind.THROTTLE,
        FaultKind.ERROR,
        FaultKind.UNAVAILABLE,
        FaultKind.HTML,
        FaultKind.RESET,
        FaultKind.NO_PERMISSION,
    }
)
"""With these the operation is not carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One scripted fault."""

    service: str
    """In lower case, or `*`."""
    operation: str
    """A name; `*` at its end stands for any rest."""
    kind: FaultKind
    probability: float = 1.0
    times: int | None = None
    """How often it strikes; None is without end."""
    after: int = 0
    """How many calls it lets through first."""
    seconds: float = SLOW_SECONDS
    """How long a slow answer takes."""

    def meets(self, operation: Operation) -> bool:
        """Whether it is meant for `operation`."""
        if self.service not in {"*", operation.service.lower()}:
            return False
        if self.operation.endswith("*"):
            return operation.name.startswith(self.operation[:-1])
        return operation.name == self.operation


_FORM: Final = "service:Operation=kind[:probability][,times=N][,after=N][,seconds=S]"


def parse_fault(text: str) -> Fault:
    """The fault that `text` describes, for example `ram:GetPolicy=throttle:0.5,times=3`.

    Raises:
        UsageError: it describes none.
    """
    target, _, rest = text.partition("=")
    service, _, operation = target.partition(":")
    kind_text, *options = rest.split(",")
    kind_name, _, probability = kind_text.partition(":")
    hint = f"write {_FORM}, with one of: {', '.join(FaultKind)}"
    if not service or not operation:
        raise UsageError(f"`{text}` does not name a service and an operation", hint=hint)
    try:
        fault = Fault(
            service=service.lower(),
            operation=operation,
            kind=FaultKind(kind_name),
            probability=float(probability or 1),
        )
        for option in options:
            fault = _with_option(fault, option)
    except ValueError as problem:
        raise UsageError(f"`{text}` is not a fault", hint=hint) from problem
    if not 0 < fault.probability <= 1:
        raise UsageError(f"the probability in `{text}` is not between 0 and 1", hint=hint)
    return fault


def _with_option(fault: Fault, option: str) -> Fault:
    name, _, value = option.partition("=")
    match name:
        case "times":
            return replace(fault, times=int(value))
        case "after":
            return replace(fault, after=int(value))
        case "seconds":
            return replace(fault, seconds=float(value))
        case _:
            raise ValueError(name)


@dataclass(slots=True)
class _Script:
    fault: Fault
    met: int = 0
    struck: int = 0


@dataclass(slots=True)
class FaultPlan:
    """The faults in force. It may be changed while the cloud runs, from any thread."""

    seed: int = 0
    _scripts: list[_Script] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        # Rehearsals must go the same way every time; nothing secret hangs on it.
        self._random = random.Random(self.seed)  # noqa: S311 - see the comment above

    @classmethod
    def of(cls, *faults: Fault | str, seed: int = 0) -> FaultPlan:
        """A plan with `faults`, given as values or in the command line's form."""
        plan = cls(seed=seed)
        for fault in faults:
            plan.add(fault)
        return plan

    def add(self, fault: Fault | str) -> Fault:
        """Put `fault` into force, and return it."""
        parsed = parse_fault(fault) if isinstance(fault, str) else fault
        with self._lock:
            self._scripts.append(_Script(parsed))
        return parsed

    def remove(self, fault: Fault) -> None:
        """Take `fault` out of force, if it is in it."""
        with self._lock:
            self._scripts = [script for script in self._scripts if script.fault != fault]

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._scripts.clear()

    def strike(self, operation: Operation) -> Fault | None:
        """The fault that this call of `operation` meets."""
        if not self._scripts:
            return None
        with self._lock:
            for script in self._scripts:
                if script.fault.meets(operation) and self._strikes(script):
                    return script.fault
        return None

    def _strikes(self, script: _Script) -> bool:
        fault = script.fault
        script.met += 1
        if script.met <= fault.after or (fault.times is not None and script.struck >= fault.times):
            return False
        if fault.probability < 1 and self._random.random() >= fault.probability:
            return False
        script.struck += 1
        return True


def refusal_for(fault: Fault) -> Refusal | None:
    """The service's error that `fault` stands for; None when it is no error answer."""
    match fault.kind:
        case FaultKind.THROTTLE:
            return errors.throttled()
        case FaultKind.ERROR:
            return Refusal(500, "InternalError", "The request processing has failed due to an unknown error.")
        case FaultKind.UNAVAILABLE:
            return Refusal(
                503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server."
            )
        case FaultKind.NO_PERMISSION:
            return errors.AccessDenied()
        case _:
            return None


def spoil(content: Mapping[str, Any], fault: Fault) -> Mapping[str, Any]:
    """`content` of a good answer with what `fault` does to it."""
    match fault.kind:
        case FaultKind.TRUNCATED:
            return _with_paging(content, marker=None)
        case FaultKind.REPEATED_MARKER:
            return _with_paging(content, marker="c2FtZS1wbGFjZQ==")
        case FaultKind.WRONG_TYPE:
            return {name: _wrong(value) for name, value in content.items()}
        case _:
            return content


def _with_paging(content: Mapping[str, Any], *, marker: str | None) -> Mapping[str, Any]:
    kept = {name: value for name, value in content.items() if name not in {"Marker", "NextToken"}}
    if "IsTruncated" in kept:
        kept["IsTruncated"] = True
        return kept if marker is None else {**kept, "Marker": marker}
    if marker is not None and "Events" in kept:
        return {**kept, "NextToken": marker}
    return {**kept, **_more_than_shown(kept)}


def _more_than_shown(content: Mapping[str, Any]) -> Mapping[str, Any]:
    # Lists with page numbers tell how many entries there are in all; a page that is one short is
    # what a truncated listing looks like there.
    if "TotalCount" in content:
        return {"TotalCount": int(content["TotalCount"]) + 1}
    inner = content.get("data")
    if isinstance(inner, dict) and "totalCount" in inner:
        return {"data": {**inner, "totalCount": int(inner["totalCount"]) + 1}}
    return {}


def _wrong(value: object) -> object:
    # An object where a list or a number is due, and a text where an object is: the SDKs then hand
    # out a response without a body, and do not raise.
    return "wrong" if isinstance(value, dict | list) else value


def damaged(answer: Answer, fault: Fault) -> Answer:
    """`answer` with what `fault` does on the wire."""
    match fault.kind:
        case FaultKind.HTML:
            return replace(answer, status=503, body=HTML_PAGE, content_type="text/html")
        case FaultKind.RESET | FaultKind.LOST:
            return replace(answer, ending=Ending.RESET)
        case FaultKind.CUT:
            return replace(answer, ending=Ending.CUT)
        case FaultKind.SLOW:
            return replace(answer, delay_seconds=fault.seconds)
        case _:
            return answer


def as_json(content: Mapping[str, Any]) -> bytes:
    """`content` as the services print it."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
