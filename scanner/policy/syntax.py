"""The tree that a RAM policy document parses into.

Every node keeps the JSON path it came from; what the language does not have becomes a
`Problem` and is never dropped. Parsing is `scanner.policy.parse`, printing `scanner.policy.render`.
See https://www.alibabacloud.com/help/en/ram/user-guide/policy-elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PolicyType(StrEnum):
    """Where a document is used; it decides which elements are expected."""

    PERMISSION = "permission"
    TRUST = "trust"
    SESSION = "session"
    CONTROL = "control"


class Effect(StrEnum):
    """What a statement does with the requests it applies to."""

    ALLOW = "Allow"
    DENY = "Deny"


class Weight(StrEnum):
    """How much a problem matters for what the document decides."""

    ERROR = "error"
    """The document or statement cannot be understood: what it decides is UNKNOWN."""
    WARNING = "warning"
    """Understood, but it likely does not do what its author meant."""
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a document that is not in the documented language, or exceeds a limit."""

    code: str
    """A kebab slug, such as `unknown-operator`."""
    path: str
    """JSON path, such as `$.Statement[0].Condition.StringEqualsIfExists`."""
    message: str
    weight: Weight = Weight.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A scalar-or-list element: its texts, whether it was a bare scalar, and where it stands."""

    items: tuple[str, ...]
    scalar: bool
    path: str

    def item_path(self, index: int) -> str:
        """The JSON path of one item."""
        return self.path if self.scalar else f"{self.path}[{index}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One operator applied to one key: `{operator: {key: values}}`."""

    operator: str
    """As written."""
    key: str
    """As written."""
    values: Words

    @property
    def path(self) -> str:
        """The JSON path of the values."""
        return self.values.path


class PrincipalForm(StrEnum):
    """The kinds of a trust policy's principals."""

    ROOT = "account"
    USER = "user"
    ROLE = "role"
    SERVICE = "service"
    ACCOUNT_SERVICE = "service of an account"
    SAML = "saml-provider"
    OIDC = "oidc-provider"
    ANYONE = "anyone"
    """`*`, or a pattern in a principal; the vendor documents neither."""
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """One entry of a `Principal` element."""

    text: str
    """As written."""
    form: PrincipalForm
    group: str
    """`RAM`, `Service`, `Federated`, or the unknown key as written; empty for a bare string."""
    account: str | None
    """The account it names, where its form names one."""
    name: str
    """The user, role, provider or service name; empty for an account."""
    path: str
    scalar: bool = False
    """Whether it was written as a bare string and not inside a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element kept as JSON because the language does not have it in this place or shape."""

    name: str
    """The element's name as written; empty when a whole document or statement is not an object."""
    path: str
    json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. Exactly one of `actions` and `not_actions` is set when it is well-formed."""

    index: int
    path: str
    effect: Effect | None
    """None when missing or not a documented value; a problem says so."""
    actions: Words | None = None
    not_actions: Words | None = None
    resources: Words | None = None
    principals: tuple[Principal, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str | None = None
    unsupported: tuple[str, ...] = ()
    """Paths of elements that are not in the documented language; the statement then decides UNKNOWN."""
    others: tuple[Element, ...] = ()
    """Elements kept as JSON: unknown ones, and each one that is repeated or has not its documented shape.

    What could be read of a misshapen element is in its own field as well.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A parsed document. `text` is the original, byte for byte."""

    type: PolicyType
    text: str
    version: str | None
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    unsupported: tuple[str, ...] = ()
    """Paths at document level that are not understood; every decision of the document is then UNKNOWN."""
    others: tuple[Element, ...] = ()
    """Document-level elements kept as JSON, as in `Statement.others`."""

    def __hash__(self) -> int:
        # Equal documents have equal texts, and a text's hash is computed once, so that a document
        # can be looked up in a cache for every decision.
        return hash(self.text)

    @property
    def understood(self) -> bool:
        """Whether nothing in it has the weight of an error."""
        return all(p.weight is not Weight.ERROR for p in self.problems)
