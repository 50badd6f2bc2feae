"""Findings laid out for readers: by severity and rule, and by role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from reports.anchors import anchor
from reports.index import Index, RoleKey
from reports.input import ReportInput, RuleText
from reports.limits import (
    EVIDENCE_IN_LIST,
    EVIDENCE_PER_FINDING,
    EXCERPT_CHARACTERS,
    FEWEST_SUBJECTS,
    GAPS_PER_FINDING,
    LISTED_FINDINGS,
    SUBJECTS_PER_RULE,
)
from reports.words import Capped, capped, sentence
from scanner.model.finding import Confidence, Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.text import shortened
from scanner.policy.masking import masked_excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """What decided a finding."""

    source: str
    version: str
    path: str
    excerpt: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding."""

    rule: str
    rule_anchor: str
    """Where the rule is explained; empty where the page does not explain it."""
    title: str
    verdict: Verdict
    severity: Severity
    inferred: bool
    account: str
    subject_kind: str
    subject: str
    part: str
    """The anchor of the part of the page about its role; empty when there is none."""
    message: str
    evidence: Capped[EvidenceView]
    gaps: Capped[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """The findings of one rule at one severity or verdict."""

    anchor: str
    rule: str
    text: RuleText
    reference_is_link: bool
    findings: Capped[FindingView]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityGroup:
    """The failed checks of one severity."""

    severity: Severity
    anchor: str
    rules: tuple[RuleGroup, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How one rule judged everything it looked at."""

    rule: str
    title: str
    failed: int
    unknown: int
    passed: int
    not_applicable: int


class FindingDesk:
    """Lays findings out; knows where in the page roles and rules are."""

    def __init__(self, report: ReportInput, index: Index, parts: Mapping[RoleKey, str]) -> None:
        self._texts = report.rules
        self._parts = parts
        self._explained = {(f.severity, f.rule) for f in index.failed}
        groups = len(self._explained) + len({f.rule for f in index.unknown})
        self._rows = min(max(LISTED_FINDINGS // max(groups, 1), FEWEST_SUBJECTS), SUBJECTS_PER_RULE)

    def view(self, finding: Finding, *, evidence: int = EVIDENCE_PER_FINDING) -> FindingView:
        """One finding as the page shows it, with at most about `evidence` pieces of evidence."""
        text = self._text(finding)
        explained = finding.verdict is Verdict.FAIL and (finding.severity, finding.rule) in self._explained
        return FindingView(
            rule=finding.rule,
            rule_anchor=_rule_anchor(finding) if explained else "",
            title=text.title,
            verdict=finding.verdict,
            severity=finding.severity,
            inferred=finding.confidence is Confidence.INFERRED,
            account=finding.account,
            subject_kind=finding.subject_kind.value,
            subject=finding.subject,
            part=self._part(finding),
            message=sentence(finding.message),
            evidence=capped(finding.evidence, evidence).map(evidence_view),
            gaps=capped(finding.because_of_gaps, GAPS_PER_FINDING),
        )

    def by_severity(self, failed: Iterable[Finding]) -> tuple[SeverityGroup, ...]:
        """`failed`, which is sorted worst first, grouped by severity and rule."""
        groups = []
        for severity, found in groupby(failed, key=lambda f: f.severity):
            rules = self.by_rule(found)
            groups.append(
                SeverityGroup(
                    severity=severity,
                    anchor=f"severity-{severity.value}",
                    rules=rules,
                    total=sum(r.total for r in rules),
                )
            )
        return tuple(groups)

    def by_rule(self, findings: Iterable[Finding]) -> tuple[RuleGroup, ...]:
        """`findings` grouped by rule."""
        ordered = sorted(findings, key=lambda f: f.rule)
        return tuple(self._rule_group(tuple(found)) for _, found in groupby(ordered, key=lambda f: f.rule))

    def _rule_group(self, found: tuple[Finding, ...]) -> RuleGroup:
        text = self._text(found[0])
        return RuleGroup(
            anchor=_rule_anchor(found[0]),
            rule=found[0].rule,
            text=text,
            reference_is_link=_is_link(text.reference),
            findings=capped(found, self._rows).map(lambda f: self.view(f, evidence=EVIDENCE_IN_LIST)),
            total=len(found),
        )

    def _text(self, finding: Finding) -> RuleText:
        return self._texts.get(finding.rule) or RuleText(
            title=finding.rule, severity=finding.severity, why=""
        )

    def _part(self, finding: Finding) -> str:
        if finding.subject_kind is not SubjectKind.ROLE:
            return ""
        return self._parts.get((finding.account, finding.subject), "")


def evidence_view(evidence: Evidence) -> EvidenceView:
    """One piece of evidence, its excerpt masked and of bounded length."""
    excerpt = masked_excerpt(evidence.excerpt, path=evidence.path)
    return EvidenceView(
        source=evidence.source,
        version=evidence.version,
        path=evidence.path,
        excerpt=shortened(excerpt, EXCERPT_CHARACTERS),
        digest=evidence.digest,
    )


def tallies(report: ReportInput) -> tuple[Tally, ...]:
    """How each rule judged, rules without anything to judge included; sorted by id."""
    counts: dict[str, dict[Verdict, int]] = {rule: {} for rule in report.rules}
    for finding in report.findings:
        of_rule = counts.setdefault(finding.rule, {})
        of_rule[finding.verdict] = of_rule.get(finding.verdict, 0) + 1
    return tuple(
        Tally(
            rule=rule,
            title=report.rules[rule].title if rule in report.rules else rule,
            failed=of_rule.get(Verdict.FAIL, 0),
            unknown=of_rule.get(Verdict.UNKNOWN, 0),
            passed=of_rule.get(Verdict.PASS, 0),
            not_applicable=of_rule.get(Verdict.NOT_APPLICABLE, 0),
        )
        for rule, of_rule in sorted(counts.items())
    )


def _rule_anchor(finding: Finding) -> str:
    return anchor("rule", finding.verdict.value, finding.severity.value, finding.rule)


def _is_link(reference: str) -> bool:
    return reference.startswith("https://") and not any(char.isspace() for char in reference)
