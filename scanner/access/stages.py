"""The calls on a way in, one after the other, each ready to be decided and to be taken apart.

Assuming the first role is the caller's call, assuming each further role a call of the role before, and the last one is
the action itself. What is known of the request's condition keys holds for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from scanner.access.anatomy import GateQuestion, GateView, take_apart
from scanner.access.doors import NOT_THERE
from scanner.access.entrance import Path
from scanner.access.grants import IN_NO_GROUP, Standing, grant
from scanner.access.hops import ANY_NAME, Hop, as_hop, asks, caller_of, let_in, somebody
from scanner.access.people import OF_ACCOUNT, principal_in
from scanner.access.targets import Target
from scanner.access.view import AccountView, Holder, RoleView
from scanner.model.ids import AccountId, Arn
from scanner.model.snapshot import Subject
from scanner.policy.assumptions import UNDECIDED, Readings
from scanner.policy.callers import ask_trust, names
from scanner.policy.decision import (
    AssumeCaller,
    CallerKind,
    Context,
    Gate,
    Outcome,
    Request,
    SourcedPolicy,
    Truth,
)
from scanner.policy.evaluate import ASSUME_ROLE, decide
from scanner.policy.gates import rule
from scanner.policy.pattern import fold
from scanner.policy.statements import Asked
from scanner.policy.syntax import PrincipalForm

NOT_SCANNED: Final = (
    "account `{}` was not scanned: whether it holds sts:AssumeRole on the role is for that account to say"
)
_NO_SAY: Final = Hop(standing=Standing.ALLOWED)
"""What nobody has looked at does not change the answer; the note tells of it."""
_WITH_POLICIES: Final = frozenset({CallerKind.USER, CallerKind.ROLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way in, or one that is shut."""

    path: Path
    shut: str = ""
    """In words, why nobody takes it; empty for a way that is open, or that the policies decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The policies of one party, and the request that they are asked about."""

    name: str
    policies: tuple[SourcedPolicy, ...]
    request: Request
    caller: AssumeCaller | None = None
    """For a trust policy: who asks; None for the policies of whoever asks."""

    def outcome(self, readings: Readings) -> Outcome:
        """What they decide when the open questions are read so."""
        if self.caller is None:
            return decide(self.request, account=self.policies, readings=readings).outcome
        ask = ask_trust(self.caller, role=self.request.resource)
        asked = Asked(self.request, readings)
        return rule(Gate.TRUST, self.policies, asked, ask=ask).decision().outcome

    def gates(self) -> Iterator[GateView]:
        """The gates, taken apart; the resource groups' only where the account's is silent."""
        if self.caller is not None:
            yield self._gate(Gate.TRUST, self.name, self.policies)
            return
        whole = tuple(policy for policy in self.policies if policy.resource_group is None)
        account = self._gate(Gate.ACCOUNT_SCOPE, self.name, whole)
        yield account
        limited = tuple(policy for policy in self.policies if policy.resource_group is not None)
        if limited and (account.outcome is Outcome.UNKNOWN or account.note):
            yield self._gate(Gate.RESOURCE_GROUP_SCOPE, f"{self.name}, in resource groups", limited)

    def _gate(self, gate: Gate, name: str, policies: tuple[SourcedPolicy, ...]) -> GateView:
        asked = Asked(self.request, UNDECIDED)
        return take_apart(
            GateQuestion(name=name, gate=gate, policies=policies, asked=asked, caller=self.caller)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One call: whether it succeeds, and whose policies say so."""

    what: str
    """In words: `user ann assumes role ops`."""
    hop: Hop
    checks: tuple[Check, ...]
    note: str = ""
    """What was left out of the question, or why there are no checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Makes the stages of ways that end in one request."""

    view: AccountView
    others: Mapping[AccountId, AccountView]
    action: str
    target: Target
    context: Context
    named: AssumeCaller | None = None
    """The caller whom the question names, where it names a single one."""

    def of(self, way: Way) -> list[Stage]:
        """Every call on the way."""
        roles = [self._role(name) for name in way.path.roles]
        entry = [] if way.path.starts_inside else [self._entering(way, roles[0])]
        further = [self._going_on(*pair) for pair in pairwise(roles)]
        last = [] if self.assumed is not None else [self._doing(roles[-1])]
        return [*entry, *further, *last]

    @property
    def assumed(self) -> RoleView | None:
        """The role of the account that the question is about assuming; None for any other question."""
        return assumed_role(self.action, self.target, self.view)

    def _role(self, name: str) -> RoleView:
        role = self.view.role(name)
        assert role is not None, "ways lead to roles of the account"
        return role

    def _entering(self, way: Way, role: RoleView) -> Stage:
        """The caller assumes the first role."""
        caller = self._caller(way.path)
        what = f"{_words(caller) if caller else 'somebody'} assumes role `{role.name}`"
        if caller is None:
            hop = Hop(standing=Standing.UNCERTAIN, only_if=way.path.only_if, doubts=way.path.doubts)
            return Stage(what=what, hop=hop, checks=(), note="whom the trust policy names is not certain")
        trust = self._trusted(role, caller)
        checks = self._trust_checks(role, caller)
        if way.shut:
            shut = Hop(standing=Standing.DENIED)
            return Stage(what=what, hop=trust.then(shut), checks=checks, note=way.shut)
        if caller.kind not in _WITH_POLICIES:
            return Stage(what=what, hop=trust, checks=checks, note="it has no policies of its own")
        holder = self._holder(caller)
        if holder is not None:
            own = _or_unread(asks(holder, role.role.arn, account=caller.account, context=self.context))
            return Stage(
                what=what, hop=trust.then(own), checks=(*checks, self._own_check(holder, role, caller))
            )
        if AccountId(caller.account) in self.others:
            doubts = self._perhaps_there(caller, way.path)
            absent = Hop(standing=Standing.UNCERTAIN if doubts else Standing.DENIED, doubts=doubts)
            note = "not all of its account was read" if doubts else NOT_THERE
            return Stage(what=what, hop=trust.then(absent), checks=checks, note=note)
        hangs = self.named is not None and principal_in(way.path.principal).form is PrincipalForm.ROOT
        own = Hop(standing=Standing.CONDITIONAL, only_if=(OF_ACCOUNT,)) if hangs else _NO_SAY
        return Stage(what=what, hop=trust.then(own), checks=checks, note=NOT_SCANNED.format(caller.account))

    def _going_on(self, role: RoleView, target: RoleView) -> Stage:
        """A session of a role assumes the next one."""
        caller = caller_of(role, self.view.account)
        own = _or_unread(asks(role, target.role.arn, account=self.view.account, context=self.context))
        return Stage(
            what=f"a session of role `{role.name}` assumes role `{target.name}`",
            hop=self._trusted(target, caller).then(own),
            checks=(*self._trust_checks(target, caller), self._own_check(role, target, caller)),
        )

    def _doing(self, role: RoleView) -> Stage:
        """The action itself."""
        group = self.target.resource_group
        found = grant(
            role, action=self.action, resource=self.target.arn, resource_group=group, context=self.context
        )
        hop = as_hop(found, source=f"role {role.name}")
        unread = tuple(f"role `{role.name}`: {why}" for why in role.unread)
        request = Request(
            action=self.action, resource=self.target.arn, context=self.context, resource_group=group
        )
        return Stage(
            what=f"a session of role `{role.name}` does `{self.action}`",
            hop=_or_unread(replace(hop, doubts=(*hop.doubts, *unread))),
            checks=(Check(name=f"policies of role `{role.name}`", policies=role.policies, request=request),),
        )

    def _caller(self, path: Path) -> AssumeCaller | None:
        """Who asks: whom the question names, else whom the way names."""
        return self.named or (somebody(principal_in(path.principal)) if path.principal else None)

    def _holder(self, caller: AssumeCaller) -> Holder | None:
        """The caller with its policies, where its account was scanned."""
        view = self.others.get(AccountId(caller.account))
        if view is None:
            return None
        name = caller.arn.rpartition("/")[2]
        if caller.kind is CallerKind.ROLE:
            return view.role(name)
        return next((user for user in view.users if user.name == name), None)

    def _perhaps_there(self, caller: AssumeCaller, path: Path) -> tuple[str, ...]:
        """Why somebody whom the scan of their account did not find may be there after all."""
        gaps = self.others[AccountId(caller.account)].snapshot.gaps_in(Subject.USERS, Subject.ROLES)
        unread = tuple(
            f"{gap.subject.value} of account `{caller.account}`: {gap.because}"
            for gap in gaps
            if not gap.name
        )
        return (*(path.doubts if path.accessor_scanned else ()), *unread)

    def _trusted(self, role: RoleView, caller: AssumeCaller) -> Hop:
        """What the trust policy says; where it means the caller in a way nobody understands, that is no refusal."""
        asked = let_in(role, caller, context=self.context)
        if asked.standing is not Standing.DENIED:
            return asked
        meant = (
            e for e in role.entries if names(e.principal, caller, role=role.role.arn).truth is not Truth.FALSE
        )
        doubts = tuple(doubt for entry in meant for doubt in entry.doubts)
        if doubts and let_in(role, caller).standing is Standing.DENIED:
            return Hop(standing=Standing.UNCERTAIN, doubts=doubts)
        return asked

    def _trust_checks(self, role: RoleView, caller: AssumeCaller) -> tuple[Check, ...]:
        """The trust policy as a check; none where it was not read."""
        if role.trust is None:
            return ()
        check = Check(
            name=f"trust policy of role `{role.name}`",
            policies=(SourcedPolicy(document=role.trust, label="trust policy"),),
            request=Request(action=ASSUME_ROLE, resource=role.role.arn, context=self.context),
            caller=caller,
        )
        return (check,)

    def _own_check(self, holder: Holder, role: RoleView, caller: AssumeCaller) -> Check:
        abroad = caller.account != self.view.account
        return Check(
            name=f"policies of {_words(caller)}",
            policies=holder.policies,
            request=Request(
                action=ASSUME_ROLE,
                resource=role.role.arn,
                context=self.context,
                resource_group=IN_NO_GROUP if abroad else None,
            ),
        )


def assumed_role(action: str, target: Target, view: AccountView) -> RoleView | None:
    """The role that a question about assuming one means: who comes in is then the whole question."""
    if fold(action) != fold(ASSUME_ROLE):
        return None
    arn = Arn.parse(target.arn)
    inside = arn is not None and arn.service == "ram" and arn.account == view.account
    return view.role(arn.relative.removeprefix("role/")) if arn is not None and inside else None


def together(stages: Sequence[Stage]) -> Hop:
    """All calls: each must succeed."""
    whole = Hop(standing=Standing.ALLOWED)
    for stage in stages:
        whole = whole.then(stage.hop)
    return whole


def _or_unread(hop: Hop) -> Hop:
    """A refusal by what was read is a doubt where something was not."""
    if hop.standing is Standing.DENIED and hop.doubts:
        return Hop(standing=Standing.UNCERTAIN, doubts=hop.doubts)
    return hop


def _words(caller: AssumeCaller) -> str:
    name = caller.arn.rpartition("/")[2]
    if caller.kind is CallerKind.USER and name == ANY_NAME:
        return f"a user or role of account `{caller.account}`"
    return f"{caller.kind.value} `{name}` of account `{caller.account}`"
