"""A view answers what is trusted and attached, and says what of it could not be read."""

from __future__ import annotations

import pytest

from scanner.access.view import AccountView
from scanner.model.policy import PolicyKind, PolicyRef, PolicyVersion, PrincipalKind
from scanner.model.snapshot import Subject
from scanner.policy.syntax import PrincipalForm
from tests.rules import worlds as w

PUBLISH = w.policy("publish", w.allow("mq:PUB"))
READ = w.policy("read", w.allow("mq:Query*"))


def labels(view: AccountView, role: str) -> list[tuple[str, str | None]]:
    found = view.role(role)
    assert found is not None
    return [(policy.label, policy.resource_group) for policy in found.policies]


def test_roles_are_sorted_and_found_by_name() -> None:
    view = w.view(w.snapshot(roles=[w.role("b", trust=[]), w.role("a", trust=[])]))
    assert [role.name for role in view.roles] == ["a", "b"]
    assert view.role("b") is view.roles[1]
    assert view.role("c") is None


@pytest.mark.parametrize(
    ("trust", "forms"),
    [
        (w.trusting(w.PARTNER), [PrincipalForm.ROOT]),
        (w.trusting(f"acs:ram::{w.PARTNER}:user/alice", w.OWNER), [PrincipalForm.USER]),
        (w.trusting(f"acs:ram::{w.OWNER}:role/inside"), []),
        (w.trusting(service="ecs.aliyuncs.com"), []),
        (w.trusting(service=f"{w.PARTNER}@fc.aliyuncs.com"), [PrincipalForm.ACCOUNT_SERVICE]),
        (w.trusting(service=f"{w.OWNER}@fc.aliyuncs.com"), []),
        (w.trusting(federated=f"acs:ram::{w.OWNER}:saml-provider/idp"), []),
        (w.trusting(federated=f"acs:ram::{w.PARTNER}:saml-provider/idp"), [PrincipalForm.SAML]),
        (w.trusting("*"), [PrincipalForm.ANYONE]),
        (w.trusting("acs:ram::nobody"), [PrincipalForm.UNSUPPORTED]),
        (w.trusting(w.PARTNER, effect="Deny"), []),
    ],
)
def test_who_is_foreign(trust: w.Body, forms: list[PrincipalForm]) -> None:
    view = w.view(w.snapshot(roles=[w.role("mq", trust=trust)]))
    assert [entry.principal.form for entry in view.roles[0].foreign] == forms


def test_policies_of_both_scopes_are_told_apart_and_parsed_once() -> None:
    attachments = (
        *w.attached(PUBLISH, role="a"),
        *w.attached(PUBLISH, role="a", resource_group="rg-1"),
        *w.attached(PUBLISH, role="b"),
    )
    roles = [w.role("a", trust=[]), w.role("b", trust=[])]
    view = w.view(w.snapshot(roles=roles, policies=[PUBLISH], attachments=attachments))
    assert labels(view, "a") == [("Custom:publish", None), ("Custom:publish", "rg-1")]
    assert view.roles[0].policies[0] is view.roles[1].policies[0]
    assert view.roles[0].policies[0].document is view.roles[0].policies[1].document


def test_only_the_default_version_counts() -> None:
    older = PolicyVersion(version_id="v0", is_default=False, created=None, document=READ.versions[0].document)
    both = PUBLISH.__class__(
        ref=PolicyRef(PolicyKind.CUSTOM, "both"), default_version="v1", versions=(older, *PUBLISH.versions)
    )
    view = w.view(
        w.snapshot(roles=[w.role("a", trust=[])], policies=[both], attachments=w.attached(both, role="a"))
    )
    (policy,) = view.roles[0].policies
    assert policy.version == "v1"
    assert PUBLISH.versions[0].document is not None
    assert policy.document.text == PUBLISH.versions[0].document.text


def test_a_user_has_its_own_policies_and_those_of_its_groups_once() -> None:
    view = w.view(
        w.snapshot(
            users=[w.user("alice"), w.user("bob")],
            groups=[w.group("ops", "alice"), w.group("all", "alice", "bob")],
            policies=[PUBLISH, READ],
            attachments=(
                *w.attached(PUBLISH, user="alice"),
                *w.attached(READ, group="ops"),
                *w.attached(READ, group="all"),
            ),
        )
    )
    alice, bob = view.users
    assert [policy.label for policy in alice.policies] == ["Custom:publish", "Custom:read"]
    assert [policy.label for policy in bob.policies] == ["Custom:read"]
    assert [group.kind for group in view.groups] == [PrincipalKind.GROUP, PrincipalKind.GROUP]
    assert alice.unread == ()


def test_a_group_whose_members_were_not_read_leaves_every_user_in_doubt() -> None:
    gaps = [w.gap(Subject.GROUP_MEMBERS, "ops", api="ram:ListUsersForGroup")]
    view = w.view(w.snapshot(users=[w.user("bob")], groups=[w.group("ops", unread=True)], gaps=gaps))
    assert view.users[0].unread == ("the members of group `ops`: missing `ram:ListUsersForGroup`",)


def test_groups_that_were_not_listed_leave_every_user_in_doubt() -> None:
    view = w.view(w.snapshot(users=[w.user("bob")], gaps=[w.gap(Subject.GROUPS, api="ram:ListGroups")]))
    assert view.users[0].unread == ("the groups of the account: missing `ram:ListGroups`",)


def test_a_policy_that_is_attached_and_was_not_read_is_said_to_be_unread() -> None:
    view = w.view(w.snapshot(roles=[w.role("a", trust=[])], attachments=w.attached("lost", role="a")))
    assert view.roles[0].unread == ("policy `Custom:lost`: not read",)
    assert view.roles[0].policies == ()
    assert view.roles[0].basis == ()


def test_a_gap_about_another_role_does_not_matter() -> None:
    gaps = [w.gap(Subject.ATTACHMENTS, "b", api="ram:ListPoliciesForRole"), w.gap(Subject.ROLE, "b")]
    view = w.view(w.snapshot(roles=[w.role("a", trust=[])], gaps=gaps))
    assert view.roles[0].unread == ()
    assert view.roles[0].trust_unread is None


def test_other_versions_that_were_not_read_do_not_matter() -> None:
    gaps = [w.gap(Subject.POLICY_VERSIONS, "Custom:publish", api="ram:ListPolicyVersions")]
    view = w.view(
        w.snapshot(
            roles=[w.role("a", trust=[])],
            policies=[PUBLISH],
            attachments=w.attached(PUBLISH, role="a"),
            gaps=gaps,
        )
    )
    assert view.roles[0].unread == ()


def test_a_trust_policy_that_was_not_read_says_why() -> None:
    gaps = [w.gap(Subject.ROLE, "a")]
    view = w.view(w.snapshot(roles=[w.role("a", trust=None), w.role("b", trust=None)], gaps=gaps))
    assert [role.trust_unread for role in view.roles] == [
        "the trust policy of role `a`: missing `ram:GetRole`",
        "the trust policy of role `b`: not read",
    ]


def test_roles_that_were_not_listed_say_why() -> None:
    assert w.view(w.snapshot()).roles_unread is None
    unlisted = w.view(w.snapshot(gaps=[w.gap(Subject.ROLES, api="ram:ListRoles")]))
    assert unlisted.roles_unread == "the roles of the account: missing `ram:ListRoles`"
