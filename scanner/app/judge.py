"""Judge accounts by the rules, and say what it comes to.

It gives each rule each account in turn and puts the findings in order. What is wrong is decided by
the rules alone; an exception in one is a bug and stays one, never a verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from scanner.access.view import AccountView
from scanner.model.delegation import KnownAccount
from scanner.model.finding import Finding, Severity, Verdict
from scanner.model.ids import AccountId
from scanner.rules.base import Rule, World
from scanner.rules.registry import RULES

NOTHING_KNOWN: Mapping[AccountId, KnownAccount] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many findings there are of each verdict, and how severe those are that count."""

    by_verdict: Mapping[Verdict, int]
    """Every verdict is a key."""
    failed: Mapping[Severity, int]
    """FAIL findings; every severity is a key."""
    unknown: Mapping[Severity, int]
    """UNKNOWN findings by the severity they would have; every severity is a key."""


def worlds(
    views: Sequence[AccountView], *, known: Mapping[AccountId, KnownAccount] = NOTHING_KNOWN
) -> tuple[World, ...]:
    """One world for each scanned account: that account to be judged, the rest beside it."""
    return tuple(
        World(
            view=view,
            others=MappingProxyType(
                {other.account: other for other in views if other.account != view.account}
            ),
            known=known,
        )
        for view in views
    )


def judge(world: World, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """What `rules` say about one account, in `in_order`."""
    return in_order(finding for rule in rules for finding in rule.judge(world))


def judge_all(
    views: Sequence[AccountView],
    *,
    known: Mapping[AccountId, KnownAccount] = NOTHING_KNOWN,
    rules: Sequence[Rule] = RULES,
) -> tuple[Finding, ...]:
    """What `rules` say about several accounts, each judged with the others in sight, in `in_order`."""
    return in_order(finding for world in worlds(views, known=known) for finding in judge(world, rules=rules))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, the most severe first, then by rule, account and subject."""
    return tuple(
        sorted(
            findings,
            key=lambda f: (-f.severity.rank, f.rule, f.account, f.subject_kind.value, f.subject, f.message),
        )
    )


def summarise(findings: Iterable[Finding]) -> Summary:
    """The counts of `findings` by verdict and severity."""
    counted = Counter((finding.verdict, finding.severity) for finding in findings)
    return Summary(
        by_verdict=MappingProxyType(
            {verdict: sum(counted[verdict, severity] for severity in Severity) for verdict in Verdict}
        ),
        failed=_by_severity(counted, Verdict.FAIL),
        unknown=_by_severity(counted, Verdict.UNKNOWN),
    )


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The highest severity of a FAIL; None when nothing failed, whatever is UNKNOWN."""
    failed = (finding.severity for finding in findings if finding.verdict is Verdict.FAIL)
    return max(failed, key=lambda severity: severity.rank, default=None)


def _by_severity(counted: Counter[tuple[Verdict, Severity]], verdict: Verdict) -> Mapping[Severity, int]:
    return MappingProxyType({severity: counted[verdict, severity] for severity in Severity})
