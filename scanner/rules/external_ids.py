"""What the three rules about external ids share: who can present one, and whose demand it is.

External ids are secrets: nothing here returns one in a form that is printed, not even as a digest, which would let
somebody try guesses.
"""

from __future__ import annotations

from scanner.access.admission import RAM_FORMS, on_external_id
from scanner.model.delegation import Relation
from scanner.model.ids import Secret
from scanner.policy.operators import OPERATORS
from scanner.policy.syntax import Condition, PrincipalForm
from scanner.policy.trust import TrustEntry
from scanner.rules.base import World
from scanner.rules.delegated import relation


def could_present_one(entry: TrustEntry, world: World) -> bool:
    """Whether the principal is somebody else's and calls AssumeRole itself.

    Services and identity providers have no way to present an external id, and accounts of one's own need none.
    """
    form = entry.principal.form
    pattern = form is PrincipalForm.ANYONE and entry.principal.group in {"RAM", ""}
    return (form in RAM_FORMS or pattern) and relation(entry.principal.account, world) is not Relation.OWN


def external_ids(entry: TrustEntry) -> tuple[Secret, ...]:
    """Every value that the entry may ask for, also under operators whose effect is not certain."""
    return tuple(
        dict.fromkeys(
            Secret(value)
            for condition in entry.conditions
            if on_external_id(condition) and not _excludes(condition)
            for value in condition.values.items
        )
    )


def _excludes(condition: Condition) -> bool:
    operator = OPERATORS.get(condition.operator)
    return operator is not None and operator.negated
