"""Real policies from public repositories: all of them are read, and what is odd in them is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.policy.lint import lint
from scanner.policy.parse import parse
from scanner.policy.render import render
from scanner.policy.syntax import PolicyType
from scanner.policy.trust import trusted

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("CROSSROLE_SHARED") or ROOT.parent / "shared") / "corpus"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of public policies is not here")

KINDS = (PolicyType.PERMISSION, PolicyType.TRUST)
FILES = [(kind, path) for kind in KINDS for path in sorted((CORPUS / kind.value).glob("*.json"))]

EXPECTED = {"principal-wildcard", "unknown-principal", "undocumented-variable"}
"""Masked account ids (`1234****`) and the templates' own `${...}` are in no document of the language."""


@pytest.mark.parametrize(("kind", "path"), FILES, ids=[path.stem for _, path in FILES])
def test_a_public_policy_is_read_without_loss(kind: PolicyType, path: Path) -> None:
    parsed = parse(path.read_text(encoding="utf-8"), type=kind)
    assert parsed.statements
    assert {problem.code for problem in parsed.problems} <= EXPECTED
    assert not parsed.unsupported
    assert not any(statement.unsupported for statement in parsed.statements)
    again = parse(render(parsed), type=kind)
    assert again.statements == parsed.statements
    assert again.others == parsed.others == ()
    lint(parsed)


def test_the_corpus_is_not_empty() -> None:
    assert {kind for kind, _ in FILES} == set(KINDS)


def test_every_public_trust_policy_names_whom_it_trusts() -> None:
    for kind, path in FILES:
        text = path.read_text(encoding="utf-8")
        if kind is PolicyType.TRUST and "sts:AssumeRole" in text:
            assert trusted(parse(text, type=kind)), path.stem
