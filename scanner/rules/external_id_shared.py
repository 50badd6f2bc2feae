"""Whether the same external id opens several roles or is given to several partner accounts.

The roles of other scanned accounts are compared as well. A trust policy that was read and is not understood
leaves only those roles UNKNOWN whose value stands in its text; one that was not read may hold any value. It does
not ask how good the value is, and it never prints one: the message names the roles that have the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scanner.access.admission import trust_doubts
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.model.ids import AccountId, Secret
from scanner.policy.trust import ExternalIdState, TrustEntry
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.delegated import Remark, described, foreign, judge_delegated
from scanner.rules.external_ids import could_present_one, external_ids
from scanner.rules.remedies import edit_trust

_NAMED: Final = 3
"""How many other places a message names before it counts the rest."""


@dataclass(frozen=True, slots=True, order=True)
class _Use:
    """A role that asks a principal's account for an external id."""

    owner: AccountId
    role: str
    caller: str


@dataclass(frozen=True, slots=True)
class _Unclear:
    """A role of which it is not certain which external ids it asks for."""

    account: AccountId
    role: str
    why: str
    text: str | None
    """Its trust policy; None where that was not read."""

    def may_hold(self, values: Iterable[Secret]) -> bool:
        """Whether any of `values` may stand in its trust policy."""
        if self.text is None or "\\" in self.text:
            return True
        return any(value.reveal() in self.text for value in values)


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    uses = _uses(world)
    unclear = tuple(found for view in (world.view, *world.others.values()) for found in _unclear(view))

    def look(entry: TrustEntry, role: RoleView, world: World) -> Remark | None:
        return _look(entry, role, world, uses=uses, unclear=unclear)

    return judge_delegated(world, RULE, look)


def _look(
    entry: TrustEntry,
    role: RoleView,
    world: World,
    *,
    uses: Mapping[Secret, frozenset[_Use]],
    unclear: tuple[_Unclear, ...],
) -> Remark | None:
    state = entry.external_ids.state
    if not could_present_one(entry, world) or state is ExternalIdState.ABSENT:
        return None
    who = described(entry, world)
    here = _Use(world.view.account, role.name, entry.principal.account or "")
    shared = [
        (value, others) for value in external_ids(entry) if (others := uses.get(value, frozenset()) - {here})
    ]
    if shared:
        _, others = shared[0]
        callers = {use.caller for use in others} - {here.caller}
        clause = f"asks {who} for an external id that {_places(others, world.view.account)} too"
        return Remark(verdict=Verdict.FAIL, clause=clause, severity=Severity.HIGH if callers else None)
    doubts = tuple(_unseen(entry, role, world, unclear))
    if state is ExternalIdState.NOT_UNDERSTOOD:
        doubts = (*(entry.doubts or ("the condition on sts:ExternalId is not understood",)), *doubts)
    clause = f"asks {who} for an external id that no other role"
    if doubts:
        return Remark(verdict=Verdict.UNKNOWN, clause=f"{clause} is seen to use", because=doubts)
    return Remark(verdict=Verdict.PASS, clause=f"{clause} uses")


def _uses(world: World) -> Mapping[Secret, frozenset[_Use]]:
    """Who asks whom for each external id, in all scanned accounts."""
    found: dict[Secret, set[_Use]] = {}
    for view in (world.view, *world.others.values()):
        for role in view.roles:
            for entry in foreign(role):
                use = _Use(view.account, role.name, entry.principal.account or "")
                for value in external_ids(entry):
                    found.setdefault(value, set()).add(use)
    return {value: frozenset(uses) for value, uses in found.items()}


def _unclear(view: AccountView) -> Iterator[_Unclear]:
    """The roles of one account whose trust policy was not read or is not understood."""
    for role in view.roles:
        doubts = trust_doubts(role)
        if doubts:
            trust = role.role.trust
            yield _Unclear(view.account, role.name, doubts[0], None if trust is None else trust.text)


def _unseen(entry: TrustEntry, role: RoleView, world: World, unclear: tuple[_Unclear, ...]) -> Iterator[str]:
    """Which trust policies of the scanned accounts may hold the values of `entry` unseen."""
    for view in (world.view, *world.others.values()):
        if view.roles_unread is not None:
            yield view.roles_unread
    values = external_ids(entry)
    own = (world.view.account, role.name)
    others = [other for other in unclear if (other.account, other.role) != own and other.may_hold(values)]
    if others:
        # One line, however many there are: every role with an external id repeats it.
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        yield f"the external ids of role `{others[0].role}`{more}: {others[0].why}"


def _places(uses: frozenset[_Use], account: AccountId) -> str:
    """Where else the value is used, in words that complete "that"."""
    words = [
        f"role `{use.role}`"
        + (f" of account `{use.owner}`" if use.owner != account else "")
        + (f" asks account `{use.caller}` for" if use.caller else " asks for")
        for use in sorted(uses)
    ]
    rest = len(words) - _NAMED
    return " and ".join(words[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")


RULE = Rule(
    id="external-id-shared",
    title="The same external id is used by several roles or for several partners",
    severity=Severity.LOW,
    subject=SubjectKind.ROLE,
    why=(
        "Whoever learns a shared external id, at one partner or from the configuration of one role, knows it for all of "
        "them. Where two partners have the same one, it no longer tells them apart. And it cannot be changed for one "
        "of them without breaking the rest."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": ["acs:ram::PARTNER-ACCOUNT-ID:role/CALLER"]}, '
        '"Condition": {"StringEquals": {"sts:ExternalId": "EXTERNAL-ID-OF-THIS-ROLE"}}}',
        console=(
            "Give each role and each partner a value of its own, beginning with values that two partners share. Agree "
            "on the moment: from then on, calls with the old value fail."
        ),
    ),
    reference=references.EXTERNAL_IDS,
    judge=judge,
)
