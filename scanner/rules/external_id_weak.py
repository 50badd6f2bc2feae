"""Whether an external id that a role asks for could be guessed or got around.

It looks at how the value is compared and how it is made, never at who else uses it (`external-id-shared`).
No value appears in a finding. INFERRED: the vendor asks for a unique value that is hard to guess and sets no
measure; the measures here are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from scanner.access.view import RoleView
from scanner.model.finding import Confidence, Finding, Severity, SubjectKind, Verdict
from scanner.policy.trust import ExternalIdState, TrustEntry
from scanner.rules import references
from scanner.rules.base import Rule, World
from scanner.rules.delegated import Remark, described, judge_delegated
from scanner.rules.external_ids import could_present_one
from scanner.rules.remedies import edit_trust

SHORTEST: Final = 16
"""Characters that an external id should have at least."""
_UNGUESSED: Final = 8
"""Characters that must be left when all that can be guessed is taken away."""
_DIFFERENT: Final = 6
"""Different characters that an external id should have at least."""
_LONG_WORDS: Final = 32
"""From this length on, letters without a digit or a capital may still be random."""

_COMMON: Final = (  # noqa: SIM905 - as text the words are easier to read and to add to
    "externalid external extid identifier identity password passwd secret default example sample changeme change"
    " test testing demo prod production staging access account assume assumerole role trust partner vendor customer"
    " client company enterprise corp group cloud aliyun alibaba alibabacloud apsara rocketmq mq kafka message queue"
    " sync integration service system admin root user guest hello world qwerty asdf abc abcd abcdef 123 1234 12345"
    " 123456 12345678 123456789 1234567890 0000"
).split()
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBER: Final = re.compile(r"[0-9]+")
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_delegated(world, RULE, _look)


def _look(entry: TrustEntry, role: RoleView, world: World) -> Remark | None:
    use = entry.external_ids
    if not could_present_one(entry, world) or use.state is ExternalIdState.ABSENT:
        return None
    who = described(entry, world)
    if use.state is ExternalIdState.NOT_UNDERSTOOD and not (use.negated and entry.understood):
        because = entry.doubts or ("the condition on sts:ExternalId is not understood",)
        clause = f"may ask {who} for an external id that is easy to come by"
        return Remark(verdict=Verdict.UNKNOWN, clause=clause, because=because)
    weak = tuple(dict.fromkeys(_weaknesses(entry, names=_names(entry, role, world))))
    if weak:
        clause = f"asks {who} for an external id that " + _and(weak)
        return Remark(verdict=Verdict.FAIL, clause=clause)
    return Remark(
        verdict=Verdict.PASS,
        clause=f"asks {who} for one external id that is long and not made of common words",
    )


def _and(words: Sequence[str]) -> str:
    """`words` in one enumeration."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _weaknesses(entry: TrustEntry, *, names: tuple[str, ...]) -> Iterator[str]:
    use = entry.external_ids
    if use.state is not ExternalIdState.REQUIRED:
        yield "may be anything but a given value"
    if use.pattern:
        yield "only has to match a pattern with a wildcard"
    if len(use.values) > 1:
        yield f"may be any of {len(use.values)} values"
    for value in use.values:
        yield from guessable(value.reveal(), names=names)


def guessable(value: str, *, names: Iterable[str]) -> Iterator[str]:
    """Why `value` is easy to guess, in words that do not repeat it; `names` are known to everybody."""
    if len(value) < SHORTEST:
        yield f"has fewer than {SHORTEST} characters"
    plain = value.casefold()
    if _NUMBER.fullmatch(plain):
        yield "is a number"
    elif len(_left_over(plain, names)) < _UNGUESSED:
        yield "is made of names, years and common words"
    elif plain == value and not any(map(str.isdigit, plain)) and len(value) < _LONG_WORDS:
        yield "reads like words in small letters"
    if len(set(plain)) < _DIFFERENT:
        yield "repeats a few characters"


def _left_over(plain: str, names: Iterable[str]) -> str:
    """What remains of `plain` without names, years and common words, the longest taken first."""
    words = {word for name in names for word in _NOT_WORD.split(name.casefold()) if len(word) > 1}
    rest = _NOT_WORD.sub(" ", plain)
    for word in sorted((*words, *_COMMON), key=lambda word: (-len(word), word)):
        rest = rest.replace(word, " ")
    return _YEAR.sub(" ", rest).replace(" ", "")


def _names(entry: TrustEntry, role: RoleView, world: World) -> tuple[str, ...]:
    """What anybody who knows the two companies would try first."""
    accounts = (world.view.account, entry.principal.account or "")
    companies = (known.name for known in world.known.values())
    return (*accounts, role.name, entry.principal.name, *companies)


RULE = Rule(
    id="external-id-weak",
    title="An external id is easy to guess or to get around",
    severity=Severity.MEDIUM,
    confidence=Confidence.INFERRED,
    subject=SubjectKind.ROLE,
    why=(
        "An external id protects only as long as another customer of the same partner cannot guess it. Account "
        "numbers, company names and short words are the first guesses; a wildcard, a list of values or a condition "
        "that merely excludes a value needs no guess at all."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"RAM": ["acs:ram::PARTNER-ACCOUNT-ID:role/CALLER"]}, '
        '"Condition": {"StringEquals": {"sts:ExternalId": "EXTERNAL-ID"}}}',
        console=(
            "Compare with StringEquals and one single value, a fresh random one of at least 16 characters that the "
            "partner makes for you, for instance a UUID. Agree on the moment: from then on, calls with the old value fail."
        ),
    ),
    reference=references.EXTERNAL_IDS,
    judge=judge,
)
