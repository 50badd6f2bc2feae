"""`crossrole versions`: which version is in force, what the others would allow, and who could switch."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.cli.exits import Exit
from scanner.model.policy import Policy
from scanner.model.snapshot import Gap, Snapshot, Subject
from tests.access.versioned import versioned
from tests.cli.runner import within
from tests.cli.shelf import Keep, keep
from tests.rules import worlds as w

__all__ = ["keep"]

READS = w.allow("rocketmq:GetTopic", on="acs:rocketmq:*:*:instance/rmq-1/topic/orders")
WIDE = w.allow("rocketmq:*")
SWITCHES = w.allow("ram:SetDefaultPolicyVersion", when={"Bool": {"acs:SecureTransport": "true"}})


def account(*policies: Policy, carried: bool = True, gaps: tuple[Gap, ...] = ()) -> Snapshot:
    return w.snapshot(
        roles=[w.role("partner", trust=w.trusting(w.PARTNER)), w.role("inside", trust=w.trusting(w.OWNER))],
        policies=policies,
        attachments=[
            a for name in ("partner", "inside") if carried for a in w.attached(*policies, role=name)
        ],
        instances=[w.instance("rmq-1")],
        topics=[w.topic("rmq-1", "orders"), w.topic("rmq-1", "pay")],
        gaps=gaps,
    )


def value_of(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401 - JSON
    (value,) = within(capsys, "versions", "--json", *words).json()
    return value


def test_a_wider_version_is_shown_with_an_example_and_what_it_reaches(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(account(versioned("mq", WIDE, READS)))
    done = within(capsys, "versions")
    assert done.code == Exit.OK
    assert "Policy mq of account 1000000000000001" in done.out
    assert "carried by `partner`, which others may assume and by 1 inside the account" in done.out
    wider = next(line for line in done.out.splitlines() if line.startswith("  v1"))
    assert "wider" in wider
    assert "`rocketmq:" in wider
    assert "1 instance and 2 topics" in wider
    assert (
        next(line for line in done.out.splitlines() if line.startswith("  v2")).rstrip().endswith("in force")
    )


def test_who_could_put_it_in_force_is_named_with_the_condition(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(account(versioned("mq", WIDE, READS), versioned("ops", SWITCHES)))
    done = within(capsys, "versions")
    assert "role `partner`, which others may assume, may choose the version in force, only if" in done.out
    assert "`inside`" not in done.out


def test_json_says_the_same(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep(account(versioned("mq", WIDE, READS)))
    value = value_of(capsys)
    older, newer = value["versions"]
    assert (value["policy"], value["default"], value["delegated_roles"]) == ("mq", "v2", ["partner"])
    assert (older["direction"], older["comparison"]["answer"]) == ("wider", "new access")
    assert older["newly_reached"] == {"instance": 1, "topic": 2}
    assert newer["default"] is True
    assert "direction" not in newer


@pytest.mark.parametrize(
    ("older", "direction"), [(READS, "equal"), (w.deny("*"), "narrower"), (w.allow("mq:PUB"), "both")]
)
def test_the_direction_is_told_by_meaning(
    keep: Keep, capsys: pytest.CaptureFixture[str], older: w.Body, direction: str
) -> None:
    keep(account(versioned("mq", older, READS)))
    assert value_of(capsys)["versions"][0]["direction"] == direction


def test_a_policy_with_one_version_is_shown_when_it_is_asked_for(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(account(versioned("mq", READS), carried=False))
    assert "no custom policy has more than one version" in within(capsys, "versions").out
    done = within(capsys, "versions", "--policy", "mq")
    assert done.code == Exit.OK
    assert "attached to nobody" in done.out


def test_a_version_that_was_not_read_leaves_the_answer_open(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(account(versioned("mq", None, READS)))
    done = within(capsys, "versions")
    assert done.code == Exit.INCOMPLETE
    assert "unknown: version v1 of policy `Custom:mq`: not read" in done.out


def test_a_version_that_cannot_be_compared_leaves_the_answer_open(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = w.allow("rocketmq:*", when={"Null": {"acs:SourceVpc": "true"}})
    keep(account(versioned("mq", odd, READS)))
    done = within(capsys, "versions")
    assert done.code == Exit.INCOMPLETE
    assert "$.Statement[0]" in done.out


def test_policies_that_were_not_listed_leave_the_answer_open(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(account(gaps=(w.gap(Subject.POLICIES, api="ram:ListPolicies"),)))
    done = within(capsys, "versions")
    assert done.code == Exit.INCOMPLETE
    assert "not readable: the custom policies of account" in done.out
    asked = within(capsys, "versions", "--policy", "mq")
    assert asked.code == Exit.NOTHING_IN_SCOPE
    assert "is not known" in asked.err


def test_a_name_that_no_policy_has_is_told_with_a_near_one(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(account(versioned("mq-archive", READS)))
    done = within(capsys, "versions", "--policy", "mq-archve")
    assert done.code == Exit.NOTHING_IN_SCOPE
    assert "did you mean `mq-archive`?" in done.err


def test_names_that_could_deceive_a_terminal_are_made_visible(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(account(versioned("mq\u202e", WIDE, READS)))
    done = within(capsys, "versions")
    assert "\u202e" not in done.out
    assert "mq\\u202e" in done.out
