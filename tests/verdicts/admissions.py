"""Holds a verdict about who comes in against what the local cloud makes of the trust policy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.emulator.authorize import trust_refuses
from scanner.emulator.service import Caller
from scanner.emulator.state import Account, LocalWorld
from scanner.model.delegation import KnownAccount, Relation
from scanner.model.finding import Finding, Verdict
from scanner.model.ids import AccountId
from tests.verdicts.trying import FRESH, Context, contexts_of, statements_of

EXTERNAL_ID: Final = "sts:externalid"
RULES_TRIED: Final = ("trust-allows-unknown-account", "trust-allows-whole-account", "external-id-missing")
_NAMED: Final = re.compile(r"acs:ram:\*?:([0-9]+):(root|user|role)(?:/(.+))?")
_STRANGER: Final = "8888888888888888"


def agrees(world: LocalWorld, finding: Finding, known: Mapping[AccountId, KnownAccount]) -> str | None:
    """Where the cloud and the finding differ, in words; None where they agree or nothing was said."""
    role = world.accounts[finding.account].roles[finding.subject]
    statements = statements_of(role.trust)
    if finding.verdict not in {Verdict.PASS, Verdict.FAIL} or not _is_tried(statements):
        return None
    arn = f"acs:ram::{finding.account}:role/{finding.subject}"
    contexts = [c for c in contexts_of(statements) if _meant(finding.rule, c)]
    for caller in _callers(finding, statements, known):
        let_in = [trust_refuses(role.trust, caller=caller, resource=arn, context=c) is None for c in contexts]
        if any(let_in) and finding.verdict is Verdict.PASS:
            return f"{finding.message}: yet {caller.arn} comes in"
        # Demands for an external id have rules of their own and count as no condition in a finding.
        free = all(let_in) or EXTERNAL_ID in "".join(key for c in contexts for key in c)
        if any(let_in) and (free or "under condition" in finding.message):
            return None
    return None if finding.verdict is Verdict.PASS else f"{finding.message}: yet nobody comes in"


def _is_tried(statements: list[dict[str, Any]]) -> bool:
    """Whether all principals are users, roles and accounts: what the local cloud can let in."""
    for statement in statements:
        for kind, listed in statement["Principal"].items():
            texts = [listed] if isinstance(listed, str) else listed
            if kind != "RAM" or not all(_NAMED.fullmatch(text) for text in texts):
                return False
    return bool(statements)


def _meant(rule: str, context: Context) -> bool:
    return rule != "external-id-missing" or EXTERNAL_ID not in context


def _callers(
    finding: Finding, statements: list[dict[str, Any]], known: Mapping[AccountId, KnownAccount]
) -> Iterator[Caller]:
    """Whoever the finding's rule is about: those the trust policy names, and somebody nobody has named."""
    named = {(_STRANGER, "root", "")}
    for statement in statements:
        texts = statement["Principal"]["RAM"]
        for text in [texts] if isinstance(texts, str) else texts:
            found = _NAMED.fullmatch(text)
            assert found is not None
            named |= {(found[1], found[2], found[3] or ""), (found[1], "root", "")}
    for account, kind, name in sorted(named):
        relation = known[AccountId(account)].relation if AccountId(account) in known else Relation.UNKNOWN
        if _is_about(finding, account, kind, relation):
            kinds = ("user", "role") if kind == "root" else (kind,)
            for each in kinds:
                yield Caller(account=Account(account), kind=each, name=name or FRESH, key_id="k")


def _is_about(finding: Finding, account: str, kind: str, relation: Relation) -> bool:
    if account == finding.account:
        return False
    match finding.rule:
        case "trust-allows-unknown-account":
            return relation is Relation.UNKNOWN
        case "trust-allows-whole-account":
            return kind == "root"
        case _:
            return relation is not Relation.OWN
