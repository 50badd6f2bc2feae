"""Small worlds in which every request can be tried: few letters, few values, every statement that can be made of them.

A world holds statements and requests. The naive evaluator is asked once for each statement, request and reading;
policies of several statements are then compared on all the requests at once, as bits of a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from scanner.policy.assumptions import Assumption, Readings, all_readings
from tests.benchmarks.pairs import Body, text_of
from tests.oracle import naive
from tests.oracle.naive import Asked
from tests.oracle.rows import rows

HEAD: Final = "acs:s:r:1:"
KEY: Final = "ecs:key"
_NEGATED: Final = (Assumption.NEGATED_SEVERAL_VALUES, Assumption.NEGATED_ABSENT_KEY)
_NAMES: Final = (Assumption.WILDCARD_OVER_COLON, Assumption.RESOURCE_CASE)


class World:
    """Statements, requests, and which statement is about which request."""

    def __init__(
        self,
        statements: Sequence[Body],
        requests: Sequence[Asked],
        *questions: Assumption,
        complete: bool = False,
    ) -> None:
        self.statements = tuple(statements)
        self.requests = tuple(requests)
        self.readings = tuple(all_readings(questions))
        """Every reading of the open questions that matter here."""
        self.complete = complete
        """Whether what is not seen on these requests is not so on any."""
        self.one_way = all("Condition" not in statement for statement in self.statements)
        """Whether requests differ by action and resource alone, so that there is one way to be new."""
        self._bits: dict[tuple[int, Readings], int] = {}

    def applies(self, at: int, readings: Readings) -> int:
        """The requests that a statement is about; bit i is `requests[i]`."""
        if (at, readings) not in self._bits:
            found = rows(text_of([self.statements[at]]))
            assert found is not None
            answers = [naive.applies(found[0], asked, readings) for asked in self.requests]
            assert None not in answers, self.statements[at]
            self._bits[at, readings] = sum(1 << i for i, answer in enumerate(answers) if answer)
        return self._bits[at, readings]

    def allowed(self, policy: Sequence[int], readings: Readings) -> int:
        """The requests that a policy of these statements allows."""
        allows = denies = 0
        for at in policy:
            if self.statements[at]["Effect"] == "Allow":
                allows |= self.applies(at, readings)
            else:
                denies |= self.applies(at, readings)
        return allows & ~denies

    def new(self, new: Sequence[int], old: Sequence[int]) -> Mapping[Readings, int]:
        """The requests that `new` allows and `old` does not, for each reading."""
        return {each: self.allowed(new, each) & ~self.allowed(old, each) for each in self.readings}

    def text(self, policy: Sequence[int]) -> str:
        """A policy of these statements."""
        return text_of([self.statements[at] for at in policy])

    def named(self, bits: int) -> Iterator[Asked]:
        """The requests of a number."""
        return (asked for i, asked in enumerate(self.requests) if bits >> i & 1)


def _words(alphabet: str, longest: int) -> list[str]:
    """Every text over the letters, shortest first, without the empty one."""
    return ["".join(letters) for n in range(1, longest + 1) for letters in product(alphabet, repeat=n)]


def _statement(effect: str, action: str, resource: str, **more: object) -> Body:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def _both_effects(bodies: Sequence[Body]) -> list[Body]:
    return [{**body, "Effect": effect} for effect in ("Allow", "Deny") for body in bodies]


def identities() -> World:
    """Ids of up to five of three letters, against every pattern of up to three; `c` is in no pattern."""
    patterns = _words("ab*?", 3)
    statements = _both_effects([_statement("Allow", "s:n", HEAD + pattern) for pattern in patterns])
    requests = [Asked(action="s:n", resource=HEAD + word) for word in _words("abc", 5)]
    return World(statements, requests, complete=True)


def whole_names() -> World:
    """Names with every part short, against patterns that may cross the colons between them."""
    patterns = [
        "*",
        "**",
        "?",
        "*a",
        "*:a",
        "a*",
        "acs:*",
        "acs:*a",
        "acs:*:a",
        "acs:s:*",
        "acs:s:*:a",
        "acs:?:*:a",
        "acs:s:*:*:a",
        "acs:s:*:*:*",
        "acs:*:*:*:a*",
        "acs:s:?:1:?",
        "acs:s:r?1:a",
        "acs:s?*:b",
        "acs:ram::1:a",
        "acs:ram:*:1:*",
        "acs:ram:?:1:a",
        "acs:r*:a",
        "ACS:s:r:1:a",
        "acs:s:r:1:A",
        "acs:S:*:1:a",
        "acs:s:r:1:a:b",
    ]
    statements = _both_effects([_statement("Allow", "s:n", pattern) for pattern in patterns])
    parts = product(("s", "S", "t", "ram"), ("", "r", "q"), ("1", "2"), ("a", "b", "A", "ab", "c"))
    names = [f"acs:{':'.join(each)}" for each in parts]
    return World(statements, [Asked(action="s:n", resource=name) for name in ("*", *names)], *_NAMES)


def actions() -> World:
    """Actions of two services against patterns, listed and excluded; case does not count."""
    patterns = [
        "*",
        "s:*",
        "S:A",
        "s:a",
        "s:?",
        "?:a",
        "*a",
        "s:a*",
        "*:*b",
        "s:ab",
        "*s:*",
        "t:?b",
        "s*",
        "??*",
        "*:a?*",
    ]
    names = [f"{service}:{name}" for service in ("s", "t", "ss", "u") for name in _words("abc", 3)]
    element = [
        {"Effect": "Allow", which: p, "Resource": "*"} for which in ("Action", "NotAction") for p in patterns
    ]
    several = [{"Effect": "Allow", "NotAction": ["s:a", "t:*"], "Resource": "*"}]
    return World(_both_effects([*element, *several]), [Asked(action=name, resource="*") for name in names])


_FAMILIES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    "text": (
        (
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ),
        ("a", "A", "a*", "?", "b"),
        ("a", "A", "b", "B", "c", "ab", "aB", "cc", "a*", "A*", "?"),
    ),
    "number": (
        tuple(f"Numeric{o}" for o in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan")),
        ("1", "1.0", "2", "3"),
        ("0", "1", "1.5", "2", "2.5", "3", "4"),
    ),
    "date": (
        tuple(f"Date{o}" for o in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThanEquals")),
        ("2026-01-01T00:00:00Z", "2026-01-01T08:00:00+08:00", "2026-01-02T00:00:00Z"),
        (
            "2025-01-01T00:00:00Z",
            *(f"2026-01-0{day}T{hour}:00:00Z" for day in (1, 2) for hour in ("00", "12")),
        ),
    ),
    "ip": (
        ("IpAddress", "NotIpAddress"),
        ("10.0.0.0/8", "10.0.0.0/31", "10.0.0.1", "192.168.0.0/16", "2001:db8::/32", "2001:db8::1"),
        (
            "10.0.0.0",
            "10.0.0.1",
            "10.0.0.2",
            "192.168.0.1",
            "11.0.0.0",
            "2001:db8::1",
            "2001:db8::2",
            "2002::1",
        ),
    ),
    "bool": (("Bool",), ("true", "false"), ("true", "false")),
}
"""Operators, values of policies, values of requests."""


def conditions(family: str) -> World:
    """One key of a family, under every operator, with one value and with two; the request may not carry it."""
    operators, wanted, given = _FAMILIES[family]
    values: list[str | list[str]] = [*wanted, *([a, b] for a, b in product(wanted, repeat=2) if a < b)]
    made = [{"Condition": {op: {KEY: each}}} for op in operators for each in values]
    statements = _both_effects(
        [_statement("Allow", "s:n", "*"), *(_statement("Allow", "s:n", "*", **c) for c in made)]
    )
    requests = [Asked(action="s:n", resource="*", keys={KEY: value}) for value in (naive.ABSENT, *given)]
    return World(statements, requests, *_NEGATED, complete=True)


def mixed() -> World:
    """A little of everything: two actions, three resources, two keys."""
    elements = product(("s:a", "s:*"), (HEAD + "a*", HEAD + "*b", "*"))
    demands: list[Body] = [
        {},
        {"Condition": {"Bool": {"acs:MFAPresent": "true"}}},
        {"Condition": {"StringNotEquals": {KEY: ["a", "b"]}}},
        {"Condition": {"StringLike": {KEY: "a*"}, "Bool": {"acs:MFAPresent": "false"}}},
    ]
    bodies = [_statement("Allow", act, res, **more) for (act, res), more in product(elements, demands)]
    keys = [
        {KEY: text, "acs:mfapresent": flag}
        for text, flag in product((naive.ABSENT, "a", "b", "c", "ax"), (naive.ABSENT, "true", "false"))
    ]
    names = ("*", *(HEAD + word for word in _words("abc", 2)))
    requests = [Asked(action=a, resource=r, keys=k) for a, r, k in product(("s:a", "s:b"), names, keys)]
    return World(_both_effects(bodies), requests, *_NEGATED)


WORLDS: Final[dict[str, World]] = {
    "identities": identities(),
    "whole names": whole_names(),
    "actions": actions(),
    "mixed": mixed(),
    **{f"conditions on a {family}": conditions(family) for family in _FAMILIES},
}
"""Every world by its name."""
