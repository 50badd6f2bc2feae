"""Whom a trust policy names, how each of them comes in, and what it asks of them.

One entry for each principal of each statement that covers `sts:AssumeRole`, Deny included. Statements
are alternatives, so an external id protects a principal only where every Allow entry that covers
it asks for one; each entry tells its own, and the comparison is made by whoever reads them. A
policy or statement that cannot be understood yields an entry that says so: no entries means that
nobody is let in. Whether a named principal exists, or belongs to a partner, is not decided here.
See https://www.alibabacloud.com/help/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanner.model.delegation import WayIn
from scanner.model.ids import Secret
from scanner.policy.callers import FORM, NO_PRINCIPAL, WILDCARD, principals_in_doubt
from scanner.policy.condition import UNKNOWN_OPERATOR, WRONG_FAMILY
from scanner.policy.decision import Request, Truth
from scanner.policy.operators import OPERATORS, Family, Test, family_of
from scanner.policy.pattern import fold, has_variable, is_pattern
from scanner.policy.positions import shown
from scanner.policy.principals import FEDERATED, SERVICE
from scanner.policy.statements import NO_ACTION, NOT_UNDERSTOOD, VARIABLE, Asked, Prepared, prepared
from scanner.policy.syntax import Condition, Effect, PolicyDocument, Principal, PrincipalForm

EXTERNAL_ID: Final = "sts:ExternalId"
ECS_SERVICE: Final = "ecs.aliyuncs.com"

NO_EFFECT: Final = "its effect cannot be understood"
OTHER_ACTION: Final = (
    "trust policies are documented to name sts:AssumeRole, and this names another way to assume"
)

_ASSUME: Final = Asked(Request(action="sts:AssumeRole", resource=""))
_ASSUME_OTHERWISE: Final = tuple(
    Asked(Request(action=action, resource=""))
    for action in ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithOIDC")
)
_RAM_WAYS: Final = (WayIn.STS, WayIn.CONSOLE)


class ExternalIdState(StrEnum):
    """Whether an entry asks for an external id."""

    REQUIRED = "required"
    ABSENT = "absent"
    NOT_UNDERSTOOD = "not understood"
    """The key is used, or may be, in a way whose effect is not documented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalIdUse:
    """What an entry asks about the external id. Values are secrets."""

    state: ExternalIdState
    values: tuple[Secret, ...] = ()
    """The values under positive operators, in the order of the text; any one of them will do."""
    operators: tuple[str, ...] = ()
    """Every operator on the key, as written."""
    pattern: bool = False
    """Whether a value is a pattern, under an operator that reads patterns."""
    negated: bool = False
    """Whether a negated operator stands on the key; alone, it asks for nothing for certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustEntry:
    """One principal of one statement of a trust policy."""

    principal: Principal
    effect: Effect | None
    statement_path: str
    conditions: tuple[Condition, ...]
    """All of them must be met."""
    external_ids: ExternalIdUse
    ways: tuple[WayIn, ...]
    """How such a principal comes in; empty for a form that is not documented."""
    understood: bool
    doubts: tuple[str, ...]
    """In words, what keeps the entry from being understood."""


def trusted(document: PolicyDocument) -> tuple[TrustEntry, ...]:
    """Every principal that the trust policy names for assuming the role, in the order of the text."""
    ready = prepared(document)
    doubts: tuple[str, ...] = ()
    entries: list[TrustEntry] = []
    if ready.doubt is not None:
        doubts = (f"{ready.doubt.path}: {ready.doubt.message}",)
        entries.append(_nobody_knows(ready.doubt.path, doubts))
    for statement in ready.statements:
        entries += _statement(statement, doubts)
    return tuple(entries)


def _statement(statement: Prepared, outer: tuple[str, ...]) -> Iterator[TrustEntry]:
    covers = statement.covers_action(_ASSUME)
    otherwise = any(statement.covers_action(asked).truth is not Truth.FALSE for asked in _ASSUME_OTHERWISE)
    if covers.truth is Truth.FALSE and not otherwise:
        return
    own = statement.statement
    doubts = list(outer)
    if covers.truth is Truth.UNKNOWN:
        doubts.append(f"{covers.path}: {covers.note}" if covers.note != NO_ACTION else NO_ACTION)
    elif covers.truth is Truth.FALSE:
        doubts.append(OTHER_ACTION)
    if own.effect is None:
        doubts.append(NO_EFFECT)
    doubts += (f"{path}: {NOT_UNDERSTOOD}" for path in own.unsupported)
    doubts += (doubt for condition in own.conditions for doubt in _condition_doubts(condition))
    if own.principals is None or (principals_in_doubt(own) and not own.principals):
        yield _nobody_knows(own.path, (*doubts, NO_PRINCIPAL), effect=own.effect)
    for principal in own.principals or ():
        yield _entry(statement, principal, doubts)


def _entry(statement: Prepared, principal: Principal, outer: list[str]) -> TrustEntry:
    own = statement.statement
    doubts = tuple(dict.fromkeys((*outer, *_principal_doubts(principal))))
    return TrustEntry(
        principal=principal,
        effect=own.effect,
        statement_path=own.path,
        conditions=own.conditions,
        external_ids=_external_ids(statement),
        ways=_ways(principal),
        understood=not doubts,
        doubts=doubts,
    )


def _nobody_knows(path: str, doubts: tuple[str, ...], *, effect: Effect | None = Effect.ALLOW) -> TrustEntry:
    """An entry for principals that cannot be read; unless told otherwise, it may let somebody in."""
    nobody = Principal(
        text="", form=PrincipalForm.UNSUPPORTED, group="", account=None, name="", path=path, scalar=True
    )
    return TrustEntry(
        principal=nobody,
        effect=effect,
        statement_path=path,
        conditions=(),
        external_ids=ExternalIdUse(state=ExternalIdState.NOT_UNDERSTOOD),
        ways=(),
        understood=False,
        doubts=doubts,
    )


def _principal_doubts(principal: Principal) -> Iterator[str]:
    if principal.form is PrincipalForm.ANYONE:
        yield f"{principal.path}: {WILDCARD}"
    elif principal.form is PrincipalForm.UNSUPPORTED:
        yield f"{principal.path}: {FORM}"


def _condition_doubts(condition: Condition) -> Iterator[str]:
    operator = OPERATORS.get(condition.operator)
    head = f"{shown(condition.operator)} on {shown(condition.key)}"
    if operator is None:
        yield f"{head}: {UNKNOWN_OPERATOR}"
    elif family_of(condition.key) not in {None, operator.family}:
        yield f"{head}: {WRONG_FAMILY}"
    if any(has_variable(value) for value in condition.values.items):
        yield f"{head}: {VARIABLE}"


def _external_ids(statement: Prepared) -> ExternalIdUse:
    own = statement.statement
    asked = [condition for condition in own.conditions if fold(condition.key) == fold(EXTERNAL_ID)]
    demands = [condition for condition in asked if _demands(condition)]
    if any(fold(other.name) == "condition" for other in own.others):
        state = ExternalIdState.NOT_UNDERSTOOD
    elif demands:
        state = ExternalIdState.REQUIRED
    else:
        state = ExternalIdState.NOT_UNDERSTOOD if asked else ExternalIdState.ABSENT
    return ExternalIdUse(
        state=state,
        values=tuple(Secret(value) for condition in demands for value in condition.values.items),
        operators=tuple(dict.fromkeys(condition.operator for condition in asked)),
        pattern=any(_is_pattern(condition) for condition in demands),
        negated=any(_is_negated(condition) for condition in asked),
    )


def _demands(condition: Condition) -> bool:
    """Whether a call without a fitting external id surely does not meet the condition."""
    operator = OPERATORS.get(condition.operator)
    if operator is None or operator.family is not Family.STRING or operator.negated:
        return False
    # What the service makes of an empty list of values is not documented.
    values = condition.values.items
    return bool(values) and not any(map(has_variable, values))


def _is_pattern(condition: Condition) -> bool:
    like = OPERATORS[condition.operator].test is Test.LIKE
    return like and any(is_pattern(value) for value in condition.values.items)


def _is_negated(condition: Condition) -> bool:
    operator = OPERATORS.get(condition.operator)
    return operator is not None and operator.negated


def _ways(principal: Principal) -> tuple[WayIn, ...]:
    match principal.form:
        case PrincipalForm.ROOT | PrincipalForm.USER | PrincipalForm.ROLE:
            return _RAM_WAYS
        case PrincipalForm.SERVICE:
            return (WayIn.ECS if principal.name == ECS_SERVICE else WayIn.CLOUD_SERVICE,)
        case PrincipalForm.ACCOUNT_SERVICE:
            return (WayIn.CROSS_ACCOUNT_SERVICE,)
        case PrincipalForm.SAML:
            return (WayIn.SAML,)
        case PrincipalForm.OIDC:
            return (WayIn.OIDC,)
        case PrincipalForm.ANYONE:
            return _ways_of_anyone(principal.group)
        case PrincipalForm.UNSUPPORTED:
            return ()


def _ways_of_anyone(group: str) -> tuple[WayIn, ...]:
    """The ways that a wildcard would open if the service read it as one."""
    if group == SERVICE:
        return (WayIn.ECS, WayIn.CLOUD_SERVICE, WayIn.CROSS_ACCOUNT_SERVICE)
    return (WayIn.SAML, WayIn.OIDC) if group == FEDERATED else _RAM_WAYS
