"""What a report is made of, as plain values.

Whoever asks for a report has scanned, judged and looked up already; the reports only show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from scanner.access.entrance import Closed, Path
from scanner.model.delegation import Delegation
from scanner.model.finding import Confidence, Finding, Severity
from scanner.model.ids import AccountId
from scanner.model.snapshot import Snapshot

if TYPE_CHECKING:
    # Only the shape is needed: a report of stored findings loads no rule.
    from scanner.rules.base import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """What a report says about a rule."""

    title: str
    severity: Severity
    why: str
    cli: str = ""
    console: str = ""
    terraform: str = ""
    reference: str = ""
    confidence: Confidence = Confidence.DOCUMENTED


def rule_texts(rules: Iterable[Rule]) -> Mapping[str, RuleText]:
    """The texts of `rules` by rule id."""
    return MappingProxyType(
        {
            r.id: RuleText(
                title=r.title,
                severity=r.severity,
                why=r.why,
                cli=r.remedy.cli,
                console=r.remedy.console,
                terraform=r.remedy.terraform,
                reference=r.reference,
                confidence=r.confidence,
            )
            for r in rules
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything that a report shows. The same input gives the same bytes."""

    snapshots: tuple[Snapshot, ...]
    findings: tuple[Finding, ...]
    delegations: tuple[Delegation, ...]
    chains: tuple[Path, ...] = ()
    """Ways in that go through other roles first."""
    closed: Mapping[AccountId, tuple[Closed, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """By the account of the roles: principals that a role trusts and that their own account does not let use it."""
    rules: Mapping[str, RuleText] = field(default_factory=lambda: MappingProxyType({}))
    """By rule id. A finding whose rule is not here is shown with its id for a title."""
    generated: datetime
    version: str
    """The version of crossrole that made the report."""
    title: str = "Cross-account access report"

    @property
    def local_cloud(self) -> bool:
        """Whether anything in it came from the local cloud."""
        return any(s.local_cloud for s in self.snapshots)
