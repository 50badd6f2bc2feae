"""A rule is one module, one registry line, one test file and texts that help; none may be missing."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

import scanner.rules
from scanner.model.finding import Verdict
from scanner.rules.base import Rule
from scanner.rules.registry import RULES, rule

SHARED = {
    "base",
    "delegated",
    "external_ids",
    "narrowing",
    "permissions",
    "references",
    "registry",
    "remedies",
    "trails",
}
"""Modules that hold no rule: what several rules share."""

SOURCES = Path(scanner.rules.__file__).parent
MODULES = sorted({path.stem for path in SOURCES.glob("*.py")} - {"__init__"} - SHARED)
TESTS = Path(__file__).parent


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> str:
    name = request.param
    assert isinstance(name, str)
    return name


def rule_of(module: str) -> Rule:
    found = import_module(f"scanner.rules.{module}").RULE
    assert isinstance(found, Rule)
    return found


def test_each_module_holds_a_rule_that_is_registered(module: str) -> None:
    assert any(registered is rule_of(module) for registered in RULES)


def test_the_registry_names_each_rule_once_and_has_a_module_for_it() -> None:
    assert Counter(r.id.replace("-", "_") for r in RULES) == Counter(MODULES)


def test_a_rule_is_called_like_its_module(module: str) -> None:
    assert rule_of(module).id == module.replace("_", "-")


def test_a_rule_is_found_by_its_id(module: str) -> None:
    assert rule(rule_of(module).id) is rule_of(module)


def test_an_unknown_id_finds_nothing() -> None:
    assert rule("no-such-rule") is None


def test_a_rule_has_a_test_file_with_every_verdict_that_decides(module: str) -> None:
    text = (TESTS / f"test_{module}.py").read_text(encoding="utf-8")
    for verdict in (Verdict.FAIL, Verdict.PASS, Verdict.UNKNOWN):
        assert f"Verdict.{verdict.name}" in text


def test_a_rule_explains_itself(module: str) -> None:
    explained = rule_of(module)
    remedy = explained.remedy
    for text in (explained.title, explained.reference, remedy.cli, remedy.console, remedy.terraform):
        assert text.strip()
    assert len(explained.why.split()) >= 20
    assert explained.why.rstrip().endswith(".")
    assert "\n" not in explained.title
    assert not explained.title.endswith(".")


def test_a_remedy_names_commands_and_resources_that_exist(module: str) -> None:
    remedy = rule_of(module).remedy
    commands = [line for line in remedy.cli.splitlines() if not line.lstrip().startswith("#")]
    assert any(
        re.match(r"\s*aliyun (ram|actiontrail|resourcemanager|rocketmq|ons|sts) ", line) for line in commands
    )
    assert re.search(r'resource "alicloud_\w+" "\w+" \{', remedy.terraform)
    assert remedy.terraform.count("{") == remedy.terraform.count("}")
    assert "console" in remedy.console.lower()
