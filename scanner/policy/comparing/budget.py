"""How much a comparison may search before it gives up.

The question is hard in the worst case, and policies are written by strangers. Everything that can
grow is counted here, so that a comparison ends with an answer or with `TooMuchError`.
"""

from __future__ import annotations


class TooMuchError(Exception):
    """The search went past its cap; the answer is UNKNOWN."""


class Budget:
    """Counts what was visited, up to a cap."""

    __slots__ = ("_cap", "spent")

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self.spent = 0

    def spend(self, states: int = 1) -> None:
        """Count some states.

        Raises:
            TooMuchError: more than the cap were counted.
        """
        self.spent += states
        if self.spent > self._cap:
            raise TooMuchError
