"""Policy documents as the judges read them: raw JSON to rows, with everything odd marked and nothing judged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import Final, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_SMALL: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
_PERMISSION: Final = {"Sid", "Effect", "Action", "NotAction", "Resource", "Condition"}
_TRUST: Final = {"Sid", "Effect", "Action", "Principal", "Condition"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One operator on one key; `values` is None where they are not texts."""

    operator: str
    key: str
    values: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One statement. `effect` is empty where it cannot be read, `odd` where something else cannot."""

    effect: str
    actions: tuple[str, ...] | None
    negated: bool
    resources: tuple[str, ...] | None
    principals: tuple[tuple[str, str], ...] | None
    """Kind (`RAM`, `Service`, `Federated`, or empty) and text."""
    demands: tuple[Demand, ...]
    odd: bool


class _Repeated(ValueError):  # noqa: N818 - it never leaves this module
    pass


def small(text: str) -> str:
    """`text` with the ASCII capitals made small."""
    return text.translate(_SMALL)


@lru_cache(maxsize=4_096)
def rows(text: str, *, trust: bool = False) -> tuple[Row, ...] | None:
    """The statements of a document, or None where the document as a whole cannot be understood."""
    try:
        tree: Json = json.loads(text, object_pairs_hook=_once)
    except (_Repeated, json.JSONDecodeError):
        return None
    if not isinstance(tree, dict) or set(tree) != {"Version", "Statement"} or tree["Version"] != "1":
        return None
    statements = tree["Statement"]
    if not isinstance(statements, list) or not all(isinstance(each, dict) for each in statements):
        return None
    return tuple(_row(each, trust=trust) for each in statements if isinstance(each, dict))


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _row(statement: dict[str, Json], *, trust: bool) -> Row:
    negated = "NotAction" in statement
    effect = statement.get("Effect")
    actions = _texts(statement.get("NotAction" if negated else "Action"))
    if (negated and "Action" in statement) or (negated and not actions):
        # What an empty list leaves out is not documented.
        actions = None
    resources = _texts(statement.get("Resource"))
    demands = tuple(_demands(statement.get("Condition", {})))
    # A demand that cannot be read is odd as a whole; one that can is judged where its values are.
    unreadable = any(demand.values is None for demand in demands)
    odd = bool(set(statement) - (_TRUST if trust else _PERMISSION)) or unreadable
    odd |= actions is None or (not trust and resources is None)
    return Row(
        effect=effect if isinstance(effect, str) and effect in {"Allow", "Deny"} else "",
        actions=actions,
        negated=negated,
        resources=resources,
        principals=_principals(statement.get("Principal")) if trust else None,
        demands=demands,
        odd=odd,
    )


def _texts(value: Json) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        return None
    texts = tuple(each for each in value if isinstance(each, str))
    return texts if len(texts) == len(value) else None


def _demands(condition: Json) -> Iterator[Demand]:
    unreadable = Demand(operator="", key="", values=None)
    if not isinstance(condition, dict):
        yield unreadable
        return
    for operator, keys in condition.items():
        if not isinstance(keys, dict):
            yield unreadable
            continue
        for key, values in keys.items():
            yield Demand(operator=operator, key=small(key), values=_texts(values))


def _principals(node: Json) -> tuple[tuple[str, str], ...] | None:
    groups: dict[str, Json] = node if isinstance(node, dict) else {"": node}
    found: list[tuple[str, str]] = []
    for group, value in groups.items():
        texts = _texts(value)
        if texts is None:
            return None
        found += ((group, text) for text in texts)
    return tuple(found)
