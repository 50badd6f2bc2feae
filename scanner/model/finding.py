"""Verdicts of rules, with the evidence that decided them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.model.ids import AccountId


class Severity(StrEnum):
    """How much a finding opens, mildest first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the mildest; for sorting and for thresholds."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """Whether the rule rests on documented behaviour of the service."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"


class Verdict(StrEnum):
    """What a rule says about one subject. PASS needs evidence; unreadable is UNKNOWN."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


class SubjectKind(StrEnum):
    """What a finding is about."""

    ACCOUNT = "account"
    ROLE = "role"
    POLICY = "policy"
    USER = "user"
    GROUP = "group"
    TRAIL = "trail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What decided a verdict: a place in a document, or a fact that was read."""

    source: str
    """`trust policy`, `Custom:orders-publish`, `ListUsers`, ..."""
    version: str = ""
    path: str = ""
    """JSON path inside the document, such as `$.Statement[0].Resource[1]`."""
    excerpt: str = ""
    """The text there, untrusted, at most a few hundred characters."""
    digest: str = ""
    """SHA-256 of the document, when there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule says about one subject."""

    rule: str
    verdict: Verdict
    severity: Severity
    confidence: Confidence = Confidence.DOCUMENTED
    account: AccountId
    subject_kind: SubjectKind
    subject: str
    """The name of the role, policy, user, group or trail; the account id for an account."""
    message: str
    """One sentence a manager understands. Names inside it are untrusted text."""
    evidence: tuple[Evidence, ...] = ()
    because_of_gaps: tuple[str, ...] = ()
    """For UNKNOWN: what could not be read, or which reading of the documents is not certain."""

    @property
    def fingerprint(self) -> str:
        """The same in every scan for the same rule and subject."""
        import hashlib  # noqa: PLC0415 - it costs more than the values that need no fingerprint may

        text = f"{self.rule}\x1f{self.account}\x1f{self.subject_kind.value}\x1f{self.subject}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
