"""Collect everything a scan needs of one account into a snapshot.

All reads run at once, each as soon as its inputs are known. What cannot be read becomes a gap, and
the scan goes on; nothing is concluded from what is missing.
"""

from __future__ import annotations

from scanner.app.collect_broker import Broker
from scanner.app.collect_crew import Crew
from scanner.app.collect_identities import Identities
from scanner.app.collect_ledger import Ledger
from scanner.app.collect_reading import Reading
from scanner.app.collect_trails import Trails
from scanner.model.snapshot import Snapshot
from scanner.ports import Clock, CloudReader, Progress


def collect(
    reader: CloudReader,
    *,
    clock: Clock,
    progress: Progress,
    workers: int,
    regions: tuple[str, ...] = (),
    profile: str = "",
    local_cloud: bool = False,
) -> Snapshot:
    """The account of `reader` as it is now, with the gaps and the coverage of this reading.

    `regions` are the RocketMQ regions to read; empty is every region that the service lists.
    `workers` is the number of threads that read. It can be interrupted at any moment.
    """
    taken = clock.now()
    ledger = Ledger(progress)
    reading = Reading(reader, crew=Crew(workers), ledger=ledger)
    identities, broker, trails = Identities(reading), Broker(reading, regions=regions), Trails(reading)
    identities.start()
    broker.start()
    trails.start()
    reading.work()
    identities.finish()
    return Snapshot(
        account=reader.account,
        taken=taken,
        profile=profile,
        local_cloud=local_cloud,
        regions=broker.regions(),
        roles=identities.roles(),
        policies=identities.policies(),
        attachments=identities.attachments(),
        users=identities.users(),
        groups=identities.groups(),
        instances=broker.instances(),
        topics=broker.topics(),
        consumer_groups=broker.consumer_groups(),
        instance_accounts=broker.instance_accounts(),
        acls=broker.acls(),
        trails=trails.trails(),
        gaps=ledger.gaps(),
        coverage=ledger.coverage(),
        calls=reader.calls(),
    )
