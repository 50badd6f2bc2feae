"""Whether a resource pattern can name anything of the forms on which actions are asked.

A form is a resource name of the catalogue, such as `acs:mq:{region}:{account}:{instance}%{topic}`. Its
placeholders stand for one name each, so a pattern without `topic/` in the right place never meets
a topic, however many there are. Region and account are not looked at here.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from scanner.policy.catalogue import Known, RamAction, catalogue, find
from scanner.policy.pattern import fold, is_pattern, matches

PARTS: Final = 5
"""The parts of a resource name: `acs`, service, region, account and relative id."""
LONGEST: Final = 512
"""Longer patterns are taken to meet any form; no resource has a name so long."""

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_NEVER_INSIDE: Final = {"instance": "%/:"}
"""Characters that the name of an instance never has; other names may hold a `%`."""
_NEVER_INSIDE_OTHERS: Final = "/:"
_WRITTEN: Final = {"region": "*", "account": "*"}


class _Some:
    """One character of a placeholder, or any number of them."""

    __slots__ = ("any_number", "never")

    def __init__(self, never: str, *, any_number: bool) -> None:
        self.never = never
        self.any_number = any_number


_Token = str | _Some


def parts_of(name: str) -> list[str]:
    """The parts of a resource name, colons of the relative id kept; fewer than `PARTS` when it has fewer."""
    return name.split(":", PARTS - 1)


def example_of(form: str) -> str:
    """The form as one writes it: `acs:rocketmq:*:*:instance/INSTANCE`."""
    return _PLACEHOLDER.sub(lambda found: _WRITTEN.get(found[1], found[1].upper()), form)


def says_where(entry: RamAction) -> bool:
    """Whether the entry's resource names are known, and not only guessed to be of its service."""
    return entry.evidence is Known.DOCUMENTED or not any(form.endswith(":*") for form in entry.arn_forms)


@cache
def forms_of_service(service: str) -> tuple[str, ...]:
    """Every known form of one service's resources."""
    every = (form for entry in catalogue() if says_where(entry) for form in entry.arn_forms)
    return tuple(dict.fromkeys(form for form in every if parts_of(form)[1] == service))


def forms_of_action(action: str) -> tuple[str, ...]:
    """The forms that one action is asked on; empty where that is not known for each of its operations."""
    entries = find(action)
    if not all(map(says_where, entries)):
        return ()
    return tuple(dict.fromkeys(form for entry in entries for form in entry.arn_forms))


@lru_cache(maxsize=65_536)
def meets(pattern: str, form: str, *, ignore_case: bool = False) -> bool:
    """Whether some resource of `form` is covered by `pattern`."""
    if ignore_case:
        pattern, form = fold(pattern), fold(form)
    mould = parts_of(form)
    parts = parts_of(pattern)
    if len(parts) < PARTS:
        start = re.split(r"[*?]", pattern, maxsplit=1)[0]
        head = f"acs:{mould[1]}:"
        return is_pattern(pattern) and (head.startswith(start) or start.startswith(head))
    if not matches(parts[0], "acs") or not matches(parts[1], mould[1]):
        return False
    return len(pattern) > LONGEST or _walk(parts[-1], _tokens(mould[-1]))


@cache
def _tokens(relative: str) -> tuple[_Token, ...]:
    tokens: list[_Token] = []
    at = 0
    for found in _PLACEHOLDER.finditer(relative):
        never = _NEVER_INSIDE.get(found[1], _NEVER_INSIDE_OTHERS)
        tokens += relative[at : found.start()]
        tokens += (_Some(never, any_number=False), _Some(never, any_number=True))
        at = found.end()
    return (*tokens, *relative[at:])


def _walk(pattern: str, tokens: tuple[_Token, ...]) -> bool:
    """Whether pattern and tokens can be gone through together, one common character at a time."""
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        i, j = waiting.pop()
        if i == len(pattern) and j == len(tokens):
            return True
        fresh = _steps(pattern, tokens, i, j) - reached
        reached |= fresh
        waiting += fresh
    return False


def _steps(pattern: str, tokens: tuple[_Token, ...], i: int, j: int) -> set[tuple[int, int]]:
    letter = pattern[i : i + 1]
    token = tokens[j] if j < len(tokens) else None
    steps: set[tuple[int, int]] = set()
    many = isinstance(token, _Some) and token.any_number
    if many:
        steps.add((i, j + 1))
    if letter == "*":
        steps.add((i + 1, j))
        if token is not None:
            steps.add((i, j + 1))
    elif letter and token is not None and _fits(letter, token):
        steps.add((i + 1, j if many else j + 1))
    return steps


def _fits(letter: str, token: _Token) -> bool:
    if letter == "?":
        return True
    return letter not in token.never if isinstance(token, _Some) else letter == token
