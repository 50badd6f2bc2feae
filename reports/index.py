"""A report's input arranged for looking things up, worked out once.

It decides nothing; it knows which findings belong to which role, which roles are
delegated, and how bad the worst thing about each is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from reports.input import ReportInput
from scanner.model.delegation import Delegation
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment, Policy, PolicyRef, PrincipalKind
from scanner.model.role import Role
from scanner.model.snapshot import Snapshot

RoleKey = tuple[AccountId, str]
"""An account and the name of a role in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountIndex:
    """One snapshot's roles, policies and role attachments by name."""

    snapshot: Snapshot
    roles: dict[str, Role]
    policies: dict[PolicyRef, Policy]
    attachments: dict[str, tuple[Attachment, ...]]
    """By role name."""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """The index of `snapshot`."""
        attached: dict[str, list[Attachment]] = defaultdict(list)
        for attachment in snapshot.attachments:
            if attachment.principal_kind is PrincipalKind.ROLE:
                attached[attachment.principal].append(attachment)
        return cls(
            snapshot=snapshot,
            roles={r.name: r for r in snapshot.roles},
            policies={p.ref: p for p in snapshot.policies},
            attachments={name: tuple(found) for name, found in attached.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The whole input, arranged."""

    accounts: tuple[AccountIndex, ...]
    """In the order of account ids, the latest scan of each."""
    by_role: dict[RoleKey, tuple[Finding, ...]]
    delegated: dict[RoleKey, tuple[Delegation, ...]]
    """Roles that someone outside may assume; those with the worst and most findings first."""
    failed: tuple[Finding, ...]
    """The worst first."""
    unknown: tuple[Finding, ...]
    passed: int
    worst_of: dict[RoleKey, Severity] = field(default_factory=dict)

    @classmethod
    def of(cls, report: ReportInput) -> Self:
        """The index of `report`."""
        findings = sorted(report.findings, key=_finding_order)
        by_role: dict[RoleKey, list[Finding]] = defaultdict(list)
        for finding in findings:
            if finding.subject_kind is SubjectKind.ROLE:
                by_role[finding.account, finding.subject].append(finding)
        worst_of = {key: severity for key, found in by_role.items() if (severity := worst(found)) is not None}
        return cls(
            accounts=tuple(AccountIndex.of(s) for s in _latest(report.snapshots)),
            by_role={key: tuple(found) for key, found in by_role.items()},
            delegated=_delegated(report.delegations, by_role),
            failed=tuple(f for f in findings if f.verdict is Verdict.FAIL),
            unknown=tuple(f for f in findings if f.verdict is Verdict.UNKNOWN),
            passed=sum(f.verdict is Verdict.PASS for f in findings),
            worst_of=worst_of,
        )

    def account(self, account: AccountId) -> AccountIndex | None:
        """What was read of `account`, or None when it was not scanned."""
        return next((a for a in self.accounts if a.snapshot.account == account), None)

    def undetermined(self, key: RoleKey) -> bool:
        """Whether some check of a role has no answer."""
        return any(f.verdict is Verdict.UNKNOWN for f in self.by_role.get(key, ()))


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The highest severity among the failed of `findings`, or None when none failed."""
    failed = (f.severity for f in findings if f.verdict is Verdict.FAIL)
    return max(failed, key=lambda severity: severity.rank, default=None)


def _finding_order(finding: Finding) -> tuple[int, str, str, str, str, str]:
    return (
        -finding.severity.rank,
        finding.rule,
        finding.account,
        finding.subject_kind.value,
        finding.subject,
        finding.message,
    )


def _latest(snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    latest: dict[AccountId, Snapshot] = {}
    for snapshot in sorted(snapshots, key=lambda s: (s.account, s.taken)):
        latest[snapshot.account] = snapshot
    return tuple(latest.values())


def _delegated(
    delegations: Iterable[Delegation], findings: Mapping[RoleKey, Sequence[Finding]]
) -> dict[RoleKey, tuple[Delegation, ...]]:
    by_role: dict[RoleKey, list[Delegation]] = defaultdict(list)
    for delegation in sorted(delegations, key=lambda d: (d.owner, d.role, d.principal, d.trust_path)):
        by_role[delegation.owner, delegation.role].append(delegation)

    def order(key: RoleKey) -> tuple[int, int, RoleKey]:
        found = findings.get(key, ())
        severity = worst(found)
        failed = sum(f.verdict is Verdict.FAIL for f in found)
        return (-1 - severity.rank if severity is not None else 0, -failed, key)

    return {key: tuple(by_role[key]) for key in sorted(by_role, key=order)}
