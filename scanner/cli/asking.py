"""What the commands that answer questions about access share: the scans they look at, and how they say what they found."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scanner.errors import NothingInScopeError, UsageError

if TYPE_CHECKING:
    from scanner.access.entrance import Closed, Entrances, Path
    from scanner.access.hops import Hop
    from scanner.access.targets import Asked
    from scanner.access.view import AccountView
    from scanner.model.delegation import KnownAccount
    from scanner.model.finding import Evidence
    from scanner.model.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """The stored accounts that a question is about, and those beside them."""

    views: tuple[AccountView, ...]
    """The accounts whose roles and resources are asked about."""
    beside: Mapping[AccountId, AccountView]
    """Every other stored account, for those who come from there."""
    known: Mapping[AccountId, KnownAccount]
    _entered: dict[AccountId, Entrances] = field(default_factory=dict, repr=False)

    def others(self, view: AccountView) -> Mapping[AccountId, AccountView]:
        """Every account but this one."""
        asked = {other.account: other for other in self.views if other is not view}
        return {**self.beside, **asked}

    def entered(self, view: AccountView) -> Entrances:
        """Who comes into the account from outside."""
        from scanner.access.paths import entrances

        if view.account not in self._entered:
            self._entered[view.account] = entrances(view, others=self.others(view), known=self.known)
        return self._entered[view.account]


def load_estate(args: Namespace) -> Estate:
    """The scans that the options choose, ready for questions.

    Raises:
        NothingInScopeError: no stored scan fits.
    """
    from scanner.access.view import AccountView
    from scanner.cli.settings import load_invocation
    from scanner.cli.stored import chosen_scans, scans_beside
    from scanner.wiring import open_store

    settings = load_invocation(args).settings
    with open_store(settings) as store:
        records = chosen_scans(store, args)
        beside = scans_beside(store, args, records)
        views = tuple(AccountView.of(store.load(record.scan)) for record in records)
        others = {record.account: AccountView.of(store.load(record.scan)) for record in beside}
    return Estate(views=views, beside=others, known=settings.known)


def checked_question(text: str) -> Asked:
    """The actions that `text` names.

    Raises:
        UsageError: it is neither an action nor a class of actions.
    """
    from scanner.access.targets import asked
    from scanner.policy.catalogue import AccessClass

    question = asked(text)
    if question.actions:
        return question
    near = f"did you mean {_or(question.near)}? " if question.near else ""
    classes = ", ".join(f"`{access.value}`" for access in AccessClass)
    raise UsageError(
        f"`{text}` is neither an action nor a class of actions",
        hint=f"{near}an action looks like `rocketmq:GetTopic`; the classes are {classes}",
    )


def question_notes(question: Asked) -> tuple[str, ...]:
    """What to tell about an action that the catalogue does not have."""
    if question.known:
        return ()
    near = f"; near are {_or(question.near)}" if question.near else ""
    return (
        f"`{question.text}` is not in the catalogue of known actions: it may be new, or misspelt and grant nothing{near}",
    )


def no_such_resource(text: str, *, near: Sequence[str], why: Sequence[str]) -> NothingInScopeError:
    """The error for a name that means nothing."""
    if why:
        return NothingInScopeError(why[0], hint="name something it is asked on, or `*` for all of them")
    hint = (
        f"did you mean {_or(near)}?"
        if near
        else "name an instance, `instance/topic`, the ARN of a resource, or `*`; `crossrole report` lists what is there"
    )
    return NothingInScopeError(f"no stored scan has a resource `{text}`", hint=hint)


def nobody_of_this_name(text: str, estate: Estate) -> NothingInScopeError:
    """The error for a word that means nobody who comes in or is trusted."""
    from scanner.access.people import near_people

    entered = [estate.entered(view) for view in estate.views]
    near = near_people(text, estate.views, entered, estate.known)
    return NothingInScopeError(
        f"nobody called `{text}` is trusted by a role of a stored account",
        hint=f"did you mean {_or(near)}?" if near else "`crossrole roles` lists who is trusted",
    )


def who(path: Path) -> str:
    """The principal of a way in, with its partner's name."""
    if not path.principal:
        return "nobody can tell who"
    return f"{path.principal} ({path.partner})" if path.partner else path.principal


def terms_in_words(only_if: Sequence[str], unless: Sequence[str]) -> str:
    """Terms that must all be met; empty where there are none."""
    opening = [f"only if {' and '.join(only_if)}"] if only_if else []
    return ", ".join((*opening, *(f"unless {words}" for words in unless)))


def path_value(path: Path) -> dict[str, Any]:
    """A way in as JSON."""
    return {
        "principal": path.principal,
        "account": path.account,
        "partner": path.partner,
        "relation": path.relation.value,
        "roles": list(path.roles),
        "ways_in": [way.value for way in path.ways],
        "certainty": path.certainty.value,
        "only_if": list(path.only_if),
        "unless": list(path.unless),
        "doubts": list(path.doubts),
        "accessor_scanned": path.accessor_scanned,
        "statements": [evidence_value(evidence) for evidence in path.statements],
    }


def closed_value(closed: Closed) -> dict[str, Any]:
    """Somebody who is trusted in vain, as JSON."""
    return {
        "role": closed.role,
        "principal": closed.principal,
        "account": closed.account,
        "because": closed.because,
    }


def evidence_value(evidence: Evidence) -> dict[str, Any]:
    """A place in a document as JSON."""
    return {
        "source": evidence.source,
        "version": evidence.version,
        "path": evidence.path,
        "excerpt": evidence.excerpt,
        "digest": evidence.digest,
    }


def hop_value(hop: Hop) -> dict[str, Any]:
    """On which terms, how surely and by which statements, as JSON."""
    from scanner.access.entrance import certainty_of

    return {
        "certainty": certainty_of(hop.standing).value,
        "only_if": list(hop.only_if),
        "unless": list(hop.unless),
        "doubts": list(hop.doubts),
        "statements": [evidence_value(evidence) for evidence in hop.statements],
    }


def place(evidence: Evidence) -> str:
    """Where a statement stands, on one line."""
    return f"{evidence.source} {evidence.version} {evidence.path}".replace("  ", " ").strip()


def _or(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
