"""What somebody can do."""

from __future__ import annotations

from scanner.access.entrance import Certainty
from scanner.access.matrix import Matrix
from scanner.access.people import people
from scanner.access.what import Possession, Reached, what_can
from scanner.model.broker import Series
from scanner.model.snapshot import Snapshot, Subject
from scanner.policy.catalogue import AccessClass, ResourceType
from tests.access import estates as e
from tests.rules import worlds as w


def ways(snapshot: Snapshot, who: str = w.PARTNER) -> tuple[Possession, ...]:
    view = w.view(snapshot)
    return what_can(people(who, view, e.entered(view), known=e.KNOWN).paths, Matrix.of(view))


def reached(*statements: w.Body, access: AccessClass, series: Series | None = Series.V5) -> Reached | None:
    (way,) = ways(e.owner({"mq": w.trusting(w.PARTNER)}, {"mq": statements}))
    columns = {(one.column.access, one.column.series): one for one in way.reached}
    return columns.get((access, series))


def test_existing_resources_are_counted_by_type_and_named() -> None:
    found = reached(
        w.allow("rocketmq:GetMessageDetail", on="acs:rocketmq:*:*:instance/rmq-1/*"),
        access=AccessClass.READ_MESSAGES,
    )
    assert found is not None
    assert found.sure.by_type == {ResourceType.TOPIC: 2}
    assert {resource.arn for resource in found.sure} == {e.topic_arn("orders"), e.topic_arn("payments")}
    assert found.sure.instances == ("rmq-1",)
    assert (found.to_come, found.is_certain) == (Certainty.CERTAIN, True)


def test_what_hangs_on_a_condition_is_told_apart() -> None:
    found = reached(
        w.allow("rocketmq:GetMessageDetail", on=e.topic_arn("orders")),
        w.allow("rocketmq:GetMessageDetail", when={"Bool": {"acs:SecureTransport": "true"}}),
        access=AccessClass.READ_MESSAGES,
    )
    assert found is not None
    assert [resource.arn for resource in found.sure] == [e.topic_arn("orders")]
    assert len(found.conditional) == 2
    assert found.only_if == ("`acs:SecureTransport` Bool `true`",)


def test_what_is_not_understood_is_not_certain() -> None:
    found = reached(
        w.allow("rocketmq:GetMessageDetail", when={"StringEqualsIfExists": {"acs:SourceVpc": "x"}}),
        access=AccessClass.READ_MESSAGES,
    )
    assert found is not None
    assert (len(found.sure), len(found.conditional), len(found.uncertain)) == (0, 0, 3)
    assert not found.is_certain


def test_what_is_not_reached_is_left_out() -> None:
    assert reached(w.allow(e.GET), access=AccessClass.PUBLISH) is None


def test_permissions_that_were_not_read_are_told_with_the_way() -> None:
    unread = [w.gap(Subject.ATTACHMENTS, "mq", api="ram:ListPoliciesForRole")]
    (way,) = ways(e.owner({"mq": w.trusting(w.PARTNER)}, {}, gaps=unread))
    assert way.reached == ()
    assert "ram:ListPoliciesForRole" in way.unread[0]
    assert not way.is_complete


def test_each_way_in_leads_to_its_own_role() -> None:
    trusts = {"one": w.trusting(w.PARTNER), "two": w.trusting(w.PARTNER)}
    found = ways(e.owner(trusts, {"one": [w.allow(e.GET)], "two": []}))
    assert [(way.path.role, bool(way.reached)) for way in found] == [("one", True), ("two", False)]
