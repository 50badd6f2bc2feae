"""`crossrole check`: policy files held against policy files, for a person who reads a change."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from scanner.cli.exits import Exit
from tests.cli.runner import Done, within
from tests.rules.worlds import PARTNER, Body, allow, deny, document, trusting

TOPICS = "acs:rocketmq:*:*:instance/rmq-1/topic/"
READS = allow("rocketmq:GetTopic", on=f"{TOPICS}orders")
READS_ALL = allow("rocketmq:GetTopic", on=f"{TOPICS}*")
ADDRESS = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
ID = "k7Qz-93vTf_2mXw8RbLp0"
EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": ID}}


class Check(Protocol):
    """Writes policies into files called as the arguments are, and runs the command on them."""

    def __call__(self, *words: str, files: Mapping[str, Body | str]) -> Done: ...


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    monkeypatch.chdir(tmp_path)

    def run(*words: str, files: Mapping[str, Body | str]) -> Done:
        for name, content in files.items():
            text = content if isinstance(content, str) else document(content)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return within(capsys, "check", *words)

    return run


def test_the_same_policy_is_no_new_access(check: Check) -> None:
    done = check("new", "--against", "old", files={"new": READS, "old": READS})
    assert done.code == Exit.OK
    assert "no new access" in done.out
    assert "equal: allows the same" in done.out


def test_a_wider_resource_is_new_access_with_a_request_and_its_place(check: Check) -> None:
    new = json.dumps({"Version": "1", "Statement": [READS_ALL]}, indent=2)
    done = check("new.json", "--against", "old.json", files={"new.json": new, "old.json": READS})
    assert done.code == Exit.HIGH
    assert "new access: `new.json` allows what `old.json` does not allow" in done.out
    assert "`rocketmq:GetTopic` on `acs:rocketmq:" in done.out
    assert "new.json:4:5  $.Statement[0]" in done.out
    assert "wider: allows more" in done.out


def test_a_condition_that_is_added_takes_access_away(check: Check) -> None:
    narrowed = allow("rocketmq:GetTopic", on=f"{TOPICS}orders", when=ADDRESS)
    done = check("new", "--against", "old", files={"new": narrowed, "old": READS})
    assert done.code == Exit.OK
    assert "narrower" in done.out
    assert "no longer" in done.out


def test_a_deny_that_falls_is_shown_where_it_stood(check: Check) -> None:
    old = document(READS_ALL, deny("*", on=f"{TOPICS}pay*"))
    done = check("new", "--against", "old", files={"new": READS_ALL, "old": old})
    assert done.code == Exit.HIGH
    refused = next(line for line in done.out.splitlines() if "refused at" in line)
    assert "old:1:" in refused
    assert "$.Statement[1]" in refused


def test_what_two_files_allow_together_is_no_new_access_for_one(check: Check) -> None:
    files = {"both": allow("mq:PUB", "mq:SUB"), "one": allow("mq:PUB"), "two": allow("mq:SUB")}
    assert check("both", "--against", "one", files=files).code == Exit.HIGH
    assert check("both", "--against", "one", "two", files=files).code == Exit.OK
    assert check("one", "two", "--against", "both", files=files).code == Exit.OK


def test_against_nothing_anything_is_new(check: Check) -> None:
    assert check("new", "--against", files={"new": READS}).code == Exit.HIGH
    assert check("new", "--against", files={"new": deny("*")}).code == Exit.OK


@pytest.mark.parametrize(
    ("option", "gate"),
    [
        ("--session", allow("mq:*")),
        ("--control", {"Effect": "Deny", "NotAction": ["mq:*"], "Resource": "*"}),
    ],
)
def test_a_policy_that_limits_both_limits_the_difference(check: Check, option: str, gate: Body) -> None:
    files = {"new": allow("*"), "old": allow("mq:*"), "gate": gate}
    assert check("new", "--against", "old", files=files).code == Exit.HIGH
    assert check("new", "--against", "old", option, "gate", files=files).code == Exit.OK


def test_an_operator_that_is_not_documented_is_unknown_with_its_place(check: Check) -> None:
    odd = allow("mq:PUB", when={"StringEqualsIfExists": {"acs:SourceVpc": "vpc-1"}})
    done = check("new", "--against", "old", files={"new": odd, "old": READS})
    assert done.code == Exit.INCOMPLETE
    assert "unknown: whether `new` allows" in done.out
    assert "new:1:" in done.out
    assert "$.Statement[0].Condition.StringEqualsIfExists" in done.out


def test_an_open_question_is_told_once_with_its_readings(check: Check) -> None:
    new = allow("mq:PUB", when={"StringNotEquals": {"acs:SourceVpc": ["a", "b"]}})
    old = allow("mq:PUB", when={"StringNotEquals": {"acs:SourceVpc": "a"}})
    done = check("new", "--against", "old", files={"new": new, "old": old})
    assert done.code == Exit.INCOMPLETE
    assert done.out.count("When is a negated operator with several values met?") == 1
    assert "negated-several-values" in done.out


def test_actions_to_come_are_told_apart_from_those_of_today(check: Check) -> None:
    done = check("new", "--against", "old", files={"new": allow("rocketmq:Future*"), "old": READS})
    assert done.code == Exit.HIGH
    assert "not among the actions of RocketMQ, RAM and STS known today" in done.out
    assert "known today: no new access" in done.out


def test_trust_policies_are_told_by_their_principals(check: Check) -> None:
    files = {"one": trusting(f"acs:ram::{PARTNER}:user/bob"), "all": trusting(PARTNER)}
    done = check("all", "--against", "one", files=files)
    assert done.code == Exit.HIGH
    assert f"user `acs:ram::{PARTNER}:user/" in done.out
    assert check("one", "--against", "all", files=files).code == Exit.OK


def test_no_external_id_is_shown(check: Check) -> None:
    files = {"one": trusting(PARTNER, when=EXTERNAL_ID), "all": trusting(PARTNER)}
    for words in (("all", "--against", "one"), ("one", "--against"), ("all", "--against", "one", "--json")):
        done = check(*words, files=files)
        assert done.code == Exit.HIGH
        assert ID not in done.out
        assert "sts:ExternalId" in done.out


def test_json_says_the_same(check: Check) -> None:
    done = check("new", "--against", "old", "--json", files={"new": READS_ALL, "old": READS})
    value = done.json()
    assert done.code == Exit.HIGH
    assert (value["answer"], value["direction"], value["type"]) == ("new access", "wider", "permission")
    assert value["wider"]["witness"]["action"] == "rocketmq:GetTopic"
    assert value["allowed_by"] == [{"file": "new", "path": "$.Statement[0]", "line": 1, "column": 32}]
    assert value["narrower"]["answer"] == "no new access"


def test_an_account_makes_the_example_concrete(check: Check) -> None:
    words = ("new", "--against", "--account", str(PARTNER), "--json")
    witness = check(*words, files={"new": READS}).json()["wider"]["witness"]
    assert f":{PARTNER}:" in witness["resource"]


def test_a_policy_comes_from_standard_input_too(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(document(READS_ALL).encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    done = check("-", "--against", "old", files={"old": READS})
    assert done.code == Exit.HIGH
    assert "`<stdin>` allows" in done.out


def test_a_mark_before_the_text_is_no_part_of_it(check: Check) -> None:
    files: dict[str, Body | str] = {"new": "\ufeff" + document(READS), "old": READS}
    assert check("new", "--against", "old", files=files).code == Exit.OK


def test_exit_zero_is_zero_whatever_the_answer(check: Check) -> None:
    files = {"new": READS_ALL, "old": READS}
    assert check("new", "--against", "old", "--exit-zero", files=files).code == Exit.OK


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "the text is not JSON"),
        ("[]", "a policy is a JSON object"),
        ('{"PolicyVersion": {}}', "the element `Statement` is missing"),
        (" " * 1_000_001, "larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_holds_no_policy_is_an_error(check: Check, content: str, message: str) -> None:
    done = check("new", "--against", "old", files={"new": content, "old": READS})
    assert done.code == Exit.FAILED
    assert message in done.err


def test_a_file_that_is_no_text_is_an_error(check: Check, tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"\xff\xfe\x00")
    done = check("new", "--against", "old", files={"old": READS})
    assert done.code == Exit.FAILED
    assert "no text in UTF-8" in done.err


@pytest.mark.parametrize(("name", "message"), [("missing", "cannot read `missing`"), (".", "is a directory")])
def test_what_cannot_be_read_is_an_error(check: Check, name: str, message: str) -> None:
    done = check(name, "--against", "old", files={"old": READS})
    assert done.code == Exit.FAILED
    assert message in done.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("new", "--against", "trust"), "looks like a permission policy and `trust` does not"),
        (("trust", "trust", "--against", "trust"), "a role has one trust policy"),
        (("trust", "--against", "trust", "--session", "new"), "these are trust policies"),
        (("-", "--against", "-"), "can be read once only"),
        (("new", "--against", "new", "--account", "12"), "no account id"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(
    check: Check, words: tuple[str, ...], message: str
) -> None:
    done = check(*words, files={"new": READS, "trust": trusting(PARTNER)})
    assert done.code == Exit.USAGE
    assert message in done.err
