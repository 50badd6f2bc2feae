"""Every operation that the local cloud claims answers as the vendor describes it, also when it refuses."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.emulator import explained, services
from scanner.emulator.errors import EXPLAINED_CODES
from tests.cloudfixture import credentials_of, load, running_cloud
from tests.emulator.calling import OPERATIONS, Caller
from tests.emulator.contract import (
    FILES,
    NEWER_FIELDS,
    NEWER_OPERATIONS,
    OMITTED,
    described,
    listed_codes,
    omissions,
    operations,
    problems,
)
from tests.emulator.refusals import REFUSALS, ROOT, Refusing, crowded_world
from tests.emulator.scenario import NEVER_SUCCEED, OWNER, STEPS, played

Answers = Mapping[str, Any]

SERVICES = Path(services.__file__).parent

IDS = [f"{each.name}-{each.code}-{number}" for number, each in enumerate(REFUSALS)]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """What each operation answered in the scenario."""
    world = load("tiny")
    with running_cloud(world, quotas=False) as cloud:
        caller = Caller(cloud, credentials_of(world, OWNER, "admin"))
        return {step.name: answer for step, answer in played(caller.ask)}


def left_out(name: str, answers: Answers) -> set[str]:
    """The described fields that the answer of one operation does not have."""
    operation = OPERATIONS[name]
    return set(omissions(described(operation.service, operation.name)["response"], answers[name]))


@pytest.fixture(scope="module")
def crowded() -> Iterator[Mapping[str, Caller]]:
    """Callers by user name, in an account in which every limit is reached."""
    world = crowded_world()
    with running_cloud(world, quotas=False) as cloud:
        yield {name: Caller(cloud, credentials_of(world, OWNER, name)) for name in ("admin", ROOT)}


def test_the_scenario_calls_every_operation() -> None:
    assert {step.name for step in STEPS} == OPERATIONS.keys() - NEVER_SUCCEED


@pytest.mark.parametrize("service", FILES)
def test_the_vendor_has_every_operation_that_is_claimed(service: str) -> None:
    claimed = {
        name.partition(":")[2]
        for name in OPERATIONS.keys() - NEWER_OPERATIONS
        if name.startswith(f"{service}:")
    }
    assert claimed <= operations(service).keys()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_method_and_path_are_the_described_ones(name: str) -> None:
    operation = OPERATIONS[name]
    vendor = described(operation.service, operation.name)
    assert operation.method.lower() in vendor["methods"]
    assert operation.path == vendor.get("path", "/")


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - NEVER_SUCCEED))
def test_the_answer_has_the_described_names_types_and_nesting(name: str, answers: Answers) -> None:
    operation = OPERATIONS[name]
    newer = {f"{field} is unknown" for field in NEWER_FIELDS.get(name, set())}
    schema = described(operation.service, operation.name)["response"]
    assert set(problems(schema, answers[name])) - newer == set()


@pytest.mark.parametrize("name", sorted(NEWER_FIELDS))
def test_the_list_of_newer_fields_has_no_idle_entry(name: str, answers: Answers) -> None:
    operation = OPERATIONS[name]
    schema = described(operation.service, operation.name)["response"]
    assert {f"{field} is unknown" for field in NEWER_FIELDS[name]} == set(problems(schema, answers[name]))


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - NEVER_SUCCEED))
def test_the_answer_leaves_out_no_described_field_but_those_of_the_list(name: str, answers: Answers) -> None:
    assert left_out(name, answers) <= OMITTED.get(name, frozenset())


@pytest.mark.parametrize("name", sorted(OMITTED))
def test_the_list_of_omitted_fields_has_no_idle_entry(name: str, answers: Answers) -> None:
    assert left_out(name, answers) >= OMITTED[name]


@pytest.mark.parametrize("refusing", REFUSALS, ids=IDS)
def test_a_refusal_has_a_code_that_the_vendor_lists_or_that_is_explained(
    refusing: Refusing, crowded: Mapping[str, Caller]
) -> None:
    refused = crowded[refusing.caller].refusal(refusing.name, body=refusing.body, **refusing.query)
    assert (refused.status, refused.code) == (refusing.status, refusing.code)
    listed = listed_codes(*refusing.name.split(":"))
    if refused.code not in EXPLAINED_CODES:
        assert refused.status in listed.get(refused.code, set())


def test_no_explanation_is_idle() -> None:
    of_services = EXPLAINED_CODES.keys() - explained._GATEWAY.keys() - explained._STS.keys()
    assert of_services <= {refusing.code for refusing in REFUSALS}


@pytest.mark.parametrize("module", sorted(path.stem for path in SERVICES.glob("*.py")))
def test_every_code_that_a_service_spells_out_is_tried(module: str) -> None:
    tried = {refusing.code for refusing in REFUSALS} | EXPLAINED_CODES.keys() & explained._STS.keys()
    assert set(_spelled_out(SERVICES / f"{module}.py")) <= tried


CODES = {
    "not_exist": "EntityNotExist.{}",
    "already_exists": "EntityAlreadyExists.{}",
    "limit_exceeded": "LimitExceeded.{}",
    "delete_conflict": "DeleteConflict.{}",
    "missing": "{}",
    "existed": "{}",
}
"""Functions that make a refusal, and the code from their first argument."""


def _spelled_out(path: Path) -> Iterator[str]:
    """The error codes that stand as text in a module's calls."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        words = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
        match node.func.id, words:
            case "Refusal", [_, str(code), *_]:
                yield code
            case str(name), [str(what), *_] if name in CODES:
                yield CODES[name].format(what)
            case _:
                continue
