"""Whether one pattern surely covers all that another does.

The answer is yes only where it holds however `*` is read, crossing `:` or not; what is no may still be
covered. An exact comparison is in `scanner.policy.compare`.
"""

from __future__ import annotations

from scanner.policy.arn_forms import PARTS, parts_of
from scanner.policy.pattern import anywhere_in_ram, fold, has_variable, is_pattern, matches


def covers_action(wide: str, narrow: str) -> bool:
    """Whether the action pattern `wide` surely covers every action that `narrow` does."""
    return _covers(fold(wide), fold(narrow))


def covers_resource(wide: str, narrow: str) -> bool:
    """Whether the resource pattern `wide` surely covers every resource that `narrow` does."""
    if has_variable(wide) or has_variable(narrow):
        return wide == narrow
    if not wide.strip("*"):
        return bool(wide)
    parts, others = parts_of(anywhere_in_ram(wide)), parts_of(anywhere_in_ram(narrow))
    return wide == narrow or (len(parts) == len(others) == PARTS and all(map(_covers, parts, others)))


def _covers(wide: str, narrow: str) -> bool:
    if wide == narrow:
        return True
    if has_variable(wide) or has_variable(narrow) or not is_pattern(wide):
        return False
    if "?" in wide and "*" in narrow:
        return False  # A `?` must not stand for a `*`.
    return matches(wide, narrow)
