"""Accounts in which outsiders reach something, as reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reports.input import ReportInput
from scanner.access.delegations import delegations
from scanner.access.paths import entrances
from scanner.access.view import AccountView
from scanner.model.snapshot import Snapshot
from tests.reports.sample import NOON
from tests.rules import worlds as w

KNOWN: Final = {account.account: account for account in w.KNOWN}


def report_of(*snapshots: Snapshot) -> ReportInput:
    """A report of these scans, ways through other roles included."""
    views = {snapshot.account: AccountView.of(snapshot) for snapshot in snapshots}
    entered = {own: entrances(view, others=views, known=KNOWN) for own, view in views.items()}
    return ReportInput(
        snapshots=snapshots,
        findings=(),
        delegations=tuple(d for view in views.values() for d in delegations(view, KNOWN)),
        chains=tuple(path for found in entered.values() for path in found.paths if path.is_chain),
        closed={own: found.closed for own, found in entered.items()},
        generated=NOON,
        version="0.1.0",
    )


def world(*policies: Sequence[w.Body], instances: int = 2, topics: int = 4, unread: bool = False) -> Snapshot:
    """An account with a role for each of `policies`, all trusting one partner."""
    named = [w.policy(f"p{n:03d}", *statements) for n, statements in enumerate(policies)]
    lost = [w.policy("lost", unread=True)] if unread else []
    ids = [f"rmq-{n:03d}" for n in range(instances)]
    return w.snapshot(
        roles=[w.role(f"r{n:03d}", trust=w.trusting(w.PARTNER)) for n in range(len(named))],
        policies=[*named, *lost],
        attachments=[
            attachment
            for n, policy in enumerate(named)
            for attachment in w.attached(policy, *lost, role=f"r{n:03d}")
        ],
        instances=[w.instance(name) for name in ids],
        topics=[w.topic(name, f"t{n}") for name in ids for n in range(topics)],
    )


def on(instance: str, rest: str = "") -> str:
    return f"acs:rocketmq:*:{w.OWNER}:instance/{instance}{rest}"


def many(roles: int, *, instances: int) -> ReportInput:
    """Roles that reach one instance each, every tenth of them all of them, every seventh under a condition."""
    office = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
    kinds = ("rocketmq:GetInstanceAccount", "rocketmq:GetMessageDetail", "rocketmq:*Topic", "rocketmq:List*")
    policies = [
        [
            w.allow(
                kinds[n % len(kinds)],
                on="*" if n % 10 == 0 else on(f"rmq-{n % instances:03d}", "*"),
                when=office if n % 7 == 0 else None,
            )
        ]
        for n in range(roles)
    ]
    return report_of(world(*policies, instances=instances, topics=3))
