"""Whether ActionTrail keeps the account's events: a trail that is on, in every region, and delivers.

What kind of events it keeps is `trail-logs-only-writes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.model.finding import Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.model.trail import Trail
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
        message = "Whether the trails cover all regions is not known"
        return account_finding(world, RULE, Verdict.UNKNOWN, message, evidence=evidence, because=because)
    regions = ", ".join(sorted({trail.trail_region for trail in working}))
    message = f"The trails keep the events of {regions} only; what happens in other regions is lost"
    return account_finding(world, RULE, Verdict.FAIL, message, evidence=evidence, severity=Severity.MEDIUM)


def _what_is_wrong(trail: Trail) -> str:
    if not trail.is_logging:
        return f"trail `{trail.name}` is off"
    if not trail.targets:
        return f"trail `{trail.name}` delivers to nowhere"
    return f"trail `{trail.name}` fails to deliver"


RULE = Rule(
    id="trail-not-logging",
    title="No trail keeps what happens in the account",
    severity=Severity.HIGH,
    subject=SubjectKind.ACCOUNT,
    why=(
        "Without a working trail the events of the account are kept for 90 days at most, out of reach of any alarm. "
        "Nobody can tell afterwards who assumed a role, from where, and what was done with it, and switching the "
        "trail off is what an intruder does first."
    ),
    remedy=Remedy(
        cli=(
            "# A trail that exists: make it cover everything and switch it on.\n"
            "aliyun actiontrail UpdateTrail --Name TRAIL --EventRW All --TrailRegion All --OssBucketName BUCKET\n"
            "aliyun actiontrail StartLogging --Name TRAIL\n"
            "# None yet: make one first.\n"
            "aliyun actiontrail CreateTrail --Name TRAIL --EventRW All --TrailRegion All --OssBucketName BUCKET"
        ),
        console=(
            "ActionTrail console > Trails > Create Trail (or the trail > Edit): apply to all regions, all events, "
            "deliver to Simple Log Service or an OSS bucket; then switch the trail's status on and look at the "
            "last delivery error on its page."
        ),
        terraform=(
            'resource "alicloud_actiontrail_trail" "audit" {\n'
            '  trail_name      = "TRAIL"\n  event_rw        = "All"\n  trail_region    = "All"\n'
            '  oss_bucket_name = "BUCKET"\n  status          = "Enable"\n}'
        ),
    ),
    reference="CIS Alibaba Cloud Foundation Benchmark 2.0.0, 2.1 ActionTrail exports copies of all log entries",
    judge=judge,
)
