"""Callers that stand for all who may ask for a role: for each principal somebody it names, and somebody it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.policy.decision import AssumeCaller, CallerKind
from scanner.policy.syntax import Principal, PrincipalForm

_NOBODY = "0000000000000000"
"""An account that no policy names."""
_SOME_USER = "some-user"
_SOME_ROLE = "some-role"


def callers_of(principals: Iterable[Principal]) -> tuple[AssumeCaller, ...]:
    """Callers among whom `principals` tell everybody apart."""
    named = list({(p.group, p.text): p for p in principals}.values())
    accounts = dict.fromkeys(p.account for p in named if p.account is not None)
    names = {p.name for p in named}
    found: dict[AssumeCaller, None] = {}
    for principal in named:
        found |= dict.fromkeys(_named(principal))
    for account in (*accounts, _unused(accounts)):
        found[_user(account, _fresh(_SOME_USER, names))] = None
        found[_role(account, _fresh(_SOME_ROLE, names))] = None
    found[AssumeCaller(kind=CallerKind.SERVICE, account="", arn="some-service.aliyuncs.com")] = None
    for kind in (CallerKind.SAML, CallerKind.OIDC):
        found[_provider(kind, _unused(accounts), "some-provider")] = None
    return tuple(found)


def _named(principal: Principal) -> Iterator[AssumeCaller]:
    """Those whom a principal names, and for one that is not understood whom it may name."""
    account = principal.account or _NOBODY
    match principal.form:
        case PrincipalForm.USER:
            yield _user(account, principal.name)
        case PrincipalForm.ROLE:
            yield _role(account, principal.name)
        case PrincipalForm.SERVICE:
            yield AssumeCaller(kind=CallerKind.SERVICE, account="", arn=principal.name)
            yield AssumeCaller(kind=CallerKind.SERVICE, account=_NOBODY, arn=principal.name)
        case PrincipalForm.ACCOUNT_SERVICE:
            yield AssumeCaller(kind=CallerKind.SERVICE, account=account, arn=principal.name)
        case PrincipalForm.SAML:
            yield _provider(CallerKind.SAML, account, principal.name)
        case PrincipalForm.OIDC:
            yield _provider(CallerKind.OIDC, account, principal.name)
        case PrincipalForm.ANYONE:
            yield from _like(principal.text.replace("*", "x").replace("?", "x"))
        case PrincipalForm.ROOT | PrincipalForm.UNSUPPORTED:
            return


def _like(text: str) -> Iterator[AssumeCaller]:
    """Somebody whom a pattern may mean, its wildcards filled."""
    parts = text.split(":")
    account = parts[3] if len(parts) > 4 and parts[3].isdecimal() else _NOBODY  # noqa: PLR2004 - a name has five parts
    kind, _, name = parts[-1].partition("/")
    if kind == "user":
        yield _user(account, name)
    elif kind == "role":
        yield _role(account, name)


def _user(account: str, name: str) -> AssumeCaller:
    return AssumeCaller(kind=CallerKind.USER, account=account, arn=f"acs:ram::{account}:user/{name}")


def _role(account: str, name: str) -> AssumeCaller:
    return AssumeCaller(kind=CallerKind.ROLE, account=account, arn=f"acs:ram::{account}:role/{name}")


def _provider(kind: CallerKind, account: str, name: str) -> AssumeCaller:
    return AssumeCaller(kind=kind, account=account, arn=f"acs:ram::{account}:{kind.value}/{name}")


def _unused(accounts: Iterable[str]) -> str:
    taken = set(accounts)
    return next(account for account in (f"{n:016}" for n in range(len(taken) + 1)) if account not in taken)


def _fresh(name: str, taken: set[str]) -> str:
    folded = {other.lower() for other in taken}
    while name in folded:
        name += "-2"
    return name
