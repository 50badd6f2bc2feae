"""What a manager needs to know, in plain sentences and a few numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reports.coverage import unread_words
from reports.findings import FindingView, SeverityGroup
from reports.index import AccountIndex, Index
from reports.limits import PARTNERS_IN_SUMMARY, SUBJECTS_IN_SUMMARY, WORST_FINDINGS
from reports.partners import Partner, partner_of
from reports.words import Capped, capped, count, listed
from scanner.model.finding import Severity
from scanner.model.snapshot import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """One outside party and how much of the account it may enter."""

    partner: Partner
    roles: int
    worst: Severity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstLine:
    """One rule that failed, and for what."""

    severity: Severity
    title: str
    anchor: str
    total: int
    message: str
    """What was found, where there is one finding; empty where there are several."""
    subjects: Capped[FindingView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The first screen of the report."""

    sentences: tuple[str, ...]
    roles: int
    delegated: int
    partners: Capped[PartnerLine]
    partner_count: int
    severities: tuple[tuple[Severity, int], ...]
    """Failed checks of each severity, the worst first, zeros included except of the mildest."""
    failed: int
    unknown: int
    passed: int
    gaps: int
    worst: Capped[WorstLine]


def summary(index: Index, groups: Iterable[SeverityGroup]) -> Summary:
    """The summary of a report whose failed checks are in `groups`, the worst first."""
    partners = partner_lines(index)
    by_severity = Counter(f.severity for f in index.failed)
    return Summary(
        sentences=sentences(index),
        roles=sum(len(a.roles) for a in index.accounts),
        delegated=len(index.delegated),
        partners=capped(partners, PARTNERS_IN_SUMMARY),
        partner_count=len(partners),
        severities=tuple(
            (s, by_severity[s]) for s in reversed(Severity) if by_severity[s] or s is not Severity.INFO
        ),
        failed=len(index.failed),
        unknown=len(index.unknown),
        passed=index.passed,
        gaps=sum(len(a.snapshot.gaps) for a in index.accounts),
        worst=capped((rule for group in groups for rule in _worst_lines(group)), WORST_FINDINGS),
    )


def sentences(index: Index) -> tuple[str, ...]:
    """The state of things, for somebody who reads nothing else."""
    accounts = (_account_sentence(account, index) for account in index.accounts)
    return tuple(
        s
        for s in (*accounts, _verdict_sentence(index), *_unread_sentences(index), _doubt_sentence(index))
        if s
    )


def partner_lines(index: Index) -> tuple[PartnerLine, ...]:
    """The outside parties, those with the worst findings first."""
    roles: dict[Partner, dict[tuple[str, str], Severity | None]] = {}
    for key, delegations in index.delegated.items():
        for delegation in delegations:
            roles.setdefault(partner_of(delegation), {})[key] = index.worst_of.get(key)
    lines = (
        PartnerLine(
            partner=partner,
            roles=len(severities),
            worst=max(filter(None, severities.values()), key=lambda s: s.rank, default=None),
        )
        for partner, severities in roles.items()
    )
    return tuple(
        sorted(lines, key=lambda p: (-p.worst.rank if p.worst is not None else 1, -p.roles, p.partner))
    )


def _worst_lines(group: SeverityGroup) -> Iterable[WorstLine]:
    for rule in group.rules:
        subjects = capped(rule.findings.shown, SUBJECTS_IN_SUMMARY)
        yield WorstLine(
            severity=group.severity,
            title=rule.text.title,
            anchor=rule.anchor,
            total=rule.total,
            message=rule.findings.shown[0].message if rule.total == 1 else "",
            subjects=Capped(subjects.shown, rule.total - len(subjects.shown)),
        )


def _account_sentence(account: AccountIndex, index: Index) -> str:
    own = account.snapshot.account
    if account.snapshot.gaps_in(Subject.ROLES) and not account.roles:
        return f"The roles of account {own} could not be listed, so it is not known who may enter it."
    keys = [key for key in index.delegated if key[0] == own]
    if not keys:
        return f"None of the {count(len(account.roles), 'role')} read in account {own} {_nobody(account)}"
    partners = {partner_of(d).identity for key in keys for d in index.delegated[key]}
    strangers = {
        partner_of(d).identity for key in keys for d in index.delegated[key] if not partner_of(d).known
    }
    text = (
        f"In account {own}, {len(keys):,} of {count(len(account.roles), 'role')} can be assumed from outside, "
        f"by {count(len(partners), 'outside party', 'outside parties')}"
    )
    if len(partners) == 1:
        return f"{text}, which the settings {'do not ' if strangers else ''}name."
    if not strangers:
        return f"{text}, all named in the settings."
    if len(strangers) == len(partners):
        return f"{text}, none of them named in the settings."
    return f"{text}, {'one' if len(strangers) == 1 else len(strangers)} of which the settings do not name."


def _nobody(account: AccountIndex) -> str:
    doubtful = sum(role.trust is None for role in account.roles.values())
    if doubtful or account.snapshot.gaps_in(Subject.ROLES):
        return (
            f"is known to be open to the outside, but for {count(doubtful, 'role')} this could not be read."
        )
    return "can be assumed from outside."


def _unread_sentences(index: Index) -> tuple[str, ...]:
    """What could not be read in each account; one sentence for all when nothing is missing."""
    if index.accounts and not any(a.snapshot.gaps for a in index.accounts):
        return ("Everything that was asked for could be read.",)
    return tuple(unread_words(account.snapshot) for account in index.accounts)


def _verdict_sentence(index: Index) -> str:
    if not index.failed:
        return "No check failed." if not index.unknown else ""
    counts = Counter(f.severity for f in index.failed)
    parts = [f"{counts[s]:,} {s.value}" for s in reversed(Severity) if counts[s]]
    return f"{count(len(index.failed), 'check')} failed: {listed(parts)}."


def _doubt_sentence(index: Index) -> str:
    if not index.unknown:
        return ""
    return (
        f"{count(len(index.unknown), 'check')} could not be decided. "
        "They are not passed: what they ask about may or may not be so."
    )
