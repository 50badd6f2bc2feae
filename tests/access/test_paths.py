"""Who comes in from outside, directly and from role to role."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.access.delegations import delegations
from scanner.access.matrix import Matrix
from scanner.access.paths import Certainty, Entrances, Path, entrances, in_vain
from scanner.access.sentence import Sentences
from scanner.access.view import AccountView
from scanner.model.ids import role_arn, user_arn
from scanner.model.policy import Policy
from scanner.model.role import Role
from scanner.model.snapshot import Gap, Snapshot, Subject
from tests.rules import worlds as w

ASSUME = "sts:AssumeRole"
OPS = f"acs:ram::{w.OWNER}:role/ops"
KNOWN = {known.account: known for known in w.KNOWN}


def owner(*roles: Role, policies: Iterable[Policy] = (), gaps: Iterable[Gap] = ()) -> AccountView:
    held = [a for policy in policies for a in w.attached(policy, role=policy.ref.name)]
    return w.view(w.snapshot(roles=roles, policies=policies, attachments=held, gaps=gaps))


def accessor(*statements: w.Body, gaps: Iterable[Gap] = ()) -> Snapshot:
    """Enterprise B with users `ann`, who holds these statements, and `bob`, who holds nothing."""
    policy = w.policy("may-assume", *statements)
    return w.snapshot(
        account=w.PARTNER,
        users=[w.user("ann"), w.user("bob")],
        roles=[w.role("robot", trust=w.trusting(service="ecs.aliyuncs.com"), account=w.PARTNER)],
        policies=[policy],
        attachments=w.attached(policy, user="ann"),
        gaps=gaps,
    )


def of(view: AccountView, partner: Snapshot | None = None) -> Entrances:
    others = {} if partner is None else {w.PARTNER: w.view(partner)}
    return entrances(view, others=others, known=KNOWN)


def only(view: AccountView, partner: Snapshot | None = None) -> Path:
    (path,) = of(view, partner).paths
    return path


def test_a_trusted_account_that_was_not_scanned_stands_for_itself() -> None:
    path = only(owner(w.role("ops", trust=w.trusting(w.PARTNER))))

    assert path.principal == w.root(w.PARTNER)
    assert (path.partner, path.certainty, path.accessor_scanned) == ("Enterprise B", Certainty.CERTAIN, False)
    assert [(e.source, e.path) for e in path.statements] == [("trust policy of role ops", "$.Statement[0]")]


def test_of_a_scanned_account_only_those_come_in_who_hold_assume_role() -> None:
    path = only(owner(w.role("ops", trust=w.trusting(w.PARTNER))), accessor(w.allow(ASSUME)))

    assert path.principal == user_arn(w.PARTNER, "ann")
    assert (path.certainty, path.accessor_scanned) == (Certainty.CERTAIN, True)
    assert [e.source for e in path.statements] == [
        "trust policy of role ops",
        f"user ann of {w.PARTNER}: Custom:may-assume",
    ]


def test_a_trusted_account_in_which_nobody_may_use_the_trust_is_remembered() -> None:
    found = of(
        owner(w.role("ops", trust=w.trusting(w.PARTNER))), accessor(w.allow(ASSUME, on="acs:ram::9:role/x"))
    )

    assert found.paths == ()
    (closed,) = found.closed
    assert (closed.role, closed.principal) == ("ops", w.root(w.PARTNER))
    assert "no user or role" in closed.because


def test_a_named_user_who_holds_nothing_or_is_gone_does_not_come_in() -> None:
    named = [user_arn(w.PARTNER, name) for name in ("bob", "zoe")]
    found = of(owner(w.role("ops", trust=w.trusting(*named))), accessor(w.allow(ASSUME)))

    assert found.paths == ()
    assert [(c.principal, c.because) for c in found.closed] == [
        (named[0], "it holds no sts:AssumeRole on the role"),
        (named[1], "it does not exist"),
    ]


def test_a_user_whose_name_differs_only_in_case_may_come_in() -> None:
    path = only(owner(w.role("ops", trust=w.trusting(user_arn(w.PARTNER, "Ann")))), accessor(w.allow(ASSUME)))

    assert path.certainty is Certainty.UNCERTAIN
    assert "case" in path.doubts[0]


def test_the_conditions_of_both_sides_are_kept_and_external_ids_masked() -> None:
    role = w.role("ops", trust=w.trusting(w.PARTNER, when=w.external_id("s3cret-id")))
    mine = w.allow(ASSUME, when={"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}})
    path = only(owner(role), accessor(mine))

    assert path.certainty is Certainty.CONDITIONAL
    assert path.only_if == ("`sts:ExternalId` StringEquals `***`", "`acs:SourceIp` IpAddress `10.0.0.0/8`")
    assert "s3cret-id" not in repr(path)


def test_two_statements_for_one_principal_are_alternatives() -> None:
    trust = [
        w.trusting(w.PARTNER, when=w.external_id("one")),
        w.trusting(w.PARTNER, when={"Bool": {"acs:MFAPresent": "true"}}),
    ]
    path = only(owner(w.role("ops", trust=trust)))

    assert path.only_if == ("`sts:ExternalId` StringEquals `***`, or `acs:MFAPresent` Bool `true`",)


def test_a_deny_under_a_condition_is_named() -> None:
    trust = [
        w.trusting(w.PARTNER),
        w.trusting(w.PARTNER, effect="Deny", when={"Bool": {"acs:MFAPresent": "false"}}),
    ]
    path = only(owner(w.role("ops", trust=trust)))

    assert path.certainty is Certainty.CONDITIONAL
    assert path.unless == ("`acs:MFAPresent` Bool `false`",)


def test_a_deny_that_keeps_the_principal_out_leaves_it_open() -> None:
    trust = [w.trusting(w.PARTNER), w.trusting(w.PARTNER, effect="Deny")]
    path = only(owner(w.role("ops", trust=trust)))

    assert path.certainty is Certainty.UNCERTAIN
    assert "the Deny at $.Statement[1] may keep it out" in path.doubts[0]
    assert [e.path for e in path.statements] == ["$.Statement[0]"]


def test_a_wildcard_principal_is_not_certain_and_keeps_its_conditions() -> None:
    path = only(owner(w.role("ops", trust=w.trusting("*", when=w.external_id("x")))))

    assert (path.principal, path.certainty) == ("*", Certainty.UNCERTAIN)
    assert path.only_if == ("`sts:ExternalId` StringEquals `***`",)


def test_a_trust_policy_that_was_not_read_may_let_in_anybody() -> None:
    view = owner(w.role("ops", trust=None), gaps=[w.gap(Subject.ROLE, "ops")])
    path = only(view)

    assert (path.principal, path.account, path.certainty) == ("", None, Certainty.UNCERTAIN)
    assert "ram:GetRole" in path.doubts[0]


def test_unread_policies_of_a_scanned_account_leave_the_account_itself_as_a_way() -> None:
    unread = w.gap(Subject.ATTACHMENTS, "bob", api="ram:ListPoliciesForUser")
    found = of(owner(w.role("ops", trust=w.trusting(w.PARTNER))), accessor(w.allow(ASSUME), gaps=[unread]))

    assert [(p.principal, p.certainty) for p in found.paths] == [
        (w.root(w.PARTNER), Certainty.UNCERTAIN),
        (user_arn(w.PARTNER, "ann"), Certainty.CERTAIN),
    ]
    assert found.closed == ()


def test_an_identity_provider_has_no_policies_of_its_own_to_look_at() -> None:
    provider = f"acs:ram::{w.PARTNER}:saml-provider/idp"
    path = only(owner(w.role("ops", trust=w.trusting(federated=provider))), accessor())

    assert (path.principal, path.certainty, path.accessor_scanned) == (provider, Certainty.CERTAIN, False)


def test_a_chain_goes_on_to_a_role_that_trusts_the_first() -> None:
    step = w.policy("step", w.allow(ASSUME, on=OPS))
    view = owner(
        w.role("step", trust=w.trusting(w.PARTNER)),
        w.role("ops", trust=w.trusting(role_arn(w.OWNER, "step"))),
        policies=[step],
    )
    found = of(view).paths

    assert [p.roles for p in found] == [("step",), ("step", "ops")]
    assert found[1].role == "ops"
    assert [e.source for e in found[1].statements] == [
        "trust policy of role step",
        "trust policy of role ops",
        f"role step of {w.OWNER}: Custom:step",
    ]


def test_a_chain_needs_the_grant_and_the_trust() -> None:
    step = w.policy("step", w.allow(ASSUME, on=f"acs:ram::{w.OWNER}:role/trusting"))
    view = owner(
        w.role("step", trust=w.trusting(w.PARTNER)),
        w.role("trusting", trust=w.trusting(role_arn(w.OWNER, "other"))),
        w.role("granting", trust=w.trusting(w.OWNER)),
        policies=[step],
    )
    assert [p.roles for p in of(view).paths] == [("step",)]


def test_a_chain_never_repeats_a_role() -> None:
    everything = [w.policy(name, w.allow(ASSUME)) for name in ("one", "two", "three")]
    roles = [w.role("one", trust=[w.trusting(w.PARTNER), w.trusting(w.OWNER)])]
    roles += [w.role(name, trust=w.trusting(w.OWNER)) for name in ("two", "three")]

    assert [p.roles for p in of(owner(*roles, policies=everything)).paths] == [
        ("one",),
        ("one", "three"),
        ("one", "two"),
    ]


def test_a_longer_chain_that_asks_for_less_is_another_way() -> None:
    everything = [w.policy(name, w.allow(ASSUME)) for name in ("free", "bound")]
    roles = [
        w.role("free", trust=w.trusting(w.PARTNER)),
        w.role("bound", trust=[w.trusting(w.PARTNER, when=w.external_id("x")), w.trusting(w.OWNER)]),
    ]
    found = [(p.roles, p.certainty) for p in of(owner(*roles, policies=everything)).paths]

    assert (("bound",), Certainty.CONDITIONAL) in found
    assert (("free", "bound"), Certainty.CERTAIN) in found


def test_where_a_role_whose_policies_were_not_read_goes_on_to_is_not_known() -> None:
    view = owner(
        w.role("step", trust=w.trusting(w.PARTNER)),
        w.role("ops", trust=w.trusting(w.OWNER)),
        gaps=[w.gap(Subject.ATTACHMENTS, "step", api="ram:ListPoliciesForRole")],
    )
    found = of(view)

    assert [p.roles for p in found.paths] == [("step",)]
    assert "whether role `step` goes on to further roles" in found.unread[0]


def test_many_roles_that_trust_their_whole_account_stay_few_ways() -> None:
    names = [f"r{number:02}" for number in range(30)]
    everything = [w.policy(name, w.allow(ASSUME)) for name in names]
    roles = [w.role(name, trust=[w.trusting(w.PARTNER), w.trusting(w.OWNER)]) for name in names]

    assert [p.roles for p in of(owner(*roles, policies=everything)).paths] == [(name,) for name in names]


def test_a_sentence_says_who_is_trusted_in_vain_and_why() -> None:
    view = owner(w.role("ops", trust=w.trusting(user_arn(w.PARTNER, "bob"))))
    others = {w.PARTNER: w.view(accessor())}
    vain = in_vain(view.roles, view, others=others, known=KNOWN)
    assert vain == entrances(view, others=others, known=KNOWN).closed
    (delegation,) = delegations(view, KNOWN)

    told = Sentences(view, Matrix.of(view), vain).of(delegation)

    assert told.endswith(f" Trusted in vain now: {vain[0].because}.")
    assert "in vain" not in Sentences(view, Matrix.of(view)).of(delegation)
