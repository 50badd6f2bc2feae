"""`who-can`, `what-can` and `explain` on the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.model.ids import user_arn
from scanner.model.snapshot import Subject
from tests.access import estates as e
from tests.cli.runner import within
from tests.cli.shelf import Keep, keep
from tests.rules import worlds as w

__all__ = ["keep"]

ANN = user_arn(w.PARTNER, "ann")
SETTINGS = f"""\
[accounts."{w.PARTNER}"]
name = "Enterprise B"
relation = "partner"
"""
OFFICE = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}


@pytest.fixture
def shop(keep: Keep, tmp_path: Path) -> None:
    """The owner's shop: `reader` lets ann in with an external id, `broken` lets in a stranger, `idle` lets in bob."""
    (tmp_path / "crossrole.toml").write_text(SETTINGS, encoding="utf-8")
    trusts = {
        "reader": w.trusting(ANN, when=w.external_id("s3cret-id")),
        "broken": w.trusting(w.STRANGER),
        "idle": w.trusting(user_arn(w.PARTNER, "bob")),
    }
    grants = {
        "reader": [w.allow(e.GET, on=e.topic_arn("payments"), when=OFFICE)],
        "broken": [w.allow("rocketmq:*", when={"StringEqualsIfExists": {"acs:SourceVpc": "x"}})],
        "idle": [w.allow(e.GET)],
    }
    keep(e.owner(trusts, grants), e.partner({"ann": [w.allow(e.ASSUME)], "bob": []}))


@pytest.fixture
def plain(keep: Keep) -> None:
    """Nothing but one role that lets a stranger read topics."""
    keep(e.owner({"reader": w.trusting(w.STRANGER)}, {"reader": [w.allow(e.GET)]}))


@pytest.mark.usefixtures("shop")
def test_who_can_tells_who_through_what_and_on_which_terms(capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "who-can", e.GET, "payments", "--account", w.OWNER)

    assert done.code == 4
    assert f"Under conditions\n  {ANN} (Enterprise B), through reader" in done.out
    assert "only if `sts:ExternalId` StringEquals `***` and `acs:SourceIp` IpAddress `10.0.0.0/8`" in done.out
    assert "by role reader: Custom:of-reader v1 $.Statement[0]" in done.out
    assert f"Not certain\n  acs:ram::{w.STRANGER}:root, through broken" in done.out
    assert "Trusted, but unable to come in" in done.out
    assert "s3cret-id" not in done.out + done.err


@pytest.mark.usefixtures("shop")
def test_who_can_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    (value,) = within(capsys, "who-can", "read-metadata", "payments", "--account", w.OWNER, "--json").json()

    assert (value["account"], value["class"], value["resource"]) == (w.OWNER, "read metadata", "payments")
    conditional, uncertain = value["answers"]
    assert conditional["path"]["principal"] == ANN
    assert conditional["path"]["roles"] == ["reader"]
    assert conditional["actions"] == [e.GET]
    assert conditional["certainty"] == "under conditions"
    assert uncertain["doubts"]
    assert [closed["role"] for closed in value["closed"]] == ["idle"]


@pytest.mark.usefixtures("plain")
def test_an_answer_that_leaves_nothing_open_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert within(capsys, "who-can", e.GET, "payments").code == 0
    assert within(capsys, "what-can", w.STRANGER).code == 0
    assert within(capsys, "explain", w.STRANGER, e.GET, "payments").code == 0
    nobody = within(capsys, "who-can", "rocketmq:DeleteTopic", "payments")
    assert (nobody.code, "nobody" in nobody.out) == (0, True)


@pytest.mark.usefixtures("plain")
def test_answers_that_differ_in_the_resource_alone_stand_together(capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "who-can", e.GET, "*")
    assert "on all 3" in done.out
    assert done.out.count("through reader") == 1


@pytest.mark.usefixtures("plain")
def test_sending_and_receiving_on_a_5x_instance_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert "obtain-credentials" in within(capsys, "who-can", "publish", "payments").err
    assert within(capsys, "who-can", "publish", "payments", "--quiet").err == ""


@pytest.mark.usefixtures("plain")
def test_a_misspelt_action_is_answered_with_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (("who-can",), ("explain", w.STRANGER)):
        done = within(capsys, *command, "rocketmq:GetTopc", "payments")
        assert done.code == 0
        assert "not in the catalogue" in done.err
        assert "`rocketmq:GetTopic`" in done.err


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("who-can", "publsh", "payments"), 2, "did you mean `publish`?"),
        (("who-can", "", "payments"), 2, "neither an action nor a class"),
        (("who-can", e.GET, "paymnts"), 3, "did you mean `rmq-1/payments`?"),
        (("who-can", e.GET, ""), 3, "no stored scan has a resource ``"),
        (("who-can", e.GET, "GID_orders"), 3, "is a group"),
        (("who-can", e.GET, "acs:rocketmq:cn-hangzhou:5:instance/x/topic/y"), 3, "in account `5`"),
        (("what-can", "raeder"), 3, "did you mean `reader`?"),
        (("what-can", "zzz"), 3, "nobody called `zzz`"),
        (("what-can", ""), 3, "nobody called ``"),
        (("explain", "zzz", e.GET, "payments"), 3, "nobody called `zzz`"),
        (("explain", "reader", e.GET, "orders"), 2, "means 2 resources"),
        (("explain", "reader", "rocketmq:Get*", "payments"), 2, "actions"),
        (
            ("explain", "reader", e.GET, "payments", "--context", "acs:SourceIp"),
            2,
            "not of the form KEY=VALUE",
        ),
        (("explain", "reader", e.GET, "payments", "--context", "=x"), 2, "not of the form KEY=VALUE"),
        (("explain", "reader", e.GET, "payments", "--context", "a=1", "--context", "A=2"), 2, "given twice"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_hint(
    words: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    done = within(capsys, *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


@pytest.mark.usefixtures("shop")
def test_what_can_counts_and_names_what_is_reached(capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "what-can", "enterprise b")

    assert done.code == 0
    assert "As role reader" in done.out
    assert (
        "read metadata (5.x): 1 topic (rmq-1/payments), only if `acs:SourceIp` IpAddress `10.0.0.0/8`"
    ) in done.out
    assert f"{user_arn(w.PARTNER, 'bob')}  it holds no sts:AssumeRole on the role" in done.out


@pytest.mark.usefixtures("shop")
def test_what_can_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    (value,) = within(capsys, "what-can", "ann", "--json").json()

    (way,) = value["ways"]
    (reach,) = way["reaches"]
    assert (reach["class"], reach["series"]) == ("read metadata", "5.x")
    assert (reach["sure"], reach["conditional"]) == ([], [e.topic_arn("payments")])
    assert reach["to_come"] is None


@pytest.mark.usefixtures("shop")
def test_explain_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "explain", "ann", "rocketmq:DeleteTopic", "payments")

    assert done.code == 0
    assert "\nNo.\n" in done.out
    assert "missing: a session of role `reader` does `rocketmq:DeleteTopic`" in done.out
    assert f"Role `broken` would allow it, and lets in acs:ram::{w.STRANGER}:root" in done.out


@pytest.mark.usefixtures("shop")
def test_explain_in_a_context_never_shows_an_external_id(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("explain", "ann", e.GET, "payments", "--context", "acs:SourceIp=10.1.1.1", "--complete")
    right = within(capsys, *words, "--context", "sts:ExternalId=s3cret-id", "--json")
    wrong = within(capsys, *words, "--context", "sts:ExternalId=wr0ng")

    (value,) = right.json()
    assert (right.code, value["answer"]) == (0, "allowed")
    assert value["context"] == {"acs:SourceIp": "10.1.1.1", "sts:ExternalId": "***"}
    assert "s3cret-id" not in right.out
    assert "would allow it if `sts:ExternalId` StringEquals `***` were met" in wrong.out


@pytest.mark.usefixtures("shop")
def test_explain_as_json_tells_gates_and_statements(capsys: pytest.CaptureFixture[str]) -> None:
    (value,) = within(capsys, "explain", "ann", e.GET, "payments", "--json").json()

    assert value["answer"] == "allowed under a condition"
    (way,) = value["ways"]
    entering, doing = way["steps"]
    assert [gate["outcome"] for gate in entering["gates"]] == ["unknown", "allowed"]
    (look,) = doing["gates"][0]["decisive"]
    assert (look["effect"], look["applies"], look["statement"]["path"]) == (
        "Allow",
        "unknown",
        "$.Statement[0]",
    )


@pytest.mark.usefixtures("shop")
def test_an_answer_that_nobody_can_tell_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "explain", w.STRANGER, e.GET, "payments")
    assert done.code == 4
    assert "\nNot certain" in done.out
    assert "operator is not documented" in done.out


@pytest.mark.usefixtures("plain")
def test_odd_keys_and_values_are_noted(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("explain", "reader", e.GET, "payments")
    assert "near is `acs:SourceIp`" in within(capsys, *words, "--context", "acs:SorceIp=1.1.1.1").err
    assert "has not the form" in within(capsys, *words, "--context", "acs:SourceIp=everywhere").err
    assert "has not the form" in within(capsys, *words, "--context", "acs:MFAPresent=yes").err
    assert within(capsys, *words, "--context", "acs:ResourceTag/team=night shift").err == ""
    assert within(capsys, *words, "--context", "acs:SourceIp=").err == ""


@pytest.mark.usefixtures("plain")
def test_an_arn_that_no_role_trusts_is_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    done = within(capsys, "explain", ANN, e.GET, "payments")
    assert done.code == 0
    assert "No role of the account trusts it." in done.out


def test_what_was_not_read_ends_every_question_with_4(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    unread = [w.gap(Subject.ATTACHMENTS, "reader", api="ram:ListPoliciesForRole")]
    keep(e.owner({"reader": w.trusting(w.STRANGER)}, {}, gaps=unread))

    for words in (
        ("who-can", e.GET, "payments"),
        ("what-can", w.STRANGER),
        ("explain", "reader", e.GET, "payments"),
    ):
        done = within(capsys, *words)
        assert done.code == 4
        assert "ram:ListPoliciesForRole" in done.out


def test_names_from_the_cloud_cannot_deceive_the_terminal(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = f"acs:ram::{w.STRANGER}:user/ev\x1b[2Jil\u202e"
    keep(e.owner({"reader": w.trusting(evil)}, {"reader": [w.allow(e.GET)]}))

    for words in (
        ("who-can", e.GET, "payments"),
        ("what-can", w.STRANGER),
        ("explain", w.STRANGER, e.GET, "payments"),
    ):
        done = within(capsys, *words)
        assert not {"\x1b", "\u202e"} & {*done.out, *done.err}
        assert within(capsys, *words, "--json").out.isascii()


def test_an_earlier_time_is_asked_about_with_as_of(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    before = e.owner({"reader": w.trusting(w.STRANGER)}, {"reader": [w.allow(e.GET)]})
    after = e.owner({}, {})
    keep(before, replace(after, taken=datetime(2026, 4, 1, tzinfo=UTC)))

    assert "nobody" in within(capsys, "who-can", e.GET, "payments").out
    assert "through reader" in within(capsys, "who-can", e.GET, "payments", "--as-of", "2026-03-31").out


def test_the_partners_scan_counts_even_when_only_the_owner_is_asked_about(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(
        e.owner({"reader": w.trusting(w.PARTNER)}, {"reader": [w.allow(e.GET)]}),
        e.partner({"ann": [w.allow(e.ASSUME)]}),
    )
    for choice in (("--account", w.OWNER), ("--scan", "1")):
        done = within(capsys, "who-can", e.GET, "payments", *choice)
        assert f"{ANN}, through reader" in done.out
        assert w.root(w.PARTNER) not in done.out
