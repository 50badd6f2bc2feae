"""One comparison by its kind and number: make the pair, compare it, hold the answer against the judges."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

from scanner.policy.compare import compare, compare_trust
from scanner.policy.comparing.settle import WitnessDoesNotReplayError
from scanner.policy.comparison import Comparison
from tests.benchmarks.pairs import ROLE, Pair, SetPair, odd_pair, odd_trust_pair, pair, set_pair, trust_pair
from tests.oracle.brute import CRASH, try_number
from tests.oracle.judge import (
    Opinion,
    complaints,
    one,
    opinions,
    policy_set,
    shrink,
    trust_complaints,
    trust_opinions,
    trust_policy,
)
from tests.oracle.smt import NoAnswer

ROOT: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = Path(os.environ.get("CROSSROLE_SHARED") or ROOT.parent / "shared") / "corpus"
EVERY_READING: Final = 20
"""One pair in so many is judged under all the readings, and not only under those that may matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of one comparison."""

    kind: str
    number: int
    answer: str
    unanswered: int
    """How many readings the solver did not finish."""
    wrong: tuple[str, ...] = ()
    """The complaints about the smallest pair that has some."""
    smallest: SetPair | None = None
    requests: int = 0
    """How many requests were tried one by one, in a small world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One comparison held against the solver."""

    answer: str
    judged: Sequence[Opinion]
    wrong: Sequence[str]

    @staticmethod
    def of(said: Comparison, judged: Sequence[Opinion], wrong: Sequence[str]) -> _Look:
        return _Look(answer=said.answer.value, judged=judged, wrong=wrong)


def _permissions(made: SetPair, number: int) -> _Look:
    said = compare(policy_set(made.new), policy_set(made.old))
    judged = opinions(made, everything=number % EVERY_READING == 0)
    return _Look.of(said, judged, complaints(made, said, judged))


def _trust(made: SetPair, _number: int) -> _Look:
    ((new, _),), ((old, _),) = made.new.account, made.old.account
    said = compare_trust(trust_policy(new), trust_policy(old), role=ROLE)
    judged = trust_opinions(new, old, ROLE)
    return _Look.of(said, judged, trust_complaints(new, old, said, judged))


def _look(kind: str, made: SetPair, number: int) -> _Look:
    """A comparison and what is wrong with it, a witness that does not replay included."""
    try:
        return (_trust if "trust" in kind else _permissions)(made, number)
    except WitnessDoesNotReplayError as error:
        return _Look(answer=CRASH, judged=(), wrong=(str(error),))


def _single(texts: Pair) -> SetPair:
    return SetPair(old=one(texts.old), new=one(texts.new))


@cache
def corpus_texts(kind: str) -> tuple[str, ...]:
    """The public policies of a kind, `permission` or `trust`; none where the corpus is not here."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted((CORPUS / kind).glob("*.json")))


def corpus_size(kind: str) -> int:
    """How many ordered pairs of public policies of a kind there are."""
    return len(corpus_texts(kind)) ** 2


def _of_corpus(kind: str, number: int) -> SetPair:
    old, new = list(product(corpus_texts(kind), repeat=2))[number]
    return SetPair(old=one(old), new=one(new))


MAKERS: Final[dict[str, Callable[[int], SetPair]]] = {
    "pair": lambda seed: _single(pair(seed)),
    "set": set_pair,
    "trust": lambda seed: _single(trust_pair(seed)),
    "odd": lambda seed: _single(odd_pair(seed)),
    "odd-trust": lambda seed: _single(odd_trust_pair(seed)),
    "long": lambda seed: _single(pair(seed, fewest=20, most=20)),
    "corpus": lambda number: _of_corpus("permission", number),
    "corpus-trust": lambda number: _of_corpus("trust", number),
}
"""How the pair of each kind is made from its number."""

SMALL: Final = "small"
"""The kind of pair that is held against trying every request of a small world."""
RANDOM: Final[Sequence[str]] = (
    *("pair",) * 4,
    *("set",) * 2,
    *("trust",) * 2,
    *(SMALL,) * 4,
    "odd",
    "odd-trust",
    "long",
)
"""The kinds of random pairs, as often as they are tried."""


def examine(kind: str, number: int) -> Report:
    """Compare the pair of that kind and number, and make it small where a judge disagrees."""
    if kind == SMALL:
        return _tried(number)
    made = MAKERS[kind](number)
    look = _look(kind, made, number)
    smallest = shrink(made, lambda smaller: _disagrees(kind, smaller, number)) if look.wrong else None
    return Report(
        kind=kind,
        number=number,
        answer=look.answer,
        unanswered=sum(isinstance(each.ever, NoAnswer) for each in look.judged),
        wrong=tuple(_look(kind, smallest, number).wrong) if smallest is not None else (),
        smallest=smallest,
    )


def _tried(number: int) -> Report:
    tried = try_number(number)
    wrong = tuple(f"{complaint}: new {tried.new}, old {tried.old}" for complaint in tried.wrong)
    return Report(
        kind=SMALL,
        number=number,
        answer=tried.answer,
        unanswered=0,
        wrong=wrong,
        requests=tried.requests,
    )


def _disagrees(kind: str, made: SetPair, number: int) -> bool:
    if "trust" in kind and not (len(made.new.account) == len(made.old.account) == 1):
        return False
    return bool(_look(kind, made, number).wrong)
