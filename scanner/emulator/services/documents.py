"""What the local cloud accepts as a policy document when one is saved.

It reads the documented grammar naively and on its own: it must not agree with the scanner's parser
by construction. What the vendor does not document is accepted, except condition operators outside the
documented list, which the service was seen to refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from scanner.emulator.service import Call, Refusal
from scanner.emulator.services.parameters import invalid
from scanner.emulator.state import LocalWorld

DOCUMENT_LONGEST: Final = 6_144
"""Characters of a custom policy."""
TRUST_LONGEST: Final = 6_144
"""Characters of a trust policy. The vendor has an error code for it but publishes no number; inferred."""

OPERATORS: Final = frozenset(
    {"Bool", "IpAddress", "NotIpAddress"}
    | {
        f"String{negation}{comparison}"
        for negation in ("", "Not")
        for comparison in ("Equals", "EqualsIgnoreCase", "Like")
    }
    | {
        f"{family}{comparison}"
        for family in ("Numeric", "Date")
        for comparison in (
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        )
    }
)
"""Every documented condition operator."""

_ELEMENTS: Final = frozenset({"Effect", "Action", "NotAction", "Resource", "Condition", "Sid"})
_TRUST_ELEMENTS: Final = frozenset({"Effect", "Action", "Principal", "Condition", "Sid"})
_PRINCIPAL: Final = re.compile(r"acs:ram:\*?:([0-9]+):(user|role)/(.+)")


def permission_document(call: Call, parameter: str) -> str:
    """The text of a permission policy that may be saved."""
    text = _within(call, parameter, DOCUMENT_LONGEST)
    for statement in _statements(text):
        _check_elements(statement, _ELEMENTS)
        if ("Action" in statement) == ("NotAction" in statement):
            raise malformed("each statement needs either Action or NotAction")
        _check_texts(statement.get("Action", statement.get("NotAction")), "Action")
        _check_texts(statement.get("Resource"), "Resource")
    return text


def trust_document(call: Call, parameter: str) -> str:
    """The text of a trust policy that may be saved: its users and roles in accounts of this world exist."""
    text = _within(call, parameter, TRUST_LONGEST)
    for statement in _statements(text):
        _check_elements(statement, _TRUST_ELEMENTS)
        _check_texts(statement.get("Action"), "Action")
        for kind, name in _principals(statement.get("Principal")):
            if kind == "RAM" and not _may_exist(call.world, name):
                raise malformed(f"the principal {name} does not exist")
    return text


def malformed(because: str) -> Refusal:
    """The refusal of a document. RAM's own reference has status 400, its twin in ResourceManager 409."""
    return Refusal(400, "MalformedPolicyDocument", f"The policy document is malformed: {because}.")


def _within(call: Call, parameter: str, longest: int) -> str:
    text = call.params.get(parameter, "")
    if not 1 <= len(text) <= longest:
        raise invalid(parameter, "Length", f'The parameter - "{parameter}" beyond the length limit.')
    return text


def _statements(text: str) -> list[Mapping[str, object]]:
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise malformed("it is not JSON") from None
    if not isinstance(document, dict) or document.get("Version") != "1":
        raise malformed('it needs "Version": "1"')
    statements = document.get("Statement")
    if not isinstance(statements, list) or not all(isinstance(item, dict) for item in statements):
        raise malformed("Statement must be a list of objects")
    return statements


def _check_elements(statement: Mapping[str, object], allowed: frozenset[str]) -> None:
    if unknown := sorted(set(statement) - allowed):
        raise malformed(f"unknown element {unknown[0]}")
    if statement.get("Effect") not in {"Allow", "Deny"}:
        raise malformed("Effect must be Allow or Deny")
    if "Condition" in statement:
        _check_condition(statement["Condition"])


def _check_condition(condition: object) -> None:
    if not isinstance(condition, dict):
        raise malformed("Condition must be an object")
    for operator, keys in condition.items():
        if operator not in OPERATORS:
            raise malformed(f"unknown condition operator {operator}")
        if not isinstance(keys, dict):
            raise malformed(f"{operator} must be an object")
        for values in keys.values():
            _check_texts(values, operator)


def _check_texts(value: object, element: str) -> None:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise malformed(f"{element} must be a text or a list of texts")


def _principals(principal: object) -> Iterator[tuple[str, str]]:
    if not isinstance(principal, dict) or not principal:
        raise malformed("Principal must be an object")
    for kind, names in principal.items():
        if kind not in {"RAM", "Service", "Federated"}:
            raise malformed(f"unknown principal {kind}")
        _check_texts(names, kind)
        yield from ((kind, name) for name in ([names] if isinstance(names, str) else names))


def _may_exist(world: LocalWorld, principal: str) -> bool:
    """False only for a user or role of an account in this world that is not there.

    Wildcards and accounts elsewhere are accepted: what the service does with them is not documented.
    """
    parts = _PRINCIPAL.fullmatch(principal)
    if parts is None or "*" in principal or "?" in principal:
        return True
    account = world.accounts.get(parts[1])
    if account is None:
        return True
    return parts[3] in (account.users if parts[2] == "user" else account.roles)
