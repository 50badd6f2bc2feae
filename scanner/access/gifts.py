"""What a call that changes permissions gives, and to whom.

Attaching a policy gives what the best attachable policy allows, a new version anything at all, putting a version in
force what that version says, and joining a group what the group has. Taking a policy away gives something only
where the policy denies, and is told of the caller's own policies. Whether the call may be made is read in
`scanner.access.changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanner.access.changes import Aim, CallBook, Calls, PermissionCall
from scanner.access.cite import cite
from scanner.access.dormant import Versions
from scanner.access.grants import Grant, Standing, grant
from scanner.access.hops import Hop
from scanner.access.identities import (
    ADMINISTRATOR,
    Identities,
    Identity,
    Kind,
    named,
    permissions_of,
)
from scanner.access.understood import may_do_everything
from scanner.access.view import Holder, PrincipalView
from scanner.model.document import Document
from scanner.model.policy import PolicyKind, PolicyRef, PolicyVersion, PrincipalKind
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import Effect, PolicyType, Words

ANYTHING: Final = "anything in the account"

_ATTACH: Final = frozenset(
    {"ram:AttachPolicyToRole", "ram:AttachPolicyToUser", "ram:AttachPolicyToGroup", "ram:AttachPolicy"}
)
_DETACH: Final = frozenset(
    {"ram:DetachPolicyFromRole", "ram:DetachPolicyFromUser", "ram:DetachPolicyFromGroup", "ram:DetachPolicy"}
)
_NEW_VERSION: Final = "ram:CreatePolicyVersion"
_OLD_VERSION: Final = "ram:SetDefaultPolicyVersion"
_JOIN: Final = "ram:AddUserToGroup"
_WRITE_POLICY: Final = "ram:CreatePolicy"
_STATEMENTS: Final = 2
"""How many statements of a dormant version a sentence quotes."""
_FREELY: Final = Hop(standing=Standing.ALLOWED)
SUREST_FIRST: Final = (Standing.ALLOWED, Standing.CONDITIONAL, Standing.UNCERTAIN, Standing.DENIED)


class Worth(StrEnum):
    """How much a call brings."""

    ANYTHING = "anything"
    MORE = "more"
    """What another role, user, group or policy has."""
    LATER = "later"
    """Nothing as things are; it may once something else is made or attached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What one call gives to some users, groups and roles, on one set of terms."""

    action: str
    kind: Kind
    names: tuple[str, ...]
    """What the call is made on, as far as it exists."""
    to_come: str
    """In words, what the call is made on that may be created; empty for what exists."""
    to: tuple[Identity, ...]
    """Who has more then, as far as they exist."""
    worth: Worth
    what: str
    """In words, what they have then."""
    hop: Hop


@dataclass(frozen=True, slots=True)
class _Given:
    """A policy or group that a call hands over, or several on the same terms."""

    worth: Worth
    what: str
    hop: Hop


_Bring = Callable[[PolicyRef], _Given | None]
"""What a call on one policy brings to those who hold it."""


def hop_of(found: Grant) -> Hop:
    """The grant in the form in which terms are put together."""
    return Hop(
        standing=found.standing,
        only_if=(", or ".join(found.only_if),) if found.only_if else (),
        unless=found.unless,
        doubts=found.doubts,
        statements=tuple(cite(ref) for ref in found.statements),
    )


class Gifts:
    """Answers what calls give in one account."""

    def __init__(self, identities: Identities, book: CallBook) -> None:
        self._identities = identities
        self._book = book
        self._given: dict[tuple[int, ...], tuple[Gift, ...]] = {}
        self._raised: dict[tuple[int, ...], frozenset[Identity]] = {}
        self._versions = Versions(identities.view)
        self._whole: dict[object, bool] = {}

    def of(self, holder: Holder) -> tuple[Gift, ...]:
        """Everything that the calls of `holder` give, to itself and to others."""
        return (*self.anybodys(holder), *self._detaching(holder))

    def anybodys(self, holder: Holder) -> tuple[Gift, ...]:
        """What the calls of whoever holds the same policies give, but for what taking away an own policy does."""
        key = permissions_of(holder)
        if key not in self._given:
            self._given[key] = tuple(self._find(holder, self._book.anybodys(holder)))
        return self._given[key]

    def raised(self, holder: Holder) -> frozenset[Identity]:
        """Whom the calls of `holder` let do anything, on no condition."""
        key = permissions_of(holder)
        if key not in self._raised:
            gifts = (g for g in self.anybodys(holder) if g.worth is Worth.ANYTHING)
            sure = (gift for gift in gifts if gift.hop.standing is Standing.ALLOWED)
            self._raised[key] = frozenset(to for gift in sure for to in gift.to)
        return self._raised[key]

    def _find(self, holder: Holder, found: Calls) -> Iterator[Gift]:
        for call in found.every:
            if call.action in _ATTACH:
                yield from self._attaching(holder, call, found)
            elif call.action == _NEW_VERSION:
                yield from self._of_policies(call, self._new_version)
            elif call.action == _OLD_VERSION:
                yield from self._of_policies(call, self._old_versions)
            elif call.action == _JOIN:
                yield from self._joining(call)

    def is_whole(self, identity: Identity) -> bool:
        """Whether the identity may do anything already."""
        if identity not in self._whole:
            holder = self._identities.holder(identity)
            self._whole[identity] = holder is not None and may_do_everything(holder, self._identities.account)
        return self._whole[identity]

    def _attaching(self, holder: Holder, call: PermissionCall, found: Calls) -> Iterator[Gift]:
        given = tuple(_best(self._policies_given(holder, call.giving, found)))
        for aim in call.on:
            for one in given:
                yield _gift(call.action, aim, one)

    def _policies_given(self, holder: Holder, giving: Sequence[Aim], found: Calls) -> Iterator[_Given]:
        writable = {
            name
            for call in found.every
            if call.action == _NEW_VERSION
            for aim in call.on
            for name in aim.names
        }
        for aim in giving:
            hop = hop_of(aim.grant)
            if str(ADMINISTRATOR) in aim.names:
                yield _Given(Worth.ANYTHING, f"{ANYTHING}, by `{ADMINISTRATOR}`", hop)
            elif rewritten := sorted(writable.intersection(aim.names)):
                yield _Given(Worth.ANYTHING, f"{ANYTHING}, by a new version of `{rewritten[0]}`", hop)
            elif aim.names:
                yield self._named_policies(aim, hop)
            elif (written := self._written(holder, aim)) is not None:
                what = f"{ANYTHING}, by a policy that it writes with `{_WRITE_POLICY}`"
                yield _Given(Worth.ANYTHING, what, hop.then(hop_of(written)))
            else:
                yield _Given(Worth.LATER, f"what a policy such as `{aim.to_come}` will allow", hop)

    def _named_policies(self, aim: Aim, hop: Hop) -> _Given:
        whole = [name for name in aim.names if self._policy_is_whole(_ref(name))]
        if whole:
            return _Given(Worth.ANYTHING, f"{ANYTHING}, by `{whole[0]}`", hop)
        return _Given(Worth.MORE, f"what {named(Kind.POLICY, aim.names)} allows", hop)

    def _written(self, holder: Holder, aim: Aim) -> Grant | None:
        """The leave to create the policy that is meant, or None where there is none for certain or perhaps."""
        if ":system:" in aim.grant.resource:
            return None
        found = grant(holder, action=_WRITE_POLICY, resource=aim.grant.resource)
        return None if found.standing is Standing.DENIED else found

    def _of_policies(self, call: PermissionCall, bring: _Bring) -> Iterator[Gift]:
        """What a call on policies gives to those who hold them; what gives nobody anything, in one go."""
        for aim in call.on:
            idle: list[str] = []
            granted = hop_of(aim.grant)
            for name in aim.names:
                to = self._holding(_ref(name))
                brought = bring(_ref(name)) if to else None
                if brought is None:
                    idle.append(name)
                    continue
                yield Gift(
                    action=call.action,
                    kind=Kind.POLICY,
                    names=(name,),
                    to_come="",
                    to=to,
                    worth=brought.worth,
                    what=brought.what,
                    hop=granted.then(brought.hop),
                )
            if idle or aim.to_come:
                yield self._idle(call.action, aim, idle)

    def _idle(self, action: str, aim: Aim, names: Sequence[str]) -> Gift:
        why = (
            "once somebody holds it"
            if action == _NEW_VERSION
            else "once it has a broader version and is attached to somebody"
        )
        return Gift(
            action=action,
            kind=Kind.POLICY,
            names=tuple(names),
            to_come=_to_come(aim),
            to=(),
            worth=Worth.LATER,
            what=f"more {why}",
            hop=hop_of(aim.grant),
        )

    def _holding(self, ref: PolicyRef) -> tuple[Identity, ...]:
        """Whose permissions the policy makes, members of groups among them."""
        found: dict[Identity, None] = {}
        for attachment in self._identities.holders_of(ref):
            holder = Identity(attachment.principal_kind, attachment.principal)
            found[holder] = None
            found.update(dict.fromkeys(self._identities.members(holder)))
        return tuple(found)

    def _new_version(self, ref: PolicyRef) -> _Given:
        groups = {attachment.resource_group for attachment in self._identities.holders_of(ref)}
        if None in groups:
            return _Given(Worth.ANYTHING, ANYTHING, _FREELY)
        where = ", ".join(f"`{group}`" for group in sorted(group for group in groups if group is not None))
        return _Given(Worth.MORE, f"anything in resource group {where}", _FREELY)

    def _old_versions(self, ref: PolicyRef) -> _Given | None:
        """What a stored version that is not in force brings; None where none is, or may be, broader."""
        stored = self._versions.named(ref)
        if stored is None:
            return None
        for one in stored.broader:
            if self._is_whole(ref, one.version):
                return _Given(Worth.ANYTHING, f"{ANYTHING}, by version {one.version.version_id}", _FREELY)
        if stored.broader:
            told = "; ".join(version_words(one.version) for one in stored.broader)
            return _Given(Worth.MORE, f"more: {told}", _FREELY)
        if stored.doubts:
            hop = Hop(standing=Standing.UNCERTAIN, doubts=stored.doubts)
            return _Given(Worth.MORE, "what another version allows", hop)
        return None

    def _joining(self, call: PermissionCall) -> Iterator[Gift]:
        given = tuple(_best(self._groups_given(call.giving)))
        for aim in call.on:
            for one in given:
                yield _gift(call.action, aim, one)

    def _groups_given(self, giving: Sequence[Aim]) -> Iterator[_Given]:
        for aim in giving:
            hop = hop_of(aim.grant)
            if not aim.names:
                yield _Given(Worth.LATER, f"what a group such as `{aim.to_come}` will have", hop)
                continue
            whole = [name for name in aim.names if self.is_whole(Identity(PrincipalKind.GROUP, name))]
            if whole:
                yield _Given(Worth.ANYTHING, f"{ANYTHING}, by {named(Kind.GROUP, whole[:1])}", hop)
            else:
                yield _Given(Worth.MORE, f"what {named(Kind.GROUP, aim.names)} may do", hop)

    def _detaching(self, holder: Holder) -> Iterator[Gift]:
        """What the caller gains when a policy of its own that denies is taken from it."""
        denying = {policy.label for policy in holder.policies if _denies(policy)}
        if not denying:
            return
        for call in self._book.of(holder).every:
            if call.action in _DETACH:
                yield from _lifted(holder, call, denying)

    def _policy_is_whole(self, ref: PolicyRef) -> bool:
        stored = self._identities.policy(ref)
        version = None if stored is None else stored.effective
        return version is not None and self._is_whole(ref, version)

    def _is_whole(self, ref: PolicyRef, version: PolicyVersion) -> bool:
        if version.document is None:
            return False
        key = (version.document.digest,)
        if key not in self._whole:
            self._whole[key] = may_do_everything(_only(ref, version.document), self._identities.account)
        return self._whole[key]


def _to_come(aim: Aim) -> str:
    """In words, what may be created and is meant; empty for what exists."""
    if not aim.to_come:
        return ""
    if aim.any_to_come:
        return f"any {aim.kind.value} that may be created"
    return f"a {aim.kind.value} named `{aim.to_come}`, which is not there now"


def version_words(version: PolicyVersion) -> str:
    """The first things that a stored version allows, in one phrase."""
    if version.document is None:
        return f"version {version.version_id}, which was not read"
    document = parse(version.document.text, type=PolicyType.PERMISSION)
    allowed = [s for s in document.statements if s.effect is Effect.ALLOW]
    parts = [
        f"{_first(_texts(s.actions) or ('all but some actions',))} on {_first(_texts(s.resources) or ('*',))}"
        for s in allowed[:_STATEMENTS]
    ]
    more = len(allowed) - len(parts)
    words = ", ".join(parts) + (f" and {more} more" if more > 0 else "")
    return f"version {version.version_id} allows {words or 'nothing that can be read'}"


def _lifted(holder: Holder, call: PermissionCall, denying: set[str]) -> Iterator[Gift]:
    for aim in call.on:
        for giving in call.giving:
            lifted = sorted(denying.intersection(giving.names))
            if lifted and holder.name in aim.own:
                yield Gift(
                    action=call.action,
                    kind=aim.kind,
                    names=(holder.name,),
                    to_come="",
                    to=(Identity(holder.kind, holder.name),),
                    worth=Worth.MORE,
                    what=f"what {named(Kind.POLICY, lifted)} denies and its other policies allow",
                    hop=hop_of(aim.grant).then(hop_of(giving.grant)),
                )


def _gift(action: str, aim: Aim, given: _Given) -> Gift:
    kind = None if aim.kind is Kind.POLICY else PrincipalKind(aim.kind.value)
    return Gift(
        action=action,
        kind=aim.kind,
        names=aim.names,
        to_come=_to_come(aim),
        to=tuple(Identity(kind, name) for name in aim.names) if kind is not None else (),
        worth=given.worth,
        what=given.what,
        hop=hop_of(aim.grant).then(given.hop),
    )


def _best(given: Iterable[_Given]) -> Iterator[_Given]:
    """For each worth the surest, unless something worth more is as sure."""
    sorted_ = sorted(given, key=lambda one: (list(Worth).index(one.worth), surest_first(one.hop)))
    best = len(SUREST_FIRST)
    for one in sorted_:
        if surest_first(one.hop) < best:
            best = surest_first(one.hop)
            yield one


def surest_first(hop: Hop) -> int:
    """A number to sort by: the surest first."""
    return SUREST_FIRST.index(hop.standing)


def _denies(policy: SourcedPolicy) -> bool:
    return any(statement.effect is Effect.DENY for statement in policy.document.statements)


def _only(ref: PolicyRef, text: Document) -> PrincipalView:
    """Somebody who holds one policy and nothing else."""
    source = SourcedPolicy(document=parse(text.text, type=PolicyType.PERMISSION), label=str(ref))
    return PrincipalView(name="", kind=PrincipalKind.ROLE, policies=(source,), basis=(), unread=())


def _ref(name: str) -> PolicyRef:
    kind, _, rest = name.partition(":")
    return PolicyRef(PolicyKind(kind), rest)


def _texts(words: Words | None) -> tuple[str, ...]:
    return () if words is None else words.items


def _first(texts: Sequence[str]) -> str:
    more = len(texts) - 1
    return f"`{texts[0]}`" + (f" and {more} more" if more else "")
