"""What the two rules about ActionTrail share: what was read of the trails, and findings about the account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.snapshot import Snapshot, Subject
from scanner.model.trail import Trail
from scanner.rules.base import Rule, World

ALL_REGIONS: Final = "All"
"""The value of a trail's region that stands for every region."""


def delivers(trail: Trail) -> bool:
    """Whether the trail is on, has somewhere to deliver to, and succeeds in it."""
    return trail.is_logging is True and bool(trail.targets) and not trail.delivery_error


def undecided(trail: Trail) -> bool:
    """Whether the trail might deliver, as far as was read."""
    return trail.is_logging is None and bool(trail.targets) and not trail.delivery_error


def unread_trails(snapshot: Snapshot) -> tuple[str, ...]:
    """In words, what of the trails could not be read; empty when they are known."""
    listing = tuple(f"the trails of the account: {gap.because}" for gap in snapshot.gaps_in(Subject.TRAILS))
    because = {gap.name: str(gap.because) for gap in snapshot.gaps_in(Subject.TRAIL_STATUS)}
    status = tuple(
        f"the status of trail `{trail.name}`: {because.get(trail.name) or because.get('') or 'not read'}"
        for trail in snapshot.trails
        if undecided(trail)
    )
    return listing + status


def trail_evidence(trails: Iterable[Trail]) -> tuple[Evidence, ...]:
    """What was read of each trail."""
    return tuple(
        Evidence(
            source=f"trail {trail.name}",
            excerpt=(
                f"IsLogging {trail.is_logging}, EventRW {trail.event_rw or 'not given'}, "
                f"TrailRegion {trail.trail_region or 'not given'}, to {', '.join(trail.targets) or 'nowhere'}"
                + (f", last delivery failed: {trail.delivery_error[:120]}" if trail.delivery_error else "")
            ),
        )
        for trail in trails
    )


def account_finding(
    world: World,
    rule: Rule,
    verdict: Verdict,
    message: str,
    *,
    evidence: tuple[Evidence, ...],
    severity: Severity | None = None,
    because: tuple[str, ...] = (),
) -> Finding:
    """A finding about the account as a whole."""
    return Finding(
        rule=rule.id,
        verdict=verdict,
        severity=severity or rule.severity,
        confidence=rule.confidence,
        account=world.view.account,
        subject_kind=SubjectKind.ACCOUNT,
        subject=world.view.account,
        message=message,
        evidence=evidence,
        because_of_gaps=because,
    )
