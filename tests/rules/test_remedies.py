"""A remedy can be followed to the letter, puts right what the rule found, and takes nothing else away."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from scanner.model.broker import Series
from scanner.model.finding import Verdict
from scanner.model.policy import Policy
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyType
from scanner.rules.base import Rule
from scanner.rules.registry import RULES, rule
from tests.rules.worlds import (
    GOOD_EXTERNAL_ID,
    PARTNER,
    Body,
    allow,
    attached,
    instance,
    judged,
    policy,
    role,
    snapshot,
    topic,
    trusting,
    world,
)

SDKS: Final = {
    "ram": "alibabacloud_ram20150501",
    "actiontrail": "alibabacloud_actiontrail20200706",
    "resourcemanager": "alibabacloud_resourcemanager20200331",
}
"""The vendor's SDK of each product of the command `aliyun`."""

CONTRACTS: Final = {
    "ram": "ram-2015-05-01.json",
    "actiontrail": "actiontrail-2020-07-06.json",
    "resourcemanager": "resourcemanager-2020-03-31.json",
}

OF_THE_COMMAND: Final = frozenset({"region"})
"""Options of `aliyun` itself."""

TERRAFORM: Final = {
    "alicloud_ram_role": {"role_name", "assume_role_policy_document", "max_session_duration"},
    "alicloud_ram_policy": {"policy_name", "policy_document"},
    "alicloud_ram_role_policy_attachment": {"role_name", "policy_name", "policy_type"},
    "alicloud_ram_user_policy_attachment": {"user_name", "policy_name", "policy_type"},
    "alicloud_actiontrail_trail": {"trail_name", "event_rw", "trail_region", "oss_bucket_name", "status"},
}
"""The resources of the provider aliyun/alicloud that remedies use, with the arguments looked up there."""

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@dataclass(frozen=True, slots=True)
class Command:
    """One call of `aliyun`."""

    product: str
    operation: str
    parameters: dict[str, str]


def commands(rule: Rule) -> list[Command]:
    return [_command(line) for line in rule.remedy.cli.splitlines() if line.startswith("aliyun ")]


def _command(line: str) -> Command:
    words = shlex.split(line, comments=True)
    end = next((at for at, word in enumerate(words) if word in {"|", ">"}), len(words))
    _, product, operation, *rest = words[:end]
    names, values = rest[::2], rest[1::2]
    assert all(name.startswith("--") for name in names), line
    assert len(names) == len(values), line
    return Command(product, operation, {name[2:]: value for name, value in zip(names, values, strict=True)})


def documents(text: str) -> Iterator[dict[str, object]]:
    """The policies in `text`, whole documents and single statements alike, as whole documents."""
    at = 0
    while (at := text.find('{"', at)) >= 0:
        try:
            found, length = json.JSONDecoder().raw_decode(text[at:])
        except json.JSONDecodeError:
            at += 1
            continue
        yield found if "Statement" in found else {"Version": "1", "Statement": [found]}
        at += length


def pinned(document: dict[str, object]) -> str:
    """The text of a remedy's document with the words in capitals replaced by what the test worlds have."""
    text = json.dumps(document)
    for word, value in {
        "PARTNER-ACCOUNT-ID": PARTNER,
        "KNOWN-ACCOUNT-ID": PARTNER,
        "EXTERNAL-ID-OF-THIS-ROLE": GOOD_EXTERNAL_ID,
        "EXTERNAL-ID": GOOD_EXTERNAL_ID,
        "OWNER-ACCOUNT-ID": "1000000000000001",
        "ACCOUNT-ID": "1000000000000001",
        "SERVICE.aliyuncs.com": "fc.aliyuncs.com",
    }.items():
        text = text.replace(word, value)
    return text


def first_document(rule: Rule) -> str:
    return pinned(next(documents(rule.remedy.cli)))


@every_rule
def test_a_command_names_an_operation_and_parameters_that_the_vendors_sdk_has(rule: Rule) -> None:
    assert commands(rule)
    for command in commands(rule):
        models = import_module(f"{SDKS[command.product]}.models")
        request = getattr(models, f"{command.operation}Request", None)
        assert request is not None, f"{command.product} has no operation {command.operation}"
        for name in command.parameters.keys() - OF_THE_COMMAND:
            known = request().from_map({name: "some text"})
            assert any(value is not None for value in vars(known).values()), f"{command.operation} --{name}"


@every_rule
def test_a_command_gives_every_parameter_that_the_vendor_requires(rule: Rule) -> None:
    shared = Path(os.environ.get("CROSSROLE_SHARED") or Path(__file__).parents[2].with_name("shared"))
    folder = shared / "reference" / "api-contract"
    if not folder.is_dir():
        pytest.skip("the vendor's descriptions (api-contract) are not beside this checkout")
    for command in commands(rule):
        contract = json.loads((folder / CONTRACTS[command.product]).read_text(encoding="utf-8"))
        described = contract["operations"][command.operation]["parameters"]
        required = {p["name"] for p in described if p.get("schema", {}).get("required")}
        assert required <= command.parameters.keys(), command.operation


@every_rule
def test_terraform_uses_arguments_that_the_provider_has(rule: Rule) -> None:
    blocks = re.findall(
        r'^resource "(\w+)" "\w+" \{\n(.*?)^\}', rule.remedy.terraform, re.MULTILINE | re.DOTALL
    )
    assert blocks
    for kind, body in blocks:
        assert set(re.findall(r"^  (\w+) +=", body, re.MULTILINE)) <= TERRAFORM[kind]
    for kind in re.findall(r"alicloud_\w+", rule.remedy.terraform):
        assert kind in TERRAFORM


@every_rule
def test_a_document_that_is_replaced_is_saved_first_and_changed_in_a_copy(rule: Rule) -> None:
    seen: list[str] = []
    for command in commands(rule):
        replaced = command.parameters.get("NewAssumeRolePolicyDocument")
        if command.operation == "CreatePolicyVersion":
            replaced = command.parameters["PolicyDocument"]
            assert command.parameters["SetAsDefault"] == "true"
        if replaced is not None:
            assert re.fullmatch(r"\$\(cat \w+-after\.json\)", replaced)
            assert {"GetRole", "GetPolicy"} & set(seen)
            assert "-before.json" in rule.remedy.cli
        seen.append(command.operation)


@every_rule
def test_a_policy_goes_only_after_another_has_come(rule: Rule) -> None:
    seen: list[str] = []
    for command in commands(rule):
        if command.operation.startswith("Detach"):
            assert any(operation.startswith("Attach") for operation in seen)
        seen.append(command.operation)


@every_rule
def test_the_documents_of_a_remedy_are_understood(rule: Rule) -> None:
    for text in (rule.remedy.cli, rule.remedy.terraform):
        for found in documents(text):
            trust = "Principal" in json.dumps(found)
            parsed = parse(pinned(found), type=PolicyType.TRUST if trust else PolicyType.PERMISSION)
            assert parsed.problems == ()


@pytest.mark.parametrize(
    "rule_id",
    ["can-change-own-permissions", "instance-password-readable", "network-can-be-opened"],
)
def test_the_added_deny_puts_it_right_even_for_an_administrator(rule_id: str) -> None:
    assert _with_deny(rule_id, allow("*")) is Verdict.PASS


def test_the_added_deny_takes_messages_from_a_reader() -> None:
    reads = allow("mq:Query*", "mq:Get*", "rocketmq:Get*", "rocketmq:List*")
    assert _with_deny("read-only-role-reads-messages", reads) is Verdict.PASS


@pytest.mark.parametrize(
    "rule_id",
    [
        "grants-everything",
        "grants-whole-rocketmq",
        "chains-to-any-role",
        "publish-or-subscribe-on-everything",
        "prefix-matches-several-instances",
        "wrong-series",
        "resource-matches-nothing",
        "policy-not-understood",
    ],
)
def test_the_narrowed_statement_passes(rule_id: str) -> None:
    found = rule(rule_id)
    assert found is not None
    assert _holding(found, policy("narrowed", text=first_document(found))) is Verdict.PASS


@pytest.mark.parametrize(
    "rule_id",
    [
        "trust-allows-unknown-account",
        "trust-allows-whole-account",
        "trust-principal-unsupported",
        "trust-not-understood",
        "external-id-missing",
        "external-id-weak",
        "external-id-shared",
    ],
)
def test_the_changed_trust_passes(rule_id: str) -> None:
    found = rule(rule_id)
    assert found is not None
    account = snapshot(roles=[role("sync", trust=first_document(found))])
    assert judged(found, world(account))["sync"].verdict is Verdict.PASS


def test_a_service_of_ones_own_is_no_delegation() -> None:
    found = rule("trust-allows-foreign-service")
    assert found is not None
    account = snapshot(roles=[role("sync", trust=first_document(found))])
    assert "sync" not in judged(found, world(account))


def _with_deny(rule_id: str, statement: Body) -> Verdict:
    """What the rule says of a role that holds `statement` once the remedy is followed; it fails before."""
    found = rule(rule_id)
    assert found is not None
    wide = policy("wide", statement)
    assert _holding(found, wide) is Verdict.FAIL
    return _holding(found, wide, policy("added", text=first_document(found)))


def _holding(found: Rule, *policies: Policy) -> Verdict:
    account = snapshot(
        roles=[role("sync", trust=trusting(PARTNER))],
        policies=policies,
        attachments=attached(*policies, role="sync"),
        instances=[instance("INSTANCE-ID"), instance("MQ_INST_1", series=Series.V4)],
        topics=[topic("INSTANCE-ID", "TOPIC")],
    )
    return judged(found, world(account))["sync"].verdict
