"""The frame that rules about permissions share: which roles they judge, and how a look becomes a verdict.

They judge roles that somebody outside the account may assume, and roles of which nobody can tell because the
trust policy was not read or is not understood; of other roles they say nothing. What was read and grants
too much is a FAIL, whatever else was not read. A grant under a condition is a grant, with the
condition in the message. What was not read, or is not understood and might grant, makes UNKNOWN. It knows
no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner.access.admission import trust_doubts
from scanner.access.candidates import made_up
from scanner.access.cite import cite, shortened
from scanner.access.grants import Grant, Standing, offered
from scanner.access.reach import Reach, find_reach
from scanner.access.understood import SOME_GROUP, opaque
from scanner.access.view import AccountView, RoleView
from scanner.model.broker import Series
from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.policy.catalogue import AccessClass, by_class
from scanner.rules.base import Rule, World
from scanner.rules.delegated import CONDITION_LIMIT, roles_not_listed

EVIDENCE_LIMIT: Final = 10
"""Statements that one finding cites."""
_CONDITIONAL_LIMIT: Final = 4
"""After how many conditional grants of one action the search for an unconditional one ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a rule sees in the permissions of one role."""

    fails: bool = False
    clause: str = ""
    """Completes the sentence that begins with the role's name."""
    evidence: tuple[Evidence, ...] = ()
    """For a FAIL. A PASS rests on everything that was read."""
    doubts: tuple[str, ...] = ()
    """In words, what might grant it and is not certain."""
    doubtful: str = "one of its policies is not understood"
    """Completes the sentence that says why the role cannot be judged, where only doubts are in the way."""
    severity: Severity | None = None
    """None is the rule's own."""
    not_applicable: bool = False


Judge = Callable[[RoleView, AccountView], Look]
"""A rule's view of the permissions of one role."""


def judge_permissions(world: World, rule: Rule, look: Judge) -> Iterator[Finding]:
    """One finding for each role that somebody outside may assume, or of which nobody can tell."""
    yield from roles_not_listed(world.view, rule)
    for role in world.view.roles:
        doubts = () if role.foreign else trust_doubts(role)
        if role.foreign or doubts:
            yield _settle(role, world.view, rule, look(role, world.view), doubts)


def _settle(role: RoleView, view: AccountView, rule: Rule, seen: Look, trust: tuple[str, ...]) -> Finding:
    reasons = trust if seen.fails else (*trust, *role.unread, *opaque(role), *seen.doubts)
    if seen.fails and not trust:
        verdict = Verdict.FAIL
    elif reasons:
        verdict = Verdict.UNKNOWN
    elif seen.not_applicable:
        verdict = Verdict.NOT_APPLICABLE
    else:
        verdict = Verdict.PASS
    return Finding(
        rule=rule.id,
        verdict=verdict,
        severity=seen.severity or rule.severity,
        confidence=rule.confidence,
        account=view.account,
        subject_kind=SubjectKind.ROLE,
        subject=role.name,
        message=f"Role `{role.name}` {_sentence(verdict, seen, trust=trust, unread=role.unread)}",
        evidence=seen.evidence if seen.fails else role.basis,
        because_of_gaps=tuple(dict.fromkeys(reasons)),
    )


def _sentence(verdict: Verdict, seen: Look, *, trust: tuple[str, ...], unread: tuple[str, ...]) -> str:
    if verdict is not Verdict.UNKNOWN:
        return seen.clause
    if seen.fails:
        return f"{seen.clause}; whether somebody outside may assume it is not known"
    if unread:
        return "cannot be judged, because not all of its permissions could be read"
    if trust:
        return "cannot be judged, because its trust policy is not known for certain"
    return f"cannot be judged, because {seen.doubtful}"


@dataclass(slots=True)
class Reached:
    """What a role can do of some actions: the surest grant of each, and what is not certain."""

    granted: list[Reach] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that it can do."""
        return tuple(reach.action for reach in self.granted)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What the policies say to each."""
        return tuple(reach.grant for reach in self.granted)


def reached(role: RoleView, actions: Iterable[str], view: AccountView) -> Reached:
    """Which of `actions` the role can do on any resource, existing or to come."""
    found = Reached()
    possible = offered(role)
    for action in actions:
        if action not in possible:
            continue
        best, doubts = _surest(find_reach(role, (action,), view))
        if best is not None:
            found.granted.append(best)
        else:
            found.doubts += doubts
    return found


def _surest(reaches: Iterator[Reach]) -> tuple[Reach | None, list[str]]:
    """The first unconditional grant, else the first conditional one, else the doubts.

    A condition mostly stands on every resource alike, so the search for a grant without one is short.
    """
    conditional: list[Reach] = []
    doubts: list[str] = []
    for found in reaches:
        if found.standing is Standing.ALLOWED:
            return found, []
        if found.standing is Standing.CONDITIONAL:
            conditional.append(found)
            if len(conditional) == _CONDITIONAL_LIMIT:
                break
        else:
            doubts += found.grant.doubts
    return (conditional[0] if conditional else None), doubts


def look_for(role: RoleView, actions: Iterable[str], view: AccountView, *, fails: str, passes: str) -> Look:
    """A FAIL where the role can do any of `actions`; the clauses say what that means."""
    found = reached(role, actions, view)
    if not found.granted:
        return Look(clause=passes, doubts=tuple(dict.fromkeys(found.doubts)))
    clause = f"{fails} ({listed(found.actions)}){under(found.grants)}"
    return Look(fails=True, clause=clause, evidence=evidence_of(found.grants))


def actions_of(*classes: AccessClass) -> tuple[str, ...]:
    """The actions of `classes`, each once."""
    return tuple(dict.fromkeys(entry.action for entry in by_class(*classes)))


def scopes(role: RoleView, *, series: Series = Series.V5) -> tuple[str | None, ...]:
    """The resource groups to ask about: one that nobody has, then those that limit an attachment.

    Whether the 4.x series honours resource groups is not documented, so there None, not known, stands for them.
    """
    limited = [policy.resource_group for policy in role.policies if policy.resource_group is not None]
    groups = limited if series is Series.V5 else [None] * bool(limited)
    return tuple(dict.fromkeys((SOME_GROUP, *groups)))


def places(form: str, view: AccountView) -> Iterator[str]:
    """Made-up resources of `form`: one in a region that nobody has, and one in each region that is used."""
    for region in ("some-region", *view.resources.regions):
        yield made_up(form.replace("{region}", region), account=view.account)


def evidence_of(grants: Sequence[Grant]) -> tuple[Evidence, ...]:
    """The statements that make the grants, each once, the first few."""
    refs = {
        (ref.policy.label, ref.policy.resource_group, ref.statement.path): ref
        for grant in grants
        for ref in grant.statements
    }
    return tuple(cite(ref) for ref in list(refs.values())[:EVIDENCE_LIMIT])


def under(grants: Sequence[Grant]) -> str:
    """What to add to a sentence about grants that all stand under a condition; else nothing."""
    if not grants or any(grant.standing is Standing.ALLOWED for grant in grants):
        return ""
    words = dict.fromkeys(grant.terms for grant in grants)
    return f", under condition: {shortened('; or '.join(words), CONDITION_LIMIT)}"


def listed(names: Sequence[str], *, limit: int = 4) -> str:
    """`names` in a sentence, quoted, the first few by name."""
    shown = ", ".join(f"`{name}`" for name in names[:limit])
    rest = len(names) - limit
    return f"{shown} and {rest} more" if rest > 0 else shown
