"""Whom a word means."""

from __future__ import annotations

import pytest

from scanner.access.entrance import Certainty
from scanner.access.people import OF_ACCOUNT, People, near_people, people
from scanner.model.ids import user_arn
from scanner.model.snapshot import Snapshot
from tests.access import estates as e
from tests.rules import worlds as w

ANN = user_arn(w.PARTNER, "ann")
TRUSTS = {"door": w.trusting(ANN), "hall": w.trusting(w.STRANGER), "attic": w.trusting(e.role_arn("door"))}
ACCOUNT = e.owner(TRUSTS, {"door": [w.allow(e.ASSUME, on=e.role_arn("attic"))]})


def meant(text: str, snapshot: Snapshot = ACCOUNT, other: Snapshot | None = None) -> People:
    view = w.view(snapshot)
    beside = None if other is None else w.view(other)
    return people(text, view, e.entered(view, beside), known=e.KNOWN)


@pytest.mark.parametrize(
    "text", [ANN, "ann", "user/ann", w.PARTNER, "Enterprise B", "enterprise b", w.root(w.PARTNER)]
)
def test_a_principal_is_meant_by_its_arn_name_account_and_partner(text: str) -> None:
    assert [path.roles for path in meant(text).paths] == [("door",), ("door", "attic")]


@pytest.mark.parametrize("text", ["bob", "2000", "Enterprise", "", "root", user_arn(w.PARTNER, "bob")])
def test_a_word_that_nobody_has_means_nobody(text: str) -> None:
    assert not meant(text).are_there


def test_a_user_of_an_account_that_is_trusted_as_a_whole_comes_in_if_it_holds_the_grant() -> None:
    (path,) = meant(user_arn(w.STRANGER, "zed")).paths
    assert path.roles == ("hall",)
    assert (path.certainty, path.only_if) == (Certainty.CONDITIONAL, (OF_ACCOUNT,))


def test_a_user_of_a_scanned_account_is_meant_only_where_it_holds_the_grant() -> None:
    trusting = e.owner({"door": w.trusting(w.PARTNER)}, {})
    scanned = e.partner({"ann": [w.allow(e.ASSUME)], "bob": []})
    assert [path.roles for path in meant(ANN, trusting, scanned).paths] == [("door",)]
    assert not meant(user_arn(w.PARTNER, "bob"), trusting, scanned).are_there


def test_a_wildcard_may_mean_anybody() -> None:
    (path,) = meant(user_arn(w.STRANGER, "zed"), e.owner({"open": w.trusting("*")}, {})).paths
    assert (path.principal, path.certainty) == ("*", Certainty.UNCERTAIN)


@pytest.mark.parametrize("text", [w.STRANGER, w.root(w.STRANGER), "Enterprise B", "9999999999999999"])
def test_a_wildcard_may_mean_somebody_of_any_account(text: str) -> None:
    (path,) = meant(text, e.owner({"open": w.trusting("*")}, {})).paths
    assert (path.principal, path.certainty) == ("*", Certainty.UNCERTAIN)


def test_a_pattern_that_names_another_account_means_nobody_of_this_one() -> None:
    there = e.owner({"open": w.trusting(f"acs:ram::{w.PARTNER}:role/ops-*")}, {})
    assert not meant(w.STRANGER, there).are_there


def test_a_session_means_its_role() -> None:
    robot = f"acs:ram::{w.PARTNER}:role/robot"
    found = meant(f"{robot}/nightly-job", e.owner({"door": w.trusting(robot)}, {}))
    assert [path.principal for path in found.paths] == [robot]


@pytest.mark.parametrize("text", ["door", "role/door", e.role_arn("door")])
def test_a_role_of_the_account_itself_is_meant_with_where_it_goes_on_to(text: str) -> None:
    found = meant(text).paths
    assert [path.roles for path in found] == [("door",), ("door", "attic")]
    assert all(path.starts_inside for path in found)


def test_whoever_is_trusted_in_vain_is_meant_as_well() -> None:
    found = meant("ann", e.owner({"door": w.trusting(ANN)}, {}), e.partner({"ann": []}))
    assert (found.paths, [closed.role for closed in found.closed]) == ((), ["door"])


def test_a_service_is_meant_by_its_text() -> None:
    service = f"{w.PARTNER}@fc.aliyuncs.com"
    found = meant(service, e.owner({"door": w.trusting(service=service)}, {}))
    assert [path.principal for path in found.paths] == [service]


@pytest.mark.parametrize(
    ("text", "near"), [("anm", ANN), ("Enterprize B", "Enterprise B"), ("atic", "attic")]
)
def test_near_names_are_offered(text: str, near: str) -> None:
    view = w.view(ACCOUNT)
    assert near in near_people(text, [view], [e.entered(view)], e.KNOWN)
