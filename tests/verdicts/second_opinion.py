"""Ask the local cloud's naive authorizer and the policy engine the same questions, as many as wanted.

Run it with `make second-opinion`, or `python -m tests.verdicts.second_opinion --pairs N --seed S`. It ends with 1
where the two disagree, or where the engine leaves more than 2 % of the questions to realistic accounts open.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.verdicts import adversarial_worlds, realistic_worlds
from tests.verdicts.both import Question, Tally

PAIRS: Final = 210_000
UNKNOWN_AT_MOST: Final = 0.02
"""Of the questions to realistic accounts."""
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of question; the same seed makes the same questions."""

    name: str
    ask: Callable[[int], Iterator[Question]]
    realistic: bool
    share: float
    """Of all pairs."""


def kinds() -> tuple[Kind, ...]:
    """Every kind, without the published policies where they are not at hand."""
    found = [
        Kind(name="adversarial requests", ask=adversarial_worlds.requests, realistic=False, share=0.35),
        Kind(name="adversarial trust", ask=adversarial_worlds.assumptions, realistic=False, share=0.2),
        *(
            Kind(
                name=f"world {name}",
                ask=partial(realistic_worlds.shipped, name=name),
                realistic=True,
                share=0.15,
            )
            for name in ("demo", "full")
        ),
    ]
    if realistic_worlds.CORPUS.is_dir():
        found.append(
            Kind(name="published policies", ask=realistic_worlds.published, realistic=True, share=0.15)
        )
    return tuple(found)


def tally(kind: Kind, *, pairs: int, seed: int) -> Tally:
    """The outcome of at least `pairs` questions, from the worlds of `seed` and the numbers after it."""
    found = Tally()
    while found.pairs < pairs:
        for question in kind.ask(seed):
            found.count(question)
        seed += 1
    return found


def _row(name: str, found: Tally, seeds: str) -> str:
    return (
        f"{name:<22}{found.pairs:>9,}{found.allowed:>9,}{len(found.disagreements):>14,}"
        f"{found.unknown_share:>10.2%}{found.settled:>9,}  {seeds}"
    )


def _lines(tallies: Mapping[str, Tally], seeds: Mapping[str, str]) -> Iterator[str]:
    yield f"{'kind':<22}{'pairs':>9}{'allowed':>9}{'disagreements':>14}{'unknown':>10}{'settled':>9}  seeds"
    for name, found in tallies.items():
        yield _row(name, found, seeds[name])
    yield f"{'all':<22}{sum(found.pairs for found in tallies.values()):>9,}"
    for name, found in tallies.items():
        for note, count in found.why_unknown.most_common(_SHOWN):
            yield f"  {name}: {count:,} open: {note}"
        for text in found.disagreements[:_SHOWN]:
            yield f"\n{name}: {text}"


def main() -> int:
    """Ask, print, and tell by the exit code whether all is well."""
    parser = ArgumentParser(description="Hold the naive authorizer of the local cloud against the engine.")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how many questions (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default: 0)")
    args = parser.parse_args()
    chosen = kinds()
    whole = sum(kind.share for kind in chosen)
    tallies: dict[str, Tally] = {}
    seeds: dict[str, str] = {}
    for kind in chosen:
        found = tally(kind, pairs=round(args.pairs * kind.share / whole), seed=args.seed)
        tallies[kind.name] = found
        last = args.seed + -(-found.pairs // adversarial_worlds.ASKED_EACH) - 1
        seeds[kind.name] = f"{args.seed} to {last}"
    sys.stdout.write("\n".join(_lines(tallies, seeds)) + "\n")
    wrong = any(found.disagreements for found in tallies.values())
    vague = any(kind.realistic and tallies[kind.name].unknown_share > UNKNOWN_AT_MOST for kind in chosen)
    return 1 if wrong or vague else 0


if __name__ == "__main__":
    sys.exit(main())
