"""What a rule is, and what it is given to judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from scanner.access.view import AccountView
from scanner.model.delegation import KnownAccount
from scanner.model.finding import Confidence, Finding, Severity, SubjectKind
from scanner.model.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is judged together: one account's view, the other scanned accounts, and what is known of accounts."""

    view: AccountView
    """The account being judged."""
    others: Mapping[AccountId, AccountView] = field(default_factory=lambda: MappingProxyType({}))
    """Other scanned accounts, such as the accessor's; a missing one was not scanned."""
    known: Mapping[AccountId, KnownAccount] = field(default_factory=lambda: MappingProxyType({}))
    """Accounts that the settings name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """How to put it right, in the three ways people work."""

    cli: str
    console: str
    terraform: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check. `judge` yields one finding for each subject it looked at, PASS included."""

    id: str
    """A kebab slug that reads as English and is never reused."""
    title: str
    severity: Severity
    """The usual severity; a finding may carry another."""
    subject: SubjectKind
    why: str
    """What somebody could do, in two or three sentences."""
    remedy: Remedy
    reference: str
    """The vendor page or benchmark item that it rests on."""
    judge: Callable[[World], Iterable[Finding]]
    confidence: Confidence = Confidence.DOCUMENTED
