"""The same question over resources that exist, so that a witness can be one of them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from scanner.policy.comparing.pieces import Piece
from scanner.policy.comparing.tables import ACTION, QuestionTables
from scanner.policy.comparing.targets import is_everything
from scanner.policy.comparing.witness import actions_on
from scanner.policy.pattern import ResourceMatch, resource_matches

RESOURCE = "resource"
"""The variable of the resource, where its values are those of an inventory."""


class InventoryTables:
    """The tables of a question with the resources of one kind as values, and the actions that are asked on them."""

    def __init__(self, tables: QuestionTables, kind: str, arns: Sequence[str]) -> None:
        self.arns = arns
        self._tables = tables
        self._actions = actions_on(kind)
        self._met: dict[Hashable, tuple[int, int]] = {}

    def variables(self, piece: Piece) -> Sequence[Hashable]:
        """The variables that the piece says something about; always the action, whose values are fewer here."""
        found = dict.fromkeys((ACTION, *self._tables.variables(piece)))
        return (*found, RESOURCE)

    def all_values(self, variable: Hashable) -> int:
        """Every value of a variable."""
        if variable == RESOURCE:
            return (1 << len(self.arns)) - 1
        every = self._tables.all_values(variable)
        return every & self._actions if variable == ACTION else every

    def must(self, variable: Hashable, piece: Piece) -> int:
        """The values for which the piece surely applies."""
        return self._resources(piece)[0] if variable == RESOURCE else self._tables.must(variable, piece)

    def may(self, variable: Hashable, piece: Piece) -> int:
        """The values for which it applies or may apply."""
        return self._resources(piece)[1] if variable == RESOURCE else self._tables.may(variable, piece)

    def _resources(self, piece: Piece) -> tuple[int, int]:
        if piece.key not in self._met:
            self._met[piece.key] = self._matched(piece.resources)
        return self._met[piece.key]

    def _matched(self, patterns: Sequence[str]) -> tuple[int, int]:
        every = (1 << len(self.arns)) - 1
        if any(map(is_everything, patterns)):
            return every, every
        must = may = 0
        for pattern in patterns:
            for index, arn in enumerate(self.arns):
                met = resource_matches(pattern, arn)
                must |= (met is ResourceMatch.YES) << index
                may |= (met is not ResourceMatch.NO) << index
        return must, may
