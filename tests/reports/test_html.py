"""The HTML report: whole, safe, small and honest."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from reports.html import render_html
from reports.input import ReportInput
from reports.limits import DETAILED_ROLES
from scanner.model.finding import SubjectKind, Verdict
from scanner.model.text import visible
from tests.reports.page import Page, page_of
from tests.reports.sample import (
    EVERYTHING,
    EXTERNAL_ID,
    HOSTILE,
    NOON,
    OWNER,
    crowded,
    finding,
    hostile,
    small,
)

EMPTY = ReportInput(snapshots=(), findings=(), delegations=(), generated=NOON, version="0.1.0")
WORLDS = {
    "small": small(),
    "hostile": hostile(),
    "crowded": crowded(60, others=40, documents=30),
    "empty": EMPTY,
}
MEGABYTE = 1_000_000
SCOPES = {"row", "col", "rowgroup", "colgroup"}


@pytest.fixture(scope="module", params=WORLDS)
def page(request: pytest.FixtureRequest) -> Page:
    return page_of(render_html(WORLDS[request.param]))


def test_every_anchor_leads_somewhere(page: Page) -> None:
    links = {e.attributes["href"][1:] for e in page.all("a") if e.attributes["href"].startswith("#")}
    assert links <= set(page.ids)


def test_every_id_is_safe_and_stands_once(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", i) for i in page.ids)


def test_names_given_by_reference_exist(page: Page) -> None:
    named = {i for e in page.elements for i in e.attributes.get("aria-labelledby", "").split()}
    assert named <= set(page.ids)


def test_every_element_is_closed(page: Page) -> None:
    assert page.faults == []


def test_the_page_needs_nothing_and_runs_nothing(page: Page) -> None:
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "form", "base", "use", "image")
    attributes = {name for e in page.elements for name in e.attributes}
    assert not any(name.startswith("on") for name in attributes)
    assert not attributes & {"src", "srcset", "style", "action", "formaction", "background", "xlink:href"}
    hrefs = {e.attributes["href"] for e in page.elements if "href" in e.attributes}
    assert all(href.startswith(("#", "https://")) for href in hrefs)


def test_the_page_forbids_itself_everything_but_its_style_sheet(page: Page) -> None:
    policy = next(e.attributes["content"] for e in page.all("meta") if "http-equiv" in e.attributes)
    style = page.all("style")
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|expression", style[0].text)


def test_headings_do_not_skip_a_level(page: Page) -> None:
    levels = [int(e.tag[1]) for e in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_reader_who_cannot_see_finds_the_way(page: Page) -> None:
    assert page.all("html")[0].attributes["lang"] == "en"
    assert len(page.all("main")) == 1
    assert all("aria-labelledby" in e.attributes for e in page.all("nav"))
    assert all(e.attributes.get("scope") in SCOPES for e in page.all("th"))
    for drawing in page.all("svg"):
        assert drawing.attributes.get("role") == "img" or "viewbox" not in drawing.attributes


def test_nothing_invisible_reaches_the_page(page: Page) -> None:
    assert visible(page.text.replace("\n", " ")) == page.text.replace("\n", " ")


@pytest.mark.parametrize("report", WORLDS.values(), ids=WORLDS)
def test_the_same_input_gives_the_same_bytes(report: ReportInput) -> None:
    first = render_html(report)
    turned = replace(
        report,
        snapshots=report.snapshots[::-1],
        findings=report.findings[::-1],
        delegations=report.delegations[::-1],
    )
    assert render_html(turned) == first
    first.encode("utf-8")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_and_nothing_more(name: str) -> None:
    html = render_html(hostile())
    assert visible(name) in page_of(html).text
    if "<" in name:
        assert name not in html


def test_no_external_id_is_shown() -> None:
    html = render_html(small())
    assert EXTERNAL_ID not in html
    assert "***" in html


def test_the_local_cloud_is_named_at_the_top() -> None:
    report = small()
    assert "From the local cloud" not in render_html(report)
    local = replace(report, snapshots=(replace(report.snapshots[0], local_cloud=True),))
    assert "From the local cloud" in render_html(local)


def test_the_summary_says_in_sentences_how_things_stand() -> None:
    text = " ".join(page_of(render_html(small())).text.split())
    assert (
        "4 of 7 roles can be assumed from outside, by 3 outside parties, one of which the settings do not name."
        in text
    )
    assert "5 checks failed: 1 critical, 1 high, 1 medium, 1 low and 1 info." in text
    assert "3 things could not be read." in text
    assert "3 checks could not be decided. They are not passed" in text


def test_unread_trust_is_not_taken_for_closed() -> None:
    report = small()
    snapshot = replace(report.snapshots[0], roles=report.snapshots[0].roles[:2])
    text = " ".join(
        page_of(render_html(replace(report, snapshots=(snapshot,), delegations=(), findings=()))).text.split()
    )
    assert "is known to be open to the outside, but for 1 role this could not be read" in text
    assert "can be assumed from outside." not in text
    assert "It is not known who may assume these" in text


def test_an_unread_policy_is_not_taken_for_empty() -> None:
    text = " ".join(page_of(render_html(small())).text.split())
    assert "Its document could not be read: missing ram:GetPolicy. What it grants is not known." in text


def test_each_delegated_role_shows_trust_grants_and_evidence() -> None:
    html = render_html(small())
    for wanted in (
        EVERYTHING.digest,
        "$.Statement[0].Principal.RAM[0]",
        "resource group rg-acfmorders",
        "acs:ram::3000000000000003:user/lena",
    ):
        assert wanted in html


def test_gaps_name_the_missing_permission() -> None:
    text = " ".join(page_of(render_html(small())).text.split())
    assert "Permissions that would have let it read more ram:GetPolicy for 1 read" in text
    assert "the whole list server: Try again later." in text


def test_a_finding_about_something_without_a_part_shows_its_evidence_where_it_stands() -> None:
    evidence = small().findings[0].evidence[:1]
    user = finding(
        "grants-everything",
        "mallory",
        "user `mallory` may do everything",
        kind=SubjectKind.USER,
        evidence=evidence,
    )
    html = render_html(replace(small(), findings=(user,)))
    assert EVERYTHING.digest in html.split('id="findings"')[1].split('id="undetermined"')[0]


def test_a_rule_that_is_not_explained_is_still_shown() -> None:
    html = render_html(replace(small(), rules={}))
    assert "grants-everything" in html


def test_unknown_is_never_counted_as_passed() -> None:
    report = replace(small(), findings=tuple(f for f in small().findings if f.verdict is Verdict.UNKNOWN))
    text = " ".join(page_of(render_html(report)).text.split())
    assert "No check failed. Some could not be decided" in text
    assert "0 checks of this role passed." in text


def test_a_document_shared_by_roles_is_printed_once() -> None:
    html = render_html(crowded(40))
    shared = 'instance/rmq-cn-00000000/topic/*"]'
    assert html.count(shared) == 1
    assert html.count("Its document is shown above") > 5


def test_an_account_of_a_thousand_roles_stays_small() -> None:
    html = render_html(crowded(1_000, documents=200))
    assert len(html.encode()) < 5 * MEGABYTE
    assert "more roles can be assumed from outside" in html
    assert html.count('<article class="role"') <= DETAILED_ROLES + 1
    assert page_of(html).faults == []


def test_a_role_with_very_many_findings_keeps_the_page_small() -> None:
    report = crowded(300)
    noisy = tuple(
        replace(f, rule=f"{f.rule}-{n}", evidence=f.evidence * 8) for f in report.findings for n in range(8)
    )
    assert len(render_html(replace(report, findings=noisy)).encode()) < 5 * MEGABYTE


def test_the_latest_of_two_scans_of_an_account_is_shown() -> None:
    report = small()
    old = replace(report.snapshots[0], taken=NOON.replace(year=2020), profile="older-profile")
    html = render_html(replace(report, snapshots=(report.snapshots[0], old)))
    assert "older-profile" not in html
    assert html.count(f"Account {OWNER} (profile") == 1
