"""The JSON report: exact, sorted, described."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from reports.input import ReportInput
from reports.json_report import SCHEMA, render_json
from tests.reports.sample import EXTERNAL_ID, HOSTILE, crowded, hostile, small

REPORTS = {"small": small(), "hostile": hostile(), "crowded": crowded(30)}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_it_is_as_its_schema_says(report: ReportInput) -> None:
    schema = json.loads(files("reports").joinpath("schemas/report-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(render_json(report)), schema)
    assert json.loads(render_json(report))["schema"] == SCHEMA


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_the_same_input_gives_the_same_bytes_whatever_its_order(report: ReportInput) -> None:
    turned = replace(report, findings=report.findings[::-1], delegations=report.delegations[::-1])
    assert render_json(turned) == render_json(report)


def test_names_are_exact_and_the_text_is_plain() -> None:
    text = render_json(hostile())
    assert text.isascii()
    assert all(char.isprintable() or char == "\n" for char in text)
    assert {d["role"] for d in json.loads(text)["delegations"]} == set(HOSTILE)


def test_no_external_id_is_in_it() -> None:
    assert EXTERNAL_ID not in render_json(small())


def test_verdicts_are_counted_apart() -> None:
    summary = json.loads(render_json(small()))["summary"]
    assert summary["verdicts"] == {"fail": 5, "not applicable": 0, "pass": 2, "unknown": 3}
    assert summary["failed_by_severity"]["critical"] == 1


def test_what_could_not_be_read_is_named() -> None:
    account = json.loads(render_json(small()))["accounts"][0]
    assert account["trust_unread"] == ["half-read"]
    assert {g["missing_permission"] for g in account["gaps"]} == {"ram:GetRole", "ram:GetPolicy", None}
