"""Whether the trails that deliver keep reads as well as writes.

Whether any of them delivers at all is `trail-not-logging`. INFERRED: the vendor classes sts:AssumeRole as a
read in its permission table and publishes no event sample that settles it, so a trail of writes may lack it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.model.finding import Confidence, Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.rules.base import Remedy, Rule, World
from scanner.rules.trails import account_finding, delivers, trail_evidence, unread_trails

_KINDS: Final = {"All": {"Read", "Write"}, "Write": {"Write"}, "Read": {"Read"}}
"""What each documented value of a trail's EventRW keeps."""


def judge(world: World) -> Iterator[Finding]:
    """One finding about the account."""
    trails = world.view.snapshot.trails
    working = [trail for trail in trails if delivers(trail)]
    kept = {kind for trail in working for kind in _KINDS.get(trail.event_rw, ())}
    evidence = trail_evidence(working) or (Evidence(source="DescribeTrails", excerpt="no trail delivers"),)
    unread = unread_trails(world.view.snapshot) + tuple(
        f"trail `{trail.name}` keeps events of a kind that is not documented: `{trail.event_rw}`"
        for trail in working
        if trail.event_rw not in _KINDS
    )
    if kept == {"Read", "Write"}:
        message = "The trails keep reads and writes"
        yield account_finding(world, RULE, Verdict.PASS, message, evidence=evidence)
    elif unread:
        message = "Which events the trails keep is not known"
        yield account_finding(world, RULE, Verdict.UNKNOWN, message, evidence=evidence, because=unread)
    elif not working:
        message = "No trail delivers, so there is nothing to keep reads in"
        yield account_finding(world, RULE, Verdict.NOT_APPLICABLE, message, evidence=evidence)
    elif "Write" in kept:
        message = "The trails keep writes only, and the taking of role sessions may be recorded as a read"
        yield account_finding(world, RULE, Verdict.FAIL, message, evidence=evidence)
    else:
        message = "The trails keep reads only; changes to roles and policies leave no trace"
        yield account_finding(world, RULE, Verdict.FAIL, message, evidence=evidence, severity=Severity.HIGH)


RULE = Rule(
    id="trail-logs-only-writes",
    title="The trail does not keep read events",
    severity=Severity.MEDIUM,
    confidence=Confidence.INFERRED,
    subject=SubjectKind.ACCOUNT,
    why=(
        "Taking a session of a role changes nothing, and the vendor's own table of permissions calls it a read. A "
        "trail that keeps writes only may therefore miss every AssumeRole, and certainly misses the reading of "
        "messages and of instance passwords."
    ),
    remedy=Remedy(
        cli="aliyun actiontrail UpdateTrail --Name TRAIL --EventRW All",
        console="ActionTrail console > Trails > TRAIL > Edit: set the event type to All Events and save.",
        terraform=(
            'resource "alicloud_actiontrail_trail" "audit" {\n'
            '  trail_name      = "TRAIL"\n  event_rw        = "All"\n  trail_region    = "All"\n'
            '  oss_bucket_name = "BUCKET"\n}'
        ),
    ),
    reference="Alibaba Cloud ActionTrail, API UpdateTrail (2020-07-06), parameter EventRW; CIS 2.0.0, 2.1",
    judge=judge,
)
