"""The condition operators and the general condition keys that the vendor documents.

See https://www.alibabacloud.com/help/en/ram/user-guide/policy-elements. Set operators
(`ForAnyValue:`), `...IfExists`, `Null`, ARN and binary operators are in no document, so they are
not here: a condition that uses one is not understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from scanner.policy.pattern import fold


class Family(Enum):
    """What an operator takes its values to be."""

    STRING = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "boolean"
    IP = "IP address"


class Test(Enum):
    """How one value of the request is held against one value of the policy."""

    EQUAL = "equal"
    EQUAL_IGNORING_CASE = "equal ignoring case"
    LIKE = "like"
    LESS = "less"
    LESS_OR_EQUAL = "less or equal"
    GREATER = "greater"
    GREATER_OR_EQUAL = "greater or equal"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Operator:
    """One documented operator."""

    name: str
    family: Family
    test: Test
    negated: bool = False


def _ordered(prefix: str, family: Family) -> tuple[Operator, ...]:
    return (
        Operator(f"{prefix}Equals", family, Test.EQUAL),
        Operator(f"{prefix}NotEquals", family, Test.EQUAL, negated=True),
        Operator(f"{prefix}LessThan", family, Test.LESS),
        Operator(f"{prefix}LessThanEquals", family, Test.LESS_OR_EQUAL),
        Operator(f"{prefix}GreaterThan", family, Test.GREATER),
        Operator(f"{prefix}GreaterThanEquals", family, Test.GREATER_OR_EQUAL),
    )


_ALL: Final = (
    Operator("StringEquals", Family.STRING, Test.EQUAL),
    Operator("StringNotEquals", Family.STRING, Test.EQUAL, negated=True),
    Operator("StringEqualsIgnoreCase", Family.STRING, Test.EQUAL_IGNORING_CASE),
    Operator("StringNotEqualsIgnoreCase", Family.STRING, Test.EQUAL_IGNORING_CASE, negated=True),
    Operator("StringLike", Family.STRING, Test.LIKE),
    Operator("StringNotLike", Family.STRING, Test.LIKE, negated=True),
    *_ordered("Numeric", Family.NUMBER),
    *_ordered("Date", Family.DATE),
    Operator("Bool", Family.BOOL, Test.EQUAL),
    Operator("IpAddress", Family.IP, Test.INSIDE),
    Operator("NotIpAddress", Family.IP, Test.INSIDE, negated=True),
)

OPERATORS: Final = {operator.name: operator for operator in _ALL}
"""Every documented operator by its exact name."""

GENERAL_KEYS: Final = {
    "acs:CurrentTime": Family.DATE,
    "acs:SecureTransport": Family.BOOL,
    "acs:SourceIp": Family.IP,
    "acs:VpcSourceIp": Family.IP,
    "acs:MFAPresent": Family.BOOL,
    "acs:PrincipalARN": Family.STRING,
    "acs:PrincipalRDId": Family.STRING,
    "acs:PrincipalRDPath": Family.STRING,
    "acs:SourceVpc": Family.STRING,
    "acs:ResourceGroupId": Family.STRING,
    "acs:UserAgent": Family.STRING,
    "acs:AccessId": Family.STRING,
    "ram:ServiceName": Family.STRING,
    "sts:ExternalId": Family.STRING,
    "sts:SourceIdentity": Family.STRING,
    "saml:recipient": Family.STRING,
    "oidc:iss": Family.STRING,
    "oidc:aud": Family.STRING,
    "oidc:sub": Family.STRING,
}
"""Documented keys with the spelling of the documents and what their values are."""

TAG_KEYS: Final = ("acs:ResourceTag/", "acs:RequestTag/")
"""The keys that a tag's name follows; their values are text."""

OTHER_SPELLINGS: Final = frozenset({"acs:PrincipalArn"})
"""Spellings that the vendor's own documents and code use beside the one in `GENERAL_KEYS`."""

_SPELLINGS: Final = {fold(key): key for key in GENERAL_KEYS}


def spelling(key: str) -> str | None:
    """The documented spelling of a general key, or None for a key that is not in the documents."""
    folded = fold(key)
    for prefix in TAG_KEYS:
        if folded.startswith(fold(prefix)):
            return prefix + key[len(prefix) :]
    return _SPELLINGS.get(folded)


def family_of(key: str) -> Family | None:
    """What a general key's values are; None for other keys, such as those of one service."""
    known = spelling(key)
    if known is None:
        return None
    return GENERAL_KEYS.get(known, Family.STRING)
