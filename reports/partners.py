"""Who is on the other side of a delegation, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

from scanner.model.delegation import Delegation, Relation
from scanner.model.ids import Arn, is_account_id

_KINDS: Final = {
    "user": "user",
    "role": "role",
    "saml-provider": "SAML provider",
    "oidc-provider": "OIDC provider",
}


@dataclass(frozen=True, slots=True, order=True)
class Partner:
    """An outside account, or a principal that names none."""

    name: str
    """The name from the settings; empty when the account is not in them."""
    identity: str
    """The account id, or the principal as written."""
    known: bool = True

    @property
    def is_account(self) -> bool:
        """Whether it is an account, and not a wildcard, a service or something undocumented."""
        return is_account_id(self.identity)

    @property
    def label(self) -> str:
        """The name with the account, or what there is."""
        return f"{self.name} ({self.identity})" if self.name else self.identity


def partner_of(delegation: Delegation) -> Partner:
    """The outside account of `delegation`."""
    return Partner(
        name=delegation.partner,
        identity=delegation.principal_account or delegation.principal,
        known=delegation.relation is not Relation.UNKNOWN,
    )


def principal_words(delegation: Delegation) -> tuple[str, str]:
    """What kind of principal it is and its name, where its account is told apart already.

    A principal in any other form comes back with no kind, and whole for a name.
    """
    arn = Arn.parse(delegation.principal)
    if arn is None or delegation.principal_account is None or arn.account != delegation.principal_account:
        return "", delegation.principal
    if arn.relative == "root":
        return "the whole account", ""
    kind, separator, name = arn.relative.partition("/")
    return (_KINDS[kind], name) if separator and kind in _KINDS else ("", delegation.principal)


def relation_words(relation: Relation) -> str:
    """How a relation is called in a report."""
    match relation:
        case Relation.OWN:
            return "own account"
        case Relation.ORGANISATION:
            return "same organisation"
        case Relation.PARTNER:
            return "known partner"
        case Relation.UNKNOWN:
            return "not in the settings"
        case _:
            assert_never(relation)


def external_id_words(*, required: bool | None) -> str:
    """Whether an external id is asked for, in words."""
    match required:
        case True:
            return "required"
        case False:
            return "not required"
        case None:
            return "not determined"
