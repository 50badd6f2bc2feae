"""One question put to both: to the local cloud's naive authorizer, and to the policy engine.

The accounts are those of a local cloud. What is attached there is handed to the engine as the documents'
texts; the two share no code. Where the engine answers UNKNOWN, the naive reading has merely taken a side.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Final

from scanner.emulator.authorize import ASSUME_ROLE, Judge, Word, trust_refuses, word_of
from scanner.emulator.service import Caller
from scanner.emulator.state import Account, AttachmentKey, LocalWorld, SessionToken
from scanner.policy.assumptions import UNDECIDED, Readings
from scanner.policy.decision import (
    AssumeCaller,
    CallerKind,
    Context,
    Decision,
    Outcome,
    Request,
    SourcedPolicy,
)
from scanner.policy.evaluate import decide, decide_assume
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyDocument, PolicyType

SIDES: Final = Readings(negated_none_of=True, negated_absent_met=True, crosses_colon=True, case_counts=True)
"""The sides that the local cloud says it takes where the vendor's pages are silent."""

Levels = tuple[tuple[str, ...], ...]
"""The documents of each level of a directory."""

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
FULL_ACCESS: Final = json.dumps(
    {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request."""

    action: str
    resource: str
    context: Mapping[str, str]
    """Every condition key that is sent, in lower case."""
    group: str | None = ""
    """The resource's group, as far as a scan would know it."""

    @property
    def request(self) -> Request:
        """The request as the engine takes it."""
        known = {key: frozenset({value}) for key, value in self.context.items()}
        return Request(
            action=self.action,
            resource=self.resource,
            context=Context(known=known, complete=True),
            resource_group=self.group,
        )


@dataclass(kw_only=True, eq=False)
class Who:
    """A principal of a local cloud, with or without a session policy, under control policies or not."""

    world: LocalWorld
    account_id: str
    kind: str
    """`user`, `role` or `root`."""
    name: str
    session: str | None = None
    levels: Levels | None = None
    """Control policies level by level, where FullAliyunAccess does not stand at each of them."""
    carried: Sequence[AttachmentKey] | None = None
    """The attachments that count, where a large account has been sorted before."""
    judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        self.judge = Judge(self.world)

    @cached_property
    def account(self) -> Account:
        return self.world.accounts[self.account_id]

    @cached_property
    def caller(self) -> Caller:
        token = SessionToken("STS.k", "s", "t", self.name, "1", "at-work", NOON, self.session, "")
        session = token if self.kind == "role" else None
        return Caller(account=self.account, kind=self.kind, name=self.name, key_id="k", session=session)

    @cached_property
    def policies(self) -> list[SourcedPolicy]:
        """What is attached, parsed."""
        keys = self.carried if self.carried is not None else self._attachments()
        return [
            sourced(text, label=key.policy_name, group=key.resource_group or None)
            for key in keys
            for text in self._texts(key)
        ]

    def _attachments(self) -> list[AttachmentKey]:
        groups = [name for name, group in self.account.groups.items() if self.name in group.members]
        return [
            key
            for key in self.account.attachments
            if (key.principal_kind, key.principal) == (self.kind, self.name)
            or (self.kind == "user" and key.principal_kind == "group" and key.principal in groups)
        ]

    def _texts(self, key: AttachmentKey) -> Iterable[str]:
        shelf = self.world.system_policies if key.policy_kind == "System" else self.account.policies
        if key.policy_name in shelf:
            policy = shelf[key.policy_name]
            yield policy.versions[policy.default_version].document

    @cached_property
    def session_policy(self) -> SourcedPolicy | None:
        return None if self.session is None else sourced(self.session, type=PolicyType.SESSION)

    def control(self, owner: str) -> list[SourcedPolicy] | None:
        """The control policies that count for what belongs to `owner`."""
        levels = self.levels
        listed = self.world.accounts[owner].control_policies if owner in self.world.accounts else []
        if levels is None and listed:
            # Two levels, each with everything allowed, and the documents here and there.
            levels = ((FULL_ACCESS, *listed[::2]), (FULL_ACCESS, *listed[1::2]))
        if levels is None:
            return None
        return [
            sourced(text, type=PolicyType.CONTROL, level=f"level {number}")
            for number, level in enumerate(levels)
            for text in level
        ]

    def naive(self, ask: Ask) -> bool:
        """Whether the local cloud lets the request through."""
        for level in self.levels or ():
            said = word_of(level, action=ask.action, resource=ask.resource, context=ask.context)
            if said is not Word.ALLOW:
                return False
        denial = self.judge.refuses(
            self.caller,
            account=self.account,
            action=ask.action,
            resource=ask.resource,
            context=ask.context,
        )
        return denial is None

    def engine(self, ask: Ask, readings: Readings) -> Decision:
        """What the engine decides."""
        return decide(
            ask.request,
            account=self.policies,
            session=self.session_policy,
            control=self.control(self.account_id),
            readings=readings,
        )

    def naive_assume(self, trust: str, ask: Ask) -> bool:
        """Whether the local cloud lets the principal into the role that `ask` names."""
        if self.kind == "root":
            return False
        refused = trust_refuses(trust, caller=self.caller, resource=ask.resource, context=ask.context)
        return refused is None and self.naive(ask)

    def engine_assume(self, trust: str, ask: Ask, readings: Readings) -> Decision:
        """What the engine decides about that."""
        kind = CallerKind.ACCOUNT if self.kind == "root" else CallerKind(self.kind)
        own = "root" if self.kind == "root" else f"{self.kind}/{self.name}"
        arn = f"acs:ram::{self.account_id}:{own}"
        return decide_assume(
            ask.request,
            caller=AssumeCaller(kind=kind, account=self.account_id, arn=arn),
            caller_policies=self.policies,
            caller_session=self.session_policy,
            trust=sourced(trust, type=PolicyType.TRUST),
            control=self.control(ask.resource.split(":")[3]),
            readings=readings,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request of somebody, or their wish for a role that has `trust`."""

    who: Who
    ask: Ask
    trust: str | None = None

    def naive(self) -> bool:
        """The local cloud's answer."""
        if self.trust is None:
            return self.who.naive(self.ask)
        return self.who.naive_assume(self.trust, self.ask)

    def engine(self, readings: Readings = UNDECIDED) -> Decision:
        """The engine's answer."""
        if self.trust is None:
            return self.who.engine(self.ask, readings)
        return self.who.engine_assume(self.trust, self.ask, readings)

    def words(self) -> str:
        """Everything that it takes to ask it again, as JSON."""
        found = {
            "action": self.ask.action,
            "resource": self.ask.resource,
            "group": self.ask.group,
            "context": dict(self.ask.context),
            "who": f"{self.who.kind}/{self.who.name} of {self.who.account_id}",
            "policies": [[p.document.text, p.resource_group] for p in self.who.policies],
            "session": self.who.session,
            "levels": self.who.levels,
            "control": [p.document.text for p in self.who.control(self.who.account_id) or ()],
            "trust": self.trust,
        }
        return json.dumps(found, indent=1)


@dataclass(slots=True)
class Tally:
    """What came of many questions of one kind."""

    pairs: int = 0
    allowed: int = 0
    unknown: int = 0
    settled: int = 0
    """Of the unknown ones, those that the local cloud's own sides settle; then both must agree again."""
    disagreements: list[str] = field(default_factory=list)
    why_unknown: Counter[str] = field(default_factory=Counter)

    def count(self, question: Question) -> None:
        """Ask both, and keep what they say."""
        decision = question.engine()
        self.pairs += 1
        if decision.outcome is Outcome.UNKNOWN:
            self.unknown += 1
            notes = (reason.note for reason in decision.reasons if reason.outcome is Outcome.UNKNOWN)
            self.why_unknown[next(notes, "")] += 1
            decision = question.engine(SIDES)
            if decision.outcome is Outcome.UNKNOWN:
                return
            self.settled += 1
        naive = question.naive()
        self.allowed += naive
        if decision.outcome is not (Outcome.ALLOWED if naive else Outcome.DENIED):
            said = "allowed" if naive else "denied"
            self.disagreements.append(f"naive: {said}, engine: {decision.outcome.value}\n{question.words()}")

    @property
    def unknown_share(self) -> float:
        """Of all pairs, how many the engine leaves open."""
        return self.unknown / self.pairs if self.pairs else 0.0


def sourced(
    text: str,
    *,
    type: PolicyType = PolicyType.PERMISSION,  # noqa: A002 - the field's own name
    label: str = "p",
    group: str | None = None,
    level: str = "",
) -> SourcedPolicy:
    """A document as the engine takes it."""
    return SourcedPolicy(document=_parsed(text, type), label=label, resource_group=group, level=level)


@lru_cache(maxsize=4_096)
def _parsed(text: str, kind: PolicyType) -> PolicyDocument:
    return parse(text, type=kind)


__all__ = ["ASSUME_ROLE", "FULL_ACCESS", "Ask", "Levels", "Question", "Tally", "Who", "sourced"]
