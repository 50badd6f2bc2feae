"""The report as one HTML page that needs nothing else: no script, no font, no network.

Every text that reaches the page goes through `_printable`, which makes invisible characters
visible, and through Jinja's escaping. The page forbids itself everything but its own style sheet.
"""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.coverage import account_coverage
from reports.documents import Shelf
from reports.findings import FindingDesk, tallies
from reports.index import Index
from reports.input import ReportInput
from reports.limits import DELEGATION_ROWS
from reports.matrix import draw_matrices
from reports.picture import draw
from reports.roles import chain_views, delegation_view, other_roles, part_anchors, role_part
from reports.summary import summary
from reports.told import Told
from reports.words import capped, count, moment
from scanner.model.text import shortened, visible, visible_block

POLICY: Final = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
"""What the page lets itself do; `frame-ancestors` cannot be said in a page."""

_WIDTHS: Final = (
    dict.fromkeys("ABCDEFGHKNOPQRSTUVXYZ<>=+", 1.2) | dict.fromkeys("mw%", 1.55) | dict.fromkeys("MW@", 1.9)
)
"""How much wider than usual some letters are in most typefaces."""


def render_html(report: ReportInput) -> str:
    """The whole page. The same input gives the same text."""
    index = Index.of(report)
    parts = part_anchors(index)
    desk = FindingDesk(report, index, parts)
    shelf = Shelf()
    told = Told(report, index)
    severities = desk.by_severity(index.failed)
    style = _style()
    return (
        _environment()
        .get_template("report.html")
        .render(
            title=report.title,
            version=report.version,
            generated=moment(report.generated),
            local_cloud=report.local_cloud,
            accounts=tuple(a.snapshot for a in index.accounts),
            content_policy=POLICY.format(_digest(style)),
            style=Markup(style),  # noqa: S704 - our own file; the content policy names its digest
            summary=summary(index, severities),
            delegations=capped((d for found in index.delegated.values() for d in found), DELEGATION_ROWS).map(
                lambda d: delegation_view(d, index=index, parts=parts, told=told)
            ),
            chains=chain_views(report, parts=parts, told=told),
            matrices=tuple(draw_matrices(report, index, told=told, parts=parts)),
            picture=draw(index, parts),
            severities=severities,
            unknown=desk.by_rule(index.unknown),
            tallies=tallies(report),
            roles=tuple(
                role_part(key, index=index, parts=parts, desk=desk, shelf=shelf, told=told) for key in parts
            ),
            roles_left_out=len(index.delegated) - len(parts),
            other_roles=tuple(other_roles(a, index) for a in index.accounts),
            coverage=tuple(account_coverage(a) for a in index.accounts),
            shelf=shelf,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
    )
    filters: Mapping[str, Callable[..., object]] = {
        "block": _block,
        "prose": _prose,
        "short": shortened,
        "fit": _fit,
        "count": count,
        "number": _number,
    }
    environment.filters.update(filters)
    return environment


def _printable(value: object) -> object:
    """What a template may print: escaped markup, or text and whole numbers."""
    match value:
        case Markup():
            return value
        case str():
            return visible(value)
        case bool() | None:
            message = f"a template prints {value!r}, which says nothing to a reader"
            raise TypeError(message)
        case int():
            return str(value)
        case _:
            message = f"a template prints a {type(value).__name__}"
            raise TypeError(message)


def _fit(text: str, room: float) -> str:
    """`text` shortened in its middle to about `room` letters of usual width: names often differ at the end."""
    shown = visible(text)
    if sum(map(_width, shown)) <= room:
        return shown
    return f"{_start(shown, room * 0.6)}…{_start(shown[::-1], room * 0.35)[::-1]}"


def _start(text: str, room: float) -> str:
    widths = itertools.accumulate(map(_width, text))
    return text[: sum(1 for _ in itertools.takewhile(lambda taken: taken <= room, widths))]


def _width(char: str) -> float:
    return 2.0 if unicodedata.east_asian_width(char) in "WF" else _WIDTHS.get(char, 1.0)


def _number(value: int) -> str:
    return f"{value:,}"


def _block(text: str) -> Markup:
    """`text` with its line breaks, for a place between tags.

    Quotes stay as they are there, which makes pages of JSON a third smaller; in an attribute this
    would not be safe.
    """
    return Markup(html.escape(visible_block(text), quote=False))  # noqa: S704 - escaped in this line


def _prose(text: str) -> Markup:
    """`text` with what stands between backticks set as a name."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return escape(visible(text))
    return Markup("").join(
        Markup("<code><bdi>{}</bdi></code>").format(visible(piece)) if i % 2 else escape(visible(piece))
        for i, piece in enumerate(pieces)
    )


def _style() -> str:
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), "style.css")[0]


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
