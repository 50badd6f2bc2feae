"""How a role comes to more: which call, on what, and then what."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from scanner.access.escalation import Escalations
from scanner.access.gifts import Worth
from scanner.access.grants import Standing
from scanner.access.rungs import Climb, Escalation
from scanner.model.document import Document
from scanner.model.policy import Attachment, Policy, PolicyKind, PolicyRef, PolicyVersion
from scanner.model.role import Role
from scanner.model.snapshot import Subject
from scanner.model.user import Group, User
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))
ADMIN = w.policy("AdministratorAccess", w.allow("*"), kind=PolicyKind.SYSTEM)


def own(kind: str, name: str) -> str:
    return f"acs:ram:*:{w.OWNER}:{kind}/{name}"


def climb(
    *policies: Policy,
    roles: Iterable[Role] = (),
    users: Iterable[User] = (),
    groups: Iterable[Group] = (),
    others: Iterable[Policy] = (),
    attachments: Iterable[Attachment] = (),
    resource_group: str | None = None,
) -> Climb:
    """What role `mq` with `policies` comes to in an account that has the rest besides."""
    held = w.attached(*policies, role="mq", resource_group=resource_group)
    view = w.view(
        w.snapshot(
            roles=[ROLE, *roles],
            users=users,
            groups=groups,
            policies=[*policies, *others],
            attachments=[*held, *attachments],
        )
    )
    role = view.role("mq")
    assert role is not None
    return Escalations(view).of(role)


def told(found: Climb) -> list[tuple[tuple[str, ...], Worth]]:
    """The calls of each way and what they bring, others' gains aside."""
    return [
        (tuple(rung.action for rung in row.rungs), row.worth)
        for row in found.escalations
        if not row.for_others
    ]


def only(found: Climb) -> Escalation:
    assert len(found.escalations) == 1, [row.then for row in found.escalations]
    return found.escalations[0]


def test_a_role_without_such_calls_comes_to_no_more() -> None:
    found = climb(w.policy("small", w.allow("rocketmq:*", "ram:Get*", "ram:List*")))
    assert found.escalations == ()
    assert not found.whole
    assert found.unread == ()


def test_a_new_version_of_its_own_policy_gives_it_anything() -> None:
    row = only(climb(w.policy("ops", w.allow("ram:CreatePolicyVersion", on=own("policy", "ops")))))
    assert (row.worth, row.standing, row.for_others) == (Worth.ANYTHING, Standing.ALLOWED, False)
    assert row.rungs[0].on == "policy `Custom:ops`, which it holds"
    assert row.then == "it may do anything in the account"


def test_a_new_version_of_a_policy_that_it_holds_in_a_resource_group_gives_it_anything_there() -> None:
    ops = w.policy("ops", w.allow("ram:CreatePolicyVersion", on=own("policy", "ops")))
    row = only(climb(ops, resource_group="rg-1"))
    assert (row.worth, row.then) == (Worth.MORE, "it may do anything in resource group `rg-1`")


def test_a_new_version_of_a_policy_of_others_gives_them_anything() -> None:
    ops = w.policy("ops", w.allow("ram:CreatePolicyVersion", on=own("policy", "theirs")))
    theirs = w.policy("theirs", w.allow("rocketmq:Get*"))
    found = climb(ops, users=[w.user("ann")], others=[theirs], attachments=w.attached(theirs, user="ann"))
    row = only(found)
    assert (row.worth, row.for_others) == (Worth.ANYTHING, True)
    assert row.then == "user `ann` may do anything in the account"


def test_a_policy_that_nobody_holds_brings_nothing_yet() -> None:
    ops = w.policy("ops", w.allow("ram:CreatePolicyVersion", on=own("policy", "idle")))
    assert only(climb(ops, others=[w.policy("idle", w.allow("*"))])).worth is Worth.LATER


def test_attaching_to_itself_gives_what_the_best_policy_allows() -> None:
    system = w.policy(
        "ops", w.allow("ram:AttachPolicyToRole", on=[own("role", "mq"), "acs:ram:*:system:policy/*"])
    )
    row = only(climb(system))
    assert (row.worth, row.rungs[0].on) == (Worth.ANYTHING, "itself")
    assert "System:AdministratorAccess" in row.then

    small = w.policy("small", w.allow("mq:SUB"))
    named = w.policy("ops", w.allow("ram:AttachPolicyToRole", on=[own("role", "mq"), own("policy", "small")]))
    row = only(climb(named, others=[small]))
    assert (row.worth, row.then) == (Worth.MORE, "it may do what policy `Custom:small` allows")


def test_attaching_a_policy_that_it_can_rewrite_gives_it_anything() -> None:
    ops = w.policy(
        "ops",
        w.allow("ram:AttachPolicyToRole", on=[own("role", "mq"), own("policy", "small")]),
        w.allow("ram:CreatePolicyVersion", on=own("policy", "small")),
    )
    best = climb(ops, others=[w.policy("small", w.allow("mq:SUB"))]).worst
    assert best is not None
    assert (best.worth, best.rungs[0].action) == (Worth.ANYTHING, "ram:AttachPolicyToRole")


def test_attaching_a_policy_that_it_writes_itself_gives_it_anything() -> None:
    attach = w.allow("ram:AttachPolicyToRole", on=[own("role", "mq"), own("policy", "new-*")])
    write = w.allow("ram:CreatePolicy", on=own("policy", "new-*"))
    assert only(climb(w.policy("ops", attach))).worth is Worth.LATER
    assert only(climb(w.policy("ops", attach, write))).worth is Worth.ANYTHING


def test_half_of_an_attachment_is_nothing() -> None:
    assert climb(w.policy("ops", w.allow("ram:AttachPolicyToRole", on=own("role", "mq")))).escalations == ()


def versions(name: str, *texts: str) -> Policy:
    """A policy whose last version is the default one."""
    stored = tuple(
        PolicyVersion(
            version_id=f"v{number}", is_default=number == len(texts), created=None, document=Document(text)
        )
        for number, text in enumerate(texts, start=1)
    )
    return Policy(ref=PolicyRef(PolicyKind.CUSTOM, name), default_version=f"v{len(texts)}", versions=stored)


SWITCH = w.allow("ram:SetDefaultPolicyVersion", on=own("policy", "ops"))


def test_an_old_version_that_is_broader_is_named_with_what_it_allows() -> None:
    wide = w.document(SWITCH, w.allow("rocketmq:*"))
    row = only(climb(versions("ops", wide, w.document(SWITCH))))
    assert (row.worth, row.for_others) == (Worth.MORE, False)
    assert "version v1 allows" in row.then
    assert "`rocketmq:*`" in row.then


def test_an_old_version_that_allows_everything_gives_it_anything() -> None:
    row = only(climb(versions("ops", w.document(w.allow("*")), w.document(SWITCH))))
    assert (row.worth, row.then) == (Worth.ANYTHING, "it may do anything in the account, by version v1")


def test_an_old_version_that_is_narrower_brings_nothing() -> None:
    row = only(climb(versions("ops", w.document(w.allow("mq:SUB")), w.document(SWITCH, w.allow("mq:*")))))
    assert row.worth is Worth.LATER


def test_a_policy_that_denies_is_worth_taking_away() -> None:
    detach = w.allow("ram:DetachPolicyFromRole", on=[own("role", "mq"), own("policy", "forbid")])
    ops = w.policy("ops", detach)
    assert climb(ops, w.policy("forbid", w.allow("mq:SUB"))).escalations == ()
    row = only(climb(ops, w.policy("forbid", w.deny("rocketmq:Delete*"))))
    assert row.then == "it may do what policy `Custom:forbid` denies and its other policies allow"


@pytest.mark.parametrize(
    "action", ["ram:CreateAccessKey", "ram:CreateLoginProfile", "ram:UpdateLoginProfile"]
)
def test_a_key_or_password_of_a_user_makes_it_that_user(action: str) -> None:
    ops = w.policy("ops", w.allow(action, on=own("user", "ann")))
    row = only(climb(ops, users=[w.user("ann"), w.user("bob")]))
    assert (row.worth, row.rungs[0].on, row.rungs[0].names) == (Worth.MORE, "user `ann`", ("ann",))
    assert row.then.startswith("it may do what user `ann` may do, and the key or password works until")


def test_a_key_of_an_administrator_gives_it_anything() -> None:
    ops = w.policy("ops", w.allow("ram:CreateAccessKey", on=own("user", "*")))
    found = climb(
        ops, users=[w.user("ann"), w.user("root")], others=[ADMIN], attachments=w.attached(ADMIN, user="root")
    )
    best = found.worst
    assert best is not None
    assert best.worth is Worth.ANYTHING
    assert "user `root` may do anything" in best.then


def test_rewriting_the_trust_of_another_role_makes_it_that_role() -> None:
    ops = w.policy("ops", w.allow("ram:UpdateRole", on=own("role", "other")))
    row = only(climb(ops, roles=[w.role("other", trust=w.trusting(service="ecs.aliyuncs.com"))]))
    assert row.then == "it may do what role `other` may do, and whoever it lets in stays let in"


def test_rewriting_its_own_trust_lets_others_in() -> None:
    row = only(climb(w.policy("ops", w.allow("ram:UpdateRole", on=own("role", "mq")))))
    assert (row.for_others, row.rungs[0].on) == (True, "itself")


def test_a_service_linked_role_cannot_be_rewritten() -> None:
    ops = w.policy("ops", w.allow("ram:UpdateRole", on=own("role", "AliyunServiceRole*")))
    linked = w.role(
        "AliyunServiceRoleForRMQ", trust=w.trusting(service="ons.aliyuncs.com"), service_linked=True
    )
    assert climb(ops, roles=[linked]).escalations == ()


def test_a_chain_is_told_call_by_call() -> None:
    ops = w.policy("ops", w.allow("sts:AssumeRole", on=own("role", "middle")))
    keys = w.policy("keys", w.allow("ram:CreateAccessKey", on=own("user", "root")))
    found = climb(
        ops,
        roles=[w.role("middle", trust=w.trusting(f"acs:ram::{w.OWNER}:role/mq"))],
        users=[w.user("root")],
        others=[keys, ADMIN],
        attachments=[*w.attached(keys, role="middle"), *w.attached(ADMIN, user="root")],
    )
    assert told(found) == [
        (("sts:AssumeRole", "ram:CreateAccessKey"), Worth.ANYTHING),
        (("sts:AssumeRole",), Worth.MORE),
    ]
    best = found.worst
    assert best is not None
    assert best.rungs[1].words("mq") == "`ram:CreateAccessKey` on user `root`, as role `middle`"


def test_giving_anything_to_a_role_that_it_can_take_gives_it_anything() -> None:
    ops = w.policy(
        "ops",
        w.allow("ram:AttachPolicyToRole", on=[own("role", "other"), "acs:ram:*:system:policy/*"]),
        w.allow("sts:AssumeRole", on=own("role", "other")),
    )
    best = climb(ops, roles=[w.role("other", trust=w.trusting(f"acs:ram::{w.OWNER}:role/mq"))]).worst
    assert best is not None
    assert tuple(rung.action for rung in best.rungs) == ("ram:AttachPolicyToRole", "sts:AssumeRole")
    assert (best.worth, best.for_others) == (Worth.ANYTHING, False)


def test_a_role_that_it_makes_needs_a_policy_to_be_worth_something() -> None:
    make = w.allow("ram:CreateRole", on=own("role", "b-*"))
    attach = w.allow("ram:AttachPolicyToRole", on=[own("role", "b-*"), "acs:ram:*:system:policy/*"])
    assert only(climb(w.policy("ops", make))).worth is Worth.LATER
    rows = told(climb(w.policy("ops", make, attach)))
    assert (("ram:CreateRole", "ram:AttachPolicyToRole"), Worth.ANYTHING) in rows


def test_a_user_that_it_makes_needs_a_way_in_as_well() -> None:
    make = w.allow(
        "ram:CreateUser", "ram:AttachPolicyToUser", on=[own("user", "b-*"), "acs:ram:*:system:policy/*"]
    )
    key = w.allow("ram:CreateAccessKey", on=own("user", "b-*"))
    assert not told(climb(w.policy("ops", make)))
    assert told(climb(w.policy("ops", make, key))) == [
        (("ram:CreateUser", "ram:CreateAccessKey", "ram:AttachPolicyToUser"), Worth.ANYTHING)
    ]


def test_joining_a_group_gives_a_user_what_the_group_has() -> None:
    ops = w.policy("ops", w.allow("ram:AddUserToGroup", on=[own("user", "ann"), own("group", "staff")]))
    row = only(climb(ops, users=[w.user("ann")], groups=[w.group("staff")]))
    assert (row.for_others, row.then) == (True, "user `ann` may do what group `staff` may do")


def test_conditions_stay_with_the_way() -> None:
    tls = {"Bool": {"acs:SecureTransport": "true"}}
    row = only(climb(w.policy("ops", w.allow("ram:CreatePolicyVersion", on=own("policy", "ops"), when=tls))))
    assert row.standing is Standing.CONDITIONAL
    assert row.hop.only_if == ("`acs:SecureTransport` Bool `true`",)


def test_a_deny_takes_a_way_away() -> None:
    allowed = w.policy("ops", w.allow("ram:CreatePolicyVersion"))
    assert climb(allowed, w.policy("forbid", w.deny("ram:*"))).escalations == ()


def test_what_is_not_understood_is_a_way_that_is_not_certain() -> None:
    odd = {"ForAnyValue:StringEquals": {"acs:SourceVpc": "vpc-1"}}
    row = only(climb(w.policy("ops", w.allow("ram:CreatePolicyVersion", on=own("policy", "ops"), when=odd))))
    assert row.standing is Standing.UNCERTAIN
    assert row.hop.doubts


def test_a_policy_that_was_not_read_may_hold_more() -> None:
    snapshot = w.snapshot(
        roles=[ROLE],
        attachments=w.attached("hidden", role="mq"),
        gaps=[w.gap(Subject.POLICY, "Custom:hidden", api="ram:GetPolicy")],
    )
    view = w.view(snapshot)
    role = view.role("mq")
    assert role is not None
    found = Escalations(view).of(role)
    assert found.escalations == ()
    assert any("Custom:hidden" in words for words in found.unread)


def test_who_may_do_anything_needs_no_call() -> None:
    assert climb(ADMIN).whole


def test_passing_a_role_to_a_service_is_told_and_left_open() -> None:
    ops = w.policy("ops", w.allow("ram:PassRole", on=own("role", "*")))
    machine = w.role("machine", trust=w.trusting(service="ecs.aliyuncs.com"))
    row = only(climb(ops, roles=[machine, w.role("people", trust=w.trusting(w.OWNER))]))
    assert (row.standing, row.rungs[0].on) == (Standing.UNCERTAIN, "role `machine`")


def test_roles_of_a_scanned_account_are_told_and_of_others_left_open() -> None:
    theirs = w.view(
        w.snapshot(account=w.SISTER, roles=[w.role("stock", trust=w.trusting(w.OWNER), account=w.SISTER)])
    )
    ops = w.policy("ops", w.allow("sts:AssumeRole", on="acs:ram:*:*:role/*"))
    view = w.view(w.snapshot(roles=[ROLE], policies=[ops], attachments=w.attached(ops, role="mq")))
    role = view.role("mq")
    assert role is not None
    rows = Escalations(view, others={w.SISTER: theirs}).of(role).escalations
    assert [(row.rungs[0].on, row.standing) for row in rows] == [
        (f"role `stock` of account `{w.SISTER}`", Standing.ALLOWED),
        ("roles of any other account", Standing.UNCERTAIN),
    ]


def test_an_account_that_the_policy_names_and_nobody_scanned_is_left_open() -> None:
    row = only(climb(w.policy("ops", w.allow("sts:AssumeRole", on=f"acs:ram::{w.STRANGER}:role/x"))))
    assert (row.rungs[0].on, row.standing) == (f"roles of account `{w.STRANGER}`", Standing.UNCERTAIN)
