"""Who comes in from outside, as values: the ways in, those who are trusted in vain, and what nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.access.grants import Standing
from scanner.access.hops import Hop
from scanner.model.delegation import Relation, WayIn
from scanner.model.finding import Evidence
from scanner.model.ids import AccountId


class Certainty(StrEnum):
    """How sure a way in is."""

    CERTAIN = "certain"
    CONDITIONAL = "under conditions"
    UNCERTAIN = "not certain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way from a foreign principal to a role of the scanned account."""

    owner: AccountId
    """The account of the roles."""
    principal: str
    """As in the trust policy, or the ARN of a user or role of a scanned account; empty where nobody can tell whom."""
    account: AccountId | None
    """The principal's account; None where its form names none."""
    partner: str
    """The account's name in the settings; empty when it is not known."""
    relation: Relation
    roles: tuple[str, ...]
    """The roles passed through, in order; the last one's permissions count. More than one is a chain."""
    ways: tuple[WayIn, ...]
    """How the principal comes into the first role."""
    certainty: Certainty
    only_if: tuple[str, ...] = ()
    """In words, external ids masked; all of them must be met, each may be several alternatives."""
    unless: tuple[str, ...] = ()
    """In words, the conditions of Deny statements; none of them may be met."""
    doubts: tuple[str, ...] = ()
    """In words, what is not understood or was not read, also where what was read lets the principal in."""
    accessor_scanned: bool = False
    """Whether the principal's own policies were looked at."""
    statements: tuple[Evidence, ...] = ()
    """The statements that open it: of trust policies, and of whoever asks."""

    @property
    def role(self) -> str:
        """The role at the end."""
        return self.roles[-1]

    @property
    def starts_inside(self) -> bool:
        """Whether it begins with a session of one of the account's own roles, however that came about."""
        return self.account == self.owner

    @property
    def is_chain(self) -> bool:
        """Whether it goes through another role first."""
        return len(self.roles) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A principal that a role trusts and that its own account does not let in."""

    role: str
    principal: str
    account: AccountId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrances:
    """Who comes into an account from outside, who is trusted in vain, and where nobody can tell."""

    paths: tuple[Path, ...]
    """Sorted by principal and roles."""
    closed: tuple[Closed, ...]
    """Sorted by role and principal."""
    unread: tuple[str, ...]
    """In words, what was not read and may open further ways."""


_CERTAINTY_OF = {
    Standing.ALLOWED: Certainty.CERTAIN,
    Standing.CONDITIONAL: Certainty.CONDITIONAL,
    Standing.UNCERTAIN: Certainty.UNCERTAIN,
}
_STANDING_OF = {certainty: standing for standing, certainty in _CERTAINTY_OF.items()}


def certainty_of(standing: Standing) -> Certainty:
    """How sure a way in is that is not refused."""
    return _CERTAINTY_OF[standing]


def hop_of(path: Path) -> Hop:
    """A whole way in as one step, so that another can follow."""
    return Hop(
        standing=_STANDING_OF[path.certainty],
        only_if=path.only_if,
        unless=path.unless,
        doubts=path.doubts,
        statements=path.statements,
    )
