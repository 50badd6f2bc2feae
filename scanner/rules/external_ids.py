"""What the three rules about external ids share: who can present one, and whose demand it is.

External ids are secrets. Nothing here returns one in a form that is printed, but for the short mark that
tells two of them apart.
"""

from __future__ import annotations

import hashlib
from typing import Final

from scanner.access.view import RoleView
from scanner.model.delegation import Relation
from scanner.model.ids import Secret
from scanner.policy.syntax import PrincipalForm
from scanner.policy.trust import TrustEntry
from scanner.rules.base import World
from scanner.rules.delegated import RAM_FORMS, foreign, relation

_MARK_DIGITS: Final = 6
"""Hexadecimal digits: enough to tell a company's external ids apart, too few to confirm a guess."""


def could_present_one(entry: TrustEntry, world: World) -> bool:
    """Whether the principal is somebody else's and calls AssumeRole itself.

    Services and identity providers have no way to present an external id, and accounts of one's own need none.
    """
    form = entry.principal.form
    pattern = form is PrincipalForm.ANYONE and entry.principal.group in {"RAM", ""}
    return (form in RAM_FORMS or pattern) and relation(entry.principal.account, world) is not Relation.OWN


def demanding(role: RoleView, world: World) -> tuple[TrustEntry, ...]:
    """The entries of `role` that let in such a principal."""
    return tuple(entry for entry in foreign(role) if could_present_one(entry, world))


def mark(value: Secret) -> str:
    """A short mark of an external id, the same for the same value."""
    digest = hashlib.sha256(f"external id\x1f{value.reveal()}".encode("utf-8", "surrogatepass"))
    return f"#{digest.hexdigest()[:_MARK_DIGITS]}"
