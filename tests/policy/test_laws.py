"""Laws that hold for any documents and any request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.decision import Context, Decision, Outcome, Request, SourcedPolicy
from scanner.policy.evaluate import decide
from scanner.policy.parse import parse
from scanner.policy.render import render
from scanner.policy.syntax import PolicyType
from tests.policy.documents import (
    KEYS,
    VALUES,
    Body,
    control,
    deny,
    policies,
    policy,
    requests,
    statements,
)

ALLOWED, DENIED, UNKNOWN = Outcome.ALLOWED, Outcome.DENIED, Outcome.UNKNOWN

attached = st.lists(policies(), max_size=4)
bodies = st.lists(statements(), max_size=4)
some_session = st.none() | st.builds(lambda b: policy(*b, label="session policy"), bodies)
some_control = st.none() | st.lists(
    st.builds(lambda b, level: control(*b, level=level), bodies, st.sampled_from(("root", "member"))),
    max_size=3,
)
gates = st.tuples(some_session, some_control)


def decided(asked: Request, account: Sequence[SourcedPolicy], gates: tuple[object, object]) -> Decision:
    session, levels = gates
    assert session is None or isinstance(session, SourcedPolicy)
    assert levels is None or isinstance(levels, list)
    return decide(asked, account=account, session=session, control=levels)


@given(requests(), attached, gates)
def test_every_decision_has_reasons_that_fit_it(
    asked: Request, account: list[SourcedPolicy], others: tuple[object, object]
) -> None:
    decision = decided(asked, account, others)
    assert decision.reasons
    outcomes = {reason.outcome for reason in decision.reasons}
    if decision.outcome is UNKNOWN:
        assert UNKNOWN in outcomes
        assert all(reason.note for reason in decision.reasons if reason.outcome is UNKNOWN)
    else:
        assert outcomes == {decision.outcome}


@given(requests(), attached, gates)
def test_a_deny_of_everything_beats_any_allow(
    asked: Request, account: list[SourcedPolicy], others: tuple[object, object]
) -> None:
    assert decided(asked, [*account, policy(deny("*"))], others).outcome is DENIED


@given(requests(), attached, gates, st.randoms())
def test_the_order_of_policies_does_not_matter(
    asked: Request, account: list[SourcedPolicy], others: tuple[object, object], random: Random
) -> None:
    shuffled = list(account)
    random.shuffle(shuffled)
    assert decided(asked, shuffled, others).outcome is decided(asked, account, others).outcome


@given(requests(), bodies, st.randoms(), st.sampled_from((None, "rg-1")))
def test_neither_order_nor_splitting_of_statements_matters(
    asked: Request, together: list[Body], random: Random, group: str | None
) -> None:
    apart = list(together)
    random.shuffle(apart)
    one = decide(asked, account=[policy(*together, group=group)])
    many = decide(asked, account=[policy(body, group=group) for body in apart])
    assert one.outcome is many.outcome


@given(requests(), attached, gates)
def test_repeating_a_policy_changes_nothing(
    asked: Request, account: list[SourcedPolicy], others: tuple[object, object]
) -> None:
    assert decided(asked, [*account, *account], others).outcome is decided(asked, account, others).outcome


@given(requests(), attached, gates, policies(effects=("Allow",)))
def test_adding_an_allow_never_removes_access(
    asked: Request, account: list[SourcedPolicy], others: tuple[object, object], more: SourcedPolicy
) -> None:
    before = decided(asked, account, others).outcome
    after = decided(asked, [*account, more], others).outcome
    if before is ALLOWED:
        assert after is ALLOWED
    if before is UNKNOWN:
        assert after is not DENIED


@given(requests(), attached, gates, st.lists(statements(effects=("Deny",)), max_size=3))
def test_adding_a_deny_to_the_account_never_gives_access(
    asked: Request, account: list[SourcedPolicy], others: tuple[object, object], more: list[Body]
) -> None:
    before = decided(asked, account, others).outcome
    after = decided(asked, [*account, policy(*more)], others).outcome
    if before is DENIED:
        assert after is DENIED
    if before is UNKNOWN:
        assert after is not ALLOWED


@given(requests(), attached, gates)
def test_a_session_or_control_policy_never_gives_access(
    asked: Request, account: list[SourcedPolicy], others: tuple[object, object]
) -> None:
    alone = decided(asked, account, (None, None)).outcome
    inside = decided(asked, account, others).outcome
    if alone is DENIED:
        assert inside is DENIED
    if inside is ALLOWED:
        assert alone is ALLOWED


@given(requests(), attached, gates, st.data())
def test_learning_more_may_settle_an_answer_and_never_turns_it_around(
    asked: Request, account: list[SourcedPolicy], others: tuple[object, object], data: st.DataObject
) -> None:
    known = dict(asked.context.known)
    for key in data.draw(st.lists(st.sampled_from(KEYS), max_size=3)):
        known.setdefault(key, data.draw(st.frozensets(st.sampled_from(VALUES[key]), max_size=2)))
    less = Request(action=asked.action, resource=asked.resource, context=Context(known=asked.context.known))
    more = Request(
        action=asked.action,
        resource=asked.resource,
        context=Context(known=known, complete=data.draw(st.booleans())),
        resource_group=data.draw(st.sampled_from((None, "rg-1", "rg-2"))),
    )
    before, after = decided(less, account, others).outcome, decided(more, account, others).outcome
    assert before in {UNKNOWN, after}


@given(requests(), bodies)
def test_a_printed_policy_decides_what_the_original_decides(asked: Request, together: list[Body]) -> None:
    original = policy(*together)
    printed = SourcedPolicy(
        document=parse(render(original.document), type=PolicyType.PERMISSION), label=original.label
    )
    first, second = decide(asked, account=[original]), decide(asked, account=[printed])
    assert first.outcome is second.outcome
    assert [reason.path for reason in first.reasons] == [reason.path for reason in second.reasons]


@given(
    requests(), statements(), st.sampled_from(("Future", "action", "effect", "NotResource", "NotPrincipal"))
)
def test_an_unknown_element_never_settles_what_was_open_nor_turns_an_answer_around(
    asked: Request, body: Body, element: str
) -> None:
    plain = decide(asked, account=[policy(body)]).outcome
    odd = decide(asked, account=[policy({**body, element: "x"})]).outcome
    assert odd in {UNKNOWN, plain, DENIED}
    if plain is not DENIED:
        assert odd is UNKNOWN


@given(st.text(), requests(), st.sampled_from(PolicyType))
def test_any_text_has_a_decision(text: str, asked: Request, type: PolicyType) -> None:  # noqa: A002
    odd = SourcedPolicy(document=parse(text, type=type), label="x")
    assert decide(asked, account=[odd]).outcome is not ALLOWED


@given(requests(), bodies)
def test_the_action_in_capitals_and_in_one_element_lists_decides_the_same(
    asked: Request, together: list[Body]
) -> None:
    loud = Request(action=asked.action.upper(), resource=asked.resource, context=asked.context)
    quiet = Request(action=asked.action, resource=asked.resource, context=asked.context)
    listed = [
        {
            key: [value] if key in {"Action", "Resource"} and isinstance(value, str) else value
            for key, value in b.items()
        }
        for b in together
    ]
    assert (
        decide(loud, account=[policy(*together)]).outcome is decide(quiet, account=[policy(*listed)]).outcome
    )


def test_the_laws_meet_every_outcome() -> None:
    """Guards the strategies: a world in which everything is UNKNOWN would prove nothing."""
    seen: dict[Outcome, int] = dict.fromkeys(Outcome, 0)

    @given(requests(), attached)
    def look(asked: Request, account: list[SourcedPolicy]) -> None:
        seen[decide(asked, account=account).outcome] += 1

    look()
    assert all(count >= 5 for count in seen.values()), json.dumps(seen)
