"""Whom a word means: a principal, an account, a partner of the settings, or a role of the account itself.

Somebody of an account that is trusted as a whole, and was not scanned, is meant by the trust in the account; whether
they may use it is for their own account to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from scanner.access.chains import Chains
from scanner.access.entrance import Certainty, Closed, Entrances, Path
from scanner.access.view import AccountView, RoleView
from scanner.model.delegation import KnownAccount, Relation
from scanner.model.ids import AccountId, Arn, is_account_id, role_arn
from scanner.policy.callers import names
from scanner.policy.decision import AssumeCaller, CallerKind, Truth
from scanner.policy.pattern import fold
from scanner.policy.principals import FEDERATED, RAM, SERVICE, principal_of
from scanner.policy.syntax import Principal, PrincipalForm

OF_ACCOUNT: Final = "it holds sts:AssumeRole on the role in its own account"
"""The term of whoever comes in by the trust in an account of which nobody has looked at the users."""

_NEAR: Final = 3
_KINDS: Final = {
    PrincipalForm.USER: CallerKind.USER,
    PrincipalForm.ROLE: CallerKind.ROLE,
    PrincipalForm.SAML: CallerKind.SAML,
    PrincipalForm.OIDC: CallerKind.OIDC,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Whom a word means, and how they come in."""

    paths: tuple[Path, ...] = ()
    """Their ways in, sorted as those of the account; a role of the account itself is a way of its own."""
    closed: tuple[Closed, ...] = ()
    """Where they are trusted in vain."""

    @property
    def are_there(self) -> bool:
        """Whether the word means anybody."""
        return bool(self.paths or self.closed)


def people(
    text: str, view: AccountView, entered: Entrances, *, known: Mapping[AccountId, KnownAccount]
) -> People:
    """Whom `text` means among those who come into the account, or are trusted in vain."""
    if not text:
        return People()
    own = _own_role(text, view)
    accounts = _accounts(text, known)
    paths = [path for one in entered.paths for path in _meant(text, one, accounts)]
    if own is not None:
        paths += Chains(view).follow([_by_itself(own, view)])
    closed = tuple(one for one in entered.closed if _is_closed(text, one, known))
    return People(paths=tuple(paths), closed=closed)


def near_people(
    text: str,
    views: Iterable[AccountView],
    entered: Iterable[Entrances],
    known: Mapping[AccountId, KnownAccount],
) -> tuple[str, ...]:
    """Names of principals, partners and roles that are nearly `text`."""
    words: dict[str, str] = {}
    for one in entered:
        for principal in (*(p.principal for p in one.paths), *(c.principal for c in one.closed)):
            words.setdefault(fold(principal), principal)
            words.setdefault(fold(_last(principal)), principal)
    words |= {fold(account.name): account.name for account in known.values() if account.name}
    words |= {fold(role.name): role.name for view in views for role in view.roles}
    close = get_close_matches(fold(text), sorted(words), n=_NEAR)
    return tuple(dict.fromkeys(words[word] for word in close))


def caller_named(text: str) -> AssumeCaller | None:
    """The user, role or identity provider that an ARN names; a session's ARN means its role."""
    principal = principal_in(text)
    kind = _KINDS.get(principal.form)
    if kind is None or principal.account is None:
        return None
    return AssumeCaller(
        kind=kind,
        account=principal.account,
        arn=f"acs:ram::{principal.account}:{kind.value}/{principal.name}",
    )


def _accounts(text: str, known: Mapping[AccountId, KnownAccount]) -> tuple[str, ...]:
    """The accounts that `text` means as a whole, by number, as a principal, or by the name in the settings."""
    if is_account_id(text):
        return (text,)
    principal = principal_in(text)
    if principal.form is PrincipalForm.ROOT and principal.account is not None:
        return (principal.account,)
    return tuple(account for account, one in known.items() if one.name and fold(one.name) == fold(text))


def _somebody_of(account: str) -> tuple[AssumeCaller, ...]:
    """A user and a role of an account, of no particular name."""
    return tuple(
        AssumeCaller(kind=kind, account=account, arn=f"acs:ram::{account}:{kind.value}/somebody")
        for kind in (CallerKind.USER, CallerKind.ROLE)
    )


def _meant(text: str, path: Path, accounts: tuple[str, ...]) -> Iterator[Path]:
    """The path where `text` means whoever takes it, with what has to be so for that."""
    if _is_name_of(text, path.principal, path.account, path.partner):
        yield path
        return
    caller = caller_named(text)
    if not path.principal and (caller is not None or accounts):
        # Nobody can tell who is trusted here, so it may be they.
        yield path
        return
    if caller is None:
        trusted = principal_in(path.principal)
        somebody = [caller for account in accounts for caller in _somebody_of(account)]
        if any(names(trusted, one, role="").truth is not Truth.FALSE for one in somebody):
            yield path
        return
    match names(principal_in(path.principal), caller, role="").truth:
        case Truth.TRUE if path.accessor_scanned and principal_in(path.principal).form is PrincipalForm.ROOT:
            yield path
        case Truth.TRUE if principal_in(path.principal).form is PrincipalForm.ROOT:
            certainty = max(path.certainty, Certainty.CONDITIONAL, key=list(Certainty).index)
            yield replace(path, certainty=certainty, only_if=(*path.only_if, OF_ACCOUNT))
        case Truth.TRUE | Truth.UNKNOWN:
            yield path
        case Truth.FALSE:
            return


def _is_name_of(text: str, principal: str, account: str | None, partner: str) -> bool:
    """Whether `text` is the principal, its own short name, its account or its partner's name."""
    if text == principal or (account is not None and text in {account, f"acs:ram::{account}:root"}):
        return True
    if partner and fold(text) == fold(partner):
        return True
    return bool(principal) and text in {_last(principal), principal.rpartition(":")[2]} and text != "root"


def _is_closed(text: str, closed: Closed, known: Mapping[AccountId, KnownAccount]) -> bool:
    partner = known.get(closed.account)
    if _is_name_of(text, closed.principal, closed.account, "" if partner is None else partner.name):
        return True
    caller = caller_named(text)
    return caller is not None and names(principal_in(closed.principal), caller, role="").truth is Truth.TRUE


def principal_in(text: str) -> Principal:
    """What a text names, in the form of a principal; its group is told from the text."""
    parts = Arn.parse(text)
    if parts is None:
        return principal_of(text, group=SERVICE if text.endswith(".aliyuncs.com") else RAM, path="")
    kind, _, name = parts.relative.partition("/")
    if kind == "role":
        text = str(replace(parts, relative=f"role/{name.partition('/')[0]}"))
    federated = kind in {"saml-provider", "oidc-provider"}
    return principal_of(text, group=FEDERATED if federated else RAM, path="")


def _own_role(text: str, view: AccountView) -> RoleView | None:
    """The role of the scanned account that `text` names."""
    caller = caller_named(text)
    if caller is None:
        return view.role(text.removeprefix("role/"))
    if caller.kind is not CallerKind.ROLE or caller.account != view.account:
        return None
    return view.role(_last(caller.arn))


def _by_itself(role: RoleView, view: AccountView) -> Path:
    """A session of the role, whoever it is that came in."""
    return Path(
        owner=view.account,
        principal=role_arn(view.account, role.name),
        account=view.account,
        partner="",
        relation=Relation.OWN,
        roles=(role.name,),
        ways=(),
        certainty=Certainty.CERTAIN,
        accessor_scanned=True,
    )


def _last(principal: str) -> str:
    return principal.rpartition("/")[2]
