"""What a scan keeps, what it marks as unread, and when it tries again."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest

from scanner.app.collect import collect
from scanner.app.collect_reading import PAUSE_SECONDS
from scanner.model.broker import BrokerRegion, Series
from scanner.model.document import Document
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.policy import PrincipalKind
from scanner.model.snapshot import Coverage, Snapshot, Subject
from tests.app.fakereader import DENIED, DOWN, FakeReader, custom, system, versions

TAKEN = datetime(2026, 1, 1, tzinfo=UTC)
MISSING = CloudFault(kind=FaultKind.NOT_FOUND, api="x:Y")


class StoppedClock:
    def now(self) -> datetime:
        return TAKEN


class Watched:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.expected: Counter[str] = Counter()
        self.finished: Counter[str] = Counter()
        self._lock = threading.Lock()

    def expect(self, subject: str, count: int) -> None:
        with self._lock:
            self.expected[subject] += count

    def done(self, subject: str, count: int = 1) -> None:
        with self._lock:
            self.finished[subject] += count

    def note(self, message: str) -> None:
        raise AssertionError(message)


def collected(
    reader: FakeReader, *, regions: tuple[str, ...] = (), progress: Watched | None = None, workers: int = 4
) -> Snapshot:
    return collect(
        reader,
        clock=StoppedClock(),
        progress=progress or Watched(),
        workers=workers,
        regions=regions,
        profile="p",
        local_cloud=True,
    )


def row(snapshot: Snapshot, subject: Subject) -> Coverage:
    return next(line for line in snapshot.coverage if line.subject is subject)


def gap_names(snapshot: Snapshot) -> list[tuple[Subject, str]]:
    return [(gap.subject, gap.name) for gap in snapshot.gaps]


def test_everything_is_read_and_sorted() -> None:
    snapshot = collected(FakeReader())
    assert snapshot.gaps == ()
    assert (snapshot.taken, snapshot.profile, snapshot.local_cloud) == (TAKEN, "p", True)
    assert [role.name for role in snapshot.roles] == ["alpha", "beta"]
    assert [(p.ref.name, p.default_version) for p in snapshot.policies] == [("own", "v2"), ("Admin", "v1")]
    assert [a.principal for a in snapshot.attachments] == ["alpha", "beta", "ann"]
    assert snapshot.groups[0].members == ("ann",)
    assert [i.instance_id for i in snapshot.instances] == ["i-4.x", "i-5.x"]
    assert snapshot.instances[1].ip_whitelist == ("1.0.0.0/8", "10.0.0.0/8")
    assert [t.name for t in snapshot.topics] == ["t1", "t2", "t1", "t2"]
    assert snapshot.trails[0].is_logging is True
    assert snapshot.regions == ("cn-a",)
    assert snapshot.calls[0].calls > 10


def test_the_number_of_threads_does_not_matter() -> None:
    assert collected(FakeReader(), workers=1) == collected(FakeReader(), workers=16)


def test_a_role_keeps_the_tags_of_the_listing_and_the_trust_of_its_own_read() -> None:
    role = collected(FakeReader()).roles[0]
    assert role.trust == Document("trust of alpha")
    assert role.tags[0].key == "team"
    assert role.service_linked is False


def test_progress_ends_where_everything_expected_is_done() -> None:
    progress = Watched()
    collected(FakeReader().fails("role", "alpha").fails("topics", "i-4.x"), progress=progress)
    assert progress.expected["role details"] == progress.finished["role details"] == 2
    assert progress.expected == progress.finished


@pytest.mark.parametrize(
    ("method", "name", "subject", "gap"),
    [
        ("role", "alpha", Subject.ROLE, "alpha"),
        ("policy", "own", Subject.POLICY, "Custom:own"),
        ("policy_versions", "Admin", Subject.POLICY_VERSIONS, "System:Admin"),
        ("members", "ops", Subject.GROUP_MEMBERS, "ops"),
        ("instances", "cn-a 4.x", Subject.INSTANCES, "cn-a"),
        ("instance", "i-5.x", Subject.INSTANCE, "cn-a/i-5.x"),
        ("topics", "i-4.x", Subject.TOPICS, "cn-a/i-4.x"),
        ("consumer_groups", "i-5.x", Subject.CONSUMER_GROUPS, "cn-a/i-5.x"),
        ("instance_accounts", "i-5.x", Subject.INSTANCE_ACCOUNTS, "cn-a/i-5.x"),
        ("acls", "i-5.x", Subject.ACLS, "cn-a/i-5.x"),
        ("ip_whitelist", "i-5.x", Subject.IP_WHITELIST, "cn-a/i-5.x"),
        ("trail_status", "audit", Subject.TRAIL_STATUS, "audit"),
        ("roles", "", Subject.ROLES, ""),
        ("custom_policies", "", Subject.POLICIES, ""),
        ("users", "", Subject.USERS, ""),
        ("groups", "", Subject.GROUPS, ""),
        ("broker_regions", "", Subject.REGIONS, ""),
        ("trails", "", Subject.TRAILS, ""),
    ],
)
@pytest.mark.parametrize("fault", [DOWN, DENIED, MISSING], ids=["down", "denied", "missing"])
def test_what_cannot_be_read_is_a_gap_and_the_rest_is_read(
    method: str, name: str, subject: Subject, gap: str, fault: CloudFault
) -> None:
    snapshot = collected(FakeReader().fails(method, name, fault))
    assert gap_names(snapshot) == [(subject, gap)]
    assert snapshot.gaps[0].because == fault
    assert row(snapshot, subject).unread == 1
    assert len(snapshot.coverage) == len(Subject)


def test_a_role_that_could_not_be_read_stays_in_the_list() -> None:
    role = collected(FakeReader().fails("role", "alpha")).roles[0]
    assert (role.name, role.trust, role.service_linked) == ("alpha", None, None)


def test_members_and_whitelists_read_in_part_count_as_unread() -> None:
    snapshot = collected(FakeReader().fails("members", "ops").fails("ip_whitelist", "i-5.x"))
    assert snapshot.groups[0].members is None
    assert snapshot.instances[1].ip_whitelist is None


def test_what_a_listing_gave_before_it_failed_is_kept() -> None:
    snapshot = collected(FakeReader().fails("roles"))
    assert [role.name for role in snapshot.roles] == ["alpha", "beta"]
    assert all(role.trust for role in snapshot.roles)
    assert row(snapshot, Subject.ROLES) == Coverage(subject=Subject.ROLES, expected=None, read=2, unread=1)
    assert row(snapshot, Subject.ROLE).expected is None


def test_an_unread_listing_hides_how_many_there_are_inside() -> None:
    snapshot = collected(FakeReader().fails("broker_regions"))
    assert row(snapshot, Subject.TOPICS).expected is None
    assert row(snapshot, Subject.ROLES).expected == 2
    assert snapshot.instances == ()


def test_a_default_document_that_getpolicy_did_not_give_is_unread() -> None:
    snapshot = collected(FakeReader().fails("policy", "own"))
    policy = snapshot.policies[0]
    assert policy.effective is not None
    assert policy.effective.document is None
    assert [v.document for v in policy.versions if not v.is_default] == [Document("old")]
    assert policy.default_version == "v2"


def test_without_the_list_of_versions_the_default_is_still_there() -> None:
    policy = collected(FakeReader().fails("policy_versions", "own")).policies[0]
    assert policy.effective is not None
    assert policy.effective.document == Document("new")
    assert len(policy.versions) == 1


def test_a_policy_of_which_nothing_was_read_is_kept_by_name() -> None:
    reader = FakeReader().fails("policy", "Admin").fails("policy_versions", "Admin")
    policy = collected(reader).policies[1]
    assert (policy.ref, policy.default_version, policy.versions) == (system("Admin"), None, ())


def test_a_document_left_out_of_the_list_of_versions_is_asked_for() -> None:
    reader = FakeReader(
        policy_versions_of={custom("own"): versions(None, "new"), system("Admin"): versions("a")}
    )
    policy = collected(reader).policies[0]
    assert [v.document for v in policy.versions] == [Document("own v1, asked for"), Document("new")]

    reader = FakeReader(
        policy_versions_of={custom("own"): versions(None, "new"), system("Admin"): versions("a")}
    )
    snapshot = collected(reader.fails("policy_version", "own"))
    assert gap_names(snapshot) == [(Subject.POLICY_VERSIONS, "Custom:own")]
    assert snapshot.policies[0].versions[0].document is None


def test_getpolicy_says_which_version_is_the_default() -> None:
    class Changed(FakeReader):
        """The default changes between the two reads."""

        def policy_versions(self, ref):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as in FakeReader
            return versions("old") if ref == custom("own") else super().policy_versions(ref)

    policy = collected(Changed()).policies[0]
    assert [(v.version_id, v.is_default) for v in policy.versions] == [("v1", False), ("v2", True)]


def test_each_policy_is_read_once_however_often_it_is_attached() -> None:
    reader = FakeReader()
    collected(reader)
    assert reader.asked["policy", "Admin"] == 1
    assert reader.asked["policy_versions", "Admin"] == 1


@pytest.mark.parametrize("fault", [DOWN, DENIED], ids=["down", "denied"])
def test_without_the_bulk_listing_principals_are_asked_one_by_one(fault: CloudFault) -> None:
    reader = FakeReader().fails("attachments", "", fault)
    snapshot = collected(reader)
    assert gap_names(snapshot) == [(Subject.RESOURCE_GROUP_ATTACHMENTS, "")]
    assert [(a.principal_kind, a.principal) for a in snapshot.attachments] == [
        (PrincipalKind.ROLE, "alpha"),
        (PrincipalKind.USER, "ann"),
    ]
    assert {name for method, name in reader.asked if method == "attachments_of"} == {
        "alpha",
        "beta",
        "ann",
        "ops",
    }
    assert row(snapshot, Subject.RESOURCE_GROUP_ATTACHMENTS).expected is None
    assert row(snapshot, Subject.ATTACHMENTS).expected == 2


def test_a_principal_whose_attachments_cannot_be_read_is_a_gap() -> None:
    reader = FakeReader().fails("attachments").fails("attachments_of", "beta")
    assert gap_names(collected(reader)) == [
        (Subject.ATTACHMENTS, "beta"),
        (Subject.RESOURCE_GROUP_ATTACHMENTS, ""),
    ]


def test_a_bulk_listing_allowed_at_the_second_attempt_makes_up_for_everything() -> None:
    reader = FakeReader().fails("attachments", "", DENIED, None).fails("attachments_of", "*", DENIED)
    snapshot = collected(reader)
    assert snapshot.gaps == ()
    assert snapshot == collected_with_same_calls(snapshot, FakeReader())
    assert row(snapshot, Subject.ATTACHMENTS) == Coverage(
        subject=Subject.ATTACHMENTS, expected=2, read=2, unread=0
    )


def collected_with_same_calls(like: Snapshot, reader: FakeReader) -> Snapshot:
    """What `reader` gives, with the counts of calls and the coverage of another scan."""
    made = collected(reader)
    return Snapshot(
        **{name: getattr(made, name) for name in made.__slots__ if name not in ("calls", "coverage")},
        calls=like.calls,
        coverage=like.coverage,
    )


def test_a_read_denied_in_a_burst_is_tried_once_more_later() -> None:
    reader = FakeReader().fails("role", "alpha", DENIED, None)
    snapshot = collected(reader)
    assert snapshot.gaps == ()
    assert reader.paused == [PAUSE_SECONDS]
    assert reader.asked["role", "alpha"] == 2


def test_a_read_denied_twice_is_a_gap() -> None:
    reader = FakeReader().fails("role", "alpha", DENIED)
    assert gap_names(collected(reader)) == [(Subject.ROLE, "alpha")]
    assert reader.asked["role", "alpha"] == 2


def test_a_permission_that_is_missing_altogether_is_tried_once_for_all() -> None:
    names = tuple(f"role-{number}" for number in range(200))
    reader = FakeReader(role_names=names).fails("role", "*", DENIED)
    snapshot = collected(reader)
    assert len(snapshot.gaps) == 200
    assert sum(count for (method, _), count in reader.asked.items() if method == "role") == 201
    assert reader.paused == []


def test_a_permission_that_comes_back_is_used_for_all() -> None:
    names = tuple(f"role-{number}" for number in range(50))
    reader = FakeReader(role_names=names).fails("role", "*", *[DENIED] * 50, None)
    assert collected(reader).gaps == ()


def test_what_comes_of_a_second_attempt_has_second_attempts_too() -> None:
    reader = FakeReader().fails("users", "", DENIED, None).fails("groups", "", DENIED, None)
    reader.fails("members", "ops", DENIED, None)
    assert collected(reader).gaps == ()


def test_other_failures_have_no_second_attempt() -> None:
    reader = FakeReader().fails("role", "alpha", DOWN)
    collected(reader)
    assert reader.asked["role", "alpha"] == 1


def test_only_the_series_offered_in_a_region_are_read() -> None:
    reader = FakeReader(regions=(BrokerRegion(name="cn-a", series=(Series.V5,)),))
    collected(reader)
    assert reader.asked["instances", "cn-a 5.x"] == 1
    assert reader.asked["instances", "cn-a 4.x"] == 0


def test_only_the_regions_asked_for_are_read() -> None:
    both = (
        BrokerRegion(name="cn-a", series=(Series.V5,)),
        BrokerRegion(name="cn-b", series=(Series.V5,)),
    )
    snapshot = collected(FakeReader(regions=both), regions=("cn-b", "cn-x"))
    assert snapshot.regions == ("cn-b",)
    assert {i.region for i in snapshot.instances} == {"cn-b"}
    assert gap_names(snapshot) == [(Subject.REGIONS, "cn-x")]
    assert "`cn-x`" in str(snapshot.gaps[0].because)


def test_a_bug_in_a_reader_is_not_taken_for_a_gap() -> None:
    def bug(method: str) -> None:
        if method == "policy":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        collected(FakeReader(on_call=bug))


def test_reads_do_not_wait_for_other_listings() -> None:
    trust_read = threading.Event()

    def on_call(method: str) -> None:
        if method == "role":
            trust_read.set()
        if method in ("custom_policies", "attachments", "users", "groups", "broker_regions", "trails"):
            assert trust_read.wait(10)

    assert collected(FakeReader(on_call=on_call), workers=12).gaps == ()
