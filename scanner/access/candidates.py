"""Names of resources that do not exist yet and that a pattern would catch.

A grant counts for what may be created later as well as for what is there. A made-up name keeps
what the pattern fixes and says `some-…` wherever the pattern leaves the choice, so a Deny that
still catches it catches nearly everything that the pattern does. Whether the request
would be allowed is decided elsewhere.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from scanner.model.ids import Arn
from scanner.policy.pattern import ResourceMatch, example_of_both, matches, resource_matches

PLACEHOLDERS: Final = ("region", "account", "instance", "topic", "group", "role", "user", "policy")
"""What a resource name of the catalogue leaves open."""

_LITERAL_STAR: Final = "\ue000"
"""Stands for the `*` that some resource names really hold while patterns are being crossed."""
_ANY: Final = "?*"
"""What a placeholder may be: at least one character."""


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
    parts, mould = Arn.parse(pattern), Arn.parse(form)
    assert mould is not None, "the forms of the catalogue are resource names"
    found = _crossed(pattern, form, account) if parts is None else _by_parts(parts, mould, account)
    return found if found and resource_matches(pattern, found) is not ResourceMatch.NO else None


def _by_parts(parts: Arn, mould: Arn, account: str) -> str | None:
    """A name of the mould that the parts of a pattern catch, one by one."""
    owner = account if mould.account == "{account}" else mould.account
    if not matches(parts.service, mould.service) or not matches(parts.account, owner):
        return None
    separator = _separator(mould)
    if parts.relative.count(separator) > mould.relative.count(separator):
        return None
    relative = _relative(parts.relative, mould.relative, separator)
    if relative is None:
        return None
    region = _filled(parts.region, mould.region)
    return str(Arn(service=mould.service, region=region, account=owner, relative=relative))


def _separator(mould: Arn) -> str:
    """What keeps the names inside a relative id apart; such a name never holds it."""
    return "%" if mould.service == "mq" else "/"


def _relative(pattern: str, form: str, separator: str) -> str | None:
    """A relative id of `form` that `pattern` catches; piece by piece where that works."""
    pieces = pattern.split(separator)
    moulds = form.split(separator)
    filled = [
        _filled(pieces[at], mould) if at < len(pieces) else made_up(mould, account="")
        for at, mould in enumerate(moulds)
    ]
    text = separator.join(filled)
    if matches(pattern, text, ignore_case=True):
        return text
    return _crossed(pattern, form, account="")


def _filled(piece: str, mould: str) -> str:
    """One piece of a name: the mould's own text, or what the pattern asks for in its place."""
    if not mould.startswith("{"):
        return mould
    fresh = made_up(mould, account="")
    if not piece or matches(piece, fresh):
        return fresh
    return piece.replace("*", fresh).replace("?", "x")


def _crossed(pattern: str, form: str, account: str) -> str | None:
    """The shortest text of both, by walking through the two patterns at once."""
    mould = form.replace("{account}", account).replace("*", _LITERAL_STAR)
    for name in PLACEHOLDERS:
        mould = mould.replace(f"{{{name}}}", _ANY)
    found = example_of_both(pattern, mould)
    return None if found is None else found.replace(_LITERAL_STAR, "*")
