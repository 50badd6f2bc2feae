"""FACE ONLY, being built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scanner.policy.comparison import Change, Comparison, PolicySet
from scanner.policy.decision import SourcedPolicy

STATE_CAP: Final = 200_000


def compare(
    new: PolicySet, old: PolicySet, *, inventory: Sequence[str] = (), account: str = "", cap: int = STATE_CAP
) -> Comparison:
    """Whether `new` allows any request that `old` does not. `inventory`: ARNs preferred for the witness."""
    raise NotImplementedError


def change(
    new: PolicySet, old: PolicySet, *, inventory: Sequence[str] = (), account: str = "", cap: int = STATE_CAP
) -> Change:
    """Both directions."""
    raise NotImplementedError


def compare_trust(
    new: SourcedPolicy | None, old: SourcedPolicy | None, *, role: str, cap: int = STATE_CAP
) -> Comparison:
    """Whether trust policy `new` lets in any caller that `old` does not (caller's own policies set aside)."""
    raise NotImplementedError


def change_trust(
    new: SourcedPolicy | None, old: SourcedPolicy | None, *, role: str, cap: int = STATE_CAP
) -> Change:
    """Both directions."""
    raise NotImplementedError
