"""The world demo, scanned: every kind of delegation is there, as the scanner itself sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from scanner.access.delegations import delegations
from scanner.access.grants import Standing, grant, offered
from scanner.access.reach import reach
from scanner.access.resources import Resource
from scanner.access.view import AccountView, RoleView
from scanner.emulator.state import LocalWorld, UserRecord
from scanner.model.broker import Series
from scanner.model.delegation import Delegation, WayIn
from scanner.model.ids import AccountId, Arn, role_arn
from scanner.model.policy import PolicyKind
from scanner.policy.catalogue import ResourceType
from scanner.policy.syntax import Effect
from tests.cloud.opening import auditor, scanned
from tests.cloudfixture import load, running_cloud

OWNER = AccountId("1000000000000001")
ASSUME = "sts:AssumeRole"


class Scene(NamedTuple):
    world: LocalWorld
    views: Mapping[str, AccountView]
    delegations: tuple[Delegation, ...]
    """Those of Enterprise A, which owns the brokers."""

    @property
    def owner(self) -> AccountView:
        return self.views[OWNER]

    def role(self, name: str) -> RoleView:
        found = self.owner.role(name)
        assert found is not None
        return found

    def principals(self, kind: str) -> set[tuple[str, str]]:
        """Account and name of the users, or roles, that the delegations name."""
        return {
            (arn.account, arn.relative.removeprefix(f"{kind}/"))
            for each in self.delegations
            if (arn := Arn.parse(each.principal)) is not None and arn.relative.startswith(f"{kind}/")
        }

    def users(self) -> list[UserRecord]:
        accounts = self.world.accounts
        names = self.principals("user")
        return [accounts[a].users[name] for a, name in names if name in accounts[a].users]

    def with_mfa(self) -> set[str]:
        devices = (d for account in self.world.accounts.values() for d in account.mfa_devices.values())
        return {device.user for device in devices}


@pytest.fixture(scope="module")
def scene() -> Scene:
    world = load("demo")
    with running_cloud(world, quotas=False) as cloud:
        views = {each: AccountView.of(scanned(cloud, auditor("demo", each))) for each in world.accounts}
    return Scene(world, views, delegations(views[OWNER], {}))


def test_every_role_that_lets_somebody_in_from_outside_has_its_delegations(scene: Scene) -> None:
    assert {each.role for each in scene.delegations} == {r.name for r in scene.owner.roles if r.foreign}
    assert len(scene.delegations) >= 30


LEVELS = [(s, t) for s in Series for t in (ResourceType.TOPIC, ResourceType.GROUP, ResourceType.INSTANCE)]


@pytest.mark.parametrize(("series", "level"), LEVELS)
def test_each_series_is_granted_by_topic_by_group_and_by_instance(
    series: Series, level: ResourceType, scene: Scene
) -> None:
    granted = {each.role for each in scene.delegations if (series, level) in levels(scene, each.role)}
    assert granted, f"no delegation grants {series} by {level}"


def levels(scene: Scene, name: str) -> set[tuple[Series, ResourceType]]:
    """At which levels a role is granted anything: one topic, one group, or an instance with all that is in it."""
    role = scene.role(name)
    reached = {
        each.resource
        for each in reach(role, sorted(offered(role)), scene.owner)
        if each.existing and each.standing.grants
    }
    found = set()
    for caught in patterns(scene, role):
        level = level_of(caught)
        if level is not None and reached & {each.arn for each in caught}:
            found.add((caught[0].series, level))
    return found


def patterns(scene: Scene, role: RoleView) -> Iterator[tuple[Resource, ...]]:
    """What each pattern of the role's Allow statements catches."""
    for policy in role.policies:
        for statement in policy.document.statements:
            if statement.effect is Effect.ALLOW and statement.resources is not None:
                yield from map(scene.owner.resources.caught_by, statement.resources.items)


def level_of(caught: tuple[Resource, ...]) -> ResourceType | None:
    types = {each.type for each in caught}
    if len(caught) == 1 and types <= {ResourceType.TOPIC, ResourceType.GROUP}:
        return caught[0].type
    whole = types >= {ResourceType.TOPIC, ResourceType.GROUP}
    one = len({each.instance_id for each in caught}) == 1
    return ResourceType.INSTANCE if whole and one else None


@pytest.mark.parametrize("kind", list(PolicyKind))
def test_policies_of_the_vendor_and_of_the_account_are_delegated(kind: PolicyKind, scene: Scene) -> None:
    assert any(text.startswith(f"{kind}:") for each in scene.delegations for text in each.policies)


def test_a_delegation_is_limited_to_a_resource_group_in_which_there_are_brokers(scene: Scene) -> None:
    groups = {text.partition(" @ ")[2] for each in scene.delegations for text in each.policies} - {""}
    assert groups
    assert groups <= {instance.resource_group for instance in scene.owner.instances}


@pytest.mark.parametrize("way", list(WayIn))
def test_every_way_in_leads_to_a_role(way: WayIn, scene: Scene) -> None:
    assert any(way in entry.ways for role in scene.owner.roles for entry in role.entries)


@pytest.mark.parametrize("way", [WayIn.STS, WayIn.CONSOLE, WayIn.CROSS_ACCOUNT_SERVICE])
def test_every_way_in_from_outside_is_delegated(way: WayIn, scene: Scene) -> None:
    assert any(way in each.ways for each in scene.delegations)


def test_users_come_in_with_keys_and_no_console(scene: Scene) -> None:
    assert any(user.login is None for user in scene.users())


def test_console_users_come_in_with_and_without_a_second_factor(scene: Scene) -> None:
    console = {user.name for user in scene.users() if user.login is not None}
    assert console & scene.with_mfa()
    assert console - scene.with_mfa()
    assert any("acs:MFAPresent" in words for each in scene.delegations for words in each.conditions)


def test_an_instance_of_each_partner_with_machines_comes_in_through_a_role_of_its_own(scene: Scene) -> None:
    worn = {(account, name) for account, name in scene.principals("role") if ecs(scene.views[account], name)}
    assert len({account for account, _ in worn}) > 1


def ecs(view: AccountView, name: str) -> bool:
    role = view.role(name)
    return role is not None and any(WayIn.ECS in entry.ways for entry in role.entries)


def test_roles_of_other_accounts_go_on_into_delegated_roles(scene: Scene) -> None:
    chained = {
        (account, outer)
        for account, outer in scene.principals("role")
        for each in scene.delegations
        if each.principal == str(role_arn(AccountId(account), outer))
        and may_assume(scene.views[account], outer, str(role_arn(OWNER, each.role)))
    }
    assert len({account for account, _ in chained}) > 1


def test_a_delegated_role_leads_on_into_roles_that_let_nobody_in_from_outside(scene: Scene) -> None:
    inner = {role.name for role in scene.owner.roles if not role.foreign}
    delegated = {each.role for each in scene.delegations}
    assert any(
        may_assume(scene.owner, name, str(role_arn(OWNER, further)))
        for name in delegated
        for further in inner
    )


def may_assume(view: AccountView, name: str, target: str) -> bool:
    role = view.role(name)
    return role is not None and grant(role, action=ASSUME, resource=target).standing is Standing.ALLOWED
