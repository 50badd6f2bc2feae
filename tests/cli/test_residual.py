"""`crossrole residual` and `crossrole escalation` over stored scans."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.model.role import Role
from scanner.model.settings import Settings
from scanner.model.snapshot import Snapshot, Subject
from scanner.wiring import open_store
from tests.cli.runner import Done, within
from tests.rules import worlds as w

READS = w.policy("reads", w.allow("rocketmq:GetInstanceAccount"))
RISES = w.policy("rises", w.allow("ram:CreatePolicyVersion", on=f"acs:ram:*:{w.OWNER}:policy/rises"))


class Asking:
    """Stores snapshots and runs the commands over them."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._url = f"sqlite:///{folder / 'test.db'}"
        self._capsys = capsys
        monkeypatch.chdir(folder)
        monkeypatch.setenv("CROSSROLE_STORE", self._url)

    def store(self, *snapshots: Snapshot) -> None:
        with open_store(Settings(store_url=self._url), create=True) as store:
            for snapshot in snapshots:
                store.save(snapshot, ())

    def run(self, *words: str) -> Done:
        return within(self._capsys, *words)


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asking:
    return Asking(tmp_path, monkeypatch, capsys)


def account(*roles: Role, **more: object) -> Snapshot:
    default = (
        w.role("reader", trust=w.trusting(w.PARTNER, when=w.external_id(w.GOOD_EXTERNAL_ID))),
        w.role("riser", trust=w.trusting(w.PARTNER)),
        w.role("small", trust=w.trusting(w.PARTNER)),
        w.role("inside", trust=w.trusting(w.OWNER)),
    )
    return w.snapshot(
        roles=roles or default,
        policies=[READS, RISES],
        attachments=[*w.attached(READS, role="reader"), *w.attached(RISES, role="riser", user="")],
        instances=[w.instance("rmq-1")],
        **more,  # type: ignore[arg-type]
    )


def test_residual_tells_the_worst_first_and_how_to_end_it(asking: Asking) -> None:
    asking.store(account())
    done = asking.run("residual")
    assert done.out.index("Role riser") < done.out.index("Role reader")
    assert "read the passwords of the accounts of instance `rmq-1`" in done.out
    assert "How to end it" in done.out
    assert "first: shut the door" in done.out
    assert "Of 1 role nothing is left but sessions" in done.out
    assert "events are not stored" in done.out
    assert w.GOOD_EXTERNAL_ID not in done.out


def test_settings_of_instances_that_were_not_read_make_it_incomplete(asking: Asking) -> None:
    asking.store(account())
    done = asking.run("residual")
    assert done.code == 4
    assert "not known: whether its VPC needs a password" in done.out


def test_all_that_is_known_is_complete(asking: Asking) -> None:
    asking.store(w.snapshot(roles=[w.role("small", trust=w.trusting(w.PARTNER))]))
    assert asking.run("residual").code == 0
    assert asking.run("escalation").code == 0


def test_residual_of_one_role_in_json(asking: Asking) -> None:
    asking.store(account())
    [value] = asking.run("residual", "--role", "reader", "--json").json()
    assert value["role"] == "reader"
    assert [path["principal"] for path in value["entrances"]] == [w.root(w.PARTNER)]
    first = value["remnants"][0]
    assert (first["kind"], first["certainty"], first["instances"]) == (
        "passwords that can be read",
        "certain",
        ["rmq-1"],
    )
    assert first["statements"][0]["path"] == "$.Statement[0]"
    assert value["events"].startswith("events are not stored")


def test_residual_of_a_role_that_nobody_outside_is_trusted_with(asking: Asking) -> None:
    asking.store(account())
    done = asking.run("residual", "--role", "inside")
    assert done.code == 0
    assert "nobody outside the account is trusted with role `inside`" in done.out


def test_escalation_tells_call_thing_and_consequence(asking: Asking) -> None:
    asking.store(account())
    done = asking.run("escalation")
    assert done.code == 0
    assert "`ram:CreatePolicyVersion` on policy `Custom:rises`, which it holds" in done.out
    assert "then it may do anything in the account" in done.out
    assert "by Custom:rises v1 $.Statement[0]" in done.out
    assert "2 other roles that somebody outside may assume can come to no more" in done.out


def test_escalation_in_json_has_every_call(asking: Asking) -> None:
    asking.store(account())
    values = {value["role"]: value for value in asking.run("escalation", "--json").json()}
    assert set(values) == {"reader", "riser", "small"}
    [row] = values["riser"]["escalations"]
    assert row["worth"] == "anything"
    assert row["steps"] == [
        {
            "by": "role `riser`",
            "action": "ram:CreatePolicyVersion",
            "on": "policy `Custom:rises`, which it holds",
            "names": ["Custom:rises"],
        }
    ]


def test_escalation_of_a_role_that_cannot_rise(asking: Asking) -> None:
    asking.store(account())
    done = asking.run("escalation", "--role", "inside")
    assert done.code == 0
    assert "role `inside` can come to no more than its policies say" in done.out


@pytest.mark.parametrize("command", ["residual", "escalation"])
def test_a_misspelt_role_is_answered_with_the_near_one(asking: Asking, command: str) -> None:
    asking.store(account())
    done = asking.run(command, "--role", "raeder")
    assert (done.code, done.out) == (3, "")
    assert "did you mean `reader`?" in done.err


@pytest.mark.parametrize("command", ["residual", "escalation"])
def test_what_was_not_read_is_said_and_makes_the_answer_incomplete(asking: Asking, command: str) -> None:
    gaps = [
        w.gap(Subject.POLICY, "Custom:hidden", api="ram:GetPolicy"),
        w.gap(Subject.ROLES, api="ram:ListRoles"),
    ]
    asking.store(
        w.snapshot(
            roles=[w.role("mq", trust=w.trusting(w.PARTNER))],
            attachments=w.attached("hidden", role="mq"),
            gaps=gaps,
        )
    )
    done = asking.run(command)
    assert done.code == 4
    assert "policy `Custom:hidden`" in done.out
    assert "roles may be missing" in done.err


@pytest.mark.parametrize("command", ["residual", "escalation"])
def test_names_of_strangers_cannot_break_the_terminal(asking: Asking, command: str) -> None:
    name = "bad\nname\x1b[31m\u202e"
    held = (*w.attached(READS, role=name), *w.attached(RISES, role=name))
    asking.store(
        w.snapshot(
            roles=[w.role(name, trust=w.trusting(w.PARTNER))],
            policies=[READS, RISES],
            attachments=held,
            instances=[w.instance("rmq\n-1")],
        )
    )
    out = asking.run(command).out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "bad\nname" not in out
    assert "bad\\u000aname" in out


@pytest.mark.parametrize("command", ["residual", "escalation"])
def test_the_other_stored_account_is_looked_at(asking: Asking, command: str) -> None:
    assume = w.policy("assume", w.allow("sts:AssumeRole"))
    partner = w.snapshot(
        account=w.PARTNER,
        users=[w.user("ann")],
        policies=[assume],
        attachments=w.attached(assume, user="ann"),
    )
    asking.store(account(), partner)
    done = asking.run(command, "--account", w.OWNER, "--role", "riser")
    shown = f"acs:ram::{w.PARTNER}:user/ann" if command == "residual" else w.root(w.PARTNER)
    assert shown in done.out


@pytest.mark.parametrize("command", ["residual", "escalation"])
def test_an_empty_name_of_a_role_is_no_role(asking: Asking, command: str) -> None:
    asking.store(account())
    done = asking.run(command, "--role", "")
    assert (done.code, done.out) == (3, "")
