"""The picture: who enters which role, and what its policies name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.html import render_html
from reports.index import Index
from reports.input import ReportInput
from reports.picture import PARTNERS, ROLES, TARGETS, Picture, draw
from reports.roles import part_anchors
from reports.targets import ALL_4X, ALL_5X, EVERYTHING, UNREAD, Target, TargetKind, TargetReader
from scanner.model.document import Document
from scanner.model.fault import CloudFault, FaultKind
from scanner.model.snapshot import Gap, Snapshot, Subject
from tests.reports.page import page_of
from tests.reports.sample import NOON, OWNER, attached, crowded, grant, hostile, policy, role, small, trust


def picture(report: ReportInput) -> Picture:
    index = Index.of(report)
    return draw(index, part_anchors(index))


def targets(document: Document | None, *, gaps: tuple[Gap, ...] = ()) -> set[Target]:
    snapshot = Snapshot(
        account=OWNER,
        taken=NOON,
        roles=(role("reader", trust("*")),),
        policies=(policy("given", document),),
        attachments=(attached("reader", "given"),),
        gaps=gaps,
    )
    index = Index.of(
        ReportInput(snapshots=(snapshot,), findings=(), delegations=(), generated=NOON, version="0")
    )
    return set(TargetReader().of_role(index.account(OWNER), "reader"))


@pytest.mark.parametrize(
    ("actions", "resource", "expected"),
    [
        (["*"], "*", {EVERYTHING}),
        (["*:*"], "*", {EVERYTHING}),
        (["rocketmq:*"], "*", {ALL_5X}),
        (["MQ:Sub", "rocketmq:*"], "*", {ALL_4X, ALL_5X}),
        (["rocketmq:*"], "acs:rocketmq:*:*:*", {ALL_5X}),
        (["rocketmq:*"], "acs:rocketmq:*:*:instance/*", {ALL_5X}),
        (
            ["rocketmq:*"],
            "acs:rocketmq:*:*:instance/rmq-1/topic/t",
            {Target(TargetKind.INSTANCE_5X, "rmq-1")},
        ),
        (["rocketmq:*"], "acs:rocketmq:*:*:instance/rmq-*", {Target(TargetKind.INSTANCE_5X, "rmq-*")}),
        (["mq:PUB"], "acs:mq:*:*:MQ_INST_1_a%t", {Target(TargetKind.INSTANCE_4X, "MQ_INST_1_a")}),
        (["mq:PUB"], "acs:mq:*:*:topic-a", {Target(TargetKind.NAME_4X, "topic-a")}),
        (["mq:*"], "acs:mq:*:*:*", {ALL_4X}),
        (["oss:GetObject"], "*", {Target(TargetKind.OTHER, "oss")}),
        (["ram:GetRole"], "acs:ram:*:*:role/x", {Target(TargetKind.OTHER, "ram")}),
    ],
)
def test_a_statement_is_about_what_it_names(actions: list[str], resource: str, expected: set[Target]) -> None:
    assert targets(grant(actions, [resource])) == expected


def test_all_actions_but_some_on_everything_is_everything() -> None:
    text = '{"Version": "1", "Statement": [{"Effect": "Allow", "NotAction": "bss:*", "Resource": "*"}]}'
    assert targets(Document(text)) == {EVERYTHING}


def test_denials_are_not_drawn() -> None:
    text = '{"Version": "1", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
    assert targets(Document(text)) == set()


@pytest.mark.parametrize("document", [None, Document("not json")])
def test_what_was_not_read_or_understood_is_not_known(document: Document | None) -> None:
    assert targets(document) == {UNREAD}


def test_attachments_that_were_not_read_are_not_known() -> None:
    gap = Gap(
        subject=Subject.RESOURCE_GROUP_ATTACHMENTS,
        name="",
        because=CloudFault(kind=FaultKind.DENIED, api="resourcemanager:ListPolicyAttachments"),
    )
    assert UNREAD in targets(grant(["*"], ["*"]), gaps=(gap,))


def test_a_few_roles_are_drawn_one_by_one_with_their_names() -> None:
    drawn = picture(small())
    assert not drawn.aggregated
    labels = {node.label for node in drawn.nodes}
    assert {"Enterprise B", "orders-sync", "partner-admin", "The whole account", "rmq-cn-orders01"} <= labels
    assert len(drawn.lines) == 4 + 7


@pytest.mark.parametrize("roles", [5, 24, 25, 100, 1_000])
def test_the_picture_stays_readable_and_stands_for_every_role(roles: int) -> None:
    drawn = picture(crowded(roles))
    assert len(drawn.nodes) <= PARTNERS + ROLES + TARGETS + 4
    stood_for = sum(
        len(row.role.names.shown) + row.role.names.more if row.role.names.shown else 1
        for row in drawn.readings
    )
    assert stood_for == roles
    assert f"{roles:,} role" in drawn.description


def test_broad_grants_and_strangers_are_never_drawn_together_with_the_rest() -> None:
    report = crowded(100)
    snapshot = report.snapshots[0]
    wide = replace(
        snapshot,
        policies=(*snapshot.policies, policy("wide", grant(["*"], ["*"]))),
        attachments=(*snapshot.attachments, attached("partner-role-0099", "wide")),
    )
    labels = {node.label for node in picture(replace(report, snapshots=(wide,))).nodes}
    assert "The whole account" in labels


@pytest.mark.parametrize("report", [small(), crowded(100), hostile()], ids=["small", "crowded", "hostile"])
def test_boxes_do_not_overlap_and_stay_inside(report: ReportInput) -> None:
    drawn = picture(report)
    for node in drawn.nodes:
        assert node.place.x >= 0
        assert node.place.x + node.place.width <= drawn.width
        assert node.place.y + node.place.height <= drawn.height
    for one in drawn.nodes:
        for other in drawn.nodes:
            if one is not other and one.place.x == other.place.x:
                assert abs(one.place.y - other.place.y) >= one.place.height


def test_the_picture_has_a_title_and_stands_in_words_too() -> None:
    page = page_of(render_html(small()))
    assert "Who may enter which role" in page.all("title")[1].text
    assert len(page.all("desc")) == 1
    assert "The picture in words" in page.text


def test_without_delegations_the_page_says_so() -> None:
    page = page_of(render_html(replace(small(), delegations=())))
    assert not page.all("svg")
    assert "There is nothing to draw" in page.text
