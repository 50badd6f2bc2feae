"""A wider version of a policy that waits to be put in force."""

from __future__ import annotations

from scanner.model.finding import Confidence, Severity, Verdict
from scanner.model.policy import Policy
from scanner.model.snapshot import Gap, Subject
from scanner.rules.base import World
from scanner.rules.dormant_version_is_broader import RULE
from tests.access.versioned import versioned
from tests.rules import worlds as w

READS = w.allow("rocketmq:GetTopic", on="acs:rocketmq:*:*:instance/rmq-1/topic/orders")
WIDE = w.allow("rocketmq:*")
SWITCHES = w.allow("ram:SetDefaultPolicyVersion", on=f"acs:ram:*:{w.OWNER}:policy/mq")


def holding(*policies: Policy, gaps: tuple[Gap, ...] = ()) -> World:
    roles = [w.role("partner", trust=w.trusting(w.PARTNER)), w.role("inside", trust=w.trusting(w.OWNER))]
    return w.world(
        w.snapshot(
            roles=roles,
            policies=policies,
            attachments=[a for role in roles for a in w.attached(*policies, role=role.name)],
            instances=[w.instance("rmq-1")],
            topics=[w.topic("rmq-1", "orders"), w.topic("rmq-1", "pay")],
            gaps=gaps,
        )
    )


def test_a_wider_version_that_waits_fails() -> None:
    found = w.judged(RULE, holding(versioned("mq", WIDE, READS)))["partner"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.MEDIUM)
    assert found.confidence is Confidence.INFERRED
    assert "`Custom:mq`, whose version v1 is not in force and allows more" in found.message
    assert "1 instance and 2 topics newly reached" in found.message
    assert "for example `rocketmq:" in found.message


def test_the_evidence_is_the_statement_of_the_version_that_waits() -> None:
    found = w.judged(RULE, holding(versioned("mq", WIDE, READS)))["partner"]
    (place,) = found.evidence
    assert (place.source, place.version, place.path) == ("Custom:mq", "v1", "$.Statement[0]")
    assert "rocketmq:*" in place.excerpt


def test_it_is_worse_where_the_role_can_put_it_in_force_itself() -> None:
    found = w.judged(RULE, holding(versioned("mq", WIDE, READS), versioned("ops", SWITCHES)))["partner"]
    assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.HIGH)
    assert "the role itself can put it in force with `ram:SetDefaultPolicyVersion`" in found.message


def test_it_is_worse_where_another_role_that_others_may_assume_can() -> None:
    mq, ops = versioned("mq", WIDE, READS), versioned("ops", SWITCHES)
    roles = [w.role(name, trust=w.trusting(w.PARTNER)) for name in ("reader", "switcher")]
    world = w.world(
        w.snapshot(
            roles=roles,
            policies=[mq, ops],
            attachments=[*w.attached(mq, role="reader"), *w.attached(ops, role="switcher")],
        )
    )
    found = w.judged(RULE, world)
    assert (found["reader"].verdict, found["reader"].severity) == (Verdict.FAIL, Severity.HIGH)
    assert "`switcher`, which others may assume, can put it in force" in found["reader"].message
    assert found["switcher"].verdict is Verdict.PASS


def test_the_condition_on_the_switch_is_named() -> None:
    limited = {**SWITCHES, "Condition": {"Bool": {"acs:SecureTransport": "true"}}}
    found = w.judged(RULE, holding(versioned("mq", WIDE, READS), versioned("ops", limited)))["partner"]
    assert found.severity is Severity.HIGH
    assert "only if `acs:SecureTransport` Bool `true`" in found.message


def test_several_wider_versions_are_one_finding() -> None:
    found = w.judged(RULE, holding(versioned("mq", WIDE, w.allow("mq:*"), READS)))["partner"]
    assert "1 more" in found.message


def test_versions_that_say_the_same_or_less_pass() -> None:
    same = w.allow("ROCKETMQ:GetTopic", on=["acs:rocketmq:*:*:instance/rmq-1/topic/orders"])
    assert w.verdicts(RULE, holding(versioned("mq", same, w.deny("*"), READS))) == {"partner": Verdict.PASS}


def test_a_policy_with_one_version_passes() -> None:
    assert w.verdicts(RULE, holding(versioned("mq", WIDE))) == {"partner": Verdict.PASS}


def test_a_version_that_was_not_read_is_unknown() -> None:
    found = w.judged(RULE, holding(versioned("mq", None, READS)))["partner"]
    assert found.verdict is Verdict.UNKNOWN
    assert found.message.endswith("whether an older version of one of its policies allows more is not known")


def test_versions_that_were_not_listed_are_unknown() -> None:
    gap = w.gap(Subject.POLICY_VERSIONS, "Custom:mq", api="ram:ListPolicyVersions")
    assert w.verdicts(RULE, holding(versioned("mq", READS), gaps=(gap,))) == {"partner": Verdict.UNKNOWN}


def test_a_version_that_cannot_be_compared_is_unknown() -> None:
    odd = w.allow("rocketmq:*", when={"Null": {"acs:SourceVpc": "true"}})
    assert w.verdicts(RULE, holding(versioned("mq", odd, READS))) == {"partner": Verdict.UNKNOWN}


def test_a_wider_version_fails_whatever_else_was_not_read() -> None:
    world = holding(versioned("mq", WIDE, None, READS))
    assert w.verdicts(RULE, world) == {"partner": Verdict.FAIL}
