"""Places in documents as evidence, and conditions in words.

What stands there is quoted as it is, cut to a few hundred characters, with external ids masked.
The text is untrusted; whoever shows it escapes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scanner.model.document import Document
from scanner.model.finding import Evidence
from scanner.policy.decision import SourcedPolicy
from scanner.policy.masking import MASK, hides_values, masked_excerpt
from scanner.policy.syntax import Condition, Statement

EXCERPT_LIMIT: Final = 300
"""Characters of a document that evidence quotes."""
VALUE_LIMIT: Final = 120
"""Characters of a condition's values that a sentence quotes."""


@dataclass(frozen=True, slots=True)
class StatementRef:
    """A statement and the policy that it stands in."""

    policy: SourcedPolicy
    statement: Statement

    @property
    def words(self) -> str:
        """The place in one phrase: `Custom:orders $.Statement[0]`."""
        return f"`{self.policy.label}` {self.statement.path}"


def cite(ref: StatementRef) -> Evidence:
    """The statement as evidence, quoted."""
    return cite_path(ref.policy, ref.statement.path, excerpt=_quoted(ref))


def cite_path(policy: SourcedPolicy, path: str, *, excerpt: str = "") -> Evidence:
    """Any place in a policy as evidence."""
    return Evidence(
        source=policy.label,
        version=policy.version,
        path=path,
        excerpt=shortened(excerpt, EXCERPT_LIMIT),
        digest=_digest(policy.document.text),
    )


def condition_words(condition: Condition) -> str:
    """The condition in words: `` `acs:SourceIp` IpAddress `10.0.0.0/8` ``."""
    values = MASK if hides_values(condition) else ", ".join(condition.values.items)
    return f"`{condition.key}` {condition.operator} `{shortened(values, VALUE_LIMIT)}`"


def asked_by(conditions: Iterable[Condition]) -> frozenset[tuple[str, str, frozenset[str]]]:
    """What conditions ask for together, to be compared: whoever meets more of them meets these as well."""
    return frozenset((c.operator, c.key.lower(), frozenset(c.values.items)) for c in conditions)


def terms(*, only_if: Sequence[str], unless: Sequence[str]) -> str:
    """Conditions that open and conditions that close, in one phrase: `only if … or only if …, unless …`."""
    opening = " or ".join(f"only if {words}" for words in only_if)
    return ", ".join((*([opening] if opening else []), *(f"unless {words}" for words in unless)))


def shortened(text: str, limit: int) -> str:
    """`text` cut to `limit` characters, with a sign that it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


@lru_cache(maxsize=4096)
def _digest(text: str) -> str:
    return Document(text).digest


def _quoted(ref: StatementRef) -> str:
    """The statement's own JSON on one line; empty where the document is not JSON after all."""
    return _excerpt(ref.policy.document.text, ref.statement.index, ref.statement.path)


@lru_cache(maxsize=16_384)
def _excerpt(document: str, index: int, path: str) -> str:
    try:
        tree = json.loads(document)
        text = json.dumps(tree["Statement"][index], ensure_ascii=False)
    except (ValueError, RecursionError, LookupError, TypeError):
        return ""
    return masked_excerpt(text, path=path)
