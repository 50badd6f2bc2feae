"""Hold a comparison against the judges, and make the pair that they disagree on small.

A complaint is one sentence about what the comparison says and should not. A query that the solver did not
finish supports neither side.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import scanner.policy
from scanner.policy.assumptions import OPEN_QUESTIONS, Assumption, Readings, all_readings, side_of
from scanner.policy.compare import STATE_CAP
from scanner.policy.comparison import Answer, Comparison, PolicySet, Witness
from scanner.policy.decision import SourcedPolicy
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyType
from tests.benchmarks.pairs import ROLE, RawSet, SetPair
from tests.oracle import naive
from tests.oracle.naive import Asked, Caller
from tests.oracle.rows import Row, rows, small
from tests.oracle.smt import LIMIT_MS, Found, NoAnswer, Nothing, Verdict, documents, new_access, new_caller
from tests.oracle.values import HOW

CATALOGUE: Final = Path(scanner.policy.__file__).parent / "catalogue.toml"
STRANGER: Final = "9000000000000009"
"""An account that no policy names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the solver says under one reading."""

    readings: Readings
    ever: Verdict
    """For any action that there may be."""
    today: Verdict
    """For the actions of the catalogue."""


def policy_set(raw: RawSet) -> PolicySet:
    """The set as the engine takes it."""
    control = None
    if raw.control is not None:
        control = tuple(_sourced(t, PolicyType.CONTROL, level=level) for t, level in raw.control)
    return PolicySet(
        account=tuple(_sourced(t, PolicyType.PERMISSION, group=group) for t, group in raw.account),
        session=None if raw.session is None else _sourced(raw.session, PolicyType.SESSION),
        control=control,
    )


def _sourced(text: str, kind: PolicyType, *, group: str | None = None, level: str = "") -> SourcedPolicy:
    document = parse(text, type=kind)
    return SourcedPolicy(document=document, label=kind.value, resource_group=group, level=level)


def trust_policy(text: str) -> SourcedPolicy:
    """The trust policy as the engine takes it."""
    return _sourced(text, PolicyType.TRUST)


def one(text: str) -> RawSet:
    """A set of one policy on the whole account."""
    return RawSet(account=((text, None),))


def opinions(pair: SetPair, *, everything: bool = False, limit_ms: int = LIMIT_MS) -> list[Opinion]:
    """The solver's answers for each reading that may matter to `pair`, or for all of them."""
    found = [row for side in (pair.new, pair.old) for text in documents(side) for row in rows(text) or ()]
    questions = OPEN_QUESTIONS if everything else tuple(_open_questions(found))
    actions = _telling_actions(found)
    result = []
    for readings in all_readings(questions):
        ever = new_access(pair.new, pair.old, readings, limit_ms=limit_ms)
        today = ever
        if not isinstance(ever, Nothing) and not _in_catalogue(ever):
            today = new_access(pair.new, pair.old, readings, actions=actions, limit_ms=limit_ms)
        result.append(Opinion(readings=readings, ever=ever, today=today))
    return result


def trust_opinions(new: str | None, old: str | None, role: str, *, limit_ms: int = LIMIT_MS) -> list[Opinion]:
    """The solver's answers on two trust policies; a request that is found is any caller's."""
    found = [row for text in (new, old) if text is not None for row in rows(text, trust=True) or ()]
    result = []
    for readings in all_readings(tuple(_open_questions(found))):
        verdicts = [
            new_caller(new, old, each, role, readings, limit_ms=limit_ms) for each in callers(found, role)
        ]
        result.append(Opinion(readings=readings, ever=_strongest(verdicts), today=_strongest(verdicts)))
    return result


def _strongest(verdicts: Sequence[Verdict]) -> Verdict:
    """A request that was found for certain, before one that may be, before no answer."""
    for wanted in (
        lambda v: isinstance(v, Found) and v.certain,
        _is_found,
        lambda v: isinstance(v, NoAnswer),
    ):
        for verdict in verdicts:
            if wanted(verdict):
                return verdict
    return Nothing(certain=all(isinstance(verdict, Nothing) and verdict.certain for verdict in verdicts))


def _is_found(verdict: Verdict) -> bool:
    return isinstance(verdict, Found)


def callers(found: Sequence[Row], role: str) -> list[Caller]:
    """One caller of each sort that the principals tell apart, strangers included."""
    texts = [text for row in found for _, text in row.principals or ()]
    words = {part for text in texts for part in text.replace("@", ":").replace("/", ":").split(":")}
    words = {filled for word in words for filled in _filled(word)}
    accounts = sorted({STRANGER, role.split(":")[3], *(word for word in words if word.isdigit())})
    people = sorted({"nobody", *(word for word in words if not word.isdigit() and word)})
    services = sorted({"new.aliyuncs.com", *(word for word in words if word.endswith(".aliyuncs.com"))})
    kinds = ("user", "role", "saml-provider", "oidc-provider")
    every = [Caller(kind=k, account=a, name=n) for k in kinds for a in accounts for n in people]
    every += [Caller(kind="service", account=a, name=n) for a in accounts for n in services]
    principals = sorted({principal for row in found for principal in row.principals or ()})
    by_mark = {
        tuple(naive.names(*each, caller, role=role) for each in principals): caller for caller in every
    }
    return list(by_mark.values())


def _filled(word: str) -> set[str]:
    """What a pattern in a principal may mean: its wildcards filled with digits, few and many, and with letters."""
    fillings = ("0", "0" * 9, "x", "zebra")
    return {word.replace("*", filling).replace("?", filling[0]) for filling in fillings}


@cache
def catalogue() -> tuple[str, ...]:
    """The actions of the catalogue in small letters."""
    entries = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["action"]
    return tuple(sorted({small(str(entry["action"])) for entry in entries}))


def _in_catalogue(verdict: Verdict) -> bool:
    return isinstance(verdict, Found) and small(verdict.asked.action) in catalogue()


def _telling_actions(found: Sequence[Row]) -> list[str]:
    """One action of the catalogue for each set of patterns that covers some."""
    patterns = sorted({pattern for row in found for pattern in row.actions or ()})
    by_mark = {tuple(naive.action_fits(p, action) for p in patterns): action for action in catalogue()}
    return sorted(by_mark.values())


def _open_questions(found: Sequence[Row]) -> Iterator[Assumption]:
    """The open questions on which the rows can hang at all."""
    demands = [demand for row in found for demand in row.demands]
    negated = [demand for demand in demands if demand.operator in HOW and HOW[demand.operator].negated]
    resources = [pattern for row in found for pattern in row.resources or ()]
    if any(len(set(demand.values or ())) > 1 for demand in negated):
        yield Assumption.NEGATED_SEVERAL_VALUES
    if negated:
        yield Assumption.NEGATED_ABSENT_KEY
    if any(_may_cross(pattern, resources) for pattern in resources):
        yield Assumption.WILDCARD_OVER_COLON
    letters = set("".join(resources))
    schemes = set("".join(pattern.partition(":")[0] for pattern in resources))
    if any(letter.swapcase() in letters for letter in letters if letter.isalpha()) or schemes & set("ACS"):
        yield Assumption.RESOURCE_CASE


def _may_cross(pattern: str, resources: Sequence[str]) -> bool:
    """Whether a wildcard can stand for a colon: all four are spelled otherwise, unless an id has more of them."""
    deep = any(each.count(":") > 4 for each in resources)
    wild = "*" in pattern or "?" in pattern
    return wild and bool(pattern.strip("*")) and (deep or pattern.count(":") != 4)


def complaints(pair: SetPair, said: Comparison, judged: Sequence[Opinion]) -> list[str]:
    """What is wrong with a comparison of permissions."""
    found = [*_answer_complaints("answer", said.answer, said, [each.ever for each in judged])]
    found += _answer_complaints("today", said.today, said, [each.today for each in judged])
    found += _assumption_complaints(said, judged)
    if said.witness is not None and said.answer is Answer.NEW_ACCESS:
        asked = asked_by(said.witness)
        found += witness_complaints(
            said,
            lambda r: (naive.allowed(pair.new, asked, r), naive.allowed(pair.old, asked, r)),
        )
        if said.witness.known_action is not (small(asked.action) in catalogue()):
            found.append(
                f"the witness's action {asked.action} is in the catalogue, or not, as it is not said"
            )
    return found


def trust_complaints(
    new: str | None, old: str | None, said: Comparison, judged: Sequence[Opinion], *, role: str = ROLE
) -> list[str]:
    """What is wrong with a comparison of trust policies."""
    found = [*_answer_complaints("answer", said.answer, said, [each.ever for each in judged])]
    found += _assumption_complaints(said, judged)
    if said.witness is not None and said.answer is Answer.NEW_ACCESS:
        asked, caller = asked_by(said.witness), _caller(said.witness)
        if asked.resource != role:
            found.append(f"the witness is about {asked.resource}")
        found += witness_complaints(
            said,
            lambda r: (naive.trusts(new, caller, asked, r), naive.trusts(old, caller, asked, r)),
        )
    return found


def _answer_complaints(what: str, answer: Answer, said: Comparison, verdicts: list[Verdict]) -> Iterator[str]:
    finished = [verdict for verdict in verdicts if not isinstance(verdict, NoAnswer)]
    nothing = all(isinstance(verdict, Nothing) and verdict.certain for verdict in verdicts)
    certain = all(isinstance(verdict, Found) and verdict.certain for verdict in verdicts)
    match answer:
        case Answer.NO_NEW_ACCESS:
            for verdict in finished:
                if isinstance(verdict, Found):
                    yield f"{what} is no new access, but {verdict.asked} is, or may be"
                    return
        case Answer.NEW_ACCESS:
            if what == "answer" and said.witness is None:
                yield "new access without a witness"
            if any(isinstance(verdict, Nothing) for verdict in finished):
                yield f"{what} is new access, but under some reading there is none"
        case Answer.UNKNOWN:
            if said.states < STATE_CAP and (nothing or certain):
                yield f"{what} is unknown, but every reading says {'no ' if nothing else ''}new access"
            if not said.doubts:
                yield f"{what} is unknown without a doubt"


def _assumption_complaints(said: Comparison, judged: Sequence[Opinion]) -> Iterator[str]:
    """An UNKNOWN that hangs on readings names such questions only as turn the answer."""
    if said.answer is not Answer.UNKNOWN or said.states >= STATE_CAP:
        return
    if any(isinstance(each.ever, NoAnswer) or not each.ever.certain for each in judged):
        return
    verdicts = {each.readings: type(each.ever) for each in judged}
    for question in said.assumptions:
        turned = ((side_of(r, question, other=True), verdict) for r, verdict in verdicts.items())
        if all(verdicts.get(other, verdict) is verdict for other, verdict in turned):
            yield f"the answer does not turn on {question}"
    if not said.assumptions:
        yield "the answer turns on readings, and no question is named"


def witness_complaints(
    said: Comparison, replay: Callable[[Readings], tuple[naive.Maybe, naive.Maybe]]
) -> Iterator[str]:
    """Complain about a witness that does not show new access; `replay` answers with new and with old."""
    shows = [replay(readings) == (True, False) for readings in all_readings()]
    if not any(shows):
        yield f"the witness does not show new access under any reading: {said.witness}"
    elif not said.assumptions and not all(shows):
        yield f"the witness shows new access under some readings only, and none is named: {said.witness}"


def asked_by(witness: Witness) -> Asked:
    """A witness's request as the naive evaluator takes it."""
    request = witness.request
    known = request.context.known
    keys = {small(key): next(iter(values), naive.ABSENT) for key, values in known.items()}
    if request.context.complete:
        raise AssertionError("a witness leaves the keys open that do not matter")
    return Asked(action=request.action, resource=request.resource, keys=keys, group=request.resource_group)


def _caller(witness: Witness) -> Caller:
    caller = witness.caller
    assert caller is not None
    if caller.kind.value == "service":
        return Caller(kind="service", account=caller.account, name=caller.arn)
    kind, name = caller.arn.split(":")[4].split("/")[:2]
    return Caller(kind=kind, account=caller.account, name=name)


Disagrees = Callable[[SetPair], bool]


def shrink(pair: SetPair, disagrees: Disagrees) -> SetPair:
    """A pair from which nothing can be left out without the disagreement going away."""
    smaller = next((each for each in _smaller(pair) if disagrees(each)), None)
    return pair if smaller is None else shrink(smaller, disagrees)


def _smaller(pair: SetPair) -> Iterator[SetPair]:
    yield from (replace(pair, new=each) for each in _smaller_set(pair.new))
    yield from (replace(pair, old=each) for each in _smaller_set(pair.old))


def _smaller_set(raw: RawSet) -> Iterator[RawSet]:
    for at, (text, group) in enumerate(raw.account):
        others = (raw.account[:at], raw.account[at + 1 :])
        yield replace(raw, account=others[0] + others[1])
        yield from (replace(raw, account=(*others[0], (t, group), *others[1])) for t in smaller_texts(text))
    if raw.session is not None:
        yield replace(raw, session=None)
        yield from (replace(raw, session=each) for each in smaller_texts(raw.session))
    if raw.control is not None:
        yield replace(raw, control=None)
        for at, (text, level) in enumerate(raw.control):
            before, after = raw.control[:at], raw.control[at + 1 :]
            yield replace(raw, control=before + after)
            yield from (replace(raw, control=(*before, (t, level), *after)) for t in smaller_texts(text))


def smaller_texts(text: str) -> Iterator[str]:
    """The policy with one statement, condition or list entry left out."""
    tree = json.loads(text)
    statements = tree["Statement"]
    for at, statement in enumerate(statements):
        for smaller in (None, *_smaller_bodies(statement)):
            kept = [] if smaller is None else [smaller]
            yield json.dumps({**tree, "Statement": [*statements[:at], *kept, *statements[at + 1 :]]})


def _smaller_bodies(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in body.items():
        if isinstance(value, list) and len(value) > 1:
            yield from ({**body, name: value[:at] + value[at + 1 :]} for at in range(len(value)))
        elif isinstance(value, dict):
            yield from ({**body, name: each} for each in _smaller_bodies(value))
            if name not in {"Principal", "Effect"}:
                yield {key: kept for key, kept in body.items() if key != name}
