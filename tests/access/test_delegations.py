"""Each role with each principal from outside is one delegation."""

from __future__ import annotations

from dataclasses import replace

from scanner.access.delegations import delegations
from scanner.model.delegation import Delegation, Relation, WayIn
from scanner.model.role import Role
from tests.rules import worlds as w

KNOWN = {entry.account: entry for entry in w.KNOWN}


def of(role: Role) -> tuple[Delegation, ...]:
    policy = w.policy("publish", w.allow("mq:PUB"))
    attachments = (
        *w.attached(policy, role=role.name),
        *w.attached(policy, role=role.name, resource_group="rg-1"),
    )
    return delegations(w.view(w.snapshot(roles=[role], policies=[policy], attachments=attachments)), KNOWN)


def test_a_delegation_tells_who_comes_in_how_and_with_what() -> None:
    role = w.role(
        "mq", trust=w.trusting(f"acs:ram::{w.PARTNER}:user/alice", when=w.external_id("s3cret-value"))
    )
    (one,) = of(role)
    assert one.owner == w.OWNER
    assert one.role == "mq"
    assert one.principal == f"acs:ram::{w.PARTNER}:user/alice"
    assert (one.principal_account, one.partner, one.relation) == (w.PARTNER, "Enterprise B", Relation.PARTNER)
    assert one.ways == (WayIn.STS, WayIn.CONSOLE)
    assert one.external_id_required is True
    assert one.max_session_seconds == 3600
    assert one.policies == ("Custom:publish", "Custom:publish @ rg-1")
    assert one.trust_path == "$.Statement[0]"


def test_an_external_id_is_never_shown() -> None:
    (one,) = of(w.role("mq", trust=w.trusting(w.PARTNER, when=w.external_id("s3cret-value"))))
    assert one.conditions == ("`sts:ExternalId` StringEquals `***`",)


def test_each_principal_is_a_delegation_of_its_own() -> None:
    role = w.role("mq", trust=w.trusting(w.PARTNER, w.STRANGER, "*", service=f"{w.SISTER}@fc.aliyuncs.com"))
    found = {one.principal: (one.principal_account, one.relation) for one in of(role)}
    assert found == {
        w.root(w.PARTNER): (w.PARTNER, Relation.PARTNER),
        w.root(w.STRANGER): (w.STRANGER, Relation.UNKNOWN),
        "*": (None, Relation.UNKNOWN),
        f"{w.SISTER}@fc.aliyuncs.com": (w.SISTER, Relation.ORGANISATION),
    }


def test_statements_are_alternatives_so_one_without_an_external_id_undoes_the_other() -> None:
    role = w.role(
        "mq", trust=[w.trusting(w.PARTNER, when=w.external_id("s3cret-value")), w.trusting(w.PARTNER)]
    )
    (one,) = of(role)
    assert one.external_id_required is False


def test_an_external_id_that_is_not_understood_is_not_known() -> None:
    strange = w.external_id("s3cret-value", operator="StringEqualsIfExists")
    (one,) = of(w.role("mq", trust=w.trusting(w.PARTNER, when=strange)))
    assert one.external_id_required is None


def test_a_role_that_is_closed_to_the_console_has_no_way_in_there() -> None:
    role = replace(w.role("mq", trust=w.trusting(w.PARTNER)), allow_console_login=False)
    (one,) = of(role)
    assert one.ways == (WayIn.STS,)


def test_a_role_that_nobody_outside_may_assume_is_no_delegation() -> None:
    assert of(w.role("mq", trust=w.trusting(w.OWNER, service="ecs.aliyuncs.com"))) == ()


def test_they_come_sorted() -> None:
    roles = [w.role(name, trust=w.trusting(w.STRANGER, w.PARTNER)) for name in ("b", "a")]
    found = delegations(w.view(w.snapshot(roles=roles)), KNOWN)
    assert [(one.role, one.principal_account) for one in found] == [
        ("a", w.PARTNER),
        ("a", w.STRANGER),
        ("b", w.PARTNER),
        ("b", w.STRANGER),
    ]
