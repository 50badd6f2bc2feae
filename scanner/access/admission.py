"""On which terms a trust policy lets a principal in, read as the rules about permissions read a grant.

An Allow under a condition lets in whoever meets it, a Deny under a condition keeps out whoever meets that, and
what is not understood is not certain. An external id is no condition here: it has rules of its own. Whether
somebody should come in at all is decided by rules.

INFERRED: one vendor page describes Deny in trust policies, another says that Effect must be Allow. So a Deny
that would keep a principal out leaves it open whether it comes in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scanner.access.cite import asked_by, condition_words, terms
from scanner.access.view import RoleView
from scanner.policy.pattern import fold
from scanner.policy.syntax import Condition, Effect, PrincipalForm, Weight
from scanner.policy.trust import EXTERNAL_ID, TrustEntry

RAM_FORMS: Final = frozenset({PrincipalForm.ROOT, PrincipalForm.USER, PrincipalForm.ROLE})
"""Principals that call AssumeRole themselves, and so can present an external id."""

ODD_PRINCIPALS: Final = frozenset({"principal-wildcard", "unknown-principal", "unknown-principal-type"})
"""Codes of the problems that the parser reports about a principal."""
_LEFT_TO_ENTRIES: Final = ODD_PRINCIPALS | {"unknown-operator"}
_ANYBODY: Final = frozenset({PrincipalForm.ANYONE, PrincipalForm.UNSUPPORTED})
_ON_DENY: Final = "vendor pages differ on Deny in trust policies"


@dataclass(frozen=True, slots=True)
class Admission:
    """What stands between a principal that a statement names and the role."""

    terms: str
    """The conditions in one phrase, as in findings about permissions; empty when there are none."""
    doubts: tuple[str, ...]
    """In words, what of its own statement, or of a Deny that may name it, is not understood."""


def trust_doubts(role: RoleView) -> tuple[str, ...]:
    """In words, what keeps open whom the trust policy lets in; empty when that is certain.

    An odd operator changes no principal, and an odd principal is an entry of its own: whoever such
    things matter to looks at the entry.
    """
    if role.trust_unread is not None:
        return (role.trust_unread,)
    if role.trust is None:
        return ("the trust policy was not read",)
    errors = (p for p in role.trust.problems if p.weight is Weight.ERROR and p.code not in _LEFT_TO_ENTRIES)
    return tuple(f"trust policy, {problem.path}: {problem.message}" for problem in errors)


def admission(entry: TrustEntry, role: RoleView) -> Admission:
    """The terms on which `entry` lets its principal in."""
    # The principal's own doubt is left to whoever judges principals.
    own = tuple(doubt for doubt in entry.doubts if not doubt.startswith(f"{entry.principal.path}: "))
    denials = tuple(_denials(entry, role))
    only_if = _in_words(c for c in entry.conditions if not on_external_id(c))
    return Admission(
        terms(
            only_if=[only_if] if only_if else [],
            unless=[_in_words(iter(denial.conditions)) for denial in denials if _is_settled(denial)],
        ),
        (*own, *(_doubt(denial) for denial in denials if not _is_settled(denial))),
    )


def shut_out(entry: TrustEntry, role: RoleView) -> str | None:
    """In words, a Deny of this principal, or of its whole account, that asks for no more than `entry` does."""
    asked = asked_by(entry.conditions)
    for denial in _denials(entry, role):
        if denial.understood and asked_by(denial.conditions) <= asked:
            return f"the Deny at {denial.statement_path} may keep it out; {_ON_DENY}"
    return None


def asked_by_denial(entry: TrustEntry, role: RoleView) -> str | None:
    """In words, the Deny of every external id but one, which may refuse whoever presents none."""
    for denial in _denials(entry, role):
        if denial.external_ids.negated and all(map(on_external_id, denial.conditions)):
            return (
                f"the Deny at {denial.statement_path} may also refuse whoever presents no external id; "
                "what a negated operator makes of a missing key is not documented"
            )
    return None


def on_external_id(condition: Condition) -> bool:
    """Whether the condition is about the external id."""
    return fold(condition.key) == fold(EXTERNAL_ID)


def _denials(entry: TrustEntry, role: RoleView) -> Iterator[TrustEntry]:
    """The entries of the same trust policy that deny, or may deny, this principal."""
    return (other for other in role.entries if other.effect is not Effect.ALLOW and _may_name(other, entry))


def _may_name(denial: TrustEntry, entry: TrustEntry) -> bool:
    named, principal = denial.principal, entry.principal
    if named.text == principal.text:
        return True
    if named.form in _ANYBODY:
        return named.group in {principal.group, ""}
    if named.account != principal.account or principal.form not in RAM_FORMS:
        return False
    return named.form is PrincipalForm.ROOT or (named.form, named.name) == (principal.form, principal.name)


def _is_settled(denial: TrustEntry) -> bool:
    """Whether it is known for certain whom the Deny keeps out, and on which condition."""
    return denial.effect is Effect.DENY and denial.understood and bool(denial.conditions)


def _doubt(denial: TrustEntry) -> str:
    why = denial.doubts[0] if denial.doubts else _ON_DENY
    return f"the statement at {denial.statement_path} may keep it out: {why}"


def _in_words(conditions: Iterator[Condition]) -> str:
    return " and ".join(map(condition_words, conditions))
