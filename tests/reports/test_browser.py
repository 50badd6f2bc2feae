"""The HTML report in a real browser, at desktop and phone width, light, dark and on paper."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from typing import Final

import pytest

from reports.html import render_html
from tests.reports.chromium import Chromium, find_chromium
from tests.reports.reaching import many
from tests.reports.sample import HOSTILE, crowded, hostile, small

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES: Final = {
    "small": render_html(small()),
    "hostile": render_html(hostile()),
    "crowded": render_html(crowded(100, others=900)),
    "many": render_html(many(80, instances=60)),
}
NO_POLICY: Final = re.compile(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>")

BROKEN_ANCHORS: Final = """
[...document.querySelectorAll('a[href^="#"]')]
  .map(a => a.getAttribute('href').slice(1))
  .filter(id => !document.getElementById(id))
"""
OVERLAPPING_TEXT: Final = """
[...document.querySelectorAll('p, li, td, th, h1, h2, h3, h4, h5, dd')]
  .filter(e => !e.closest('.scroll') && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.textContent.trim().slice(0, 60))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    path = find_chromium()
    if path is None:
        if os.environ.get("CROSSROLE_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium is installed, and CROSSROLE_REQUIRE_BROWSER=1 asks for one")
        pytest.skip("no Chromium: install it, or name one in CROSSROLE_CHROMIUM")
    with Chromium(path) as running:
        yield running


def open_all(browser: Chromium) -> None:
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_and_nothing_runs(browser: Chromium, name: str) -> None:
    browser.show(PAGES[name])
    open_all(browser)
    assert [url.rpartition("/")[2][:5] for url in browser.seen.requests] == ["page-"]
    assert browser.seen.dialogs == []
    assert browser.seen.console == []
    assert browser.ask("document.scripts.length") == 0


def test_hostile_names_do_not_run_even_without_the_content_policy(browser: Chromium) -> None:
    bare = NO_POLICY.sub("", PAGES["hostile"])
    assert "Content-Security-Policy" not in bare
    browser.show(bare)
    open_all(browser)
    assert browser.ask("document.title") == HOSTILE[0]
    assert browser.ask("document.scripts.length") == 0
    assert browser.ask("document.querySelectorAll('img, [onload], [onerror]').length") == 0
    assert browser.ask("getComputedStyle(document.body).display") == "block"
    assert len(browser.seen.requests) == 1
    assert browser.seen.dialogs == []


def test_what_a_name_could_smuggle_in_would_be_noticed(browser: Chromium) -> None:
    """The checks above see what they look for, and the content policy stops it."""
    smuggled = f"<body>{HOSTILE[0]}<img src='https://127.0.0.1:9/x.png'>"
    browser.show(NO_POLICY.sub("", PAGES["small"]).replace("<body>", smuggled, 1))
    assert browser.ask("document.title") == "taken"
    assert len(browser.seen.requests) > 1
    browser.show(PAGES["small"].replace("<body>", smuggled, 1))
    assert browser.ask("document.title") == "Cross-account access report"
    assert browser.seen.console != []


@pytest.mark.parametrize("name", PAGES)
def test_every_anchor_resolves(browser: Chromium, name: str) -> None:
    browser.show(PAGES[name])
    assert browser.ask(BROKEN_ANCHORS) == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_the_page_never_scrolls_sideways(browser: Chromium, name: str, width: int) -> None:
    browser.show(PAGES[name], width=width, phone=width < 500)
    open_all(browser)
    assert browser.ask("innerWidth") == width
    assert browser.ask("document.scrollingElement.scrollWidth <= innerWidth") is True
    assert browser.ask(OVERLAPPING_TEXT) == []


@pytest.mark.parametrize(("width", "columns"), [(1280, 34), (390, 34)])
def test_the_picture_of_who_reaches_what_keeps_its_headings_in_sight(
    browser: Chromium, width: int, columns: int
) -> None:
    browser.show(PAGES["many"], width=width, phone=width < 500)
    browser.ask("document.querySelector('.grid').scrollIntoView()")
    browser.ask("document.querySelector('.grid').scrollBy(200, 400)")
    assert browser.ask("document.querySelector('.grid').scrollTop > 200") is True
    above, before = (
        f"document.querySelector('.grid {inside}').getBoundingClientRect().{side} >= "
        f"document.querySelector('.grid').getBoundingClientRect().{side}"
        for inside, side in (("thead", "top"), ("th[scope=row]", "left"))
    )
    assert browser.ask(above) is True
    assert browser.ask(before) is True
    assert browser.ask(f"document.querySelectorAll('.grid thead th').length <= {columns} + 1") is True


def test_every_mark_has_words_and_is_told_by_more_than_its_colour(browser: Chromium) -> None:
    browser.show(PAGES["many"])
    wordless = "[...document.querySelectorAll('.grid td > *')].filter(e => e.getAttribute('role') !== 'img' || !e.title)"
    assert browser.ask(f"{wordless}.length") == 0
    assert browser.ask("document.querySelectorAll('.grid td > span').length > 100") is True
    letterless = (
        "[...document.querySelectorAll('.grid td i')].filter(e => !/^[EKANPRSM?]?$/.test(e.textContent))"
    )
    assert browser.ask(f"{letterless}.length") == 0
    looks = """
        ['all', 'some', 'may', 'open'].map(state => document.querySelector(`.legend i.plain.${state}`))
          .map(e => getComputedStyle(e)).map(s => [s.backgroundImage, s.boxShadow, s.outlineStyle, s.borderRadius].join())
    """
    assert browser.ask(f"new Set({looks}).size") == 4


@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits_on_paper(browser: Chromium, name: str) -> None:
    browser.show(PAGES[name], width=688, paper=True, dark=True)
    assert browser.ask("document.scrollingElement.scrollWidth <= innerWidth") is True
    assert browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_closed_documents_are_printed(browser: Chromium) -> None:
    browser.show(PAGES["small"], width=688, paper=True)
    assert (
        browser.ask("[...document.querySelectorAll('pre')].every(p => p.getBoundingClientRect().height > 10)")
        is True
    )
    browser.show(PAGES["small"])
    assert browser.pdf().startswith(b"%PDF-")


def test_a_link_to_a_shared_document_opens_it(browser: Chromium) -> None:
    browser.show(PAGES["small"])
    browser.ask(
        "location.hash = [...document.querySelectorAll('a')].find(a => a.textContent.includes('shown above')).hash"
    )
    assert browser.ask("document.querySelector(':target').closest('details').open") is True


@pytest.mark.parametrize(("width", "phone"), [(1280, False), (390, True)])
def test_light_and_dark_pages_are_drawn_and_differ(browser: Chromium, width: int, *, phone: bool) -> None:
    pictures = []
    for dark in (False, True):
        browser.show(PAGES["small"], width=width, phone=phone, dark=dark)
        picture = browser.screenshot()
        assert size(picture)[0] == width
        assert size(picture)[1] > 3_000
        assert len(picture) > 100_000
        pictures.append(picture)
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("name", ["small", "crowded"])
def test_labels_in_the_picture_stay_in_their_boxes(browser: Chromium, name: str) -> None:
    browser.show(PAGES[name])
    spilled = browser.ask("""
        [...document.querySelectorAll('.canvas svg svg')]
          .flatMap(box => [...box.querySelectorAll('text')].map(text => [box, text]))
          .filter(([box, text]) => text.getComputedTextLength() + 15 > box.width.baseVal.value)
          .map(([box, text]) => text.textContent)
    """)
    assert spilled == []
