"""What a set of RAM documents allows, read straight from the raw JSON, one request at a time.

Slow, plain and three-valued: None is "the documents leave it open", because something is not understood,
a key of the request is not known, or a reading is not chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from scanner.policy.assumptions import Readings
from tests.benchmarks.pairs import RawSet
from tests.oracle.rows import Demand, Row, rows, small
from tests.oracle.values import HOW, MAPPED, How, address, addresses, kind_of, microseconds, number

Maybe: TypeAlias = bool | None
Effects: TypeAlias = tuple[Maybe, Maybe]
"""Whether some statement allows, and whether some statement denies."""

ABSENT: Final = None
_ACCOUNT: Final = re.compile(r"[0-9]{5,32}")
_NAMED: Final = re.compile(r"acs:ram:\*?:([0-9]{5,32}):(?:(root)|([a-z-]+)/([^/*?]+))")
_KINDS: Final = {"RAM": {"user", "role"}, "Federated": {"saml-provider", "oidc-provider"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. A key that `keys` does not hold is not known; ABSENT is one that is not sent."""

    action: str
    resource: str
    keys: Mapping[str, str | None] = field(default_factory=dict)
    """By the key's name in small letters."""
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks for a role: `user`, `role`, `service`, `saml-provider` or `oidc-provider`."""

    kind: str
    account: str
    name: str


def either(values: Iterable[Maybe]) -> Maybe:
    """Whether one of them is true."""
    found = list(values)
    return True if True in found else None if None in found else False


def both(values: Iterable[Maybe]) -> Maybe:
    """Whether all of them are true."""
    found = list(values)
    return False if False in found else None if None in found else True


def opposite(value: Maybe) -> Maybe:
    """The other answer; what is open stays open."""
    return None if value is None else not value


def allowed(world: RawSet, asked: Asked, readings: Readings) -> Maybe:
    """Whether the documents allow the request."""
    gates: list[Maybe] = []
    if world.control is not None:
        levels = sorted({level for _, level in world.control})
        at = {level: [text for text, own in world.control if own == level] for level in levels}
        gates += [_gate(at[level], asked, readings) for level in levels] or [False]
    if world.session is not None:
        gates.append(_gate([world.session], asked, readings))
    gates.append(_identity(world, asked, readings))
    return both(gates)


def _gate(texts: list[str], asked: Asked, readings: Readings) -> Maybe:
    allows, denies = effects(texts, asked, readings)
    return both((allows, opposite(denies)))


def _identity(world: RawSet, asked: Asked, readings: Readings) -> Maybe:
    """The account scope's Allow or Deny ends the question; only where it is silent the group's scope is asked."""
    whole = [text for text, group in world.account if group is None]
    allows, denies = effects(whole, asked, readings)
    limited = [(text, group) for text, group in world.account if group is not None]
    there = _gate([text for text, group in limited if group == asked.group], asked, readings)
    if asked.group is None:
        # Nobody says which of the limited policies count; where none can allow, it is all the same.
        may_allow, _ = effects([text for text, _ in limited], asked, readings)
        there = False if may_allow is False else None
    return both((opposite(denies), either((allows, there))))


def effects(texts: Iterable[str], asked: Asked, readings: Readings) -> Effects:
    """Whether the statements of some documents allow, and whether they deny."""
    allows: list[Maybe] = []
    denies: list[Maybe] = []
    for text in texts:
        found = rows(text)
        if found is None:
            allows.append(None)
            denies.append(None)
        for row in found or ():
            _count(row.effect, applies(row, asked, readings), allows, denies)
    return either(allows), either(denies)


def _count(effect: str, answer: Maybe, allows: list[Maybe], denies: list[Maybe]) -> None:
    if effect:
        (allows if effect == "Allow" else denies).append(answer)
    elif answer is not False:
        allows.append(None)
        denies.append(None)


def applies(row: Row, asked: Asked, readings: Readings) -> Maybe:
    """Whether a permission statement is about the request."""
    action = _action(row, asked)
    if action is False:
        return False
    if row.odd or row.resources is None:
        return None
    resource = either(resource_fits(pattern, asked.resource, readings) for pattern in row.resources)
    return both((action, resource, _conditions(row, asked, readings)))


def _action(row: Row, asked: Asked) -> Maybe:
    if row.actions is None:
        return None
    fits = either(action_fits(pattern, asked.action) for pattern in row.actions)
    return opposite(fits) if row.negated else fits


def action_fits(pattern: str, action: str) -> Maybe:
    """Whether a pattern covers an action, whose case does not count."""
    if variable(pattern):
        return None if glob(widened(small(pattern)), small(action)) else False
    return glob(small(pattern), small(action))


def resource_fits(pattern: str, resource: str, readings: Readings) -> Maybe:
    """Whether a pattern covers a resource; an empty region of RAM is written either way."""
    if variable(pattern):
        wide = Readings(crosses_colon=True, case_counts=False)
        return None if resource_fits(widened(pattern), resource, wide) else False
    anywhere = "acs:ram:*:" + pattern[9:] if pattern.startswith("acs:ram::") else pattern
    names = {resource}
    if resource.startswith("acs:ram::"):
        names.add("acs:ram:*:" + resource[9:])
    if resource.startswith("acs:ram:*:"):
        names.add("acs:ram::" + resource[10:])
    crosses = readings.crosses_colon or not anywhere.strip("*")
    exactly = any(glob(anywhere, name, crosses=crosses) for name in names)
    loosely = any(glob(small(anywhere), small(name), crosses=crosses) for name in names)
    if exactly == loosely or readings.case_counts is None:
        return exactly if exactly == loosely else None
    return exactly if readings.case_counts else loosely


def variable(text: str) -> bool:
    """Whether `text` holds what other clouds call a policy variable."""
    return re.search(r"\$\{.*\}", text, re.DOTALL) is not None


def widened(text: str) -> str:
    """`text` with each variable written as `*`: it covers whatever a variable could stand for."""
    return re.sub(r"\$\{.*?\}", "*", text, flags=re.DOTALL)


def glob(pattern: str, text: str, *, crosses: bool = True) -> bool:
    """Whether `pattern` covers the whole of `text`; without `crosses`, wildcards stop at colons."""
    return _compiled(pattern, crosses).fullmatch(text) is not None


@lru_cache(maxsize=65_536)
def _compiled(pattern: str, crosses: bool) -> re.Pattern[str]:
    one = "." if crosses else "[^:]"
    words = {"*": f"{one}*", "?": one}
    return re.compile("".join(words.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def _conditions(row: Row, asked: Asked, readings: Readings) -> Maybe:
    return both([_met(demand, asked, readings) for demand in row.demands])


def _met(demand: Demand, asked: Asked, readings: Readings) -> Maybe:
    how = HOW.get(demand.operator)
    if how is None or not demand.values or kind_of(demand.key) not in {None, how.kind}:
        return None
    if demand.key not in asked.keys:
        return None
    given = asked.keys[demand.key]
    if given is None:
        return readings.negated_absent_met if how.negated else False
    return met(how, given, demand.values, readings)


def met(how: How, given: str, values: Iterable[str], readings: Readings) -> Maybe:
    """Whether one value that the request carries meets an operator's values."""
    held = [_holds(how, given, wanted) for wanted in values]
    if not how.negated:
        return either(held)
    none_of = opposite(either(held))
    not_one = either(opposite(one) for one in held)
    if none_of == not_one:
        return none_of
    if readings.negated_none_of is None:
        return None
    return none_of if readings.negated_none_of else not_one


def _holds(how: How, given: str, wanted: str) -> Maybe:
    match how.kind:
        case "text":
            return _text(how.test, given, wanted)
        case "ip":
            return _inside(given, wanted)
        case "bool":
            return (given == wanted) if {given, wanted} <= {"true", "false"} else None
        case "number":
            mine, theirs = number(given), number(wanted)
        case "date":
            mine, theirs = microseconds(given), microseconds(wanted)
    if mine is None or theirs is None:
        return None
    order = {"==": mine == theirs, "<": mine < theirs, "<=": mine <= theirs}
    return {**order, ">": mine > theirs, ">=": mine >= theirs}[how.test]


def _text(test: str, given: str, wanted: str) -> Maybe:
    if variable(wanted):
        pattern, text = (small(wanted), small(given)) if test == "==~" else (wanted, given)
        return None if glob(widened(pattern), text) else False
    if test == "like":
        return glob(wanted, given)
    return small(given) == small(wanted) if test == "==~" else given == wanted


def _inside(given: str, wanted: str) -> Maybe:
    single, wide = address(given), addresses(wanted)
    if single is None or wide is None:
        return None
    version, value = single
    if wide.holds(version, value):
        return None if wide.ragged else True
    if version == 4 and wide.holds(6, MAPPED << 32 | value):
        return None
    if version == 6 and value >> 32 == MAPPED and wide.holds(4, value & 0xFFFFFFFF):
        return None
    return False


def trusts(text: str | None, caller: Caller, asked: Asked, readings: Readings) -> Maybe:
    """Whether a trust policy lets `caller` assume the role `asked.resource`; no policy lets nobody in."""
    if text is None:
        return False
    found = rows(text, trust=True)
    if found is None:
        return None
    allows: list[Maybe] = []
    denies: list[Maybe] = []
    for row in found:
        _count(row.effect, _trust_applies(row, caller, asked, readings), allows, denies)
    return both((either(allows), opposite(either(denies))))


def _trust_applies(row: Row, caller: Caller, asked: Asked, readings: Readings) -> Maybe:
    action = _action(row, asked)
    if action is False:
        return False
    if row.odd or row.principals is None:
        return None
    named = either(names(kind, text, caller, role=asked.resource) for kind, text in row.principals)
    return both((action, _conditions(row, asked, readings), named))


def names(group: str, text: str, caller: Caller, *, role: str) -> Maybe:
    """Whether one principal means the caller."""
    if group not in {"RAM", "Service", "Federated", ""}:
        return None
    if group == "Service":
        return _service(text, caller, role=role)
    if "*" in text.removeprefix("acs:ram:*:") or "?" in text:
        return _anyone(group, text, caller)
    found = _NAMED.fullmatch(text)
    if found is None or not group:
        return None
    account, root, kind, name = found.groups()
    if root:
        return (caller.kind in _KINDS["RAM"] and caller.account == account) if group == "RAM" else None
    if kind not in _KINDS[group]:
        return None
    if (caller.kind, caller.account) != (kind, account):
        return False
    return _same(name, caller.name)


def _same(wanted: str, given: str) -> Maybe:
    return wanted == given or (None if small(wanted) == small(given) else False)


def _service(text: str, caller: Caller, *, role: str) -> Maybe:
    if "*" in text or "?" in text:
        spellings = (caller.name, f"{caller.account}@{caller.name}")
        hit = caller.kind == "service" and any(glob(small(text), small(each)) for each in spellings)
        return None if hit else False
    account, at, service = text.rpartition("@")
    if not service.endswith(".aliyuncs.com") or service == ".aliyuncs.com":
        return None
    if at and not _ACCOUNT.fullmatch(account):
        return None
    if caller.kind != "service":
        return False
    if at:
        return _same(service, caller.name) if caller.account == account else False
    same = _same(service, caller.name)
    stranger = caller.account not in {"", role.split(":")[3]}
    return None if same and stranger else same


def _anyone(group: str, text: str, caller: Caller) -> Maybe:
    own = (
        "Service"
        if caller.kind == "service"
        else next(g for g, kinds in _KINDS.items() if caller.kind in kinds)
    )
    if group and group != own:
        return False
    if caller.kind == "service":
        spellings = [caller.name, f"{caller.account}@{caller.name}"]
    else:
        spellings = [f"acs:ram::{caller.account}:{caller.kind}/{caller.name}"]
    if own == "RAM":
        spellings.append(f"acs:ram::{caller.account}:root")
    loosely = Readings(case_counts=False)
    return None if any(resource_fits(text, each, loosely) for each in spellings) else False
