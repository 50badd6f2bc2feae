"""The report as JSON, for programs.

`SCHEMA` names the shape and changes only when a reader could notice; `schemas/report-1.json`
describes it. Names are exact, not made visible: the text is pure ASCII, so nothing in it can
turn or hide what a terminal shows. External ids are masked as everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from reports.index import AccountIndex, Index
from reports.input import ReportInput, RuleText
from reports.json_values import Json
from reports.matrix_json import matrix_value
from reports.summary import sentences
from reports.told import Told
from scanner.access.entrance import Path
from scanner.model.delegation import Delegation
from scanner.model.finding import Evidence, Finding, Severity, Verdict
from scanner.model.snapshot import Gap
from scanner.policy.masking import masked_excerpt

SCHEMA: Final = "crossrole-report/1"


def render_json(report: ReportInput) -> str:
    """The report as indented JSON with sorted keys. The same input gives the same text."""
    return json.dumps(_report(report), indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def _report(report: ReportInput) -> Json:
    index = Index.of(report)
    told = Told(report, index)
    return {
        "schema": SCHEMA,
        "title": report.title,
        "version": report.version,
        "generated": _time(report.generated),
        "local_cloud": report.local_cloud,
        "summary": _summary(report, index),
        "accounts": [_account(account, index) for account in index.accounts],
        "delegations": [_delegation(d, told) for found in index.delegated.values() for d in found],
        "chains": [_chain(path, told) for path in sorted(report.chains, key=_chain_order)],
        "matrix": _matrices(report, index, told),
        "findings": [finding_value(f) for f in _every_finding(report, index)],
        "rules": {rule: _rule(text) for rule, text in report.rules.items()},
    }


def _every_finding(report: ReportInput, index: Index) -> Sequence[Finding]:
    """Failed, then unknown, then the rest; each by severity, rule and subject."""
    rest = (f for f in report.findings if f.verdict not in {Verdict.FAIL, Verdict.UNKNOWN})
    ordered = sorted(rest, key=lambda f: (f.verdict, f.rule, f.account, f.subject_kind, f.subject, f.message))
    return (*index.failed, *index.unknown, *ordered)


def _summary(report: ReportInput, index: Index) -> Json:
    verdicts = {v.value: sum(f.verdict is v for f in report.findings) for v in Verdict}
    severities = {s.value: sum(f.severity is s for f in index.failed) for s in Severity}
    return {
        "sentences": list(sentences(index)),
        "roles": sum(len(a.roles) for a in index.accounts),
        "delegated_roles": len(index.delegated),
        "gaps": sum(len(a.snapshot.gaps) for a in index.accounts),
        "verdicts": verdicts,
        "failed_by_severity": severities,
    }


def _account(account: AccountIndex, index: Index) -> Json:
    snapshot = account.snapshot
    return {
        "account": snapshot.account,
        "profile": snapshot.profile,
        "taken": _time(snapshot.taken),
        "local_cloud": snapshot.local_cloud,
        "regions": list(snapshot.regions),
        "roles": len(snapshot.roles),
        "delegated_roles": sum(owner == snapshot.account for owner, _ in index.delegated),
        "trust_unread": sorted(r.name for r in snapshot.roles if r.trust is None),
        "gaps": [_gap(gap) for gap in snapshot.gaps],
        "coverage": [
            {"subject": c.subject.value, "expected": c.expected, "read": c.read, "unread": c.unread}
            for c in snapshot.coverage
        ],
        "calls": [
            {"api": c.api, "calls": c.calls, "throttled": c.throttled, "failed": c.failed}
            for c in snapshot.calls
        ],
    }


def _gap(gap: Gap) -> Json:
    return {
        "subject": gap.subject.value,
        "name": gap.name,
        "kind": gap.because.kind.value,
        "api": gap.because.api,
        "code": gap.because.code,
        "message": gap.because.message,
        "missing_permission": gap.because.missing_permission,
    }


def _matrices(report: ReportInput, index: Index, told: Told) -> Json:
    """The access matrix of each account, for the roles that somebody comes into from outside."""
    entered = {*index.delegated, *((path.owner, path.role) for path in report.chains)}
    accesses = (told.account(account.snapshot.account) for account in index.accounts)
    return [
        matrix_value(access, frozenset(role for owner, role in entered if owner == access.account))
        for access in accesses
        if access is not None
    ]


def _chain(path: Path, told: Told) -> Json:
    return {
        "owner": path.owner,
        "roles": list(path.roles),
        "principal": path.principal,
        "principal_account": path.account,
        "partner": path.partner,
        "certainty": path.certainty.value,
        "only_if": list(path.only_if),
        "unless": list(path.unless),
        "doubts": list(path.doubts),
        "sentence": told.sentence(path),
    }


def _chain_order(path: Path) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
    return path.owner, path.roles, path.principal, path.only_if


def _delegation(delegation: Delegation, told: Told) -> Json:
    return {
        "owner": delegation.owner,
        "role": delegation.role,
        "principal": delegation.principal,
        "principal_account": delegation.principal_account,
        "partner": delegation.partner,
        "relation": delegation.relation.value,
        "ways": [way.value for way in delegation.ways],
        "external_id_required": delegation.external_id_required,
        "conditions": list(delegation.conditions),
        "max_session_seconds": delegation.max_session_seconds,
        "policies": list(delegation.policies),
        "trust_path": delegation.trust_path,
        "sentence": told.sentence(delegation),
        "unused": told.closed(delegation),
    }


def finding_value(finding: Finding) -> Json:
    """A finding as plain values, with external ids masked."""
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "account": finding.account,
        "subject_kind": finding.subject_kind.value,
        "subject": finding.subject,
        "message": finding.message,
        "evidence": [_evidence(e) for e in finding.evidence],
        "because_of_gaps": list(finding.because_of_gaps),
    }


def _evidence(evidence: Evidence) -> Json:
    return {
        "source": evidence.source,
        "version": evidence.version,
        "path": evidence.path,
        "excerpt": masked_excerpt(evidence.excerpt, path=evidence.path),
        "digest": evidence.digest,
    }


def _rule(text: RuleText) -> Json:
    return {
        "title": text.title,
        "severity": text.severity.value,
        "confidence": text.confidence.value,
        "why": text.why,
        "remedy": {"cli": text.cli, "console": text.console, "terraform": text.terraform},
        "reference": text.reference,
    }


def _time(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
