"""Judge an account by the rules, and say what it comes to.

It gives each rule the account, with the others beside it, and puts the findings in order. What is wrong is decided by
the rules alone; an exception in one is a bug and stays one, never a verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from scanner.model.finding import Finding, Severity, Verdict
from scanner.rules.base import Rule, World
from scanner.rules.registry import RULES

_ANSWERED_ELSEWHERE: Final = frozenset({"trust-names-missing-principal"})
"""Rules whose answer lies in the partners' accounts, which nobody may be able to scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many findings there are of each verdict, and how severe those are that count."""

    by_verdict: Mapping[Verdict, int]
    """Every verdict is a key."""
    failed: Mapping[Severity, int]
    """FAIL findings; every severity is a key."""
    unknown: Mapping[Severity, int]
    """UNKNOWN findings by the severity they would have; every severity is a key."""


def judge(world: World, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """What `rules` say about one account, in `in_order`."""
    return in_order(finding for rule in rules for finding in rule.judge(world))


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


def undecided(findings: Iterable[Finding], *, threshold: Severity) -> bool:
    """Whether something of at least `threshold` could not be decided that the scanned accounts should answer."""
    return any(
        finding.verdict is Verdict.UNKNOWN
        and finding.severity.rank >= threshold.rank
        and finding.rule not in _ANSWERED_ELSEWHERE
        for finding in findings
    )


def _by_severity(counted: Counter[tuple[Verdict, Severity]], verdict: Verdict) -> Mapping[Severity, int]:
    return MappingProxyType({severity: counted[verdict, severity] for severity in Severity})
