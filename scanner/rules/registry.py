"""Every rule that crossrole judges by, in the order in which `crossrole rules list` prints them.

The list is written out, so that a rule is in force because somebody put it here.
"""

from __future__ import annotations

from typing import Final

from scanner.rules.base import Rule

RULES: Final[tuple[Rule, ...]] = ()
"""Permissions first, then trust, then the account as a whole."""


def rule(rule_id: str) -> Rule | None:
    """The rule called `rule_id`, or None when there is no such rule."""
    return next((r for r in RULES if r.id == rule_id), None)
