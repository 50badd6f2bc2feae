"""Holds a verdict of a rule about permissions against what the local cloud lets through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from scanner.emulator.state import LocalWorld
from scanner.model.finding import Finding, Verdict
from scanner.policy.catalogue import AccessClass, by_class
from tests.verdicts.trying import FRESH, NOBODY, Carried, Cloud, Outcome, Request, Trials, administration

Requests = Callable[[Trials], Iterator[Request]]


def _everything(trials: Trials) -> Iterator[Request]:
    yield Request("zq-service:ZqAction", (f"acs:zq-service:zq:{trials.cloud.account_id}:zq",))


def _any_topic(trials: Trials) -> Iterator[Request]:
    for entry in by_class(AccessClass.PUBLISH, AccessClass.SUBSCRIBE):
        for form in entry.arn_forms:
            if "{topic}" in form:
                yield from trials.on_names_that_nobody_has(entry.action, form)


def _any_role(trials: Trials) -> Iterator[Request]:
    for account in (trials.cloud.account_id, NOBODY):
        yield Request("sts:AssumeRole", (f"acs:ram::{account}:role/{FRESH}",))


def _of(*classes: AccessClass) -> Requests:
    return lambda trials: trials.of_classes(*classes)


REQUESTS: Final[Mapping[str, Requests]] = {
    "grants-everything": _everything,
    "instance-password-readable": _of(AccessClass.OBTAIN_CREDENTIALS),
    "network-can-be-opened": _of(AccessClass.OPEN_NETWORK),
    "publish-or-subscribe-on-everything": _any_topic,
    "read-only-role-reads-messages": _of(AccessClass.READ_MESSAGES),
    "chains-to-any-role": _any_role,
}
"""Rules of which a FAIL means that any one of these requests goes through."""

WHOLE: Final = "grants-whole-rocketmq"
CHANGES: Final = "can-change-own-permissions"
IN_A_GROUP: Final = "the resource is in resource group"
"""A condition that only 5.x instances can meet here: nothing else has a resource group in the local cloud."""
TRIED: Final = (*REQUESTS, WHOLE, CHANGES)


def agrees(world: LocalWorld, finding: Finding) -> str | None:
    """Where the cloud and the finding differ, in words; None where they agree or nothing was said."""
    if finding.verdict not in {Verdict.PASS, Verdict.FAIL}:
        return None
    cloud = Cloud(world, finding.account)
    carried = Carried(cloud, finding.subject)
    trials = Trials(cloud, carried)
    if finding.rule == WHOLE:
        found = _whole(trials, finding.subject)
    elif finding.rule == CHANGES:
        found = _changes(trials, finding.subject)
    else:
        found = cloud.outcome(finding.subject, REQUESTS[finding.rule](trials), carried.contexts)
    return _difference(finding, found)


def _difference(finding: Finding, found: Outcome) -> str | None:
    if finding.verdict is Verdict.PASS:
        return f"{finding.message}: yet {found.by_somebody} goes through" if found.by_somebody else None
    if "in resource group `" in finding.message and finding.rule == "grants-everything":
        return None  # No action of all services can be tried in one resource group.
    if IN_A_GROUP in finding.message and found.by_somebody is None:
        return None
    if "under condition" in finding.message:
        return None if found.by_somebody else f"{finding.message}: yet nothing goes through"
    return None if found.by_anybody else f"{finding.message}: yet not everybody gets anything through"


def _changes(trials: Trials, role: str) -> Outcome:
    best = Outcome(None, None)
    for first, second in trials.of_permissions():
        best = _better(best, trials.cloud.outcome_of_both(role, first, second, trials.carried.contexts))
    return best


def _whole(trials: Trials, role: str) -> Outcome:
    """All known administration of either series, or whatever may come, on an instance of any name."""
    best = Outcome(None, None)
    for series, form in (
        ("mq", "acs:mq:{region}:{account}:{instance}"),
        ("rocketmq", "acs:rocketmq:{region}:{account}:instance/{instance}"),
    ):
        to_come = list(trials.on_names_that_nobody_has(f"{series}:ZqAction", form))
        best = _better(best, trials.cloud.outcome(role, to_come, trials.carried.contexts))
        for group in trials.carried.groups:
            best = _better(best, _all_known(trials, role, series, group))
    return best


def _all_known(trials: Trials, role: str, series: str, group: str) -> Outcome:
    anybody = somebody = None
    for action, form in administration(series):
        requests = [r for r in trials.on_names_that_nobody_has(action, form) if r.group == group]
        found = trials.cloud.outcome(role, requests, trials.carried.contexts)
        if found.by_somebody is None:
            return Outcome(None, None)
        anybody, somebody = found.by_anybody, found.by_somebody
    return Outcome(anybody, somebody)


def _better(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(one.by_anybody or other.by_anybody, one.by_somebody or other.by_somebody)
