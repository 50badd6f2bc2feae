"""Everything questionable about one document, with its place.

That is what parsing could not understand, then the documented limits, then what is understood and
likely does not do what its author meant. No message shows a condition's value, which may be an external
id. Whether what a document grants is dangerous is for the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.policy.decision import Request, Truth
from scanner.policy.limits import (
    EXTERNAL_ID_LONGEST,
    EXTERNAL_ID_SHORTEST,
    LENGTHS,
)
from scanner.policy.lint_actions import actions
from scanner.policy.lint_conditions import keys
from scanner.policy.lint_meeting import meetings
from scanner.policy.lint_resources import BAD_FORM, resources
from scanner.policy.lint_statements import statements
from scanner.policy.lint_words import MISREAD, words
from scanner.policy.operators import OPERATORS, OTHER_SPELLINGS, Family, Operator, Test, family_of, spelling
from scanner.policy.pattern import fold, is_pattern
from scanner.policy.positions import ROOT, member, shown
from scanner.policy.remark import items
from scanner.policy.statements import Asked, prepared
from scanner.policy.syntax import (
    Condition,
    Effect,
    PolicyDocument,
    PolicyType,
    Principal,
    PrincipalForm,
    Problem,
    Statement,
    Weight,
)
from scanner.policy.values import has_host_bits, readable

_TRUST_KEYS: Final = frozenset({"sts:externalid", "saml:recipient", "oidc:iss", "oidc:aud", "oidc:sub"})
"""Keys that only a trust policy's requests carry, folded."""
_REQUIRED_KEYS: Final = {PrincipalForm.SAML: "saml:recipient", PrincipalForm.OIDC: "oidc:iss"}
_ASSUME_ROLE: Final = Asked(Request(action="sts:AssumeRole", resource=""))


def lint(document: PolicyDocument) -> tuple[Problem, ...]:
    """The document's own problems first, then the others in the order of the text."""
    return (*document.problems, *_length(document), *_statements(document), *statements(document))


def _problem(code: str, path: str, message: str, weight: Weight = Weight.WARNING) -> Problem:
    return Problem(code=code, path=path, message=message, weight=weight)


def _length(document: PolicyDocument) -> Iterator[Problem]:
    limit = LENGTHS.get(document.type)
    if limit is None:
        return
    length = len(document.text)
    size = len(document.text.encode("utf-8", "surrogatepass"))
    kind = document.type.value
    if length > limit:
        yield _problem("too-long", ROOT, f"{length:,} characters; a {kind} policy may have {limit:,}")
    elif size > limit:
        what = f"{size:,} bytes; one vendor page counts the {limit:,} of a {kind} policy in bytes"
        yield _problem("too-long-in-bytes", ROOT, what, Weight.NOTE)


def _statements(document: PolicyDocument) -> Iterator[Problem]:
    if not document.statements and not document.unsupported:
        yield _problem(
            "no-statement", member(ROOT, "Statement"), "the policy holds no statement", Weight.NOTE
        )
    for statement in document.statements:
        yield from _actions(statement)
        yield from _resources(statement)
        yield from _meanings(statement, document.type)
        for condition in statement.conditions:
            yield from _condition(condition, document.type)
        for principal in statement.principals or ():
            yield from _principal(principal, statement)
    if document.type is PolicyType.TRUST:
        yield from _trust(document)


def _meanings(statement: Statement, type: PolicyType) -> Iterator[Problem]:  # noqa: A002 - as in parse
    """What the words of a statement stand for: each, beside each other, and actions with resources."""
    found = list(words(statement))
    odd = {problem.path for problem in found if problem.code in MISREAD}
    found += (problem for problem in (*actions(statement), *resources(statement)) if problem.path not in odd)
    yield from found
    if type is not PolicyType.TRUST and not any(problem.code in MISREAD | BAD_FORM for problem in found):
        yield from meetings(statement)
    yield from keys(statement)


def _actions(statement: Statement) -> Iterator[Problem]:
    for path, text in items(statement.actions or statement.not_actions):
        if ":" not in text and text.isascii() and not (text.startswith("*") or text.endswith("*")):
            yield _problem("action-without-service", path, f"{shown(text)} has no service, as in `mq:PUB`")
    if statement.not_actions is not None and statement.effect is Effect.ALLOW:
        what = "Allow with `NotAction` allows every other action of every service"
        yield _problem("allow-not-action", statement.not_actions.path, what)


def _resources(statement: Statement) -> Iterator[Problem]:
    for path, text in items(statement.resources):
        if not is_pattern(text) and not text.startswith("acs:"):
            what = f"{shown(text)} is no resource name, which starts with `acs:`"
            yield _problem("resource-not-a-name", path, what)


def _condition(condition: Condition, type: PolicyType) -> Iterator[Problem]:  # noqa: A002 - as in parse
    yield from _key(condition, type)
    operator = OPERATORS.get(condition.operator)
    if operator is None:
        return
    family = family_of(condition.key)
    if family is not None and family is not operator.family:
        what = f"{shown(condition.operator)} is for a {operator.family.value}, and {shown(condition.key)} is a {family.value}"
        yield _problem("operator-does-not-fit-key", condition.path, what)
    if operator.negated and len(set(condition.values.items)) > 1:
        what = "several values under a negated operator can be read in two ways, and no page says which holds"
        yield _problem("negated-several-values", condition.path, what)
    if (
        operator.name == "Bool"
        and fold(condition.key) == "acs:mfapresent"
        and "false" in condition.values.items
    ):
        what = "calls with an AccessKey do not carry the key, so this is not met by them"
        yield _problem("mfa-false-misses-access-keys", condition.path, what)
    yield from _values(condition, operator)


def _key(condition: Condition, type: PolicyType) -> Iterator[Problem]:  # noqa: A002 - as in parse
    documented = spelling(condition.key)
    if documented not in {None, condition.key} and condition.key not in OTHER_SPELLINGS:
        what = f"{shown(condition.key)} is written `{documented}` in the vendor's pages"
        yield _problem("odd-key-case", condition.path, what)
    if ":" not in condition.key:
        what = f"the key {shown(condition.key)} has no service, as in `acs:SourceIp`"
        yield _problem("key-without-service", condition.path, what)
    if fold(condition.key) in _TRUST_KEYS and type is not PolicyType.TRUST:
        what = f"only requests to assume a role carry {shown(condition.key)}; it belongs in a trust policy"
        yield _problem("trust-key-elsewhere", condition.path, what)


def _values(condition: Condition, operator: Operator) -> Iterator[Problem]:
    for path, text in items(condition.values):
        if not readable(operator.family, text):
            what = f"no {operator.family.value} in a documented form stands here"
            yield _problem("unreadable-value", path, what)
        elif operator.family is Family.IP and has_host_bits(text):
            yield _problem("host-bits", path, "the range names an address inside itself")
        if operator.family is Family.STRING and operator.test is not Test.LIKE and is_pattern(text):
            what = f"{shown(operator.name)} takes `*` and `?` literally"
            yield _problem("literal-wildcard", path, what)
        if fold(condition.key) == "sts:externalid" and _never_sent(text, operator):
            what = (
                f"no external id has under {EXTERNAL_ID_SHORTEST} or over {EXTERNAL_ID_LONGEST:,} characters"
            )
            yield _problem("impossible-external-id", path, what)


def _never_sent(text: str, operator: Operator) -> bool:
    like = operator.test is Test.LIKE and is_pattern(text)
    return not like and not EXTERNAL_ID_SHORTEST <= len(text) <= EXTERNAL_ID_LONGEST


def _principal(principal: Principal, statement: Statement) -> Iterator[Problem]:
    required = _REQUIRED_KEYS.get(principal.form)
    if required is not None and all(fold(c.key) != required for c in statement.conditions):
        what = f"trust in {shown(principal.text)} is documented to need the condition `{required}`"
        yield _problem("federation-condition-missing", principal.path, what)
    if principal.form is not PrincipalForm.ANYONE and is_pattern(principal.text):
        what = "the region is written `*`; the vendor's pages on trust policies leave it empty"
        yield _problem("principal-region", principal.path, what, Weight.NOTE)


def _trust(document: PolicyDocument) -> Iterator[Problem]:
    for ready in prepared(document).statements:
        own = ready.statement
        if ready.covers_action(_ASSUME_ROLE).truth is Truth.FALSE:
            what = "it does not cover sts:AssumeRole, so nobody can assume the role by it"
            yield _problem("not-about-assuming", own.path, what)
        if own.effect is Effect.DENY:
            what = "the vendor's pages differ on whether a trust policy may deny"
            yield _problem("deny-in-trust", member(own.path, "Effect"), what, Weight.NOTE)
