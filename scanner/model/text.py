"""Text that strangers wrote, made safe to look at.

Names, descriptions and documents come from the cloud and may hold characters that do not
print, or that change how the text around them prints. This module makes such characters
visible; escaping for HTML, Markdown or a shell is the business of whoever prints there.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_HIDDEN_LETTERS: Final = frozenset(
    map(
        chr,
        (
            0x034F,  # combining grapheme joiner
            0x115F,  # Hangul fillers
            0x1160,
            0x17B4,  # Khmer inherent vowels
            0x17B5,
            *range(0x180B, 0x1810),  # Mongolian variation selectors
            0x2800,  # the empty Braille pattern
            0x3164,
            *range(0xFE00, 0xFE10),  # variation selectors
            0xFFA0,
            *range(0xE0100, 0xE01F0),
        ),
    )
)
"""Characters that show nothing although their category says letter, mark or symbol."""

_PLAIN: Final = re.compile(r"[ -~]*")
_PLAIN_BLOCK: Final = re.compile(r"[\n -~]*")
_MARKS_IN_A_ROW: Final = 2
"""How many combining marks one character may carry; more would be drawn over other lines."""
_ASTRAL: Final = 0x10000


def visible(text: str) -> str:
    r"""`text` on one line, with everything invisible written as an escape such as `\u202e`.

    That is control characters, line breaks, marks that turn the direction of text, zero-width
    and unassigned characters, blanks other than the space, and combining marks that pile up.
    A backslash stays as it is: the result is for reading, not for decoding.
    """
    return text if _PLAIN.fullmatch(text) else _escaped(text, keep="")


def visible_block(text: str) -> str:
    """As `visible`, but keeping line breaks, for documents of several lines."""
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return text if _PLAIN_BLOCK.fullmatch(text) else _escaped(text, keep="\n")


def shortened(text: str, limit: int) -> str:
    """`visible(text)` with at most `limit` characters, the last an ellipsis where something is left out."""
    shown = visible(text[: limit + 1])
    return shown if len(text) <= limit and len(shown) <= limit else shown[: limit - 1] + "…"


def _escaped(text: str, *, keep: str) -> str:
    out: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char).startswith("M") else 0
        hidden = char not in keep and (marks > _MARKS_IN_A_ROW or _is_hidden(char))
        out.append(_escape(char) if hidden else char)
    return "".join(out)


def _is_hidden(char: str) -> bool:
    return char != " " and (unicodedata.category(char) in _HIDDEN_CATEGORIES or char in _HIDDEN_LETTERS)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\U{code:08x}" if code >= _ASTRAL else f"\\u{code:04x}"
