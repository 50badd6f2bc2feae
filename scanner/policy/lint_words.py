"""Words that are not what they look like, and words that add nothing to their list."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from scanner.model.text import visible
from scanner.policy.arn_forms import PARTS, parts_of
from scanner.policy.covering import covers_action, covers_resource
from scanner.policy.lint_resources import SERVICES
from scanner.policy.pattern import fold, is_pattern
from scanner.policy.positions import shown
from scanner.policy.remark import Remark, does_nothing, items, remark
from scanner.policy.syntax import PrincipalForm, Statement, Weight, Words

COMPARED: Final = 400
"""Longer lists are not searched for words that cover each other; none fits into a document of legal length."""

MISREAD: Final = frozenset({"hidden-character", "blank-in-name", "look-alike", "not-ascii"})
"""Codes of remarks after which nothing more is worth saying about a word."""

_LOOK_ALIKE: Final = {
    ord(foreign): ascii_
    for alphabet, shown_as in (
        ("\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421", "ABESIJKMHOPC"),
        ("\u0422\u0425\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445", "TXaesijopcyx"),
        ("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4", "ABEZHIKMNOPT"),
        ("\u03a5\u03a7\u03bf\u03b1", "YXoa"),
        ("\u2013\u2014\u2212", "---"),
    )
    for foreign, ascii_ in zip(alphabet, shown_as, strict=True)
}
"""Letters of Cyrillic and Greek, and dashes, that show as ASCII does; what Unicode calls compatible is not here."""
_STRUCTURE: Final = frozenset("\uff1a\uff0a\uff1f\uff0f\uff05\uff0d")
"""Full-width marks that are structure of a resource name when they are not full-width."""


def words(statement: Statement) -> Iterator[Remark]:
    """What is odd about the words of one statement's lists."""
    for element, covers in (
        (statement.actions, covers_action),
        (statement.not_actions, covers_action),
        (statement.resources, covers_resource),
    ):
        if element is not None:
            yield from _characters(element, statement, of_resources=element is statement.resources)
            yield from _repeated(element, covers)
    yield from _principals(statement)


def _characters(element: Words, statement: Statement, *, of_resources: bool) -> Iterator[Remark]:
    for path, text in items(element):
        plain_only = not of_resources or _of_known_service(text)
        if visible(text) != text and not _lone_surrogate(text):
            what = f"a character that does not show stands in {shown(text)}, and no request has it there"
            yield remark("hidden-character", path, what, instead=_readable(text))
        elif text != text.strip() or (plain_only and " " in text):
            what = f"a blank stands in {shown(text)}, so this {does_nothing(statement)}"
            yield remark(
                "blank-in-name", path, what, instead=text.replace(" ", "") if plain_only else text.strip()
            )
        elif not text.isascii():
            yield from _foreign(text, path, plain_only=plain_only)


def _foreign(text: str, path: str, *, plain_only: bool) -> Iterator[Remark]:
    better = _readable(text)
    odd = next((c for c in text if not c.isascii()), "")
    name = unicodedata.name(odd, "a character without name").lower()
    if better and (plain_only or not _STRUCTURE.isdisjoint(text)):
        what = f"{shown(odd)} in {shown(text)} is a look-alike, {name}, and no request has it there"
        yield remark("look-alike", path, what, instead=better)
    elif plain_only:
        what = f"{shown(odd)} in {shown(text)} is {name}; names here have letters, digits and marks of ASCII only"
        yield remark("not-ascii", path, what, weight=Weight.NOTE)


def _of_known_service(text: str) -> bool:
    parts = parts_of(text)
    return len(parts) == PARTS and parts[1] in SERVICES


def _lone_surrogate(text: str) -> bool:
    """Half a character, of which parsing tells already."""
    return any("\ud800" <= c <= "\udfff" for c in text)


def _readable(text: str) -> str:
    """The same with the characters of ASCII that it shows; empty where it shows others."""
    shows = "".join(
        c for c in unicodedata.normalize("NFKC", text.translate(_LOOK_ALIKE)) if visible(c) == c
    ).strip()
    return shows if shows.isascii() else ""


def _repeated(element: Words, covers: Callable[[str, str], bool]) -> Iterator[Remark]:
    """Words that are in the list already, or that a pattern of the list covers."""
    folded = covers is covers_action
    seen: dict[str, int] = {}
    for index, text in enumerate(element.items):
        key = fold(text) if folded else text
        if key in seen:
            what = f"{shown(text)} stands in this list already"
            yield remark("repeated-word", element.item_path(index), what, weight=Weight.NOTE)
        seen.setdefault(key, index)
    if len(seen) > COMPARED:
        return
    wide = [(text, index) for text, index in seen.items() if is_pattern(text)]
    for text, index in seen.items():
        by = next(
            (w for w, at in wide if w != text and covers(w, text) and not (covers(text, w) and index < at)),
            None,
        )
        if by is not None:
            what = (
                f"{shown(element.items[index])} is covered by {shown(element.items[seen[by]])} in this list"
            )
            yield remark("covered-word", element.item_path(index), what, weight=Weight.NOTE)


def _principals(statement: Statement) -> Iterator[Remark]:
    principals = statement.principals or ()
    accounts = {p.account: p.text for p in principals if p.form is PrincipalForm.ROOT}
    seen: set[tuple[str, str]] = set()
    for principal in principals:
        key = (principal.group, principal.text)
        if key in seen:
            what = f"{shown(principal.text)} stands in this list already"
            yield remark("repeated-word", principal.path, what, weight=Weight.NOTE)
        elif principal.form in {PrincipalForm.USER, PrincipalForm.ROLE} and principal.account in accounts:
            what = (
                f"{shown(accounts[principal.account])} in the same list lets in every user and role of the account, "
                f"so {shown(principal.text)} narrows nothing"
            )
            yield remark("principal-covered", principal.path, what)
        seen.add(key)
