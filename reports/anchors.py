"""Ids for places in a page, made from names that strangers chose."""

from __future__ import annotations

import hashlib
import re
from typing import Final

_UNSAFE: Final = re.compile(r"[^a-z0-9]+")
_READABLE: Final = 32
_DIGEST: Final = 20
"""80 bits: two names with one id cannot be found by trying."""


def anchor(kind: str, *parts: str) -> str:
    """An id made of `a-z`, `0-9` and `-` that differs wherever `kind` or one of `parts` differs.

    The readable middle is only for people; the digest at the end tells names apart that look
    alike once the unsafe characters are gone.
    """
    digest = hashlib.sha256()
    for part in (kind, *parts):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(f"{len(encoded)}:".encode() + encoded)
    readable = _UNSAFE.sub("-", parts[-1].lower() if parts else "")[:_READABLE].strip("-")
    return "-".join(piece for piece in (kind, readable, digest.hexdigest()[:_DIGEST]) if piece)
