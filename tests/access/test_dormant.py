"""What a policy would allow with another of its versions in force, and who could put it there."""

from __future__ import annotations

import pytest

from scanner.access.dormant import Opening, VersionedPolicy, Versions
from scanner.model.policy import Policy, PolicyKind, PolicyRef
from scanner.model.role import Role
from scanner.model.snapshot import Gap, Subject
from scanner.policy.catalogue import ResourceType
from scanner.policy.comparison import Direction
from tests.access.versioned import versioned
from tests.rules import worlds as w

READS = w.allow("rocketmq:GetTopic", on="acs:rocketmq:*:*:instance/rmq-1/topic/orders")
READS_ALL = w.allow("rocketmq:GetTopic", on="acs:rocketmq:*:*:instance/rmq-1/*")
SWITCHES = w.allow("ram:SetDefaultPolicyVersion", on=f"acs:ram:*:{w.OWNER}:policy/mq")
TOPICS = ("orders", "pay", "stock")
DELEGATED = w.role("partner", trust=w.trusting(w.PARTNER))


def versions_of(
    *policies: Policy, roles: tuple[Role, ...] = (DELEGATED,), gaps: tuple[Gap, ...] = ()
) -> Versions:
    return Versions(
        w.view(
            w.snapshot(
                roles=roles,
                policies=policies,
                attachments=[a for role in roles for a in w.attached(*policies, role=role.name)],
                instances=[w.instance("rmq-1")],
                topics=[w.topic("rmq-1", name) for name in TOPICS],
                gaps=gaps,
            )
        )
    )


def found(policy: Policy, *others: Policy, gaps: tuple[Gap, ...] = ()) -> VersionedPolicy:
    return versions_of(policy, *others, gaps=gaps).of(policy)


def opened(policy: Policy) -> Opening:
    """What the only broader version of `policy` would open."""
    versions = versions_of(policy)
    of = versions.of(policy)
    (version,) = of.broader
    return versions.opening(version, of)


def test_an_older_version_that_allows_more_is_broader_with_an_example_that_exists() -> None:
    policy = versioned("mq", READS_ALL, READS)
    (older,) = found(policy).broader
    assert older.version.version_id == "v1"
    witness = opened(policy).witness
    assert witness is not None
    assert witness.exists
    assert witness.request.resource.endswith(("/topic/pay", "/topic/stock"))


def test_it_tells_what_would_be_newly_reached() -> None:
    gains = opened(versioned("mq", READS_ALL, READS)).gains
    assert gains.by_type == {ResourceType.TOPIC: 2}
    assert gains.words == "2 topics"
    assert opened(versioned("mq", w.allow("*"), READS)).gains.words == "1 instance and 3 topics"


def test_a_condition_that_falls_is_a_gain() -> None:
    limited = w.allow("rocketmq:GetTopic", on="*", when={"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}})
    gains = opened(versioned("mq", w.allow("rocketmq:GetTopic"), limited)).gains
    assert gains.by_type == {ResourceType.TOPIC: 3}


def test_a_deny_that_falls_is_a_gain_on_what_it_protected_alone() -> None:
    protected = [READS_ALL, w.deny("*", on="acs:rocketmq:*:*:instance/rmq-1/topic/p*")]
    gains = opened(versioned("mq", READS_ALL, protected)).gains
    assert [resource.arn.rpartition("/")[2] for resource in gains.resources] == ["pay"]


def test_what_is_not_understood_is_counted_apart() -> None:
    odd = w.allow("rocketmq:GetTopic", on="*", when={"Null": {"acs:SourceVpc": "true"}})
    gains = opened(versioned("mq", [odd, w.allow("rocketmq:GetInstance")], READS)).gains
    assert gains.by_type == {ResourceType.INSTANCE: 1}
    assert gains.uncertain == 2


def test_what_would_match_only_if_case_did_not_count_is_no_certain_gain() -> None:
    other_case = w.allow("rocketmq:GetTopic", on="acs:rocketmq:*:*:instance/rmq-1/topic/PAY")
    gains = opened(versioned("mq", [other_case, w.allow("rocketmq:GetInstance")], READS)).gains
    assert gains.by_type == {ResourceType.INSTANCE: 1}
    assert gains.uncertain == 1


def test_a_version_that_is_perhaps_broader_opens_nothing_for_certain() -> None:
    policy = versioned("mq", w.allow("mq:PUB", when={"Null": {"acs:SourceVpc": "true"}}), READS)
    versions = versions_of(policy)
    of = versions.of(policy)
    opening = versions.opening(of.dormant[0], of)
    assert opening.gains.resources == ()
    assert opening.witness is not None
    assert opening.witness.request.action == "mq:PUB"


@pytest.mark.parametrize(
    ("older", "direction"),
    [
        (READS_ALL, Direction.WIDER),
        (w.allow("ROCKETMQ:gettopic", on=READS["Resource"]), Direction.EQUAL),  # type: ignore[arg-type]
        (w.deny("*"), Direction.NARROWER),
        (w.allow("mq:PUB"), Direction.BOTH),
        ("no JSON", Direction.UNKNOWN),
        (None, Direction.UNKNOWN),
    ],
)
def test_a_version_is_held_against_the_default_one_by_what_it_allows(
    older: w.Body | str | None, direction: Direction
) -> None:
    policy = versioned("mq", older, READS)
    versions = versions_of(policy)
    of = versions.of(policy)
    assert versions.direction(of.dormant[0], of) is direction


def test_a_newer_version_can_be_the_dormant_one() -> None:
    (newer,) = found(versioned("mq", READS, READS_ALL, default=0)).broader
    assert newer.version.version_id == "v2"


@pytest.mark.parametrize("texts", [(None, READS), (READS_ALL, None)])
def test_where_a_document_was_not_read_nothing_is_concluded(texts: tuple[w.Body | None, ...]) -> None:
    one = found(versioned("mq", *texts))
    assert one.broader == ()
    assert one.dormant[0].unknown
    (doubt,) = one.doubts
    assert "of policy `Custom:mq`: not read" in doubt


def test_what_cannot_be_compared_is_a_doubt_with_its_place() -> None:
    odd = w.allow("rocketmq:GetTopic", when={"Null": {"acs:SourceVpc": "true"}})
    (doubt,) = found(versioned("mq", odd, READS)).doubts
    assert "version v1 of policy `Custom:mq`" in doubt
    assert "$.Statement[0]" in doubt


@pytest.mark.parametrize("name", ["", "Custom:mq"])
def test_versions_that_were_not_listed_are_a_doubt(name: str) -> None:
    gap = w.gap(Subject.POLICY_VERSIONS, name, api="ram:ListPolicyVersions")
    (doubt,) = found(versioned("mq", READS), gaps=(gap,)).doubts
    assert "the versions of policy `Custom:mq`" in doubt


def test_a_role_that_others_may_assume_and_that_may_switch_is_named() -> None:
    one = found(versioned("mq", READS_ALL, READS), versioned("ops", SWITCHES))
    (switcher,) = one.switchers
    assert (switcher.role, switcher.certain) == ("partner", True)


def test_the_right_to_switch_another_policy_is_none() -> None:
    other = w.allow("ram:SetDefaultPolicyVersion", on=f"acs:ram:*:{w.OWNER}:policy/other")
    assert found(versioned("mq", READS_ALL, READS), versioned("ops", other)).switchers == ()


def test_a_right_to_switch_that_is_not_understood_is_not_certain() -> None:
    odd = {**SWITCHES, "Condition": {"Null": {"acs:SourceVpc": "true"}}}
    (switcher,) = found(versioned("mq", READS_ALL, READS), versioned("ops", odd)).switchers
    assert not switcher.certain


def test_only_roles_that_others_may_assume_count() -> None:
    inside = w.role("inside", trust=w.trusting(w.OWNER))
    policy = versioned("mq", READS_ALL, READS)
    one = versions_of(policy, versioned("ops", SWITCHES), roles=(inside,)).of(policy)
    assert one.roles == ()
    assert one.switchers == ()
    assert [attachment.principal for attachment in one.holders] == ["inside"]


def test_policies_that_others_reach_come_first() -> None:
    policies = [versioned("a-unused", READS), versioned("z-used", READS)]
    versions = Versions(
        w.view(
            w.snapshot(
                roles=[DELEGATED], policies=policies, attachments=w.attached(policies[1], role="partner")
            )
        )
    )
    assert [one.ref.name for one in versions.every()] == ["z-used", "a-unused"]


def test_a_system_policy_is_none_of_them() -> None:
    system = w.policy("AliyunMQFullAccess", w.allow("mq:*"), kind=PolicyKind.SYSTEM)
    versions = versions_of(system)
    assert list(versions.every()) == []
    assert versions.named(PolicyRef(PolicyKind.SYSTEM, "AliyunMQFullAccess")) is None
