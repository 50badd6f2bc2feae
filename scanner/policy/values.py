"""Hold one value of a request against one value of a condition.

Values are texts on both sides. A text that does not have the form its operator's family is
documented with makes the comparison UNKNOWN: what the service does then is not documented.
No result carries a value, because a value may be an external id.
"""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias, TypeVar

from scanner.policy.decision import Truth
from scanner.policy.operators import Family, Operator, Test
from scanner.policy.pattern import fold, has_variable, matches, without_variables
from scanner.policy.truth import truth_of

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

LONGEST_NUMBER: Final = 64
"""Longer numbers are not read; no documented key has any near it."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_PREFIX: Final = re.compile(r"[0-9]{1,3}")
_BOOLS: Final = {"true": True, "false": False}

_Ordered = TypeVar("_Ordered", Fraction, datetime, bool)


def holds(how: Operator, *, given: str, wanted: str) -> Truth:
    """Whether the request's `given` meets the policy's `wanted`, before any negation."""
    match how.family:
        case Family.STRING:
            return _text_holds(how.test, given, wanted)
        case Family.NUMBER:
            return _order_holds(how.test, number(given), number(wanted))
        case Family.DATE:
            return _order_holds(how.test, moment(given), moment(wanted))
        case Family.BOOL:
            return _order_holds(how.test, _BOOLS.get(given), _BOOLS.get(wanted))
        case Family.IP:
            return _inside(address(given), network(wanted), wanted)


def readable(family: Family, wanted: str) -> bool:
    """Whether a policy's value has the form that its family is documented with."""
    match family:
        case Family.STRING:
            return True
        case Family.NUMBER:
            return number(wanted) is not None
        case Family.DATE:
            return moment(wanted) is not None
        case Family.BOOL:
            return wanted in _BOOLS
        case Family.IP:
            return network(wanted) is not None


def has_host_bits(wanted: str) -> bool:
    """Whether a readable range names an address inside itself, as in `10.0.0.1/8`."""
    inside = network(wanted)
    return inside is not None and address(wanted.partition("/")[0]) != inside.network_address


@lru_cache(maxsize=4_096)
def number(text: str) -> Fraction | None:
    """The number, whole or with a decimal point, that `text` writes."""
    if len(text) > LONGEST_NUMBER or _NUMBER.fullmatch(text) is None:
        return None
    return Fraction(text)


@lru_cache(maxsize=4_096)
def moment(text: str) -> datetime | None:
    """The moment that `text` writes with its offset; one without offset is not documented."""
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=4_096)
def address(text: str) -> Address | None:
    """The IP address that `text` writes."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


@lru_cache(maxsize=4_096)
def network(text: str) -> Network | None:
    """The address or range that `text` writes, bits after the prefix cleared."""
    _, slash, prefix = text.partition("/")
    if "%" in text or (slash and _PREFIX.fullmatch(prefix) is None):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _text_holds(test: Test, given: str, wanted: str) -> Truth:
    if has_variable(wanted):
        # Variables are not documented: read as one, the text may be anything there.
        possible = matches(without_variables(wanted), given, ignore_case=test is Test.EQUAL_IGNORING_CASE)
        return Truth.UNKNOWN if possible else Truth.FALSE
    match test:
        case Test.LIKE:
            return truth_of(matches(wanted, given))
        case Test.EQUAL_IGNORING_CASE:
            return _same_ignoring_case(given, wanted)
        case _:
            return truth_of(given == wanted)


def _same_ignoring_case(given: str, wanted: str) -> Truth:
    """Equality without case; which letters beyond A to Z have one is not documented."""
    if fold(given) == fold(wanted):
        return Truth.TRUE
    return Truth.UNKNOWN if given.casefold() == wanted.casefold() else Truth.FALSE


def _order_holds(test: Test, given: _Ordered | None, wanted: _Ordered | None) -> Truth:
    if given is None or wanted is None:
        return Truth.UNKNOWN
    match test:
        case Test.LESS:
            return truth_of(given < wanted)
        case Test.LESS_OR_EQUAL:
            return truth_of(given <= wanted)
        case Test.GREATER:
            return truth_of(given > wanted)
        case Test.GREATER_OR_EQUAL:
            return truth_of(given >= wanted)
        case _:
            return truth_of(given == wanted)


def _inside(given: Address | None, wanted: Network | None, written: str) -> Truth:
    if given is None or wanted is None:
        return Truth.UNKNOWN
    if given.version == wanted.version:
        inside = given in wanted
        # Whether a range with host bits set is cleared or refused is not documented.
        return Truth.UNKNOWN if inside and has_host_bits(written) else truth_of(inside)
    # Whether an IPv4 address written as an IPv6 one counts as itself is not documented.
    return Truth.UNKNOWN if _inside_as_ipv6(given, wanted) else Truth.FALSE


def _inside_as_ipv6(given: Address, wanted: Network) -> bool:
    if isinstance(given, IPv6Address):
        return given.ipv4_mapped is not None and given.ipv4_mapped in wanted
    return IPv6Address(f"::ffff:{given}") in wanted
