"""`crossrole lint`: files and stored documents, with line and column."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.conftest import PointAt
from tests.cli.runner import Done, scan, within
from tests.cloudfixture import running_cloud

pytestmark = pytest.mark.xdist_group("cli-lint")

SENDS = """{
  "Version": "1",
  "Statement": [
    {"Effect": "Allow",
     "Action": ["rocketmq:SendMessage", "rocketmq:GetTopic"],
     "Resource": "acs:rocketmq:*:*:instance/rmq-1/topic/orders"}
  ]
}
"""
CLEAN = '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "mq:PUB", "Resource": "*"}]}'
NOTED = '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
TRUST = (
    '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
    '"Principal": {"RAM": "acs:ram::1000000000000001:root"}}]}'
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CROSSROLE_STORE", f"sqlite:///{tmp_path / 'none.db'}")
    return tmp_path


def lint(capsys: pytest.CaptureFixture[str], *words: str) -> Done:
    return within(capsys, "lint", *words)


def test_a_problem_has_file_line_column_and_what_to_write_instead(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "p.json").write_text(SENDS, encoding="utf-8")
    done = lint(capsys, "p.json")

    first, second = done.out.splitlines()
    assert first.startswith("p.json:5:17: warning messaging-is-not-by-ram: `rocketmq:SendMessage` ")
    assert second.startswith("    instead: ")
    assert (done.code, done.err) == (11, "1 document: 0 errors, 1 warning, 0 notes\n")


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (CLEAN, (), 0),
        (NOTED, (), 0),
        (SENDS, (), 11),
        ("{", (), 12),
        (SENDS, ("--threshold", "error"), 0),
        ("{", ("--threshold", "error"), 12),
        ("{", ("--exit-zero",), 0),
        (TRUST, (), 0),
        (TRUST, ("--type", "permission"), 12),
        (CLEAN, ("--type", "trust"), 12),
        (CLEAN, ("--type", "session"), 0),
    ],
)
def test_the_gravest_problem_makes_the_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, words: tuple[str, ...], code: int
) -> None:
    (folder / "p.json").write_text(text, encoding="utf-8")
    assert lint(capsys, "p.json", *words).code == code


def test_json_has_the_same_and_the_path(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.json").write_text(SENDS, encoding="utf-8")
    value = lint(capsys, "p.json", "--json").json()

    (document,) = value["documents"]
    (problem,) = document["problems"]
    assert (document["source"], document["type"], value["unread"]) == ("p.json", "permission", [])
    assert {k: problem[k] for k in ("code", "weight", "path", "line", "column")} == {
        "code": "messaging-is-not-by-ram",
        "weight": "warning",
        "path": "$.Statement[0].Action[0]",
        "line": 5,
        "column": 17,
    }
    assert "mq:PUB" in problem["instead"]


def test_standard_input_is_read_under_the_name_of_a_dash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"[")))
    done = lint(capsys, "-", "--quiet")
    assert done.out.startswith("<stdin>:1:2: error not-json: ")
    assert (done.code, done.err) == (12, "")


def test_only_the_asked_weights_are_shown_and_all_are_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "p.json").write_text(NOTED, encoding="utf-8")
    assert lint(capsys, "p.json").out.startswith("p.json:1:62: note allow-any-action")
    assert lint(capsys, "p.json", "--weight", "warning").out == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe{\x00", "no text in UTF-8"),
        (b" " * 1_000_001, "larger than"),
        (f'{{"a": {CLEAN}, "b": {CLEAN}}}'.encode(), "holds policies inside other JSON"),
        (f"[{CLEAN}]".encode(), "holds policies inside other JSON"),
    ],
)
def test_a_file_that_is_no_document_ends_with_1_and_a_reason(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    (folder / "p.json").write_bytes(content)
    done = lint(capsys, "p.json")
    assert (done.code, done.out) == (1, "")
    assert message in done.err


def test_one_file_that_cannot_be_read_does_not_hide_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "p.json").write_text(SENDS, encoding="utf-8")
    done = lint(capsys, "nowhere.json", "p.json", str(folder))

    assert done.out.startswith("p.json:5:17:")
    assert "cannot read `nowhere.json`" in done.err
    assert "is a directory" in done.err
    assert done.code == 1
    assert len(lint(capsys, "nowhere.json", "p.json", "--json").json()["unread"]) == 1


@pytest.mark.parametrize(
    "words",
    [("p.json", "--role", "x"), ("p.json", "--all"), ("--type", "trust"), ("-", "-"), ("--weight", "x")],
)
def test_a_wrong_command_line_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    (folder / "p.json").write_text(CLEAN, encoding="utf-8")
    try:
        code = lint(capsys, *words).code
    except SystemExit as end:  # argparse leaves this way
        code = int(str(end.code))
    assert code == 2


def test_a_name_that_could_deceive_a_terminal_is_shown_escaped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a\x1b[31m.json").write_text(NOTED, encoding="utf-8")
    done = lint(capsys, "a\x1b[31m.json")
    assert "\x1b" not in done.out + done.err
    assert done.out.startswith("a\\u001b[31m.json:1:")


def test_without_a_scan_there_is_nothing_in_scope(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = lint(capsys)
    assert (done.code, done.out) == (3, "")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with a scan of the world demo, by the owner alone."""
    folder = tmp_path_factory.mktemp("lint")
    with running_cloud("demo") as cloud:
        scan(cloud, folder)
    return f"sqlite:///{folder / 'test.db'}"


@pytest.fixture
def stored(store: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CROSSROLE_STORE", store)


@pytest.mark.usefixtures("stored")
def test_stored_documents_are_linted_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    done = lint(capsys)
    lines = [line for line in done.out.splitlines() if not line.startswith(" ")]

    assert done.code == 12
    assert any("Custom:mq5-members-prefix" in line and "reaches 2 instances" in line for line in lines)
    assert any("Custom:mq-wrong-series" in line and "wrong-series" in line for line in lines)
    assert any("role/b-odd-trust/trust:" in line and "unknown-operator" in line for line in lines)
    assert not any("System:" in line for line in lines)
    # What a prefix catches is not said twice.
    assert not any("Custom:mq5-members-prefix" in line and "open-prefix" in line for line in lines)


@pytest.mark.usefixtures("stored")
def test_a_stored_place_is_the_place_in_the_stored_text(capsys: pytest.CaptureFixture[str]) -> None:
    value = lint(capsys, "--policy", "mq-wrong-series", "--json").json()
    (document,) = value["documents"]
    assert document["source"].endswith("/policy/Custom:mq-wrong-series/v1")
    assert [(p["code"], p["path"].partition(".")[2][:12]) for p in document["problems"]] == [
        ("wrong-series", "Statement[0]")
    ] * len(document["problems"])
    assert all(p["line"] > 1 for p in document["problems"])


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("words", "sources"),
    [
        (("--role", "b-archive"), {"role/b-archive/trust", "policy/Custom:mq4-archive/v2"}),
        (("--policy", "Custom:mq4-archive"), {"policy/Custom:mq4-archive/v2"}),
    ],
)
def test_a_role_or_a_policy_can_be_chosen(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sources: set[str]
) -> None:
    found = lint(capsys, *words, "--json").json()["documents"]
    assert {document["source"].partition("/")[2] for document in found} == sources


@pytest.mark.usefixtures("stored")
def test_all_looks_at_the_vendors_policies_too(capsys: pytest.CaptureFixture[str]) -> None:
    few, every = (lint(capsys, *words, "--json").json()["documents"] for words in ((), ("--all",)))
    assert len(every) > len(few)
    assert any("System:" in document["source"] for document in every)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--role", "b-archiv"), "did you mean `b-archive`"),
        (("--policy", "AdministratorAccess"), "--all"),
        (("--role", "zzzzzzz"), "looks at every document"),
        (("--role", "b-archive", "--policy", "zzzzzzz"), "looks at every document"),
    ],
)
def test_a_name_that_is_not_stored_is_told(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], hint: str
) -> None:
    done = lint(capsys, *words)
    assert (done.code, done.out) == (3, "")
    assert hint in done.err


def test_a_document_that_the_scan_could_not_read_leaves_the_answer_open(
    point_at: PointAt, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_cloud("tiny") as cloud:
        cloud.faults.add("ram:GetRole=no-permission")
        point_at(cloud)
        within(capsys, "scan", "--quiet")
        done = lint(capsys)

    assert done.code == 4
    assert "not read: " in done.err
    assert "ram:GetRole" in done.err
