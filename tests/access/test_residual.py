"""What outlives a delegation: on which instances, in RAM, and as sessions; how sure; and which call ends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from scanner.access.grants import Standing
from scanner.access.lasting import Lasting
from scanner.access.remnants import Remnant, Residual
from scanner.access.residual import Residuals, residuals
from scanner.access.view import AccountView
from scanner.model.broker import AclRule, Instance, InstanceAccount, Series
from scanner.model.ids import AccountId
from scanner.model.policy import Attachment, Policy, PolicyKind
from scanner.model.role import Role
from scanner.model.snapshot import Gap, Snapshot, Subject
from scanner.model.user import User
from tests.rules import worlds as w

ROLE = w.role("mq", trust=w.trusting(w.PARTNER))
ONE, TWO = w.instance("rmq-1"), w.instance("rmq-2")
OLD = w.instance("MQ_INST_1", series=Series.V4)
READ = "rocketmq:GetInstanceAccount"
TLS = {"Bool": {"acs:SecureTransport": "true"}}
ODD = {"ForAnyValue:StringEquals": {"acs:SourceVpc": "vpc-1"}}


def on(instance_id: str) -> str:
    return f"acs:rocketmq:*:*:instance/{instance_id}"


def account(
    *policies: Policy,
    role: Role = ROLE,
    roles: Iterable[Role] = (),
    users: Iterable[User] = (),
    others: Iterable[Policy] = (),
    attachments: Iterable[Attachment] = (),
    instances: Iterable[Instance] = (ONE, TWO, OLD),
    gaps: Iterable[Gap] = (),
) -> Snapshot:
    return w.snapshot(
        roles=[role, *roles],
        users=users,
        policies=[*policies, *others],
        attachments=[*w.attached(*policies, role=role.name), *attachments],
        instances=instances,
        gaps=gaps,
    )


def left(
    snapshot: Snapshot, *, role: str = "mq", others: Mapping[AccountId, AccountView] | None = None
) -> Residual:
    view = w.view(snapshot)
    asked = view.role(role)
    assert asked is not None
    known = {entry.account: entry for entry in w.KNOWN}
    found = Residuals(view, others=others or {}, known=known).of(asked)
    assert found is not None
    return found


def kinds(residual: Residual) -> list[Lasting]:
    return [remnant.kind for remnant in residual.remnants]


def of_kind(residual: Residual, kind: Lasting) -> Remnant:
    [found] = [remnant for remnant in residual.remnants if remnant.kind is kind]
    return found


def test_of_a_role_that_grants_nothing_only_its_sessions_remain() -> None:
    found = left(account(w.policy("small", w.allow("rocketmq:ListTopics"))))
    assert kinds(found) == [Lasting.OWN_SESSIONS]
    assert found.remnants[0].seconds == 3600
    assert "1 hour at most, or 12 hours if the limit was higher" in found.remnants[0].what
    assert "ram:DeleteRole" in found.remnants[0].ending


def test_the_read_only_policy_of_the_product_leaves_every_password() -> None:
    read_only = w.policy(
        "AliyunMQReadOnlyAccess", w.allow("rocketmq:List*", "rocketmq:Get*"), kind=PolicyKind.SYSTEM
    )
    remnant = of_kind(left(account(read_only)), Lasting.PASSWORDS_READ)
    assert remnant.standing is Standing.ALLOWED
    assert remnant.actions == (READ,)
    assert remnant.instances == ("rmq-1", "rmq-2")
    assert remnant.to_come == ("any instance that may be created",)
    assert "rocketmq:UpdateInstanceAccount" in remnant.ending
    assert remnant.hop.statements[0].source == "System:AliyunMQReadOnlyAccess"


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("rocketmq:GetInstanceAccount", Lasting.PASSWORDS_READ),
        ("rocketmq:UpdateInstanceAccount", Lasting.PASSWORDS_SET),
        ("rocketmq:CreateInstanceAccount", Lasting.ACCOUNTS),
        ("rocketmq:CreateInstanceAcl", Lasting.ACLS),
        ("rocketmq:UpdateInstanceAcl", Lasting.ACLS),
        ("rocketmq:UpdateInstance", Lasting.NETWORK),
        ("rocketmq:CreateInstanceIpWhitelist", Lasting.NETWORK),
        ("rocketmq:DeleteInstanceIpWhitelist", Lasting.NETWORK),
    ],
)
def test_an_action_on_one_instance_leaves_something_there(action: str, kind: Lasting) -> None:
    found = left(account(w.policy("one", w.allow(action, on=on("rmq-1")))))
    remnant = of_kind(found, kind)
    assert (remnant.instances, remnant.to_come, remnant.actions) == (("rmq-1",), (), (action,))


def test_on_the_4x_series_nothing_of_the_kind_stays() -> None:
    found = left(account(w.policy("all", w.allow("mq:*"))))
    assert kinds(found) == [Lasting.OWN_SESSIONS]
    assert found.speaks_of_4x


def test_a_deny_on_one_instance_leaves_the_other() -> None:
    policy = w.policy("p", w.allow(READ), w.deny("*", on=on("rmq-1")))
    assert of_kind(left(account(policy)), Lasting.PASSWORDS_READ).instances == ("rmq-2",)


def test_conditions_and_doubts_keep_instances_apart() -> None:
    policy = w.policy(
        "p",
        w.allow(READ, on=on("rmq-1"), when=TLS),
        w.allow(READ, on=on("rmq-2"), when=ODD),
    )
    found = {
        remnant.instances: remnant.standing
        for remnant in left(account(policy)).remnants
        if remnant.kind is Lasting.PASSWORDS_READ
    }
    assert found == {("rmq-1",): Standing.CONDITIONAL, ("rmq-2",): Standing.UNCERTAIN}


def test_a_grant_in_a_resource_group_is_about_its_instances_alone() -> None:
    policy = w.policy("p", w.allow(READ))
    snapshot = replace(
        account(instances=[replace(ONE, resource_group="rg-1"), replace(TWO, resource_group="rg-2")]),
        policies=(policy,),
        attachments=w.attached(policy, role="mq", resource_group="rg-1"),
    )
    assert of_kind(left(snapshot), Lasting.PASSWORDS_READ).instances == ("rmq-1",)


def test_an_instance_that_is_named_and_not_there_is_told_as_such() -> None:
    remnant = of_kind(left(account(w.policy("p", w.allow(READ, on=on("rmq-gone"))))), Lasting.PASSWORDS_READ)
    assert (remnant.instances, remnant.to_come) == ((), ("an instance `rmq-gone`, which is not there now",))


def rule(decision: str) -> AclRule:
    return AclRule(
        region="cn-hangzhou",
        instance_id="rmq-1",
        username="u",
        resource_type="Topic",
        resource_name="orders",
        decision=decision,
    )


def test_deleting_acl_rules_matters_where_one_denies() -> None:
    policy = w.policy("p", w.allow("rocketmq:DeleteInstanceAcl"))
    told = [replace(account(policy), acls=(rule(decision),)) for decision in ("Deny", "Allow")]
    assert of_kind(left(told[0]), Lasting.ACLS).instances == ("rmq-1",)
    assert Lasting.ACLS not in kinds(left(told[1]))


def test_acl_rules_that_were_not_read_may_deny() -> None:
    policy = w.policy("p", w.allow("rocketmq:DeleteInstanceAcl"))
    unread = w.gap(Subject.ACLS, "cn-hangzhou/rmq-2", api="rocketmq:ListInstanceAcl")
    remnant = of_kind(left(account(policy, gaps=[unread])), Lasting.ACLS)
    assert (remnant.instances, remnant.standing) == (("rmq-2",), Standing.UNCERTAIN)


def test_a_plan_that_copies_messages_stays() -> None:
    plan, topic = "rocketmq:CreateDisasterRecoveryPlan", "rocketmq:AddDisasterRecoveryItem"
    whole = of_kind(left(account(w.policy("p", w.allow(plan, topic)))), Lasting.COPIES)
    assert (whole.standing, whole.instances) == (Standing.ALLOWED, ("rmq-1", "rmq-2"))

    without_topics = of_kind(left(account(w.policy("p", w.allow(plan)))), Lasting.COPIES)
    assert without_topics.standing is Standing.UNCERTAIN

    on_topics = w.policy("p", w.allow(plan, topic, on=on("rmq-1/topic/*")))
    narrow = of_kind(left(account(on_topics)), Lasting.COPIES)
    assert (narrow.standing, narrow.instances) == (Standing.UNCERTAIN, ("rmq-1",))
    assert any("not documented" in doubt for doubt in narrow.hop.doubts)


CHAIN = w.policy("chain", w.allow("sts:AssumeRole"))
OPERATOR = w.role("operator", trust=w.trusting(f"acs:ram::{w.OWNER}:role/mq"), max_session_seconds=7200)


def test_what_a_role_that_is_taken_leaves_counts_and_says_through_whom() -> None:
    reads = w.policy("reads", w.allow(READ))
    found = left(
        account(CHAIN, roles=[OPERATOR], others=[reads], attachments=w.attached(reads, role="operator"))
    )
    password = of_kind(found, Lasting.PASSWORDS_READ)
    assert password.through == ("operator",)
    assert password.what.startswith("as role `operator` it can read the passwords")
    session = of_kind(found, Lasting.ROLE_SESSIONS)
    assert (session.names, session.seconds, session.endless) == (("operator",), 7200, False)
    assert "lasts 2 hours at most" in session.what
    assert "trust policy of role `operator`" in session.ending


def test_what_the_role_leaves_itself_is_not_told_again_of_roles_that_it_takes() -> None:
    reads = w.policy("reads", w.allow(READ))
    both = (*w.attached(reads, role="operator"), *w.attached(reads, role="mq"))
    found = left(account(CHAIN, roles=[OPERATOR], others=[reads], attachments=both))
    assert of_kind(found, Lasting.PASSWORDS_READ).through == ()


def test_a_role_that_can_take_itself_again_never_has_to_end() -> None:
    again = w.role("operator", trust=w.trusting(w.OWNER))
    found = left(account(CHAIN, roles=[again], attachments=w.attached(CHAIN, role="operator")))
    session = of_kind(found, Lasting.ROLE_SESSIONS)
    assert session.endless
    assert "can renew itself without end" in session.what


def test_how_long_sessions_last_may_be_unread() -> None:
    role = w.role("mq", trust=w.trusting(w.PARTNER), max_session_seconds=None)
    session = of_kind(left(account(role=role)), Lasting.OWN_SESSIONS)
    assert (session.seconds, session.standing) == (None, Standing.UNCERTAIN)
    assert "12 hours at most" in session.what


@pytest.mark.parametrize(
    ("statement", "kind", "call"),
    [
        (w.allow("ram:CreateAccessKey", on="acs:ram:*:*:user/ann"), Lasting.KEYS, "ram:DeleteAccessKey"),
        (w.allow("ram:UpdateRole", on="acs:ram:*:*:role/mq"), Lasting.DOORS, "ram:UpdateRole"),
        (w.allow("ram:CreateUser"), Lasting.IDENTITIES, "ram:DeleteUser"),
        (w.allow("ram:CreateRole"), Lasting.IDENTITIES, "ram:DeleteRole"),
        (w.allow("ram:AttachPolicyToUser"), Lasting.PERMISSIONS, "ram:DetachPolicyFromUser"),
    ],
)
def test_what_stays_in_ram_is_told_with_what_ends_it(statement: w.Body, kind: Lasting, call: str) -> None:
    found = left(account(w.policy("ops", statement), users=[w.user("ann")]))
    remnant = of_kind(found, kind)
    assert remnant.standing is Standing.ALLOWED
    assert call in remnant.ending


def test_whoever_can_give_itself_anything_may_have_left_anything() -> None:
    ops = w.policy("ops", w.allow("ram:CreatePolicyVersion", on=f"acs:ram:*:{w.OWNER}:policy/ops"))
    first = left(account(ops)).remnants[0]
    assert first.kind is Lasting.ANYTHING
    assert "`ram:CreatePolicyVersion` on policy `Custom:ops`, which it holds" in first.what


def test_calls_that_leave_the_same_are_told_together() -> None:
    ops = w.policy("ops", w.allow("ram:CreateAccessKey", "ram:CreateLoginProfile"))
    remnant = of_kind(left(account(ops, users=[w.user("ann")])), Lasting.KEYS)
    assert remnant.actions == ("ram:CreateAccessKey", "ram:CreateLoginProfile")


def test_instances_stand_open_whatever_the_role_may_do_there() -> None:
    loose = replace(ONE, vpc_auth_free=True, internet=True, ip_whitelist=())
    strict = replace(TWO, vpc_auth_free=False, internet=True, ip_whitelist=("203.0.113.0/24",))
    user = InstanceAccount(
        region="cn-hangzhou", instance_id="rmq-2", username="u", account_type="DEFAULT", status="DISABLE"
    )
    policy = w.policy("p", w.allow("rocketmq:ListTopics", on=[on("rmq-1/topic/*"), on("rmq-2*")]))
    snapshot = replace(account(policy, instances=[loose, strict]), instance_accounts=(user,))
    snapshot = replace(snapshot, topics=(w.topic("rmq-1", "orders"),))
    one, two = left(snapshot).open_instances
    assert one.open == (
        "inside its VPC nobody needs a password",
        "its public endpoint can be reached from every address, as its list of addresses is empty",
    )
    assert two.open == ("its public endpoint can be reached from `203.0.113.0/24`",)
    assert two.account_words == "`u` (default, disabled)"


def test_settings_of_an_instance_that_were_not_read_are_told() -> None:
    gap = w.gap(Subject.INSTANCE_ACCOUNTS, "cn-hangzhou/rmq-1", api="rocketmq:ListInstanceAccount")
    found = left(account(w.policy("p", w.allow(READ)), instances=[ONE], gaps=[gap]))
    [instance] = found.open_instances
    assert instance.unread[0].startswith("instance accounts: ")
    assert "whether its VPC needs a password" in instance.unread


def test_a_role_that_lets_in_nobody_from_outside_has_no_delegation_to_outlive() -> None:
    view = w.view(account(role=w.role("mq", trust=w.trusting(w.OWNER))))
    assert residuals(view, others={}, known={}) == ()


def test_a_trust_policy_that_was_not_read_leaves_a_role_that_may_be_delegated() -> None:
    found = left(account(role=w.role("mq", trust=None)))
    assert [path.principal for path in found.entrances] == [""]


def test_whoever_is_trusted_in_vain_today_may_have_been_in_before() -> None:
    nobody = w.view(w.snapshot(account=w.PARTNER))
    found = left(account(w.policy("p", w.allow(READ))), others={w.PARTNER: nobody})
    assert found.entrances == ()
    assert [closed.principal for closed in found.closed] == [w.root(w.PARTNER)]
    assert Lasting.PASSWORDS_READ in kinds(found)


def test_permissions_that_were_not_read_may_leave_more() -> None:
    gap = w.gap(Subject.POLICY, "Custom:hidden", api="ram:GetPolicy")
    found = left(account(attachments=w.attached("hidden", role="mq"), gaps=[gap]))
    assert any("Custom:hidden" in words for words in found.unread)


def test_instances_that_were_not_listed_may_hold_more() -> None:
    gap = w.gap(Subject.INSTANCES, "cn-hangzhou", api="rocketmq:ListInstances")
    assert any("instances" in words for words in left(account(gaps=[gap])).unread)


def test_the_worst_comes_first_and_what_nobody_can_enter_today_last() -> None:
    keys = w.policy("keys", w.allow("ram:*"))
    reads = w.policy("reads", w.allow(READ))
    gone = w.role("gone", trust=w.trusting(f"acs:ram::{w.PARTNER}:user/dave"))
    small = w.role("small", trust=w.trusting(w.STRANGER))
    stranger = w.role("stranger", trust=w.trusting(w.STRANGER))
    snapshot = w.snapshot(
        roles=[gone, small, stranger],
        policies=[keys, reads],
        attachments=[*w.attached(keys, role="gone"), *w.attached(reads, role="stranger")],
    )
    found = residuals(w.view(snapshot), others={w.PARTNER: w.view(w.snapshot(account=w.PARTNER))}, known={})
    assert [one.role for one in found] == ["stranger", "small", "gone"]


def test_no_events_are_stored_and_it_says_so() -> None:
    assert left(account()).events == "events are not stored, so what was really done is not known"
