"""The shipped worlds are what they promise, and a world of one's own is refused with the place of the mistake."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest

from scanner.emulator.services.documents import DOCUMENT_LONGEST
from scanner.emulator.services.ram_attachments import CUSTOM_MOST, SYSTEM_MOST
from scanner.emulator.services.ram_entities import GROUP_NAME, POLICY_NAME, ROLE_NAME, USER_NAME
from scanner.emulator.state import Account, Instance4, Instance5, LocalWorld
from scanner.emulator.worlds import WORLDS, load_world, load_world_file
from scanner.errors import NothingInScopeError, SettingsError

OWNER = "1000000000000001"
PRINCIPAL = re.compile(r"acs:ram::([0-9]+):(user|role)/([A-Za-z0-9._-]+)")


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest) -> LocalWorld:
    return load_world(request.param)


def every_account(world: LocalWorld) -> list[Account]:
    return list(world.accounts.values())


def test_every_account_has_an_auditor_and_an_administrator_with_known_keys(world: LocalWorld) -> None:
    for account in every_account(world):
        digit = account.account_id[0]
        audit, admin = account.keys[f"LOCALKEYAUDIT{digit}"], account.keys[f"LOCALKEYADMIN{digit}"]
        assert (audit.user, audit.secret) == ("crossrole-auditor", f"local-secret-audit-{digit}")
        assert (admin.user, admin.secret) == ("admin", f"local-secret-admin-{digit}")


def test_the_auditor_has_the_same_small_policy_everywhere(world: LocalWorld) -> None:
    text = resources.files("scanner.emulator.worlds").joinpath("crossrole-audit.json").read_text("utf-8")
    for account in every_account(world):
        carried = [key for key in account.attachments if key.principal == "crossrole-auditor"]
        assert [key.policy_name for key in carried] == ["crossrole-audit"]
        assert account.policies["crossrole-audit"].versions["v1"].document == text.strip()


def test_names_follow_the_rules_of_the_service(world: LocalWorld) -> None:
    for account in every_account(world):
        for shape, names in (
            (ROLE_NAME, account.roles),
            (USER_NAME, account.users),
            (GROUP_NAME, account.groups),
            (POLICY_NAME, account.policies),
        ):
            assert [name for name in names if not shape.fullmatch(name) or len(name) > 64] == []


def test_keys_are_of_users_that_exist_and_their_ids_are_unmistakable(world: LocalWorld) -> None:
    for account in every_account(world):
        assert {key.user for key in account.keys.values()} <= account.users.keys()
        assert all(key_id.startswith("LOCALKEY") for key_id in account.keys)


def test_nobody_carries_more_policies_than_the_service_allows(world: LocalWorld) -> None:
    for account in every_account(world):
        held = Counter(
            (key.policy_kind, key.principal_kind, key.principal, key.resource_group)
            for key in account.attachments
        )
        most = {"System": SYSTEM_MOST, "Custom": CUSTOM_MOST}
        assert [key for key, count in held.items() if count > most[key[0]]] == []


def test_documents_are_no_longer_than_the_service_allows(world: LocalWorld) -> None:
    for account in every_account(world):
        texts = [v.document for policy in account.policies.values() for v in policy.versions.values()]
        assert max(len(text) for text in texts) <= DOCUMENT_LONGEST


def test_loading_a_world_twice_gives_two_equal_worlds(world: LocalWorld) -> None:
    again = load_world(world.name)
    assert again.accounts == world.accounts
    assert again.accounts is not world.accounts
    again.accounts[OWNER].roles.clear()
    assert world.accounts[OWNER].roles


def test_an_unknown_world_is_named_in_the_error() -> None:
    with pytest.raises(NothingInScopeError, match="`moon`") as raised:
        load_world("moon")
    assert "tiny" in raised.value.hint


def test_system_policies_carry_the_published_versions() -> None:
    policies = load_world("tiny").system_policies
    assert {name: policies[name].default_version for name in policies if name.startswith("AliyunMQ")} == {
        "AliyunMQFullAccess": "v5",
        "AliyunMQReadOnlyAccess": "v6",
        "AliyunMQPubOnlyAccess": "v4",
        "AliyunMQSubOnlyAccess": "v4",
    }
    for policy in policies.values():
        assert json.loads(policy.versions[policy.default_version].document)["Version"] == "1"


def test_the_world_full_has_the_promised_size_and_is_quickly_built() -> None:
    started = time.perf_counter()
    account = load_world("full").accounts[OWNER]
    assert time.perf_counter() - started < 2
    instances: list[Instance4 | Instance5] = [*account.instances4.values(), *account.instances5.values()]
    assert (len(account.roles), len(account.policies)) == (1_000, 1_500)
    assert (len(account.instances4), len(account.instances5)) == (20, 20)
    assert sum(len(each.topics) + len(each.groups) for each in instances) == 20_000


def test_the_policies_of_the_world_full_have_realistic_sizes() -> None:
    policies = load_world("full").accounts[OWNER].policies.values()
    sizes = [len(policy.versions["v1"].document) for policy in policies]
    assert sum(300 <= size <= 1_500 for size in sizes) > len(sizes) / 2
    assert sum(size == DOCUMENT_LONGEST for size in sizes) > 50


@pytest.mark.parametrize("name", ["tiny", "full"])
def test_trust_policies_name_users_and_roles_that_exist(name: str) -> None:
    world = load_world(name)
    for role in world.accounts[OWNER].roles.values():
        for account_id, kind, principal in PRINCIPAL.findall(role.trust):
            account = world.accounts[account_id]
            assert principal in (account.users if kind == "user" else account.roles)


def test_the_world_demo_has_both_enterprises_both_vendors_and_both_series() -> None:
    world = load_world("demo")
    assert [account.name for account in every_account(world)] == [
        "Enterprise A",
        "Enterprise B",
        "Parcel Express",
        "Insight Analytics",
    ]
    owner = world.accounts[OWNER]
    assert {instance.region for instance in owner.instances5.values()} == set(world.regions)
    assert {instance.namespaced for instance in owner.instances4.values()} == {True, False}
    assert any(key.resource_group for key in owner.attachments)


def test_the_world_demo_contains_text_that_must_not_be_trusted() -> None:
    role = load_world("demo").accounts[OWNER].roles["b-hostile-text"]
    assert all(part in role.description for part in ("<script>", "\u202e", "=cmd|", "\x07"))
    assert any(value.startswith("=") for value in role.tags.values())


def own_world(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


ACCOUNT = f'name = "own"\n[[account]]\nid = "{OWNER}"\n'


def test_a_world_of_ones_own_is_read(tmp_path: Path) -> None:
    world = load_world_file(
        own_world(
            tmp_path,
            ACCOUNT
            + """
            [[account.policy]]
            name = "p"
            versions = ["old", "new"]
            [[account.role]]
            name = "r"
            trust = "anything"
            policies = ["Custom:p", "System:AliyunMQReadOnlyAccess"]
            [[account.instance5]]
            id = "rmq-own"
            topics = ["one", "two:FIFO"]
            """,
        )
    )
    account = world.accounts[OWNER]
    assert account.policies["p"].default_version == "v2"
    assert {key.policy_name for key in account.attachments} == {"p", "AliyunMQReadOnlyAccess"}
    assert account.instances5["rmq-own"].topics["two"]["messageType"] == "FIFO"
    assert account.roles["r"].created == "2026-01-05T08:00:00Z"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "is not TOML"),
        ("", "`name` is missing"),
        ("name = 7", "`name` must be a text"),
        ('name = "own"\nregion = "cn-hangzhou"', "unknown key `region`"),
        (ACCOUNT + "[account.role]", "`role` must be a list of tables"),
        (
            ACCOUNT + '[[account.role]]\nname = "r"',
            "account `1000000000000001`, role `r`: `trust` is missing",
        ),
        (
            ACCOUNT + '[[account.role]]\nname="r"\ntrust=""\nmax_session="1"',
            "`max_session` must be a whole number",
        ),
        (
            ACCOUNT + '[[account.role]]\nname="r"\ntrust=""\nmax_session=true',
            "`max_session` must be a whole number",
        ),
        (
            ACCOUNT + '[[account.role]]\nname="r"\ntrust=""\npolicies=["Custom:p"]',
            "there is no policy `Custom:p`",
        ),
        (ACCOUNT + '[[account.role]]\nname="r"\ntrust=""\ntags={a=1}', "`tags` must be a table of texts"),
        (
            ACCOUNT + '[[account.role]]\nname="r"\ntrust=""\npolicies=["System:AdministratorAccess@rg"]',
            "there is no resource group `rg`",
        ),
        (ACCOUNT + '[[account.policy]]\nname = "p"', "either `document` or `versions`"),
        (ACCOUNT + '[[account.policy]]\nname="p"\ndocument="x"\ndefault="v2"', "there is no version `v2`"),
        (ACCOUNT + '[[account.user]]\nname = "u"\ngroups = ["g"]', "there is no group `g`"),
        (
            ACCOUNT + '[[account.user]]\nname="u"\nkeys=[{id="k", secret="s"}, {id="k", secret="s"}]',
            "key is there twice",
        ),
        (ACCOUNT + f'[[account]]\nid = "{OWNER}"', "this account is there twice"),
        (ACCOUNT + '[[account.instance4]]\nid = "i"\ntopics = ["a:b"]', "must be a number"),
        (ACCOUNT + '[[account.instance4]]\nid = "i"\ngroups = "GID_a"', "`groups` must be a list of texts"),
    ],
)
def test_a_mistake_in_a_world_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_world_file(own_world(tmp_path, text))
    assert message in str(raised.value)


def test_a_world_that_cannot_be_read_is_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read the world file"):
        load_world_file(tmp_path / "missing.toml")
