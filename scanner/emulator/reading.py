"""The local cloud's own plain reading of one policy document.

It tells whether a statement speaks about a request, as literally as the vendor's pages put it. It
shares nothing with `scanner.policy` on purpose: where the two differ, one of them is wrong. How
several documents add up is decided in `authorize`.

Where the vendor says nothing, this reading takes one side, and it is inferred: a negated operator
with several values means "none of them"; a key that the request lacks makes a positive operator
false and a negated one true; `*` runs across `:` and `/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from ipaddress import ip_address, ip_network
from string import ascii_lowercase, ascii_uppercase
from typing import Final, TypeAlias

Context: TypeAlias = Mapping[str, str]
"""Condition keys in lower case, and the values that the request has for them."""


_SMALL: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


class MalformedDocumentError(ValueError):
    """The text is no policy document; the message says where it goes wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, its lists made uniform."""

    allow: bool
    actions: tuple[str, ...]
    all_but_actions: bool
    """Whether `actions` came as NotAction."""
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    """Kind (`RAM`, `Service`, `Federated`, or `*`) and value."""
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Operator, key in lower case, values."""


@lru_cache(maxsize=5_000)
def read(document: str) -> tuple[Statement, ...]:
    """The statements of `document`.

    Raises:
        MalformedDocumentError: it is not a policy document.
    """
    try:
        whole = json.loads(document)
    except (ValueError, RecursionError) as problem:
        raise MalformedDocumentError("the text is not JSON") from problem
    if not isinstance(whole, dict) or whole.get("Version") != "1":
        raise MalformedDocumentError('Version must be "1"')
    statements = whole.get("Statement")
    if not isinstance(statements, list) or not statements:
        raise MalformedDocumentError("Statement must be a list that is not empty")
    return tuple(_statement(entry) for entry in statements)


def _statement(entry: object) -> Statement:
    if not isinstance(entry, dict):
        raise MalformedDocumentError("a statement must be an object")
    if entry.get("Effect") not in {"Allow", "Deny"}:
        raise MalformedDocumentError("Effect must be Allow or Deny")
    if ("Action" in entry) == ("NotAction" in entry):
        raise MalformedDocumentError("a statement needs either Action or NotAction")
    return Statement(
        allow=entry["Effect"] == "Allow",
        actions=tuple(_small(word) for word in _texts(entry.get("Action", entry.get("NotAction")))),
        all_but_actions="NotAction" in entry,
        resources=_texts(entry["Resource"]) if "Resource" in entry else (),
        principals=_principals(entry.get("Principal")),
        conditions=_conditions(entry.get("Condition", {})),
    )


def _small(word: str) -> str:
    """`word` with A to Z made small. Actions are ASCII, so that no other letter may become one of theirs."""
    return word.translate(_SMALL)


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(text, str) for text in listed):
        raise MalformedDocumentError("a text or a list of texts is due")
    return tuple(str(text) for text in listed)


def _principals(value: object) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (("*", value),)
    if not isinstance(value, dict):
        raise MalformedDocumentError("Principal must be an object")
    return tuple((str(kind), text) for kind, listed in value.items() for text in _texts(listed))


def _conditions(value: object) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise MalformedDocumentError("Condition must be an object")
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for operator, keys in value.items():
        if operator not in OPERATORS:
            raise MalformedDocumentError("a condition operator is unknown")
        if not isinstance(keys, dict):
            raise MalformedDocumentError("a condition operator needs an object of keys")
        found.extend((str(operator), str(key).lower(), _texts(values)) for key, values in keys.items())
    return tuple(found)


@lru_cache(maxsize=20_000)
def _glob(pattern: str) -> re.Pattern[str]:
    # Each literal piece is taken at its first place and never given back, so a hostile pattern
    # cannot make the search try all ways to place the pieces.
    first, *rest = (re.escape(piece).replace(r"\?", ".") for piece in pattern.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def glob(pattern: str, text: str) -> bool:
    """Whether `text` as a whole fits `pattern`, where `*` is any run of characters and `?` is one."""
    return pattern in {"*", text} or _glob(pattern).fullmatch(text) is not None


def with_region(arn: str) -> str:
    """`arn` with `*` in place of RAM's empty region: it is a global service, and both mean the same."""
    return f"acs:ram:*:{arn[len('acs:ram::') :]}" if arn.startswith("acs:ram::") else arn


def speaks(statement: Statement, *, action: str, resource: str | None, context: Context) -> bool:
    """Whether `statement` is about this request. A trust policy has no `resource`."""
    named = any(glob(pattern, _small(action)) for pattern in statement.actions)
    if named == statement.all_but_actions:
        return False
    if resource is not None and not any(_is_about(pattern, resource) for pattern in statement.resources):
        return False
    return all(_holds(operator, context.get(key), values) for operator, key, values in statement.conditions)


def _is_about(pattern: str, resource: str) -> bool:
    """Whether `pattern` fits `resource`, with the region of a RAM resource written either way."""
    anywhere = with_region(resource)
    spellings = {resource, anywhere, anywhere.replace("acs:ram:*:", "acs:ram::", 1)}
    return any(glob(with_region(pattern), spelling) for spelling in spellings)


def _holds(operator: str, actual: str | None, wanted: tuple[str, ...]) -> bool:
    compare = OPERATORS[operator]
    negated = operator in NEGATED
    if actual is None:
        return negated
    return negated != any(compare(actual, value) for value in wanted)


def _number(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[str, str], bool]:
    def judge(actual: str, wanted: str) -> bool:
        try:
            return compare(Decimal(actual), Decimal(wanted))
        except InvalidOperation:
            return False

    return judge


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    def judge(actual: str, wanted: str) -> bool:
        try:
            return compare(_moment(actual), _moment(wanted))
        except ValueError:
            return False

    return judge


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_network(actual: str, wanted: str) -> bool:
    try:
        return ip_address(actual) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _same(actual: str, wanted: str) -> bool:
    return actual == wanted


def _same_ignoring_case(actual: str, wanted: str) -> bool:
    return actual.lower() == wanted.lower()


def _like(actual: str, wanted: str) -> bool:
    return glob(wanted, actual)


# A negated operator holds the comparison that it negates.
OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": _same,
    "StringNotEquals": _same,
    "StringEqualsIgnoreCase": _same_ignoring_case,
    "StringNotEqualsIgnoreCase": _same_ignoring_case,
    "StringLike": _like,
    "StringNotLike": _like,
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericNotEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
    "DateEquals": _date(lambda a, b: a == b),
    "DateNotEquals": _date(lambda a, b: a == b),
    "DateLessThan": _date(lambda a, b: a < b),
    "DateLessThanEquals": _date(lambda a, b: a <= b),
    "DateGreaterThan": _date(lambda a, b: a > b),
    "DateGreaterThanEquals": _date(lambda a, b: a >= b),
    "Bool": _same_ignoring_case,
    "IpAddress": _in_network,
    "NotIpAddress": _in_network,
}
NEGATED: Final = frozenset(name for name in OPERATORS if "Not" in name)
