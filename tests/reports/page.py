"""A rendered page taken apart with the standard library's own parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "img", "input", "hr", "rect", "path"})


@dataclass(slots=True)
class Element:
    """One start tag and what is inside it."""

    tag: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says, everything inside it included."""
        return "".join(self.parts)


@dataclass(slots=True)
class Page(HTMLParser):
    """Every element of a page in its order, and what was not closed."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if len(element.attributes) != len(attrs):
            self.faults.append(f"<{tag}> repeats an attribute")
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def all(self, *tags: str) -> list[Element]:
        """The elements with one of these tags."""
        return [e for e in self.elements if e.tag in tags]

    @property
    def ids(self) -> list[str]:
        """Every id, repeated ones included."""
        return [e.attributes["id"] for e in self.elements if "id" in e.attributes]

    @property
    def text(self) -> str:
        """What the body says."""
        return next(e.text for e in self.elements if e.tag == "body")


def page_of(html: str) -> Page:
    """`html`, taken apart."""
    page = Page()
    page.feed(html)
    page.close()
    return page
