"""The gaps of a snapshot, by what they are about.

A scan that was refused everything has as many gaps as it has roles and policies, so
they are looked up, not searched. What a gap means for a verdict is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.snapshot import Gap, Subject


class GapIndex:
    """Answers why something is missing from a snapshot."""

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self._why: dict[tuple[Subject, str], str] = {}
        for gap in gaps:
            self._why.setdefault((gap.subject, gap.name), str(gap.because))

    def why(self, subject: Subject, name: str = "") -> str | None:
        """Why `name` could not be read, itself or with the whole listing; None when nothing says so."""
        return self._why.get((subject, name)) or self._why.get((subject, ""))
