"""`crossrole matrix`: who comes in, against what they reach."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scanner.model.broker import Series
from scanner.model.snapshot import Gap, Snapshot, Subject
from tests.cli.runner import Done, within
from tests.cli.shelf import Keep, keep
from tests.rules import worlds as w

__all__ = ["keep"]

OFFICE = {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}}
READ = "rocketmq:GetMessageDetail"


def world(*statements: w.Body, name: str = "orders", gaps: Sequence[Gap] = ()) -> Snapshot:
    """A role for the partner, and an instance of each series with two topics."""
    policy = w.policy("p", *statements)
    instances = [w.instance("rmq-1"), w.instance("MQ_1", series=Series.V4)]
    return w.snapshot(
        roles=[w.role(name, trust=w.trusting(w.PARTNER)), w.role("inside", trust=w.trusting(w.OWNER))],
        policies=[policy],
        attachments=[*w.attached(policy, role=name), *w.attached(policy, role="inside")],
        instances=instances,
        topics=[w.topic(i.instance_id, t, series=i.series) for i in instances for t in ("a", "b")],
        gaps=gaps,
    )


def matrix(capsys: pytest.CaptureFixture[str], *words: str) -> Done:
    return within(capsys, "matrix", *words)


def test_a_row_tells_who_comes_in_and_how_many_of_what_they_reach(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(world(w.allow(READ, on="acs:rocketmq:*:*:instance/rmq-1/topic/a"), w.allow("mq:PUB")))
    done = matrix(capsys)
    assert done.code == 0
    row = next(line for line in done.out.splitlines() if line.startswith("orders"))
    assert row.split() == ["orders", f"{w.PARTNER}:", "whole", "account", "4.x", "-", "2/2", "t"]
    assert "1/2 t" in done.out
    assert "inside" not in done.out
    assert "so many of the topics that exist" in done.out


def test_what_is_allowed_under_conditions_is_marked_and_the_conditions_are_told(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    one = "acs:rocketmq:*:*:instance/rmq-1/topic/a"
    keep(world(w.allow(READ, when=OFFICE), w.allow(READ, on=one)))
    done = matrix(capsys)
    assert "1+1~/2 t" in done.out
    assert "*~" in done.out
    assert "orders: read messages (5.x): only if `acs:SourceIp` IpAddress `192.0.2.0/24`" in done.out
    assert done.code == 0


def test_what_nobody_can_tell_is_marked_and_is_no_success(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(world(w.allow(READ, when={"IpAddressIfExists": {"acs:SourceIp": "192.0.2.0/24"}})))
    done = matrix(capsys)
    assert "0+2?/2 t" in done.out
    assert "*?" in done.out
    assert done.code == 4


def test_what_could_not_be_read_is_told_and_never_looks_like_nothing(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(world(gaps=(w.gap(Subject.ATTACHMENTS, "orders"),)))
    done = matrix(capsys)
    assert "not known of role orders: the policies attached to role `orders`" in done.out
    row = next(line for line in done.out.splitlines() if line.startswith("orders"))
    assert row.endswith("not known")
    assert done.code == 4


def test_topics_that_could_not_be_read_are_told(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep(world(w.allow(READ), gaps=(w.gap(Subject.TOPICS, "rmq-1"),)))
    done = matrix(capsys)
    assert "not known: topics of `rmq-1`" in done.out
    assert done.code == 4


def test_one_role_is_shown_even_if_nobody_outside_comes_into_it(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(world(w.allow(READ)))
    done = matrix(capsys, "--role", "inside")
    assert "inside" in done.out
    assert "2/2 t" in done.out
    assert "orders" not in done.out


def test_one_class_is_shown_however_it_is_written(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep(world(w.allow(READ), w.allow("mq:PUB")))
    for word in ("read-messages", "Read Messages", "read_messages"):
        done = matrix(capsys, "--class", word)
        assert "read messages" in done.out
        assert "publish" not in done.out


def test_names_from_the_cloud_cannot_write_to_the_terminal(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(world(w.allow(READ), name="or\x1b[2Jders"))
    assert "\x1b" not in matrix(capsys).out


def test_json_names_every_resource(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep(world(w.allow(READ, on="acs:rocketmq:*:*:instance/rmq-1/topic/a", when=OFFICE)))
    (account,) = matrix(capsys, "--json").json()
    (row,) = account["rows"]
    topic = f"acs:rocketmq:cn-hangzhou:{w.OWNER}:instance/rmq-1/topic/a"
    assert account["account"] == w.OWNER
    assert (row["role"], [way["principal"] for way in row["ways"]]) == ("orders", [w.root(w.PARTNER)])
    assert row["cells"] == [
        {
            "class": "read messages",
            "series": "5.x",
            "must": [],
            "may": [topic],
            "unknown": [],
            "must_to_come": False,
            "may_to_come": False,
            "unknown_to_come": False,
            "only_if": ["`acs:SourceIp` IpAddress `192.0.2.0/24`"],
            "unless": [],
        }
    ]
    assert (row["unread"], account["unread"]) == ([], [])


def test_a_role_that_is_not_there_and_a_class_that_is_none_are_told_with_what_there_is(
    keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(world(w.allow(READ)))
    done = matrix(capsys, "--role", "order")
    assert done.code == 3
    assert "no stored scan has a role `order`" in done.err
    assert "did you mean `orders`?" in done.err
    with pytest.raises(SystemExit, match="2"):
        matrix(capsys, "--class", "publich")
    assert (
        "`publich` is no class of actions; they are read-metadata, read-messages" in capsys.readouterr().err
    )


def test_an_account_that_nobody_comes_into_says_so(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep(w.snapshot(roles=[w.role("inside", trust=w.trusting(w.OWNER))]))
    assert "nobody comes in from outside" in matrix(capsys).out
