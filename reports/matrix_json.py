"""The access matrix as plain values: which delegated role may do what, resource by resource.

Resources are listed once for each account, and a cell names them by their places in that list, counted from
0, as ranges: `0-13,17`. Cells that hold nothing are left out.
"""

from __future__ import annotations

import re
from typing import Final

from reports.json_values import Json
from reports.told import AccountAccess
from scanner.access.matrix import Cell, Column

_SET: Final = re.compile("1+")


def matrix_value(access: AccountAccess, roles: frozenset[str]) -> Json:
    """The rows of `roles`, those that the scan found."""
    return {
        "account": access.account,
        "resources": [resource.arn for resource in access.matrix.resources],
        "rows": [
            {
                "role": role,
                "unread": list(access.matrix.unread(role)),
                "cells": [
                    _cell(column, cell) for column, cell in access.matrix.row(role).items() if not cell.empty
                ],
            }
            for role in sorted(roles)
            if access.has(role)
        ],
    }


def ranges(bits: int) -> str:
    """The places of the bits that are set: `0-13,17`; empty for none."""
    return ",".join(_run(*found.span()) for found in _SET.finditer(f"{bits:b}"[::-1]))


def _cell(column: Column, cell: Cell) -> Json:
    return {
        "class": column.access.value,
        "series": None if column.series is None else column.series.value,
        "must": ranges(cell.must),
        "may": ranges(cell.may),
        "unknown": ranges(cell.unknown),
        "must_to_come": cell.must_to_come,
        "may_to_come": cell.may_to_come,
        "unknown_to_come": cell.unknown_to_come,
        "only_if": list(cell.only_if),
        "unless": list(cell.unless),
    }


def _run(start: int, end: int) -> str:
    return str(start) if end == start + 1 else f"{start}-{end - 1}"
