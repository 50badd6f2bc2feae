"""Hold comparisons in small worlds against trying every request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random
from typing import Final

from scanner.policy.assumptions import all_readings
from scanner.policy.compare import compare
from scanner.policy.comparing.settle import WitnessDoesNotReplayError
from scanner.policy.comparison import Answer, Comparison, Witness
from tests.benchmarks.pairs import GROUPS, RawSet, SetPair, text_of
from tests.oracle import naive
from tests.oracle.judge import asked_by, one, policy_set, witness_complaints
from tests.oracle.naive import Asked
from tests.oracle.rows import small
from tests.oracle.worlds import HEAD, WORLDS, World

CRASH: Final = "crash"
"""What stands for an answer where the comparison found a witness that does not replay."""
_MOST: Final = 3
"""How many statements a random policy of a small world has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A comparison in a small world: what is wrong with it, and how many requests were tried."""

    new: str
    old: str
    answer: str
    wrong: tuple[str, ...]
    requests: int


def random_policies(world: World, seed: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two policies of a world; often one is the other with a statement more, less or changed."""
    rng = Random(seed)
    some = range(len(world.statements))
    old = [rng.choice(some) for _ in range(rng.randint(1, _MOST))]
    if rng.random() < 0.4:
        new = [rng.choice(some) for _ in range(rng.randint(1, _MOST))]
    else:
        new = [*old, rng.choice(some)]
        if rng.random() < 0.7:
            del new[rng.randrange(len(new) - 1)]
    return tuple(new), tuple(old)


def try_policies(world: World, new: Sequence[int], old: Sequence[int]) -> Tried:
    """Compare two policies and try every request of the world."""
    texts = world.text(new), world.text(old)
    said = compare(policy_set(one(texts[0])), policy_set(one(texts[1])))
    under = world.new(new, old)
    wrong = [
        *_answer(said, always=all(under.values()), never=not any(under.values()), complete=world.complete)
    ]
    if said.answer is Answer.NEW_ACCESS and said.witness is not None:
        sets = one(texts[0]), one(texts[1])
        wrong += _witness(said, *sets)
        seen = 0
        for bits in under.values():
            seen |= bits
        if world.one_way and _allows_only(world, new) and _allows_only(world, old) and len(new) == 1:
            wrong += _longer_than_needed(said.witness, list(world.named(seen)))
    requests = len(world.requests) * len(under)
    return Tried(new=texts[0], old=texts[1], answer=said.answer.value, wrong=tuple(wrong), requests=requests)


def _allows_only(world: World, policy: Sequence[int]) -> bool:
    return all(world.statements[at]["Effect"] == "Allow" for at in policy)


def _answer(said: Comparison, *, always: bool, never: bool, complete: bool) -> Iterator[str]:
    match said.answer:
        case Answer.NO_NEW_ACCESS:
            if not never:
                yield "no new access, but one of the requests is new"
        case Answer.NEW_ACCESS:
            if complete and not always:
                yield "new access, but none of the requests is new under some reading"
            if said.witness is None:
                yield "new access without a witness"
        case Answer.UNKNOWN:
            if always or (complete and never):
                yield "unknown, but every reading says the same"


def _witness(said: Comparison, new: RawSet, old: RawSet) -> Iterator[str]:
    assert said.witness is not None
    asked = asked_by(said.witness)
    yield from witness_complaints(
        said, lambda r: (naive.allowed(new, asked, r), naive.allowed(old, asked, r))
    )


def _longer_than_needed(witness: Witness, new: Sequence[Asked]) -> Iterator[str]:
    """Complain where a request that was tried shows the same with a shorter id."""
    request = witness.request
    head, _, identity = request.resource.rpartition(":")
    for asked in new:
        its_head, _, its_identity = asked.resource.rpartition(":")
        same = small(asked.action) == small(request.action) and its_head == head
        if same and len(its_identity) < len(identity):
            yield f"{asked.resource} is new and shorter than {request.resource}"
            return


@cache
def _gate_texts() -> tuple[str, ...]:
    """Policies of one or two statements over two actions and two resources."""
    where = [HEAD + "a", "*"]
    condition = {"Condition": {"Bool": {"acs:MFAPresent": "true"}}}
    bodies = [
        {"Effect": effect, "Action": action, "Resource": resource, **more}
        for effect, action, resource, more in product(
            ("Allow", "Deny"), ("s:a", "s:*"), where, ({}, condition)
        )
    ]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return (text_of([]), *(text_of([b]) for b in bodies), *(text_of([everything, b]) for b in bodies[8:]))


_GATE_REQUESTS: Final = tuple(
    Asked(action=action, resource=resource, keys={"acs:mfapresent": flag}, group=group)
    for action, resource, flag, group in product(
        ("s:a", "s:b", "t:a"),
        (HEAD + "a", HEAD + "b", "*"),
        (naive.ABSENT, "true", "false"),
        (*GROUPS, "rg-other"),
    )
)


def random_sets(seed: int) -> SetPair:
    """Two small sets with both scopes, a session and control policies, of which one is changed in one place."""
    rng = Random(seed)
    old = _random_set(rng)
    fresh = _random_set(rng)
    change = rng.randrange(4)
    if change == 0:
        new = RawSet(account=(*old.account, *fresh.account[:1]), session=old.session, control=old.control)
    elif change == 1:
        new = RawSet(account=old.account, session=fresh.session, control=old.control)
    elif change == 2:
        new = RawSet(account=old.account, session=old.session, control=fresh.control)
    else:
        new = RawSet(account=fresh.account, session=old.session, control=old.control)
    return SetPair(old=old, new=new) if rng.random() < 0.5 else SetPair(old=new, new=old)


def _random_set(rng: Random) -> RawSet:
    texts = _gate_texts()
    groups = [rng.choice((None, None, *GROUPS)) for _ in range(rng.randint(0, 3))]
    levels = [rng.choice(("root", "member")) for _ in range(rng.randint(0, 3))]
    return RawSet(
        account=tuple((rng.choice(texts), group) for group in groups),
        session=rng.choice(texts) if rng.random() < 0.4 else None,
        control=tuple((rng.choice(texts), level) for level in levels) if rng.random() < 0.5 else None,
    )


def try_sets(pair: SetPair) -> Tried:
    """Compare two sets and try every request of their world, in which every reading says the same."""
    said = compare(policy_set(pair.new), policy_set(pair.old))
    readings = next(all_readings())
    found = [
        asked
        for asked in _GATE_REQUESTS
        if naive.allowed(pair.new, asked, readings) and not naive.allowed(pair.old, asked, readings)
    ]
    wrong = [*_answer(said, always=bool(found), never=not found, complete=True)]
    if said.answer is Answer.NEW_ACCESS and said.witness is not None:
        wrong += _witness(said, pair.new, pair.old)
    return Tried(
        new=str(pair.new),
        old=str(pair.old),
        answer=said.answer.value,
        wrong=tuple(wrong),
        requests=len(_GATE_REQUESTS),
    )


def try_number(number: int) -> Tried:
    """One random comparison in one of the small worlds; a witness that does not replay is wrong as well."""
    try:
        return _try_number(number)
    except WitnessDoesNotReplayError as error:
        return Tried(new="", old="", answer=CRASH, wrong=(str(error),), requests=0)


def _try_number(number: int) -> Tried:
    names = (*WORLDS, "sets", "sets")
    name = names[number % len(names)]
    if name == "sets":
        return try_sets(random_sets(number))
    world = WORLDS[name]
    return try_policies(world, *random_policies(world, number))
