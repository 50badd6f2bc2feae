"""Whether a trust policy's principal is the caller who asks for the role.

Names are held against each other exactly; where they differ only in case the answer is UNKNOWN,
because no page says whether case counts. So is a wildcard that could mean the caller, and a form
that is not documented. Whether a user or role that was deleted and made again under the same
name is still trusted is not documented either: names are all that is compared here.
"""

from __future__ import annotations

from typing import Final

from scanner.model.ids import Arn
from scanner.policy.decision import AssumeCaller, CallerKind, Truth
from scanner.policy.gates import Ask
from scanner.policy.pattern import ResourceMatch, fold, resource_matches
from scanner.policy.statements import APPLIES, DOES_NOT, Answer, Asked, Prepared
from scanner.policy.syntax import Principal, PrincipalForm, Statement

WILDCARD: Final = "wildcards in a principal are not documented"
FORM: Final = "this form of a principal is not documented"
NAME_CASE: Final = "the names differ in case, and whether that counts is not documented"
NO_PRINCIPAL: Final = "whom it names cannot be understood"
FOR_ANOTHER: Final = "a service that acts for another account is not documented to use this form"

_PRINCIPAL_ELEMENTS: Final = frozenset({"principal", "notprincipal"})
_SAME_KIND: Final = {
    PrincipalForm.USER: CallerKind.USER,
    PrincipalForm.ROLE: CallerKind.ROLE,
    PrincipalForm.SAML: CallerKind.SAML,
    PrincipalForm.OIDC: CallerKind.OIDC,
}
GROUP_OF: Final = {
    CallerKind.USER: "RAM",
    CallerKind.ROLE: "RAM",
    CallerKind.SERVICE: "Service",
    CallerKind.SAML: "Federated",
    CallerKind.OIDC: "Federated",
}
"""The element of a trust policy that names callers of a kind."""


def ask_trust(caller: AssumeCaller, *, role: str) -> Ask:
    """The question whether a trust statement lets `caller` into `role`."""

    def ask(prepared: Prepared, asked: Asked) -> Answer:
        applies = prepared.applies(asked)
        if applies.truth is Truth.FALSE:
            return DOES_NOT
        statement = prepared.statement
        if statement.principals is None or principals_in_doubt(statement):
            return Answer(Truth.UNKNOWN, applies.path or statement.path, applies.note or NO_PRINCIPAL)
        named = _any(statement.principals, caller, role=role)
        return applies if named is APPLIES else named

    return ask


def principals_in_doubt(statement: Statement) -> bool:
    """Whether the statement may name others than its principals tell."""
    return any(fold(other.name) in _PRINCIPAL_ELEMENTS for other in statement.others)


def _any(principals: tuple[Principal, ...], caller: AssumeCaller, *, role: str) -> Answer:
    answer = DOES_NOT
    for principal in principals:
        one = names(principal, caller, role=role)
        if one is APPLIES:
            return one
        if one.truth is Truth.UNKNOWN and answer is DOES_NOT:
            answer = one
    return answer


def names(principal: Principal, caller: AssumeCaller, *, role: str) -> Answer:
    """Whether `principal` names `caller`, who asks for `role`."""
    match principal.form:
        case PrincipalForm.ROOT:
            insider = caller.kind in {CallerKind.USER, CallerKind.ROLE}
            return APPLIES if insider and caller.account == principal.account else DOES_NOT
        case PrincipalForm.USER | PrincipalForm.ROLE | PrincipalForm.SAML | PrincipalForm.OIDC:
            same = caller.kind is _SAME_KIND[principal.form] and caller.account == principal.account
            return _same_name(principal, _name(caller)) if same else DOES_NOT
        case PrincipalForm.SERVICE | PrincipalForm.ACCOUNT_SERVICE:
            return _service(principal, caller, role=role)
        case PrincipalForm.ANYONE:
            return _wildcard(principal, caller)
        case PrincipalForm.UNSUPPORTED:
            return Answer(Truth.UNKNOWN, principal.path, FORM)


def _name(caller: AssumeCaller) -> str:
    """The caller's name; of a role session, the role's."""
    return _relative(caller)[1]


def _relative(caller: AssumeCaller) -> tuple[str, str]:
    arn = Arn.parse(caller.arn)
    kind, _, name = (arn.relative if arn else caller.arn).partition("/")
    return kind, name.partition("/")[0] if kind == "role" else name


def _same_name(principal: Principal, name: str) -> Answer:
    if principal.name == name:
        return APPLIES
    if fold(principal.name) == fold(name):
        return Answer(Truth.UNKNOWN, principal.path, NAME_CASE)
    return DOES_NOT


def _service(principal: Principal, caller: AssumeCaller, *, role: str) -> Answer:
    if caller.kind is not CallerKind.SERVICE:
        return DOES_NOT
    if principal.form is PrincipalForm.ACCOUNT_SERVICE:
        return _same_name(principal, caller.arn) if caller.account == principal.account else DOES_NOT
    answer = _same_name(principal, caller.arn)
    owner = Arn.parse(role)
    if answer is APPLIES and owner is not None and caller.account not in {"", owner.account}:
        return Answer(Truth.UNKNOWN, principal.path, FOR_ANOTHER)
    return answer


def _wildcard(principal: Principal, caller: AssumeCaller) -> Answer:
    if principal.group and principal.group != GROUP_OF.get(caller.kind):
        return DOES_NOT
    if any(_may_mean(principal.text, text) for text in _texts(caller)):
        return Answer(Truth.UNKNOWN, principal.path, WILDCARD)
    return DOES_NOT


def _may_mean(pattern: str, text: str) -> bool:
    return resource_matches(pattern, text) is not ResourceMatch.NO


def _texts(caller: AssumeCaller) -> tuple[str, ...]:
    """The principals that would name the caller."""
    if caller.kind is CallerKind.SERVICE:
        return (caller.arn, f"{caller.account}@{caller.arn}")
    head = f"acs:ram::{caller.account}"
    kind, name = _relative(caller)
    own = f"{head}:{kind}/{name}"
    return (own, caller.arn, f"{head}:root") if caller.kind in {CallerKind.USER, CallerKind.ROLE} else (own,)
