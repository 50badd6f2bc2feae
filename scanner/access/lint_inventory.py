"""What lint can say about a document once it is known what there is in the account.

These are mistakes of the text, such as a name that nothing has. Whether what a document grants is dangerous is for
the rules. Where not all was read, nothing is said to be missing for certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from scanner.access.registered import LISTED_AS, Registered, differing_in_case, listing_unread, registered
from scanner.access.resource_words import (
    instance_of_other_series,
    instances_begun,
    named_instance,
    names_nothing,
    region_unread,
    rocketmq_patterns,
)
from scanner.access.resources import SERVICE_OF
from scanner.access.view import AccountView
from scanner.model.broker import Series
from scanner.model.ids import AccountId, Arn
from scanner.policy.decision import SourcedPolicy
from scanner.policy.lint_resources import open_names
from scanner.policy.pattern import has_variable
from scanner.policy.positions import shown
from scanner.policy.remark import Remark, does_nothing, remark
from scanner.policy.syntax import Effect, PolicyDocument, PolicyType, Principal, Statement, Weight

NAMED: Final = 5
"""How many names a remark lists before it counts the rest."""
PREFIX_CATCHES: Final = frozenset({"prefix-catches-several-instances", "prefix-catches-more"})
"""Codes of remarks on what a prefix catches besides what it seems to name."""
_ALIKE: Final = 0.8
"""How alike two names must be, of 1, for one to be offered for the other."""


class Inventory:
    """Lints documents against one account; what it looks up is gathered once."""

    def __init__(self, view: AccountView, *, others: Mapping[AccountId, AccountView] | None = None) -> None:
        self._view = view
        self._homes = {**(others or {}), view.account: view}
        self._registered: dict[AccountId, Registered] = {}

    def lint(self, document: PolicyDocument) -> tuple[Remark, ...]:
        """What of the document does not fit what there is."""
        if document.type is PolicyType.TRUST:
            return tuple(self._trust(document))
        policy = SourcedPolicy(document=document, label="")
        return tuple(
            found
            for effect in Effect
            for ref, path, pattern in rocketmq_patterns([policy], effect=effect)
            if not has_variable(pattern)
            for found in self._resource(pattern, path, ref.statement)
        )

    def _resource(self, pattern: str, path: str, statement: Statement) -> Iterator[Remark]:
        other = instance_of_other_series(pattern, self._view)
        if other is not None:
            series = self._view.resources.series_of[other]
            what = f"instance {shown(other)} is of RocketMQ {series.value}, so this {does_nothing(statement)}"
            yield remark(
                "instance-of-other-series",
                path,
                what,
                instead=f"names that begin with `acs:{SERVICE_OF[series]}:`",
            )
        elif names_nothing(pattern, self._view):
            yield self._missing(pattern, path)
        else:
            yield from self._caught_too(pattern, path)

    def _missing(self, pattern: str, path: str) -> Remark:
        region = region_unread(pattern, self._view)
        unread = (*self._view.resources.unread, *((region,) if region else ()))
        if unread:
            what = f"nothing that was read has a name that {shown(pattern)} covers; not all was: {unread[0]}"
            return remark("matches-nothing", path, what, weight=Weight.NOTE)
        near = self._near(pattern)
        what = f"there is nothing in the account that {shown(pattern)} covers"
        return remark("matches-nothing", path, what + (f"; there is {shown(near)}" if near else ""))

    def _near(self, pattern: str) -> str:
        """What there is under a similar name: in the instance that is named, or an instance; empty if nothing is."""
        named = named_instance(pattern)
        if named is None:
            return ""
        series, instance = named
        ids = self._view.resources.series_of
        if instance not in ids:
            return next(iter(get_close_matches(instance, ids, n=1, cutoff=_ALIKE)), "")
        inside = f"instance/{instance}/*" if series is Series.V5 else f"{instance}%*"
        found = self._view.resources.caught_by(f"acs:{SERVICE_OF[series]}:*:*:{inside}")
        names = {_last(resource.arn): resource.arn for resource in found}
        near = get_close_matches(_last(pattern).removesuffix("*"), names, n=1, cutoff=_ALIKE)
        return names[near[0]] if near else ""

    def _caught_too(self, pattern: str, path: str) -> Iterator[Remark]:
        """What a pattern catches besides the one that it seems to name."""
        instances = [instance.instance_id for instance in instances_begun(pattern, self._view)]
        if len(instances) > 1:
            what = f"{shown(pattern)} reaches {len(instances)} instances: {_listed(instances)}"
            instead = "the whole id of each instance that is meant"
            yield remark("prefix-catches-several-instances", path, what, instead=instead)
            return
        for name, found in self._names_begun(pattern):
            if name in found and len(found) > 1:
                rest = sorted(found - {name})
                what = f"{shown(pattern)} catches, besides {shown(name)}, {_listed(rest)}"
                yield remark("prefix-catches-more", path, what, instead=f"{pattern.removesuffix('*')}")

    def _names_begun(self, pattern: str) -> Iterator[tuple[str, set[str]]]:
        """Each name that the pattern leaves open at its end, and the names that there are in its place."""
        parts = Arn.parse(pattern)
        if parts is None or not pattern.endswith("*"):
            return
        separator = "%" if parts.service == "mq" else "/"
        relatives = [resource.arn.split(":", 4)[4] for resource in self._view.resources.caught_by(pattern)]
        for start, name in open_names(parts.service, parts.relative):
            place = start.count(separator)
            yield (
                name,
                {steps[place] for relative in relatives if len(steps := relative.split(separator)) > place},
            )

    def _trust(self, document: PolicyDocument) -> Iterator[Remark]:
        for statement in document.statements:
            for principal in statement.principals or ():
                if principal.form in LISTED_AS:
                    yield from self._principal(principal)

    def _principal(self, principal: Principal) -> Iterator[Remark]:
        home = self._homes.get(AccountId(principal.account or ""))
        if home is None or listing_unread(principal.form, home):
            return
        among = self._registered.setdefault(home.account, registered(home))
        key = (principal.form, principal.name)
        if key in among:
            return
        what = f"there is no {principal.form.value} {shown(principal.name)} in account `{home.account}`"
        other = differing_in_case(key, among)
        if other:
            what += f", but {shown(other)}; whether case counts in a principal's name is not documented"
        yield remark("principal-missing", principal.path, what)


def _last(name: str) -> str:
    """The last piece of a resource name."""
    return name.rpartition(":")[2].rpartition("/")[2].rpartition("%")[2]


def _listed(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(map(shown, names[:NAMED])) + (f" and {rest} more" if rest > 0 else "")
