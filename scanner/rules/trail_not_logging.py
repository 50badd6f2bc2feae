"""Whether ActionTrail keeps the account's events: a trail that is on, in every region, and delivers.

What kind of events it keeps is `trail-logs-only-writes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.trail import Trail
from scanner.rules import references
from scanner.rules.base import Remedy, Rule, World
from scanner.rules.trails import ALL_REGIONS, account_finding, delivers, trail_evidence, unread_trails


def judge(world: World) -> Iterator[Finding]:
    """One finding about the account."""
    trails = world.view.snapshot.trails
    evidence = trail_evidence(trails) or (Evidence(source="DescribeTrails", excerpt="no trail"),)
    working = [trail for trail in trails if delivers(trail)]
    everywhere = [trail for trail in working if trail.trail_region == ALL_REGIONS]
    unread = unread_trails(world.view.snapshot)
    if everywhere:
        message = f"Trail `{everywhere[0].name}` keeps the events of all regions"
        yield account_finding(world, RULE, Verdict.PASS, message, evidence=trail_evidence(everywhere))
    elif unread:
        message = "Whether a trail keeps the account's events could not be read"
        yield account_finding(world, RULE, Verdict.UNKNOWN, message, evidence=evidence, because=unread)
    elif working:
        yield _some_regions(world, working)
    else:
        message = "; ".join(map(_what_is_wrong, trails)) or "there is no trail"
        message = f"No trail keeps the account's events: {message}"
        yield account_finding(world, RULE, Verdict.FAIL, message, evidence=evidence)


def _some_regions(world: World, working: Sequence[Trail]) -> Finding:
    """FAIL, or UNKNOWN where a trail does not say which regions it covers."""
    evidence = trail_evidence(working)
    silent = [trail.name for trail in working if not trail.trail_region]
    if silent:
        because = (f"trail `{silent[0]}` does not tell which regions it covers",)
        message = "Whether the account's trails cover all regions could not be read"
        return account_finding(world, RULE, Verdict.UNKNOWN, message, evidence=evidence, because=because)
    regions = ", ".join(f"`{region}`" for region in sorted({trail.trail_region for trail in working}))
    message = (
        f"The account's trails keep the events of {regions} only; other regions are kept for 90 days at most"
    )
    return account_finding(world, RULE, Verdict.FAIL, message, evidence=evidence, severity=Severity.MEDIUM)


def _what_is_wrong(trail: Trail) -> str:
    if not trail.is_logging:
        return f"trail `{trail.name}` is switched off"
    if not trail.targets:
        return f"trail `{trail.name}` has nowhere to deliver to"
    return f"trail `{trail.name}` fails to deliver"


RULE = Rule(
    id="trail-not-logging",
    title="No trail keeps what happens in the account",
    severity=Severity.HIGH,
    subject=SubjectKind.ACCOUNT,
    why=(
        "Without a working trail the events of the account are gone after 90 days. Then nobody can tell who assumed a "
        "role, from where, and what was done with it. Switching the trail off is also one of the first things that an "
        "intruder does, so find out who did it."
    ),
    remedy=Remedy(
        cli=(
            "# No trail yet: make one. The bucket must exist.\n"
            "aliyun actiontrail CreateTrail --Name TRAIL --EventRW All --TrailRegion All --OssBucketName BUCKET\n"
            "# A trail that does not cover everything: call this in its home region, and name another bucket only\n"
            "# where it has nowhere to deliver to.\n"
            "aliyun actiontrail UpdateTrail --region HOME-REGION --Name TRAIL --EventRW All --TrailRegion All\n"
            "# Either way, switch it on; a new trail is off. Then see whether it delivers.\n"
            "aliyun actiontrail StartLogging --region HOME-REGION --Name TRAIL\n"
            "aliyun actiontrail GetTrailStatus --region HOME-REGION --Name TRAIL"
        ),
        console=(
            "ActionTrail console > Trails > Create Trail, or the trail > Edit: all regions, all events, delivery to "
            "Simple Log Service or to an OSS bucket. Then switch the trail on, and look on its page whether the "
            "delivery works."
        ),
        terraform=(
            'resource "alicloud_actiontrail_trail" "audit" {\n'
            '  trail_name      = "TRAIL"\n  event_rw        = "All"\n  trail_region    = "All"\n'
            '  oss_bucket_name = "BUCKET"\n  status          = "Enable"\n}'
        ),
    ),
    reference=references.COMPLETE_TRAIL,
    judge=judge,
)
