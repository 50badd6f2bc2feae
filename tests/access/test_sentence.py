"""One sentence a way in: right in its numbers, honest about doubts, and never about a policy's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.access.abilities import Ability, Sure, abilities, phrase, spoken
from scanner.access.amounts import Stock, bits_of, quoted
from scanner.access.delegations import delegations
from scanner.access.entrance import Certainty
from scanner.access.matrix import COLUMNS, Cell, Column, Matrix
from scanner.access.paths import paths
from scanner.access.plainly import plainly
from scanner.access.resources import Resource
from scanner.access.sentence import ALWAYS_SAID, Sentences, Way, say, sentence, subject
from scanner.access.view import AccountView
from scanner.model.broker import Series
from scanner.model.ids import AccountId
from scanner.model.snapshot import Gap, Subject
from scanner.model.text import visible
from scanner.policy.catalogue import ResourceType
from tests.rules import worlds as w

KNOWN: Final = {account.account: account for account in w.KNOWN}
LEGACY: Final = "MQ_INST_1_legacy"
FOUR: Final = f"acs:mq:*:{w.OWNER}:{LEGACY}%"
FIVE: Final = f"acs:rocketmq:*:{w.OWNER}:instance/rmq-1"

INSTANCES: Final = (
    w.instance("rmq-1"),
    w.instance("rmq-2"),
    w.instance(LEGACY, series=Series.V4),
)
TOPICS: Final = (
    *(w.topic("rmq-1", f"orders-{n:02d}") for n in range(14)),
    w.topic("rmq-2", "stock"),
    *(w.topic(LEGACY, f"pay-{n}", series=Series.V4) for n in range(6)),
)


def account(
    *statements: w.Body,
    trust: w.Body | Sequence[w.Body] | None = None,
    name: str = "anything",
    gaps: Sequence[Gap] = (),
    unread: bool = False,
) -> AccountView:
    """An account with one delegated role that is granted `statements`."""
    policies = [w.policy(name, *statements)] if statements else []
    return w.view(
        w.snapshot(
            roles=[w.role("partner", trust=w.trusting(w.PARTNER) if trust is None else trust)],
            policies=[*policies, *([w.policy("lost", unread=True)] if unread else [])],
            attachments=w.attached(*policies, *(["lost"] if unread else []), role="partner"),
            instances=INSTANCES,
            topics=TOPICS,
            consumer_groups=[w.consumer_group(LEGACY, "GID_a", series=Series.V4)],
            gaps=gaps,
        )
    )


def told(view: AccountView) -> str:
    """The sentence about the first delegation."""
    return sentence(delegations(view, KNOWN)[0], Matrix.of(view), view=view)


def test_it_says_who_can_do_what_on_how_much_the_worst_first() -> None:
    view = account(
        w.allow("rocketmq:GetMessageDetail", on=f"{FIVE}/topic/*"),
        w.allow("rocketmq:GetInstanceAccount", on=FIVE),
        w.allow("mq:PUB", on=[f"{FOUR}pay-0", f"{FOUR}pay-1"]),
    )
    assert told(view) == (
        "Enterprise B can read passwords that survive revocation on instance `rmq-1`, "
        f"publish to topics `pay-0` and `pay-1` of instance `{LEGACY}`, "
        "and read message bodies of all 14 topics of instance `rmq-1` and matching later ones."
    )


@pytest.mark.parametrize(
    ("resources", "extent"),
    [
        ([f"{FIVE}/topic/orders-00"], "topic `orders-00` of instance `rmq-1`"),
        (
            [f"{FIVE}/topic/orders-0{n}" for n in range(3)],
            "topics `orders-00`, `orders-01` and `orders-02` of",
        ),
        ([f"{FIVE}/topic/orders-0{n}" for n in range(5)], "5 of 14 topics of instance `rmq-1`"),
        ([f"{FIVE}/topic/*"], "all 14 topics of instance `rmq-1` and matching later ones"),
        (["*"], "all 15 topics in 2 instances and matching later ones"),
        (
            [f"{FIVE}/topic/orders-1?", f"acs:rocketmq:*:{w.OWNER}:instance/rmq-2/topic/stock"],
            "5 of 15 topics in 2",
        ),
        ([f"{FIVE}/topic/gone"], "resources that do not exist yet"),
    ],
)
def test_extent_is_told_by_names_where_they_are_few_and_in_numbers_where_not(
    resources: list[str], extent: str
) -> None:
    assert f"read message bodies of {extent}" in told(
        account(w.allow("rocketmq:GetMessageDetail", on=resources))
    )


def test_an_only_instance_is_named_once() -> None:
    view = account(w.allow("mq:PUB", "mq:SUB", on=[f"{FOUR}pay-0", f"{FOUR}GID_a"]))
    assert told(view) == (
        f"Enterprise B can publish to topic `pay-0` of instance `{LEGACY}`, "
        "and subscribe to topic `pay-0` and group `GID_a` of that instance."
    )


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("rocketmq:GetInstanceAccount", "read passwords that survive revocation on"),
        ("rocketmq:UpdateInstanceAccount", "set passwords that survive revocation on"),
        ("rocketmq:CreateInstanceAccount", "create accounts that survive revocation on"),
        ("rocketmq:*InstanceAccount", "read or set passwords or create accounts that survive revocation on"),
        ("rocketmq:VerifySendMessage", "publish through the management API to"),
        ("rocketmq:VerifyConsumeMessage", "have a consumer of its choice receive messages of"),
        ("rocketmq:ListTraces", "trace messages of"),
        ("rocketmq:ListMessages", "read messages of"),
        ("rocketmq:UpdateInstance", "open the network to"),
        ("mq:ResendDLQMessage", "send again the dead letters of"),
        ("ram:CreateUser", "create users or roles"),
        ("ram:AttachPolicyToRole", "give itself or others more rights in the account"),
        ("ram:CreateAccessKey", "make lasting credentials for users"),
        ("sts:AssumeRole", "take on other roles"),
    ],
)
def test_the_verb_follows_from_the_action(action: str, words: str) -> None:
    assert f"Enterprise B can {words}" in told(account(w.allow(action)))


def test_reading_some_bodies_and_other_traces_is_not_called_reading_bodies() -> None:
    view = account(
        w.allow("rocketmq:GetMessageDetail", on=f"{FIVE}/topic/orders-00"),
        w.allow("rocketmq:GetTrace", on=f"{FIVE}/topic/*"),
    )
    assert "read messages of all 14 topics" in told(view)


def test_names_of_5x_sending_that_the_service_does_not_have_say_nothing() -> None:
    assert "publish" not in told(account(w.allow("rocketmq:SendMessage", "rocketmq:ReceiveMessage")))


def test_conditions_are_told_in_plain_words_where_there_are_some() -> None:
    office = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
    view = account(
        w.allow("mq:PUB", on=f"{FOUR}pay-0"),
        w.allow("rocketmq:GetInstanceAccount", on=FIVE, when=office),
    )
    assert "read passwords that survive revocation on instance `rmq-1` (only from `10.0.0.0/8`)" in told(view)


def test_terms_that_hold_for_everything_are_told_once() -> None:
    office = {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
    view = account(w.allow("mq:PUB", on=f"{FOUR}pay-0", when=office))
    assert told(view).startswith("Enterprise B, only from `10.0.0.0/8`, can publish to topic `pay-0`")


def test_a_deny_under_a_condition_is_told_as_an_exception() -> None:
    at_home = {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}}
    view = account(w.allow("mq:PUB", on=f"{FOUR}pay-0"), w.deny("mq:PUB", when=at_home))
    assert "Enterprise B, except from `192.0.2.0/24`, can publish" in told(view)


def test_the_external_id_is_told_and_its_value_is_not() -> None:
    trust = w.trusting(w.PARTNER, when=w.external_id(w.GOOD_EXTERNAL_ID))
    text = told(account(w.allow("mq:PUB", on=f"{FOUR}pay-0"), trust=trust))
    assert text.startswith("Enterprise B, with the right external id, can publish")
    assert w.GOOD_EXTERNAL_ID not in text


def test_what_is_not_understood_is_neither_granted_nor_denied() -> None:
    odd = {"StringEqualsIfExists": {"acs:SourceVpc": "vpc-1"}}
    text = told(account(w.allow("rocketmq:GetInstanceAccount", on=FIVE, when=odd)))
    assert text.startswith(
        "It could not be told whether Enterprise B can read passwords that survive revocation"
    )
    assert text.endswith("because part of its policies is not understood.")


def test_what_was_not_read_is_said() -> None:
    assert "what else it can do is not known" in told(
        account(w.allow("mq:PUB", on=f"{FOUR}pay-0"), unread=True)
    )
    assert "what the role grants is not known" in told(account(unread=True))


def test_resources_that_were_not_read_are_not_counted_silently() -> None:
    gap = w.gap(Subject.TOPICS, "rmq-2")
    text = told(account(w.allow("rocketmq:GetMessageDetail", on="*"), gaps=[gap]))
    assert "the counts leave out what could not be read" in text


def test_a_role_without_power_is_not_called_harmless_elsewhere() -> None:
    assert told(account(w.allow("oss:GetObject"))) == (
        "Enterprise B can enter role `partner`, but the role grants nothing on RocketMQ "
        "and nothing over users, roles or policies."
    )


def test_a_doubtful_way_in_is_called_doubtful() -> None:
    text = told(account(w.allow("mq:PUB", on=f"{FOUR}pay-0"), trust=w.trusting("acs:ram::*:user/x")))
    assert text.startswith(
        "If it can enter, which is not certain, whoever `acs:ram::*:user/x` stands for can publish"
    )


def test_a_chain_names_the_roles_in_their_order() -> None:
    first = w.role("door", trust=w.trusting(w.PARTNER))
    second = w.role("inner", trust=w.trusting(f"acs:ram::{w.OWNER}:role/door"))
    policies = [w.policy("step", w.allow("sts:AssumeRole", on=second.arn)), w.policy("p", w.allow("mq:PUB"))]
    view = w.view(
        w.snapshot(
            roles=[first, second],
            policies=policies,
            attachments=[*w.attached(policies[0], role="door"), *w.attached(policies[1], role="inner")],
            instances=INSTANCES,
            topics=TOPICS,
        )
    )
    chain = next(path for path in paths(view, others={}, known=KNOWN) if path.is_chain)
    text = sentence(chain, Matrix.of(view), view=view)
    assert text.startswith("Enterprise B, through role `door` and then `inner`, can publish to all 6 topics")


@pytest.mark.parametrize(
    ("principal", "account_id", "partner", "words"),
    [
        ("acs:ram::2000000000000002:root", w.PARTNER, "Enterprise B", "Enterprise B"),
        ("acs:ram::2000000000000002:root", w.PARTNER, "", "account `2000000000000002`"),
        ("acs:ram::2000000000000002:user/lena", w.PARTNER, "Enterprise B", "user `lena` of Enterprise B"),
        ("2000000000000002@fc.aliyuncs.com", w.PARTNER, "B", "cloud service `fc.aliyuncs.com` of B"),
        (
            "acs:ram::2000000000000002:saml-provider/idp",
            w.PARTNER,
            "B",
            "whoever SAML provider `idp` of B lets in",
        ),
        ("*", None, "", "anybody with an Alibaba Cloud account"),
        ("not a principal", None, "", "whoever `not a principal` stands for"),
        ("", None, "", "somebody who cannot be told"),
    ],
)
def test_the_subject_is_named_as_the_settings_name_it(
    principal: str, account_id: AccountId | None, partner: str, words: str
) -> None:
    assert subject(principal, account=account_id, partner=partner) == words


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("`acs:sourceip` IpAddress `10.0.0.0/8, 192.0.2.1`", "from `10.0.0.0/8, 192.0.2.1`"),
        ("`acs:SecureTransport` Bool `true`", "over HTTPS"),
        ("`acs:SecureTransport` Bool `false`", "if `acs:SecureTransport` Bool `false`"),
        ("the resource is in resource group `rg-1`", "in resource group `rg-1`"),
        (
            "`acs:MFAPresent` Bool `true` and `x:y` StringLike `z*`",
            "with multi-factor authentication and if `x:y` StringLike `z*`",
        ),
    ],
)
def test_a_condition_without_a_plain_word_stays_as_it_is(words: str, plain: str) -> None:
    assert plainly(words) == plain


HOSTILE: Final = st.text(st.sampled_from("`a\u202e<|\n%/:*0"), min_size=1, max_size=60)
RESOURCES: Final = st.lists(
    st.builds(
        lambda kind, instance, name: Resource(
            f"acs:rocketmq:r:1:instance/{instance}"
            + (f"/{kind.value}/{name}" if kind is not ResourceType.INSTANCE else ""),
            kind,
            Series.V5,
            instance,
            None,
        ),
        st.sampled_from([ResourceType.INSTANCE, ResourceType.TOPIC, ResourceType.GROUP]),
        st.one_of(st.sampled_from(["rmq-1", "rmq-2"]), HOSTILE),
        HOSTILE,
    ),
    max_size=12,
).map(tuple)


@st.composite
def rows(draw: st.DrawFn, size: int) -> dict[Column, Cell]:
    """Any row that a matrix of so many resources may have."""
    bits = st.integers(0, (1 << size) - 1)
    words = st.lists(
        st.sampled_from(["`k` Op `v`", "`acs:SourceIp` IpAddress `10.0.0.0/8`", "odd ` tick"]), max_size=3
    )
    row = {}
    for column in COLUMNS:
        must, unknown = draw(bits), draw(bits)
        may = must | draw(bits)
        sure, perhaps = draw(st.booleans()), draw(st.booleans())
        row[column] = draw(
            st.sampled_from(
                [
                    Cell(),
                    Cell(
                        must=must,
                        may=may,
                        unknown=unknown & ~may,
                        must_to_come=sure,
                        may_to_come=sure or perhaps,
                        unknown_to_come=draw(st.booleans()),
                        only_if=tuple(draw(words)),
                        unless=tuple(draw(words)),
                    ),
                ]
            )
        )
    return row


@given(st.data())
def test_any_row_can_be_told_and_no_class_of_it_is_left_out(data: st.DataObject) -> None:
    resources = data.draw(RESOURCES)
    able = abilities(data.draw(rows(len(resources))))
    stock = Stock(resources)
    way = Way(
        principal=data.draw(st.one_of(st.just("*"), HOSTILE)),
        account=None,
        partner=data.draw(HOSTILE),
        roles=tuple(data.draw(st.lists(HOSTILE, min_size=1, max_size=3))),
        certainty=data.draw(st.sampled_from(Certainty)),
        only_if=tuple(data.draw(st.lists(HOSTILE, max_size=2))),
        unless=(),
    )
    text = say(way, able, stock=stock, unread=data.draw(st.booleans()), uncounted=data.draw(st.booleans()))
    assert visible(text) == text
    assert text.endswith(".")
    left_out = " ".join(re.findall(r"more \((.*?)\)", text))
    for ability in able:
        assert ability.verb in text or ability.access.value in left_out
        if ability.access in ALWAYS_SAID:
            assert ability.verb in text


@given(st.data())
def test_numbers_are_those_of_the_matrix(data: st.DataObject) -> None:
    resources = tuple(
        Resource(f"acs:rocketmq:r:1:instance/i{i}/topic/t{n}", ResourceType.TOPIC, Series.V5, f"i{i}", None)
        for i in range(3)
        for n in range(data.draw(st.integers(0, 9)))
    )
    bits = data.draw(st.integers(0, (1 << len(resources)) - 1))
    chosen = [resources[i] for i in bits_of(bits)]
    places = {resource.instance_id for resource in chosen}
    there = [resource for resource in resources if resource.instance_id in places]
    words = Stock(resources).amount(bits)
    match chosen:
        case []:
            assert words == ""
        case _ if len(chosen) == len(there) > 2:
            assert words.startswith(f"all {len(chosen)} topics ")
        case _ if len(chosen) == len(there) == 2:
            assert words.startswith("both topics ")
        case _ if len(chosen) > 3:
            assert words.startswith(f"{len(chosen)} of {len(there)} topics ")
        case _:
            assert words.count("`t") == len(chosen)
    assert not chosen or words.endswith(
        f"instance `{places.pop()}`" if len(places) == 1 else f"in {len(places)} instances"
    )


@given(HOSTILE)
def test_a_name_cannot_leave_its_backticks(name: str) -> None:
    assert quoted(name).count("`") == 2
    assert visible(quoted(name)) == quoted(name)


@given(st.text(st.sampled_from("abcdefgh"), min_size=6, max_size=12))
def test_what_a_policy_is_called_changes_nothing(name: str) -> None:
    statements = (w.allow("rocketmq:*", on=f"{FIVE}*"), w.allow("mq:SUB", on=f"{FOUR}pay-?"))
    text = told(account(*statements, name=name))
    assert text == told(account(*statements, name="AliyunMQReadOnlyAccess"))
    assert name not in text


def test_roles_alike_are_told_alike() -> None:
    view = account(w.allow("mq:PUB"))
    tell = Sentences(view, Matrix.of(view))
    first, *_ = delegations(view, KNOWN)
    assert tell.of(first) == tell.of(first) == told(view)


def test_columns_of_which_the_same_is_said_are_taken_together() -> None:
    view = account(w.allow("mq:*", "rocketmq:*"))
    able = abilities(Matrix.of(view).row("partner"))
    administer = [a for a in able if a.verb == "administer"]
    assert len(administer) == 1
    assert phrase(administer[0], Stock(Matrix.of(view).resources)).startswith(
        "administer all 3 instances with everything"
    )


def test_every_column_has_a_verb() -> None:
    assert all(spoken(column, ()) for column in COLUMNS)


def test_what_is_sure_comes_before_what_is_conditional_in_a_class() -> None:
    def ability(sure: Sure) -> Ability:
        return Ability(access=COLUMNS[0].access, sure=sure, verb="do", bits=1, to_come=False)

    shuffled = [ability(Sure.UNKNOWN), ability(Sure.CERTAIN), ability(Sure.CONDITIONAL)]
    assert [a.sure for a in sorted(shuffled, key=lambda a: a.order)] == list(Sure)
