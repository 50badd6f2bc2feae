"""Which documents of an account are linted, and in which order."""

from __future__ import annotations

from scanner.access.lint_documents import Documents
from scanner.model.document import Document
from scanner.model.policy import Policy, PolicyKind, PolicyRef, PolicyVersion
from scanner.model.snapshot import Subject
from tests.rules import worlds as w

OLD, NEW = (w.document(w.allow("mq:PUB", on=name)) for name in ("old", "new"))
ORDERS = Policy(
    ref=PolicyRef(PolicyKind.CUSTOM, "orders"),
    default_version="v2",
    versions=(
        PolicyVersion(version_id="v1", is_default=False, created=None, document=Document(OLD)),
        PolicyVersion(version_id="v2", is_default=True, created=None, document=Document(NEW)),
    ),
)
SYSTEM = w.policy("AliyunMQReadOnlyAccess", w.allow("mq:List*"), kind=PolicyKind.SYSTEM)
LOOSE = w.policy("loose", w.allow("mq:PUB"))
UNREAD = w.policy("hidden", unread=True)
ACCOUNT = w.snapshot(
    roles=[
        w.role("a-home", trust=w.trusting(w.OWNER)),
        w.role("b-guests", trust=w.trusting(w.PARTNER)),
        w.role("c-unread", trust=None),
    ],
    policies=[ORDERS, SYSTEM, LOOSE, UNREAD],
    attachments=[*w.attached(ORDERS, SYSTEM, "gone", role="b-guests"), *w.attached(UNREAD, role="a-home")],
    gaps=[w.gap(Subject.ROLE, "c-unread")],
)
VIEW = w.view(ACCOUNT)


def test_delegated_roles_come_first_and_nothing_comes_twice() -> None:
    assert [written.source.partition("/")[2] for written in Documents(VIEW).whole()] == [
        "role/b-guests/trust",
        "policy/Custom:gone",
        "policy/Custom:orders/v2",
        "role/c-unread/trust",
        "role/a-home/trust",
        "policy/Custom:hidden/v1",
        "policy/Custom:loose/v1",
    ]


def test_what_could_not_be_read_says_why() -> None:
    unread = {
        written.source.partition("/")[2]: written.because
        for written in Documents(VIEW).whole()
        if written.text is None
    }
    assert "`gone` was not read" in unread["policy/Custom:gone"].replace("Custom:", "")
    assert "`Custom:hidden` was not read" in unread["policy/Custom:hidden/v1"]
    assert "ram:GetRole" in unread["role/c-unread/trust"]


def test_versions_not_in_force_and_policies_of_the_vendor_are_there_when_asked_for() -> None:
    more = {w.source for w in Documents(VIEW, every=True).whole()} - {
        w.source for w in Documents(VIEW).whole()
    }
    assert {source.partition("/")[2] for source in more} == {
        "policy/Custom:orders/v1",
        "policy/System:AliyunMQReadOnlyAccess/v1",
    }


def test_a_role_has_its_own_documents() -> None:
    role = VIEW.role("a-home")
    assert role is not None
    assert [w.source.partition("/")[2] for w in Documents(VIEW).of_role(role)] == [
        "role/a-home/trust",
        "policy/Custom:hidden/v1",
    ]


def test_a_policy_is_found_by_its_name_with_or_without_its_kind() -> None:
    for name in ("orders", "Custom:orders"):
        assert [written.text for written in Documents(VIEW).named(name)] == [NEW]
    assert Documents(VIEW).named("System:orders") == ()
