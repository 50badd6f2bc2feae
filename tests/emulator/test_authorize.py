"""Who may do what in the local cloud."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.emulator.authorize import Denial, Judge, Stage, trust_refuses
from scanner.emulator.reading import Context
from scanner.emulator.service import Caller
from scanner.emulator.state import Instance5, SessionToken
from tests.emulator.small import ACCESSOR, EVERYTHING, OWNER, World, allow, deny, document, trust

ROLE_X = f"acs:ram::{OWNER}:role/x"


@pytest.fixture
def build() -> World:
    return World()


def caller(build: World, name: str = "ann", *, account: str = OWNER, kind: str = "user") -> Caller:
    return Caller(account=build.account(account), kind=kind, name=name, key_id="k")


def session_of(build: World, role: str, policy: str | None) -> Caller:
    token = SessionToken("STS.k", "s", "t", role, "1", "sess", datetime.now(UTC), policy, OWNER)
    return Caller(account=build.account(OWNER), kind="role", name=role, key_id="STS.k", session=token)


def refusal(
    build: World,
    who: Caller,
    action: str = "ram:GetRole",
    resource: str = ROLE_X,
    context: Context | None = None,
) -> Denial | None:
    return Judge(build.world).refuses(
        who, account=who.account, action=action, resource=resource, context=context or {}
    )


def test_nothing_is_allowed_that_no_policy_allows(build: World) -> None:
    build.user(OWNER, "ann")
    denial = refusal(build, caller(build))
    assert denial is not None
    assert (denial.stage, denial.explicit) == (Stage.ACCOUNT, False)


def test_an_allow_is_enough(build: World) -> None:
    build.user(OWNER, "ann", allow("ram:Get*", f"acs:ram:*:{OWNER}:role/*"))
    assert refusal(build, caller(build)) is None


def test_a_deny_beats_an_allow_of_another_policy(build: World) -> None:
    build.user(OWNER, "ann", EVERYTHING)
    build.attach(OWNER, "user", "ann", "stop", deny("ram:GetRole"))
    denial = refusal(build, caller(build))
    assert denial is not None
    assert denial.explicit


def test_the_root_of_an_account_may_do_everything(build: World) -> None:
    assert refusal(build, caller(build, "", kind="root")) is None


def test_a_user_has_what_its_groups_have(build: World) -> None:
    build.user(OWNER, "ann")
    build.group(OWNER, "readers", "ann")
    build.attach(OWNER, "group", "readers", "read", allow("ram:GetRole"))
    assert refusal(build, caller(build)) is None
    assert refusal(build, caller(build, "bob")) is not None


def test_what_is_detached_no_longer_counts(build: World) -> None:
    build.user(OWNER, "ann")
    key = build.attach(OWNER, "user", "ann", "read", allow("ram:GetRole"))
    judge = Judge(build.world)
    who = caller(build)

    def refuses() -> Denial | None:
        return judge.refuses(who, account=who.account, action="ram:GetRole", resource=ROLE_X, context={})

    assert refuses() is None
    del build.account(OWNER).attachments[key]
    assert refuses() is not None


def test_only_the_default_version_counts(build: World) -> None:
    build.user(OWNER, "ann", allow("ram:GetRole"))
    build.account(OWNER).policies["ann-own"].default_version = "v9"
    assert refusal(build, caller(build)) is not None


def test_a_session_policy_must_allow_as_well(build: World) -> None:
    build.attach(OWNER, "role", "r", "all", EVERYTHING)
    assert refusal(build, session_of(build, "r", None)) is None
    assert refusal(build, session_of(build, "r", document(allow("ram:Get*")))) is None
    denial = refusal(build, session_of(build, "r", document(allow("mq:*"))))
    assert denial is not None
    assert denial.stage is Stage.SESSION


def test_a_session_policy_adds_nothing(build: World) -> None:
    build.attach(OWNER, "role", "r", "some", allow("mq:PUB"))
    assert refusal(build, session_of(build, "r", document(EVERYTHING))) is not None


def test_a_control_policy_can_deny_but_not_allow(build: World) -> None:
    build.user(OWNER, "ann", EVERYTHING)
    build.account(OWNER).control_policies.append(document(deny("ram:GetRole")))
    denial = refusal(build, caller(build))
    assert denial is not None
    assert denial.stage is Stage.CONTROL
    assert refusal(build, caller(build), action="ram:ListRoles") is None
    assert refusal(build, caller(build, "", kind="root")) is None


def test_the_control_policy_of_the_role_s_owner_counts_when_it_is_assumed(build: World) -> None:
    build.user(ACCESSOR, "bob", allow("sts:AssumeRole"))
    who = caller(build, "bob", account=ACCESSOR)
    assert refusal(build, who, action="sts:AssumeRole") is None
    build.account(OWNER).control_policies.append(document(deny("sts:AssumeRole")))
    denial = refusal(build, who, action="sts:AssumeRole")
    assert denial is not None
    assert denial.stage is Stage.CONTROL


INSTANCE = f"acs:rocketmq:cn-hangzhou:{OWNER}:instance/rmq-1/topic/t"


@pytest.fixture
def grouped(build: World) -> World:
    build.user(OWNER, "ann")
    build.account(OWNER).instances5["rmq-1"] = Instance5("rmq-1", "cn-hangzhou", resource_group="rg-1")
    return build


def test_a_grant_on_a_resource_group_reaches_what_is_in_it(grouped: World) -> None:
    grouped.attach(OWNER, "user", "ann", "p", allow("rocketmq:*"), group="rg-1")
    assert refusal(grouped, caller(grouped), "rocketmq:GetTopic", INSTANCE) is None
    assert (
        refusal(grouped, caller(grouped), "rocketmq:GetTopic", INSTANCE.replace("rmq-1", "rmq-2")) is not None
    )
    assert refusal(grouped, caller(grouped)) is not None


def test_a_deny_on_a_resource_group_does_not_undo_an_allow_on_the_account(grouped: World) -> None:
    grouped.attach(OWNER, "user", "ann", "p", allow("rocketmq:*"))
    grouped.attach(OWNER, "user", "ann", "q", deny("rocketmq:*"), group="rg-1")
    assert refusal(grouped, caller(grouped), "rocketmq:GetTopic", INSTANCE) is None


def test_a_deny_on_a_resource_group_is_said_to_come_from_there(grouped: World) -> None:
    grouped.attach(OWNER, "user", "ann", "q", deny("rocketmq:*"), group="rg-1")
    denial = refusal(grouped, caller(grouped), "rocketmq:GetTopic", INSTANCE)
    assert denial is not None
    assert (denial.stage, denial.kind) == (Stage.RESOURCE_GROUP, "ExplicitDeny")


def test_a_document_that_cannot_be_read_grants_nothing(build: World) -> None:
    build.user(OWNER, "ann", allow("ram:GetRole"))
    build.account(OWNER).policies["ann-own"].versions["v1"].document = "{"
    assert refusal(build, caller(build)) is not None


@pytest.mark.parametrize(
    ("policy", "trusted"),
    [
        (trust(f"acs:ram::{ACCESSOR}:root"), True),
        (trust(f"acs:ram:*:{ACCESSOR}:user/bob"), True),
        (trust(f"acs:ram::{ACCESSOR}:user/eve"), False),
        (trust(f"acs:ram::{OWNER}:root"), False),
        (trust("*"), False),
        (trust(f"acs:ram::{ACCESSOR}:user/*"), False),
        (
            document({"Effect": "Allow", "Action": "sts:*", "Principal": {"Service": ["ecs.aliyuncs.com"]}}),
            False,
        ),
        (
            document(
                {
                    "Effect": "Allow",
                    "Action": "ram:GetRole",
                    "Principal": {"RAM": [f"acs:ram::{ACCESSOR}:root"]},
                }
            ),
            False,
        ),
        (
            document(
                {"Effect": "Allow", "Action": "*", "Principal": {"RAM": [f"acs:ram::{ACCESSOR}:root"]}},
                {"Effect": "Deny", "Action": "*", "Principal": {"RAM": [f"acs:ram::{ACCESSOR}:user/bob"]}},
            ),
            False,
        ),
    ],
)
def test_a_trust_policy_names_who_may_come(build: World, policy: str, *, trusted: bool) -> None:
    who = caller(build, "bob", account=ACCESSOR)
    denial = trust_refuses(policy, caller=who, resource=ROLE_X, context={})
    assert (denial is None) is trusted


def test_an_external_id_must_be_the_one_asked_for(build: World) -> None:
    policy = trust(f"acs:ram::{ACCESSOR}:root", Condition={"StringEquals": {"sts:ExternalId": "right"}})
    who = caller(build, "bob", account=ACCESSOR)
    assert trust_refuses(policy, caller=who, resource=ROLE_X, context={"sts:externalid": "right"}) is None
    assert trust_refuses(policy, caller=who, resource=ROLE_X, context={"sts:externalid": "wrong"}) is not None
    assert trust_refuses(policy, caller=who, resource=ROLE_X, context={}) is not None


def test_a_large_account_is_searched_fast(build: World) -> None:
    build.user(OWNER, "ann", allow("ram:GetRole"))
    for number in range(4_000):
        build.attach(OWNER, "role", f"r{number}", "p")
    judge = Judge(build.world)
    who = caller(build)
    begun = datetime.now(UTC)
    for _ in range(500):
        assert not judge.refuses(who, account=who.account, action="ram:GetRole", resource=ROLE_X, context={})
    assert (datetime.now(UTC) - begun).total_seconds() < 1
