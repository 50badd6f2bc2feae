"""Callers that stand for all who may ask for a role: for each principal somebody it names, and somebody it does not."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from string import ascii_lowercase, digits

from scanner.model.ids import is_account_id
from scanner.policy.callers import GROUP_OF
from scanner.policy.decision import AssumeCaller, CallerKind
from scanner.policy.pattern import matches
from scanner.policy.principals import SERVICE_DOMAIN
from scanner.policy.syntax import Principal, PrincipalForm

_NOBODY = "0000000000000000"
"""An account that no policy names."""
_WORDS = tuple(f"somebody{ending}" for ending in ("", *ascii_lowercase, *digits))
_DIGITS = tuple(digit * count for count in (15, 1, 11) for digit in digits)
_ARN_PARTS = 5
_SOME_USER = "some-user"
_SOME_ROLE = "some-role"


def callers_of(principals: Iterable[Principal]) -> tuple[AssumeCaller, ...]:
    """Callers among whom `principals` tell everybody apart."""
    named = list({(p.group, p.text): p for p in principals}.values())
    accounts = dict.fromkeys(p.account for p in named if p.account is not None)
    names = {p.name for p in named}
    found: dict[AssumeCaller, None] = {}
    for principal in named:
        found |= dict.fromkeys(_named(principal, named))
    for account in (*accounts, _unused(accounts)):
        found[_user(account, _fresh(_SOME_USER, names))] = None
        found[_role(account, _fresh(_SOME_ROLE, names))] = None
    found[AssumeCaller(kind=CallerKind.SERVICE, account="", arn="some-service.aliyuncs.com")] = None
    for kind in (CallerKind.SAML, CallerKind.OIDC):
        found[_provider(kind, _unused(accounts), "some-provider")] = None
    return tuple(found)


def _named(principal: Principal, others: Sequence[Principal]) -> Iterator[AssumeCaller]:
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
            yield from _meant(principal, others)
        case PrincipalForm.ROOT | PrincipalForm.UNSUPPORTED:
            return


def _meant(principal: Principal, others: Sequence[Principal]) -> Iterator[AssumeCaller]:
    """Somebody of each kind whom a pattern may mean and whom no other principal names."""
    taken = {part for other in others for part in (other.account, other.name)}
    for kind, group in GROUP_OF.items():
        if principal.group not in {"", group}:
            continue
        if kind is CallerKind.SERVICE:
            yield _service(principal.text, taken)
            continue
        account, relative = _account_and_relative(principal.text)
        kinds, _, name = relative.rpartition("/")
        if matches(kinds or "*", kind.value):
            # What may mean the account itself may mean everybody in it.
            everybody = not kinds and matches(relative, "root")
            filled = _filled("*" if everybody else name, taken)
            found = _filled_account(account, taken)
            yield AssumeCaller(kind=kind, account=found, arn=f"acs:ram::{found}:{kind.value}/{filled}")


def _service(text: str, taken: Container[str | None]) -> AssumeCaller:
    account, at, service = text.rpartition("@")
    name = _filled(service, taken) + (SERVICE_DOMAIN if service.endswith("*") else "")
    return AssumeCaller(
        kind=CallerKind.SERVICE, account=_filled_account(account, taken) if at else "", arn=name
    )


def _account_and_relative(text: str) -> tuple[str, str]:
    """The patterns for the account and for what is in it; a wildcard that stands for colons may be both."""
    parts = text.split(":", _ARN_PARTS - 1)
    if len(parts) == _ARN_PARTS:
        return parts[3], parts[4]
    return (parts[3], "*") if len(parts) == _ARN_PARTS - 1 else (_NOBODY, parts[-1])


def _filled(pattern: str, taken: Container[str | None]) -> str:
    """A name that the pattern covers and that is not taken, where there is one among those tried."""
    names = [pattern.replace("*", word).replace("?", word[-1]) for word in _WORDS]
    return next((name for name in names if name not in taken), names[0])


def _filled_account(pattern: str, taken: Container[str | None]) -> str:
    """An account that the pattern covers, one that is not taken where there is one among those tried."""
    accounts = [pattern.replace("*", run).replace("?", run[0]) for run in _DIGITS]
    fitting = [account for account in accounts if is_account_id(account)] or [_NOBODY]
    return next((account for account in fitting if account not in taken), fitting[0])


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
