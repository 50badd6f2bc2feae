"""Whether the trails that deliver keep reads as well as writes.

Whether any of them delivers at all is `trail-not-logging`. INFERRED: the vendor classes sts:AssumeRole as a
read in its permission table and publishes no event sample that settles it, so a trail of writes may lack it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.model.finding import Confidence, Evidence, Finding, Severity, SubjectKind, Verdict
from scanner.rules import references
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
        message = "The account's trails keep reads and writes"
        yield account_finding(world, RULE, Verdict.PASS, message, evidence=evidence)
    elif unread:
        message = "Which events the account's trails keep could not be read for certain"
        yield account_finding(world, RULE, Verdict.UNKNOWN, message, evidence=evidence, because=unread)
    elif not working:
        message = "No trail of the account delivers events, so there is nowhere to keep reads"
        yield account_finding(world, RULE, Verdict.NOT_APPLICABLE, message, evidence=evidence)
    elif "Write" in kept:
        message = "The account's trails keep writes only, and AssumeRole may be recorded as a read"
        yield account_finding(world, RULE, Verdict.FAIL, message, evidence=evidence)
    else:
        message = "The account's trails keep reads only; changes to roles and policies leave no trace in them"
        yield account_finding(world, RULE, Verdict.FAIL, message, evidence=evidence, severity=Severity.HIGH)


RULE = Rule(
    id="trail-logs-only-writes",
    title="The trail does not keep read events",
    severity=Severity.MEDIUM,
    confidence=Confidence.INFERRED,
    subject=SubjectKind.ACCOUNT,
    why=(
        "To assume a role changes nothing, and the vendor's own table of permissions calls it a read. A trail that "
        "keeps writes only may therefore miss every AssumeRole, and it misses the reading of messages and of instance "
        "passwords."
    ),
    remedy=Remedy(
        cli=(
            "# Call it in the trail's home region, which DescribeTrails shows. What is not named stays as it is;\n"
            "# look at the result.\n"
            "aliyun actiontrail DescribeTrails --NameList TRAIL\n"
            "aliyun actiontrail UpdateTrail --region HOME-REGION --Name TRAIL --EventRW All\n"
            "aliyun actiontrail DescribeTrails --NameList TRAIL"
        ),
        console="ActionTrail console > Trails > TRAIL > Edit: let it deliver all events, reads and writes, and confirm.",
        terraform=(
            'resource "alicloud_actiontrail_trail" "audit" {\n'
            '  trail_name = "TRAIL"\n'
            '  event_rw   = "All"\n'
            "  # The other lines stay as they are.\n"
            "}"
        ),
    ),
    reference=references.UPDATE_TRAIL,
    judge=judge,
)
