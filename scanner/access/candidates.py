"""Names of resources that do not exist yet and that a pattern would catch.

A grant counts for what may be created later as well as for what is there. A made-up name keeps
what the pattern fixes and says `some-…` wherever the pattern leaves the choice, so a Deny that
still catches it catches nearly everything that the pattern does. Whether the request
would be allowed is decided elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations_with_replacement, islice
from typing import Final

from scanner.model.ids import Arn
from scanner.policy.pattern import ResourceMatch, matches, resource_matches

PLACEHOLDERS: Final = ("region", "account", "instance", "topic", "group", "role", "user", "policy")
"""What a resource name of the catalogue leaves open."""

_SPLITS: Final = 60
"""How many ways to lay a pattern over the parts of a name are tried at most."""
_PARTS: Final = 4
"""Colons before the relative id of a resource name."""


def made_up(form: str, *, account: str) -> str:
    """A resource of `form` that nobody has named: `acs:mq:some-region:…:some-instance%some-topic`."""
    text = form.replace("{account}", account)
    for name in PLACEHOLDERS:
        text = text.replace(f"{{{name}}}", f"some-{name}")
    return text


@lru_cache(maxsize=65_536)
def resource_to_come(pattern: str, form: str, *, account: str) -> str | None:
    """A resource of `form` in `account` that `pattern` catches, or None when it catches none."""
    fresh = made_up(form, account=account)
    if resource_matches(pattern, fresh) is not ResourceMatch.NO:
        return fresh
    mould = Arn.parse(form)
    assert mould is not None, "the forms of the catalogue are resource names"
    for split in _splits(pattern, _PARTS, ":"):
        found = _by_parts(split.split(":", _PARTS), mould, account)
        if found is not None and resource_matches(pattern, found) is not ResourceMatch.NO:
            return found
    return None


def _by_parts(parts: list[str], mould: Arn, account: str) -> str | None:
    """A name of the mould that the parts of a pattern catch, one by one."""
    scheme, service, region, owned_by, relative = parts
    owner = account if mould.account == "{account}" else mould.account
    if not matches(scheme, "acs") or not matches(service, mould.service) or not matches(owned_by, owner):
        return None
    found = _relative(relative, mould)
    if found is None:
        return None
    return str(
        Arn(service=mould.service, region=_filled(region, mould.region), account=owner, relative=found)
    )


def _relative(pattern: str, mould: Arn) -> str | None:
    """A relative id of the mould that `pattern` catches; names inside it never hold its separator."""
    separator = "%" if mould.service == "mq" else "/"
    moulds = mould.relative.split(separator)
    for split in _splits(pattern, len(moulds) - 1, separator):
        pieces = [_filled(*pair) for pair in zip(split.split(separator), moulds, strict=True)]
        text = separator.join(pieces)
        if all(pieces) and matches(pattern, text, ignore_case=True):
            return text
    return None


def _filled(piece: str, mould: str) -> str:
    """One piece of a name: the mould's own text, or what the pattern asks for in its place."""
    if not mould.startswith("{"):
        return mould
    fresh = made_up(mould, account="")
    return fresh if matches(piece, fresh) else piece.replace("*", fresh).replace("?", "x")


def _splits(pattern: str, count: int, separator: str) -> Iterator[str]:
    """The ways to read `pattern` with `count` separators, those missing coming out of its wildcards."""
    missing = count - pattern.count(separator)
    if missing < 0:
        return
    # A later wildcard comes first: patterns mostly end in the one that stands for the rest.
    wild = [at for at in reversed(range(len(pattern))) if pattern[at] in "*?"]
    for chosen in islice(combinations_with_replacement(wild, missing), _SPLITS):
        times = Counter(chosen)
        if all(count == 1 or pattern[at] == "*" for at, count in times.items()):
            yield _widened(pattern, times, separator)


def _widened(pattern: str, times: Mapping[int, int], separator: str) -> str:
    """`pattern` with so many separators in the place of the wildcards at the given positions."""
    pieces, end = [], 0
    for at in sorted(times):
        wider = separator if pattern[at] == "?" else "*" + (separator + "*") * times[at]
        pieces += [pattern[end:at], wider]
        end = at + 1
    return "".join((*pieces, pattern[end:]))
