"""The names that a request carries, as variables for their parts, and the patterns that cover them.

A name is `service:name` for an action, and `*` or `acs:service:region:account:id` for a resource. Parts hold no
colon, but for the id where a pattern of the question spells one. A pattern is taken apart at its colons, a
wildcard that may stand for a colon being tried as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.oracle.naive import glob
from tests.oracle.rows import small
from tests.oracle.terms import Term, Terms

_ACTION_COLONS: Final = 1
_RESOURCE_COLONS: Final = 4


def parted(pattern: str, colons: int, *, crosses: bool) -> Iterator[tuple[str, ...]]:
    """The ways in which `pattern` covers texts with so many colons, as patterns for what stands between."""
    if not colons:
        yield (pattern,)
        return
    for at, character in enumerate(pattern):
        before, after = pattern[:at], pattern[at + 1 :]
        if character == ":":
            yield from ((before, *rest) for rest in parted(after, colons - 1, crosses=crosses))
            return
        if character == "?" and crosses:
            yield from ((before, *rest) for rest in parted(after, colons - 1, crosses=crosses))
        if character == "*" and crosses:
            yield from ((f"{before}*", *rest) for rest in parted(f"*{after}", colons - 1, crosses=crosses))


class Names:
    """An action and a resource as variables of a solver."""

    def __init__(self, terms: Terms, *, deep: bool, crosses: bool, cases: bool) -> None:
        self.terms = terms
        self.deep, self.crosses, self.cases = deep, crosses, cases
        self.action = (terms.text("action service"), terms.text("action name"))
        self.parts = tuple(terms.text(part) for part in ("service", "region", "account", "id"))
        self.is_star = terms.flag("the resource is *")
        service, region, _, identity = self.parts
        # A region is left out in names of global services; that an account is never left out is not said.
        for part in (*self.action, service, identity):
            terms.require(terms.no(terms.is_text(part, "")))
        # An empty region of RAM is the same as `*`, so one spelling is enough.
        spelt = terms.all((terms.is_text(service, "ram"), terms.is_text(region, "*")))
        terms.require(terms.no(spelt))

    def action_in(self, pattern: str) -> Term:
        """That `pattern` covers the action, whose case does not count."""
        terms = self.terms
        ways = set(parted(small(pattern), _ACTION_COLONS, crosses=True))
        return terms.any(
            terms.all(terms.covers(part, own) for part, own in zip(way, self.action, strict=True))
            for way in sorted(ways)
            if ":" not in way[1]
        )

    def resource_in(self, pattern: str) -> Term:
        """That `pattern` covers the resource."""
        terms = self.terms
        # Where case does not count, the variables are taken in small letters.
        written = pattern if self.cases else small(pattern)
        if pattern.startswith("acs:ram::"):
            written = "acs:ram:*:" + written[9:]
        if not written.strip("*"):
            return terms.truth(bool(written))
        ways = sorted(set(parted(written, _RESOURCE_COLONS, crosses=self.crosses)))
        named = terms.any(self._way(way) for way in ways)
        not_star = terms.all((terms.no(self.is_star), named))
        return terms.any((terms.all((self.is_star, terms.truth(glob(written, "*")))), not_star))

    def _way(self, way: tuple[str, ...]) -> Term:
        acs, service, region, account, identity = way
        terms = self.terms
        if not glob(acs, "acs") or (":" in identity and not self.deep):
            return terms.false
        own_service, own_region, own_account, own_identity = self.parts
        in_region = terms.covers(region, own_region)
        if glob(region, "*"):
            global_name = (terms.is_text(own_service, "ram"), terms.is_text(own_region, ""))
            in_region = terms.any((in_region, terms.all(global_name)))
        crosses = self.crosses or not self.deep
        return terms.all(
            (
                terms.covers(service, own_service),
                in_region,
                terms.covers(account, own_account),
                terms.covers(identity, own_identity, crosses=crosses),
            )
        )

    def read(self) -> tuple[str, str]:
        """The action and the resource that the solver found."""
        service, name = (self._word(part) for part in self.action)
        action = f"{service}:{name}"
        if self.terms.holds(self.is_star):
            return _off_capitals(action), "*"
        *head, identity = (self.terms.word(part) for part in self.parts)
        parts = [*(map(_off_colons, head)), identity if self.deep else _off_colons(identity)]
        resource = ":".join(("acs", *parts))
        return _off_capitals(action), resource if self.cases else _off_capitals(resource)

    def _word(self, part: Term) -> str:
        return _off_colons(self.terms.word(part))


def _off_capitals(text: str) -> str:
    """`text` with capitals, which no small pattern spells, made other characters that none spells."""
    return "".join(chr(0xE000 + ord(c)) if "A" <= c <= "Z" else c for c in text)


def _off_colons(text: str) -> str:
    """A part with colons, which no part of a pattern spells, made another character that none spells."""
    return text.replace(":", "\ue03a")
