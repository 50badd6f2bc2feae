"""A scan of the local cloud through the real adapters: complete when all is well, honest when not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scanner.emulator.fault import FaultPlan
from scanner.emulator.server import LocalCloud
from scanner.emulator.state import Instance4, Instance5, RoleRecord
from scanner.errors import CloudError
from scanner.model.fault import FaultKind
from scanner.model.policy import PrincipalKind
from scanner.model.snapshot import Snapshot, Subject
from tests.cloud.opening import ACCESSOR, OWNER, auditor, gaps, opened, row, scanned
from tests.cloudfixture import load, running_cloud
from tests.emulator.small import World, allow, deny


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with running_cloud("tiny", quotas=False) as running:
        yield running


@pytest.fixture
def faults(cloud: LocalCloud) -> Iterator[FaultPlan]:
    yield cloud.faults
    cloud.faults.clear()


@pytest.fixture(scope="module")
def healthy(cloud: LocalCloud) -> Snapshot:
    return scanned(cloud)


def test_a_scan_of_a_healthy_cloud_has_no_gaps_and_reads_all(healthy: Snapshot) -> None:
    assert healthy.gaps == ()
    assert all(line.expected == line.read and line.unread == 0 for line in healthy.coverage)
    assert [line.subject for line in healthy.coverage] == list(Subject)


def test_a_scan_holds_what_the_world_holds(healthy: Snapshot) -> None:
    account = load("tiny").accounts[OWNER]
    assert [role.name for role in healthy.roles] == sorted(account.roles)
    assert {r.name: r.trust.text for r in healthy.roles if r.trust} == {
        name: record.trust for name, record in account.roles.items()
    }
    assert [user.name for user in healthy.users] == sorted(account.users)
    assert {g.name: g.members for g in healthy.groups} == {
        name: tuple(sorted(record.members)) for name, record in account.groups.items()
    }
    assert {
        (a.policy.kind.value, a.policy.name, a.principal_kind.value, a.principal, a.resource_group or "")
        for a in healthy.attachments
    } == {
        (k.policy_kind, k.policy_name, k.principal_kind, k.principal, k.resource_group)
        for k in account.attachments
    }
    for policy in healthy.policies:
        if policy.ref.name in account.policies:
            record = account.policies[policy.ref.name]
            assert policy.default_version == record.default_version
            assert {v.version_id: v.document.text for v in policy.versions if v.document} == {
                v.version_id: v.document for v in record.versions.values()
            }
        assert policy.effective is not None
    assert [trail.name for trail in healthy.trails] == sorted(account.trails)
    assert {i.instance_id for i in healthy.instances} == {*account.instances4, *account.instances5}


def test_roles_that_services_made_for_themselves_are_told_from_others() -> None:
    world = load("tiny")
    roles = world.accounts[OWNER].roles
    roles["AliyunServiceRoleForRMQ"] = RoleRecord(
        "AliyunServiceRoleForRMQ", "300", roles["orders-for-b"].trust, service_linked=True
    )
    with running_cloud(world, quotas=False) as cloud:
        snapshot = scanned(cloud)

    assert {role.name: role.service_linked for role in snapshot.roles} == {
        "AliyunServiceRoleForRMQ": True,
        "broker-ops": False,
        "orders-for-b": False,
    }


def test_topics_groups_accounts_and_acls_are_read(healthy: Snapshot) -> None:
    account = load("tiny").accounts[OWNER]
    instances: list[Instance4 | Instance5] = [*account.instances4.values(), *account.instances5.values()]
    assert {(t.instance_id, t.name) for t in healthy.topics} == {
        (i.instance_id, name) for i in instances for name in i.topics
    }
    assert {(g.instance_id, g.name) for g in healthy.consumer_groups} == {
        (i.instance_id, name) for i in instances for name in i.groups
    }
    assert len(healthy.instance_accounts) == sum(len(i.accounts) for i in account.instances5.values())
    assert len(healthy.acls) == sum(len(i.acls) for i in account.instances5.values())


def test_the_same_world_gives_the_same_snapshot(cloud: LocalCloud, healthy: Snapshot) -> None:
    assert scanned(cloud) == healthy


def test_no_scan_asks_for_an_instance_password(cloud: LocalCloud, healthy: Snapshot) -> None:
    assert healthy.instance_accounts
    assert cloud.calls["rocketmq:GetInstanceAccount"] == 0
    assert all("GetInstanceAccount" not in line.api for line in healthy.calls)


def test_the_calls_counted_are_the_calls_the_cloud_saw() -> None:
    with running_cloud("tiny", quotas=False) as fresh:
        snapshot = scanned(fresh)
        assert {line.api: line.calls for line in snapshot.calls} == dict(fresh.calls)


def test_a_scan_of_the_demo_world_is_complete() -> None:
    with running_cloud("demo") as demo:
        snapshot = scanned(demo, auditor("demo"))
    assert snapshot.gaps == ()
    assert any(role.trust for role in snapshot.roles)


def test_the_accessors_side_is_read_as_well(cloud: LocalCloud) -> None:
    snapshot = scanned(cloud, auditor(account=ACCESSOR))
    assert snapshot.account == ACCESSOR
    assert snapshot.gaps == ()


@pytest.mark.parametrize("kind", ["throttle", "error", "unavailable", "html", "reset", "cut"])
def test_a_fault_that_passes_leaves_no_gap(cloud: LocalCloud, faults: FaultPlan, kind: str) -> None:
    for service in ("ram", "rocketmq", "ons", "resourcemanager", "actiontrail"):
        faults.add(f"{service}:*={kind},times=2")
    assert scanned(cloud).gaps == ()


def test_throttling_half_of_all_calls_leaves_no_gap(cloud: LocalCloud, faults: FaultPlan) -> None:
    faults.add("*:*=throttle:0.5")
    snapshot = scanned(cloud)
    assert snapshot.gaps == ()
    assert sum(line.throttled for line in snapshot.calls) > 10


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("throttle", FaultKind.THROTTLED),
        ("error", FaultKind.SERVER),
        ("html", FaultKind.MALFORMED),
        ("reset", FaultKind.UNREACHABLE),
        ("cut", FaultKind.UNREACHABLE),
        ("wrong-type", FaultKind.MALFORMED),
        ("no-permission", FaultKind.DENIED),
    ],
)
def test_documents_that_stay_unreadable_are_gaps_and_not_empty(
    cloud: LocalCloud, faults: FaultPlan, kind: str, told: FaultKind
) -> None:
    faults.add(f"ram:GetPolicy={kind}")
    faults.add(f"ram:GetPolicyVersion={kind}")
    snapshot = scanned(cloud)
    unread = snapshot.gaps_in(Subject.POLICY)
    assert {gap.name for gap in unread} == {str(policy.ref) for policy in snapshot.policies}
    assert {gap.because.kind for gap in unread} == {told}
    assert all(policy.effective is None or policy.effective.document is None for policy in snapshot.policies)
    assert row(snapshot, Subject.POLICY).unread == len(snapshot.policies)


@pytest.mark.parametrize(
    ("operation", "subject"),
    [
        ("ram:ListRoles", Subject.ROLES),
        ("ram:ListPolicies", Subject.POLICIES),
        ("ram:ListUsers", Subject.USERS),
        ("ram:ListGroups", Subject.GROUPS),
        ("ram:ListUsersForGroup", Subject.GROUP_MEMBERS),
        ("resourcemanager:ListPolicyAttachments", Subject.RESOURCE_GROUP_ATTACHMENTS),
        ("rocketmq:ListRegions", Subject.REGIONS),
        ("rocketmq:ListInstances", Subject.INSTANCES),
        ("rocketmq:ListTopics", Subject.TOPICS),
        ("rocketmq:ListConsumerGroups", Subject.CONSUMER_GROUPS),
        ("rocketmq:ListInstanceAccount", Subject.INSTANCE_ACCOUNTS),
        ("rocketmq:ListInstanceAcl", Subject.ACLS),
        ("rocketmq:ListInstanceIpWhitelist", Subject.IP_WHITELIST),
        ("ons:OnsInstanceInServiceList", Subject.INSTANCES),
        ("ons:OnsTopicList", Subject.TOPICS),
        ("ons:OnsGroupList", Subject.CONSUMER_GROUPS),
        ("actiontrail:DescribeTrails", Subject.TRAILS),
    ],
)
def test_a_listing_of_the_wrong_type_is_a_gap_and_not_an_empty_listing(
    cloud: LocalCloud, faults: FaultPlan, operation: str, subject: Subject
) -> None:
    faults.add(f"{operation}=wrong-type")
    snapshot = scanned(cloud)
    (gap,) = snapshot.gaps
    assert gap.subject is subject
    assert gap.because.kind is FaultKind.MALFORMED
    assert row(snapshot, subject).expected is None


@pytest.mark.parametrize("kind", ["truncated", "repeated-marker"])
@pytest.mark.parametrize(
    ("operation", "subject"),
    [
        ("ram:ListRoles", Subject.ROLES),
        ("ram:ListPolicies", Subject.POLICIES),
        ("ram:ListUsers", Subject.USERS),
    ],
)
def test_a_listing_that_does_not_end_as_it_should_is_a_gap(
    cloud: LocalCloud, faults: FaultPlan, operation: str, subject: Subject, kind: str
) -> None:
    faults.add(f"{operation}={kind}")
    (gap,) = scanned(cloud).gaps
    assert (gap.subject, gap.name, gap.because.kind) == (subject, "", FaultKind.MALFORMED)


@pytest.mark.parametrize("operation", ["rocketmq:ListTopics", "resourcemanager:ListPolicyAttachments"])
def test_a_numbered_listing_that_ends_early_is_a_gap(
    cloud: LocalCloud, faults: FaultPlan, operation: str
) -> None:
    faults.add(f"{operation}=truncated")
    (gap,) = scanned(cloud).gaps
    assert gap.because.kind is FaultKind.MALFORMED


def test_without_bulk_attachments_each_principal_is_asked_and_the_other_scope_is_a_gap(
    cloud: LocalCloud, faults: FaultPlan, healthy: Snapshot
) -> None:
    faults.add("resourcemanager:ListPolicyAttachments=no-permission")
    snapshot = scanned(cloud)
    (gap,) = snapshot.gaps
    assert (gap.subject, gap.name) == (Subject.RESOURCE_GROUP_ATTACHMENTS, "")
    assert gap.because.missing_permission == "ram:ListPolicyAttachments"
    assert snapshot.attachments == tuple(a for a in healthy.attachments if a.resource_group is None)
    assert row(snapshot, Subject.ATTACHMENTS).expected == len(snapshot.attachments)
    assert {a.principal_kind for a in snapshot.attachments} == set(PrincipalKind)


def test_without_any_list_of_attachments_each_principal_is_a_gap(
    cloud: LocalCloud, faults: FaultPlan
) -> None:
    faults.add("resourcemanager:ListPolicyAttachments=error")
    faults.add("ram:ListPoliciesFor*=error")
    snapshot = scanned(cloud)
    assert {gap.name for gap in snapshot.gaps_in(Subject.ATTACHMENTS)} == {
        *(role.name for role in snapshot.roles),
        *(user.name for user in snapshot.users),
        *(group.name for group in snapshot.groups),
    }
    assert snapshot.attachments == ()
    assert row(snapshot, Subject.ATTACHMENTS).expected is None


def test_a_permission_denied_once_in_a_burst_leaves_no_gap(cloud: LocalCloud, faults: FaultPlan) -> None:
    faults.add("ram:GetRole=no-permission,times=1")
    faults.add("ram:ListPolicyVersions=no-permission,times=2,after=1")
    faults.add("rocketmq:ListInstances=no-permission,times=1")
    faults.add("resourcemanager:ListPolicyAttachments=no-permission,times=1")
    snapshot = scanned(cloud)
    assert snapshot.gaps == ()
    assert all(line.expected == line.read for line in snapshot.coverage)


def test_a_missing_permission_is_named_and_the_scan_goes_on() -> None:
    world = World()
    keys = world.user(
        OWNER, "auditor", allow("*"), deny(["ram:GetRole", "actiontrail:*", "rocketmq:ListRegions"])
    )
    world.role(OWNER, "orders", "{}")
    with running_cloud(world.world, quotas=False) as running:
        snapshot = scanned(running, keys)
    found = gaps(snapshot)
    assert found[Subject.ROLE, "orders"].because.missing_permission == "ram:GetRole"
    assert found[Subject.TRAILS, ""].because.missing_permission == "actiontrail:DescribeTrails"
    assert found[Subject.REGIONS, ""].because.missing_permission == "rocketmq:ListRegions"
    assert len(found) == 3
    (role,) = snapshot.roles
    assert role.trust is None
    assert str(found[Subject.ROLE, "orders"].because) == "missing `ram:GetRole`"


def test_an_unknown_region_is_told_and_the_others_are_read(cloud: LocalCloud) -> None:
    snapshot = scanned(cloud, regions=("cn-hangzhou", "cn-nowhere"))
    (gap,) = snapshot.gaps
    assert (gap.subject, gap.name, gap.because.kind) == (Subject.REGIONS, "cn-nowhere", FaultKind.NOT_FOUND)
    assert snapshot.regions == ("cn-hangzhou",)
    assert snapshot.instances


def test_named_regions_are_read_without_the_list_of_all(cloud: LocalCloud, faults: FaultPlan) -> None:
    faults.add("rocketmq:ListRegions=error")
    snapshot = scanned(cloud, regions=("cn-hangzhou",))
    assert [gap.subject for gap in snapshot.gaps] == [Subject.REGIONS]
    assert len(snapshot.instances) == 2


def test_every_listing_read_in_pages_is_whole() -> None:
    world = load("tiny")
    account = world.accounts[OWNER]
    record = next(iter(account.roles.values()))
    for number in range(1_205):
        name = f"made-{number:04}"
        account.roles[name] = type(record)(name, f"9{number:017}", record.trust)
    with running_cloud(world, quotas=False) as running:
        reader = opened(running.endpoint, auditor()).reader()
        pages = [len(page) for page in reader.roles()]
    assert sum(pages) == len(account.roles)
    assert len(pages) == 2


def test_text_that_strangers_wrote_comes_back_as_it_is() -> None:
    world = World()
    keys = world.user(OWNER, "auditor", allow("*"))
    hostile = [
        "<script>alert(1)</script>",
        "=cmd()|' /C calc'!A0",
        "\u202egnp.exe",
        "a\x00b\n",
        "имя",
        "a/b?c&d",
    ]
    for number, text in enumerate(hostile):
        world.role(OWNER, f"role-{number}", text)
        world.account(OWNER).roles[f"role-{number}"].description = text
    with running_cloud(world.world, quotas=False) as running:
        snapshot = scanned(running, keys)
    assert [role.description for role in snapshot.roles] == hostile
    assert [role.trust.text for role in snapshot.roles if role.trust] == hostile
    assert snapshot.gaps == ()


def test_a_role_of_a_name_that_the_service_would_refuse_is_listed_with_a_gap() -> None:
    world = World()
    keys = world.user(OWNER, "auditor", allow("*"))
    world.role(OWNER, "<script>alert(1)</script>", "{}")
    with running_cloud(world.world, quotas=False) as running:
        snapshot = scanned(running, keys)
    (role,) = snapshot.roles
    assert role.name == "<script>alert(1)</script>"
    assert role.trust is not None or snapshot.gaps_in(Subject.ROLE, name=role.name)


def test_a_denied_identity_call_ends_the_session_before_the_scan(
    cloud: LocalCloud, faults: FaultPlan
) -> None:
    faults.add("sts:GetCallerIdentity=no-permission")
    with pytest.raises(CloudError) as caught:
        opened(cloud.endpoint, auditor())
    assert caught.value.fault.kind is FaultKind.DENIED
