"""The terminal summary of a scan, and the same as a value for JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from reports.json_report import finding_value
from scanner.access.delegations import delegations
from scanner.access.matrix import Matrix
from scanner.access.paths import in_vain
from scanner.access.sentence import Sentences
from scanner.access.view import AccountView
from scanner.cli.console import note, print_table, say, say_item
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.app.scan import FailedAccount, ScannedAccount, ScanReport
    from scanner.model.delegation import KnownAccount
    from scanner.model.ids import AccountId
    from scanner.model.snapshot import Snapshot

_FINDINGS_SHOWN: Final = 15
_GAPS_SHOWN: Final = 10
_DELEGATIONS_SHOWN: Final = 5


def print_summary(report: ScanReport, known: Mapping[AccountId, KnownAccount]) -> None:
    """What was read, what is wrong, who can do what, and what could not be read, for a person."""
    views = {account.snapshot.account: AccountView.of(account.snapshot) for account in report.scanned}
    for account in report.scanned:
        _print_account(account, known, views)
    for failure in report.failed:
        note(f"profile {failure.profile}: not scanned: {visible(failure.error.message)}")
        if failure.error.hint:
            note(f"  hint: {failure.error.hint}")


def _print_account(
    account: ScannedAccount,
    known: Mapping[AccountId, KnownAccount],
    views: Mapping[AccountId, AccountView],
) -> None:
    snapshot = account.snapshot
    where = " (LOCAL CLOUD, not a real account)" if snapshot.local_cloud else ""
    say(f"Account {snapshot.account}{where}, profile {account.profile}, scan {account.scan}")
    say(f"  read: {_read(snapshot)}")
    say(f"  judged: {_judged(account.findings)}")
    failing = [finding for finding in account.findings if finding.verdict is Verdict.FAIL]
    if failing:
        say()
        print_table(
            ("severity", "rule", "subject", "what"),
            ((f.severity.value, f.rule, f.subject, f.message) for f in failing[:_FINDINGS_SHOWN]),
        )
        _say_rest(len(failing) - _FINDINGS_SHOWN, "`crossrole findings` lists all")
    _print_delegations(account, known, views)
    _print_gaps(snapshot)
    say()


def _print_delegations(
    account: ScannedAccount,
    known: Mapping[AccountId, KnownAccount],
    views: Mapping[AccountId, AccountView],
) -> None:
    """What outsiders can do, in sentences: the delegations of the roles with the worst findings."""
    view = views[account.snapshot.account]
    found = delegations(view, known)
    if not found:
        return
    failing = (
        f for f in account.findings if f.verdict is Verdict.FAIL and f.subject_kind is SubjectKind.ROLE
    )
    ranks = {role: rank for rank, role in enumerate(dict.fromkeys(f.subject for f in failing))}
    ordered = sorted(found, key=lambda d: (ranks.get(d.role, len(ranks)), d.role, d.principal))
    closed = in_vain(view.roles, view, others=views, known=known)
    vain = {(one.role, one.principal) for one in closed}
    ordered.sort(key=lambda d: (d.role, d.principal) in vain)
    sentences = Sentences(view, Matrix.of(view), closed)
    say()
    say(f"  ways in from outside: {len(found)}; those into the roles with the worst findings come first:")
    for delegation in ordered[:_DELEGATIONS_SHOWN]:
        say_item(f"{visible(delegation.role)}: {sentences.of(delegation)}", indent=4, hang=2)
    _say_rest(len(found) - _DELEGATIONS_SHOWN, "`crossrole roles` lists all")


def _print_gaps(snapshot: Snapshot) -> None:
    if not snapshot.gaps:
        say("  everything that was asked for could be read")
        return
    say()
    say(f"  could not read {len(snapshot.gaps)}, so what depends on it is UNKNOWN:")
    for gap in snapshot.gaps[:_GAPS_SHOWN]:
        # Names and the service's words are untrusted: a line break in them must not start a line of ours.
        say(f"    {visible(f'{gap.subject.value} {gap.name}'.strip())}: {visible(str(gap.because))}")
    _say_rest(len(snapshot.gaps) - _GAPS_SHOWN, "`crossrole report` lists all")
    if any(gap.because.missing_permission for gap in snapshot.gaps):
        say("  `crossrole permissions` prints the policy that allows all reads; `crossrole doctor` checks it")


def _say_rest(count: int, where: str) -> None:
    if count > 0:
        say(f"  ... and {count} more; {where}")


def _read(snapshot: Snapshot) -> str:
    series = Counter(instance.series.value for instance in snapshot.instances)
    instances = " and ".join(f"{count} of {name}" for name, count in sorted(series.items())) or "none"
    return (
        f"{len(snapshot.roles)} roles, {len(snapshot.policies)} policies, "
        f"{len(snapshot.attachments)} attachments, {len(snapshot.users)} users; "
        f"RocketMQ instances: {instances}, {len(snapshot.topics)} topics, "
        f"{len(snapshot.consumer_groups)} consumer groups; {sum(c.calls for c in snapshot.calls)} calls"
    )


def _judged(findings: tuple[Finding, ...]) -> str:
    verdicts = Counter(finding.verdict for finding in findings)
    failing = Counter(f.severity for f in findings if f.verdict is Verdict.FAIL)
    severities = ", ".join(f"{failing[s]} {s.value}" for s in reversed(Severity) if failing[s])
    return (
        f"{verdicts[Verdict.FAIL]} failed{f' ({severities})' if severities else ''}, "
        f"{verdicts[Verdict.UNKNOWN]} unknown, {verdicts[Verdict.PASS]} passed"
    )


def summary_value(report: ScanReport) -> dict[str, Any]:
    """The summary as plain values: `accounts`, `failed` and `complete`."""
    return {
        "accounts": [_account_value(account) for account in report.scanned],
        "failed": [_failure_value(failure) for failure in report.failed],
        "complete": report.complete,
    }


def _account_value(account: ScannedAccount) -> dict[str, Any]:
    snapshot = account.snapshot
    return {
        "account": snapshot.account,
        "profile": account.profile,
        "scan": account.scan,
        "taken": snapshot.taken.isoformat(),
        "local_cloud": snapshot.local_cloud,
        "read": {
            coverage.subject.value: {
                "expected": coverage.expected,
                "read": coverage.read,
                "unread": coverage.unread,
            }
            for coverage in snapshot.coverage
        },
        "calls": {calls.api: calls.calls for calls in snapshot.calls},
        "gaps": [
            gap_value(gap_subject=g.subject.value, name=g.name, why=str(g.because)) for g in snapshot.gaps
        ],
        "findings": [finding_value(f) for f in account.findings if f.verdict is not Verdict.PASS],
        "passed": sum(f.verdict is Verdict.PASS for f in account.findings),
    }


def gap_value(*, gap_subject: str, name: str, why: str) -> dict[str, str]:
    """A gap as plain values."""
    return {"subject": gap_subject, "name": name, "because": why}


def _failure_value(failure: FailedAccount) -> dict[str, str]:
    fault = failure.error.fault
    return {
        "profile": failure.profile,
        "kind": fault.kind.value,
        "api": fault.api,
        "code": fault.code,
        "message": failure.error.message,
        "hint": failure.error.hint,
    }
