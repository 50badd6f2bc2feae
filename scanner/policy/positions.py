"""JSON paths, and untrusted words made fit to stand in a message."""

from __future__ import annotations

from typing import Final

from scanner.model.text import shortened, visible

ROOT: Final = "$"
SHOWN: Final = 120
"""How many characters of a word a message shows."""


def member(path: str, key: str) -> str:
    """The path of the member `key` of the object at `path`."""
    if key.isascii() and key.isidentifier():
        return f"{path}.{key}"
    quoted = visible(key.replace("\\", "\\\\").replace("'", "\\'"))
    return f"{path}['{quoted}']"


def item(path: str, index: int) -> str:
    """The path of an item of the list at `path`."""
    return f"{path}[{index}]"


def shown(text: str) -> str:
    """`text` visible, shortened and in backticks."""
    return f"`{shortened(text, SHOWN)}`"
