"""What the documents say about condition operators, keys and the forms of values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, Literal

Kind = Literal["text", "number", "date", "bool", "ip"]
MAPPED: Final = 0xFFFF
"""What stands above the low 32 bits of an IPv4 address written as an IPv6 one."""
LAST_MOMENT: Final = (datetime.max.replace(tzinfo=UTC) - datetime.min.replace(tzinfo=UTC)) // timedelta(
    microseconds=1
)
"""The end of the year 9999 in microseconds from the first moment."""

_ORDER: Final = {
    "Equals": ("==", False),
    "NotEquals": ("==", True),
    "LessThan": ("<", False),
    "LessThanEquals": ("<=", False),
    "GreaterThan": (">", False),
    "GreaterThanEquals": (">=", False),
}


@dataclass(frozen=True, slots=True)
class How:
    """A documented operator: what its values are, how two are held together, and whether it is negated."""

    kind: Kind
    test: str
    negated: bool


HOW: Final[dict[str, How]] = {
    "StringEquals": How("text", "==", negated=False),
    "StringNotEquals": How("text", "==", negated=True),
    "StringEqualsIgnoreCase": How("text", "==~", negated=False),
    "StringNotEqualsIgnoreCase": How("text", "==~", negated=True),
    "StringLike": How("text", "like", negated=False),
    "StringNotLike": How("text", "like", negated=True),
    "Bool": How("bool", "==", negated=False),
    "IpAddress": How("ip", "in", negated=False),
    "NotIpAddress": How("ip", "in", negated=True),
    **{f"Numeric{name}": How("number", test, negated=no) for name, (test, no) in _ORDER.items()},
    **{f"Date{name}": How("date", test, negated=no) for name, (test, no) in _ORDER.items()},
}

KINDS: Final[dict[str, Kind]] = {
    "acs:currenttime": "date",
    "acs:securetransport": "bool",
    "acs:mfapresent": "bool",
    "acs:sourceip": "ip",
    "acs:vpcsourceip": "ip",
    "acs:principalarn": "text",
    "acs:principalrdid": "text",
    "acs:principalrdpath": "text",
    "acs:sourcevpc": "text",
    "acs:resourcegroupid": "text",
    "acs:useragent": "text",
    "acs:accessid": "text",
    "ram:servicename": "text",
    "sts:externalid": "text",
    "sts:sourceidentity": "text",
    "saml:recipient": "text",
    "oidc:iss": "text",
    "oidc:aud": "text",
    "oidc:sub": "text",
}
"""The documented keys in small letters, and what their values are."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_DATE: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)


def kind_of(key: str) -> Kind | None:
    """What the values of a documented key are; `key` in small letters."""
    if key.startswith(("acs:resourcetag/", "acs:requesttag/")):
        return "text"
    return KINDS.get(key)


@lru_cache(maxsize=65_536)
def number(text: str) -> Fraction | None:
    """The number that `text` writes."""
    return Fraction(text) if _NUMBER.fullmatch(text) and len(text) <= 64 else None


@lru_cache(maxsize=65_536)
def microseconds(text: str) -> Fraction | None:
    """The moment that `text` writes, as microseconds from a fixed moment."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, part, sign, hours, minutes = found.groups()
    micro = int((part or "0").ljust(6, "0"))
    try:
        there = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro, tzinfo=UTC
        )
    except ValueError:
        return None
    since = there - datetime(1, 1, 1, tzinfo=UTC)
    if sign:
        if int(hours) > 23 or int(minutes) > 59:
            return None
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        since += -offset if sign == "+" else offset
    return Fraction(since // timedelta(microseconds=1))


def moment(since: int) -> str:
    """The moment so many microseconds after the first one, as a policy writes it."""
    return (datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=since)).isoformat()


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses of one version from `first` to `last`; `ragged` where bits after the prefix are set."""

    version: int
    first: int
    last: int
    ragged: bool = False

    def holds(self, version: int, address: int) -> bool:
        """Whether the address is in the range."""
        return version == self.version and self.first <= address <= self.last


@lru_cache(maxsize=65_536)
def addresses(text: str) -> Range | None:
    """The addresses that `text` writes, as one address or as address and prefix length."""
    head, slash, length = text.partition("/")
    single = address(head)
    if single is None or (slash and not re.fullmatch(r"[0-9]{1,3}", length)):
        return None
    version, value = single
    bits = 32 if version == 4 else 128
    kept = int(length) if slash else bits
    if kept > bits:
        return None
    size = 1 << (bits - kept)
    first = value // size * size
    return Range(version, first, first + size - 1, ragged=value != first)


def address(text: str) -> tuple[int, int] | None:
    """Version and number of one address."""
    if "%" in text:
        return None
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.version, int(found)
