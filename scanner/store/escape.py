"""Text as both databases can keep it.

PostgreSQL refuses NUL and lone surrogates, and the cloud's names are written by strangers.
Each such character becomes U+001A SUBSTITUTE and four hexadecimal digits, as does U+001A
itself, so the text comes back exactly. All other text is stored as it is and can be searched for.
"""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = "\x1a"
_REFUSED: Final = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED: Final = re.compile("\x1a([0-9a-f]{4})")


def escape(text: str) -> str:
    """`text` without the characters that a database may refuse."""
    return _REFUSED.sub(lambda found: f"{_MARK}{ord(found[0]):04x}", text)


def unescape(stored: str) -> str:
    """The text that `escape` was given."""
    if _MARK not in stored:
        return stored
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), stored)
