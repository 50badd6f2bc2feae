"""Laws that hold for comparisons of any policies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from random import Random
from string import ascii_letters, ascii_lowercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.assumptions import Assumption, all_readings
from scanner.policy.compare import STATE_CAP, change, compare, compare_trust
from scanner.policy.comparing.foci import Side
from scanner.policy.comparing.settle import Case, Settling, WitnessDoesNotReplayError
from scanner.policy.comparison import Answer, Comparison, Direction, PolicySet
from scanner.policy.decision import Outcome, SourcedPolicy
from scanner.policy.evaluate import decide
from tests.benchmarks.pairs import Body, edited, statement, trust_statement
from tests.policy import documents
from tests.policy.documents import ROLE, allow, control, deny, policy, trust, trusting

NO, NEW, UNKNOWN = Answer.NO_NEW_ACCESS, Answer.NEW_ACCESS, Answer.UNKNOWN

seeds = st.integers(0, 2**32)
understood = st.builds(lambda seed: statement(Random(seed)), seeds)
some = st.lists(understood, min_size=1, max_size=4)
odd = st.lists(st.one_of(understood, documents.statements()), min_size=1, max_size=3)
orders = st.randoms(use_true_random=False)
groups = st.sampled_from((None, None, "rg-1", "rg-2"))


def of(
    *bodies: Mapping[str, object], session: SourcedPolicy | None = None, group: str | None = None
) -> PolicySet:
    return PolicySet(account=(policy(*bodies, group=group),), session=session)


def replays(said: Comparison, new: PolicySet, old: PolicySet) -> bool:
    witness = said.witness
    assert witness is not None
    return any(
        decide(witness.request, account=new.account, session=new.session, readings=readings).outcome
        is Outcome.ALLOWED
        and decide(witness.request, account=old.account, session=old.session, readings=readings).outcome
        is Outcome.DENIED
        for readings in all_readings()
    )


@given(odd, odd)
def test_an_answer_comes_with_what_it_rests_on(new: list[Body], old: list[Body]) -> None:
    said = compare(of(*new), of(*old))
    assert (said.witness is not None) is (said.answer is NEW)
    assert bool(said.doubts) is (UNKNOWN in {said.answer, said.today})
    assert said.widens is (said.answer is not NO)
    assert said.witness is None or replays(said, of(*new), of(*old))


@given(odd, groups)
def test_a_policy_adds_nothing_to_itself(bodies: list[Body], group: str | None) -> None:
    assert change(of(*bodies, group=group), of(*bodies, group=group)).direction is Direction.EQUAL


@given(some, understood)
def test_one_more_allow_never_narrows(bodies: list[Body], more: Body) -> None:
    wider = of(*bodies, {**more, "Effect": "Allow"})
    assert compare(of(*bodies), wider).answer is NO


@given(some, understood)
def test_one_more_deny_never_widens(bodies: list[Body], more: Body) -> None:
    assert compare(of(*bodies, {**more, "Effect": "Deny"}), of(*bodies)).answer is NO


@given(odd, documents.statements())
def test_one_more_allow_never_narrows_for_certain_however_odd_it_is(bodies: list[Body], more: Body) -> None:
    assert compare(of(*bodies), of(*bodies, {**more, "Effect": "Allow"})).answer is not NEW


@given(some, orders, seeds)
def test_order_spelling_and_splitting_do_not_matter(bodies: list[Body], random: Random, seed: int) -> None:
    rewritten = [part for body in bodies for part in respelled(body, Random(seed))]
    random.shuffle(rewritten)
    assert change(of(*rewritten), of(*bodies)).direction is Direction.EQUAL


@given(odd, orders)
def test_order_does_not_matter_however_odd_the_statements_are(bodies: list[Body], random: Random) -> None:
    shuffled = list(bodies)
    random.shuffle(shuffled)
    assert change(of(*shuffled), of(*bodies)).direction is Direction.EQUAL


def respelled(body: Body, rng: Random) -> list[Body]:
    """The statement as several, its actions in another case, lists as texts and texts as lists."""
    copy = deepcopy(dict(body))
    for element in ("Action", "NotAction"):
        if element in copy:
            texts = copy[element] if isinstance(copy[element], list) else [copy[element]]
            copy[element] = [rng.choice((text.lower(), text.upper(), text)) for text in texts]
    resources = copy.get("Resource")
    if isinstance(resources, str):
        return [{**copy, "Resource": [resources]}]
    if isinstance(resources, list) and len(resources) > 1 and "Action" in copy and "NotAction" not in copy:
        return [{**copy, "Resource": resource} for resource in resources]
    return [copy]


@given(some, st.integers(0, 2**32), st.integers(0, 2**32))
def test_what_adds_nothing_step_by_step_adds_nothing_in_all(bodies: list[Body], one: int, two: int) -> None:
    middle = edited(Random(one), bodies, statement, edits=1)
    last = edited(Random(two), middle, statement, edits=1)
    steps = compare(of(*middle), of(*bodies)).answer, compare(of(*last), of(*middle)).answer
    if steps == (NO, NO):
        assert compare(of(*last), of(*bodies)).answer is NO


@given(odd, odd)
def test_what_one_adds_the_other_lacks(one: list[Body], other: list[Body]) -> None:
    there, back = change(of(*one), of(*other)), change(of(*other), of(*one))
    assert there.wider == back.narrower
    assert there.narrower == back.wider


@given(some, some)
def test_a_session_policy_only_narrows(bodies: list[Body], session: list[Body]) -> None:
    limited = of(*bodies, session=policy(*session, label="session policy"))
    assert compare(limited, of(*bodies)).answer is NO
    assert compare(of(*bodies), of(*bodies, session=policy(allow("*"), label="session policy"))).answer is NO


@given(some, some, st.sampled_from(("root", "member")))
def test_a_control_policy_only_narrows(bodies: list[Body], controls: list[Body], level: str) -> None:
    free = of(*bodies)
    ruled = replace(free, control=(control(*controls, level=level),))
    assert compare(ruled, free).answer is NO
    assert compare(replace(free, control=()), replace(ruled, control=())).answer is NO
    one_level_more = (control(*controls, level=level), control(allow("mq:*"), level="folder"))
    assert compare(replace(free, control=one_level_more), ruled).answer is NO


@given(st.lists(understood, min_size=1, max_size=3))
def test_allows_on_a_resource_group_are_less_than_on_the_account(bodies: list[Body]) -> None:
    allows = [{**body, "Effect": "Allow"} for body in bodies]
    assert compare(of(*allows, group="rg-1"), of(*allows)).answer is NO


def test_an_allow_of_the_account_beats_a_deny_of_a_resource_group() -> None:
    denied = PolicySet(account=(policy(allow("mq:*")), policy(deny("*"), group="rg-1")))
    assert change(denied, of(allow("mq:*"))).direction is Direction.EQUAL


@given(st.builds(lambda seed: [trust_statement(Random(seed))], seeds), seeds)
def test_trust_follows_the_same_laws(bodies: list[Body], seed: int) -> None:
    more = trust_statement(Random(seed))
    old = trust(*bodies)
    assert compare_trust(old, old, role=ROLE).answer is NO
    assert compare_trust(old, trust(*bodies, {**more, "Effect": "Allow"}), role=ROLE).answer is NO
    assert compare_trust(trust(*bodies, {**more, "Effect": "Deny"}), old, role=ROLE).answer is NO
    assert compare_trust(None, old, role=ROLE).answer is NO


ID = "acs:mq:*:*:"
HOSTILE: dict[str, tuple[Sequence[Mapping[str, object]], Sequence[Mapping[str, object]]]] = {
    **{
        f"{n} `?` after a letter": ([allow("mq:PUB")], [allow("mq:PUB", f"{ID}*a{'?' * n}")])
        for n in (16, 28, 40)
    },
    "each way a letter and many `?`": (
        [allow("mq:PUB", f"{ID}*a{'?' * 24}")],
        [allow("mq:PUB", f"{ID}*b{'?' * 24}"), deny("mq:PUB", f"{ID}*c{'?' * 24}")],
    ),
    "dozens of infix patterns to avoid": (
        [allow("mq:PUB")],
        [allow("mq:PUB", [f"{ID}*{n:02}*" for n in range(48)])],
    ),
    "dozens of infix patterns to meet": (
        [allow("mq:PUB")],
        [allow("*"), *(deny("mq:PUB", f"{ID}*{chr(97 + n)}*") for n in range(24))],
    ),
    "infix patterns in actions": (
        [allow("*")],
        [{"Effect": "Allow", "NotAction": [f"*{n:02}*" for n in range(30)], "Resource": "*"}],
    ),
    "conditions that are patterns": (
        [allow("mq:PUB")],
        [
            allow("mq:PUB", Condition={"StringNotLike": {"acs:SourceVpc": [f"*{n:02}*" for n in range(30)]}}),
            allow("mq:PUB", Condition={"StringLike": {"acs:SourceVpc": "*a" + "?" * 30}}),
        ],
    ),
    "many open questions": (
        [allow("mq:PUB", [f"acs:*{n}:A*" for n in range(20)])],
        [allow("mq:PUB", [f"acs:*?{n}:a*" for n in range(20)])],
    ),
    "sixty statements": (
        [statement(Random(seed)) for seed in range(60)],
        [statement(Random(seed)) for seed in range(30, 90)],
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_policies_are_answered_within_the_cap(name: str) -> None:
    new, old = (of(*bodies) for bodies in HOSTILE[name])
    for said in (compare(new, old), compare(old, new)):
        assert said.states <= STATE_CAP + 1
        assert said.answer is not NEW or said.witness is not None


def test_a_search_that_is_given_up_points_at_the_most_involved_text() -> None:
    found = compare(of(allow("mq:PUB", ["acs:mq:*:*:a", "*a" + "?" * 16])), of(allow("mq:SUB")), cap=1)
    assert found.answer is Answer.UNKNOWN
    assert found.widens
    assert [(doubt.policy, doubt.path) for doubt in found.doubts] == [
        ("Custom:test", "$.Statement[0].Resource[1]")
    ]


def test_a_policy_of_wildcards_as_long_as_one_may_be_is_answered_within_the_cap() -> None:
    patterns: list[str] = []
    while len(json.dumps(patterns)) < 6_000:
        patterns.append(f"{ID}*{len(patterns):x}?*{len(patterns) % 7}*")
    said = change(of(allow("mq:PUB", patterns[::2])), of(allow("mq:PUB", patterns[1::2])))
    assert said.wider.states <= STATE_CAP + 1
    assert said.narrower.states <= STATE_CAP + 1
    assert said.direction is not Direction.EQUAL


def test_more_than_the_cap_is_unknown_and_counts_as_wider() -> None:
    new, old = of(allow("mq:PUB", f"{ID}*a????*b")), of(allow("mq:PUB", [f"{ID}*a??*", f"{ID}*b*c"]))
    assert compare(new, old).answer is NO
    cut_short = compare(new, old, cap=3)
    assert cut_short.answer is UNKNOWN
    assert cut_short.widens
    assert "too" in cut_short.doubts[0].why


def test_a_witness_that_does_not_replay_is_a_crash() -> None:
    new, old = (Side.of(of(allow(action))) for action in ("mq:*", "mq:PUB"))
    refused = decide(documents.request("mq:SUB"), account=())
    case = Case(
        new=new,
        old=old,
        policies=(),
        judge=lambda _witness, _readings: (refused, refused),
    )
    with pytest.raises(WitnessDoesNotReplayError):
        Settling(case, cap=STATE_CAP).answer()


def test_an_empty_list_of_excluded_actions_leaves_it_open_what_is_allowed() -> None:
    said = compare(of({"Effect": "Allow", "NotAction": [], "Resource": "*"}), of(allow("mq:SUB")))
    assert said.answer is UNKNOWN


@pytest.mark.parametrize(
    ("new", "old"),
    [("*:a?*", "s:*"), ("s:*", "*:*b"), ("s:*", "*b"), ("*:*b", "*s:*")],
)
def test_actions_of_services_outside_the_catalogue_are_searched_too(new: str, old: str) -> None:
    said = compare(of(allow(new)), of({"Effect": "Allow", "NotAction": old, "Resource": "*"}))
    assert said.answer is NEW


def test_a_character_that_no_pattern_spells_in_either_case_is_found_for_actions() -> None:
    spelled = [f"s:{character}?" for character in ascii_lowercase + digits]
    said = compare(of(allow("s:??")), of(allow(spelled)))
    assert said.answer is NEW
    assert said.witness is not None
    assert said.witness.request.action[2] not in ascii_letters + digits


def test_a_documented_name_with_a_capital_is_the_same_where_case_does_not_count() -> None:
    old = of(allow("rocketmq:*", "acs:rocketmq:*:*:instanc*"), deny("ram:*", "acs:mq:*:*:MQ_INST"))
    said = compare(of(allow("rocketmq:*", "acs:rocketmq:*")), old)
    assert said.answer is UNKNOWN
    assert Assumption.WILDCARD_OVER_COLON in said.assumptions


def test_services_that_differ_in_case_may_be_the_same() -> None:
    capital, small = "acs:MQ:*:*:a", "acs:mq:*:*:a"
    old = [allow("mq:PUB", capital), deny("mq:PUB", small)]
    assert compare(of(old[0]), of(*old)).answer is UNKNOWN
    assert compare(of(old[0], deny("mq:PUB", "acs:mq:*:*:*")), of(allow("mq:PUB", small))).answer is UNKNOWN


@pytest.mark.parametrize("resource", ["ACS:mq:*:*:orders", "ACS:MQ:*:*:ORDERS", "A?S:mq:*:*:orders"])
def test_a_scheme_in_capitals_may_be_the_scheme(resource: str) -> None:
    said = compare(of(allow("mq:PUB", resource)), of(deny("mq:PUB", "acs:mq:*:*:invoices")))
    assert said.answer is UNKNOWN
    assert said.assumptions == (Assumption.RESOURCE_CASE,)
    # It may cover what another allows, and may deny it as well.
    covered = compare(of(allow("mq:PUB", "acs:mq:*:*:orders")), of(allow("mq:PUB", resource)))
    assert covered.answer is UNKNOWN
    assert compare(of(allow("mq:PUB", "acs:mq:*:*:*")), of(allow("mq:PUB", resource))).answer is NEW


@pytest.mark.parametrize(
    ("principal", "trusted"),
    [
        (
            {"Federated": "acs:ram::200000000000****:saml-provider/idp"},
            {"RAM": "acs:ram::2000000000000002:root"},
        ),
        (
            {"Federated": "acs:ram::2000000000000002:*/idp"},
            {"Federated": "acs:ram::2000000000000002:saml-provider/b"},
        ),
        ({"Service": "2*@ecs.aliyuncs.com"}, {"Service": "ecs.aliyuncs.com"}),
        ({"Service": "*.aliyuncs.com"}, {"Service": "ecs.aliyuncs.com"}),
        ({"RAM": "acs:ram::2*:root"}, {"RAM": "acs:ram::2000000000000002:root"}),
        ({"RAM": "acs:ram::2000000000000002:role/o*"}, {"RAM": "acs:ram::2000000000000002:role/ox"}),
        ({"RAM": "acs:ram::2000000000000002:user/b?b"}, {"RAM": "acs:ram::2000000000000002:user/bob"}),
        ("*", {"RAM": "acs:ram::2000000000000002:root"}),
    ],
)
def test_a_wildcard_among_the_principals_leaves_it_open_who_is_let_in(
    principal: object, trusted: object
) -> None:
    said = compare_trust(trust(trusting(principal)), trust(trusting(trusted)), role=ROLE)
    assert said.answer is UNKNOWN
    assert said.possible is not None
