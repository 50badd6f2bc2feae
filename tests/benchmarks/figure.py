"""One row of the table that a benchmark prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured, and what it was to be."""

    what: str
    measured: str
    target: str
